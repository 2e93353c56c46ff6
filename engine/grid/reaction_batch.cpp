/// @file
/// Heun's method on extents, voxel batches.
#include "engine/grid/reaction_batch.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

#include "engine/core/pinned_math.h"

namespace interstice {
namespace {

constexpr std::size_t W = kBatch;
constexpr double kTurnover = 0.25;  ///< largest share of a species that an explicit step may consume

/// Relative difference between Heun's and Euler's result, infinite where the explicit step must not be used.
void judge_explicit_step(const Cluster& cluster, double dt, const ReactionBatch& b, std::array<double, W>& difference) {
  const std::size_t reactions = cluster.reactions.size(), n = cluster.size();
  difference.fill(0.0);
  std::array<double, W> consumption;
  for (std::size_t s = 0; s < n; ++s) {
    const double* taken = &b.rate[(reactions + s) * W];
    const double* decayed = &b.rate[(reactions + n + s) * W];
    for (std::size_t w = 0; w < W; ++w) consumption[w] = taken[w] + decayed[w];
    for (std::size_t r = 0; r < reactions; ++r) {
      for (const auto& term : cluster.reactions[r].net) {
        if (static_cast<std::size_t>(term.species) != s || term.coefficient > 0) continue;
        for (std::size_t w = 0; w < W; ++w) consumption[w] -= term.coefficient * b.rate[r * W + w];
      }
    }
    for (std::size_t w = 0; w < W; ++w) {
      const std::size_t i = s * W + w;
      const double scale = std::max(std::max(b.c[i], b.next[i]), kConcentrationFloor);
      const double e = 0.5 * dt * std::abs(b.predicted_change[i] - b.change[i]) / scale;
      const bool unfit = dt * consumption[w] > kTurnover * b.c[i] || b.next[i] < 0;
      difference[w] = unfit ? 1e300 : std::max(difference[w], e);
    }
  }
}

/// Heun's step for all lanes: extents and next.
void explicit_step(const Cluster& cluster, double dt, const LocalConditions& local, ReactionBatch& b) {
  const std::size_t n = cluster.size(), m = cluster.extents();
  rates<W>(cluster, local, b.c.data(), b.rate.data());
  change_of<W>(cluster, b.rate.data(), b.change.data());
  for (std::size_t i = 0; i < n * W; ++i) b.next[i] = std::max(0.0, b.c[i] + dt * (b.change[i] + b.source[i]));
  rates<W>(cluster, local, b.next.data(), b.predicted_rate.data());
  change_of<W>(cluster, b.predicted_rate.data(), b.predicted_change.data());
  for (std::size_t i = 0; i < m * W; ++i) b.extents[i] = 0.5 * dt * (b.rate[i] + b.predicted_rate[i]);
  change_of<W>(cluster, b.extents.data(), b.next.data());
  for (std::size_t i = 0; i < n * W; ++i) b.next[i] = b.c[i] + (b.next[i] + dt * b.source[i]);
}

void stiff_lane(const Cluster& cluster, double dt, double largest_difference, double difference, std::size_t w,
                ReactionBatch& b) {
  const auto gather = [w](const std::vector<double>& from, std::vector<double>& to) {
    for (std::size_t i = 0; i < to.size(); ++i) to[i] = from[i * W + w];
  };
  gather(b.factor, b.lane_factor);
  gather(b.source, b.lane_source);
  gather(b.uptake, b.lane_uptake);
  gather(b.c, b.lane_c);
  const LocalConditions local{b.lane_factor.data(), b.lane_source.data(), b.lane_uptake.data(),
                              b.inverse_uptake_Km.data()};
  const double guess = std::sqrt(largest_difference / std::max(difference, largest_difference));
  b.stiff.integrate(cluster, local, dt, dt * std::max(0.01, guess), largest_difference, b.lane_c.data(),
                    b.lane_extents.data());
  for (std::size_t s = 0; s < cluster.size(); ++s) b.next[s * W + w] = b.lane_c[s];
  for (std::size_t i = 0; i < cluster.extents(); ++i) b.extents[i * W + w] = b.lane_extents[i];
}

}  // namespace

void ReactionBatch::resize(const Cluster& cluster) {
  const std::size_t n = cluster.size(), m = cluster.extents(), reactions = cluster.reactions.size();
  for (auto* v : {&c, &source, &uptake, &change, &predicted_change, &next}) v->assign(n * W, 0.0);
  for (auto* v : {&extents, &rate, &predicted_rate}) v->assign(m * W, 0.0);
  factor.assign(reactions * W, 0.0);
  inverse_uptake_Km.assign(n, 0.0);
  lane_factor.resize(reactions);
  for (auto* v : {&lane_source, &lane_uptake, &lane_c}) v->resize(n);
  lane_extents.resize(m);
}

void react_batch(const Cluster& cluster, double dt, double largest_difference, std::size_t lanes,
                 ReactionBatch& batch) {
  const LocalConditions local{batch.factor.data(), batch.source.data(), batch.uptake.data(),
                              batch.inverse_uptake_Km.data()};
  std::array<double, W> difference;
  const bool forced = std::isinf(largest_difference);
  if (!forced) {
    explicit_step(cluster, dt, local, batch);
    judge_explicit_step(cluster, dt, batch, difference);
  }
  for (std::size_t w = 0; w < lanes; ++w) {
    if (forced || difference[w] > largest_difference) {
      stiff_lane(cluster, dt, largest_difference, forced ? 0.0 : difference[w], w, batch);
    }
  }
  batch.c.swap(batch.next);
}

void react_alone(double decay, double dt, std::size_t lanes, ReactionBatch& b) {
  const double lost_alone = -pinned::expm1(-decay * dt);
  const double kept_alone = decay > 0 ? lost_alone / decay : dt;
  for (std::size_t w = 0; w < lanes; ++w) {
    const double k = b.uptake[w] + decay;
    const double lost = b.uptake[w] > 0 ? -pinned::expm1(-k * dt) : lost_alone;
    const double kept = b.uptake[w] > 0 ? lost / k : kept_alone;
    const double loss = b.c[w] * lost + b.source[w] * std::max(0.0, dt - kept);
    const double taken = k > 0 ? loss * (b.uptake[w] / k) : 0.0;
    b.c[w] = b.c[w] * (1 - lost) + b.source[w] * kept;
    b.extents[w] = taken;
    b.extents[W + w] = loss - taken;
  }
}

}  // namespace interstice
