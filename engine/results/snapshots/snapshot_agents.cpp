#include <array>
#include <nlohmann/json.hpp>
#include <numeric>

#include "engine/results/snapshots/snapshot_files.h"
#include "engine/results/snapshots/snapshot_names.h"

namespace interstice {

namespace {

using Json = nlohmann::ordered_json;

/// One vertex per agent, with its columns.
void write_vertices(Hdf5File& file, const AgentFrame& frame) {
  const std::uint64_t count = frame.vertices();
  const std::array<std::int64_t, 2> version{1, 0};
  const std::array<std::uint64_t, 1> one{1}, each{count};
  const std::array<std::int64_t, 1> number{static_cast<std::int64_t>(count)};
  file.create_group("/VTKHDF");
  file.set_attribute("/VTKHDF", "Version", version);
  file.set_attribute("/VTKHDF", "Type", "UnstructuredGrid");
  for (const char* name : {"NumberOfPoints", "NumberOfCells", "NumberOfConnectivityIds"})
    file.write<std::int64_t>(std::string("/VTKHDF/") + name, number, one);
  std::vector<std::int64_t> offsets(count + 1);
  std::iota(offsets.begin(), offsets.end(), std::int64_t{0});
  file.write<std::int64_t>("/VTKHDF/Offsets", offsets, std::array<std::uint64_t, 1>{count + 1});
  offsets.pop_back();
  file.write<std::int64_t>("/VTKHDF/Connectivity", offsets, each);
  constexpr std::uint8_t kVertex = 1;  // VTK_VERTEX
  file.write<std::uint8_t>("/VTKHDF/Types", std::vector<std::uint8_t>(count, kVertex), each);
  file.create_group("/VTKHDF/PointData");
  file.create_group("/meta");
  file.write<float>("/VTKHDF/Points", frame.points, std::array<std::uint64_t, 2>{count, 3});
  file.set_attribute("/VTKHDF/Points", "units", "um");
  for (const AgentColumn& column : frame.columns) {
    const std::string path = "/VTKHDF/PointData/" + column.name;
    std::vector<std::uint64_t> shape{count};
    if (column.width > 1) shape.push_back(column.width);
    std::visit([&]<class T>(const std::vector<T>& values) { file.write<T>(path, values, shape); }, column.values);
    if (!column.unit.empty()) file.set_attribute(path, "units", file_unit(column.unit));
    const std::string bare = "/" + column.name.substr(0, column.name.find(" ["));
    if (bare != "/time" && !file.exists(bare)) file.link(path, bare);
  }
  if (!file.exists("/position")) file.link("/VTKHDF/Points", "/position");
}

void write_cell_names(Hdf5File& file, const Problem& problem) {
  Json types = Json::array(), states = Json::object();
  for (const auto& type : problem.cell_types) {
    types.push_back(type.name);
    Json names = Json::array();
    for (const auto& state : type.states) names.push_back(state.name);
    states[type.name] = names;
  }
  file.write_text("/meta/cell_types", types.dump());
  file.write_text("/meta/cell_states", states.dump());
}

}  // namespace

void write_cells_file(const std::filesystem::path& path, const SnapshotFrame& frame, const Problem& problem,
                      const RunRecord& record) {
  Hdf5File file = Hdf5File::create(path);
  write_vertices(file, frame.cells);
  write_cell_names(file, problem);
  write_meta(file, "cells", frame.cells.shown, frame.cells.total, frame, record);
  file.close();
}

void write_vesicles_file(const std::filesystem::path& path, const SnapshotFrame& frame, const Problem& problem,
                         const RunRecord& record) {
  Hdf5File file = Hdf5File::create(path);
  write_vertices(file, frame.vesicles);
  Json classes = Json::array();
  for (const auto& k : problem.vesicle_classes) classes.push_back(k.name);
  file.write_text("/meta/vesicle_classes", classes.dump());
  file.write_text("/meta/vesicle_states", R"(["free","adsorbed","endosomal"])");
  write_meta(file, "vesicles", frame.vesicles.shown, frame.vesicles.total, frame, record);
  file.close();
}

}  // namespace interstice
