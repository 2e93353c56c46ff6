/// @file
/// Dose-response curves along the axes of a study, and the EVs per cell at half effect.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/statistics/dose_response.h"
#include "tools/study/study_values.h"

namespace interstice::cli {

/// A number that lies within a range, above or below it, with its interval.
std::string censored_cells(const std::optional<CensoredEstimate>& number);

/// The response of an arm along an axis of growing numbers.
struct StudyCurve {
  std::size_t axis = 0;
  std::uint64_t at_point = 0;  ///< the first of the axis
  std::size_t arm = 0, outcome = 0;
  DoseResponse response;
  std::optional<CensoredEstimate> half_per_cell;  ///< half dose as EVs given per cell; empty where that is not known
  double last_dose = 0;
  std::optional<double> last_per_cell;  ///< EVs given per cell there
  bool of_doses = true;                 ///< more EVs are given along the axis, or that is not known
};

/// Along every axis of four growing numbers or more, where there are two replicates, of outcomes that begin so. Takes
/// seconds a curve.
std::vector<StudyCurve> curves_of(const Study& study, const StudyValues& values, std::string_view outcomes = "");

/// A row per curve; "" where there is none.
std::string curves_csv(const Study& study, const StudyValues& values, const std::vector<StudyCurve>& curves);

}  // namespace interstice::cli
