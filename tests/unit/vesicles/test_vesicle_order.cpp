// Vesicles in memory: sorted by voxel, removed from anywhere, and of no consequence for what happens.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <tuple>
#include <vector>

#include "engine/vesicles/agents/vesicle_order.h"
#include "support/vesicle_world.h"

namespace interstice {
namespace {

/// Everything known of a vesicle.
using Record = std::tuple<double, double, double, std::uint32_t, VesicleState, VesicleClassId, std::uint8_t, float,
                          float, std::uint16_t>;

std::map<AgentId, Record> by_id(const Vesicles& v) {
  std::map<AgentId, Record> records;
  for (std::size_t i = 0; i < v.size(); ++i)
    records[v.id[i]] = {v.x[i],     v.y[i],     v.z[i],           v.host[i],           v.state[i],
                        v.klass[i], v.cargo[i], v.diffusivity[i], v.clearance_left[i], v.proteins[0][i]};
  return records;
}

/// Puts vesicle order[i] at place i.
void rearrange(Vesicles& vesicles, const std::vector<std::uint32_t>& order) {
  for_each_array(vesicles, [&](auto& column) {
    const auto before = column;
    for (std::size_t i = 0; i < column.size(); ++i) column[i] = before[order[i]];
  });
}

void shuffle(Vesicles& vesicles) {
  std::vector<std::uint32_t> order(vesicles.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(),
            [&](auto a, auto b) { return mix64(vesicles.id[a] ^ 0x77) < mix64(vesicles.id[b] ^ 0x77); });
  rearrange(vesicles, order);
}

/// Cells with few sites, a reservoir, an absorbing wall, two tissues, clearance.
VesicleWorld crowded_box() {
  VesicleWorld world(8, 8, 8, 5);
  world.periodic = {true, false, true};
  world.regions.regions.push_back({"thick", 1, 3, 0.5});
  for (std::size_t v = 0; v < world.grid.voxel_count() / 3; ++v) world.regions.of_voxel[v] = 1;
  world.regions.regions[0].vesicle_clearance = 0.01;
  world.add_reservoir(1e5);
  world.reservoir_of_face[2] = 0;
  world.reactivity[3] = std::numeric_limits<double>::infinity();
  VesicleClass& k = world.classes[0];
  k.geometric_sd = 1.3;
  k.desorption = k.internalisation = 0.05;
  k.endosome_exit = 0.05;
  k.proteins = {{ProteinId{0}, 5, 0.5, 0.8}};
  world.cell_types[0].contact = {3, 0.3};  // 46 sites each
  for (int i = 0; i < 5; ++i)
    world.add_cell({8.0 * i + 3, 20 + 3.0 * (i % 2), 7.0 * i + 4}, 3.5, {0.2, -0.1, 0.05 * i});
  world.seed(0.2, {ReservoirId{0}});
  return world;
}

TEST(VesicleOrder, SortsByVoxelAndLosesNothing) {
  for (const int edge : {1, 3, 20}) {  // one voxel, one range of voxels, many ranges
    VesicleWorld world(edge, edge, edge, 40.0 / edge);
    world.seed(0.4);
    shuffle(world.vesicles);
    const auto before = by_id(world.vesicles);
    const auto stable = world.vesicles.id;
    std::vector<AgentId> order;
    for (const int threads : {1, 2, 5}) {
      Vesicles sorted = world.vesicles;
      sort_vesicles(sorted, world.grid, Threads(threads));
      std::vector<std::size_t> voxel;
      for (std::size_t v = 0; v < sorted.size(); ++v) voxel.push_back(world.grid.voxel_at(sorted.position(v)));
      EXPECT_TRUE(std::is_sorted(voxel.begin(), voxel.end()));
      EXPECT_EQ(by_id(sorted), before);
      if (order.empty()) order = sorted.id;
      EXPECT_EQ(sorted.id, order) << threads;
      if (edge == 1) {
        EXPECT_EQ(sorted.id, stable);
      }
    }
  }
}

TEST(VesicleOrder, NothingDependsOnIt) {
  VesicleWorld plain = crowded_box(), rearranged = crowded_box();
  const Threads one(1), two(2);
  std::size_t contested = 0;
  for (int i = 0; i < 30; ++i) {
    if (i % 3 == 0) shuffle(rearranged.vesicles);
    if (i % 7 == 5) sort_vesicles(rearranged.vesicles, rearranged.grid, two);
    plain.move(0.5, one);
    contested += plain.scratch.contested.size();
    plain.turn_over(0.5, one), plain.tick();
    rearranged.move(0.5, two), rearranged.turn_over(0.5, two), rearranged.tick();
  }
  EXPECT_EQ(by_id(plain.vesicles), by_id(rearranged.vesicles));
  EXPECT_EQ(plain.cells.bound, rearranged.cells.bound);
  EXPECT_EQ(plain.cells.adsorptions, rearranged.cells.adsorptions);
  EXPECT_EQ(plain.cells.releases, rearranged.cells.releases);
  EXPECT_EQ(plain.ledger[0].lost, rearranged.ledger[0].lost);
  EXPECT_EQ(plain.reservoir_states[0].vesicles, rearranged.reservoir_states[0].vesicles);
  EXPECT_GT(contested, 0U) << "no cell was ever full";
  EXPECT_GT(plain.ledger[0].degraded, 0U);
}

TEST(VesicleOrder, TheClockSaysWhen) {
  VesicleWorld world(8, 8, 8, 5);
  world.set_diffusivity(5);
  world.seed(0.01);
  const VesicleEnvironment environment = world.environment();
  const double interval = sorting_interval(environment, 0.1);
  EXPECT_NEAR(interval, 64 * 0.1, 1e-9);  // 3.75 um take 1.4 s
  EXPECT_NEAR(sorting_interval(environment, 0.001), 0.75 * 5 * 0.75 * 5 / 10, 1e-9);
  const Threads threads(1);
  int sorts = 0;
  for (int i = 0; i < 640; ++i) {
    shuffle(world.vesicles);
    const auto before = world.vesicles.id;
    const bool sorted =
        keep_vesicles_in_order(world.vesicles, environment, {.step = 0, .time = i * 0.1, .dt = 0.1}, threads);
    EXPECT_EQ(sorted, world.vesicles.id != before);
    sorts += sorted ? 1 : 0;
  }
  EXPECT_NEAR(sorts, 10, 1);
}

TEST(VesicleOrder, AnyMayBeRemoved) {
  const std::vector<std::vector<std::size_t>> lists{
      {}, {0}, {9}, {0, 9}, {7, 8, 9}, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, {4, 9}, {3, 7, 8}, {0, 5, 6}, {1, 3, 5, 7, 9}};
  for (const auto& gone : lists) {
    Vesicles vesicles;
    vesicles.proteins.resize(1);
    for (std::size_t i = 0; i < 10; ++i)
      append_vesicle(vesicles, VesicleClassId{0}, VesicleClass{}, Noise(1), i, {double(i), 0, 0});
    const auto before = by_id(vesicles);
    drop_vesicles(vesicles, gone);
    auto expected = before;
    for (const std::size_t v : gone) expected.erase(v);
    EXPECT_EQ(by_id(vesicles), expected);
    EXPECT_EQ(vesicles.size(), 10 - gone.size());
    EXPECT_EQ(vesicles.proteins[0].size(), vesicles.size());
  }
}

TEST(VesicleOrder, MemoryHoldsFewMoreThanThereAre) {
  VesicleWorld world(8, 8, 8, 5);
  world.seed(1.1);
  EXPECT_EQ(world.vesicles.x.capacity(), world.vesicles.size());
  for (std::size_t i = 0; i < 10; ++i)
    append_vesicle(world.vesicles, VesicleClassId{0}, world.classes[0], world.noise, i, {1, 1, 1});
  EXPECT_LT(world.vesicles.x.capacity(), world.vesicles.size() * 17 / 16 + 100);
}

TEST(VesicleEnzymes, DepositIsTheSumOverVesiclesInAnyOrderOnAnyThreads) {
  VesicleWorld world(6, 5, 4, 5);
  world.classes.resize(3, world.classes[0]);
  world.ledger.resize(3);
  world.classes[1].weight = 3;
  world.classes[2].weight = 2;
  world.classes[2].enzyme_half_life = 50;
  for (VesicleClass& k : world.classes) k.proteins = {{ProteinId{0}, 6, 0.5, 0.8}};
  for (std::size_t k = 0; k < 3; ++k) world.seed(0.5, {}, k);
  Vesicles& v = world.vesicles;
  for (std::size_t i = 0; i < v.size(); ++i)
    if (i % 7 == 0) v.state[i] = i % 14 == 0 ? VesicleState::adsorbed : VesicleState::endosomal;
  std::vector<std::vector<double>> of_class(3, std::vector<double>(world.grid.voxel_count(), 0.0));
  for (std::size_t i = 0; i < v.size(); ++i)
    if (v.state[i] != VesicleState::endosomal)
      of_class[index(v.klass[i])][world.grid.voxel_at(v.position(i))] += v.proteins[0][i];
  DepositScratch scratch;
  std::vector<std::vector<double>> copies, reservoirs;
  for (const int threads : {1, 2, 3, 8}) {
    shuffle(v);
    if (threads == 3) sort_vesicles(v, world.grid, Threads(1));
    deposit_exposed_copies(v, {}, world.environment(), 100, copies, reservoirs, scratch, Threads(threads));
    ASSERT_EQ(copies[0].size(), world.grid.voxel_count());
    for (std::size_t voxel = 0; voxel < world.grid.voxel_count(); ++voxel)
      ASSERT_DOUBLE_EQ(copies[0][voxel], of_class[0][voxel] + 3 * of_class[1][voxel] + 0.5 * of_class[2][voxel]);
  }
}

/// Places of a dose: as many in every eighth of every voxel's edges, and axes that know nothing of each other.
TEST(VesicleSeeding, PlacesAreUniformInAndAmongVoxels) {
  VesicleWorld world(4, 3, 5, Spacing(Vec3{10, 20, 5}));
  world.seed(300000 / 60000.0);
  const double n = static_cast<double>(world.vesicles.size());
  ASSERT_EQ(n, 300000);
  constexpr std::size_t kParts = 8;
  std::vector<double> of_voxel(60), of_part(3 * kParts);
  Vec3 products;
  for (std::size_t v = 0; v < world.vesicles.size(); ++v) {
    const Vec3 p = world.vesicles.position(v);
    ++of_voxel[world.grid.voxel_at(p)];
    const Vec3 within{std::fmod(p.x, 10) / 10, std::fmod(p.y, 20) / 20, std::fmod(p.z, 5) / 5};
    for (int axis = 0; axis < 3; ++axis)
      ++of_part[axis * kParts + std::min<std::size_t>(kParts - 1, within[axis] * kParts)];
    const Vec3 off = within - Vec3{0.5, 0.5, 0.5};
    products = products + Vec3{off.x * off.y, off.y * off.z, off.z * off.x};
  }
  const auto chi_square = [](const std::vector<double>& counts, double expected) {
    double sum = 0;
    for (const double count : counts) sum += (count - expected) * (count - expected) / expected;
    return sum;
  };
  EXPECT_LT(chi_square(of_voxel, n / 60), 59 + 3 * std::sqrt(2 * 59));     // three standard errors
  EXPECT_LT(chi_square(of_part, n / kParts), 21 + 3 * std::sqrt(2 * 21));  // of three times 7 free numbers
  for (int axis = 0; axis < 3; ++axis) EXPECT_LT(std::abs(products[axis]), 3 * std::sqrt(n) / 12);
}

}  // namespace
}  // namespace interstice
