/// @file
/// The state hash sees every bit of the state and nothing of how it is stored.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <functional>
#include <numeric>
#include <set>

#include "engine/results/state_hash.h"
#include "engine/sim/state_arrays.h"
#include "unit/results/sample_state.h"

namespace interstice {
namespace {

using testing::sample_problem;
using testing::sample_state;

template <class T>
void permute(std::vector<T>& values, const std::vector<std::uint32_t>& order) {
  std::vector<T> old = values;
  for (std::size_t i = 0; i < order.size(); ++i) values[i] = old[order[i]];
}

std::vector<std::uint32_t> shuffled(std::size_t n) {
  std::vector<std::uint32_t> order(n);
  std::iota(order.begin(), order.end(), 0U);
  std::shuffle(order.begin(), order.end(), std::mt19937_64(5));
  return order;
}

void shuffle_cells(State& s, const Problem& problem) {
  const auto order = shuffled(s.cells.size());
  for_each_array(s.cells, problem.columns, [&order](const RowInfo&, auto& values) { permute(values, order); });
  std::vector<std::uint32_t> now_at(order.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) now_at[order[i]] = i;
  for (auto& host : s.vesicles.host)
    if (host != kNoHost) host = now_at[host];
  for (VesicleCounts& counts : s.vesicles.counts)
    for_each_member(kCountRows, counts, [&order](const RowInfo& row, VesicleCounts::ByCargo& values) {
      for (auto& some : values)
        if (row.per == Per::cell && !some.empty()) permute(some, order);
    });
}

void shuffle_vesicles(State& s) {
  const auto order = shuffled(s.vesicles.size());
  for_each_array(s.vesicles, [&order](auto& values) { permute(values, order); });
}

TEST(StateHash, DoesNotDependOnStorageOrder) {
  const Problem problem = sample_problem();
  State state = sample_state(problem);
  const std::string hash = state_hash(state, problem), tissue = tissue_hash(state, problem);
  EXPECT_EQ(hash.size(), 64U);
  shuffle_cells(state, problem);
  EXPECT_EQ(state_hash(state, problem), hash);
  EXPECT_EQ(tissue_hash(state, problem), tissue);
  shuffle_vesicles(state);
  EXPECT_EQ(state_hash(state, problem), hash);
}

/// One array of the state, and how to flip the lowest bit of its entry `at`.
struct Flip {
  RowInfo row;
  std::size_t array = 0, at = 0;

  void operator()(State& state, const Problem& problem) const {
    std::size_t k = 0;
    for_each_array(state, problem, [&]<class T>(const RowInfo&, std::span<T> values) {
      if (k++ != array) return;
      unsigned char bytes[sizeof(T)];
      std::memcpy(bytes, &values[at], sizeof(T));
      bytes[0] ^= 1;
      std::memcpy(&values[at], bytes, sizeof(T));
    });
  }
};

/// The sample with something in what it leaves empty: tallies, columns of models, counted vesicles, a label.
State full_state(Problem& problem) {
  problem.tallies = {{"model.cargo_delivery.spent", "EV"}};
  problem.vesicle_columns = {{"bound_ligand", "molecule"}};
  State s = sample_state(problem);
  s.tallies = {7};
  s.vesicles.columns.emplace_back(s.vesicles.size(), 0.5F);
  for (auto& free : s.vesicles.counts.at(0).free) free.assign(problem.grid.voxel_count(), 5);
  for (auto* counts : {&s.vesicles.counts[0].adsorbed, &s.vesicles.counts[0].endosomal})
    for (auto& per_cell : *counts) per_cell.assign(s.cells.size(), 3);
  LabelState& label = s.labels.emplace_back();
  for_each_member(kLabelRows, label, [](const RowInfo&, auto& values) {
    if constexpr (!std::is_arithmetic_v<std::remove_reference_t<decltype(values)>>) values.assign(2, 1);
  });
  return s;
}

/// The last entry of every array, and of fields the first.
std::vector<Flip> all_flips(const State& state, const Problem& problem) {
  std::vector<Flip> flips;
  std::size_t k = 0;
  for_each_array(state, problem, [&](const RowInfo& row, const auto& values) {
    ASSERT_GT(values.size(), 0U) << row.name << ": the sample has nothing there";
    flips.push_back({row, k, values.size() - 1});
    if (row.per == Per::voxel) flips.push_back({row, k, 0});
    ++k;
  });
  return flips;
}

template <class Hash>
void expect_hash_to_see(Hash hash, const std::function<bool(const RowInfo&)>& seen) {
  Problem problem = sample_problem();
  const State state = full_state(problem);
  const std::string before = hash(state, problem);
  std::set<std::string> hashes{before};
  std::size_t expected = 1;
  for (const Flip& flip : all_flips(state, problem)) {
    State changed = state;
    flip(changed, problem);
    const std::string after = hash(changed, problem);
    EXPECT_EQ(after != before, seen(flip.row)) << flip.row.name << " (array " << flip.array << ")";
    expected += seen(flip.row) ? 1 : 0;
    hashes.insert(after);
  }
  EXPECT_EQ(hashes.size(), expected) << "two changes look alike";
}

TEST(StateHash, SeesOneFlippedBitAnywhere) {
  expect_hash_to_see(state_hash, [](const RowInfo& row) { return row.hashed != Hashed::no; });
}

// The digests of vesicles are summed, so what belongs to one vesicle must not be mistaken for what belongs to another.
TEST(StateHash, SeesVesiclesThatExchangeWhatTheyHave) {
  const Problem problem = sample_problem();
  const State state = sample_state(problem);
  std::set<std::string> hashes{state_hash(state, problem)};
  const auto exchange = [&](auto values) {
    State changed = state;
    auto& column = values(changed.vesicles);
    std::swap(column[3], column[7]);
    hashes.insert(state_hash(changed, problem));
  };
  exchange([](Vesicles & v) -> auto& { return v.x; });
  exchange([](Vesicles & v) -> auto& { return v.z; });
  exchange([](Vesicles & v) -> auto& { return v.diffusivity; });
  exchange([](Vesicles & v) -> auto& { return v.id; });
  exchange([](Vesicles & v) -> auto& { return v.proteins[1]; });
  EXPECT_EQ(hashes.size(), 6U);
  State twin = state;  // and proteins that change places
  std::swap(twin.vesicles.proteins[0], twin.vesicles.proteins[1]);
  EXPECT_NE(state_hash(twin, problem), state_hash(state, problem));
}

TEST(StateHash, TissueLeavesVesiclesOut) {
  expect_hash_to_see(tissue_hash, [](const RowInfo& row) { return row.hashed == Hashed::tissue; });
}

TEST(StateHash, SeesSeedAndPlugIn) {
  Problem problem = sample_problem();
  const State state = sample_state(problem);
  const std::string hash = state_hash(state, problem);
  problem.noise = Noise(43);
  EXPECT_NE(state_hash(state, problem), hash);
  problem = sample_problem();
  problem.models[0].sha256 = "another library";
  EXPECT_NE(state_hash(state, problem), hash);
}

}  // namespace
}  // namespace interstice
