/// @file
/// Which cells an arm influenced: a cell family counts when its reporter differs from the same family in the paired
/// reference run by more than a share of the reporter's dynamic range, for long enough without a break.
#pragma once

#include <algorithm>
#include <optional>
#include <vector>

#include "engine/observe/cell_trace.h"

namespace interstice {

struct InfluenceRule {
  double share_of_range = 0.1;  ///< difference that counts, relative to the dynamic range
  double hold = 600;            ///< how long it must last [s] ...
  double hold_share = 0.2;      ///< ... or this share of the run, whichever is shorter

  [[nodiscard]] double hold_in(double duration) const { return std::min(hold, hold_share * duration); }  ///< [s]
};

struct Influence {
  std::size_t families = 0;    ///< seen in either run
  std::vector<double> onsets;  ///< per influenced family: when the difference that lasted began [s], increasing

  [[nodiscard]] std::size_t count() const { return onsets.size(); }
  /// When this share of all families had been influenced [s]; empty if it never was.
  [[nodiscard]] std::optional<double> time_to_share(double share) const;
};

/// Families are paired by founder. A family that lives in one run only, at a moment, differs at that moment: its fate
/// differs. Throws std::invalid_argument when the two traces were not recorded at the same times.
Influence influence(const ReporterTrace& arm, const ReporterTrace& reference, const InfluenceRule& rule);

/// Population mean of the arm minus that of the reference, in units of the dynamic range, row by row; NaN where
/// either has no cell: a population that is gone has no mean that could be equal.
std::vector<double> mean_effect(const ReporterTrace& arm, const ReporterTrace& reference);

}  // namespace interstice
