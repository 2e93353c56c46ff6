/// @file
/// Regions from label images, from the YAML to the map of the voxels; and what is said of images that do not fit.

#include <gtest/gtest.h>

#include <fstream>

#include "engine/fields/regions.h"
#include "engine/results/hdf5/hdf5_file.h"
#include "engine/scenario/build/label_image.h"
#include "engine/scenario/scenario.h"
#include "models/builtin.h"
#include "unit/results/sample_state.h"

namespace interstice {
namespace {

using testing::TemporaryDirectory;

constexpr int kNx = 4, kNy = 3, kNz = 2;

/// 3 where the defect is, 7 where bone is, 0 elsewhere. Voxel (i, j, k).
int label(int i, int j, int k) { return i == 3 ? 7 : j == 1 && k == 0 ? 3 : 0; }

std::vector<std::int32_t> labels(int repeat = 1) {
  std::vector<std::int32_t> all;
  for (int k = 0; k < kNz * repeat; ++k)
    for (int j = 0; j < kNy * repeat; ++j)
      for (int i = 0; i < kNx * repeat; ++i) all.push_back(label(i / repeat, j / repeat, k / repeat));
  return all;
}

void write_hdf5(const std::filesystem::path& path, const std::vector<std::int32_t>& values, int nz, int ny, int nx) {
  auto file = Hdf5File::create(path);
  const std::vector<std::uint64_t> shape{static_cast<std::uint64_t>(nz), static_cast<std::uint64_t>(ny),
                                         static_cast<std::uint64_t>(nx)};
  file.write<std::int32_t>("/labels", values, shape);
  file.write<std::int32_t>("/other", std::vector<std::int32_t>(values.size(), 1), shape);
  file.close();
}

void write_vti(const std::filesystem::path& path) {
  std::ofstream out(path);
  out << R"(<?xml version="1.0"?><VTKFile type="ImageData" version="0.1" byte_order="LittleEndian">)"
      << R"(<ImageData WholeExtent="0 4 0 3 0 2" Origin="0 0 0" Spacing="10 10 10"><Piece Extent="0 4 0 3 0 2">)"
      << R"(<PointData/><CellData><DataArray type="UInt8" Name="tissue" format="ascii">)";
  for (const auto l : labels()) out << l << ' ';
  out << "</DataArray></CellData></Piece></ImageData></VTKFile>\n";
}

class ImageRegions : public ::testing::Test {
 protected:
  /// A scenario beside the images; `defect` and `bone` are what the two regions say of their image.
  Scenario load(const std::string& defect, const std::string& bone) const {
    const auto path = directory_.path() / "scenario.yaml";
    std::ofstream(path) << "schema: 2\ndomain: {size: [40 um, 30 um, 20 um], spacing: 10 um}\n"
                        << "time: [{until: 1 s, transport: 1 s, vesicles: 1 s, cells: 1 s, series: 1 s}]\n"
                        << "regions:\n  film: {shape: everywhere}\n"
                        << "  defect: {" << defect << ", viscosity: 20}\n  bone: {" << bone << ", medium: tissue}\n"
                        << "species: {A: {diffusivity: {fluid: 500 um^2/s, bone: 0 um^2/s}}}\n";
    ModelRegistry registry;
    register_builtin_models(registry);
    return load_scenario(path.string(), {}, registry);
  }

  static constexpr int kBone = 0, kDefect = 1, kFilm = 2;  ///< regions, in the order of their names

  void expect_painted(const Problem& p) const {
    for (int k = 0; k < kNz; ++k)
      for (int j = 0; j < kNy; ++j)
        for (int i = 0; i < kNx; ++i) {
          const int wanted = label(i, j, k) == 7 ? kBone : label(i, j, k) == 3 ? kDefect : kFilm;
          EXPECT_EQ(p.regions.of_voxel[p.grid.voxel_at({10.0 * i + 5, 10.0 * j + 5, 10.0 * k + 5})], wanted)
              << i << " " << j << " " << k;
        }
    EXPECT_EQ(p.regions.regions[kDefect].viscosity, 20.0);
    EXPECT_EQ(p.species[0].diffusivity, (std::vector<double>{0, 500, 500}));
  }

  [[nodiscard]] Complaint refusal(const std::string& defect) const {
    try {
      load(defect, "image: labels.h5, dataset: /labels, label: 7");
    } catch (const ScenarioErrors& e) {
      EXPECT_EQ(e.complaints().size(), 1u) << e.what();
      return e.complaints().front();
    }
    ADD_FAILURE() << defect << " was accepted";
    return {};
  }

  [[nodiscard]] std::filesystem::path file(const char* name) const { return directory_.path() / name; }

 private:
  TemporaryDirectory directory_;
};

TEST_F(ImageRegions, FromHdf5) {
  write_hdf5(file("labels.h5"), labels(), kNz, kNy, kNx);
  const Scenario s =
      load("image: labels.h5, dataset: /labels, label: 3", "image: labels.h5, dataset: labels, label: 7");
  expect_painted(build_problem(s));
  ModelRegistry registry;
  register_builtin_models(registry);
  const Scenario again = load_scenario_text(s.resolved, "/elsewhere/resolved.yaml", {}, registry);
  expect_painted(build_problem(again));  // the path of the image is absolute there
}

TEST_F(ImageRegions, FromAFinerHdf5Image) {
  write_hdf5(file("labels.h5"), labels(2), 2 * kNz, 2 * kNy, 2 * kNx);
  expect_painted(build_problem(
      load("image: labels.h5, dataset: /labels, label: 3", "image: labels.h5, dataset: /labels, label: 7")));
}

TEST_F(ImageRegions, FromVti) {
  if (!reads_vti()) GTEST_SKIP() << "built without VTK";
  write_vti(file("labels.vti"));
  expect_painted(build_problem(load("image: labels.vti, label: 3", "image: labels.vti, dataset: tissue, label: 7")));
}

TEST_F(ImageRegions, WhatDoesNotFitIsToldAtItsPlace) {
  write_hdf5(file("labels.h5"), labels(), kNz, kNy, kNx);
  write_hdf5(file("odd.h5"), std::vector<std::int32_t>(5 * 3 * 2, 3), 2, 3, 5);
  struct Case {
    std::string defect, key_path, words;
    int line;
  };
  const std::vector<Case> cases{
      {"image: nowhere.h5, label: 3", "regions.defect.image", "no such label image", 6},
      {"image: odd.h5, dataset: /labels, label: 3", "regions.defect.image", "5 pixels along x do not fit 4 voxels", 6},
      {"image: labels.h5, dataset: /labels, label: 4", "regions.defect.label", "no voxel", 6},
      {"image: labels.h5, label: 3", "regions.defect.image", "which of 2 data sets", 6},
      {"image: labels.h5, dataset: /organs, label: 3", "regions.defect.image", "there is no /organs", 6},
      {"image: labels.h5, dataset: /labels", "regions.defect.image", "needs the `label`", 6},
      {"image: scenario.yaml, label: 3", "regions.defect.image", "give an HDF5 file or a .vti image", 6}};
  for (const Case& c : cases) {
    const Complaint told = refusal(c.defect);
    EXPECT_EQ(told.key_path, c.key_path) << told.text();
    EXPECT_EQ(told.place.line, c.line) << told.text();
    EXPECT_NE(told.message.find(c.words), std::string::npos) << told.text();
  }
}

}  // namespace
}  // namespace interstice
