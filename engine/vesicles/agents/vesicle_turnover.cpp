#include "engine/vesicles/agents/vesicle_turnover.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "engine/core/keyed_uniforms.h"
#include "engine/core/pinned_math.h"
#include "engine/vesicles/vesicle_properties.h"
#include "engine/vesicles/vesicle_reservoirs.h"

namespace interstice {
namespace {

constexpr std::size_t kGrain = 8192;
/// Where a vesicle that comes off a cell is put: just outside its surface, in radii from its centre.
constexpr double kJustOutside = 1 + 1e-9;

/// Probabilities of one class over the step.
struct ClassOdds {
  struct Endosome {
    double leave = 0, release = 0, recycle = 0;  ///< any exit; with cargo release; back outside
  };
  double leave_surface = 0, desorb = 0;  ///< either event; coming off
  std::array<Endosome, 2> endosome;      ///< [1] with cargo, [0] without
};

std::vector<ClassOdds> odds_of(std::span<const VesicleClass> classes, double dt) {
  std::vector<ClassOdds> odds;
  for (const VesicleClass& k : classes) {
    ClassOdds o;
    const double off = k.desorption + k.internalisation;
    if (off > 0) {
      o.leave_surface = -pinned::expm1(-off * dt);
      o.desorb = o.leave_surface * k.desorption / off;
    }
    const double leave = -pinned::expm1(-k.endosome_exit * dt);
    o.endosome[1] = {leave, leave * k.released_fraction, leave * k.recycled_fraction};
    // Without cargo there is nothing to release: the other exits keep their rates.
    const double others = 1 - k.released_fraction;
    const double spent = -pinned::expm1(-k.endosome_exit * others * dt);
    o.endosome[0] = {spent, 0, others > 0 ? spent * k.recycled_fraction / others : 0};
    odds.push_back(o);
  }
  return odds;
}

/// Whole quanta of life that clearance takes in each region: their sums over steps follow rate x time to one quantum.
std::vector<float> clearance_of(const RegionMap& regions, const VesicleStep& step) {
  std::vector<float> taken;
  for (const Region& region : regions.regions) {
    const double per_second = region.vesicle_clearance / kClearanceQuantum;
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

enum class Event : std::uint8_t { desorbed, internalised, released, recycled, degraded, lost };

/// Bound vesicles of one kind, and their uniform random numbers.
struct Drawn {
  static constexpr std::size_t kSome = 256;
  std::size_t count = 0;
  std::array<std::uint32_t, kSome> which;
  std::array<AgentId, kSome> id;
  std::array<double, kSome> u;

  void draw(const Noise& noise, Stream stream, std::uint64_t step) {
    keyed_uniforms(noise, stream, step, {id.data(), count}, {u.data(), count});
  }
};

/// What happens to the bound vesicles among [begin, end), which share one stream of noise per state.
void find_events(const Vesicles& vesicles, std::size_t begin, std::size_t end, const VesicleEnvironment& environment,
                 const VesicleStep& step, std::span<const ClassOdds> odds, std::vector<VesicleEvent>& events) {
  const auto happens = [&](std::uint32_t v, Event event) { events.push_back({v, static_cast<std::uint8_t>(event)}); };
  const auto odds_for = [&](std::uint32_t v) -> const ClassOdds& { return odds[index(vesicles.klass[v])]; };
  Drawn adsorbed, endosomal;
  const auto settle_adsorbed = [&] {
    adsorbed.draw(environment.noise, Stream::vesicle_desorption, step.step);
    for (std::size_t i = 0; i < adsorbed.count; ++i) {
      const ClassOdds& o = odds_for(adsorbed.which[i]);
      const double draw = adsorbed.u[i];
      if (draw < o.leave_surface) happens(adsorbed.which[i], draw < o.desorb ? Event::desorbed : Event::internalised);
    }
    adsorbed.count = 0;
  };
  const auto settle_endosomal = [&] {
    endosomal.draw(environment.noise, Stream::vesicle_endosome, step.step);
    for (std::size_t i = 0; i < endosomal.count; ++i) {
      const std::uint32_t v = endosomal.which[i];
      const ClassOdds::Endosome& o = odds_for(v).endosome[vesicles.cargo[v]];
      const double draw = endosomal.u[i];
      if (draw >= o.leave) continue;
      if (draw < o.release)
        happens(v, Event::released);
      else
        happens(v, draw < o.release + o.recycle ? Event::recycled : Event::degraded);
    }
    endosomal.count = 0;
  };
  const auto collect = [&](Drawn& some, std::size_t v, const auto& settle) {
    some.which[some.count] = static_cast<std::uint32_t>(v);
    some.id[some.count] = vesicles.id[v];
    if (++some.count == Drawn::kSome) settle();
  };
  for_each_bound(vesicles, begin, end, [&](std::size_t v) {
    if (vesicles.state[v] == VesicleState::adsorbed)
      collect(adsorbed, v, settle_adsorbed);
    else
      collect(endosomal, v, settle_endosomal);
  });
  settle_adsorbed();
  settle_endosomal();
}

/// Free vesicles lose life to clearance where they are.
void clear_free(Vesicles& vesicles, std::size_t begin, std::size_t end, const VesicleEnvironment& environment,
                std::span<const float> taken, std::vector<VesicleEvent>& events) {
  const Grid grid = *environment.grid;  // a copy, which no store can change
  for (std::size_t v = begin; v < end; ++v) {
    if (vesicles.state[v] != VesicleState::free) continue;
    const std::size_t voxel = grid.voxel_at(vesicles.position(v));
    vesicles.clearance_left[v] -= taken[environment.regions->of_voxel[voxel]];
    if (vesicles.clearance_left[v] <= 0)
      events.push_back({static_cast<std::uint32_t>(v), static_cast<std::uint8_t>(Event::lost)});
  }
}

/// Applies one event; true if the vesicle ended.
bool apply(const VesicleEvent& event, Vesicles& vesicles, Cells& cells, VesicleLedger& ledger, std::uint64_t weight,
           const Box& box) {
  const std::size_t v = event.vesicle;
  const auto come_out = [&] {
    put_outside(vesicles, v, cells, box);
    vesicles.state[v] = VesicleState::free;
    vesicles.host[v] = kNoHost;
    ledger.free += weight;
  };
  const std::uint32_t host = vesicles.host[v];
  switch (static_cast<Event>(event.kind)) {
    case Event::desorbed:
      cells.bound[host] -= weight;
      ledger.adsorbed -= weight;
      come_out();
      return false;
    case Event::internalised:
      vesicles.state[v] = VesicleState::endosomal;
      cells.bound[host] -= weight;
      cells.internal[host] += weight;
      ledger.adsorbed -= weight;
      ledger.endosomal += weight;
      return false;
    case Event::recycled:
      cells.internal[host] -= weight;
      ledger.endosomal -= weight;
      vesicles.cargo[v] = 0;
      come_out();
      return false;
    case Event::released:
      cells.internal[host] -= weight;
      cells.releases[host] += weight;
      ledger.endosomal -= weight;
      ledger.released += weight;
      return true;
    case Event::degraded:
      cells.internal[host] -= weight;
      ledger.endosomal -= weight;
      ledger.degraded += weight;
      return true;
    case Event::lost:
      ledger.free -= weight;
      ledger.lost += weight;
      return true;
  }
  return false;
}

}  // namespace

void turn_over_vesicles(Vesicles& vesicles, Cells& cells, std::span<VesicleLedger> ledger,
                        std::span<ReservoirState> reservoirs, const VesicleEnvironment& environment,
                        const VesicleStep& step, VesicleScratch& scratch, const Threads& threads) {
  const auto odds = odds_of(environment.classes, step.dt);
  const auto taken = clearance_of(*environment.regions, step);
  const bool clears = std::any_of(taken.begin(), taken.end(), [](float t) { return t > 0; });
  scratch.events.resize((vesicles.size() + kGrain - 1) / kGrain);
  threads.for_blocks(vesicles.size(), kGrain, [&](std::size_t begin, std::size_t end) {
    auto& events = scratch.events[begin / kGrain];
    events.clear();
    find_events(vesicles, begin, end, environment, step, odds, events);
    if (clears) clear_free(vesicles, begin, end, environment, taken, events);
  });

  scratch.gone.clear();
  for (const auto& block : scratch.events)
    for (const VesicleEvent& event : block) {
      const std::size_t k = index(vesicles.klass[event.vesicle]);
      const std::uint64_t weight = environment.classes[k].weight;
      if (apply(event, vesicles, cells, ledger[k], weight, environment.box)) scratch.gone.push_back(event.vesicle);
    }
  std::sort(scratch.gone.begin(), scratch.gone.end());
  drop_vesicles(vesicles, scratch.gone);
  empty_reservoirs(vesicles, ledger, reservoirs, cells, environment, step);
}

void count_vesicles(const Vesicles& vesicles, std::span<const VesicleClass> classes, std::span<VesicleLedger> ledger) {
  for (VesicleLedger& l : ledger) l.free = l.adsorbed = l.endosomal = 0;
  for (std::size_t v = 0; v < vesicles.size(); ++v) {
    const std::size_t k = index(vesicles.klass[v]);
    const std::uint64_t weight = classes[k].weight;
    switch (vesicles.state[v]) {
      case VesicleState::free:
        ledger[k].free += weight;
        break;
      case VesicleState::adsorbed:
        ledger[k].adsorbed += weight;
        break;
      case VesicleState::endosomal:
        ledger[k].endosomal += weight;
        break;
    }
  }
  const auto sum = [](const VesicleCounts::ByCargo& counts) {
    std::uint64_t total = 0;
    for (const auto& some : counts) total = std::accumulate(some.begin(), some.end(), total);
    return total;
  };
  for (std::size_t k = 0; k < vesicles.counts.size(); ++k) {
    ledger[k].free += sum(vesicles.counts[k].free);
    ledger[k].adsorbed += sum(vesicles.counts[k].adsorbed);
    ledger[k].endosomal += sum(vesicles.counts[k].endosomal);
  }
}

}  // namespace interstice
