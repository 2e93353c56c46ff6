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

/// Whether this part of the state has the row.
bool belongs(const RowInfo& row, Part part) {
  return row.hashed == Hashed::tissue || (row.hashed == Hashed::state && part == Part::everything);
}

void add_clock(Sha256& sum, const State& state, const Problem& problem, Part part) {
  sum.add(problem.noise.seed());
  sum.add(problem.chemotaxis_variant);
  for_each_member(kClockRows, state.clock, [&](const RowInfo& row, const auto& value) {
    if (belongs(row, part)) sum.add(static_cast<std::uint64_t>(value));
  });
}

void add_fields(Sha256& sum, const State& state, const Problem& problem, Part part) {
  for (std::size_t s = 0; s < problem.species.size(); ++s) {
    sum.add(problem.species[s].name);
    add_array(sum, state.fields[static_cast<SpeciesId>(s)]);
    add_array(sum, std::span<const float>(state.supply[s]));
  }
  for (std::size_t r = 0; r < state.reservoirs.size(); ++r) {
    sum.add(problem.reservoirs[r].name);
    for_each_member(kReservoirRows, state.reservoirs[r],
                    [&]<class T>(const RowInfo& row, const std::vector<T>& values) {
                      if (belongs(row, part)) add_array(sum, std::span<const T>(values));
                    });
  }
}

void add_cells(Sha256& sum, const Cells& cells, const Problem& problem, Part part) {
  const auto order = by_id(cells.id);
  for_each_member(kCellRows, cells, [&](const RowInfo& row, const auto& values) {
    if (belongs(row, part)) add_sorted(sum, order, values);
  });
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

/// Takes the numbers of a vesicle, two at a time, into two digests that have nothing to do with each other. Numbers of
/// one byte that follow each other share a word.
class VesicleDigests {
 public:
  template <class T>
  void take(T value) {
    std::uint64_t word = 0;
    std::memcpy(&word, &value, sizeof value);
    if constexpr (sizeof(T) == 1) {
      bytes_ |= word << (8 * count_++);
    } else {
      take_bytes();
      take_word(word);
    }
  }
  void take_pair(std::uint64_t v, std::uint64_t w) {
    first_ = fold(first_ ^ v, w ^ 0xa0761d6478bd642fULL);
    second_ = fold(second_ ^ w ^ 0x589965cc75374cc3ULL, v ^ 0xe7037ed1a0b428dbULL);
  }
  /// After the last of take().
  void take_rest() {
    take_bytes();
    if (waits_) take_word(0);
  }
  [[nodiscard]] std::uint64_t first() const { return mix64(first_); }
  [[nodiscard]] std::uint64_t second() const { return mix64(second_); }

 private:
  void take_bytes() {
    if (count_ > 0) take_word(std::exchange(bytes_, 0));
    count_ = 0;
  }
  void take_word(std::uint64_t word) {
    if (waits_) take_pair(waiting_, word);
    waiting_ = word;
    waits_ = !waits_;
  }

  std::uint64_t first_ = 0x8ebc6af09c88c6e3ULL, second_ = 0x1d8e4e27c47d124fULL;
  std::uint64_t bytes_ = 0, waiting_ = 0;
  int count_ = 0;
  bool waits_ = false;
};

/// Sorting the vesicles by id would take longer than many steps, so the digests of each are summed instead, which does
/// not depend on the order either.
void add_vesicles(Sha256& sum, const Vesicles& vesicles, const Cells& cells, const Problem& problem) {
  std::uint64_t first = 0, second = 0;
  const std::size_t proteins = vesicles.proteins.size();
  for (std::size_t v = 0; v < vesicles.size(); ++v) {
    VesicleDigests digests;
    for_each_member(kVesicleRows, vesicles, [&](const RowInfo& row, const auto& values) {
      if (!belongs(row, Part::everything)) return;
      if (row.shown == Shown::host)  // the index of a cell says where it lies, its id who it is
        digests.take(vesicles.host[v] == kNoHost ? ~AgentId{0} : cells.id[vesicles.host[v]]);
      else
        digests.take(values[v]);
    });
    digests.take_rest();
    for (std::size_t p = 0; p < proteins; ++p) digests.take_pair(vesicles.proteins[p][v], p);
    for (std::size_t k = 0; k < vesicles.columns.size(); ++k) {
      std::uint32_t bits = 0;
      std::memcpy(&bits, &vesicles.columns[k][v], sizeof bits);
      digests.take_pair(bits, k);
    }
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
  for (const VesicleCounts& counted : vesicles.counts) {
    if (counted.free[1].empty()) continue;
    for_each_member(kCountRows, counted, [&](const RowInfo& row, const VesicleCounts::ByCargo& counts) {
      if (!belongs(row, Part::everything)) return;
      for (const auto& values : counts)
        if (row.per == Per::voxel)
          add_array(sum, std::span<const std::uint64_t>(values));
        else if (!values.empty())
          add_sorted(sum, order, values);
    });
  }
}

void add_accounts(Sha256& sum, const State& state) {
  for (const VesicleLedger& ledger : state.ledger)
    for_each_member(kLedgerRows, ledger, [&sum](const RowInfo& row, std::uint64_t count) {
      if (belongs(row, Part::everything)) sum.add(count);
    });
  for_each_member(kBudgetRows, state.budget, [&sum](const RowInfo& row, const std::vector<double>& amounts) {
    if (belongs(row, Part::everything)) add_array(sum, std::span<const double>(amounts));
  });
  if (!state.tallies.empty()) add_array(sum, std::span<const double>(state.tallies));
}

}  // namespace

std::string state_hash(const State& state, const Problem& problem) {
  Sha256 sum;
  sum.add("interstice state 3");
  add_clock(sum, state, problem, Part::everything);
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
  sum.add("interstice tissue 2");
  add_clock(sum, state, problem, Part::tissue);
  add_fields(sum, state, problem, Part::tissue);
  add_cells(sum, state.cells, problem, Part::tissue);
  return sum.hex_digest();
}

}  // namespace interstice
