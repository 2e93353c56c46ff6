/// @file
/// The cd59 model over hand-made vesicles: what it takes from the field, what becomes of EVs, and that their order
/// means nothing.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <vector>

#include "hand_made_view.h"
#include "models/builtin.h"
#include "models/cd59.h"

namespace interstice {
namespace {

using interstice::testing::Settings;
enum Choice : std::size_t { decoy, transfer, trans_contact, antibody };

/// EVs in one voxel, some of them on one cell.
struct Bench {
  explicit Bench(std::size_t count) : host(count, kNoHost), state(count, VesicleState::free), copies(count, 20) {
    for (std::size_t v = 0; v < count; ++v) id.push_back(1000 + v);
    klass.assign(count, VesicleClassId{0});
    voxel.assign(count, 0);
    for (auto& column : columns) column.assign(count, 0.0F);
  }

  void step(const InteractionModel& model, double dt) {
    std::vector<std::span<const double>> cell_seen(cell_columns.begin(), cell_columns.end());
    std::vector<std::vector<double>> cell_change(5, std::vector<double>(1, 0.0));
    std::vector<std::span<double>> cell_written(cell_change.begin(), cell_change.end());
    std::vector<std::span<const float>> seen(columns.begin(), columns.end());
    std::vector<std::vector<float>> change(3, std::vector<float>(id.size(), 0.0F));
    std::vector<std::span<float>> written(change.begin(), change.end());
    const std::vector<std::span<const std::uint16_t>> proteins{copies};
    const std::vector<std::span<const double>> fields{field}, others{blocked_contact, blocked_EV};
    ArraysOnDemand none(0, 1), secretion(1, 1), clearance(1, 1);
    ModelView view;
    view.dt = dt;
    view.step = steps++;
    view.cells_due = true;
    view.cells_dt = dt;
    view.noise = ModelNoise(Noise(5), "cd59");
    view.cell_id = cell;
    view.columns_ = cell_seen;
    view.fields_ = fields;
    view.others_ = others;
    view.vesicles = {id, klass, state, host, voxel, weight, proteins, seen};
    Effects effects;
    effects.changes_ = cell_written;
    effects.vesicle_changes_ = written;
    effects.tallies_ = tallies;
    effects.copies_ = &none;
    effects.secretion_ = &secretion;
    effects.clearance_ = &clearance;
    model.evaluate(view, effects);
    taken = clearance.asked(0).empty() ? 0 : clearance.asked(0)[0];
    for (std::size_t k = 0; k < 3; ++k)
      for (std::size_t v = 0; v < id.size(); ++v) columns[k][v] += change[k][v];
    for (std::size_t k = 0; k < 5; ++k) cell_columns[k][0] += cell_change[k][0];
  }
  void adhere(std::size_t count) {
    std::fill_n(host.begin(), count, 0);
    std::fill_n(state.begin(), count, VesicleState::adsorbed);
  }

  std::vector<AgentId> id, cell{7};
  std::vector<VesicleClassId> klass;
  std::vector<std::uint32_t> host, voxel;
  std::vector<VesicleState> state;
  std::vector<std::uint16_t> copies;
  std::vector<double> weight{3}, field{0}, blocked_contact{0}, blocked_EV{0};
  std::vector<std::vector<float>> columns{3};
  std::vector<std::vector<double>> cell_columns{5, std::vector<double>(1, 0.0)};
  std::vector<double> tallies = std::vector<double>(6, 0.0);  // captured, blocked, ruptured, transferred, by both
  double taken = 0;
  std::uint64_t steps = 0;
};

constexpr double kPerMolecule = 1 / 602.214076;  // [uM um^3]

TEST(Cd59Model, IntactVesiclesTakeFromTheField) {
  Bench bench(100);
  bench.state[0] = VesicleState::endosomal;
  bench.columns[2][1] = 1;  // ruptured
  bench.step(*Settings(models::cd59()).make(), 1);
  EXPECT_NEAR(bench.taken, 98 * 3 * 25.8, 1e-9);
  EXPECT_EQ(bench.tallies[0], 0);  // there is no C5b-7
}

TEST(Cd59Model, CatchesAsManyAsItTakesAndStopsMostOfThem) {
  Bench bench(20000);
  bench.field[0] = 0.5 / 25.8 * kPerMolecule;  // half a complex per EV and second
  bench.step(*Settings(models::cd59()).make(), 1);
  EXPECT_NEAR(bench.tallies[0] / 3 / 20000, 0.5, 0.02);
  const double stops = 9e-4 * 20 / 0.0477 / (9e-4 * 20 / 0.0477 + 0.01);
  EXPECT_NEAR(bench.tallies[1] / bench.tallies[0], stops, 0.006);
  EXPECT_EQ(bench.tallies[0], bench.tallies[1] + bench.tallies[2]);
  EXPECT_EQ(std::accumulate(bench.columns[0].begin(), bench.columns[0].end(), 0.0) * 3, bench.tallies[1]);
}

TEST(Cd59Model, WithoutCd59TheFirstComplexRuptures) {
  Bench bench(2000);
  bench.field[0] = 0.5 / 25.8 * kPerMolecule;
  Settings settings(models::cd59());
  settings.choices[antibody] = 1;
  const auto model = settings.make();
  for (int k = 0; k < 40; ++k) bench.step(*model, 1);
  EXPECT_EQ(bench.tallies[0], 6000);  // each once
  EXPECT_EQ(bench.tallies[2], 6000);
  EXPECT_EQ(bench.taken, 0);
  EXPECT_EQ(bench.cell_columns[2][0], 0);  // the cells' own CD59 is left alone
  settings.choices[antibody] = 2;
  bench.step(*settings.make(), 1);
  EXPECT_EQ(bench.cell_columns[2][0], 1);
}

TEST(Cd59Model, MovesItsShareToTheHost) {
  Bench bench(5000);
  bench.adhere(4000);
  Settings settings(models::cd59());
  settings["f_transfer"] = 0.5;
  settings.choices[decoy] = 1;
  const auto model = settings.make();
  double received = 0;
  for (int k = 0; k < 120; ++k) {
    bench.step(*model, 60);
    received += bench.cell_columns[0][0] * 60;
  }
  EXPECT_NEAR(received / (3 * 4000 * 10 * 0.5), 1, 0.02);  // half of the half in 2 h
  EXPECT_NEAR(received, bench.tallies[3], 1e-6 * received);
  EXPECT_EQ(bench.columns[1][4500], 0);  // free EVs keep theirs
  EXPECT_NEAR(bench.cell_columns[1][0], 0.01 / 0.0477 * (3 * 4000 * 20 - received), 1e-6 * received);
}

TEST(Cd59Model, VesiclesPayForWhatStopsInTheContact) {
  Bench bench(1000);
  bench.adhere(1000);
  Settings settings(models::cd59());
  settings.choices[decoy] = settings.choices[transfer] = 1;
  const auto model = settings.make();
  bench.blocked_contact[0] = 900;
  bench.step(*model, 60);
  bench.step(*model, 60);  // seen once
  EXPECT_EQ(bench.tallies[5], 900);
  EXPECT_NEAR(std::accumulate(bench.columns[0].begin(), bench.columns[0].end(), 0.0) * 3, 900, 160);
}

TEST(Cd59Model, OrderOfVesiclesMeansNothing) {
  const auto outcome = [](bool reversed) {
    Bench bench(500);
    bench.adhere(200);
    bench.field[0] = 0.3 / 25.8 * kPerMolecule;
    if (reversed) {
      std::ranges::reverse(bench.id);
      std::ranges::reverse(bench.host);
      std::ranges::reverse(bench.state);
    }
    const auto model = Settings(models::cd59()).make();
    for (int k = 0; k < 20; ++k) {
      bench.blocked_contact[0] += 20;
      bench.step(*model, 30);
    }
    std::map<AgentId, std::vector<float>> result;
    for (std::size_t v = 0; v < 500; ++v)
      result[bench.id[v]] = {bench.columns[0][v], bench.columns[1][v], bench.columns[2][v]};
    return std::pair(result, bench.tallies);
  };
  EXPECT_EQ(outcome(false), outcome(true));
}

TEST(Cd59Model, PoissonByInversion) {
  EXPECT_EQ(models::poisson_of(0.5, std::exp(-0.5), 0.60), 0);
  EXPECT_EQ(models::poisson_of(0.5, std::exp(-0.5), 0.61), 1);  // 0.607, 0.910, 0.986
  EXPECT_EQ(models::poisson_of(0.5, std::exp(-0.5), 0.98), 2);
}

}  // namespace
}  // namespace interstice
