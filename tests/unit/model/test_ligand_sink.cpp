/// @file
/// The ligand_sink model: its kernel against the equations of 1:1 binding, and hand-made vesicles, whose order means
/// nothing and whose ligand is neither made nor lost.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "engine/core/constants.h"
#include "hand_made_view.h"
#include "models/builtin.h"
#include "models/ligand_sink.h"

namespace interstice {
namespace {

using interstice::testing::Settings;
using models::bind;
using models::Binding;

double bound_after(double free, double bound, double sites, double kon, double koff, double dt) {
  const Binding step = bind(free, bound, sites, kon, koff, dt);
  return step.keep * bound + step.gain * sites;
}

TEST(Binding, EndsInTheEquilibriumOfTheQuadratic) {
  for (const auto& [free, bound, sites] : {std::array{50.0, 0.0, 30.0}, {5.0, 25.0, 30.0}, {0.001, 0.0, 1000.0}}) {
    const double kon = 0.01, koff = 0.05, ligand = free + bound, sum = ligand + sites + koff / kon;
    const double expected = 2 * ligand * sites / (sum + std::sqrt(sum * sum - 4 * ligand * sites));
    EXPECT_NEAR(bound_after(free, bound, sites, kon, koff, 1e6), expected, 1e-12 * expected);
  }
}

TEST(Binding, FollowsTheEquationWhateverTheStep) {
  const double kon = 0.02, koff = 0.1;
  double bound = 3, ligand = 43, sites = 25;
  constexpr int kSteps = 200000;
  for (int i = 0; i < kSteps; ++i) {  // midpoint rule
    const auto slope = [&](double b) { return kon * (ligand - b) * (sites - b) - koff * b; };
    const double dt = 2.0 / kSteps;
    bound += dt * slope(bound + 0.5 * dt * slope(bound));
  }
  EXPECT_NEAR(bound_after(40, 3, sites, kon, koff, 2), bound, 1e-8);
  const double halfway = bound_after(40, 3, sites, kon, koff, 1);
  EXPECT_NEAR(bound_after(ligand - halfway, halfway, sites, kon, koff, 1), bound, 1e-8);
}

TEST(Binding, EdgesAreNoSpecialCase) {
  EXPECT_EQ(bound_after(0, 0, 10, 1, 0.1, 5), 0);
  EXPECT_NEAR(bound_after(0, 4, 10, 1e-12, 0.1, 5), 4 * std::exp(-0.5), 1e-9);  // only comes off
  EXPECT_NEAR(bound_after(10, 0, 10, 0.1, 0, 5), 10 - 10 / (1 + 0.1 * 10 * 5), 1e-9)
      << "second order: f = f0/(1 + k f0 t)";
  EXPECT_NEAR(bound_after(0, 10, 10, 0.1, 0, 5), 10, 1e-12) << "all sites taken, nothing comes off";
  EXPECT_NEAR(bound_after(1e6, 0, 10, 0.1, 0, 50), 10, 1e-9);
}

/// 200 EVs in two voxels; a third of them are in endosomes.
struct SinkBench {
  SinkBench() {
    for (std::size_t v = 0; v < 200; ++v) {
      id.push_back(v);
      state.push_back(v % 3 == 0 ? VesicleState::endosomal : VesicleState::free);
      voxel.push_back(static_cast<std::uint32_t>(v % 2));
    }
    klass.assign(200, VesicleClassId{0});
    host.assign(200, kNoHost);
    for (auto& column : columns) column.assign(200, 0.0F);
  }
  void step(const InteractionModel& model, double dt) {
    const std::vector<std::span<const float>> seen(columns.begin(), columns.end());
    std::vector<std::vector<float>> change(2, std::vector<float>(id.size(), 0.0F));
    const std::vector<std::span<float>> written(change.begin(), change.end());
    const std::vector<std::span<const double>> fields{field};
    ArraysOnDemand amounts(1, 2);
    ModelView view;
    view.dt = dt;
    view.fields_ = fields;
    view.region_of_voxel_ = region;
    view.fluid_of_region_ = fluid;
    view.vesicles = {id, klass, state, host, voxel, weight, {}, seen};
    Effects effects;
    effects.vesicle_changes_ = written;
    effects.tallies_ = tallies;
    effects.amounts_ = &amounts;
    model.evaluate(view, effects);
    for (std::size_t x = 0; x < 2; ++x)
      field[x] += amounts.asked(0)[x] / (fluid[region[x]] * kMoleculesPerUmCubedPerMicromolar);
    for (std::size_t k = 0; k < 2; ++k)
      for (std::size_t v = 0; v < id.size(); ++v) columns[k][v] += change[k][v];
  }
  [[nodiscard]] double bound() const {
    double sum = 0;
    for (std::size_t v = 0; v < id.size(); ++v) sum += weight[0] * (double{columns[0][v]} + columns[1][v]);
    return sum;
  }
  [[nodiscard]] double free() const {
    return (field[0] * fluid[0] + field[1] * fluid[1]) * kMoleculesPerUmCubedPerMicromolar;
  }
  void reverse() {
    std::ranges::reverse(id), std::ranges::reverse(state), std::ranges::reverse(voxel);
    for (auto& column : columns) std::ranges::reverse(column);
  }

  std::vector<AgentId> id;
  std::vector<VesicleClassId> klass;
  std::vector<VesicleState> state;
  std::vector<std::uint32_t> host, voxel;
  std::vector<double> weight{7}, field{2e-3, 1e-5}, tallies{0}, fluid{1000, 400};
  std::vector<std::uint8_t> region{0, 1};
  std::vector<std::vector<float>> columns{2};
};

TEST(LigandSink, WhatIsTakenIsOnVesiclesAndComesBack) {
  const auto model = Settings(models::ligand_sink()).make();
  SinkBench bench;
  const double start = bench.free();
  for (int i = 0; i < 300; ++i) bench.step(*model, 0.5);
  EXPECT_GT(bench.bound(), 0.05 * start);
  EXPECT_NEAR(bench.free() + bench.bound(), start, 1e-9 * start);
  EXPECT_NEAR(bench.tallies[0], bench.bound(), 1e-9 * start);
  EXPECT_EQ(bench.columns[0][0], 0) << "in an endosome";
  const double held = bench.bound();
  bench.field = {0, 0};  // washed out: all of it comes off, at koff at first
  bench.step(*model, 1e-3);
  EXPECT_NEAR((held - bench.bound()) / held, 1e-6, 1e-9);
}

TEST(LigandSink, TheOrderOfVesiclesMeansNothing) {
  const auto model = Settings(models::ligand_sink()).make();
  SinkBench one, other;
  for (int i = 0; i < 50; ++i) {
    one.step(*model, 0.5);
    if (i % 3 == 0) other.reverse();
    other.step(*model, 0.5);
  }
  EXPECT_EQ(one.field, other.field);
  EXPECT_EQ(one.tallies, other.tallies);
}

}  // namespace
}  // namespace interstice
