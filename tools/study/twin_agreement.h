/// @file
/// Whether a reduced twin does what the scenario does that it stands for: effects on the phenotype, point by point.
#pragma once

#include <string>
#include <vector>

#include "engine/study/study.h"
#include "tools/study/study_values.h"

namespace interstice::cli {

/// Of an arm at a horizon, over the points that both have.
struct Agreement {
  std::string arm;
  double horizon = 0;                             ///< [s]
  std::size_t points = 0, agree = 0;              ///< agree: by effects_agree
  double twin = 0, original = 0;                  ///< mean effects
  double largest_twin = 0, largest_original = 0;  ///< where they differ most
  std::uint64_t largest_at = 0;                   ///< point of the twin's study
};

/// Within 0.05, or of one sign and within a factor of 1.5.
[[nodiscard]] bool effects_agree(double twin, double original);

/// `check` is check_of(study).
std::vector<Agreement> agreement_of(const Study& study, const StudyValues& values, const Study& check,
                                    const StudyValues& check_values);

/// Whether nine effects in ten agree, of each arm and horizon, over all points that were asked for.
[[nodiscard]] bool is_enough(const Study& check, const std::vector<Agreement>& agreement);

std::string agreement_text(const Study& check, const std::vector<Agreement>& agreement);

}  // namespace interstice::cli
