/// @file
/// What an interaction model writes in a step, and whether it can be used.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/model/interaction_model.h"
#include "engine/sim/problem.h"

namespace interstice {

struct ModelAnswers {
  ArraysOnDemand copies, secretion, clearance, amounts;
  std::vector<std::vector<std::size_t>> catalysed;   ///< reactions of each declared protein
  std::vector<GuardedArray<double>> changes;         ///< of own cell columns
  std::vector<GuardedArray<float>> vesicle_changes;  ///< of own vesicle columns
  std::vector<double> tallies;
  GuardedArray<std::uint8_t> fate;
  GuardedArray<double> drift;
};

/// Throws NumericalError with model, array, entry and step where the model wrote beyond the ends of an array, or a
/// number that cannot be meant: the solvers would drop a NaN or a negative rate, and the model would look as if it had
/// no effect.
void check_answers(const ModelAnswers& answers, const ActiveModel& model, const Problem& problem, const State& state,
                   const Tick& now);

}  // namespace interstice
