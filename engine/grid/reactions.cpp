/// @file
/// The reaction stage: voxels in batches, reservoirs one by one, and the budget of both.
#include "engine/grid/reactions.h"

#include <algorithm>
#include <cassert>

#include "engine/core/constants.h"
#include "engine/grid/lanes.h"
#include "engine/grid/reaction_batch.h"

namespace interstice {
namespace {

constexpr std::size_t kBlock = 8 * kBatch;  ///< voxels per parallel block, and per partial sum of the budget

/// Below this a species is gone [uM]: exponential decay would end in subnormal numbers, which cost a hundredfold.
constexpr double kVanished = 1e-100;

/// Extents times volume, summed [uM um^3].
struct Tally {
  std::vector<double> reacted, secreted, cleared, decayed;

  Tally(std::size_t species, std::size_t reactions)
      : reacted(reactions, 0.0), secreted(species, 0.0), cleared(species, 0.0), decayed(species, 0.0) {}
};

void book(const std::vector<double>& amounts, std::vector<double>& budget) {
  for (std::size_t i = 0; i < amounts.size(); ++i) budget[i] += amounts[i] * kMoleculesPerUmCubedPerMicromolar;
}

void book(const Tally& tally, Budget& budget) {
  book(tally.reacted, budget.reacted);
  book(tally.secreted, budget.secreted);
  book(tally.cleared, budget.cleared);
  book(tally.decayed, budget.decayed);
}

/// One scratch batch per cluster, kept by each thread.
ReactionBatch& scratch(const Cluster& cluster) {
  thread_local ReactionBatch batch;
  batch.resize(cluster);
  return batch;
}

/// Sum of a b by four partial sums, whatever the instruction set.
double dot(const double* a, const double* b, std::size_t n) {
  Lanes sum{};
  std::size_t i = 0;
  for (; i + kVector <= n; i += kVector) sum += lanes(a + i) * lanes(b + i);
  double total = (sum[0] + sum[1]) + (sum[2] + sum[3]);
  for (; i < n; ++i) total += a[i] * b[i];
  return total;
}

bool has(const FieldSet& set) { return set.voxel_count() > 0; }

}  // namespace

struct ReactionSolver::Impl {
  Grid grid;
  std::vector<double> voxel_volume, inverse_volume;  ///< alpha V per voxel [um^3] and its reciprocal
  std::vector<std::uint8_t> region_of_voxel;
  std::vector<Cluster> clusters;
  std::vector<Reservoir> reservoirs;
  std::size_t species = 0, reactions = 0;
  StepTolerance tolerance{0};

  void react_voxels(const Cluster& cluster, const FieldSet& c, const Exchange& exchange, double dt, std::size_t first,
                    std::size_t lanes, ReactionBatch& batch, FieldSet& reacted, Tally& tally) const;
  void load(const Cluster& cluster, const FieldSet& c, const Exchange& exchange, std::size_t first, std::size_t lanes,
            ReactionBatch& batch) const;
  void load_factors(const Cluster& cluster, const Exchange& exchange, std::size_t first, std::size_t lanes,
                    ReactionBatch& batch) const;
  void count(const Cluster& cluster, double dt, std::size_t lanes, const double* volume, const ReactionBatch& batch,
             Tally& tally) const;
  void advance(const Cluster& cluster, double dt, std::size_t lanes, ReactionBatch& batch) const;
  void react_reservoir(std::size_t r, const ReservoirState& from, std::span<const double> vesicle_copies, double dt,
                       ReservoirState& to, Tally& tally) const;
};

void ReactionSolver::Impl::load_factors(const Cluster& cluster, const Exchange& exchange, std::size_t first,
                                        std::size_t lanes, ReactionBatch& batch) const {
  const double* inverse = inverse_volume.data() + first;
  for (std::size_t r = 0; r < cluster.reactions.size(); ++r) {
    const ClusterReaction& reaction = cluster.reactions[r];
    double* factor = &batch.factor[r * kBatch];
    std::fill(factor, factor + lanes, reaction.constant);
    if (reaction.per_copy > 0 && has(exchange.copies)) {
      const double* copies = exchange.copies[static_cast<SpeciesId>(reaction.id)].data() + first;
      const double scale = reaction.per_copy / kMoleculesPerUmCubedPerMicromolar;
      for (std::size_t w = 0; w < lanes; ++w) factor[w] += scale * copies[w] * inverse[w];
    }
    for (std::size_t w = 0; w < lanes; ++w) factor[w] *= reaction.in_region[region_of_voxel[first + w]];
  }
}

void ReactionSolver::Impl::load(const Cluster& cluster, const FieldSet& c, const Exchange& exchange, std::size_t first,
                                std::size_t lanes, ReactionBatch& batch) const {
  const double* inverse = inverse_volume.data() + first;
  constexpr double kUnit = 1 / kMoleculesPerUmCubedPerMicromolar;
  for (std::size_t s = 0; s < cluster.size(); ++s) {
    const SpeciesId id = cluster.species[s];
    std::copy_n(c[id].data() + first, lanes, &batch.c[s * kBatch]);
    if (has(exchange.secretion)) {
      const double* secretion = exchange.secretion[id].data() + first;
      double* source = &batch.source[s * kBatch];
      for (std::size_t w = 0; w < lanes; ++w) source[w] = secretion[w] * (kUnit * inverse[w]);
    }
    if (has(exchange.clearance)) {
      const double* clearance = exchange.clearance[id].data() + first;
      double* uptake = &batch.uptake[s * kBatch];
      for (std::size_t w = 0; w < lanes; ++w) uptake[w] = clearance[w] * inverse[w];
    }
    const double Km = exchange.clearance_Km.empty() ? 0.0 : exchange.clearance_Km[index(id)];
    batch.inverse_uptake_Km[s] = Km > 0 ? 1 / Km : 0.0;
  }
  load_factors(cluster, exchange, first, lanes, batch);
}

void ReactionSolver::Impl::advance(const Cluster& cluster, double dt, std::size_t lanes, ReactionBatch& batch) const {
  if (cluster.reactions.empty() && batch.inverse_uptake_Km[0] == 0) {
    react_alone(cluster.decay[0], dt, lanes, batch);
  } else {
    react_batch(cluster, dt, tolerance, lanes, batch);
  }
}

void ReactionSolver::Impl::count(const Cluster& cluster, double dt, std::size_t lanes, const double* volume,
                                 const ReactionBatch& batch, Tally& tally) const {
  const auto weigh = [&](const double* amount) { return dot(volume, amount, lanes); };
  const std::size_t reactions_here = cluster.reactions.size(), n = cluster.size();
  for (std::size_t r = 0; r < reactions_here; ++r) {
    tally.reacted[cluster.reactions[r].id] += weigh(&batch.extents[r * kBatch]);
  }
  for (std::size_t s = 0; s < n; ++s) {
    const std::size_t id = index(cluster.species[s]);
    tally.secreted[id] += dt * weigh(&batch.source[s * kBatch]);
    tally.cleared[id] += weigh(&batch.extents[(reactions_here + s) * kBatch]);
    tally.decayed[id] += weigh(&batch.extents[(reactions_here + n + s) * kBatch]);
  }
}

void ReactionSolver::Impl::react_voxels(const Cluster& cluster, const FieldSet& c, const Exchange& exchange, double dt,
                                        std::size_t first, std::size_t lanes, ReactionBatch& batch, FieldSet& reacted,
                                        Tally& tally) const {
  load(cluster, c, exchange, first, lanes, batch);
  advance(cluster, dt, lanes, batch);
  count(cluster, dt, lanes, voxel_volume.data() + first, batch, tally);
  for (std::size_t s = 0; s < cluster.size(); ++s) {
    double* to = reacted[cluster.species[s]].data() + first;
    const double* from = &batch.c[s * kBatch];
    for (std::size_t w = 0; w < lanes; ++w) to[w] = from[w] < kVanished ? 0.0 : from[w];
  }
}

/// A reservoir is one voxel of its volume; the reactions of the background region run in it.
void ReactionSolver::Impl::react_reservoir(std::size_t r, const ReservoirState& from,
                                           std::span<const double> vesicle_copies, double dt, ReservoirState& to,
                                           Tally& tally) const {
  const Reservoir& reservoir = reservoirs[r];
  const double share = reservoir.share();
  for (const Cluster& cluster : clusters) {
    ReactionBatch& batch = scratch(cluster);
    for (std::size_t s = 0; s < cluster.size(); ++s) {
      batch.c[s * kBatch] = from.concentration[index(cluster.species[s])];
    }
    for (std::size_t k = 0; k < cluster.reactions.size(); ++k) {
      const ClusterReaction& reaction = cluster.reactions[k];
      double copies = reaction.id < reservoir.enzyme_copies.size() ? reservoir.enzyme_copies[reaction.id] : 0.0;
      if (reaction.id < vesicle_copies.size()) copies += vesicle_copies[reaction.id] * reservoir.represents;
      const double concentration = copies / (reservoir.volume * kMoleculesPerUmCubedPerMicromolar);
      batch.factor[k * kBatch] = reaction.in_region[0] * (reaction.constant + reaction.per_copy * concentration);
    }
    advance(cluster, dt, 1, batch);
    count(cluster, dt, 1, &share, batch, tally);
    for (std::size_t s = 0; s < cluster.size(); ++s) {
      const double left = batch.c[s * kBatch];
      to.concentration[index(cluster.species[s])] = left < kVanished ? 0.0 : left;
    }
  }
}

ReactionSolver::ReactionSolver(const Grid& grid, const RegionMap& regions, std::span<const Species> species,
                               const Chemistry& chemistry, std::span<const Reservoir> reservoirs,
                               ReactionOptions options)
    : impl_(std::make_unique<Impl>()) {
  impl_->grid = grid;
  for (const std::uint8_t region : regions.of_voxel) {
    impl_->voxel_volume.push_back(regions.regions[region].volume_fraction * grid.voxel_volume());
    impl_->inverse_volume.push_back(1 / impl_->voxel_volume.back());
  }
  impl_->region_of_voxel = regions.of_voxel;
  impl_->clusters = make_clusters(chemistry, species, regions.regions.size());
  impl_->reservoirs.assign(reservoirs.begin(), reservoirs.end());
  impl_->species = species.size();
  impl_->reactions = chemistry.reactions.size();
  impl_->tolerance = StepTolerance(options.tolerance);
}
ReactionSolver::~ReactionSolver() = default;
ReactionSolver::ReactionSolver(ReactionSolver&&) noexcept = default;
ReactionSolver& ReactionSolver::operator=(ReactionSolver&&) noexcept = default;

void ReactionSolver::react(const FieldSet& c, std::span<const ReservoirState> reservoirs, const Exchange& exchange,
                           double dt, FieldSet& reacted, std::vector<ReservoirState>& reacted_reservoirs,
                           Budget& budget, const Threads& threads,
                           std::span<const std::vector<double>> vesicle_copies) const {
  const Impl& m = *impl_;
  const std::size_t voxels = m.grid.voxel_count();
  assert(c.species_count() == m.species && reacted.voxel_count() == voxels);
  std::vector<Tally> tallies((voxels + kBlock - 1) / kBlock, Tally(m.species, m.reactions));
  threads.for_blocks(voxels, kBlock, [&](std::size_t begin, std::size_t end) {
    for (const Cluster& cluster : m.clusters) {
      ReactionBatch& batch = scratch(cluster);
      for (std::size_t first = begin; first < end; first += kBatch) {
        m.react_voxels(cluster, c, exchange, dt, first, std::min(kBatch, end - first), batch, reacted,
                       tallies[begin / kBlock]);
      }
    }
  });
  for (const Tally& tally : tallies) book(tally, budget);
  reacted_reservoirs.assign(reservoirs.begin(), reservoirs.end());
  for (std::size_t r = 0; r < reservoirs.size(); ++r) {
    Tally tally(m.species, m.reactions);
    const auto copies =
        r < vesicle_copies.size() ? std::span<const double>(vesicle_copies[r]) : std::span<const double>();
    m.react_reservoir(r, reservoirs[r], copies, dt, reacted_reservoirs[r], tally);
    book(tally, budget);
  }
}

}  // namespace interstice
