#include "engine/results/state_hash.h"

#include <algorithm>
#include <cstring>
#include <span>
#include <utility>
#include <vector>

#include "engine/core/sha256.h"

namespace interstice {

namespace {

/// Order of the agents by id. Pairs are sorted, not indices: twice as fast for a million agents.
std::vector<std::uint32_t> by_id(const std::vector<AgentId>& id) {
  std::vector<std::pair<AgentId, std::uint32_t>> pairs(id.size());
  for (std::uint32_t i = 0; i < id.size(); ++i) pairs[i] = {id[i], i};
  std::sort(pairs.begin(), pairs.end());
  std::vector<std::uint32_t> order(id.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = pairs[i].second;
  return order;
}

template <class T>
void add_array(Sha256& sum, std::span<const T> values) {
  sum.add(static_cast<std::uint64_t>(values.size()));
  sum.add_bytes(values.data(), values.size_bytes());
}

/// One attribute of all agents, in the given order.
template <class T>
void add_sorted(Sha256& sum, const std::vector<std::uint32_t>& order, const std::vector<T>& values) {
  std::vector<T> sorted(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) sorted[i] = values[order[i]];
  add_array(sum, std::span<const T>(sorted));
}

enum class Part { everything, tissue };

void add_clock(Sha256& sum, const State& state, const Problem& problem) {
  sum.add(problem.noise.seed());
  sum.add(problem.chemotaxis_variant);
  sum.add(state.clock.step);
  for (const Nanoseconds t :
       {state.clock.now, state.clock.last_transport, state.clock.last_vesicles, state.clock.last_cells})
    sum.add(static_cast<std::uint64_t>(t));
}

void add_fields(Sha256& sum, const State& state, const Problem& problem, Part part) {
  for (std::size_t s = 0; s < problem.species.size(); ++s) {
    sum.add(problem.species[s].name);
    add_array(sum, state.fields[static_cast<SpeciesId>(s)]);
  }
  for (std::size_t r = 0; r < state.reservoirs.size(); ++r) {
    const ReservoirState& reservoir = state.reservoirs[r];
    sum.add(problem.reservoirs[r].name);
    add_array(sum, std::span<const double>(reservoir.concentration));
    if (part == Part::tissue) continue;
    add_array(sum, std::span<const std::uint64_t>(reservoir.vesicles));
  }
}

void add_cells(Sha256& sum, const Cells& cells, const Problem& problem, Part part) {
  const auto order = by_id(cells.id);
  add_sorted(sum, order, cells.id);
  add_sorted(sum, order, cells.ancestor);
  add_sorted(sum, order, cells.type);
  add_sorted(sum, order, cells.state);
  for (const auto* values : {&cells.x, &cells.y, &cells.z, &cells.vx, &cells.vy, &cells.vz, &cells.heading_x,
                             &cells.heading_y, &cells.heading_z, &cells.radius, &cells.state_since, &cells.state_until})
    add_sorted(sum, order, *values);
  add_sorted(sum, order, cells.births);
  add_sorted(sum, order, cells.transitions);
  if (part == Part::everything)
    for (const auto* counts : {&cells.bound, &cells.internal, &cells.adsorptions, &cells.releases})
      add_sorted(sum, order, *counts);
  for (std::size_t c = 0; c < cells.columns.size(); ++c) {
    sum.add(problem.columns[c].name);
    add_sorted(sum, order, cells.columns[c]);
  }
}

/// A 128-bit product folded to 64 bits: every input bit reaches every output bit.
std::uint64_t fold(std::uint64_t a, std::uint64_t b) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

/// Takes numbers of a vesicle two at a time into two digests that have nothing to do with each other.
class Digests {
 public:
  void take(std::uint64_t v, std::uint64_t w) {
    first_ = fold(first_ ^ v, w ^ 0xa0761d6478bd642fULL);
    second_ = fold(second_ ^ w ^ 0x589965cc75374cc3ULL, v ^ 0xe7037ed1a0b428dbULL);
  }
  [[nodiscard]] std::uint64_t first() const { return mix64(first_); }
  [[nodiscard]] std::uint64_t second() const { return mix64(second_); }

 private:
  std::uint64_t first_ = 0x8ebc6af09c88c6e3ULL, second_ = 0x1d8e4e27c47d124fULL;
};

template <class T>
std::uint64_t bits(T value) {
  std::uint64_t word = 0;
  std::memcpy(&word, &value, sizeof value);
  return word;
}

/// Sorting the vesicles by id would take longer than many steps, so the digests of each are summed instead, which does
/// not depend on the order either.
void add_vesicles(Sha256& sum, const Vesicles& vesicles, const Cells& cells, const Problem& problem) {
  std::uint64_t first = 0, second = 0;
  const std::size_t proteins = vesicles.proteins.size();
  for (std::size_t v = 0; v < vesicles.size(); ++v) {
    Digests digests;
    const AgentId host = vesicles.host[v] == kNoHost ? ~AgentId{0} : cells.id[vesicles.host[v]];
    digests.take(vesicles.id[v], bits(vesicles.x[v]));
    digests.take(bits(vesicles.y[v]), bits(vesicles.z[v]));
    digests.take(host, bits(vesicles.state[v]) | bits(vesicles.klass[v]) << 8 | bits(vesicles.cargo[v]) << 16);
    digests.take(bits(vesicles.diffusivity[v]), bits(vesicles.clearance_left[v]));
    for (std::size_t p = 0; p < proteins; ++p) digests.take(vesicles.proteins[p][v], p);
    for (std::size_t k = 0; k < vesicles.columns.size(); ++k) digests.take(bits(vesicles.columns[k][v]), k);
    first += digests.first();
    second += digests.second();
  }
  sum.add(static_cast<std::uint64_t>(vesicles.size()));
  sum.add(first);
  sum.add(second);
  for (std::size_t p = 0; p < proteins; ++p) sum.add(problem.proteins[p]);
}

/// Nothing where all classes are agents.
void add_vesicle_counts(Sha256& sum, const Vesicles& vesicles, const Cells& cells) {
  const auto order = by_id(cells.id);
  for (const VesicleCounts& counts : vesicles.counts) {
    if (counts.free[1].empty()) continue;
    for (const auto& free : counts.free) add_array(sum, std::span<const std::uint64_t>(free));
    for (const auto* held : {&counts.adsorbed, &counts.endosomal})
      for (const auto& per_cell : *held)
        if (!per_cell.empty()) add_sorted(sum, order, per_cell);
  }
}

void add_accounts(Sha256& sum, const State& state) {
  for (const VesicleLedger& l : state.ledger)
    for (const std::uint64_t count :
         {l.dosed, l.free, l.adsorbed, l.endosomal, l.in_reservoir, l.released, l.degraded, l.lost, l.left})
      sum.add(count);
  const Budget& budget = state.budget;
  for (const auto* amounts :
       {&budget.reacted, &budget.secreted, &budget.taken_up, &budget.decayed, &budget.through_boundary})
    add_array(sum, std::span<const double>(*amounts));
  if (!state.tallies.empty()) add_array(sum, std::span<const double>(state.tallies));
}

}  // namespace

std::string state_hash(const State& state, const Problem& problem) {
  Sha256 sum;
  sum.add("interstice state 2");
  add_clock(sum, state, problem);
  for (const auto& model : problem.models)
    for (const auto* text : {&model.name, &model.version, &model.sha256}) sum.add(*text);
  add_fields(sum, state, problem, Part::everything);
  add_cells(sum, state.cells, problem, Part::everything);
  add_vesicles(sum, state.vesicles, state.cells, problem);
  add_vesicle_counts(sum, state.vesicles, state.cells);
  add_accounts(sum, state);
  return sum.hex_digest();
}

std::string tissue_hash(const State& state, const Problem& problem) {
  Sha256 sum;
  sum.add("interstice tissue 1");
  add_clock(sum, state, problem);
  add_fields(sum, state, problem, Part::tissue);
  add_cells(sum, state.cells, problem, Part::tissue);
  return sum.hex_digest();
}

}  // namespace interstice
