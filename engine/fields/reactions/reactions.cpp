/// @file
/// The reaction stage: voxels in batches, reservoirs one by one, and the budget of both.
#include "engine/fields/reactions/reactions.h"

#include <algorithm>
#include <cassert>
#include <functional>

#include "engine/core/constants.h"
#include "engine/fields/granules.h"
#include "engine/fields/lanes.h"
#include "engine/fields/reactions/reaction_batch.h"
#include "engine/fields/reactions/reaction_loader.h"
#include "engine/fields/vector_clones.h"

namespace interstice {
namespace {

/// Below this a species is gone [uM]: exponential decay would end in subnormal numbers, which cost a hundredfold.
constexpr double kVanished = 1e-100;

void book(const double* amounts, std::vector<double>& budget) {
  for (std::size_t i = 0; i < budget.size(); ++i) budget[i] += amounts[i] * kMoleculesPerUmCubedPerMicromolar;
}

void book(const Tally& tally, Budget& budget) {
  book(tally.reacted, budget.reacted);
  book(tally.secreted, budget.secreted);
  book(tally.taken_up, budget.taken_up);
  book(tally.decayed, budget.decayed);
}

/// Kept by each thread.
struct Scratch {
  struct OfCluster {
    ReactionBatch batch;
    BatchLoader loader;
  };
  BatchVoxels voxels;
  std::vector<OfCluster> clusters;
};
Scratch& scratch(std::size_t clusters) {
  thread_local Scratch one;
  if (one.clusters.size() < clusters) one.clusters.resize(clusters);
  return one;
}

/// What is the same for all batches of a cluster in one step.
struct ClusterStep {
  ClusterStep(const Cluster& cluster, const Exchange& exchange, double dt)
      : intake(cluster, exchange), alone(cluster.decay.front(), dt) {}
  /// Whether nothing but its decay changes a lone species, in voxels with or without cells.
  [[nodiscard]] bool only_decays(const Cluster& cluster, bool cells) const {
    return cluster.channels.empty() && intake.arrays.empty() && (!cells || intake.columns.empty());
  }

  Intake intake;
  LoneDecay alone;
};

/// to <- what is left of `from`; returns what decayed, times the volume.
INTERSTICE_VECTOR_CLONES double only_decay(const double* from, double lost, const BatchVoxels& voxels, double* to) {
  fetch_next_batch(from);
  fetch_next_batch(to);
  const double left = 1 - lost, *volume = voxels.volume.data();
  Lanes sum{};
  std::size_t w = 0;
  for (; w + kVector <= voxels.lanes; w += kVector) {
    const Lanes c = lanes(from + w), rest = left * c;
    sum += lanes(volume + w) * c;
    lanes(to + w) = rest < kVanished ? Lanes{} : rest;
  }
  double total = (sum[0] + sum[1]) + (sum[2] + sum[3]);
  for (; w < voxels.lanes; ++w) {
    total += volume[w] * from[w];
    to[w] = left * from[w] < kVanished ? 0.0 : left * from[w];
  }
  return lost * total;
}

INTERSTICE_VECTOR_CLONES void store(const LaneArray& from, std::size_t lanes_used, double* to) {
  fetch_next_batch(to);
  std::size_t w = 0;
  for (; w + kVector <= lanes_used; w += kVector) {
    const Lanes value = lanes(from.data() + w);
    lanes(to + w) = value < kVanished ? Lanes{} : value;
  }
  for (; w < lanes_used; ++w) to[w] = from[w] < kVanished ? 0.0 : from[w];
}

/// to <- from + S x, channels alone: what else there was in the batch is transport's. Without it nothing is negative,
/// but for rounding, which is cut off.
INTERSTICE_VECTOR_CLONES void store_reacted(const Cluster& cluster, std::size_t s, const ReactionBatch& batch,
                                            bool supplied, const double* from, std::size_t lanes_used, double* to) {
  LaneArray sum;
  std::copy_n(from, lanes_used, sum.data());
  const auto add = [&](const std::vector<ExtentTerm>& terms, double sign) {
    for (const ExtentTerm& term : terms) {
      if (term.extent >= cluster.channels.size() || batch.active[term.extent] == 0) continue;
      const double coefficient = sign * term.coefficient, *x = batch.extents[term.extent].data();
      for (std::size_t w = 0; w < kBatch; w += kVector) lanes(sum.data() + w) += coefficient * lanes(x + w);
    }
  };
  add(cluster.losses[s], -1);
  add(cluster.gains[s], 1);
  for (std::size_t w = 0; w < lanes_used; ++w) to[w] = supplied || sum[w] > 0 ? sum[w] : 0.0;
}

/// The part of `voxels` (ascending) that lies in [first, last).
std::span<const std::uint32_t> between(std::span<const std::uint32_t> voxels, std::size_t first, std::size_t last) {
  const auto begin = std::lower_bound(voxels.begin(), voxels.end(), first);
  return {begin, std::lower_bound(begin, voxels.end(), last)};
}

/// What comes to a reservoir in the step, or leaves it in proportion to what there is.
void set_supply(const Cluster& cluster, std::size_t s, double change, ReactionBatch& batch) {
  const std::size_t uptake = cluster.channels.size() + s;
  batch.sourced[s] = change > 0;
  batch.active[uptake] = change < 0;
  batch.source[s] = batch.uptake[s] = {};
  batch.source[s][0] = std::max(0.0, change);
  batch.uptake[s][0] = std::min(std::max(0.0, -change) / std::max(batch.c[s][0], 1e-200), kMostLeaving);
}

/// Nothing can happen in these voxels.
bool at_rest(const ReactionBatch& batch) {
  const auto is_set = [](std::uint8_t flag) { return flag != 0; };
  return std::ranges::none_of(batch.active, is_set) && std::ranges::none_of(batch.sourced, is_set);
}

void advance(const Cluster& cluster, double dt, const LoneDecay& alone, const StepTolerance& tolerance,
             std::size_t lanes, ReactionBatch& batch) {
  if (cluster.channels.empty() && (batch.active[0] == 0 || batch.inverse_uptake_Km[0] == 0)) {
    react_alone(alone, lanes, batch);
  } else {
    react_batch(cluster, dt, tolerance, lanes, batch);
  }
}

}  // namespace

struct ReactionSolver::Impl {
  Grid grid;
  Medium medium;
  std::vector<Cluster> clusters;
  std::vector<Reservoir> reservoirs;
  std::vector<ClusterRange> groups;
  std::size_t species = 0, reactions = 0;
  StepTolerance tolerance{0};

  void divide_into_groups();
  [[nodiscard]] std::span<const Cluster> of(ClusterRange range) const {
    return std::span(clusters).subspan(range.first, range.end - range.first);
  }
  void react_granule(std::span<const Cluster> clusters, std::span<const ClusterStep> steps, const Interval& interval,
                     const FieldSet& c, std::size_t begin, std::size_t end, FieldSet& reacted,
                     const Tally& tally) const;
  void react_reservoir(std::span<const Cluster> clusters, const Interval& interval, std::size_t r,
                       const ReservoirState& from, ReservoirState& to, const Tally& tally) const;
};

/// Clusters in turn, as many to a group as have no more species than the largest.
void ReactionSolver::Impl::divide_into_groups() {
  std::size_t room = 1;
  for (const Cluster& cluster : clusters) room = std::max(room, cluster.size());
  if (grid.voxel_count() <= kSmallGrid) room = species;
  std::ranges::stable_sort(clusters, std::greater<>(), &Cluster::size);
  for (std::size_t first = 0, end = 0; first < clusters.size(); first = end) {
    std::size_t together = 0;
    while (end < clusters.size() && together + clusters[end].size() <= room) together += clusters[end++].size();
    groups.push_back({first, end});
  }
}

void ReactionSolver::Impl::react_granule(std::span<const Cluster> clusters, std::span<const ClusterStep> steps,
                                         const Interval& interval, const FieldSet& c, std::size_t begin,
                                         std::size_t end, FieldSet& reacted, const Tally& tally) const {
  const Exchange& exchange = interval.exchange;
  const double dt = interval.dt;
  Scratch& own = scratch(clusters.size());
  for (std::size_t k = 0; k < clusters.size(); ++k) {
    own.clusters[k].batch.prepare(clusters[k]);
    own.clusters[k].loader.begin(clusters[k], medium, exchange, dt);
  }
  own.voxels.lanes = 0;  // what it holds may be from another solver
  auto places = between(exchange.voxels, begin, end);
  for (std::size_t first = begin; first < end; first += kBatch) {
    const std::size_t lanes = std::min(kBatch, end - first);
    std::size_t here = 0;
    while (here < places.size() && places[here] < first + lanes) ++here;
    own.voxels.enter(medium, first, lanes, dt);
    for (std::size_t k = 0; k < clusters.size(); ++k) {
      const Cluster& cluster = clusters[k];
      if (steps[k].only_decays(cluster, here > 0)) {
        const SpeciesId s = cluster.species.front();
        tally.decayed[index(s)] +=
            only_decay(c[s].data() + first, steps[k].alone.lost, own.voxels, reacted[s].data() + first);
        continue;
      }
      auto& [batch, loader] = own.clusters[k];
      loader.load(cluster, own.voxels, c, exchange, steps[k].intake, places.first(here), interval.supply, batch);
      const bool rests = at_rest(batch);
      if (!rests) {
        advance(cluster, dt, steps[k].alone, tolerance, lanes, batch);
        loader.count(cluster, own.voxels, batch, tally);
      }
      for (std::size_t s = 0; s < cluster.size(); ++s) {
        double* to = reacted[cluster.species[s]].data() + first;
        if (cluster.carried[s] == 0 || rests)
          store(batch.c[s], lanes, to);
        else
          store_reacted(cluster, s, batch, !interval.supply.empty(), c[cluster.species[s]].data() + first, lanes, to);
      }
    }
    places = places.subspan(here);
  }
}

/// A reservoir is one voxel of its volume; which reactions run in it they say themselves.
void ReactionSolver::Impl::react_reservoir(std::span<const Cluster> clusters, const Interval& interval, std::size_t r,
                                           const ReservoirState& from, ReservoirState& to, const Tally& tally) const {
  const Reservoir& reservoir = reservoirs[r];
  const Exchange& exchange = interval.exchange;
  const double dt = interval.dt;
  const auto vesicle_copies = r < interval.vesicle_copies.size() ? std::span<const double>(interval.vesicle_copies[r])
                                                                 : std::span<const double>();
  const double share = reservoir.share();
  const auto strength = [&](const Channel::Member& member) {
    const std::size_t id = member.reaction;
    double copies = id < reservoir.enzyme_copies.size() ? reservoir.enzyme_copies[id] : 0.0;
    if (id < vesicle_copies.size()) copies += vesicle_copies[id] * reservoir.represents;
    const double concentration = copies / (reservoir.volume * kMoleculesPerUmCubedPerMicromolar);
    const double span = exchange.strength_of(id) * dt;
    return member.in_reservoirs * (member.constant + member.per_copy * concentration) * span;
  };
  ReactionBatch& batch = scratch(1).clusters.front().batch;
  for (const Cluster& cluster : clusters) {
    batch.prepare(cluster);
    for (std::size_t s = 0; s < cluster.size(); ++s) {
      batch.c[s] = {};
      batch.c[s][0] = from.concentration[index(cluster.species[s])];
      if (cluster.carried[s] != 0 && !interval.supply.empty())
        set_supply(cluster, s, from.supply[index(cluster.species[s])] * dt, batch);
    }
    for (std::size_t k = 0; k < cluster.channels.size(); ++k) {
      batch.active[k] = 1;
      batch.factor[k] = {};
      for (const Channel::Member& member : cluster.channels[k].members) batch.factor[k][0] += strength(member);
    }
    advance(cluster, dt, LoneDecay(cluster.decay.front(), dt), tolerance, 1, batch);
    for (std::size_t k = 0; k < cluster.channels.size(); ++k) {
      for (const Channel::Member& member : cluster.channels[k].members) {
        if (batch.factor[k][0] == 0) continue;
        tally.reacted[member.reaction] += share * batch.extents[k][0] * (strength(member) / batch.factor[k][0]);
      }
    }
    for (std::size_t s = 0; s < cluster.size(); ++s) {
      const std::size_t id = index(cluster.species[s]), decay = cluster.channels.size() + cluster.size() + s;
      if (batch.active[decay] != 0) tally.decayed[id] += share * batch.extents[decay][0];
      if (cluster.carried[s] == 0)
        to.concentration[id] = batch.c[s][0] < kVanished ? 0.0 : batch.c[s][0];
      else
        store_reacted(cluster, s, batch, !interval.supply.empty(), &from.concentration[id], 1, &to.concentration[id]);
    }
  }
}

ReactionSolver::ReactionSolver(const Grid& grid, const RegionMap& regions, std::span<const Species> species,
                               const Chemistry& chemistry, std::span<const Reservoir> reservoirs,
                               ReactionOptions options)
    : impl_(std::make_unique<Impl>()) {
  impl_->grid = grid;
  impl_->medium.region_of_voxel = regions.of_voxel;
  for (const Region& region : regions.regions) {
    impl_->medium.volume.push_back(region.volume_fraction * grid.voxel_volume());
  }
  impl_->clusters = make_clusters(chemistry, species, regions.regions.size());
  impl_->reservoirs.assign(reservoirs.begin(), reservoirs.end());
  impl_->species = species.size();
  impl_->reactions = chemistry.reactions.size();
  impl_->tolerance = StepTolerance(options.tolerance);
  impl_->divide_into_groups();
}
ReactionSolver::~ReactionSolver() = default;
ReactionSolver::ReactionSolver(ReactionSolver&&) noexcept = default;
ReactionSolver& ReactionSolver::operator=(ReactionSolver&&) noexcept = default;

ClusterRange ReactionSolver::all() const { return {0, impl_->clusters.size()}; }
std::span<const ClusterRange> ReactionSolver::groups() const { return impl_->groups; }

std::vector<SpeciesId> ReactionSolver::species(ClusterRange clusters) const {
  std::vector<SpeciesId> all;
  for (const Cluster& cluster : impl_->of(clusters))
    all.insert(all.end(), cluster.species.begin(), cluster.species.end());
  return all;
}

std::vector<ReactionId> ReactionSolver::reactions(ClusterRange clusters) const {
  std::vector<ReactionId> all;
  for (const Cluster& cluster : impl_->of(clusters))
    for (const Channel& channel : cluster.channels)
      for (const Channel::Member& member : channel.members) all.push_back(static_cast<ReactionId>(member.reaction));
  return all;
}

void ReactionSolver::react(ClusterRange range, const Interval& interval, const FieldSet& c,
                           std::span<const ReservoirState> reservoirs, FieldSet& reacted,
                           std::span<ReservoirState> reacted_reservoirs, Budget& budget, const Threads& threads) const {
  const Impl& m = *impl_;
  const std::span<const Cluster> clusters = m.of(range);
  const Granules granules(m.grid);
  const std::size_t width = Tally::size(m.species, m.reactions);
  assert(c.species_count() == m.species && reacted.voxel_count() == m.grid.voxel_count());
  assert(reacted_reservoirs.size() == reservoirs.size());
  std::vector<ClusterStep> steps;
  for (const Cluster& cluster : clusters) steps.emplace_back(cluster, interval.exchange, interval.dt);
  std::vector<double> sums((granules.size() + reservoirs.size()) * width, 0.0);
  const auto tally = [&](std::size_t place) { return Tally(&sums[place * width], m.species, m.reactions); };
  threads.for_blocks(granules.size(), 1, [&](std::size_t g, std::size_t) {
    m.react_granule(clusters, steps, interval, c, granules.first(g), granules.first(g + 1), reacted, tally(g));
  });
  for (std::size_t r = 0; r < reservoirs.size(); ++r)
    m.react_reservoir(clusters, interval, r, reservoirs[r], reacted_reservoirs[r], tally(granules.size() + r));
  for (std::size_t place = 0; place < granules.size() + reservoirs.size(); ++place) book(tally(place), budget);
}

}  // namespace interstice
