/// @file
/// Break-even: where along an axis an arm of uptake or contact first does as much as one that acts outside cells.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/statistics/crossing.h"
#include "tools/study/study_arms.h"

namespace interstice::cli {

/// Where the effect of `arm` on an outcome first is as large as that of `against`, along an axis of growing numbers.
struct StudyCrossing {
  std::size_t axis = 0;
  std::uint64_t at_point = 0;  ///< the first of the axis
  std::string arm, against;
  std::size_t outcome = 0;
  CensoredEstimate crossing;  ///< [unit of the axis]
  double largest = 0;         ///< of both effects along the axis, mean over replicates, its size
  /// F*: how many times the scenario's own value that is; empty where it has none.
  std::optional<CensoredEstimate> factor;
  /// f_x: EVs of `arm` that act, per EV given, at the crossing; empty where the axis does not change that.
  std::optional<CensoredEstimate> acting;
  /// What delivery can gain at most over the scenario itself, for arms of uptake alone: every EV internalised that can
  /// be, all of them releasing their cargo; (f_int_max / f_int) (1 / f_rel).
  struct Cap {
    double value = 0;
    double internalised = 0, internalised_most = 0;  ///< f_int and f_int_max
    double released = 0;                             ///< f_rel
    bool most_is_seen = false;  ///< f_int_max is where it levels off along the axis; otherwise 1, every EV
  };
  std::optional<Cap> cap;
};

/// On the phenotype, along every axis of four growing positive numbers or more.
std::vector<StudyCrossing> crossings_of(const StudyArms& arms);

/// A row per crossing; "" where there is none.
std::string crossings_csv(const StudyArms& arms, const std::vector<StudyCrossing>& crossings);

}  // namespace interstice::cli
