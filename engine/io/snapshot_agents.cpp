#include <array>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "engine/core/constants.h"
#include "engine/io/snapshot_files.h"
#include "engine/io/snapshot_names.h"

namespace interstice {

namespace {

using Json = nlohmann::ordered_json;

/// One vertex per shown agent. Without agents a placeholder with id -1 at NaN keeps every reader content.
class PointCloud {
 public:
  PointCloud(Hdf5File& file, std::span<const std::uint32_t> shown)
      : file_(file), shown_(shown), count_(std::max<std::size_t>(shown.size(), 1)) {
    const std::array<std::int64_t, 2> version{1, 0};
    const std::array<std::uint64_t, 1> one{1};
    const std::array<std::int64_t, 1> count{static_cast<std::int64_t>(count_)};
    file.create_group("/VTKHDF");
    file.set_attribute("/VTKHDF", "Version", version);
    file.set_attribute("/VTKHDF", "Type", "UnstructuredGrid");
    for (const char* name : {"NumberOfPoints", "NumberOfCells", "NumberOfConnectivityIds"})
      file.write<std::int64_t>(std::string("/VTKHDF/") + name, count, one);
    std::vector<std::int64_t> offsets(count_ + 1);
    for (std::size_t i = 0; i <= count_; ++i) offsets[i] = static_cast<std::int64_t>(i);
    file.write<std::int64_t>("/VTKHDF/Offsets", offsets, std::array<std::uint64_t, 1>{count_ + 1});
    offsets.pop_back();
    file.write<std::int64_t>("/VTKHDF/Connectivity", offsets, std::array<std::uint64_t, 1>{count_});
    constexpr std::uint8_t kVertex = 1;  // VTK_VERTEX
    file.write<std::uint8_t>("/VTKHDF/Types", std::vector<std::uint8_t>(count_, kVertex),
                             std::array<std::uint64_t, 1>{count_});
    file.create_group("/VTKHDF/PointData");
    file.create_group("/meta");
  }

  void positions(const std::vector<double>& x, const std::vector<double>& y, const std::vector<double>& z) {
    vectors("/VTKHDF/Points", x, y, z, std::numeric_limits<float>::quiet_NaN());
    file_.set_attribute("/VTKHDF/Points", "units", "um");
  }

  /// A vector attribute with its unit.
  void vectors(const std::string& name, const std::string& unit, const std::vector<double>& x,
               const std::vector<double>& y, const std::vector<double>& z) {
    const std::string path = "/VTKHDF/PointData/" + file_name_with_unit(name, unit);
    vectors(path, x, y, z, 0.0F);
    file_.set_attribute(path, "units", file_unit(unit));
  }

  /// value(agent) for every shown agent; `nobody` for the placeholder. Categories and ids have no unit.
  template <class T, class Value>
  void column(const std::string& name, const std::string& unit, T nobody, Value value) {
    std::vector<T> values(count_, nobody);
    for (std::size_t i = 0; i < shown_.size(); ++i) values[i] = static_cast<T>(value(shown_[i]));
    const std::string array = unit.empty() ? bare_file_name(name) : file_name_with_unit(name, unit);
    file_.write<T>("/VTKHDF/PointData/" + array, values, std::array<std::uint64_t, 1>{count_});
    if (!unit.empty()) file_.set_attribute("/VTKHDF/PointData/" + array, "units", file_unit(unit));
  }

 private:
  void vectors(const std::string& path, const std::vector<double>& x, const std::vector<double>& y,
               const std::vector<double>& z, float nobody) {
    std::vector<float> values(3 * count_, nobody);
    for (std::size_t i = 0; i < shown_.size(); ++i) {
      values[3 * i] = static_cast<float>(x[shown_[i]]);
      values[3 * i + 1] = static_cast<float>(y[shown_[i]]);
      values[3 * i + 2] = static_cast<float>(z[shown_[i]]);
    }
    file_.write<float>(path, values, std::array<std::uint64_t, 2>{count_, 3});
  }

  Hdf5File& file_;
  std::span<const std::uint32_t> shown_;
  std::size_t count_;
};

std::int64_t signed_id(AgentId id) { return static_cast<std::int64_t>(id); }

/// Stokes-Einstein (Einstein 1905): d = kT / (3 pi eta D).
double diameter_nm(const VesicleClass& klass, double diffusivity) {
  const double metres = kBoltzmann * klass.temperature / (3 * kPi * klass.water_viscosity * diffusivity * 1e-12);
  return metres * 1e9;
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

void write_cells_file(const std::filesystem::path& path, const State& state, const Problem& problem,
                      std::span<const std::uint32_t> shown, const SnapshotMeta& meta) {
  Hdf5File file = Hdf5File::create(path);
  const Cells& c = state.cells;
  PointCloud cloud(file, shown);
  cloud.positions(c.x, c.y, c.z);
  cloud.column<std::int64_t>("id", "", -1, [&](auto i) { return signed_id(c.id[i]); });
  cloud.column<std::int64_t>("ancestor", "", -1, [&](auto i) { return signed_id(c.ancestor[i]); });
  cloud.column<std::uint8_t>("type", "", 0, [&](auto i) { return c.type[i]; });
  cloud.column<std::uint8_t>("state", "", 0, [&](auto i) { return c.state[i]; });
  cloud.column<float>("radius", "um", 0, [&](auto i) { return c.radius[i]; });
  cloud.vectors("velocity", "um/s", c.vx, c.vy, c.vz);
  cloud.column<std::int64_t>("bound", "EV", 0, [&](auto i) { return c.bound[i]; });
  cloud.column<std::int64_t>("internal", "EV", 0, [&](auto i) { return c.internal[i]; });
  cloud.column<std::int64_t>("adsorptions", "EV", 0, [&](auto i) { return c.adsorptions[i]; });
  cloud.column<std::int64_t>("releases", "EV", 0, [&](auto i) { return c.releases[i]; });
  for (std::size_t k = 0; k < c.columns.size(); ++k)
    cloud.column<float>(problem.columns[k].name, problem.columns[k].unit, 0, [&](auto i) { return c.columns[k][i]; });
  write_cell_names(file, problem);
  write_meta(file, "cells", shown.size(), c.size(), meta);
  file.close();
}

void write_vesicles_file(const std::filesystem::path& path, const State& state, const Problem& problem,
                         std::span<const std::uint32_t> shown, const SnapshotMeta& meta) {
  Hdf5File file = Hdf5File::create(path);
  const Vesicles& v = state.vesicles;
  const auto klass = [&](std::uint32_t i) -> const VesicleClass& { return problem.vesicle_classes[index(v.klass[i])]; };
  PointCloud cloud(file, shown);
  cloud.positions(v.x, v.y, v.z);
  cloud.column<std::int64_t>("id", "", -1, [&](auto i) { return signed_id(v.id[i]); });
  cloud.column<std::uint8_t>("state", "", 0, [&](auto i) { return v.state[i]; });
  cloud.column<std::uint8_t>("class", "", 0, [&](auto i) { return v.klass[i]; });
  cloud.column<std::int64_t>("host", "", -1,
                             [&](auto i) { return v.host[i] == kNoHost ? -1 : signed_id(state.cells.id[v.host[i]]); });
  cloud.column<std::uint8_t>("cargo", "", 0, [&](auto i) { return v.cargo[i]; });
  cloud.column<float>("D", "um^2/s", 0, [&](auto i) { return v.diffusivity[i]; });
  cloud.column<float>("diameter", "nm", 0, [&](auto i) { return diameter_nm(klass(i), v.diffusivity[i]); });
  cloud.column<float>("weight", "EV", 0, [&](auto i) { return klass(i).weight; });
  for (std::size_t p = 0; p < v.proteins.size(); ++p)
    cloud.column<std::uint16_t>(problem.proteins[p], "molecule", 0, [&](auto i) { return v.proteins[p][i]; });
  Json classes = Json::array();
  for (const auto& k : problem.vesicle_classes) classes.push_back(k.name);
  file.write_text("/meta/vesicle_classes", classes.dump());
  file.write_text("/meta/vesicle_states", R"(["free","adsorbed","endosomal"])");
  write_meta(file, "vesicles", shown.size(), v.size(), meta);
  file.close();
}

}  // namespace interstice
