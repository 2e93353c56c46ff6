#include <algorithm>
#include <cmath>

#include "engine/core/constants.h"
#include "engine/core/name_key.h"
#include "engine/core/pinned_math.h"
#include "engine/vesicles/counts/vesicle_counts.h"
#include "engine/vesicles/fates.h"
#include "engine/vesicles/vesicle_properties.h"

namespace interstice {
namespace {

constexpr std::size_t kStepGrain = 512;  ///< cells per block of work
constexpr double kMostAdsorbed = 0.1;    ///< share of a voxel's vesicles in a substep

double probability(double rate, double dt) { return -pinned::expm1(-rate * dt); }

/// One class and all that its step works on.
struct CountsStep {
  std::size_t k;
  VesicleCounts& counts;
  const VesicleAccounts& accounts;
  const VesicleEnvironment& environment;
  const VesicleStep& step;
  CountsScratch& scratch;
  const Threads& threads;
  const std::uint64_t name = name_key(environment.classes[k].name);

  [[nodiscard]] const VesicleClass& klass() const { return environment.classes[k]; }
  [[nodiscard]] const Cells& cells() const { return *accounts.cells; }
  /// Key of one kind of draw.
  [[nodiscard]] AgentId key(std::uint64_t kind, std::size_t cargo) const {
    return mix64((0x6669656c64455673ULL ^ name) + 2 * kind + cargo);
  }
  [[nodiscard]] std::uint64_t binomial(std::uint64_t n, double p, AgentId id) const {
    return environment.noise.binomial(n, p, Stream::vesicle_counts, id, step.step);
  }
};

/// In the open voxel that the cell draws most from.
CountsDiffusivity around(const CountsStep& s, const CountsReach& reach, double in_water) {
  const auto weight = [](const CountsReach::Place& place) { return place.open ? place.share : -1; };
  const std::uint32_t most = std::ranges::max_element(reach.places, {}, weight)->voxel;
  const std::uint8_t region = s.environment.regions->of_voxel[most];
  const double in_fluid = in_water / s.environment.regions->regions[region].viscosity;
  return {in_fluid, in_fluid * s.scratch.room.crowding(region)};
}

/// Reactivity of cell c with the sites that it has left and the surface that other cells leave bare [um/s].
double reactivity_of(const CountsStep& s, std::size_t c) {
  const auto& types = s.environment.cell_types;
  const double vacant = 1 - static_cast<double>(s.cells().bound[c]) / site_count(s.cells(), c, types);
  return types[index(s.cells().type[c])].contact.adsorption * s.klass().fusogen_uptake * s.scratch.room.bare(c) *
         std::max(0.0, vacant);
}

/// The rate of cell c from what it reaches, 0 where there is none.
double rate_of(const CountsStep& s, std::size_t c, double kappa, const CountsReach& reach) {
  const VesicleEnvironment& e = s.environment;
  if (!(kappa > 0) || !reach.any_open()) return 0;
  std::array<bool, 6> open{};
  for (int face = 0; face < 6; ++face) open[face] = e.reservoir_of_face[face] >= 0 || e.reactivity[face] > 0;
  return counted_adsorption(s.cells().radius[c], kappa, around(s, reach, mean_diffusivity(s.klass())),
                            s.cells().position(c), reach, open, *e.grid, e.box);
}

/// What is known of the surroundings of cell c, completed for this reactivity.
const CountsScratch::Around& know_around(const CountsStep& s, std::size_t c, double kappa) {
  CountsScratch::Around& known = s.scratch.around[s.k][c];
  const VesicleEnvironment& e = s.environment;
  if (known.reach.places.empty()) find_reach(s.cells(), c, s.scratch.room, *e.grid, *e.regions, e.box, known.reach);
  if (known.kappa != kappa) known.rate = rate_of(s, c, kappa, known.reach);
  known.kappa = kappa;
  return known;
}

void find_draws(const CountsStep& s) {
  s.scratch.draws.resize((s.cells().size() + kStepGrain - 1) / kStepGrain);
  s.threads.for_blocks(s.cells().size(), kStepGrain, [&](std::size_t begin, std::size_t end) {
    auto& draws = s.scratch.draws[begin / kStepGrain];
    draws.clear();
    for (std::size_t c = begin; c < end; ++c) {
      const double kappa = reactivity_of(s, c);
      if (!(kappa > 0)) continue;
      const auto& [reach, of_kappa, rate] = know_around(s, c, kappa);
      if (!(rate > 0)) continue;
      for (const auto& [v, share, open] : reach.places)
        if (open)
          draws.push_back({v, static_cast<std::uint32_t>(c),
                           rate * share / (s.scratch.room.outside(v) * s.environment.grid->voxel_volume())});
    }
  });
  s.scratch.all_draws.clear();
  for (const auto& block : s.scratch.draws)
    s.scratch.all_draws.insert(s.scratch.all_draws.end(), block.begin(), block.end());
  std::ranges::stable_sort(s.scratch.all_draws, {}, &CountsScratch::Draw::voxel);
}

/// Draws of one voxel.
template <class Act>
void for_each_voxel(std::span<const CountsScratch::Draw> draws, Act act) {
  for (std::size_t begin = 0, end = 0; begin < draws.size(); begin = end) {
    while (end < draws.size() && draws[end].voxel == draws[begin].voxel) ++end;
    act(draws.subspan(begin, end - begin));
  }
}

double total_rate(std::span<const CountsScratch::Draw> draws) {
  double sum = 0;
  for (const auto& draw : draws) sum += draw.rate;
  return sum;
}

/// So many that the cells around a voxel take at most a tenth of what is in it.
int adsorption_substeps(const CountsStep& s) {
  double most = 0;
  for_each_voxel(s.scratch.all_draws, [&](auto draws) { most = std::max(most, total_rate(draws)); });
  return std::max(1, static_cast<int>(std::ceil(most * s.step.dt / kMostAdsorbed)));
}

/// Those of a voxel that stick to one of the cells around it; each cell takes no more than it has sites for.
void adsorb_from(const CountsStep& s, const Substep& substep, std::span<const CountsScratch::Draw> draws) {
  const double rest = total_rate(draws);
  const std::uint32_t v = draws.front().voxel;
  const double sticks = probability(rest, s.step.dt / substep.count);
  const auto part = static_cast<std::uint64_t>(substep.number);
  for (const std::size_t cargo : {0, 1}) {
    std::uint64_t &free = s.counts.free[cargo][v],
                  left = s.binomial(free, sticks, child_id(child_id(s.key(0, cargo), part), v));
    double still = rest;
    for (const auto& draw : draws) {
      if (left == 0) break;
      const double share = &draw == &draws.back() ? 1 : std::min(1.0, draw.rate / still);
      const AgentId pair = child_id(child_id(child_id(s.key(1, cargo), part), v), s.cells().id[draw.cell]);
      const std::uint64_t wants = s.binomial(left, share, pair);
      left -= wants;
      still -= draw.rate;
      const double sites = site_count(s.cells(), draw.cell, s.environment.cell_types);
      const double vacant = std::max(0.0, std::floor(sites - static_cast<double>(s.cells().bound[draw.cell])));
      const std::uint64_t takes = static_cast<double>(wants) <= vacant ? wants : static_cast<std::uint64_t>(vacant);
      free -= takes;
      s.counts.adsorbed[cargo][draw.cell] += takes;
      s.accounts.move(s.k, takes, {VesiclePlace::free}, {VesiclePlace::adsorbed, draw.cell});
    }
  }
}

/// Puts what comes off a cell back where it adsorbs from.
void come_out(const CountsStep& s, std::size_t c, const CountsReach& reach, std::size_t cargo, std::uint64_t number,
              AgentId key) {
  std::vector<std::uint64_t>& free = s.counts.free[cargo];
  double rest = 0;
  for (const CountsReach::Place& place : reach.places) rest += place.open ? place.share : 0;
  for (const auto& [v, share, open] : reach.places) {
    if (!open) continue;
    const std::uint64_t here = s.binomial(number, std::min(1.0, share / rest), child_id(key, v));
    free[v] += here;
    number -= here;
    rest -= share;
  }
  // without an open voxel all of them; otherwise what rounding of the shares leaves, which is hardly ever one
  free[s.environment.grid->voxel_at(s.cells().position(c))] += number;
}

/// What befalls `number` of those on or in cell c, which were in `place` before the step.
void leave(const CountsStep& s, std::size_t c, const CountsReach& reach, const Exits& exits, VesiclePlace place,
           std::size_t cargo, std::uint64_t number) {
  if (number == 0 || exits.all().empty()) return;
  const AgentId id = child_id(s.key(1 + static_cast<std::uint64_t>(place), cargo), s.cells().id[c]);
  std::uint64_t leaving = s.binomial(number, exits.probability(s.step.dt), id);
  for (const Exits::Exit& exit : exits.all()) {
    if (leaving == 0) break;
    const Fate& fate = kFates[exit.fate];
    const AgentId key = child_id(id, name_key(fate.name));
    const std::uint64_t some = s.binomial(leaving, exit.rate / exit.rest, key);
    leaving -= some;
    const std::size_t then = fate.takes_cargo ? 0 : cargo;
    (s.counts.*info(place).counted)[cargo][c] -= some;
    s.accounts.move(s.k, some, {place, c}, {fate.to, c});
    if (fate.to == VesiclePlace::free)
      come_out(s, c, reach, then, some, child_id(key, 1));
    else if (in_arrays(fate.to))
      (s.counts.*info(fate.to).counted)[then][c] += some;
  }
}

/// Free ones meet their fates where they are.
void leave_voxels(const CountsStep& s) {
  std::vector<Exits> exits;  // per region
  std::vector<double> odds;
  for (const Region& region : s.environment.regions->regions) {
    exits.emplace_back(s.klass(), VesiclePlace::free, true, Surroundings{.clearance = region.vesicle_clearance});
    odds.push_back(exits.back().probability(s.step.dt));
  }
  if (std::ranges::all_of(odds, [](double p) { return p == 0; })) return;
  for (const std::size_t cargo : {0, 1}) {
    auto& free = s.counts.free[cargo];
    for (std::size_t v = 0; v < free.size(); ++v) {
      const std::uint8_t region = s.environment.regions->of_voxel[v];
      const AgentId id = child_id(s.key(4, cargo), v);
      std::uint64_t leaving = s.binomial(free[v], odds[region], id);
      for (const Exits::Exit& exit : exits[region].all()) {
        if (leaving == 0) break;
        const std::uint64_t some =
            s.binomial(leaving, exit.rate / exit.rest, child_id(id, name_key(kFates[exit.fate].name)));
        leaving -= some;
        free[v] -= some;
        s.accounts.move(s.k, some, {VesiclePlace::free}, {kFates[exit.fate].to});
      }
    }
  }
}

/// In equilibrium as many come off a cell as stick to it: they escape by as much faster as it takes faster from its
/// voxels than its surface would.
void turn_over(const CountsStep& s) {
  leave_voxels(s);  // those that come off now are exposed to it from the next step on, as agents are
  const VesicleCounts::ByCargo &adsorbed = s.counts.adsorbed, &endosomal = s.counts.endosomal;
  for (std::size_t c = 0; c < s.cells().size(); ++c) {
    const std::array before{endosomal[0][c], endosomal[1][c]};
    if (adsorbed[0][c] + adsorbed[1][c] + before[0] + before[1] == 0) continue;
    const double kappa = reactivity_of(s, c), R = s.cells().radius[c];
    const auto& [reach, of_kappa, rate] = know_around(s, c, kappa);
    const Surroundings around{.escape = rate > 0 ? rate / (4 * kPi * R * R * kappa) : 1};
    const auto exits = [&](VesiclePlace place, std::size_t cargo) {
      return Exits(s.klass(), place, cargo == 1, around);
    };
    for (const std::size_t cargo : {0, 1})
      leave(s, c, reach, exits(VesiclePlace::adsorbed, cargo), VesiclePlace::adsorbed, cargo, adsorbed[cargo][c]);
    for (const std::size_t cargo : {0, 1})
      leave(s, c, reach, exits(VesiclePlace::endosomal, cargo), VesiclePlace::endosomal, cargo, before[cargo]);
  }
}

/// Is any vesicle of the class in the patch, or behind a face?
bool any_there(const VesicleCounts& counts, std::size_t k, std::span<const ReservoirState> reservoirs) {
  for (const VesicleCounts::ByCargo* held : {&counts.free, &counts.adsorbed, &counts.endosomal})
    for (const auto& numbers : *held)
      if (std::ranges::any_of(numbers, [](std::uint64_t n) { return n > 0; })) return true;
  return std::ranges::any_of(reservoirs, [k](const ReservoirState& held) { return held.vesicles[k] > 0; });
}

void step_counts(const CountsStep& s) {
  find_draws(s);
  const int count = std::max(adsorption_substeps(s), hop_substeps(s.k, s.environment, s.step.dt, s.scratch));
  for (Substep part{.number = 0, .count = count}; part.number < count; ++part.number) {
    for_each_voxel(s.scratch.all_draws, [&](auto draws) { adsorb_from(s, part, draws); });
    hop_counts(s.k, s.counts, s.accounts, s.environment, s.step, part, s.scratch, s.threads);
  }
  turn_over(s);
}

}  // namespace

void step_vesicle_counts(Vesicles& vesicles, Cells& cells, std::span<VesicleLedger> ledger,
                         std::span<ReservoirState> reservoirs, const VesicleEnvironment& environment,
                         const VesicleStep& step, CountsScratch& scratch, const Threads& threads) {
  if (std::ranges::none_of(environment.classes, &VesicleClass::counted)) return;
  const VesicleAccounts accounts{ledger, reservoirs, &cells};
  bool any = false;
  for (std::size_t k = 0; k < environment.classes.size(); ++k) {
    if (!environment.classes[k].counted) continue;
    VesicleCounts& counts = vesicles.counts[k];
    for (VesicleCounts::ByCargo* held : {&counts.adsorbed, &counts.endosomal})
      for (auto& per_cell : *held) per_cell.resize(cells.size(), 0);
    if (!any_there(counts, k, reservoirs)) continue;
    if (!any && scratch.room.update(cells, *environment.grid, *environment.regions, environment.box))
      scratch.around.clear();
    any = true;
    scratch.around.resize(environment.classes.size());
    scratch.around[k].resize(cells.size());
    step_counts({k, counts, accounts, environment, step, scratch, threads});
  }
}

}  // namespace interstice
