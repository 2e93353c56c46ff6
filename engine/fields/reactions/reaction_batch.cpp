/// @file
/// Explicit steps on extents, voxel batches. The stages of Shu and Osher's third-order method (J. Comput. Phys. 77,
/// 1988) begin with Euler's and Heun's methods, so a batch stops at the first that is accurate in all its voxels:
///
///   x1 = rates(c)        X = x1                 Euler
///   x2 = rates(Euler)    X = (x1 + x2)/2        Heun, judged by its difference from Euler
///   x3 = rates(middle)   X = (x1 + x2 + 4 x3)/6 third order, judged by its difference from Heun
///
/// Rates are those of a whole substep, so that they are extents.
#include "engine/fields/reactions/reaction_batch.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>

#include "engine/core/pinned_math.h"
#include "engine/fields/reactions/reaction_kernels.h"

namespace interstice {
namespace {

constexpr double kTurnover = 0.25;     ///< largest share of a species that an explicit substep may consume
constexpr int kExplicitSubsteps = 16;  ///< beyond this the stiff solver is cheaper

void add_saturable(std::uint32_t extent, std::uint32_t substrate, double constant, const double* factor,
                   std::span<const Channel::Term> terms, ActiveExtents& acts) {
  const auto first = static_cast<std::uint32_t>(acts.denominators.size());
  acts.denominators.insert(acts.denominators.end(), terms.begin(), terms.end());
  const auto last = static_cast<std::uint32_t>(acts.denominators.size());
  acts.saturable.push_back({extent, substrate, first, last, constant, factor});
}

void add_channel(const Channel::Kind& kind, std::uint32_t extent, const double* factor, ActiveExtents& acts) {
  if (kind.law != Reaction::Law::michaelis_menten) {
    acts.powers.push_back(extent);
    return;
  }
  std::vector<Channel::Term> terms{{kind.substrate, 1.0}};
  terms.insert(terms.end(), kind.inhibitors.begin(), kind.inhibitors.end());
  add_saturable(extent, static_cast<std::uint32_t>(kind.substrate), kind.Km, factor, terms, acts);
}

void add_uptake(std::uint32_t s, std::uint32_t extent, const ReactionBatch& b, ActiveExtents& acts) {
  if (b.inverse_uptake_Km[s] == 0) {
    acts.linear_uptakes.push_back(s);
    return;
  }
  const Channel::Term term{static_cast<int>(s), b.inverse_uptake_Km[s]};
  add_saturable(extent, s, 1.0, b.uptake[s].data(), {&term, 1}, acts);
}

void find_active(const Cluster& cluster, ReactionBatch& b) {
  if (b.acts_for == b.active) return;
  b.acts_for = b.active;
  const auto channels = static_cast<std::uint32_t>(cluster.channels.size());
  const auto n = static_cast<std::uint32_t>(cluster.size());
  ActiveExtents& acts = b.acts;
  for (auto* list : {&acts.extents, &acts.powers, &acts.linear_uptakes, &acts.decays}) list->clear();
  acts.saturable.clear();
  acts.denominators.clear();
  for (std::uint32_t e = 0; e < b.active.size(); ++e) {
    if (b.active[e] == 0) continue;
    acts.extents.push_back(e);
    if (e < channels) {
      add_channel(cluster.channels[e].kind, e, b.factor[e].data(), acts);
    } else if (e < channels + n) {
      add_uptake(e - channels, e, b, acts);
    } else {
      acts.decays.push_back(e - channels - n);
    }
  }
  acts.terms.clear();
  acts.species.resize(n);
  const auto add = [&](const std::vector<ExtentTerm>& terms) {
    for (const ExtentTerm& term : terms)
      if (b.active[term.extent] != 0) acts.terms.push_back(term);
    return static_cast<std::uint32_t>(acts.terms.size());
  };
  for (std::uint32_t s = 0; s < n; ++s) {
    ActiveExtents::Range& range = acts.species[s];
    range.first = static_cast<std::uint32_t>(acts.terms.size());
    range.middle = add(cluster.losses[s]);
    range.last = add(cluster.gains[s]);
  }
}

/// The voxels that explicit steps are too coarse for.
struct Unfit {
  std::array<std::uint8_t, kBatch> voxel{};
  bool looked = false;  ///< else there are none
};

/// Into how many substeps a step must be cut for those voxels that will not go to the stiff solver; marks those that
/// will.
int substeps_for(const ReactionBatch& b, Unfit& unfit) {
  unfit.looked = true;
  LaneArray turnover;
  turnover_of(b, b.c.data(), turnover);
  double most = 0;
  for (std::size_t w = 0; w < kBatch; ++w) {
    unfit.voxel[w] = turnover[w] > kExplicitSubsteps * kUsualTurnover;
    if (unfit.voxel[w] == 0) most = std::max(most, turnover[w]);
  }
  return std::max(1, static_cast<int>(std::ceil(most / kUsualTurnover)));
}

/// Marks the voxels for which the third-order step was too coarse.
void mark_unfit(const ReactionBatch& b, double largest_difference, bool fast, const LaneArray* now, Unfit& unfit) {
  unfit.looked = true;
  for (std::size_t s = 0; s < b.acts.species.size(); ++s) {
    for (std::size_t w = 0; w < kBatch; ++w) {
      const double scale = std::max(std::max(now[s][w], b.next[s][w]), kConcentrationFloor);
      const bool bad = std::abs(b.next[s][w] - b.better[s][w]) > largest_difference * scale || b.next[s][w] < 0;
      unfit.voxel[w] = unfit.voxel[w] | bad;
    }
  }
  if (!fast) return;
  LaneArray turnover;
  turnover_of(b, now, turnover);
  for (std::size_t w = 0; w < kBatch; ++w) unfit.voxel[w] = unfit.voxel[w] | (turnover[w] > kTurnover);
}

/// One substep from `now`, whose extents rate[0] and Euler result `next` are known: leaves the result in `next` and the
/// extents in rate[0].
void refine(const Cluster& cluster, double h, const StepTolerance& tolerance, const Pace& pace, const LaneArray* now,
            ReactionBatch& b, Unfit& unfit) {
  auto& [x, second, third] = b.rate;
  evaluate(cluster, h, b, b.next.data(), second.data());
  combine(b, 0.5, 1, second, x);
  if (!advance(b, now, second.data(), tolerance.second_order, b.next.data(), b.better.data()) && !pace.fast) {
    x.swap(second);
    b.next.swap(b.better);
    return;
  }
  to_middle(b, now, b.next.data());
  evaluate(cluster, h, b, b.next.data(), third.data());
  combine(b, 1.0 / 3, 2, second, third);  // a third of Heun's extents and two thirds of these
  if (advance(b, now, second.data(), tolerance.third_order, b.better.data(), b.next.data()) || pace.fast) {
    mark_unfit(b, tolerance.third_order, pace.fast, now, unfit);
  }
  x.swap(second);
}

/// All voxels by explicit substeps; from c to next.
void explicit_steps(const Cluster& cluster, double dt, const StepTolerance& tolerance, ReactionBatch& b, Unfit& unfit) {
  evaluate(cluster, dt, b, b.c.data(), b.rate[0].data());
  Pace pace = euler(b, tolerance.first_order, b.c.data(), b.next.data());
  const int substeps = pace.fast ? substeps_for(b, unfit) : 1;
  if (substeps == 1) {
    if (pace.moved || pace.fast) refine(cluster, dt, tolerance, pace, b.c.data(), b, unfit);
    b.extents.swap(b.rate[0]);
    return;
  }
  scale(b.factor, b.active, 0, 1.0 / substeps);
  scale(b.uptake, b.active, cluster.channels.size(), 1.0 / substeps);
  scale(b.source, b.sourced, 0, 1.0 / substeps);
  for (const std::uint32_t e : b.acts.extents) b.extents[e] = {};
  b.now = b.c;
  for (int k = 0; k < substeps; ++k) {
    evaluate(cluster, dt / substeps, b, b.now.data(), b.rate[0].data());
    pace = euler(b, tolerance.first_order, b.now.data(), b.next.data());
    if (pace.moved || pace.fast) refine(cluster, dt / substeps, tolerance, pace, b.now.data(), b, unfit);
    combine(b, 1, 1, b.extents, b.rate[0]);
    b.now.swap(b.next);
  }
  b.next.swap(b.now);
  scale(b.factor, b.active, 0, substeps);
  scale(b.uptake, b.active, cluster.channels.size(), substeps);
  scale(b.source, b.sourced, 0, substeps);
}

/// Voxel w by the stiff solver, from c to next.
void stiff_lane(const Cluster& cluster, double dt, double tolerance, std::size_t w, ReactionBatch& b) {
  const std::size_t channels = cluster.channels.size(), n = cluster.size();
  for (std::size_t r = 0; r < channels; ++r) b.lane_factor[r] = b.active[r] != 0 ? b.factor[r][w] / dt : 0.0;
  for (std::size_t s = 0; s < n; ++s) {
    b.lane_source[s] = b.sourced[s] != 0 ? b.source[s][w] / dt : 0.0;
    b.lane_uptake[s] = b.active[channels + s] != 0 ? b.uptake[s][w] / dt : 0.0;
    b.lane_c[s] = b.c[s][w];
  }
  const LocalConditions local{b.lane_factor.data(), b.lane_source.data(), b.lane_uptake.data(),
                              b.inverse_uptake_Km.data()};
  b.stiff.integrate(cluster, local, dt, tolerance, b.lane_c.data(), b.lane_extents.data());
  for (std::size_t s = 0; s < n; ++s) b.next[s][w] = b.lane_c[s];
  for (const std::uint32_t e : b.acts.extents) b.extents[e][w] = b.lane_extents[e];
}

}  // namespace

void ReactionBatch::prepare(const Cluster& cluster) {
  const std::size_t n = cluster.size(), m = cluster.extents(), channels = cluster.channels.size();
  for (auto* v : {&c, &source, &uptake, &now, &next, &better}) v->resize(n);
  for (auto* v : {&extents, &rate[0], &rate[1], &rate[2]}) v->resize(m);
  factor.resize(channels);
  inverse_uptake_Km.assign(n, 0.0);
  active.assign(m, 0);
  for (std::size_t s = 0; s < n; ++s) active[channels + n + s] = cluster.decay[s] > 0;
  sourced.assign(n, 0);
  acts_for.clear();
  lane_factor.resize(channels);
  for (auto* v : {&lane_source, &lane_uptake, &lane_c}) v->resize(n);
  lane_extents.resize(m);
}

void react_batch(const Cluster& cluster, double dt, const StepTolerance& tolerance, std::size_t lanes,
                 ReactionBatch& batch) {
  find_active(cluster, batch);
  Unfit unfit;
  if (tolerance.forced()) {
    unfit.looked = true;
    unfit.voxel.fill(1);
  } else {
    explicit_steps(cluster, dt, tolerance, batch, unfit);
  }
  for (std::size_t w = 0; unfit.looked && w < lanes; ++w) {
    if (unfit.voxel[w] != 0) stiff_lane(cluster, dt, tolerance.stiff, w, batch);
  }
  batch.c.swap(batch.next);
}

LoneDecay::LoneDecay(double decay, double dt)
    : rate(decay * dt), lost(-pinned::expm1(-rate)), kept(rate > 0 ? lost / rate : 1.0) {}

void react_alone(const LoneDecay& decay, std::size_t lanes, ReactionBatch& b) {
  if (b.active[0] == 0) {
    decay_with_source(decay, b);
    return;
  }
  for (std::size_t w = 0; w < lanes; ++w) {
    const double uptake = b.uptake[0][w], rate = uptake + decay.rate;
    const double source = b.sourced[0] != 0 ? b.source[0][w] : 0.0;
    const double lost = uptake > 0 ? -pinned::expm1(-rate) : decay.lost;
    const double kept = uptake > 0 ? lost / rate : decay.kept;
    const double loss = b.c[0][w] * lost + source * std::max(0.0, 1 - kept);
    const double taken = rate > 0 ? loss * (uptake / rate) : 0.0;
    b.c[0][w] = b.c[0][w] * (1 - lost) + source * kept;
    b.extents[0][w] = taken;
    b.extents[1][w] = loss - taken;
  }
}

}  // namespace interstice
