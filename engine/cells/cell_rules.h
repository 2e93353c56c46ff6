/// @file
/// Cell types resolved once for a problem: which symbols each state needs, which columns a type drives, which reactions
/// its surface enzymes catalyse. After this no name is looked up again.
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "engine/cells/cell_placement.h"
#include "engine/cells/cell_symbols.h"
#include "engine/cells/cell_type.h"
#include "engine/core/box.h"
#include "engine/core/noise.h"
#include "engine/fields/chemistry.h"
#include "engine/fields/exchange.h"
#include "engine/fields/grid.h"
#include "engine/fields/species.h"

namespace interstice {

/// What a cell does to a diffusing species that it senses, so that it reads its own near field.
struct OwnField {
  std::uint32_t species = 0;
  double uptake = 0;                          ///< [um^3/s]
  double enzymes = 0;                         ///< kcat/Km of the copies whose substrate it is [um^3/s]
  std::vector<const Expression*> secretions;  ///< [molecule/s]
};

/// The symbols that a set of formulas reads, by kind.
struct NeededSymbols {
  std::vector<std::uint32_t> species, columns, contacts, held, gathered;
  std::vector<OwnField> own;  ///< of `species`
  bool ev_bound = false, ev_internal = false, age_in_state = false, time_and_place = false;
};

/// What cells of one type offer to those that gather it (Gathering, of the gathering type).
struct CellOffer {
  const Gathering* gathering = nullptr;
  NeededSymbols needed;  ///< by the offering cell, also to be chosen
};

/// Where the parts of a cell's exchange with the fluid are among CellRules::exchange_quantities().
struct CellExchangePlan {
  struct Steady {
    std::uint32_t column = 0;
    double amount = 0;
  };
  struct OfState {
    std::vector<std::uint32_t> secretions, spills;  ///< in the order of the state's
  };
  struct Varying {
    std::uint32_t column = 0;
    std::uint32_t enzyme = 0;  ///< of the type, whose formula gives the copies
  };
  struct NearEnzyme {
    std::uint32_t copies = 0;  ///< column
    double per_copy = 0;       ///< kcat/Km [um^3/s]
  };
  /// What takes a diffusing species from the fluid: it gets less, since the cell stands in a field of its own.
  struct NearSpecies {
    std::uint32_t species = 0;
    double uptake = 0;                                     ///< [um^3/s]
    std::optional<std::uint32_t> clearance{}, capacity{};  ///< columns of that uptake
    std::optional<std::uint32_t> secretion{};              ///< column of what the cell itself secretes of it
    std::vector<NearEnzyme> enzymes{};                     ///< whose substrate it is
  };
  std::vector<Steady> steady;    ///< uptake and surface enzymes
  std::vector<Varying> varying;  ///< surface enzymes that differ from cell to cell
  std::vector<OfState> states;
  std::vector<NearSpecies> near;
};

class CellRules {
 public:
  static constexpr std::size_t kMaxColumns = 64;      ///< driven by one cell type
  static constexpr std::size_t kMaxTransitions = 32;  ///< out of one state

  /// `types` must outlive the rules. `reservoirs`, `vesicle_classes`: how many there are. `placements`: cells at the
  /// start, none = of any type. `clearance_Km`: per species, 0 or none = uptake is linear [uM]. Throws InputError
  /// naming type and state for what cannot work, such as a spill in a state without duration or a persistence that is
  /// not positive.
  CellRules(std::span<const CellType> types, std::span<const Species> species, std::span<const ColumnSpec> columns,
            const Chemistry& chemistry, std::size_t reservoirs = 0, std::size_t vesicle_classes = 0,
            std::span<const CellPlacement> placements = {}, std::span<const double> clearance_Km = {});

  [[nodiscard]] const CellSymbolLayout& layout() const { return layout_; }
  /// For columns, transitions and motility of a cell in this state.
  [[nodiscard]] const NeededSymbols& for_update(std::size_t type, std::size_t state) const {
    return update_[type][state];
  }
  /// For secretion and surface enzymes.
  [[nodiscard]] const NeededSymbols& for_secretion(std::size_t type, std::size_t state) const {
    return secretion_[type][state];
  }
  [[nodiscard]] const NeededSymbols& for_reporters(std::size_t type) const { return reporters_[type]; }
  /// What all types gather, type after type; that of a type begins at first_offer(type).
  [[nodiscard]] const std::vector<CellOffer>& offers() const { return offers_; }
  [[nodiscard]] std::size_t first_offer(std::size_t type) const { return first_offer_[type]; }
  /// Everything that cells of any type can give to the fluid or take from it.
  [[nodiscard]] const std::vector<Exchange::Quantity>& exchange_quantities() const { return exchange_quantities_; }
  [[nodiscard]] const CellExchangePlan& exchange_plan(std::size_t type) const { return exchange_plans_[type]; }
  /// Faces through which the species flows, where a one-sided gradient is the better guess than none.
  [[nodiscard]] bool open(std::size_t species, Face face) const { return open_[species][static_cast<int>(face)]; }
  [[nodiscard]] std::span<const bool, 6> open(std::size_t species) const { return open_[species]; }
  /// How the field of a cell is mirrored in a wall: 1 where it is closed, -1 where the wall holds a concentration, 0
  /// where it has a permeability.
  [[nodiscard]] double mirrored(std::size_t species, std::size_t face) const { return mirrored_[species][face]; }
  /// Is the species held at a concentration in the region?
  [[nodiscard]] bool held(std::size_t species, std::size_t region) const {
    return !held_[species].empty() && !std::isnan(held_[species][region]);
  }
  /// Does the species meet a cell in its footprint? One that does not diffuse, be it in one region, does in the voxel
  /// of the cell's centre: what came into a region where it cannot move would be stuck there.
  [[nodiscard]] bool spreads(std::size_t species) const { return !diffusivity_[species].empty(); }
  [[nodiscard]] bool any_spreads() const { return any_spreads_; }
  /// Of a species that spreads [um^2/s].
  [[nodiscard]] double diffusivity(std::size_t species, std::size_t region) const {
    return diffusivity_[species][region];
  }
  [[nodiscard]] double clearance_Km(std::size_t species) const { return clearance_Km_[species]; }
  /// Per quantity: is it spread over a cell's footprint?
  [[nodiscard]] const std::vector<std::uint8_t>& spreads_quantity() const { return spreads_quantity_; }
  [[nodiscard]] bool any_contacts() const { return any_contacts_; }  ///< or gatherings, that any formula reads
  [[nodiscard]] bool secretion_reads_contacts() const { return secretion_reads_contacts_; }
  [[nodiscard]] bool any_mobile() const { return any_mobile_; }
  [[nodiscard]] double largest_radius() const { return largest_radius_; }  ///< of cells that there can be [um]
  [[nodiscard]] std::size_t most_reporters() const { return most_reporters_; }

 private:
  void resolve_type(const CellType& type, const Chemistry& chemistry);
  void resolve_offers(const CellType& type);
  void plan_exchange(const CellType& type, const Chemistry& chemistry);
  void add_near_enzyme(CellExchangePlan& plan, const Reaction& reaction, std::uint32_t copies) const;
  std::uint32_t exchange_column(Exchange::Kind kind, std::uint32_t of);

  CellSymbolLayout layout_;
  std::vector<std::vector<NeededSymbols>> update_, secretion_;
  std::vector<NeededSymbols> reporters_;
  std::vector<CellOffer> offers_;
  std::vector<std::size_t> first_offer_;
  std::vector<Exchange::Quantity> exchange_quantities_;
  std::vector<CellExchangePlan> exchange_plans_;
  std::vector<std::array<bool, 6>> open_;
  std::vector<std::array<double, 6>> mirrored_;
  std::vector<std::vector<double>> held_;
  std::vector<std::vector<double>> diffusivity_;  ///< per species and region; empty where it does not diffuse
  std::vector<double> clearance_Km_;
  std::vector<std::uint8_t> spreads_quantity_, substrate_spreads_;  ///< per quantity; per reaction
  bool any_spreads_ = false;
  bool any_contacts_ = false, secretion_reads_contacts_ = false, any_mobile_ = false;
  double largest_radius_ = 0;
  std::size_t most_reporters_ = 0;
};

/// What cells live in; never changes after set-up.
struct CellEnvironment {
  const Grid* grid = nullptr;
  const RegionMap* regions = nullptr;
  Box box;
  std::span<const CellType> types;
  std::span<const ColumnSpec> columns;
  const CellRules* rules = nullptr;
  std::span<const Injury> injuries;
  Noise noise;
  std::uint64_t chemotaxis_variant = 0;  ///< another walk with the same seed (the sham arm)
  std::span<const Reservoir> reservoirs{};
};

/// The interval [time, time + dt] over which a cell stage works [s].
struct CellStep {
  std::uint64_t step = 0;
  double time = 0, dt = 0;
};

}  // namespace interstice
