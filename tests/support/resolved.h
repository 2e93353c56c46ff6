/// @file
/// The resolved text of a scenario against the scenario.
#pragma once

#include <gtest/gtest.h>

#include "engine/scenario/build/build_problem.h"
#include "engine/scenario/scenario.h"
#include "support/problem_dump.h"
#include "support/run_scenario.h"

namespace interstice::test {

/// Loads the resolved text and expects the same problem in every arm.
inline void expect_same_after_resolving(const Scenario& first) {
  const Scenario again = load_scenario_text(first.resolved, "/nowhere/resolved.yaml", {}, built_in_models());
  EXPECT_TRUE(again.resolved == first.resolved) << "the resolved text changes when it is resolved again";
  EXPECT_EQ(again.files.size(), 1u);
  EXPECT_EQ(ProblemDump::of(build_problem(again)), ProblemDump::of(build_problem(first)));
  for (const Arm& arm : first.compare.arms)
    EXPECT_EQ(ProblemDump::of(build_problem(again, {.arm = arm.name, .replicate = 3})),
              ProblemDump::of(build_problem(first, {.arm = arm.name, .replicate = 3})));
  EXPECT_EQ(again.output.every, first.output.every);
  EXPECT_EQ(again.output.fields, first.output.fields);
  EXPECT_EQ(again.compare.replicates, first.compare.replicates);
}

}  // namespace interstice::test
