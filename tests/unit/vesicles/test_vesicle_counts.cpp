/// @file
/// Vesicles counted per voxel: hops, walls, regions, fates, hosts.
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "engine/vesicles/counts/vesicle_counts.h"
#include "support/vesicle_world.h"

namespace interstice {
namespace {

constexpr double kD = 5;  ///< [um^2/s]

struct FieldWorld : VesicleWorld {
  CountsScratch counts_scratch;
  std::uint64_t dosed = 0;

  FieldWorld(int nx, int ny, int nz, Spacing spacing = 10) : VesicleWorld(nx, ny, nz, spacing) {
    set_diffusivity(kD);
    classes[0].counted = true;
    begin_vesicle_counts(vesicles, classes, grid.voxel_count());
  }
  VesicleCounts& counts() { return vesicles.counts[0]; }
  [[nodiscard]] std::uint64_t free_in(std::size_t voxel) const {
    return vesicles.counts[0].free[0][voxel] + vesicles.counts[0].free[1][voxel];
  }
  void put(std::size_t voxel, std::uint64_t number) {
    counts().free[1][voxel] += number;
    ledger[0].free += number;
    ledger[0].dosed += number;
  }
  void run(double until, double dt, int threads = 1) {
    now.dt = dt;
    for (const Threads some(threads); now.time < until - dt / 2; tick()) {
      step_vesicle_counts(vesicles, cells, ledger, reservoir_states, environment(), now, counts_scratch, some);
      ASSERT_EQ(ledger[0].total(), ledger[0].dosed);
    }
    VesicleLedger counted = ledger[0];
    count_vesicles(vesicles, classes, {&counted, 1});
    EXPECT_EQ(counted.total(), ledger[0].total());
  }
};

TEST(VesicleCounts, SpreadsBy2DtAlongEachAxisWhateverTheStep) {
  for (const double dt : {0.5, 20.0}) {  // one substep, and several
    FieldWorld w(41, 41, 41);
    w.put(w.grid.index(20, 20, 20), 200000);
    w.run(100, dt);
    double x = 0, y = 0, z = 0, mean = 0;
    for (std::size_t v = 0; v < w.grid.voxel_count(); ++v) {
      const Vec3 d = w.grid.centre(v) - Vec3{205, 205, 205};
      const auto n = static_cast<double>(w.free_in(v));
      x += n * d.x * d.x, y += n * d.y * d.y, z += n * d.z * d.z, mean += n * d.x;
    }
    for (const double square : {x, y, z}) EXPECT_NEAR(square / 200000 / (2 * kD * 100), 1, 0.015);  // error 0.32 %
    EXPECT_NEAR(mean / 200000, 0, 0.3);                                                             // error 0.07 um
  }
}

TEST(VesicleCounts, SpreadsBy2DtWhereEdgesDiffer) {
  for (const double dt : {0.5, 20.0}) {
    FieldWorld w(81, 41, 17, Vec3{5, 10, 25});
    const Vec3 middle = 0.5 * w.grid.size();
    w.put(w.grid.voxel_at(middle), 200000);
    w.run(100, dt);
    double x = 0, y = 0, z = 0;
    for (std::size_t v = 0; v < w.grid.voxel_count(); ++v) {
      const Vec3 d = w.grid.centre(v) - middle;
      const auto n = static_cast<double>(w.free_in(v));
      x += n * d.x * d.x, y += n * d.y * d.y, z += n * d.z * d.z;
    }
    for (const double square : {x, y, z}) EXPECT_NEAR(square / 200000 / (2 * kD * 100), 1, 0.015);
  }
}

TEST(VesicleCounts, EdgesThatDifferKeepTheEquilibriumOfRegionsReservoirsAndCells) {
  FieldWorld w(8, 3, 10, Vec3{5, 20, 4});
  w.regions.regions.push_back({"tissue", 0.2, 1.0, 0.5, 0.0});
  for (std::size_t v = 0; v < w.grid.voxel_count(); ++v) w.regions.of_voxel[v] = w.grid.centre(v).z > 20 ? 1 : 0;
  w.periodic = {false, true, false};
  w.add_cell({20, 25, 10}, 4);
  w.add_reservoir(1e6);
  w.reservoir_of_face[5] = 0;
  w.reservoir_states[0].vesicles[0] = 10000000;
  w.ledger[0].dosed = w.ledger[0].in_reservoir = 10000000;
  w.run(6000, 10);
  double fluid = 0, tissue = 0, reservoir = 0;
  for (int i = 0; i < 20; ++i, w.run(w.now.time + 200, 10)) {
    for (std::size_t v = 0; v < w.grid.voxel_count(); ++v)
      (w.regions.of_voxel[v] == 1 ? tissue : fluid) += static_cast<double>(w.free_in(v)) / 20;
    reservoir += static_cast<double>(w.reservoir_states[0].vesicles[0]) / 1e6 / 20;  // per um^3
  }
  const double side = 40.0 * 60 * 20, cell = 4 * kPi / 3 * 64;
  EXPECT_NEAR(tissue / (0.1 * side) / reservoir, 1, 0.01);
  EXPECT_NEAR(fluid / (side - cell) / reservoir, 1, 0.01);
}

TEST(VesicleCounts, RegionsAndCellsKeepTheirEquilibrium) {
  FieldWorld w(8, 4, 4);
  w.regions.regions.push_back({"tissue", 0.2, 4.0, 0.5, 0.0});
  for (std::size_t v = 0; v < w.grid.voxel_count(); ++v) w.regions.of_voxel[v] = w.grid.centre(v).x > 40 ? 1 : 0;
  w.periodic = {false, true, true};
  w.add_cell({15, 15, 15}, 5);  // 524 of the 1000 um^3 of a voxel
  w.put(0, 1000000);
  w.run(20000, 20);
  double fluid = 0, tissue = 0, beside = 0;
  for (int i = 0; i < 20; ++i, w.run(w.now.time + 400, 20)) {
    for (std::size_t v = 0; v < w.grid.voxel_count(); ++v)
      (w.regions.of_voxel[v] == 1 ? tissue : fluid) += static_cast<double>(w.free_in(v)) / 20;
    beside += static_cast<double>(w.free_in(w.grid.index(1, 1, 1))) / 20;
  }
  const double room = 64 - 4 * kPi / 3 * 0.125;  // voxels
  EXPECT_NEAR(tissue / fluid / (0.1 * 64 / room), 1, 0.01);
  EXPECT_NEAR(beside / fluid / ((1 - 4 * kPi / 3 * 0.125) / room), 1, 0.02);
}

TEST(VesicleCounts, NobodyEntersAForbiddenRegion) {
  FieldWorld w(6, 3, 3);
  w.regions.regions.push_back({"cartilage", 1.0, 1.0, 0.0, 0.0});
  for (std::size_t v = 0; v < w.grid.voxel_count(); ++v) w.regions.of_voxel[v] = w.grid.centre(v).x > 30 ? 1 : 0;
  w.seed(0.1);
  w.run(500, 5);
  EXPECT_NEAR(static_cast<double>(w.ledger[0].free), 2700, 1);
  std::uint64_t inside = 0;
  for (std::size_t v = 0; v < w.grid.voxel_count(); ++v) inside += w.regions.of_voxel[v] * w.free_in(v);
  EXPECT_EQ(inside, 0U);
}

TEST(VesicleCounts, WhoeverIsLeftBehindAWallFindsTheWayOut) {
  FieldWorld w(6, 3, 3);
  w.regions.regions.push_back({"cartilage", 1.0, 1.0, 0.0, 0.0});
  for (std::size_t v = 0; v < w.grid.voxel_count(); ++v) w.regions.of_voxel[v] = w.grid.centre(v).x > 30 ? 1 : 0;
  w.periodic = {false, true, true};
  w.put(w.grid.index(5, 1, 1), 1000);
  w.run(5000, 10);
  std::uint64_t inside = 0;
  for (std::size_t v = 0; v < w.grid.voxel_count(); ++v) inside += w.regions.of_voxel[v] * w.free_in(v);
  EXPECT_LT(inside, 5U);
}

TEST(VesicleCounts, AReservoirFillsThePatchToItsDensity) {
  FieldWorld w(6, 6, 10);
  w.periodic = {true, true, false};
  w.add_reservoir(3.6e6);  // ten times the patch
  w.reservoir_of_face[5] = 0;
  w.reservoir_states[0].vesicles[0] = 3600000;
  w.ledger[0].dosed = w.ledger[0].in_reservoir = 3600000;
  w.run(10000, 10);
  EXPECT_NEAR(static_cast<double>(w.ledger[0].free) / (3600000.0 / 11), 1, 0.01);
}

TEST(VesicleCounts, AnAbsorbingWallTakesWhatTheSeriesSays) {
  FieldWorld w(4, 4, 20);
  w.periodic = {true, true, false};
  w.reactivity[4] = std::numeric_limits<double>::infinity();
  w.seed(1);
  const double t = 2000, L = 200;
  w.run(t, 2);
  double left = 0;  // of a uniform slab with one perfect sink
  for (int n = 0; n < 20; ++n) {
    const double k = (2 * n + 1) * kPi / 2;
    left += 2 / (k * k) * std::exp(-k * k * kD * t / (L * L));
  }
  EXPECT_NEAR(static_cast<double>(w.ledger[0].free) / 320000 / left, 1, 0.01);
  EXPECT_EQ(w.ledger[0].left, w.ledger[0].dosed - w.ledger[0].free);
}

TEST(VesicleCounts, BoundVesiclesMeetTheirFates) {
  FieldWorld w(5, 5, 5);
  VesicleClass& k = w.classes[0];
  k.desorption = 1e-3, k.internalisation = 2e-3, k.endosome_exit = 1e-3;
  k.released_fraction = 0.2, k.recycled_fraction = 0.3;
  w.add_cell({25, 25, 25}, 8);
  w.counts().adsorbed = {std::vector<std::uint64_t>{0}, {400000}};
  w.counts().endosomal = {std::vector<std::uint64_t>{100000}, {400000}};
  w.cells.bound[0] = 400000, w.cells.internal[0] = 500000;
  w.ledger[0].adsorbed = 400000, w.ledger[0].endosomal = 500000, w.ledger[0].dosed = 900000;
  w.run(100, 100);
  const double off = 400000 * (1 - std::exp(-0.3)), out = 400000 * (1 - std::exp(-0.1));
  const double spent = 100000 * (1 - std::exp(-0.08));  // without cargo: recycled or degraded at the usual rates
  EXPECT_NEAR(static_cast<double>(w.cells.bound[0]), 400000 - off, 1500);
  EXPECT_NEAR(static_cast<double>(w.cells.releases[0]), 0.2 * out, 500);
  EXPECT_NEAR(static_cast<double>(w.ledger[0].released), 0.2 * out, 500);
  EXPECT_NEAR(static_cast<double>(w.ledger[0].degraded), 0.5 * out + 0.625 * spent, 700);
  EXPECT_NEAR(static_cast<double>(std::reduce(w.counts().free[1].begin(), w.counts().free[1].end())), off / 3, 1000);
  EXPECT_NEAR(static_cast<double>(std::reduce(w.counts().free[0].begin(), w.counts().free[0].end())),
              0.3 * out + 0.375 * spent, 700);
  EXPECT_EQ(w.cells.bound[0] + w.cells.internal[0], w.ledger[0].adsorbed + w.ledger[0].endosomal);
}

TEST(VesicleCounts, ACellTakesNoMoreThanItHasSitesFor) {
  FieldWorld w(5, 5, 5);
  w.cell_types[0].contact = {1.0, 0.1};  // 4 pi 64 x 0.1 = 80.4 sites
  w.add_cell({25, 25, 25}, 8);
  w.seed(1);
  w.run(200, 10);
  EXPECT_EQ(w.cells.bound[0], 80U);
  EXPECT_EQ(w.cells.adsorptions[0], 80U);
}

TEST(VesicleCounts, ClearanceFollowsItsRate) {
  FieldWorld w(5, 5, 5);
  w.regions.regions[0].vesicle_clearance = 0.01;
  w.put(7, 1000000);
  w.run(50, 5);
  EXPECT_NEAR(static_cast<double>(w.ledger[0].lost), 1e6 * (1 - std::exp(-0.5)), 2000);
}

TEST(VesicleCounts, DaughtersShareAndTheDeadGiveBack) {
  FieldWorld w(5, 5, 5);
  w.add_cell({25, 25, 25}, 5);
  w.add_cell({15, 15, 15}, 5);
  w.add_cell({35, 25, 25}, 5);  // daughter of the first
  w.counts().adsorbed = {std::vector<std::uint64_t>{0, 30}, {10000, 70}};
  w.counts().endosomal = {std::vector<std::uint64_t>{0, 5}, {10000, 15}};
  w.cells.bound = {10000, 100, 0}, w.cells.internal = {10000, 20, 0};
  w.ledger[0].adsorbed = 10100, w.ledger[0].endosomal = 10020, w.ledger[0].dosed = 20120;
  const std::vector<std::uint8_t> removed{0, 1};
  const std::vector<std::uint32_t> daughter{2, 0xffffffff}, new_index{0, 0xffffffff, 1};
  const VesicleEnvironment e = w.environment();
  const VesicleAccounts accounts{w.ledger, {}, &w.cells};
  rehost_counts(w.vesicles, accounts, {removed, daughter}, w.grid, w.regions, e.box, w.classes, w.noise);
  EXPECT_EQ(w.cells.bound[0] + w.cells.bound[2], 10000U);
  EXPECT_NEAR(static_cast<double>(w.cells.bound[2]), 5000, 200);
  EXPECT_NEAR(static_cast<double>(w.cells.internal[2]), 5000, 200);
  EXPECT_EQ(w.counts().adsorbed[1][2], w.cells.bound[2]);
  EXPECT_EQ(w.free_in(w.grid.voxel_at({15, 15, 15})), 100U);
  EXPECT_EQ(w.ledger[0].free, 100U);
  EXPECT_EQ(w.ledger[0].degraded, 20U);
  EXPECT_EQ(w.ledger[0].total(), w.ledger[0].dosed);
  const std::uint64_t of_daughter = w.counts().adsorbed[1][2];
  renumber_hosts_of_counts(w.vesicles, new_index, 2);
  EXPECT_EQ(w.counts().adsorbed[1].size(), 2U);
  EXPECT_EQ(w.counts().adsorbed[1][1], of_daughter);
}

TEST(VesicleCounts, ThreadsDoNotMatter) {
  const auto after = [](int threads) {
    FieldWorld w(20, 20, 20);
    w.cell_types[0].contact = {0.5, 5};
    w.classes[0].desorption = w.classes[0].internalisation = 1e-2;
    for (int c = 0; c < 8; ++c) w.add_cell({25.0 + 20 * c, 100, 100}, 6);
    w.seed(0.01);
    w.run(50, 5, threads);
    return std::pair(w.counts().free, w.cells.bound);
  };
  const auto one = after(1);
  EXPECT_EQ(after(2), one);
  EXPECT_EQ(after(5), one);
}

/// What is kept of the surroundings of cells is that of the cells as they are now: steps of any length, cells that
/// move, grow, come or fill up between them.
TEST(VesicleCounts, WhatIsKeptBetweenStepsIsWhatWouldBeFoundAnew) {
  const auto held_by_cells = [](bool anew) {
    FieldWorld world(5, 5, 5);
    world.cell_types[0].contact = {0.05, 2.0};  // 628 sites at 5 um, which fill up
    for (const double x : {12.0, 25.0, 38.0}) world.add_cell({x, 25, 25}, 5);
    for (std::size_t v = 0; v < world.grid.voxel_count(); ++v) world.put(v, 2000);
    std::vector<std::uint64_t> held;
    for (int step = 0; step < 12; ++step) {
      if (step == 3) world.cells.x[0] = 17, world.cells.z[0] = 31;
      if (step == 6) world.cells.radius[1] = 7;
      if (step == 9) world.add_cell({25, 8, 40}, 4);
      if (anew) world.counts_scratch = CountsScratch();
      const double dt = step % 3 == 0 ? 0.5 : 2;
      world.run(world.now.time + dt, dt);
      held.insert(held.end(), world.cells.bound.begin(), world.cells.bound.end());
      held.insert(held.end(), world.counts().free[1].begin(), world.counts().free[1].end());
    }
    EXPECT_GT(world.ledger[0].adsorbed, 500U);
    return held;
  };
  EXPECT_EQ(held_by_cells(false), held_by_cells(true));
}

}  // namespace
}  // namespace interstice
