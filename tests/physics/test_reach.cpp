/// @file
/// How far an excess reaches: in the steady state of a source with first-order clearance it falls as exp(-r/lambda),
/// lambda = sqrt(D/k), and 90 % of it lies within a distance that follows from that.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <functional>

#include "support/run_scenario.h"

namespace interstice::test {
namespace {

constexpr double kLast = 300;  ///< [s] of the run; means are over its last third, 8 times 1/k after the start

/// A source of 1 uM/s in the region `depot`, its clearance k = 0.04 /s and D = 100 um^2/s: lambda = 50 um.
std::string scenario(const std::string& size, const std::string& spacing, const std::string& shape) {
  return "schema: 2\ndomain: {size: " + size + ", spacing: " + spacing + R"(}
time: [{until: 300 s, transport: 0.25 s, vesicles: 10 s, cells: 10 s, series: 10 s}]
regions: {tissue: {shape: everywhere, medium: tissue}, depot: {medium: tissue, shape: )" +
         shape + R"(}}
species: {A: {diffusivity: 100 um^2/s, decay: 0.04 1/s, initial: 0.5 uM}}
reactions: {release: {equation: -> A, k: 1 uM/s, in: [depot]}}
profiles: {around: {species: A, around: depot, width: 10 um}}
compare: {outcomes: {far: {of: profile.around.*, reduce: reach, from: 200 s}}}
)";
}

struct Found {
  double reach = 0, length = 0;  ///< [um]
};

Found found(const std::string& yaml) {
  const SeriesMetric outcome = scenario_from(yaml).compare.outcomes.at(0);
  RunOutcome with, without;
  with.series = run_series(yaml);
  without.series = run_series(yaml, {"reactions.release.k=0 uM/s"});
  std::vector<Metric> metrics;
  measure_series(with, {}, std::span(&outcome, 1), {.vehicle = &without}, metrics);
  EXPECT_EQ(metrics.size(), 3u);
  EXPECT_EQ(metrics[0].name(), "outcome.far");
  EXPECT_EQ(metrics[1].name(), "reach.far.screening_length");
  EXPECT_NEAR(with.series.time.back(), kLast, 1e-6);
  return {metrics.at(0).value.value_or(-1), metrics.at(1).value.value_or(-1)};
}

/// Where the falling function first is below the level.
double solve(const std::function<double(double)>& falls, double level) {
  double low = 0, high = 1000;
  while (high - low > 1e-6) (falls(0.5 * (low + high)) > level ? low : high) = 0.5 * (low + high);
  return low;
}

constexpr double kLambda = 50;

// A slab of width w at a closed wall: c = S/k sinh(w/lambda) exp(-x/lambda) outside.
TEST(Reach, OfAPlanarSource) {
  const double w = 20;
  const double expected =
      solve([&](double r) { return kLambda / w * std::sinh(w / kLambda) * std::exp(-(w + r) / kLambda); }, 0.1);
  const Found slab =
      found(scenario("[600 um, 10 um, 10 um]", "5 um", "{box: {from: [0 um, 0 um, 0 um], to: [20 um, 10 um, 10 um]}}"));
  std::printf("planar: %.2f um, expected %.2f um\n", slab.reach, expected);
  EXPECT_NEAR(slab.reach, expected, 0.01 * expected);
  EXPECT_NEAR(slab.length, kLambda, 0.005 * kLambda);
}

// A sphere of radius a, one octant of it: c = S/k (a cosh(a/lambda) - lambda sinh(a/lambda)) exp(-r/lambda)/r outside.
// The sphere is made of voxels of a sixth of its radius: their corners stick out, so that distances from them are a
// third of a voxel less than from the sphere.
TEST(Reach, OfASphericalSource) {
  const double a = 60, inside = a * std::cosh(a / kLambda) - kLambda * std::sinh(a / kLambda);
  const double expected = solve(
      [&](double d) { return 3 * inside * kLambda * (a + d + kLambda) * std::exp(-(a + d) / kLambda) / (a * a * a); },
      0.1);
  const Found sphere =
      found(scenario("[350 um, 350 um, 350 um]", "10 um", "{sphere: {centre: [0 um, 0 um, 0 um], radius: 60 um}}"));
  std::printf("spherical: %.2f um, expected %.2f um\n", sphere.reach, expected);
  EXPECT_NEAR(sphere.reach, expected, 0.5 * 10);
  EXPECT_NEAR(sphere.length, kLambda, 0.005 * kLambda);
}

// A reach is that of the difference: what both runs have does not count, and a run has none beyond itself.
TEST(Reach, NeedsAnExcess) {
  const std::string yaml =
      scenario("[100 um, 10 um, 10 um]", "10 um", "{box: {from: [0 um, 0 um, 0 um], to: [20 um, 10 um, 10 um]}}");
  const SeriesMetric outcome = scenario_from(yaml).compare.outcomes.at(0);
  RunOutcome run;
  run.series = run_series(yaml);
  const RunOutcome same = run;
  std::vector<Metric> metrics;
  measure_series(run, {}, std::span(&outcome, 1), {.vehicle = &same}, metrics);
  EXPECT_FALSE(metrics.at(0).value);
  EXPECT_EQ(metrics.at(0).note, "it has no more than the other");
  EXPECT_NEAR(metrics.at(2).value.value_or(0), 0.04, 4e-4);
}

}  // namespace
}  // namespace interstice::test
