/// @file
/// What cells put into the exchange with the fields.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "engine/cells/cell_exchange.h"
#include "unit/cells/cell_world.h"

namespace interstice {
namespace {

using testing::CellWorld;

/// What cells give and take in every voxel.
struct InAllVoxels {
  FieldSet secretion, clearance, copies;
};

InAllVoxels exchange_of(CellWorld& world, double time, double dt) {
  Exchange exchange;
  world.follow({0, time, dt});
  add_cell_exchange(world.cells, world.fields, world.environment(), {0, time, dt}, exchange, world.scratch,
                    world.threads);
  EXPECT_TRUE(std::is_sorted(exchange.voxels.begin(), exchange.voxels.end(), std::less_equal<>()));
  EXPECT_EQ(exchange.given.size(), world.cells.size() * exchange.quantities.size());
  const std::size_t voxels = world.grid.voxel_count();
  InAllVoxels all{
      {world.species.size(), voxels}, {world.species.size(), voxels}, {world.chemistry.reactions.size(), voxels}};
  for (std::size_t place = 0; place < exchange.voxels.size(); ++place)
    for (std::size_t q = 0; q < exchange.quantities.size(); ++q) {
      const auto [kind, of] = exchange.quantities[q];
      FieldSet& set = kind == Exchange::Kind::secretion   ? all.secretion
                      : kind == Exchange::Kind::clearance ? all.clearance
                                                          : all.copies;
      set[SpeciesId{of}][exchange.voxels[place]] += exchange.amount(place, q);
    }
  return all;
}

double total(std::span<const double> values) { return std::accumulate(values.begin(), values.end(), 0.0); }

TEST(CellExchange, SecretesByFormulaIntoItsVoxel) {
  CellWorld world;
  const SpeciesId il6 = world.add_species("IL6");
  const ColumnId act = world.add_column("act");
  CellType& type = world.add_type();
  type.columns.push_back({act, {Distribution::Kind::constant, 0.25, 0}, {}, {}});
  type.states[0].secretions.push_back({il6, world.formula("5 [molecule/s] * act", "molecule/s")});
  world.build();
  world.put({{5, 5, 5}, {5, 6, 5}, {95, 5, 5}});
  const InAllVoxels exchange = exchange_of(world, 0, 1);
  EXPECT_DOUBLE_EQ(exchange.secretion[il6][0], 2.5);
  EXPECT_DOUBLE_EQ(exchange.secretion[il6][9], 1.25);
  EXPECT_DOUBLE_EQ(total(exchange.secretion[il6]), 3.75);
}

TEST(CellExchange, NeverSecretesLessThanNothing) {
  CellWorld world;
  const SpeciesId il6 = world.add_species("IL6");
  world.add_type().states[0].secretions.push_back({il6, world.formula("-5 [molecule/s]", "molecule/s")});
  world.build();
  world.seed(3);
  EXPECT_EQ(total(exchange_of(world, 0, 1).secretion[il6]), 0);
}

TEST(CellExchange, TakesUpAndCatalyses) {
  CellWorld world;
  const SpeciesId ado = world.add_species("adenosine");
  for (const char* enzyme : {"CD39", "", "CD73"}) {
    Reaction reaction;
    reaction.enzyme = enzyme;
    world.chemistry.reactions.push_back(reaction);
  }
  CellType& type = world.add_type();
  type.uptake.push_back({ado, 100});
  type.enzymes = {{"CD73", 3600}, {"CD59", 2e4}};
  world.build();
  world.put({{5, 5, 5}, {5, 6, 5}, {95, 5, 5}});
  const InAllVoxels exchange = exchange_of(world, 0, 1);
  EXPECT_EQ(exchange.clearance[ado][0], 200);
  EXPECT_EQ(total(exchange.clearance[ado]), 300);
  EXPECT_EQ(total(exchange.copies[SpeciesId{0}]), 0);
  EXPECT_EQ(total(exchange.copies[SpeciesId{1}]), 0);
  EXPECT_EQ(exchange.copies[SpeciesId{2}][0], 7200);
  EXPECT_EQ(total(exchange.copies[SpeciesId{2}]), 10800);
}

/// A cell that becomes necrotic by injury and spills 3.6e9 molecules while it lasts, then stays dead.
CellWorld spilling_world(const Distribution& duration) {
  CellWorld world;
  const SpeciesId atp = world.add_species("ATP");
  CellType& type = world.add_type();
  type.mobile = false;
  CellState necrotic, dead;
  necrotic.name = "necrotic";
  necrotic.duration = duration;
  necrotic.then = 2;
  necrotic.spills.push_back({atp, 3.6e9});
  dead.name = "dead";
  type.states.push_back(necrotic);
  type.states.push_back(dead);
  type.states[0].transitions.push_back(
      {.target = 1, .hazard = {}, .when = world.formula("age_in_state > 100 [s]", "1")});
  world.build();
  world.seed(20);
  return world;
}

TEST(CellExchange, SpillsTheAmountExactlyOnceWhateverTheStep) {
  for (const Distribution& duration :
       {Distribution{Distribution::Kind::constant, 60, 0}, Distribution{Distribution::Kind::lognormal, 47.3, 1.8}})
    for (const auto& [dt, per_cell_step] : {std::pair{0.05, 200}, {0.5, 60}, {7.0, 3}, {30.0, 1}}) {
      CellWorld world = spilling_world(duration);
      double released = 0;
      const int cell_steps = static_cast<int>(900 / (dt * per_cell_step));
      for (int s = 0; s < cell_steps; ++s) {
        for (int k = 0; k < per_cell_step; ++k)
          released += dt * total(exchange_of(world, (s * per_cell_step + k) * dt, dt).secretion[SpeciesId{0}]);
        const double cell_step = dt * per_cell_step;
        world.update_only({static_cast<std::uint64_t>(s), s * cell_step, cell_step});
      }
      EXPECT_EQ(std::count(world.cells.state.begin(), world.cells.state.end(), 2), 20) << "all are dead";
      EXPECT_NEAR(released / (20 * 3.6e9), 1, 1e-9) << "dt " << dt;
    }
}

TEST(CellExchange, SpillIsEven) {
  CellWorld world = spilling_world({Distribution::Kind::constant, 60, 0});
  world.cells.state.assign(20, 1);
  world.cells.state_since.assign(20, 10);
  world.cells.state_until.assign(20, 70);
  const auto rate = [&](double time, double dt) { return total(exchange_of(world, time, dt).secretion[SpeciesId{0}]); };
  EXPECT_EQ(rate(0, 10), 0);
  EXPECT_NEAR(rate(20, 1) / (20 * 6e7), 1, 1e-12);
  EXPECT_NEAR(rate(5, 10) / (20 * 3e7), 1, 1e-12) << "half of the step";
  EXPECT_EQ(rate(70, 10), 0);
}

TEST(CellExchange, SumsTheCellsOfAVoxelInStorageOrderWhereverTheyWereBefore) {
  CellWorld world;
  const SpeciesId il6 = world.add_species("IL6");
  const ColumnId act = world.add_column("act");
  CellType& type = world.add_type();
  type.columns.push_back({act, {Distribution::Kind::uniform, 0, 1}, {}, {}});
  type.states[0].secretions.push_back({il6, world.formula("5 [molecule/s] * act", "molecule/s")});
  world.build();
  world.seed(100);
  (void)exchange_of(world, 0, 1);  // leaves its order in the scratch
  for (std::size_t c = 0; c < 100; ++c) {
    world.cells.x[c] = c % 3 == 0 ? 5 : 95;
    world.cells.y[c] = world.cells.z[c] = 5;
  }
  double first = 0, last = 0;
  for (std::size_t c = 0; c < 100; ++c) (c % 3 == 0 ? first : last) += 5 * world.cells.columns[index(act)][c];
  const InAllVoxels exchange = exchange_of(world, 0, 1);
  EXPECT_EQ(exchange.secretion[il6][0], first);
  EXPECT_EQ(exchange.secretion[il6][9], last);
}

TEST(CellExchange, AddsTheSameBitsOnAnyNumberOfThreads) {
  std::vector<double> first;
  for (const int threads : {1, 4, 16}) {
    CellWorld world;
    world.threads = Threads(threads);
    const SpeciesId il6 = world.add_species("IL6");
    const ColumnId act = world.add_column("act");
    CellType& type = world.add_type();
    type.columns.push_back({act, {Distribution::Kind::uniform, 0, 1}, {}, {}});
    type.states[0].secretions.push_back({il6, world.formula("5 [molecule/s] * act", "molecule/s")});
    world.build();
    world.seed(3000);
    const InAllVoxels exchange = exchange_of(world, 0, 1);
    const std::vector<double> secreted(exchange.secretion[il6].begin(), exchange.secretion[il6].end());
    if (first.empty()) first = secreted;
    EXPECT_EQ(secreted, first) << threads;
  }
}

// All voxels in the middle of a cube have one weight, whose rounding must not add up.
TEST(CellExchange, LargeCellsOnFineVoxelsGiveEvenly) {
  for (const double radius : {12.0, 17.0, 21.0, 24.0}) {  // in voxels
    CellWorld world;
    world.grid = {64, 64, 64, 1};
    const SpeciesId s = world.add_species("A");
    world.species[0].diffusivity = {100};
    CellType& type = world.add_type();
    type.radius = radius;
    type.states[0].secretions.push_back({s, world.formula("1000 [molecule/s]", "molecule/s")});
    world.build();
    world.put({{32.3, 31.7, 32.1}});
    world.cells.radius[0] = radius;
    const InAllVoxels exchange = exchange_of(world, 0, 1);
    EXPECT_NEAR(total(exchange.secretion[s]), 1000, 1e-9);
    const double even = 1000 / std::pow(2.5 * radius, 3);
    for (const double given : exchange.secretion[s]) {
      ASSERT_GE(given, 0) << radius;
      ASSERT_LE(given, even * 1.001) << radius;
    }
  }
}

}  // namespace
}  // namespace interstice
