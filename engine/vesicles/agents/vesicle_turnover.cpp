#include "engine/vesicles/agents/vesicle_turnover.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "engine/core/keyed_uniforms.h"
#include "engine/vesicles/fates.h"
#include "engine/vesicles/vesicle_properties.h"

namespace interstice {
namespace {

constexpr std::size_t kTurnoverGrain = 8192;
/// Where a vesicle that comes off a cell is put: just outside its surface, in radii from its centre.
constexpr double kJustOutside = 1 + 1e-9;

/// What uniform random numbers mean to a vesicle over the step.
class FateOdds {
 public:
  FateOdds(const Exits& exits, double dt) {
    const double any = exits.probability(dt);
    for (const Exits::Exit& exit : exits.all()) {
      const double others = exit.rest - exit.rate;
      below_[count_] = others > 0 ? any * (exits.rate() - others) / exits.rate() : any;
      fate_[count_++] = exit.fate;
    }
  }
  /// happens(fate) if there is any.
  template <class Happens>
  void draw(double u, const Happens& happens) const {
    for (std::size_t i = 0; i < count_; ++i)
      if (u < below_[i]) return happens(fate_[i]);
  }

 private:
  std::array<double, kFates.size()> below_{};
  std::array<std::uint8_t, kFates.size()> fate_{};
  std::size_t count_ = 0;
};

/// Of vesicles on and in cells.
class BoundOdds {
 public:
  BoundOdds(std::span<const VesicleClass> classes, double dt) {
    for (const VesicleClass& klass : classes)
      for (const VesiclePlace place : {VesiclePlace::adsorbed, VesiclePlace::endosomal})
        for (const bool cargo : {false, true}) odds_.emplace_back(Exits(klass, place, cargo), dt);
  }
  [[nodiscard]] const FateOdds& of(const Vesicles& vesicles, std::size_t v) const {
    const std::size_t inside = vesicles.state[v] == VesicleState::endosomal ? 1 : 0;
    return odds_[(index(vesicles.klass[v]) * 2 + inside) * 2 + vesicles.cargo[v]];
  }

 private:
  std::vector<FateOdds> odds_;
};

/// Whole quanta of life that free vesicles lose, [class][region]: their sums over steps follow rate x time to one
/// quantum.
std::vector<float> life_taken(const VesicleEnvironment& environment, const VesicleStep& step) {
  std::vector<float> taken;
  for (const VesicleClass& klass : environment.classes)
    for (const Region& region : environment.regions->regions) {
      const double per_second = exits_of_free(klass, region).rate() / kClearanceQuantum;
      const double quanta = std::floor(per_second * (step.time + step.dt)) - std::floor(per_second * step.time);
      taken.push_back(static_cast<float>(quanta * kClearanceQuantum));
    }
  return taken;
}

/// Places a vesicle just outside its host, on the side where it was.
void put_outside(Vesicles& vesicles, std::size_t v, const Cells& cells, const Box& box) {
  const std::uint32_t host = vesicles.host[v];
  const Vec3 centre = cells.position(host), offset = box.separation(centre, vesicles.position(v));
  const double away = norm(offset);
  const Vec3 outward = away > 0 ? (1 / away) * offset : Vec3{0, 0, 1};
  const Vec3 p = centre + (kJustOutside * cells.radius[host]) * outward;
  const auto into = [](double x, double size, bool periodic) {
    if (!periodic) return std::clamp(x, 0.0, size);
    return x < 0 ? x + size : x >= size ? x - size : x;
  };
  vesicles.x[v] = into(p.x, box.size.x, box.periodic[0]);
  vesicles.y[v] = into(p.y, box.size.y, box.periodic[1]);
  vesicles.z[v] = into(p.z, box.size.z, box.periodic[2]);
}

/// Bound vesicles of one kind, and their uniform random numbers.
struct Drawn {
  static constexpr std::size_t kSome = 256;
  std::size_t count = 0;
  std::array<std::uint32_t, kSome> which;
  std::array<AgentId, kSome> id;
  std::array<double, kSome> u;

  void draw(const Noise& noise, Stream stream, std::uint64_t step) {
    keyed_uniforms({noise.seed(), stream, step}, {id.data(), count}, {u.data(), count});
  }
};

/// What befalls the bound vesicles among [begin, end), which share one stream of noise per place.
void find_fates(const Vesicles& vesicles, std::size_t begin, std::size_t end, const Noise& noise,
                const VesicleStep& step, const BoundOdds& odds, std::vector<VesicleEvent>& events) {
  Drawn adsorbed, endosomal;
  const auto draw = [&](Drawn& some, Stream stream) {
    some.draw(noise, stream, step.step);
    for (std::size_t i = 0; i < some.count; ++i)
      odds.of(vesicles, some.which[i]).draw(some.u[i], [&](std::uint8_t fate) {
        events.push_back({some.which[i], fate});
      });
    some.count = 0;
  };
  const auto collect = [&](Drawn& some, std::size_t v, Stream stream) {
    some.which[some.count] = static_cast<std::uint32_t>(v);
    some.id[some.count] = vesicles.id[v];
    if (++some.count == Drawn::kSome) draw(some, stream);
  };
  for_each_bound(vesicles, begin, end, [&](std::size_t v) {
    if (vesicles.state[v] == VesicleState::adsorbed)
      collect(adsorbed, v, Stream::vesicle_desorption);
    else
      collect(endosomal, v, Stream::vesicle_endosome);
  });
  draw(adsorbed, Stream::vesicle_desorption);
  draw(endosomal, Stream::vesicle_endosome);
}

/// By which of its exits a free vesicle ends whose life is used up.
std::uint8_t last_fate(const Exits& exits, const Noise& noise, AgentId id) {
  const auto all = exits.all();
  if (all.size() == 1) return all.front().fate;
  const double u = exits.rate() * (1 - noise.uniform(Stream::vesicle_clearance, id, 0, 1));
  return std::ranges::find_if(all, [u](const Exits::Exit& exit) { return exit.rest - exit.rate <= u; })->fate;
}

/// Free vesicles lose life where they are.
void use_up_lives(Vesicles& vesicles, std::size_t begin, std::size_t end, const VesicleEnvironment& environment,
                  std::span<const float> taken, std::vector<VesicleEvent>& events) {
  const Grid grid = *environment.grid;  // a copy, which no store can change
  const std::vector<Region>& regions = environment.regions->regions;
  const bool one_class = environment.classes.size() == 1;
  for (std::size_t v = begin; v < end; ++v) {
    if (vesicles.state[v] != VesicleState::free) continue;
    const std::size_t k = one_class ? 0 : index(vesicles.klass[v]);
    const std::uint8_t r = environment.regions->of_voxel[grid.voxel_at(vesicles.position(v))];
    const float lost = taken[k * regions.size() + r];
    vesicles.clearance_left[v] -= lost;
    if (vesicles.clearance_left[v] > 0 || lost == 0) continue;
    const Exits exits = exits_of_free(environment.classes[k], regions[r]);
    events.push_back({static_cast<std::uint32_t>(v), last_fate(exits, environment.noise, vesicles.id[v])});
  }
}

/// Carries out one fate; true if the vesicle ended.
bool carry_out(const VesicleEvent& event, Vesicles& vesicles, const VesicleAccounts& accounts,
               const VesicleEnvironment& environment) {
  const Fate& fate = kFates[event.fate];
  const std::size_t v = event.vesicle, k = index(vesicles.klass[v]);
  const std::uint32_t host = vesicles.host[v];
  accounts.move(k, environment.classes[k].weight, {fate.from, host}, {fate.to, host});
  if (!in_arrays(fate.to)) return true;
  if (fate.takes_cargo) vesicles.cargo[v] = 0;
  vesicles.state[v] = state_of(fate.to);
  if (fate.to != VesiclePlace::free) return false;
  put_outside(vesicles, v, *accounts.cells, environment.box);
  vesicles.host[v] = kNoHost;
  return false;
}

}  // namespace

void turn_over_vesicles(Vesicles& vesicles, Cells& cells, std::span<VesicleLedger> ledger,
                        const VesicleEnvironment& environment, const VesicleStep& step, VesicleScratch& scratch,
                        const Threads& threads) {
  const BoundOdds odds(environment.classes, step.dt);
  const auto taken = life_taken(environment, step);
  const bool clears = std::any_of(taken.begin(), taken.end(), [](float t) { return t > 0; });
  scratch.events.resize((vesicles.size() + kTurnoverGrain - 1) / kTurnoverGrain);
  threads.for_blocks(vesicles.size(), kTurnoverGrain, [&](std::size_t begin, std::size_t end) {
    auto& events = scratch.events[begin / kTurnoverGrain];
    events.clear();
    find_fates(vesicles, begin, end, environment.noise, step, odds, events);
    if (clears) use_up_lives(vesicles, begin, end, environment, taken, events);
  });

  const VesicleAccounts accounts{ledger, {}, &cells};
  scratch.gone.clear();
  for (const auto& block : scratch.events)
    for (const VesicleEvent& event : block)
      if (carry_out(event, vesicles, accounts, environment)) scratch.gone.push_back(event.vesicle);
  std::sort(scratch.gone.begin(), scratch.gone.end());
  drop_vesicles(vesicles, scratch.gone);
}

void count_vesicles(const Vesicles& vesicles, std::span<const VesicleClass> classes, std::span<VesicleLedger> ledger) {
  for (const PlaceInfo& place : kPlaces)
    for (std::size_t k = 0; k < classes.size() && place.counted != nullptr; ++k) {
      std::uint64_t& number = place.number(ledger[k]) = 0;
      if (k >= vesicles.counts.size()) continue;
      for (const auto& some : vesicles.counts[k].*place.counted)
        number = std::accumulate(some.begin(), some.end(), number);
    }
  for (std::size_t v = 0; v < vesicles.size(); ++v) {
    const std::size_t k = index(vesicles.klass[v]);
    info(place_of(vesicles.state[v])).number(ledger[k]) += classes[k].weight;
  }
}

}  // namespace interstice
