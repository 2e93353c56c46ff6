/// @file
/// The cells of a domain, well mixed: how many there are of each kind, in which states, and the means of their columns,
/// by the formulas of their types. For the quiet state of feedback_gain.h, not for runs.
#pragma once

#include <string>
#include <vector>

#include "engine/cells/cell_rules.h"
#include "engine/sim/feedback/mean_fluid.h"

namespace interstice {

/// Cells of one type with one origin: placed at the start, or come in since.
struct CellGroup {
  std::size_t type = 0;
  bool came = false;
  std::vector<double> columns;   ///< means, by ColumnId
  std::vector<double> in_state;  ///< how many
  std::vector<double> entering;  ///< per state [cell/s]
  std::vector<double> age;       ///< mean, per state [s]
  double pace = 1, drift = 0;    ///< how far numbers move, of what they are asked to, and where they last went

  [[nodiscard]] double number() const;
};

/// Cells that were placed stay as many as they are, for what dies in resting tissue is renewed. Those whose type comes
/// in from elsewhere do not stay: of these there are as many as come and go in balance. No vesicle is there and no
/// injury, and all that has a time of its own is over. Distributions count with their means.
class MeanCells {
 public:
  MeanCells(const Problem& problem, double space);

  [[nodiscard]] std::vector<CellGroup> start() const;
  /// Species that cells of these groups may secrete, and may spill.
  [[nodiscard]] std::vector<char> may_secrete(const std::vector<CellGroup>& groups) const;
  [[nodiscard]] std::vector<char> may_spill(const std::vector<CellGroup>& groups) const;
  /// Species that a formula of these groups reads.
  [[nodiscard]] std::vector<char> read_by(const std::vector<CellGroup>& groups) const;
  /// A group fills the domain.
  [[nodiscard]] bool overflows(const CellGroup& group) const;

  /// Moves columns and numbers by `share` of the way to where they would settle at concentrations c, were all else as
  /// it is. `given`: what cells do to the fluid, from before the move. Throws NumericalError.
  void relax(std::vector<CellGroup>& groups, const std::vector<double>& c, double share, GivenToFluid& given) const;

 private:
  struct Flow;
  void perceive(const std::vector<CellGroup>& groups, const CellGroup& group, std::size_t state,
                const std::vector<double>& c, std::vector<double>& values) const;
  [[nodiscard]] std::vector<double> gather(const std::vector<CellGroup>& groups, const CellGroup& group,
                                           const std::vector<double>& c) const;
  [[nodiscard]] double touched(std::size_t type, std::size_t other) const;
  [[nodiscard]] double acts_after(const Expression& when, std::vector<double>& values, const std::string& type) const;
  void change_states(const CellType& type, std::size_t state, std::vector<double>& values, Flow& flow) const;
  void give(const CellGroup& group, std::size_t state, const std::vector<double>& values, GivenToFluid& given) const;
  void come_in(const CellGroup& group, std::size_t state, const std::vector<double>& values,
               const std::vector<CellGroup>& groups, std::vector<Flow>& flows) const;
  static void add_newcomers(std::size_t type, double rate, const std::vector<double>& columns,
                            const std::vector<CellGroup>& groups, std::vector<Flow>& flows);
  void become_others(const CellGroup& group, const Flow& flow, const std::vector<CellGroup>& groups,
                     std::vector<Flow>& flows) const;
  [[nodiscard]] std::vector<double> settled_states(const CellGroup& group, const Flow& flow) const;
  void move_columns(CellGroup& group, const Flow& flow, double settled, double share) const;
  static void move_numbers(CellGroup& group, const Flow& flow, const std::vector<double>& settled, double share);
  [[nodiscard]] std::vector<double> first_columns(std::size_t type) const;

  const Problem& problem_;
  CellRules rules_;
  double space_;
};

}  // namespace interstice
