/// @file
/// How strongly the cells of a scenario drive each other on by what they secrete: above 1, tissue at rest does not stay
/// at rest. Found from the scenario's own formulas, with cells, columns and signals of the domain well mixed.
///
/// Quiet state: nothing is injured, no vesicle is there, everything with a time of its own is over, and all is
/// stationary. It is sought from below: first with no signal by cells at all, then with what they secrete.
///
/// Gain of a signal: it is held 1 % higher, and everything else settles: columns, states, how many cells have come in,
/// other signals. The relative rise of its source is its gain. Where nothing of it is there at rest, the limit of
/// little is meant. A signal that is lost by its own number only (decay, uptake) has the gain that decides whether it
/// grows.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/sim/problem.h"

namespace interstice {

struct FeedbackGain {
  struct Number {
    std::string name, unit;
    double value = 0;
  };
  std::vector<std::string> regions;  ///< where those who give the signal were placed
  std::optional<double> gain;        ///< largest over what cells secrete; none: see `why_none`
  std::string through;               ///< the signal
  double together = 0;               ///< of all signals at once, where rest does not hold; else as `gain`
  std::string spilled;               ///< of what only dying cells give, that with the largest gain ...
  double through_spilled = 0;        ///< ... and this
  std::vector<Number> quiet;         ///< the state at which this holds
  std::string why_none;

  [[nodiscard]] std::string text() const;  ///< "feedback in synovium: 0.17 through CCL2 (where it settles ...)"
};

/// Stops looking after so much processor time [s], and says so.
FeedbackGain feedback_gain(const Problem& problem, double most_time = 1.5);

/// The warning for a gain above 1, or none.
std::optional<std::string> feedback_warning(const FeedbackGain& feedback);

}  // namespace interstice
