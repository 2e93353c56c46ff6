#include <algorithm>
#include <cmath>

#include "engine/core/constants.h"
#include "engine/core/name_key.h"
#include "engine/core/pinned_math.h"
#include "engine/vesicles/agents/vesicle_walk.h"
#include "engine/vesicles/counts/vesicle_counts.h"
#include "engine/vesicles/vesicle_properties.h"

namespace interstice {
namespace {

constexpr std::size_t kGrain = 512;    ///< cells per block of work
constexpr double kMostAdsorbed = 0.1;  ///< share of a voxel's vesicles in a substep

double probability(double rate, double dt) { return -pinned::expm1(-rate * dt); }

/// One class and all that its step works on.
struct CountsStep {
  std::size_t k;
  VesicleCounts& counts;
  Cells& cells;
  VesicleLedger& ledger;
  const VesicleEnvironment& environment;
  const VesicleStep& step;
  CountsScratch& scratch;
  const Threads& threads;
  const std::uint64_t name = name_key(environment.classes[k].name);

  [[nodiscard]] const VesicleClass& klass() const { return environment.classes[k]; }
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
  return {in_fluid, in_fluid * s.scratch.room.hindrance(region)};
}

/// Reactivity of cell c with the sites that it has left [um/s].
double reactivity_of(const CountsStep& s, std::size_t c) {
  const auto& types = s.environment.cell_types;
  const double vacant = 1 - static_cast<double>(s.cells.bound[c]) / site_count(s.cells, c, types);
  return types[index(s.cells.type[c])].contact.adsorption * s.klass().fusogen_uptake * std::max(0.0, vacant);
}

/// reach <- that of cell c; its rate from there, 0 where there is none.
double rate_of(const CountsStep& s, std::size_t c, double kappa, CountsReach& reach) {
  const VesicleEnvironment& e = s.environment;
  find_reach(s.cells, c, s.scratch.room, *e.grid, *e.regions, e.box, reach);
  if (!(kappa > 0) || !reach.any_open()) return 0;
  return counted_adsorption(s.cells.radius[c], kappa, around(s, reach, mean_diffusivity(s.klass())),
                            s.cells.position(c), reach, *e.grid, e.box);
}

void find_draws(const CountsStep& s) {
  s.scratch.draws.resize((s.cells.size() + kGrain - 1) / kGrain);
  s.threads.for_blocks(s.cells.size(), kGrain, [&](std::size_t begin, std::size_t end) {
    auto& draws = s.scratch.draws[begin / kGrain];
    draws.clear();
    CountsReach reach;
    for (std::size_t c = begin; c < end; ++c) {
      const double kappa = reactivity_of(s, c);
      const double rate = kappa > 0 ? rate_of(s, c, kappa, reach) : 0;
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
      const AgentId pair = child_id(child_id(child_id(s.key(1, cargo), part), v), s.cells.id[draw.cell]);
      const std::uint64_t wants = s.binomial(left, share, pair);
      left -= wants;
      still -= draw.rate;
      const double sites = site_count(s.cells, draw.cell, s.environment.cell_types);
      const double vacant = std::max(0.0, std::floor(sites - static_cast<double>(s.cells.bound[draw.cell])));
      const std::uint64_t takes = static_cast<double>(wants) <= vacant ? wants : static_cast<std::uint64_t>(vacant);
      free -= takes;
      s.counts.adsorbed[cargo][draw.cell] += takes;
      s.cells.bound[draw.cell] += takes;
      s.cells.adsorptions[draw.cell] += takes;
      s.ledger.free -= takes;
      s.ledger.adsorbed += takes;
    }
  }
}

/// Puts what comes off a cell back where it adsorbs from.
void come_out(const CountsStep& s, std::size_t c, const CountsReach& reach, std::size_t cargo, std::uint64_t number,
              AgentId key) {
  std::vector<std::uint64_t>& free = s.counts.free[cargo];
  s.ledger.free += number;
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
  free[s.environment.grid->voxel_at(s.cells.position(c))] += number;
}

/// Desorption and internalisation of what is on cell c. In equilibrium as many come off as stick: `faster` is by how
/// much the cell takes faster from its voxels than its surface would.
void leave_surface(const CountsStep& s, std::size_t c, const CountsReach& reach, double faster, std::size_t cargo) {
  const VesicleClass& k = s.klass();
  const double desorption = faster * k.desorption, off = desorption + k.internalisation;
  std::uint64_t& adsorbed = s.counts.adsorbed[cargo][c];
  if (adsorbed == 0 || !(off > 0)) return;
  const AgentId id = child_id(s.key(2, cargo), s.cells.id[c]);
  const auto leaving = s.binomial(adsorbed, probability(off, s.step.dt), id);
  const auto desorbed = s.binomial(leaving, desorption / off, mix64(~id)), entering = leaving - desorbed;
  adsorbed -= leaving;
  s.counts.endosomal[cargo][c] += entering;
  s.cells.bound[c] -= leaving;
  s.cells.internal[c] += entering;
  s.ledger.adsorbed -= leaving;
  s.ledger.endosomal += entering;
  if (desorbed > 0) come_out(s, c, reach, cargo, desorbed, child_id(id, 1));
}

/// Release of cargo, recycling and degradation of `endosomal`, those that were in endosomes of cell c before the step.
void leave_endosomes(const CountsStep& s, std::size_t c, const CountsReach& reach, std::size_t cargo,
                     std::uint64_t endosomal) {
  const VesicleClass& k = s.klass();
  if (endosomal == 0) return;
  const AgentId id = child_id(s.key(3, cargo), s.cells.id[c]);
  // without cargo there is nothing to release: the other exits keep their rates
  const double releases = cargo == 1 ? k.released_fraction : 0, others = 1 - k.released_fraction;
  const auto leaving = s.binomial(endosomal, probability(k.endosome_exit * (releases + others), s.step.dt), id);
  if (leaving == 0) return;
  const auto released = s.binomial(leaving, releases, child_id(id, 1));
  const double recycles = others > 0 ? k.recycled_fraction / others : 0;
  const auto recycled = s.binomial(leaving - released, std::min(1.0, recycles), child_id(id, 2));
  s.counts.endosomal[cargo][c] -= leaving;
  s.cells.internal[c] -= leaving;
  s.cells.releases[c] += released;
  s.ledger.endosomal -= leaving;
  s.ledger.released += released;
  s.ledger.degraded += leaving - released - recycled;
  if (recycled > 0) come_out(s, c, reach, 0, recycled, child_id(id, 3));
}

/// Non-cellular loss of free ones.
void clear(const CountsStep& s) {
  std::vector<double> odds;
  for (const Region& region : s.environment.regions->regions)
    odds.push_back(probability(region.vesicle_clearance, s.step.dt));
  if (std::ranges::all_of(odds, [](double p) { return p == 0; })) return;
  for (const std::size_t cargo : {0, 1}) {
    auto& free = s.counts.free[cargo];
    for (std::size_t v = 0; v < free.size(); ++v) {
      const auto gone = s.binomial(free[v], odds[s.environment.regions->of_voxel[v]], child_id(s.key(4, cargo), v));
      free[v] -= gone;
      s.ledger.free -= gone;
      s.ledger.lost += gone;
    }
  }
}

void turn_over(const CountsStep& s) {
  CountsReach reach;
  for (std::size_t c = 0; c < s.cells.size(); ++c) {
    const std::array before{s.counts.endosomal[0][c], s.counts.endosomal[1][c]};
    if (s.counts.adsorbed[0][c] + s.counts.adsorbed[1][c] + before[0] + before[1] == 0) continue;
    const double kappa = reactivity_of(s, c), rate = rate_of(s, c, kappa, reach), R = s.cells.radius[c];
    const double faster = rate > 0 ? rate / (4 * kPi * R * R * kappa) : 1;
    for (const std::size_t cargo : {0, 1}) leave_surface(s, c, reach, faster, cargo);
    for (const std::size_t cargo : {0, 1}) leave_endosomes(s, c, reach, cargo, before[cargo]);
  }
  clear(s);
}

void step_counts(const CountsStep& s, std::span<ReservoirState> reservoirs) {
  find_draws(s);
  const int count = std::max(adsorption_substeps(s), hop_substeps(s.k, s.environment, s.step.dt, s.scratch));
  for (Substep part{.number = 0, .count = count}; part.number < count; ++part.number) {
    for_each_voxel(s.scratch.all_draws, [&](auto draws) { adsorb_from(s, part, draws); });
    hop_counts(s.k, s.counts, s.ledger, reservoirs, s.environment, s.step, part, s.scratch, s.threads);
  }
  turn_over(s);
}

}  // namespace

void step_vesicle_counts(Vesicles& vesicles, Cells& cells, std::span<VesicleLedger> ledger,
                         std::span<ReservoirState> reservoirs, const VesicleEnvironment& environment,
                         const VesicleStep& step, CountsScratch& scratch, const Threads& threads) {
  if (std::ranges::none_of(environment.classes, &VesicleClass::counted)) return;
  scratch.room.update(cells, *environment.grid, *environment.regions, environment.box);
  for (std::size_t k = 0; k < environment.classes.size(); ++k) {
    if (!environment.classes[k].counted) continue;
    VesicleCounts& counts = vesicles.counts[k];
    for (VesicleCounts::ByCargo* held : {&counts.adsorbed, &counts.endosomal})
      for (auto& per_cell : *held) per_cell.resize(cells.size(), 0);
    step_counts({k, counts, cells, ledger[k], environment, step, scratch, threads}, reservoirs);
  }
}

}  // namespace interstice
