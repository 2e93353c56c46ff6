/// @file
/// A number that a run ends in and what it is a number of. Tables, files and the report select by family and status,
/// never by the words of a label or a note.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace interstice {

/// What a metric is one of; its name begins with the family's.
enum class Family : std::uint8_t {
  phenotype,                  ///< the shared phenotype at a horizon
  phenotype_effect,           ///< that less the paired run's: what decides
  phenotype_term,             ///< what one of its terms adds to that
  primary_time_to,            ///< when the primary field first reaches a threshold
  primary,                    ///< its peak, area and values
  outcome,                    ///< what the scenario names
  effect,                     ///< an outcome less that of the paired run
  effect_relative,            ///< that as a share of the paired run's
  reach,                      ///< what a reach is to be compared with
  influenced,                 ///< cells that differ from the paired run
  time_to_10pct,              ///< when that many of them had begun to differ
  time_to_50pct,              ///< the same
  influenced_minus_sham,      ///< cells, less those that chance alone influences
  influenced_per_ev_given,    ///< the same per EV given, to patch and reservoirs, whatever the arm
  influenced_per_ev_engaged,  ///< per EV that acted
  mean_effect,                ///< of a reporter, over all cells, at the end
  mean_effect_largest,        ///< where it is largest
  relayed_cells,              ///< of the cells influenced, those through other cells
  relayed_effect,             ///< of the mean effect
  relayed_outcome,            ///< of the effect on an outcome
  ev,                         ///< EVs given and engaged
  half_life,                  ///< of a class outside cells
  fate,                       ///< share of the dose in a place
  footprint,                  ///< what one EV adds to the primary field
  budget,                     ///< of the chain of substances around the primary one
  flux,                       ///< who made the primary substance
};
std::string_view name_of(Family family);

enum class Status : std::uint8_t {
  measured,
  not_reached,     ///< the run ends before it happens
  not_observable,  ///< the run is shorter than the delay of the mechanism or of the reporter: a zero says nothing
  no_mechanism,    ///< nothing in the arm could bring it about
  undefined,       ///< a ratio to zero, a population that is gone, a run to compare with that is missing
};
std::string_view name_of(Status status);

/// Why there is no number.
struct Absence {
  Status status = Status::undefined;
  std::string note;
};

struct Metric {
  Family family = Family::outcome;
  std::string subject;      ///< which of its family: "chondrocyte.AKT"
  std::string label;        ///< for readers: "cells influenced"
  std::string unit;         ///< "1" for shares
  std::string description;  ///< how it is measured
  std::optional<double> value;
  Status status = Status::measured;
  std::string note;  ///< for readers: why there is no value
  std::string of;    ///< for readers: of what, where the label leaves it open: "chondrocyte AKT (phenotype)"

  /// For machines: "influenced.chondrocyte.AKT".
  [[nodiscard]] std::string name() const { return std::string(name_of(family)) + "." + subject; }
  /// "cells influenced: chondrocyte AKT (phenotype)".
  [[nodiscard]] std::string full_label() const { return of.empty() ? label : label + ": " + of; }
};

/// `absence` counts where there is no value, or one that is not finite.
Metric make_metric(Family family, std::string subject, std::string label, std::string unit, std::string description,
                   std::optional<double> value, Absence absence = {});

}  // namespace interstice
