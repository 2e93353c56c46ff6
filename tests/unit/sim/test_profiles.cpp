/// @file
/// Distances from a region, and the reductions of the shells around it.
#include <gtest/gtest.h>

#include <cmath>

#include "engine/analysis/reach.h"
#include "engine/sim/profiles.h"

namespace interstice {
namespace {

constexpr Grid kGrid{.nx = 8, .ny = 4, .nz = 1, .spacing = 10};

std::vector<double> from_voxel(int i, int j, std::array<bool, 3> periodic) {
  std::vector<std::uint8_t> of_voxel(kGrid.voxel_count(), 0);
  of_voxel[kGrid.index(i, j, 0)] = 1;
  const std::vector<std::uint8_t> in_region{0, 1};
  return distances_from(in_region, of_voxel, kGrid, periodic);
}

TEST(Profiles, DistancesCountFromTheSurfaceOfTheNearestVoxel) {
  const auto d = from_voxel(1, 0, {false, true, false});
  EXPECT_EQ(d[kGrid.index(1, 0, 0)], 0);
  EXPECT_DOUBLE_EQ(d[kGrid.index(2, 0, 0)], 5);
  EXPECT_DOUBLE_EQ(d[kGrid.index(7, 0, 0)], 55);
  EXPECT_DOUBLE_EQ(d[kGrid.index(2, 1, 0)], std::sqrt(50.0));
  EXPECT_DOUBLE_EQ(d[kGrid.index(1, 3, 0)], 5) << "through the periodic face";
  EXPECT_DOUBLE_EQ(from_voxel(1, 0, {false, false, false})[kGrid.index(1, 3, 0)], 25);
  EXPECT_DOUBLE_EQ(from_voxel(1, 0, {true, false, false})[kGrid.index(7, 0, 0)], 15);
}

TEST(Profiles, DistancesGoByTheEdgesOfEachAxis) {
  const Grid grid{3, 4, 5, Vec3{20, 10, 2.5}};
  std::vector<std::uint8_t> of_voxel(grid.voxel_count(), 0);
  of_voxel[grid.index(1, 0, 2)] = 1;
  const std::vector<std::uint8_t> in_region{0, 1};
  const auto d = distances_from(in_region, of_voxel, grid, {false, true, false});
  EXPECT_DOUBLE_EQ(d[grid.index(2, 0, 2)], 10);
  EXPECT_DOUBLE_EQ(d[grid.index(1, 3, 2)], 5);
  EXPECT_DOUBLE_EQ(d[grid.index(1, 0, 4)], 3.75);
  EXPECT_DOUBLE_EQ(d[grid.index(0, 2, 0)], std::sqrt(100 + 225 + 3.75 * 3.75));
}

TEST(Profiles, ShellsHoldAllMolecules) {
  const Profile profile{
      .name = "p", .species = SpeciesId{0}, .width = 10, .of_voxel = {0, 1, 1, 2}, .molecules_per_uM = {100, 50}};
  FieldSet fields(1, 4);
  for (std::size_t v = 0; v < 4; ++v) fields[SpeciesId{0}][v] = static_cast<double>(v + 1);
  std::vector<double> shells(profile.shell_count());
  measure_profile(profile, fields, std::vector<std::uint8_t>{0, 0, 1, 1}, shells);
  EXPECT_EQ(shells, (std::vector<double>{100, 350, 200}));
  EXPECT_EQ(profile.column(2), "profile.p.20");
}

const ReachSpec kSpec{.profile = {.columns = {"p.0", "p.10", "p.20"}, .width = 10},
                      .diffusivity = 100,
                      .species = "A",
                      .consumed = {{"reaction.r", 2}},
                      .elsewhere = {{"reservoir.s.A", 1000}}};

SeriesTable series(double inside, double near, double far) {
  return {{"p.0", "p.10", "p.20", "taken_up.A", "decayed.A", "reaction.r", "reservoir.s.A"},
          std::vector<std::string>(7),
          {0, 10},
          {{inside, inside}, {near, near}, {far, far}, {0, 40}, {0, 20}, {0, 15}, {0.1, 0.1}}};
}

TEST(ProfileShape, AShareLiesWithinADistance) {
  const ProfileShells below{.columns = {}, .width = 10, .depth = true}, around{.columns = {}, .width = 10};
  const std::vector<double> amounts{60, 30, 10};
  EXPECT_DOUBLE_EQ(distance_holding(0.5, amounts, below).value(), 10 * 50 / 60.0) << "evenly spread in the first shell";
  EXPECT_DOUBLE_EQ(distance_holding(0.75, amounts, below).value(), 15);
  EXPECT_DOUBLE_EQ(distance_holding(1, amounts, below).value(), 30);
  EXPECT_EQ(distance_holding(0.5, amounts, around).value(), 0) << "in the region itself";
  EXPECT_DOUBLE_EQ(distance_holding(0.75, amounts, around).value(), 5);
  EXPECT_FALSE(distance_holding(0.5, std::vector<double>{0, 0}, below));
}

TEST(ProfileShape, WhatIsNearerIsLeftOut) {
  const ProfileShells all{.columns = {"a", "b", "c", "d"}, .width = 5, .depth = true};
  ProfileShells beyond = all;
  beyond.skipped = 2;
  const SeriesTable series{{"a", "b", "c", "d"}, {"EV", "EV", "EV", "EV"}, {0}, {{1}, {50}, {20}, {10}}};
  const auto amounts = shell_integrals(series, beyond, 0, 1);
  EXPECT_EQ(amounts, (std::vector<double>{0, 0, 20, 10}));
  EXPECT_DOUBLE_EQ(distance_holding(0.5, amounts, beyond).value(), 10 + 5 * 0.75) << "distances still count from zero";
  EXPECT_NEAR(decay_length(amounts, beyond).value(), 5 / std::log(2.0), 1e-9);
}

TEST(ProfileShape, TheLengthIsThatOfAnExponentialHoweverFewShellsShowIt) {
  const ProfileShells below{.columns = {}, .width = 5, .depth = true}, around{.columns = {}, .width = 5};
  for (const double length : {3.0, 20.0, 200.0})
    for (const std::size_t n : {2u, 10u, 100u}) {
      std::vector<double> amounts;
      for (std::size_t k = 0; k < n; ++k) amounts.push_back(1e3 * std::exp(-5 * static_cast<double>(k) / length));
      EXPECT_NEAR(decay_length(amounts, below).value(), length, 1e-6 * length) << n;
      amounts.insert(amounts.begin(), 7e5);
      EXPECT_NEAR(decay_length(amounts, around).value(), length, 1e-6 * length) << "what is inside does not count";
    }
  // Three tenths of a shell before the opposite face.
  const ProfileShells cut{.columns = {}, .width = 5, .depth = true, .last = 0.3};
  for (const double length : {3.0, 20.0, 200.0}) {
    std::vector<double> amounts;
    for (const double from : {0.0, 5.0, 10.0}) {
      const double until = from < 10 ? from + 5 : 11.5;
      amounts.push_back(1e3 * (std::exp(-from / length) - std::exp(-until / length)));
    }
    EXPECT_NEAR(decay_length(amounts, cut).value(), length, 1e-6 * length);
    EXPECT_NE(decay_length(amounts, below), decay_length(amounts, cut));
  }
  EXPECT_FALSE(decay_length(std::vector<double>{5, 5, 1.5}, cut)) << "as dense everywhere";
  EXPECT_DOUBLE_EQ(distance_holding(1, std::vector<double>{5, 5, 1.5}, cut).value(), 11.5);
  EXPECT_DOUBLE_EQ(distance_holding(11 / 11.5, std::vector<double>{5, 5, 1.5}, cut).value(), 11);
  for (const std::vector<double>& flat : {std::vector<double>{2, 2, 2}, {1, 2, 3}, {0, 0, 0}, {5}, {}})
    EXPECT_FALSE(decay_length(flat, below));
}

TEST(Reach, LeavesATenthBeyondItself) {
  const SeriesTable reference = series(10, 10, 10);
  EXPECT_DOUBLE_EQ(reach(series(60, 50, 20), reference, kSpec, 0, 10).value(), 10);
  EXPECT_DOUBLE_EQ(reach(series(60, 40, 30), reference, kSpec, 0, 10).value(), 15);
  EXPECT_DOUBLE_EQ(reach(series(110, 10, 10), reference, kSpec, 0, 10).value(), 0);
  EXPECT_DOUBLE_EQ(reach(series(20, 110, 0), reference, kSpec, 0, 10).value(), 8) << "what is missing beyond counts";
  EXPECT_FALSE(reach(reference, reference, kSpec, 0, 10));
  EXPECT_FALSE(reach(series(0, 0, 0), reference, kSpec, 0, 10));
}

TEST(Reach, ClearanceIsPerMoleculeOfWhereItIsLost) {
  // 40 by cells of 100 in the patch; 20 by decay and 2 x 15 by a reaction of 200 in patch and reservoir; in 10 s
  EXPECT_DOUBLE_EQ(clearance_rate(series(50, 30, 20), kSpec, 0, 10).value(), 0.04 + 0.025);
  EXPECT_FALSE(clearance_rate(series(0, 0, 0), kSpec, 0, 10));
}

}  // namespace
}  // namespace interstice
