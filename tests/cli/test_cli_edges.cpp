/// @file
/// Voxels whose edges differ, from the file to the results.
#include <gtest/gtest.h>
#include <hdf5.h>

#include <array>

#include "cli/command.h"
#include "engine/results/hdf5/hdf5_file.h"

namespace interstice::test {
namespace {

using CliEdges = CommandTest;

/// What ParaView reads.
std::array<double, 3> spacing_of(const std::filesystem::path& path) {
  std::array<double, 3> edges{};
  const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
  const hid_t attribute = H5Aopen_by_name(file, "/VTKHDF", "Spacing", H5P_DEFAULT, H5P_DEFAULT);
  EXPECT_GE(H5Aread(attribute, H5T_NATIVE_DOUBLE, edges.data()), 0);
  H5Aclose(attribute);
  H5Fclose(file);
  return edges;
}

TEST_F(CliEdges, AListOfThreeRunsAndIsWhatTheFilesSay) {
  const std::string flat = "tiny.yaml --quiet --arm emcev --set 'domain.spacing=[20 um, 10 um, 5 um]'";
  const Said run = interstice("run " + flat + " -o flat --threads 1");
  ASSERT_EQ(run.code, 0) << run.err;
  ASSERT_EQ(interstice("run " + flat + " -o again --threads 2").code, 0);
  EXPECT_TRUE(read("flat/timeseries.csv") == read("again/timeseries.csv"));
  EXPECT_EQ(spacing_of(folder() / "flat/fields_000000.hdf"), (std::array{20.0, 10.0, 5.0}));
  const auto file = Hdf5File::open(folder() / "flat/fields_000000.hdf");
  EXPECT_EQ(file.shape("/adenosine"), (std::vector<std::uint64_t>{8, 4, 2}));
  EXPECT_EQ(file.read_as<double>("/x"), (std::vector<double>{10, 30}));
  EXPECT_EQ(file.read_as<double>("/y"), (std::vector<double>{5, 15, 25, 35}));
  EXPECT_EQ(file.read_as<double>("/z").back(), 37.5);
  const Said resolved = interstice("run flat/scenario.yaml --quiet --arm emcev -o resolved --threads 1");
  ASSERT_EQ(resolved.code, 0) << resolved.err;
  EXPECT_TRUE(read("flat/timeseries.csv") == read("resolved/timeseries.csv"));
}

TEST_F(CliEdges, ThreeEqualEdgesAreOne) {
  ASSERT_EQ(interstice("run tiny.yaml --quiet --arm emcev -o one").code, 0);
  ASSERT_EQ(interstice("run tiny.yaml --quiet --arm emcev -o three --set 'domain.spacing=[10 um, 10 um, 10 um]'").code,
            0);
  EXPECT_TRUE(read("one/timeseries.csv") == read("three/timeseries.csv"));
}

TEST_F(CliEdges, WhatDoesNotFitIsRefusedOrSaid) {
  const auto refused = [&](const std::string& spacing, const std::string& part) {
    const Said said = interstice("validate tiny.yaml --set 'domain.spacing=" + spacing + "'");
    EXPECT_EQ(said.code, 2) << spacing;
    EXPECT_TRUE(has(said.err, part)) << said.err;
  };
  refused("[10 um, 10 um]", "domain.spacing: 2 entries (expected 3)");
  refused("[10 um, 10 um, 10]", "did you mean '10 um'");
  refused("[10 um, 10 um, 30 um]", "40 um is not a multiple of the spacing 30 um");
  refused("{x: 10 um}", "domain.spacing");
  EXPECT_TRUE(has(interstice("validate tiny.yaml --set 'domain.spacing=[40 um, 40 um, 2.5 um]'").err,
                  "edges of voxels differ 16 times"));
  const Said many = interstice(
      "validate tiny.yaml --set 'domain.spacing=[40 um, 1 um, 1 um]' --set vesicles.ev.representation=counts --set "
      "cell_types.sentinel.contact.adsorption=1um/s");
  EXPECT_EQ(many.code, 2) << many.err;
  EXPECT_TRUE(has(many.err, "than counts solve for")) << many.err;
}

}  // namespace
}  // namespace interstice::test
