// Free motion, walls, interfaces, conservation and reproducibility of vesicle motion.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "support/vesicle_world.h"

namespace interstice {
namespace {

TEST(VesicleMotion, MeanSquareDisplacementIs6Dt) {  // 342.9 um^2 for 115 nm in water after 10 s
  VesicleWorld world(40, 40, 40, 10);
  world.seed(80000 / 64e6);
  const Vesicles start = world.vesicles;
  const Threads threads(2);
  for (int i = 0; i < 20; ++i) {
    world.move(0.5, threads);
    world.tick();
  }
  const Box box = world.environment().box;
  Vec3 square;
  for (std::size_t v = 0; v < start.size(); ++v) {
    const Vec3 d = box.separation(start.position(v), world.vesicles.position(v));
    square += {d.x * d.x, d.y * d.y, d.z * d.z};
  }
  const double n = static_cast<double>(start.size());
  EXPECT_NEAR((square.x + square.y + square.z) / n, 342.9, 0.01 * 342.9);  // 3.5 standard errors
  for (const double one : {square.x, square.y, square.z}) EXPECT_NEAR(one / n, 114.3, 0.015 * 114.3);
}

TEST(VesicleMotion, StepsFarLongerThanACellEndSomewhere) {
  VesicleWorld world(8, 8, 8, 5);
  world.cell_types[0].contact.adsorption = 0.3;
  for (const double x : {10.0, 30.0}) world.add_cell({x, 20, 20}, 3.5);
  world.seed(2000 / 64000.0);
  const Threads threads(2);
  for (const double dt : {2.0, 10.0, 60.0}) {
    world.move(dt, threads);
    world.tick();
    for (std::size_t v = 0; v < world.vesicles.size(); ++v) {
      const Vec3 p = world.vesicles.position(v);
      ASSERT_TRUE(p.x >= 0 && p.x <= 40 && p.y >= 0 && p.y <= 40 && p.z >= 0 && p.z <= 40);
    }
  }
  EXPECT_GT(world.ledger[0].adsorbed, 0u);
}

TEST(VesicleMotion, NothingEntersWherePartitionIsZero) {
  VesicleWorld world(6, 6, 8, 5);
  world.paint_above(20, {"cartilage", 1, 2, 0});
  world.periodic = {true, true, false};
  world.seed(20000 / 18000.0);
  const std::size_t count = world.vesicles.size();
  EXPECT_NEAR(static_cast<double>(count), 20000, 1);
  const Threads threads(1);
  for (int i = 0; i < 200; ++i) {
    world.move(0.5, threads);
    world.tick();
    for (const double z : world.vesicles.z) ASSERT_LE(z, 20.0);
  }
  EXPECT_EQ(world.vesicles.size(), count);
}

TEST(VesicleMotion, AbsorbingWallTakesTheExactFlux) {
  VesicleWorld world(4, 4, 40, 5);
  world.periodic = {true, true, false};
  world.reactivity[4] = std::numeric_limits<double>::infinity();
  world.set_diffusivity(5.7);
  world.seed(2);
  const std::uint64_t total = world.ledger[0].total();
  const Threads threads(2);
  for (int i = 0; i < 40; ++i) {
    world.move(0.5, threads);
    world.tick();
  }
  const double expected = 2 * 400 * 2 * std::sqrt(5.7 * 20 / kPi);             // A n 2 sqrt(D t / pi)
  EXPECT_NEAR(static_cast<double>(world.ledger[0].left) / expected, 1, 0.03);  // 2.5 standard errors
  EXPECT_EQ(world.ledger[0].total(), total);
  EXPECT_EQ(world.ledger[0].free, world.vesicles.size());
}

TEST(VesicleMotion, WallsTurnCellsBackWhole) {
  VesicleWorld world(8, 8, 8, 5);
  world.periodic = {true, true, false};
  world.add_cell({20, 20, 4}, 3, {0, 0, -4});
  world.seed(0.01);
  world.move(0.5, Threads(1));
  EXPECT_EQ(world.cells.position(0), (Vec3{20, 20, 4}));  // 1 um to the wall and back
  EXPECT_EQ(world.cells.vz[0], 4);
}

VesicleWorld crowded() {
  VesicleWorld world(8, 8, 8, 5);
  world.periodic = {true, false, true};
  world.paint_above(25, {"thick", 1, 3, 0.5});
  world.add_reservoir(1e5);
  world.reservoir_of_face[2] = 0;
  world.reactivity[3] = std::numeric_limits<double>::infinity();
  VesicleClass& k = world.classes[0];
  k.geometric_sd = 1.3;
  k.desorption = k.internalisation = 0.05;
  k.endosome_exit = 0.05;
  k.proteins = {{ProteinId{0}, 5, 0.5, 0.8}};
  world.cell_types[0].contact = {0.3, 5};
  world.regions.regions[0].vesicle_clearance = 0.01;
  for (int i = 0; i < 5; ++i)
    world.add_cell({8.0 * i + 3, 20 + 3.0 * (i % 2), 7.0 * i + 4}, 3.5, {0.2, -0.1, 0.05 * i});
  world.seed(0.2, {ReservoirId{0}});
  return world;
}

void run(VesicleWorld& world, int threads, int steps) {
  const Threads pool(threads);
  for (int i = 0; i < steps; ++i) {
    world.move(0.5, pool);
    world.turn_over(0.5, pool);
    world.tick();
  }
}

TEST(VesicleMotion, SameBitsOnAnyNumberOfThreads) {
  VesicleWorld reference = crowded();
  run(reference, 1, 20);
  EXPECT_GT(reference.ledger[0].degraded, 0U);
  EXPECT_GT(reference.ledger[0].adsorbed, 0U);
  for (const int threads : {2, 3, 8, 16}) {
    VesicleWorld world = crowded();
    run(world, threads, 20);
    EXPECT_EQ(world.vesicles.x, reference.vesicles.x);
    EXPECT_EQ(world.vesicles.y, reference.vesicles.y);
    EXPECT_EQ(world.vesicles.z, reference.vesicles.z);
    EXPECT_EQ(world.vesicles.id, reference.vesicles.id);
    EXPECT_EQ(world.vesicles.host, reference.vesicles.host);
    EXPECT_EQ(world.vesicles.clearance_left, reference.vesicles.clearance_left);
    EXPECT_EQ(world.cells.bound, reference.cells.bound);
    EXPECT_EQ(world.cells.releases, reference.cells.releases);
  }
}

TEST(VesicleMotion, EveryVesicleIsInOnePlace) {
  VesicleWorld world = crowded();
  const std::uint64_t dosed = world.ledger[0].dosed;
  for (int i = 0; i < 40; ++i) {
    run(world, 2, 1);
    ASSERT_EQ(world.ledger[0].total(), dosed);
    std::vector<VesicleLedger> counted = world.ledger;
    count_vesicles(world.vesicles, world.classes, counted);
    ASSERT_EQ(counted[0].free, world.ledger[0].free);
    ASSERT_EQ(counted[0].adsorbed, world.ledger[0].adsorbed);
    ASSERT_EQ(counted[0].endosomal, world.ledger[0].endosomal);
    std::vector<std::uint64_t> bound(5, 0), internal(5, 0);
    for (std::size_t v = 0; v < world.vesicles.size(); ++v) {
      if (world.vesicles.state[v] == VesicleState::adsorbed) ++bound[world.vesicles.host[v]];
      if (world.vesicles.state[v] == VesicleState::endosomal) ++internal[world.vesicles.host[v]];
    }
    ASSERT_EQ(bound, world.cells.bound);
    ASSERT_EQ(internal, world.cells.internal);
  }
  EXPECT_GT(world.ledger[0].left, 0U);
  EXPECT_GT(world.ledger[0].lost, 0U);
  EXPECT_GT(world.ledger[0].degraded, 0U);
}

TEST(VesicleMotion, RemovingOneVesicleDoesNotMoveTheOthers) {
  VesicleWorld all = crowded(), fewer = crowded();
  const AgentId gone = fewer.vesicles.id[7];
  std::vector<std::uint8_t> keep(fewer.vesicles.size(), 1);
  keep[7] = 0;
  keep_vesicles(fewer.vesicles, keep);
  fewer.ledger[0].free -= 1;
  const Threads threads(1);
  all.move(0.5, threads);
  fewer.move(0.5, threads);
  std::map<AgentId, Vec3> positions;
  for (std::size_t v = 0; v < fewer.vesicles.size(); ++v) positions[fewer.vesicles.id[v]] = fewer.vesicles.position(v);
  std::size_t same = 0;
  for (std::size_t v = 0; v < all.vesicles.size(); ++v) {
    if (all.vesicles.id[v] == gone) continue;
    ASSERT_EQ(all.vesicles.position(v), positions.at(all.vesicles.id[v]));
    ++same;
  }
  EXPECT_GT(same, 10000U);
}

TEST(VesicleMotion, ResultDoesNotDependOnWhenTheMapWasBuilt) {
  VesicleWorld kept = crowded(), fresh = crowded();
  for (int i = 0; i < 40; ++i) {
    for (VesicleWorld* world : {&kept, &fresh})  // away, then back past where the map was made
      for (double& v : world->cells.vx) v = i % 4 == 0 ? 0.1 : i % 4 == 1 ? 0.7 : -0.7;
    run(kept, 1, 1);
    fresh.scratch = VesicleScratch{};
    run(fresh, 1, 1);
  }
  EXPECT_EQ(kept.vesicles.x, fresh.vesicles.x);
  EXPECT_EQ(kept.vesicles.z, fresh.vesicles.z);
}

}  // namespace
}  // namespace interstice
