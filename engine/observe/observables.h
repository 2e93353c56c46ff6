/// @file
/// The named numbers of a state: the columns of timeseries.csv. One place says what they are called, in which unit and
/// how they are measured, so that the series, the report and the tests mean the same thing.
///
///   mean.<region>.<species> [uM]        mean over the extracellular volume; region `all` is the whole domain
///   reservoir.<name>.<species> [uM]     concentration in a well-mixed reservoir
///   cells.<type>.<state> [cell]         states that remove the cell hold none and have no column
///   column.<type>.<column> [unit]       mean over the cells of a type; its own columns and those of the models
///   vesicles.<class>.<place> [EV]       real vesicles: free, adsorbed, endosomal, in_reservoir, released, degraded,
///                                       lost, left
///   reaction.<name> [molecule]          cumulated extents, and likewise secreted, taken_up, decayed and boundary
///                                       (net inflow).<species>
///   model.<model>.<tally> [unit]        what an active model has counted so far
///   label.<label>.<place> [EV]          what a label shows (labels.h)
///   profile.<profile>.<edge> [molecule or EV] up to so many um from a region or face and beyond the last edge
///   (profiles.h)
/// A mean over nothing is NaN. Sums run in storage order, so their bits do not depend on threads.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/sim/problem.h"

namespace interstice {

class Observables {
 public:
  explicit Observables(const Problem& problem);

  struct Name {
    std::string name;
    std::string unit;
    [[nodiscard]] std::string label() const { return name + " [" + unit + "]"; }
  };
  [[nodiscard]] const std::vector<Name>& names() const { return names_; }
  [[nodiscard]] std::size_t size() const { return names_.size(); }
  /// Position of a name (without its unit).
  [[nodiscard]] std::optional<std::size_t> find(std::string_view name) const;

  /// out[i] belongs to names()[i].
  void measure(const State& state, const Problem& problem, std::span<double> out) const;

 private:
  struct CellColumn {
    CellTypeId type{};
    ColumnId column{};
  };
  struct StateCount {
    CellTypeId type{};
    std::uint8_t state = 0;
  };

  void name_fields(const Problem& problem);
  void name_reservoirs(const Problem& problem);
  void name_cells(const Problem& problem);
  void name_vesicles(const Problem& problem);
  void name_budget(const Problem& problem);
  void name_labels(const Problem& problem);
  void name_profiles(const Problem& problem);
  double* measure_fields(const State& state, const Problem& problem, double* out) const;
  double* measure_cells(const State& state, double* out) const;

  std::vector<Name> names_;
  std::vector<double> extracellular_volume_;  ///< per region [um^3]
  std::vector<StateCount> state_counts_;
  std::vector<CellColumn> cell_columns_;
};

}  // namespace interstice
