/// @file
/// Extracellular vesicles: structure of arrays. One entry stands for `weight` real vesicles of its class. Classes may
/// also be counted: whole numbers of vesicles per voxel and per cell in place of agents.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <tuple>
#include <vector>

#include "engine/core/ids.h"
#include "engine/core/state_row.h"
#include "engine/core/vec3.h"

namespace interstice {

/// How many copies of a surface protein a vesicle carries: none with probability 1 - positive_fraction, otherwise
/// Poisson with a log-normal mean, so that the mean over all vesicles is `mean`.
struct ProteinLoad {
  ProteinId protein{};
  double mean = 0;               ///< copies per vesicle, over all vesicles
  double positive_fraction = 1;  ///< of vesicles that carry any
  double sigma = 0;              ///< log-normal sigma among positive vesicles
  std::uint64_t key = 0;         ///< of the noise: the name's (name_key.h)
};

struct VesicleClass {
  std::string name;
  double median_diameter = 115;       ///< [nm]
  double geometric_sd = 1.3;          ///< log-normal
  double temperature = 310.15;        ///< [K]
  double water_viscosity = 6.913e-4;  ///< [Pa s]
  std::uint64_t weight = 1;           ///< real vesicles per agent
  bool counted = false;               ///< counted per voxel and cell instead of followed one by one
  std::vector<ProteinLoad> proteins;
  double enzyme_half_life = std::numeric_limits<double>::infinity();  ///< of enzyme activity [s]
  double desorption = 1e-3;                                           ///< [1/s]
  double internalisation = 1e-3;                                      ///< bound -> endosome [1/s]
  double endosome_exit = 7.4e-5;                                      ///< [1/s], all exits together
  double released_fraction = 0.05;                                    ///< of exits: cargo reaches the cytosol
  double recycled_fraction = 0.3;                                     ///< of exits: back outside, free, without cargo
  double fusogen_uptake = 1;                                          ///< multiplies the adsorption reactivity
};

/// Vesicles of one class that are counted. Of each pair, [1] are those with cargo and [0] those that have lost it.
struct VesicleCounts {
  using ByCargo = std::array<std::vector<std::uint64_t>, 2>;
  ByCargo free;       ///< per voxel
  ByCargo adsorbed;   ///< per cell
  ByCargo endosomal;  ///< per cell
};

inline constexpr auto kCountRows = std::tuple(row({"free", "EV", Per::voxel}, &VesicleCounts::free),
                                              row({"adsorbed", "EV", Per::cell}, &VesicleCounts::adsorbed),
                                              row({"endosomal", "EV", Per::cell}, &VesicleCounts::endosomal));
static_assert(bytes_listed(kCountRows) == sizeof(VesicleCounts), "every member has a row");

/// Living vesicles of all classes: agents, but for the last member.
struct Vesicles {
  std::vector<double> x, y, z;  ///< [um]
  std::vector<AgentId> id;
  std::vector<std::uint32_t> host;  ///< index into Cells, kNoHost when free
  std::vector<VesicleState> state;
  std::vector<VesicleClassId> klass;
  std::vector<std::uint8_t> cargo;    ///< 1 until released or recycled
  std::vector<float> diffusivity;     ///< in water [um^2/s]
  std::vector<float> clearance_left;  ///< unit-exponential life still to be used up by clearance while free
  std::vector<std::vector<std::uint16_t>> proteins;  ///< [ProteinId][vesicle]
  std::vector<std::vector<float>> columns;           ///< [column of the active models][vesicle]
  std::vector<VesicleCounts> counts;                 ///< [VesicleClassId]; without numbers for classes of agents

  [[nodiscard]] std::size_t size() const { return id.size(); }
  [[nodiscard]] Vec3 position(std::size_t v) const { return {x[v], y[v], z[v]}; }
};

inline constexpr auto kVesicleRows = std::tuple(
    row({"id", "", Per::vesicle, Hashed::state, Shown::id}, &Vesicles::id),
    row({"position", "um", Per::vesicle, Hashed::state, Shown::position}, &Vesicles::x, &Vesicles::y, &Vesicles::z),
    row({"host", "", Per::vesicle, Hashed::state, Shown::host}, &Vesicles::host),
    row({"state", "", Per::vesicle, Hashed::state, Shown::category}, &Vesicles::state),
    row({"class", "", Per::vesicle, Hashed::state, Shown::category}, &Vesicles::klass),
    row({"cargo", "", Per::vesicle, Hashed::state, Shown::category}, &Vesicles::cargo),
    row({"D", "um^2/s", Per::vesicle, Hashed::state, Shown::number}, &Vesicles::diffusivity),
    row({"clearance_left", "1", Per::vesicle}, &Vesicles::clearance_left));
static_assert(bytes_listed(kVesicleRows) + bytes_of(&Vesicles::proteins) + bytes_of(&Vesicles::columns) +
                      bytes_of(&Vesicles::counts) ==
                  sizeof(Vesicles),
              "every member has a row");

/// visit(array) for every array of the agents: the rows above, surface proteins, and the columns of models.
template <class SomeVesicles, class Visit>
void for_each_array(SomeVesicles& vesicles, const Visit& visit) {
  for_each_member(kVesicleRows, vesicles, [&visit](const RowInfo&, auto& values) { visit(values); });
  for (auto& copies : vesicles.proteins) visit(copies);
  for (auto& column : vesicles.columns) visit(column);
}

/// Numbers of real vesicles, per class: every dosed vesicle is in exactly one place (fates.h).
struct VesicleLedger {
  std::uint64_t dosed = 0;
  std::uint64_t free = 0, adsorbed = 0, endosomal = 0;  ///< counted at the start, kept by VesicleAccounts::move
  std::uint64_t in_reservoir = 0;
  std::uint64_t released = 0;             ///< cargo in the cytosol
  std::uint64_t degraded = 0;             ///< lysosome, or host died with it inside
  std::uint64_t lost = 0;                 ///< non-cellular loss
  std::uint64_t left = 0;                 ///< taken up by a reactive or absorbing wall
  std::uint64_t dosed_in_reservoirs = 0;  ///< of `dosed`; nothing goes by it but what runs say afterwards

  /// Of all places.
  [[nodiscard]] std::uint64_t total() const;
};

/// Places are named as the columns of the time series.
inline constexpr auto kLedgerRows =
    std::tuple(row({"dosed", "EV"}, &VesicleLedger::dosed), row({"free", "EV"}, &VesicleLedger::free),
               row({"adsorbed", "EV"}, &VesicleLedger::adsorbed), row({"endosomal", "EV"}, &VesicleLedger::endosomal),
               row({"in_reservoir", "EV"}, &VesicleLedger::in_reservoir),
               row({"released", "EV"}, &VesicleLedger::released), row({"degraded", "EV"}, &VesicleLedger::degraded),
               row({"lost", "EV"}, &VesicleLedger::lost), row({"left", "EV"}, &VesicleLedger::left),
               row({"dosed_in_reservoirs", "EV", Per::run, Hashed::no}, &VesicleLedger::dosed_in_reservoirs));
static_assert(bytes_listed(kLedgerRows) == sizeof(VesicleLedger), "every member has a row");

}  // namespace interstice
