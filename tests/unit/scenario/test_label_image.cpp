/// @file
/// Label images of the grid's size, finer and coarser, from HDF5 and .vti; and what is refused.
#include <gtest/gtest.h>

#include <fstream>

#include "engine/core/error.h"
#include "engine/results/hdf5/hdf5_file.h"
#include "engine/scenario/build/label_image.h"
#include "unit/results/sample_state.h"

namespace interstice {
namespace {

using testing::TemporaryDirectory;
using FileShape = std::vector<std::uint64_t>;

const Grid kGrid{2, 3, 4, 10.0};

/// Label of voxel (i, j, k): all different.
std::int32_t label_at(int i, int j, int k) { return i + 10 * j + 100 * k; }

std::vector<std::int32_t> expected_labels() {
  std::vector<std::int32_t> labels;
  for (int k = 0; k < kGrid.nz; ++k)
    for (int j = 0; j < kGrid.ny; ++j)
      for (int i = 0; i < kGrid.nx; ++i) labels.push_back(label_at(i, j, k));
  return labels;
}

/// `pixel`: edges of a pixel along z, y, x [um]; none are stored where it is empty.
template <class T>
std::filesystem::path write_hdf5(const TemporaryDirectory& directory, const std::vector<T>& labels, FileShape shape,
                                 const std::vector<double>& pixel = {}) {
  const auto path = directory.path() / "labels.h5";
  auto file = Hdf5File::create(path);
  file.create_group("/map");
  file.write<T>("/map/labels", labels, shape);
  if (!pixel.empty()) file.set_attribute("/map/labels", "element_size_um", std::span<const double>(pixel));
  file.close();
  return path;
}

TEST(LabelImage, OfTheGridsOwnSize) {
  const TemporaryDirectory directory;
  const auto labels = expected_labels();
  const auto path = write_hdf5(directory, std::vector<std::uint16_t>(labels.begin(), labels.end()), {4, 3, 2});
  EXPECT_EQ(read_label_image(path, "/map/labels", kGrid), labels);
  EXPECT_EQ(read_label_image(path, "map/labels", kGrid), labels);
  EXPECT_EQ(read_label_image(path, "", kGrid), labels);
}

TEST(LabelImage, FinerImagesVote) {
  const TemporaryDirectory directory;
  std::vector<std::int32_t> fine;
  for (int k = 0; k < 3 * kGrid.nz; ++k)
    for (int j = 0; j < 2 * kGrid.ny; ++j)
      for (int i = 0; i < 1 * kGrid.nx; ++i) {
        const bool dissent = k % 3 == 0;  // two of six pixels of every voxel say otherwise
        fine.push_back(dissent ? -7 : label_at(i, j / 2, k / 3));
      }
  const auto path = write_hdf5(directory, fine, {12, 6, 2});
  EXPECT_EQ(read_label_image(path, "", kGrid), expected_labels());
}

TEST(LabelImage, TiesGoToTheSmallestLabel) {
  const TemporaryDirectory directory;
  const auto path = write_hdf5(directory, std::vector<std::int32_t>{5, 2}, {1, 1, 2});
  EXPECT_EQ(read_label_image(path, "", Grid{1, 1, 1, 10.0}), (std::vector<std::int32_t>{2}));
}

TEST(LabelImage, CoarserImagesAreRepeated) {
  const TemporaryDirectory directory;
  const auto path = write_hdf5(directory, std::vector<std::int32_t>{1, 2}, {2, 1, 1});
  const auto labels = read_label_image(path, "", kGrid);
  for (std::size_t v = 0; v < labels.size(); ++v) EXPECT_EQ(labels[v], v < 12 ? 1 : 2);
}

TEST(LabelImage, FlatVoxelsTakePixelsThatAreFinerAlongOneAxisAndCoarserAlongAnother) {
  const TemporaryDirectory directory;
  std::vector<std::int32_t> pixels;  // cubes of 10 um
  for (int k = 0; k < 4; ++k) pixels.insert(pixels.end(), 16, k);
  const auto path = write_hdf5(directory, pixels, {4, 4, 4});
  const auto labels = read_label_image(path, "", Grid{2, 2, 8, Vec3{20, 20, 5}});
  ASSERT_EQ(labels.size(), 32U);
  for (std::size_t v = 0; v < labels.size(); ++v) EXPECT_EQ(labels[v], static_cast<std::int32_t>(v / 8));
}

std::string refusal(const std::filesystem::path& path, const std::string& dataset = "", Grid grid = kGrid) {
  try {
    read_label_image(path, dataset, grid);
  } catch (const InputError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(LabelImage, SaysWhatDoesNotFit) {
  const TemporaryDirectory directory;
  const auto path = write_hdf5(directory, std::vector<std::int32_t>(30), {5, 3, 2});
  EXPECT_NE(refusal(path).find("5 pixels along z do not fit 4 voxels"), std::string::npos) << refusal(path);
  EXPECT_NE(refusal(path, "/nothing").find("/map/labels"), std::string::npos) << refusal(path, "/nothing");
  EXPECT_NE(refusal(directory.path() / "missing.h5").find("no such label image"), std::string::npos);
  const auto real = write_hdf5(directory, std::vector<float>(24), {4, 3, 2});
  std::ofstream(directory.path() / "text.h5") << "no HDF5";
  EXPECT_NE(refusal(directory.path() / "text.h5").find("give an HDF5 file"), std::string::npos);
  EXPECT_NE(refusal(real).find("integers"), std::string::npos) << refusal(real);
}

TEST(LabelImage, NamesALikelyTransposition) {
  const TemporaryDirectory directory;
  const auto said = [&](std::vector<std::uint64_t> zyx, Grid grid) {
    return refusal(write_hdf5(directory, std::vector<std::int32_t>(zyx[0] * zyx[1] * zyx[2]), zyx), "", grid);
  };
  const auto has = [](const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
  };
  const Grid grid{8, 4, 2, 10.0};
  // stored as (x, y, z): finer along z, coarser along x
  std::string text = said({8, 4, 2}, grid);
  EXPECT_TRUE(has(text, "2 x 4 x 8 pixels are finer than 8 x 4 x 2 voxels along z and coarser along x")) << text;
  EXPECT_TRUE(has(text, "its axes z, y, x would fit as x, y, z: transpose it")) << text;
  text = said({4, 8, 16}, Grid{4, 8, 16, 10.0});  // twice as coarse, and turned
  EXPECT_TRUE(has(text, "along x and coarser along z")) << text;
  text = said({6, 5, 3}, Grid{6, 3, 5, 10.0});  // neither divides, but the order y, z ... does
  EXPECT_TRUE(has(text, "neither divides the other")) << text;
  EXPECT_TRUE(has(text, "transpose it")) << text;
  text = said({4, 4, 4}, grid);  // no order of axes helps
  EXPECT_TRUE(has(text, "resample the image to the grid")) << text;
  for (const auto& fits :
       std::vector<std::vector<std::uint64_t>>{{2, 4, 8}, {4, 8, 16}, {1, 2, 4}, {1, 8, 16}, {2, 2, 8}})
    EXPECT_EQ(said(fits, grid), "accepted") << fits[0] << fits[1] << fits[2];
}

std::filesystem::path write_vti(const TemporaryDirectory& directory, const std::string& spacing) {
  const auto path = directory.path() / "labels.vti";
  std::ofstream out(path);
  out << R"(<?xml version="1.0"?><VTKFile type="ImageData" version="0.1" byte_order="LittleEndian">)"
      << R"(<ImageData WholeExtent="0 2 0 3 0 4" Origin="0 0 0" Spacing=")" << spacing
      << R"("><Piece Extent="0 2 0 3 0 4">)"
      << R"(<PointData/><CellData><DataArray type="UInt16" Name="tissue" format="ascii">)";
  for (const auto l : expected_labels()) out << l << ' ';
  out << "</DataArray></CellData></Piece></ImageData></VTKFile>\n";
  return path;
}

TEST(LabelImage, Vti) {
  const TemporaryDirectory directory;
  const auto path = write_vti(directory, "10 10 10");
  if (reads_vti()) {
    EXPECT_EQ(read_label_image(path, "", kGrid), expected_labels());
    EXPECT_EQ(read_label_image(path, "tissue", kGrid), expected_labels());
    EXPECT_NE(refusal(path, "organ").find("no array 'organ'"), std::string::npos) << refusal(path, "organ");
    std::ofstream(path) << "<VTKFile type=\"ImageData\"";
    EXPECT_NE(refusal(path), "accepted");
  } else {
    EXPECT_NE(refusal(path).find("libvtk9-dev"), std::string::npos) << refusal(path);
  }
}

TEST(LabelImage, IsAsLargeAsTheDomainWhereItSaysSo) {
  const TemporaryDirectory directory;
  const auto hdf5 = [&](const std::vector<double>& pixel) {
    return refusal(write_hdf5(directory, expected_labels(), {4, 3, 2}, pixel));
  };
  EXPECT_EQ(hdf5({10, 10, 10}), "accepted");
  EXPECT_EQ(hdf5({10, 10, 10.09}), "accepted");
  EXPECT_NE(hdf5({10, 10, 10.2}).find("the image spans 20.4 x 30 x 40 um"), std::string::npos);
  EXPECT_NE(hdf5({5, 5, 5}).find("the domain 20 x 30 x 40 um (an image fills the domain)"), std::string::npos);
  EXPECT_NE(hdf5({0.01, 0.01, 0.01}), "accepted");  // um are um
  if (!reads_vti()) return;
  for (const char* spacing : {"1 1 1", "10 10 10", "0.01 0.01 0.01", "1e-5 1e-5 1e-5", "1e4 1e4 1e4"})  // mm, m, nm
    EXPECT_EQ(refusal(write_vti(directory, spacing)), "accepted") << spacing;
  for (const char* spacing : {"10 10 20", "5 5 5", "0.325 0.325 1"})
    EXPECT_NE(refusal(write_vti(directory, spacing)).find("by the size of its pixels"), std::string::npos) << spacing;
}

}  // namespace
}  // namespace interstice
