/// @file
/// The radius of a verdict: by how much parameters must be changed, at most three of them, until the answer is another.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "tools/study/study_verdict.h"

namespace interstice::cli {

/// A parameter that is changed from the scenario's own value.
struct ParameterChange {
  std::string factor, unit;
  double from = 0, to = 0;
  [[nodiscard]] double fold() const { return to > from ? to / from : from / to; }
};

/// A change of answer: the largest fold among its parameters is its size.
struct Flip {
  std::vector<ParameterChange> changes;
  double fold = 0;
  Preference becomes = Preference::undetermined;
};

/// From the scenario's own values, over the surfaces (response_surface.h) of asinh(effect / 0.05) of the arms of a
/// contest: like the logarithm of effects that count, smooth through zero for others. Nothing is run for it.
struct VerdictRadius {
  static constexpr std::size_t kMostChanges = 3;
  static constexpr double kLeastForetold = 0.5;

  double horizon = 0;  ///< [s]
  bool published = false;
  Side first, second;
  std::string where;                                   ///< on the axes beside the samples
  std::string why_not;                                 ///< why there is no radius; otherwise empty
  double foretold = 1;                                 ///< of the surface that is worst (ResponseSurface::foretold)
  std::string worst;                                   ///< its arm
  Preference own = Preference::undetermined;           ///< at the scenario's own values, as the surfaces have it
  std::array<std::optional<Flip>, kMostChanges> flip;  ///< with one, at most two, at most three; none in the ranges
  std::vector<std::string> fixed;                      ///< factors without a fold: the scenario has 0 or no number
  std::vector<std::string> sets;                       ///< "key.path=value" of where it starts, beside the scenario

  /// The smallest of all.
  [[nodiscard]] const Flip* smallest() const;
};

/// Of every verdict over samples.
std::vector<VerdictRadius> radii_of(const StudyArms& arms, const std::vector<StudyVerdict>& verdicts);

/// A row per verdict and number of parameters; "" where there is none.
std::string radii_csv(const std::vector<VerdictRadius>& radii);

/// In some lines; what to run to see whether it is so stands below it.
std::string radius_text(const Study& study, const VerdictRadius& radius);

}  // namespace interstice::cli
