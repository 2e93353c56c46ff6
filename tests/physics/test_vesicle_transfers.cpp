/// @file
/// Vesicles in random networks of reservoirs and regions, with steps from far shorter to far longer than they stay
/// anywhere: where they end has the probabilities of the exact solution, one by one and counted.
#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <cmath>
#include <string>
#include <vector>

#include "engine/vesicles/counts/vesicle_counts.h"
#include "engine/vesicles/vesicle_transfers.h"
#include "support/deviations.h"
#include "support/vesicle_world.h"

namespace interstice {
namespace {

constexpr int kCases = 200;
constexpr double kLeast = 8;  ///< variance of a number that is near enough to normal

/// exp(A t) by squaring of a long Taylor polynomial.
Eigen::MatrixXd exponential(const Eigen::MatrixXd& A, double t) {
  const int squarings = std::max(0, static_cast<int>(std::ceil(std::log2(A.cwiseAbs().maxCoeff() * t + 1e-30))) + 4);
  const Eigen::MatrixXd step = A * (t / std::pow(2.0, squarings));
  Eigen::MatrixXd term = Eigen::MatrixXd::Identity(A.rows(), A.cols()), sum = term;
  for (int k = 1; k < 25; ++k) sum += term = (term * step / k).eval();
  for (int k = 0; k < squarings; ++k) sum = (sum * sum).eval();
  return sum;
}

/// Reservoirs first, then the two regions, then what was lost.
struct Network : VesicleWorld {
  static constexpr int kRegions = 2;
  int reservoirs_there;
  Eigen::MatrixXd rates;  ///< [to, from] [1/s]
  CountsScratch counts_scratch;

  Network(Random& random, int k, double time) : VesicleWorld(4, 4, 4, 10), reservoirs_there(random.whole(1, 4)) {
    noise = Noise{static_cast<std::uint64_t>(k) + 1};
    paint_above(20, {"upper"});
    for (Region& region : regions.regions) region.viscosity = 1e12;  // they stay where they are
    classes[0].counted = k % 2 == 0;
    classes[0].weight = classes[0].counted ? 1 : static_cast<std::uint64_t>(random.whole(1, 3));
    begin_vesicle_counts(vesicles, classes, grid.voxel_count());
    const int places = reservoirs_there + kRegions + 1, lost = places - 1;
    rates = Eigen::MatrixXd::Zero(places, places);
    const auto add = [&](int from, int to, double rate) { rates(to, from) += rate, rates(from, from) -= rate; };
    const auto some_rate = [&] { return random.whole(0, 2) == 0 ? 0.0 : random.about(0.03, 30) / time; };
    for (int r = 0; r < reservoirs_there; ++r) {
      add_reservoir(1e6);
      reservoirs[r].name = std::to_string(r);
      add(r, lost, reservoirs[r].vesicle_clearance = some_rate());
      for (int to = 0; to < reservoirs_there + kRegions; ++to) {
        const double rate = to == r ? 0.0 : some_rate();
        if (rate == 0) continue;
        add(r, to, rate);
        if (to < reservoirs_there)
          reservoirs[r].vesicle_transfers.push_back({to, -1, rate});
        else
          reservoirs[r].vesicle_transfers.push_back({-1, to - reservoirs_there, rate});
      }
      reservoir_states[r].vesicles[0] = static_cast<std::uint64_t>(random.whole(0, 1) * random.about(100, 10000));
      ledger[0].in_reservoir += reservoir_states[r].vesicles[0];
    }
    ledger[0].dosed = ledger[0].in_reservoir;
    for (int r = 0; r < kRegions; ++r)
      add(reservoirs_there + r, lost, regions.regions[r].vesicle_clearance = some_rate());
  }
  void pass(double time, int steps) {
    const Threads threads(1);
    for (int i = 0; i < steps; ++i, tick()) {
      turn_over(time / steps, threads);
      step_vesicle_counts(vesicles, cells, ledger, reservoir_states, environment(), now, counts_scratch, threads);
      transfer(time / steps);
    }
  }
  [[nodiscard]] double found(int place) const {
    if (place < reservoirs_there) return static_cast<double>(reservoir_states[place].vesicles[0]);
    if (place == reservoirs_there + kRegions) return static_cast<double>(ledger[0].lost);
    std::uint64_t number = 0;
    const int region = place - reservoirs_there;
    for (std::size_t v = 0; v < grid.voxel_count() && classes[0].counted; ++v)
      if (regions.of_voxel[v] == region) number += vesicles.counts[0].free[0][v] + vesicles.counts[0].free[1][v];
    for (std::size_t v = 0; v < vesicles.size(); ++v)
      if (regions.of_voxel[grid.voxel_at(vesicles.position(v))] == region) number += classes[0].weight;
    return static_cast<double>(number);
  }
};

TEST(VesicleTransfers, ChainsAreExactWhateverTheStep) {
  Random random(1);
  Deviations deviations;
  for (int k = 0; k < kCases; ++k) {
    const double time = random.about(1, 1e5);
    Network network(random, k, time);
    const auto start = network.reservoir_states;
    network.pass(time, random.whole(0, 1) == 0 ? 1 : random.whole(2, 6));
    ASSERT_EQ(network.ledger[0].total(), network.ledger[0].dosed);
    const Eigen::MatrixXd chances = exponential(network.rates, time);
    for (int to = 0; to < chances.rows(); ++to) {
      double expected = 0, variance = 0;
      for (int from = 0; from < network.reservoirs_there; ++from) {
        const double p = chances(to, from), n = static_cast<double>(start[from].vesicles[0]);
        expected += n * p;
        variance += n * p * (1 - p);
      }
      const bool region = to >= network.reservoirs_there && to < network.reservoirs_there + Network::kRegions;
      if (region) variance *= static_cast<double>(network.classes[0].weight);
      if (variance >= kLeast) deviations.add(network.found(to), expected, std::sqrt(variance));
    }
  }
  EXPECT_GT(deviations.number(), kCases);
  deviations.expect_chance(1.3);
}

}  // namespace
}  // namespace interstice
