/// @file
/// Explicit steps on extents, voxel batches.
#include "engine/grid/reaction_batch.h"

#include <algorithm>
#include <cmath>

#include "engine/core/pinned_math.h"
#include "engine/grid/vector_clones.h"

namespace interstice {
namespace {

constexpr std::size_t W = kBatch;
constexpr double kTurnover = 0.25;       ///< largest share of a species that an explicit substep may consume
constexpr double kUsualTurnover = 0.14;  ///< share at which the error of an exponential decay is 2e-5
constexpr int kExplicitSubsteps = 16;    ///< beyond this the stiff solver is cheaper

/// Rate at which each voxel consumes species s [uM/s].
void consumption_of(const Cluster& cluster, std::size_t s, const double* rate, std::array<double, W>& consumption) {
  const std::size_t reactions = cluster.reactions.size(), n = cluster.size();
  const double* taken = rate + (reactions + s) * W;
  const double* decayed = rate + (reactions + n + s) * W;
  for (std::size_t w = 0; w < W; ++w) consumption[w] = taken[w] + decayed[w];
  for (std::size_t r = 0; r < reactions; ++r) {
    for (const auto& term : cluster.reactions[r].net) {
      if (static_cast<std::size_t>(term.species) != s || term.coefficient > 0) continue;
      for (std::size_t w = 0; w < W; ++w) consumption[w] -= term.coefficient * rate[r * W + w];
    }
  }
}

/// Largest share of any species that each voxel would consume within dt at the present rate.
INTERSTICE_VECTOR_CLONES void turnover_of(const Cluster& cluster, double dt, const ReactionBatch& b,
                                          std::array<double, W>& turnover) {
  turnover.fill(0.0);
  std::array<double, W> consumption;
  for (std::size_t s = 0; s < cluster.size(); ++s) {
    consumption_of(cluster, s, b.rate[0].data(), consumption);
    for (std::size_t w = 0; w < W; ++w) {
      const double share = dt * consumption[w] / std::max(b.now[s * W + w], 1e-300);
      turnover[w] = std::max(turnover[w], share);
    }
  }
}

/// to <- from + step * (change + source).
INTERSTICE_VECTOR_CLONES void add_change(std::size_t size, const double* from, double step, const ReactionBatch& b,
                                         double* to) {
  for (std::size_t i = 0; i < size; ++i) to[i] = std::max(0.0, from[i] + step * (b.change[i] + b.source[i]));
}

/// One step of Shu and Osher's third-order method (J. Comput. Phys. 77, 1988) on extents: from `now` to `next`, with
/// the extents in rate[0] and what distinguishes it from Heun's result in `change` [uM].
void explicit_step(const Cluster& cluster, double h, const LocalConditions& local, ReactionBatch& b) {
  const std::size_t n = cluster.size() * W, m = cluster.extents() * W;
  batch_change_of(cluster, b.rate[0].data(), b.change.data());
  add_change(n, b.now.data(), h, b, b.next.data());
  batch_rates(cluster, local, b.next.data(), b.rate[1].data());
  for (std::size_t i = 0; i < m; ++i) b.rate[2][i] = 0.5 * (b.rate[0][i] + b.rate[1][i]);
  batch_change_of(cluster, b.rate[2].data(), b.change.data());
  add_change(n, b.now.data(), 0.5 * h, b, b.next.data());
  batch_rates(cluster, local, b.next.data(), b.rate[2].data());
  for (std::size_t i = 0; i < m; ++i) {
    const double heun = 0.5 * (b.rate[0][i] + b.rate[1][i]);
    b.rate[1][i] = h * (2.0 / 3) * (b.rate[2][i] - heun);
    b.rate[0][i] = h * heun + b.rate[1][i];
  }
  batch_change_of(cluster, b.rate[0].data(), b.change.data());
  for (std::size_t i = 0; i < n; ++i) b.next[i] = b.now[i] + (b.change[i] + h * b.source[i]);
  batch_change_of(cluster, b.rate[1].data(), b.change.data());
}

/// Marks the voxels for which the explicit step was too coarse.
INTERSTICE_VECTOR_CLONES void judge_explicit_step(const Cluster& cluster, double largest_difference,
                                                  const ReactionBatch& b, const std::array<double, W>& turnover,
                                                  std::array<double, W>& unfit) {
  for (std::size_t s = 0; s < cluster.size(); ++s) {
    for (std::size_t w = 0; w < W; ++w) {
      const std::size_t i = s * W + w;
      const double scale = std::max(std::max(b.now[i], b.next[i]), kConcentrationFloor);
      const bool bad = std::abs(b.change[i]) > largest_difference * scale || b.next[i] < 0 || turnover[w] > kTurnover;
      unfit[w] = bad ? 1.0 : unfit[w];
    }
  }
}

/// All lanes by explicit substeps, as many as those voxels need that will not go to the stiff solver.
void explicit_steps(const Cluster& cluster, double dt, const StepTolerance& tolerance, const LocalConditions& local,
                    std::size_t lanes, ReactionBatch& b, std::array<double, W>& unfit) {
  std::array<double, W> turnover;
  b.now = b.c;
  batch_rates(cluster, local, b.now.data(), b.rate[0].data());
  turnover_of(cluster, dt, b, turnover);
  double most = 0;
  for (std::size_t w = 0; w < lanes; ++w) {
    unfit[w] = turnover[w] > kExplicitSubsteps * kUsualTurnover ? 1.0 : 0.0;
    if (unfit[w] == 0) most = std::max(most, turnover[w]);
  }
  const int substeps = std::max(1, static_cast<int>(std::ceil(most / kUsualTurnover)));
  const double h = dt / substeps;
  std::fill(b.extents.begin(), b.extents.end(), 0.0);
  for (int k = 0; k < substeps; ++k) {
    if (k > 0) batch_rates(cluster, local, b.now.data(), b.rate[0].data());
    if (substeps > 1) turnover_of(cluster, h, b, turnover);
    explicit_step(cluster, h, local, b);
    judge_explicit_step(cluster, tolerance.third_order, b, turnover, unfit);
    for (std::size_t i = 0; i < b.extents.size(); ++i) b.extents[i] += b.rate[0][i];
    b.now.swap(b.next);
  }
}

/// A lone species that no agent takes up.
INTERSTICE_VECTOR_CLONES void only_decay(double lost, double kept, double lost_source, ReactionBatch& b) {
  double *c = b.c.data(), *taken = b.extents.data(), *decayed = taken + W;
  const double* source = b.source.data();
#pragma GCC ivdep
  for (std::size_t w = 0; w < W; ++w) {
    decayed[w] = c[w] * lost + source[w] * lost_source;
    c[w] = c[w] * (1 - lost) + source[w] * kept;
    taken[w] = 0;
  }
}

void stiff_lane(const Cluster& cluster, double dt, double tolerance, std::size_t w, ReactionBatch& b) {
  const auto gather = [w](const std::vector<double>& from, std::vector<double>& to) {
    for (std::size_t i = 0; i < to.size(); ++i) to[i] = from[i * W + w];
  };
  gather(b.factor, b.lane_factor);
  gather(b.source, b.lane_source);
  gather(b.uptake, b.lane_uptake);
  gather(b.c, b.lane_c);
  const LocalConditions local{b.lane_factor.data(), b.lane_source.data(), b.lane_uptake.data(),
                              b.inverse_uptake_Km.data()};
  b.stiff.integrate(cluster, local, dt, tolerance, b.lane_c.data(), b.lane_extents.data());
  for (std::size_t s = 0; s < cluster.size(); ++s) b.now[s * W + w] = b.lane_c[s];
  for (std::size_t i = 0; i < cluster.extents(); ++i) b.extents[i * W + w] = b.lane_extents[i];
}

}  // namespace

void ReactionBatch::resize(const Cluster& cluster) {
  const std::size_t n = cluster.size(), m = cluster.extents(), reactions = cluster.reactions.size();
  for (auto* v : {&c, &source, &uptake, &change, &now, &next}) v->assign(n * W, 0.0);
  extents.assign(m * W, 0.0);
  for (auto& v : rate) v.assign(m * W, 0.0);
  factor.assign(reactions * W, 0.0);
  inverse_uptake_Km.assign(n, 0.0);
  lane_factor.resize(reactions);
  for (auto* v : {&lane_source, &lane_uptake, &lane_c}) v->resize(n);
  lane_extents.resize(m);
}

void react_batch(const Cluster& cluster, double dt, const StepTolerance& tolerance, std::size_t lanes,
                 ReactionBatch& batch) {
  const LocalConditions local{batch.factor.data(), batch.source.data(), batch.uptake.data(),
                              batch.inverse_uptake_Km.data()};
  std::array<double, W> unfit;
  unfit.fill(1.0);
  if (!tolerance.forced()) explicit_steps(cluster, dt, tolerance, local, lanes, batch, unfit);
  for (std::size_t w = 0; w < lanes; ++w) {
    if (unfit[w] != 0) stiff_lane(cluster, dt, tolerance.stiff, w, batch);
  }
  batch.c.swap(batch.now);
}

void react_alone(double decay, double dt, std::size_t lanes, ReactionBatch& b) {
  const double lost_alone = -pinned::expm1(-decay * dt);
  const double kept_alone = decay > 0 ? lost_alone / decay : dt;
  if (std::all_of(b.uptake.begin(), b.uptake.begin() + static_cast<std::ptrdiff_t>(lanes),
                  [](double k) { return k == 0; })) {
    only_decay(lost_alone, kept_alone, std::max(0.0, dt - kept_alone), b);
    return;
  }
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
