/// @file
/// The regime map of a study: which hypothesis wins where on its axes.
#pragma once

#include <string>
#include <vector>

#include "tools/study/study_verdict.h"

namespace interstice::cli {

/// The contest of uptake or contact against what EVs do outside cells, at one place on the axes beside the samples: by
/// the samples there, or by draws of the replicates where nothing is sampled (as `compare` judges). A single replicate
/// speaks for itself.
struct Regime {
  double horizon = 0;  ///< [s]
  bool published = false;
  std::uint64_t begin = 0;  ///< its first point
  Preference preference = Preference::undetermined;
  std::string winner;            ///< the arm that does most on the side that wins, in most samples
  char letter = ' ';             ///< of the map, kRegimeLegend
  double share = 0;              ///< of samples or draws that say so
  double first = 0, second = 0;  ///< effects of both sides, medians over samples or means
  std::size_t samples = 0;       ///< or replicates
};

inline constexpr const char* kRegimeLegend =
    "U uptake, C contact, B one arm with both, E outside cells, = none is three times the other,\n"
    "  . neither does anything that counts, ? undetermined, blank: no result";

/// Where two axes or more hold several values; otherwise empty.
std::vector<Regime> regimes_of(const StudyArms& arms, const std::vector<StudyVerdict>& verdicts);

/// A row per place; "" where there is none.
std::string regimes_csv(const StudyArms& arms, const std::vector<Regime>& regimes);

/// Maps for two or three axes: the last from left to right, the one before it from top to bottom.
std::string regimes_text(const StudyArms& arms, const std::vector<Regime>& regimes);

}  // namespace interstice::cli
