#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "engine/results/snapshots/snapshot_files.h"
#include "engine/results/snapshots/snapshot_names.h"

namespace interstice {

namespace {

/// The grid as ParaView sees it: points at voxel centres; an axis with one voxel has two, at its faces.
struct Image {
  explicit Image(const Grid& grid) : grid_(grid), extent_{grid.nx, grid.ny, grid.nz} {
    for (std::size_t a = 0; a < 3; ++a) {
      const bool layer = extent_[a] == 1;
      points_[a] = layer ? 2 : static_cast<std::uint64_t>(extent_[a]);
      origin_[a] = layer ? 0 : grid.spacing[a] / 2;
    }
  }

  /// (z, y, x), the order of the arrays.
  [[nodiscard]] std::array<std::uint64_t, 3> shape() const { return {points_[2], points_[1], points_[0]}; }

  /// `values` of all voxels, with a layer written twice; in `copy` where that takes one.
  template <class T>
  [[nodiscard]] std::span<const T> spread(std::span<const T> values, std::vector<T>& copy) const {
    if (std::find(extent_.begin(), extent_.end(), 1) == extent_.end()) return values;
    copy.clear();
    for (std::uint64_t k = 0; k < points_[2]; ++k)
      for (std::uint64_t j = 0; j < points_[1]; ++j)
        for (std::uint64_t i = 0; i < points_[0]; ++i)
          copy.push_back(values[grid_.index(voxel(0, i), voxel(1, j), voxel(2, k))]);
    return copy;
  }

  void describe(Hdf5File& file) const {
    std::array<std::int64_t, 6> whole{};
    for (std::size_t a = 0; a < 3; ++a) whole[2 * a + 1] = static_cast<std::int64_t>(points_[a]) - 1;
    const std::array<std::int64_t, 2> version{1, 0};
    const std::array<double, 3> spacing{grid_.spacing.x, grid_.spacing.y, grid_.spacing.z};
    const std::array<double, 9> direction{1, 0, 0, 0, 1, 0, 0, 0, 1};
    file.create_group("/VTKHDF");
    file.set_attribute("/VTKHDF", "Version", version);
    file.set_attribute("/VTKHDF", "Type", "ImageData");
    file.set_attribute("/VTKHDF", "WholeExtent", whole);
    file.set_attribute("/VTKHDF", "Origin", origin_);
    file.set_attribute("/VTKHDF", "Spacing", spacing);
    file.set_attribute("/VTKHDF", "Direction", direction);
    file.create_group("/VTKHDF/PointData");
    for (std::size_t a = 0; a < 3; ++a) {
      std::vector<double> position;
      for (std::uint64_t i = 0; i < points_[a]; ++i)
        position.push_back(origin_[a] + static_cast<double>(i) * grid_.spacing[a]);
      file.write<double>(axis(a), position, std::array<std::uint64_t, 1>{points_[a]});
      file.set_attribute(axis(a), "units", "um");
    }
  }

  static std::string axis(std::size_t a) { return std::array<const char*, 3>{"/x", "/y", "/z"}[a]; }

 private:
  [[nodiscard]] int voxel(std::size_t a, std::uint64_t point) const {
    return std::min(static_cast<int>(point), extent_[a] - 1);
  }

  const Grid& grid_;
  std::array<int, 3> extent_;
  std::array<std::uint64_t, 3> points_{};
  std::array<double, 3> origin_{};
};

/// An alias by the bare name, and named axes, so that xarray and h5py users need no VTK.
void finish_array(Hdf5File& file, const std::string& path, const std::string& bare) {
  for (unsigned a = 0; a < 3; ++a) file.attach_scale(path, a, Image::axis(2 - a));
  if (!file.exists("/" + bare)) file.link(path, "/" + bare);
}

}  // namespace

void write_fields_file(const std::filesystem::path& path, const SnapshotFrame& frame, const Problem& problem,
                       std::span<const SpeciesId> shown, const RunRecord& record) {
  Hdf5File file = Hdf5File::create(path);
  const Image image(problem.grid);
  image.describe(file);
  file.create_group("/meta");
  const auto shape = image.shape();
  std::vector<float> layers;
  const auto write = [&](const std::string& name, const std::string& unit, const std::string& what,
                         const std::vector<float>& values) {
    const std::string array = "/VTKHDF/PointData/" + file_name_with_unit(name, unit), bare = bare_file_name(name);
    file.write<float>(array, image.spread<float>(values, layers), shape);
    file.set_attribute(array, "units", file_unit(unit));
    file.set_attribute(array, "long_name", bare + " " + what);
    if (bare != "time" && bare != "region") finish_array(file, array, bare);
  };
  for (std::size_t k = 0; k < shown.size(); ++k)
    write(problem.species[index(shown[k])].name, "uM", "concentration in the extracellular fluid", frame.fields[k]);
  auto density = frame.densities.begin();
  for (const VesicleClass& klass : problem.vesicle_classes)
    if (klass.counted) write("vesicles_" + klass.name, "EV/ml", "that are free, per volume of tissue", *density++);
  const std::string region = "/VTKHDF/PointData/region";
  std::vector<std::uint8_t> region_layers;
  file.write<std::uint8_t>(region, image.spread<std::uint8_t>(problem.regions.of_voxel, region_layers), shape);
  finish_array(file, region, "region");
  nlohmann::ordered_json regions = nlohmann::ordered_json::array();
  for (const auto& r : problem.regions.regions) regions.push_back(r.name);
  file.write_text("/meta/regions", regions.dump());
  write_meta(file, "fields", 0, 0, frame, record);
  file.close();
}

}  // namespace interstice
