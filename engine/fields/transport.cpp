#include "engine/fields/transport.h"

#include <algorithm>

#include "engine/fields/reactions/reaction_network.h"

namespace interstice {

namespace {

constexpr int kMostHalvings = 4;  ///< of an interval that turns negative with the supply

bool any_refused(std::span<const std::uint8_t> advanced) {
  return std::ranges::find(advanced, std::uint8_t{0}) != advanced.end();
}

}  // namespace

struct FieldTransport::Step {
  const Fields& fields;
  const Exchange& exchange;
  std::span<const std::vector<double>> vesicle_copies;
  double dt;
  const Threads& threads;
};

/// What an attempt changes beside the fields.
struct FieldTransport::Before {
  explicit Before(const Fields& fields) : budget(fields.budget), reservoirs(fields.reservoirs) {}
  Budget budget;
  std::vector<ReservoirState> reservoirs;
};

FieldTransport::FieldTransport(const Grid& grid, const RegionMap& regions, std::span<const Species> species,
                               const Chemistry& chemistry, std::span<const Reservoir> reservoirs)
    : reactions_(grid, regions, species, chemistry, reservoirs),
      diffusion_(grid, regions, species, reservoirs),
      transfers_(grid, regions, species, reservoirs),
      held_(grid, regions, species, reservoirs),
      reacted_(FieldSet::empty(species.size(), grid.voxel_count())) {
  const std::vector<SpeciesId> reacting = reactions_.species(reactions_.all());
  for (std::uint32_t s = 0; s < species.size(); ++s)
    if (std::ranges::find(reacting, SpeciesId{s}) == reacting.end()) alone_.push_back(SpeciesId{s});
}

/// Says which species were advanced. `balanced`: reactions see the supply, and what turns negative is refused.
std::vector<std::uint8_t> FieldTransport::react_and_diffuse(const Step& step, ClusterRange clusters, bool balanced) {
  auto& [c, reservoirs, supply, budget] = step.fields;
  const auto seen = balanced ? std::span<const std::vector<float>>(supply) : std::span<const std::vector<float>>();
  reactions_.react(clusters,
                   {.dt = step.dt, .exchange = step.exchange, .vesicle_copies = step.vesicle_copies, .supply = seen}, c,
                   reservoirs, reacted_, reacted_reservoirs_, budget, step.threads);
  return diffuse(step, reactions_.species(clusters), balanced);
}

std::vector<std::uint8_t> FieldTransport::diffuse(const Step& step, std::span<const SpeciesId> species,
                                                  bool refuse_negative) {
  auto& [c, reservoirs, supply, budget] = step.fields;
  held_.begin(species, c, reacted_, reacted_reservoirs_, budget);
  auto advanced = diffusion_.diffuse(species,
                                     {.dt = step.dt,
                                      .exchange = step.exchange,
                                      .reacted_reservoirs = reacted_reservoirs_,
                                      .supply = supply,
                                      .refuse_negative = refuse_negative},
                                     c, reacted_, reservoirs, budget, step.threads);
  held_.end(species, c, reservoirs, supply, step.dt, budget);
  return advanced;
}

/// Takes back what was done to a cluster of which some species were refused. Those that were advanced keep the supply
/// that the attempt found: nearer to what comes than that of the last interval.
void FieldTransport::undo(const Step& step, ClusterRange cluster, std::span<const std::uint8_t> advanced,
                          const Before& before) {
  const auto& [c, reservoirs, supply, budget] = step.fields;
  const std::vector<SpeciesId> species = reactions_.species(cluster);
  for (std::size_t k = 0; k < species.size(); ++k) {
    const std::size_t s = index(species[k]);
    if (advanced[k] != 0) std::swap(c.field(species[k]), reacted_.field(species[k]));
    for (std::size_t r = 0; r < reservoirs.size(); ++r)
      reservoirs[r].concentration[s] = before.reservoirs[r].concentration[s];
    for (const auto part : {&Budget::secreted, &Budget::taken_up, &Budget::decayed, &Budget::through_boundary})
      (budget.*part)[s] = (before.budget.*part)[s];
  }
  for (const ReactionId r : reactions_.reactions(cluster)) budget.reacted[index(r)] = before.budget.reacted[index(r)];
}

/// Half an interval, `halvings` times halved so far, and the other half: the shorter it is, the less extents outrun the
/// supply that they live on.
void FieldTransport::advance_halves(const Step& step, ClusterRange cluster, int halvings) {
  Step half = step;
  half.dt = step.dt / 2;
  for (int n = 0; n < 2; ++n) {
    const Before before(step.fields);
    const std::vector<std::uint8_t> advanced = react_and_diffuse(half, cluster, true);
    if (!any_refused(advanced)) continue;
    undo(half, cluster, advanced, before);
    if (halvings < kMostHalvings)
      advance_halves(half, cluster, halvings + 1);
    else
      react_and_diffuse(half, cluster, false);
  }
}

void FieldTransport::advance_group(const Step& step, ClusterRange group) {
  const Before before(step.fields);
  reacted_.hold_only(reactions_.species(group));
  const std::vector<std::uint8_t> advanced = react_and_diffuse(step, group, true);
  for (std::size_t k = group.first, at = 0; k < group.end; ++k) {
    const ClusterRange cluster{k, k + 1};
    const auto own = std::span(advanced).subspan(at, reactions_.species(cluster).size());
    at += own.size();
    if (!any_refused(own)) continue;
    undo(step, cluster, own, before);
    advance_halves(step, cluster, 1);
  }
}

void FieldTransport::advance(const Fields& fields, const Exchange& exchange,
                             std::span<const std::vector<double>> vesicle_copies, double dt, const Threads& threads) {
  const Step step{fields, exchange, vesicle_copies, dt, threads};
  hold(fields.c, fields.budget);
  reacted_reservoirs_ = fields.reservoirs;
  for (const ClusterRange& group : reactions_.groups()) advance_group(step, group);
  reacted_.hold_only({});
  diffuse(step, alone_, false);
  transfers_.transfer(fields.c, fields.reservoirs, dt);
}

std::vector<SpeciesId> species_with_supply(const Chemistry& chemistry, std::span<const Species> species) {
  std::vector<SpeciesId> all;
  for (const Cluster& cluster : make_clusters(chemistry, species, 0))
    for (std::size_t s = 0; s < cluster.size(); ++s)
      if (cluster.carried[s] != 0) all.push_back(cluster.species[s]);
  return all;
}

}  // namespace interstice
