/// @file
/// A reduced twin of a scenario: the same cells, substances, vesicles and arms on few voxels, in long steps, with
/// vesicles as counts. It is a scenario file that includes the original and says what differs.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/scenario/reduce/region_layout.h"
#include "engine/scenario/scenario.h"

namespace interstice {

struct TwinWishes {
  std::size_t most_voxels = LayoutWishes{}.most_voxels;
  Nanoseconds longest_step = 0;  ///< 0: a 288th of the run, at most 5 min
  bool counts = true;            ///< else agents, as few as will do
};

struct ReducedTwin {
  std::string text;                  ///< of the file
  std::vector<std::string> changes;  ///< what differs from the original, a line each; they stand in the text too
};

/// `include`: the original, as the file should name it. Throws InputError where the scenario cannot be reduced.
ReducedTwin reduced_twin(const Scenario& scenario, const std::string& include, const TwinWishes& wishes);

/// The same phases in longer steps, with an end of a phase at each of `horizons` [s].
std::vector<Phase> longer_steps(const Schedule& schedule, const std::vector<double>& horizons,
                                Nanoseconds longest_step);

}  // namespace interstice
