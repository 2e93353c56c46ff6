/// @file
/// The kinetics of vesicles, written once: the places where one can be, and the fates that lead from one place to
/// another at first-order rates. Agents and counts supply transport and draws only: who meets a cell or a wall, whom a
/// fate befalls, where it comes out. Numbers change places in VesicleAccounts::move and nowhere else, so that every
/// dosed vesicle stays in exactly one place.
///
/// A new fate is one row of kFates: both representations draw it, ledger, time series and state hash show it. Rows out
/// of `adsorbed` or `endosomal` may lead anywhere but into a reservoir, rows out of `free` or `in_reservoir` only to
/// places that are not in vesicles' arrays; a rate comes from the class, or through Surroundings. A new place is a
/// number of VesicleLedger with its row, a value of VesiclePlace and a row of kPlaces.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <tuple>
#include <vector>

#include "engine/cells/cells.h"
#include "engine/fields/species.h"
#include "engine/vesicles/vesicle_environment.h"
#include "engine/vesicles/vesicles.h"

namespace interstice {

enum class VesiclePlace : std::uint8_t { free, adsorbed, endosomal, in_reservoir, released, degraded, lost, left };

struct PlaceInfo {
  Row<VesicleLedger, std::uint64_t, 1> row;  ///< name, and how many real vesicles are there
  /// Counted vesicles there; null for places that representations do not tell apart further.
  VesicleCounts::ByCargo VesicleCounts::*counted{};
  std::vector<std::uint64_t> Cells::*on_host{};   ///< how many of them each cell has, for places on and in cells
  std::vector<std::uint64_t> Cells::*arrivals{};  ///< how many have come there by way of each cell
  VesiclePlace without_host{};                    ///< where those of a cell that dies find themselves

  [[nodiscard]] constexpr std::string_view name() const { return row.info.name; }
  [[nodiscard]] std::uint64_t& number(VesicleLedger& ledger) const { return ledger.*row.members[0]; }
  [[nodiscard]] std::uint64_t number(const VesicleLedger& ledger) const { return ledger.*row.members[0]; }
};

/// In the order of VesiclePlace, and of the ledger after `dosed`.
inline constexpr std::array kPlaces{
    PlaceInfo{std::get<1>(kLedgerRows), &VesicleCounts::free},
    PlaceInfo{std::get<2>(kLedgerRows), &VesicleCounts::adsorbed, &Cells::bound, &Cells::adsorptions,
              VesiclePlace::free},
    PlaceInfo{std::get<3>(kLedgerRows), &VesicleCounts::endosomal, &Cells::internal, nullptr, VesiclePlace::degraded},
    PlaceInfo{std::get<4>(kLedgerRows)},
    PlaceInfo{std::get<5>(kLedgerRows), nullptr, nullptr, &Cells::releases},  // cargo in the cytosol
    PlaceInfo{std::get<6>(kLedgerRows)},  // in a lysosome, or the host died with it inside
    PlaceInfo{std::get<7>(kLedgerRows)},  // without a cell
    PlaceInfo{std::get<8>(kLedgerRows)},  // taken up by a reactive or absorbing wall
};
static_assert(std::tuple_size_v<decltype(kLedgerRows)> == 2 + kPlaces.size(),
              "every number but the dosed ones is of a place");

constexpr const PlaceInfo& info(VesiclePlace place) { return kPlaces[static_cast<std::size_t>(place)]; }

/// Agents are in one of the first places; those elsewhere have left the arrays.
constexpr VesiclePlace place_of(VesicleState state) { return static_cast<VesiclePlace>(state); }
constexpr VesicleState state_of(VesiclePlace place) { return static_cast<VesicleState>(place); }
constexpr bool in_arrays(VesiclePlace place) { return info(place).counted != nullptr; }
static_assert(place_of(VesicleState::free) == VesiclePlace::free &&
              place_of(VesicleState::adsorbed) == VesiclePlace::adsorbed &&
              place_of(VesicleState::endosomal) == VesiclePlace::endosomal);

/// What rates depend on beside the class.
struct Surroundings {
  double clearance = 0;  ///< non-cellular, of the region or reservoir [1/s]
  /// By how much vesicles reach what counts as free faster than they come off a surface (counted_adsorption).
  double escape = 1;
};

struct Fate {
  std::string_view name;
  VesiclePlace from{}, to{};
  double (*rate)(const VesicleClass&, const Surroundings&){};  ///< [1/s]
  bool needs_cargo = false;                                    ///< vesicles without cargo do not have this exit
  bool takes_cargo = false;                                    ///< afterwards they have none
};

/// Exits from a place compete, each at its own rate, in this order. One that cannot happen does not hasten the others:
/// an EV without cargo has nothing to release and is recycled or degraded at the usual rates.
inline constexpr std::array kFates{
    Fate{"desorption", VesiclePlace::adsorbed, VesiclePlace::free,
         [](const VesicleClass& k, const Surroundings& around) { return around.escape * k.desorption; }},
    Fate{"internalisation", VesiclePlace::adsorbed, VesiclePlace::endosomal,
         [](const VesicleClass& k, const Surroundings&) { return k.internalisation; }},
    Fate{"release", VesiclePlace::endosomal, VesiclePlace::released,
         [](const VesicleClass& k, const Surroundings&) { return k.endosome_exit * k.released_fraction; }, true, true},
    Fate{"recycling", VesiclePlace::endosomal, VesiclePlace::free,
         [](const VesicleClass& k, const Surroundings&) { return k.endosome_exit * k.recycled_fraction; }, false, true},
    Fate{"degradation", VesiclePlace::endosomal, VesiclePlace::degraded,
         [](const VesicleClass& k, const Surroundings&) {
           return k.endosome_exit * (1 - k.released_fraction - k.recycled_fraction);
         }},
    Fate{"clearance", VesiclePlace::free, VesiclePlace::lost,
         [](const VesicleClass&, const Surroundings& around) { return around.clearance; }},
    Fate{"clearance from a reservoir", VesiclePlace::in_reservoir, VesiclePlace::lost,
         [](const VesicleClass&, const Surroundings& around) { return around.clearance; }},
};

constexpr bool is_sound(const Fate& fate) {
  const bool on_host = info(fate.from).on_host != nullptr;
  const bool from_somewhere = in_arrays(fate.from) || fate.from == VesiclePlace::in_reservoir;
  const bool reachable = on_host ? fate.to != VesiclePlace::in_reservoir : !in_arrays(fate.to);
  return from_somewhere && reachable && fate.from != fate.to && (on_host || !fate.needs_cargo);
}
static_assert([] {
  for (const Fate& fate : kFates)
    if (!is_sound(fate)) return false;
  return true;
}());

/// The fates that compete for vesicles of one class in one place.
class Exits {
 public:
  struct Exit {
    std::uint8_t fate = 0;  ///< row of kFates
    double rate = 0;        ///< [1/s]
    double rest = 0;        ///< rate of this and all that follow [1/s]
  };

  Exits(const VesicleClass& klass, VesiclePlace from, bool cargo, const Surroundings& around = {});

  [[nodiscard]] double rate() const { return count_ > 0 ? exits_[0].rest : 0; }
  /// That a vesicle leaves within dt.
  [[nodiscard]] double probability(double dt) const;
  /// Those with a rate above 0.
  [[nodiscard]] std::span<const Exit> all() const { return {exits_.data(), count_}; }

 private:
  std::array<Exit, kFates.size()> exits_{};
  std::size_t count_ = 0;
};

/// Where some vesicles are: a place, and in whose hands: the index of the cell that they are on or in or come from, or
/// of the reservoir.
struct Whereabouts {
  VesiclePlace place{};
  std::size_t of = 0;
};

/// Where a vesicle is that left through a face of the box: in the reservoir behind it, or gone.
inline Whereabouts beyond_face(const VesicleEnvironment& environment, std::size_t face) {
  const int reservoir = environment.reservoir_of_face[face];
  return reservoir < 0 ? Whereabouts{VesiclePlace::left}
                       : Whereabouts{VesiclePlace::in_reservoir, static_cast<std::size_t>(reservoir)};
}

/// All that keeps numbers of vesicles by place.
struct VesicleAccounts {
  std::span<VesicleLedger> ledger;  ///< per class
  std::span<ReservoirState> reservoirs;
  Cells* cells = nullptr;  ///< may be missing where no cell has a part in it

  /// Counts `number` real vesicles of a class out of one place and into another. Between hosts, or reservoirs, the
  /// place stays the same.
  void move(std::size_t klass, std::uint64_t number, Whereabouts from, Whereabouts to) const;
  /// Counts a dose.
  void dose(std::size_t klass, std::uint64_t number, Whereabouts to) const;

 private:
  void add(std::size_t klass, std::uint64_t number, Whereabouts at) const;
};

}  // namespace interstice
