/// @file
/// Break-even over all samples: crossings that differ by the sample alone, told together.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tools/study/study_crossings.h"

namespace interstice::cli {

/// Where `arm` does as much as `against` along an axis, at one place on the others. Over several samples the median,
/// with the range of nine in ten of them.
struct BreakEven {
  std::size_t axis = 0;
  std::string arm, against, place;
  double horizon = 0;  ///< [s]
  CensoredEstimate there;
  std::optional<double> own;  ///< the scenario's own value on the axis
  std::optional<CensoredEstimate> factor, acting;
  std::optional<StudyCrossing::Cap> cap;  ///< of the first sample
};

/// Without those where neither arm does anything that counts.
std::vector<BreakEven> break_evens_of(const StudyArms& arms, const std::vector<StudyCrossing>& crossings);

/// For the terminal; "" where there is none.
std::string break_even_text(const Study& study, const std::vector<BreakEven>& all);

/// A row each; "" where there is none.
std::string break_even_csv(const Study& study, const std::vector<BreakEven>& all);

/// Of several samples their median with the range of nine in ten; one stands for itself.
CensoredEstimate over_samples(const std::vector<CensoredEstimate>& all);

/// "3.2 (1 to 10)".
std::string range_text(const CensoredEstimate& estimate);

/// "dose [ug]".
std::string axis_text(const Study& study, std::size_t axis);

}  // namespace interstice::cli
