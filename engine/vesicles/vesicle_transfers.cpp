#include "engine/vesicles/vesicle_transfers.h"

#include <algorithm>
#include <vector>

#include "engine/core/name_key.h"
#include "engine/fields/species_transfer.h"
#include "engine/vesicles/fates.h"
#include "engine/vesicles/vesicle_seeding.h"

namespace interstice {
namespace {

/// Where a vesicle that was in a reservoir can be afterwards: met its end by a fate, in a reservoir, or in a region.
struct Stop {
  enum class Kind { fate, reservoir, region };
  Kind kind{};
  std::size_t which = 0;
  bool operator==(const Stop&) const = default;
};

/// All stops of one class, and the rates between them.
class TransferNetwork {
 public:
  TransferNetwork(const VesicleClass& klass, const VesicleEnvironment& environment) {
    for (std::size_t r = 0; r < environment.reservoirs.size(); ++r) {
      const Reservoir& reservoir = environment.reservoirs[r];
      const Stop here{Stop::Kind::reservoir, r};
      place_of(here);
      add_exits(here, Exits(klass, VesiclePlace::in_reservoir, true, {.clearance = reservoir.vesicle_clearance}));
      for (const VesicleTransfer& way : reservoir.vesicle_transfers)
        add(here,
            way.region >= 0 ? Stop{Stop::Kind::region, static_cast<std::size_t>(way.region)}
                            : Stop{Stop::Kind::reservoir, static_cast<std::size_t>(way.reservoir)},
            way.rate);
    }
    // NOLINTNEXTLINE(modernize-loop-convert): the list may grow
    for (std::size_t i = 0; i < stops_.size(); ++i)
      if (const Stop here = stops_[i]; here.kind == Stop::Kind::region) {
        const double clearance = environment.regions->regions[here.which].vesicle_clearance;
        add_exits(here, Exits(klass, VesiclePlace::free, true, {.clearance = clearance}));
      }
  }

  [[nodiscard]] bool leads_anywhere() const { return !ways_.empty(); }
  [[nodiscard]] const std::vector<Stop>& stops() const { return stops_; }

  /// Of being at stop `to` after dt, [to * stops + from].
  [[nodiscard]] std::vector<double> chances(double dt) const {
    const std::size_t n = stops_.size();
    std::vector<double> rates(n * n, 0.0);
    for (const Way& way : ways_) {
      rates[way.to * n + way.from] += way.rate;
      rates[way.from * n + way.from] -= way.rate;
    }
    return transfer_matrix(rates, n, dt);
  }

 private:
  struct Way {
    std::size_t from, to;
    double rate;  ///< [1/s]
  };
  std::size_t place_of(const Stop& stop) {
    const auto found = std::ranges::find(stops_, stop);
    if (found != stops_.end()) return static_cast<std::size_t>(found - stops_.begin());
    stops_.push_back(stop);
    return stops_.size() - 1;
  }
  void add(const Stop& from, const Stop& to, double rate) {
    if (rate > 0) ways_.push_back({place_of(from), place_of(to), rate});
  }
  void add_exits(const Stop& from, const Exits& exits) {
    for (const Exits::Exit& exit : exits.all()) add(from, {Stop::Kind::fate, exit.fate}, exit.rate);
  }
  std::vector<Stop> stops_;
  std::vector<Way> ways_;
};

std::string_view name_of(const Stop& stop, const VesicleEnvironment& environment) {
  switch (stop.kind) {
    case Stop::Kind::fate:
      return kFates[stop.which].name;
    case Stop::Kind::reservoir:
      return environment.reservoirs[stop.which].name;
    case Stop::Kind::region:
      return environment.regions->regions[stop.which].name;
  }
  return {};
}

/// Those of one class that were in one reservoir.
struct Leaving {
  std::size_t klass, reservoir;
  Vesicles& vesicles;
  const VesicleAccounts& accounts;
  const Cells& cells;
  const VesicleEnvironment& environment;
  const VesicleStep& step;

  [[nodiscard]] std::uint64_t weight() const { return environment.classes[klass].weight; }
  [[nodiscard]] AgentId key(const Stop& stop) const {
    return child_id(child_id(name_key(environment.reservoirs[reservoir].name), name_key(name_of(stop, environment))),
                    name_key(environment.classes[klass].name));
  }
  /// How many of `there` go the way to a stop that has this share of all ways left.
  [[nodiscard]] std::uint64_t draw(std::uint64_t there, double share, const Stop& stop) const {
    const std::uint64_t unit = stop.kind == Stop::Kind::region ? weight() : 1;
    return unit * environment.noise.binomial(there / unit, std::clamp(share, 0.0, 1.0), Stream::vesicle_clearance,
                                             key(stop), step.step);
  }
  void go(std::uint64_t number, const Stop& stop) const {
    const Whereabouts from{VesiclePlace::in_reservoir, reservoir};
    if (stop.kind == Stop::Kind::fate) return accounts.move(klass, number, from, {kFates[stop.which].to});
    if (stop.kind == Stop::Kind::reservoir)
      return accounts.move(klass, number, from, {VesiclePlace::in_reservoir, stop.which});
    std::vector<std::uint8_t> in_region(environment.regions->regions.size(), 0);
    in_region[stop.which] = 1;
    const AgentId source = child_id(0x7472616e73666572ULL ^ key(stop), step.step);
    const auto placed =
        weight() * scatter_vesicles(vesicles, cells, environment, VesicleClassId{static_cast<std::uint8_t>(klass)},
                                    in_region, number / weight(), source);
    accounts.move(klass, placed, from, {VesiclePlace::free});
  }
};

}  // namespace

void transfer_vesicles(Vesicles& vesicles, std::span<VesicleLedger> ledger, std::span<ReservoirState> reservoirs,
                       const Cells& cells, const VesicleEnvironment& environment, const VesicleStep& step) {
  const VesicleAccounts accounts{ledger, reservoirs};
  for (std::size_t k = 0; k < environment.classes.size(); ++k) {
    const TransferNetwork network(environment.classes[k], environment);
    if (!network.leads_anywhere()) continue;
    const std::vector<Stop>& stops = network.stops();
    const std::vector<double> chances = network.chances(step.dt);
    std::vector<std::uint64_t> before;
    for (const ReservoirState& reservoir : reservoirs) before.push_back(reservoir.vesicles[k]);
    for (std::size_t from = 0; from < stops.size(); ++from) {
      if (stops[from].kind != Stop::Kind::reservoir) continue;
      const Leaving leaving{k, stops[from].which, vesicles, accounts, cells, environment, step};
      std::uint64_t there = before[stops[from].which];
      double rest = 1;  // of the probability
      for (std::size_t to = 0; to < stops.size() && there > 0; ++to) {
        const double chance = chances[to * stops.size() + from];
        if (to == from || !(chance > 0)) continue;
        const std::uint64_t number = leaving.draw(there, chance / rest, stops[to]);
        there -= number;
        rest -= chance;
        leaving.go(number, stops[to]);
      }
    }
  }
}

}  // namespace interstice
