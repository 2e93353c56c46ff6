/// @file
/// What a run will cost, found by taking some of its steps on the machine at hand.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/scenario/scenario.h"
#include "tools/run_output.h"

namespace interstice::cli {

/// What a trial in a process of its own found out.
struct Trial {
  std::vector<std::string> placement;  ///< doubts about it
  std::vector<double> step_times;      ///< per phase, on one thread; empty where there was no time [s]
  double set_up = 0;                   ///< processor time until the first step [s]
  double memory = 0;                   ///< the most that the process held; 0 where there was no time [bytes]
};

struct Cost {
  double steps = 0, memory = 0, disk = 0;  ///< [1], [B], [B]; the disk at most, with checkpoints
  std::optional<double> time;              ///< of one run on one thread, where a trial found it [s]
};

/// How a trial spends its time.
struct TrialTimes {
  double limit = 1;    ///< wall-clock time after which it is ended [s]
  double per_run = 1;  ///< processor time spent on the steps of all phases [s]
};

/// Whether a trial can tell: problems that are too large or have too many phases are not built only to be timed.
[[nodiscard]] bool can_be_tried(const Problem& problem);

/// Builds the start of a run and takes some steps of every phase. Throws whatever these fail by.
Trial try_out(const Scenario& scenario, const RunVariant& variant, const std::vector<Phase>& phases,
              const TrialTimes& times);

/// `extent`: which files the run leaves.
Cost cost_of(const Scenario& scenario, const Problem& problem, const Trial& trial, Extent extent = Extent::all);

}  // namespace interstice::cli
