/// @file
/// A cell type is data: a statechart whose hazards, secretions and responses are formulas of local signals, contacts
/// and columns. models/cells/*.yaml are the types that ship.
///
/// The symbols of a formula, in this order (cell_symbols.h): every species (local concentration), every column, then
/// the engine's own: ev_bound, ev_internal, age_in_state, time, x, y, z, contacts_<cell type> (touching cells, gap < 1
/// um), what reservoirs hold, then what the type's formulas gather from other cells.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/core/ids.h"
#include "engine/formula/expression.h"

namespace interstice {

/// How a value differs from cell to cell.
struct Distribution {
  enum class Kind {
    constant,
    uniform,
    integers,
    lognormal,
    exponential,
    normal,
    truncated_normal,
    gamma
  } kind = Kind::constant;
  double a = 0;  ///< constant: value; uniform, integers: lowest; lognormal: median; others: mean, before truncation
  double b = 1;  ///< uniform, integers: highest; lognormal: geometric sd; normal, truncated_normal, gamma: sd
};

/// x' = gain - loss x, advanced exactly for frozen gain and loss.
struct ColumnDynamics {
  ColumnId column{};
  Distribution initial{};
  Expression gain{};  ///< [column unit / s]
  Expression loss{};  ///< [1/s]
};

struct Secretion {
  SpeciesId species{};
  Expression rate;  ///< [molecule/s]
};

/// Contents spilled evenly over the duration of a state.
struct Spill {
  SpeciesId species{};
  double amount = 0;  ///< [molecules]
};

/// What newcomers bring along: the value of a column, as the cell that draws them in knows it.
struct BroughtAlong {
  ColumnId column{};
  Expression value;  ///< [column unit]
};

/// Cells of another type that come in beside this one, as from a vessel.
struct Recruitment {
  CellTypeId type{};
  Expression rate;                    ///< [cell/s]
  std::vector<BroughtAlong> bring{};  ///< columns that do not begin as the type says
};

struct Transition {
  std::uint8_t target = 0;
  Expression hazard;     ///< [1/s]; held over the cell step
  Expression when;       ///< fires at the end of the cell step in which it is > 0.5; exclusive with hazard
  bool divides = false;  ///< the cell divides on the way
};

struct CellState {
  std::string name;
  std::optional<Distribution> duration{};  ///< [s]; afterwards the cell goes to `then`
  std::uint8_t then = 0;
  bool then_divides = false;            ///< the cell divides on the way to `then`
  bool removed = false;                 ///< entering it removes the cell
  std::optional<CellTypeId> becomes{};  ///< entering it turns the cell into one of this type, in its initial state
  std::vector<Secretion> secretions{};
  std::vector<Spill> spills{};
  bool loses_rest = false;  ///< what is unspilt when the cell leaves early is lost, instead of spilled at once
  bool injurable = true;    ///< injuries with a hazard strike cells in this state too
  std::vector<Recruitment> recruits{};
  std::vector<Transition> transitions{};
};

struct ChemotacticSignal {
  SpeciesId species{};
  double Kd = 1;  ///< [uM]
  double weight = 1;
};

struct Motility {
  Expression speed;         ///< [um/s]; empty = does not walk
  double persistence = 60;  ///< mean time between turns [s]
  double max_bias = 0;      ///< beta_max
  double settling = 0;      ///< towards z = 0, walking or not [um/s]
  Expression gain;          ///< factor on the chemotactic drive, empty = 1
  std::vector<ChemotacticSignal> signals;
};

/// How vesicles stick to the cell. Identical in every arm.
struct Contact {
  double adsorption = 0.02;   ///< reactivity kappa of the surface [um/s]
  double sites_per_area = 5;  ///< saturation [1/um^2]; infinity = off
};

struct Uptake {
  SpeciesId species{};
  double clearance = 0;  ///< [um^3/s] per cell
};

struct SurfaceEnzyme {
  std::string protein;
  double copies = 0;
  Expression formula{};  ///< copies of this cell now; empty: `copies` on every cell
};

/// A quantity whose difference between paired arms says that a cell was influenced.
struct Reporter {
  std::string name;
  Expression value;
  double range = 1;       ///< dynamic range
  double delay = 0;       ///< the mechanism's own delay before an effect can show [s]
  bool receptor = false;  ///< receptor signal (else phenotype)
};

struct CellType {
  std::string name;
  double radius = 5;            ///< [um]
  bool mobile = true;           ///< pushed by neighbours
  bool responds_to_evs = true;  ///< false: vesicles stick to it and enter it, but no interaction model acts on it
  std::uint8_t initial_state = 0;
  std::vector<CellState> states;
  std::vector<ColumnDynamics> columns;
  Motility motility;
  Contact contact;
  std::vector<Uptake> uptake;
  std::vector<SurfaceEnzyme> enzymes;
  std::vector<Reporter> reporters;
  std::vector<Gathering> gatherings;  ///< what its formulas ask of other cells
};

/// Calls visit(formula) with every formula of a cell type, and with what others offer it.
template <class Type, class Visit>
void for_each_formula(Type& type, Visit visit) {
  for (auto& column : type.columns) {
    visit(column.gain);
    visit(column.loss);
  }
  for (auto& state : type.states) {
    for (auto& secretion : state.secretions) visit(secretion.rate);
    for (auto& recruitment : state.recruits) {
      visit(recruitment.rate);
      for (auto& brought : recruitment.bring) visit(brought.value);
    }
    for (auto& transition : state.transitions) {
      visit(transition.hazard);
      visit(transition.when);
    }
  }
  visit(type.motility.speed);
  visit(type.motility.gain);
  for (auto& enzyme : type.enzymes) visit(enzyme.formula);
  for (auto& reporter : type.reporters) visit(reporter.value);
  for (auto& gathering : type.gatherings) {
    visit(gathering.offer);
    visit(gathering.theirs);
    visit(gathering.own);
  }
}

}  // namespace interstice
