/// @file
/// The state hash sees every bit of the state and nothing of how it is stored.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <functional>
#include <numeric>
#include <set>

#include "engine/results/state_hash.h"
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

void shuffle_cells(State& s) {
  const auto order = shuffled(s.cells.size());
  Cells& c = s.cells;
  permute(c.id, order), permute(c.ancestor, order), permute(c.type, order), permute(c.state, order);
  for (auto* v : {&c.x, &c.y, &c.z, &c.vx, &c.vy, &c.vz, &c.heading_x, &c.heading_y, &c.heading_z, &c.radius,
                  &c.state_since, &c.state_until})
    permute(*v, order);
  permute(c.births, order), permute(c.transitions, order);
  for (auto* v : {&c.bound, &c.internal, &c.adsorptions, &c.releases}) permute(*v, order);
  for (auto& column : c.columns) permute(column, order);
  std::vector<std::uint32_t> now_at(order.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) now_at[order[i]] = i;
  for (auto& host : s.vesicles.host)
    if (host != kNoHost) host = now_at[host];
}

void shuffle_vesicles(State& s) {
  Vesicles& v = s.vesicles;
  const auto order = shuffled(v.size());
  permute(v.x, order), permute(v.y, order), permute(v.z, order), permute(v.id, order), permute(v.host, order);
  permute(v.state, order), permute(v.klass, order), permute(v.cargo, order), permute(v.diffusivity, order);
  permute(v.clearance_left, order);
  for (auto& copies : v.proteins) permute(copies, order);
}

TEST(StateHash, DoesNotDependOnStorageOrder) {
  const Problem problem = sample_problem();
  State state = sample_state(problem);
  const std::string hash = state_hash(state, problem), tissue = tissue_hash(state, problem);
  EXPECT_EQ(hash.size(), 64U);
  shuffle_cells(state);
  EXPECT_EQ(state_hash(state, problem), hash);
  EXPECT_EQ(tissue_hash(state, problem), tissue);
  shuffle_vesicles(state);
  EXPECT_EQ(state_hash(state, problem), hash);
}

/// Flips the lowest bit of a number of any type.
template <class T>
std::function<void(State&)> flip(std::function<T&(State&)> which) {
  return [which](State& s) {
    T& value = which(s);
    unsigned char bytes[sizeof(T)];
    std::memcpy(bytes, &value, sizeof(T));
    bytes[0] ^= 1;
    std::memcpy(&value, bytes, sizeof(T));
  };
}

template <class T, class Which>
void add_flip(std::vector<std::function<void(State&)>>& flips, Which which) {
  flips.push_back(flip<T>([which](State& s) -> T& { return which(s); }));
}

/// One change of a single bit in every array of the tissue: fields, cells without vesicle counts, concentrations.
std::vector<std::function<void(State&)>> tissue_flips(const Problem& p) {
  std::vector<std::function<void(State&)>> flips;
  for (std::size_t k = 0; k < p.species.size(); ++k)
    for (std::size_t v : {std::size_t{0}, p.grid.voxel_count() - 1})
      add_flip<double>(flips, [k, v](State& s) -> double& { return s.fields[static_cast<SpeciesId>(k)][v]; });
  add_flip<double>(flips, [](State& s) -> double& { return s.reservoirs[0].concentration[1]; });
  using Doubles = std::vector<double> Cells::*;
  for (const Doubles m :
       {&Cells::x, &Cells::y, &Cells::z, &Cells::vx, &Cells::vy, &Cells::vz, &Cells::heading_x, &Cells::heading_y,
        &Cells::heading_z, &Cells::radius, &Cells::state_since, &Cells::state_until})
    add_flip<double>(flips, [m](State& s) -> double& { return (s.cells.*m)[3]; });
  for (const auto m : {&Cells::births, &Cells::transitions})
    add_flip<std::uint32_t>(flips, [m](State& s) -> std::uint32_t& { return (s.cells.*m)[3]; });
  for (const auto m : {&Cells::id, &Cells::ancestor})
    add_flip<AgentId>(flips, [m](State& s) -> AgentId& { return (s.cells.*m)[3]; });
  add_flip<CellTypeId>(flips, [](State& s) -> CellTypeId& { return s.cells.type[3]; });
  add_flip<std::uint8_t>(flips, [](State& s) -> std::uint8_t& { return s.cells.state[3]; });
  for (std::size_t k = 0; k < p.columns.size(); ++k)
    add_flip<double>(flips, [k](State& s) -> double& { return s.cells.columns[k][3]; });
  add_flip<std::uint64_t>(flips, [](State& s) -> std::uint64_t& { return s.clock.step; });
  for (const auto m : {&Clock::now, &Clock::last_transport, &Clock::last_vesicles, &Clock::last_cells})
    add_flip<Nanoseconds>(flips, [m](State& s) -> Nanoseconds& { return s.clock.*m; });
  return flips;
}

/// And in everything else: vesicles, their counts on cells, ledger, budget.
std::vector<std::function<void(State&)>> other_flips(const Problem& p) {
  std::vector<std::function<void(State&)>> flips;
  for (const auto m : {&Cells::bound, &Cells::internal, &Cells::adsorptions, &Cells::releases})
    add_flip<std::uint64_t>(flips, [m](State& s) -> std::uint64_t& { return (s.cells.*m)[3]; });
  for (const auto m : {&Vesicles::x, &Vesicles::y, &Vesicles::z})
    add_flip<double>(flips, [m](State& s) -> double& { return (s.vesicles.*m)[4]; });
  for (const auto m : {&Vesicles::diffusivity, &Vesicles::clearance_left})
    add_flip<float>(flips, [m](State& s) -> float& { return (s.vesicles.*m)[4]; });
  add_flip<AgentId>(flips, [](State& s) -> AgentId& { return s.vesicles.id[4]; });
  add_flip<std::uint32_t>(flips, [](State& s) -> std::uint32_t& { return s.vesicles.host[4]; });
  add_flip<VesicleState>(flips, [](State& s) -> VesicleState& { return s.vesicles.state[4]; });
  add_flip<VesicleClassId>(flips, [](State& s) -> VesicleClassId& { return s.vesicles.klass[4]; });
  add_flip<std::uint8_t>(flips, [](State& s) -> std::uint8_t& { return s.vesicles.cargo[4]; });
  for (std::size_t k = 0; k < p.proteins.size(); ++k)
    add_flip<std::uint16_t>(flips, [k](State& s) -> std::uint16_t& { return s.vesicles.proteins[k][4]; });
  add_flip<std::uint64_t>(flips, [](State& s) -> std::uint64_t& { return s.reservoirs[0].vesicles[0]; });
  using L = VesicleLedger;
  for (const auto m : {&L::dosed, &L::free, &L::adsorbed, &L::endosomal, &L::in_reservoir, &L::released, &L::degraded,
                       &L::lost, &L::left})
    add_flip<std::uint64_t>(flips, [m](State& s) -> std::uint64_t& { return s.ledger[0].*m; });
  using B = Budget;
  for (const auto m : {&B::reacted, &B::secreted, &B::taken_up, &B::decayed, &B::through_boundary})
    add_flip<double>(flips, [m](State& s) -> double& { return (s.budget.*m).back(); });
  return flips;
}

TEST(StateHash, SeesOneFlippedBitAnywhere) {
  const Problem problem = sample_problem();
  const State state = sample_state(problem);
  std::set<std::string> hashes{state_hash(state, problem)};
  auto flips = tissue_flips(problem);
  for (auto& f : other_flips(problem)) flips.push_back(f);
  for (const auto& f : flips) {
    State changed = state;
    f(changed);
    hashes.insert(state_hash(changed, problem));
  }
  EXPECT_EQ(hashes.size(), flips.size() + 1);
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
  const Problem problem = sample_problem();
  const State state = sample_state(problem);
  std::set<std::string> hashes{tissue_hash(state, problem)};
  const auto flips = tissue_flips(problem);
  for (const auto& f : flips) {
    State changed = state;
    f(changed);
    hashes.insert(tissue_hash(changed, problem));
  }
  EXPECT_EQ(hashes.size(), flips.size() + 1);
  for (const auto& f : other_flips(problem)) {
    State changed = state;
    f(changed);
    EXPECT_EQ(tissue_hash(changed, problem), tissue_hash(state, problem));
  }
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
