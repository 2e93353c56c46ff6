/// @file
/// What a run is known by: everything that its numbers follow from, and nothing else.
#include <gtest/gtest.h>

#include "engine/scenario/scenario.h"
#include "support/problem_dump.h"
#include "support/run_scenario.h"

namespace interstice {
namespace {

using test::ProblemDump, test::shipped;

std::string identity(const Scenario& scenario, const RunVariant& variant) {
  return run_identity(scenario, variant, build_problem(scenario, variant));
}

const Scenario& knee(const std::vector<std::string>& sets = {}) { return shipped("rat_knee_short.yaml", sets); }

TEST(RunIdentity, LeavesOutWhatNoNumberFollowsFrom) {
  const RunVariant run{.arm = "emcev", .replicate = 1};
  const std::string own = identity(knee(), run);
  EXPECT_NE(own.find("seed = "), std::string::npos);
  for (const char* set : {"title=Another title", "description=Something else", "compare.replicates=40",
                          "compare.arms.sham=null", "compare.influenced.hold=5 s"})
    EXPECT_EQ(identity(knee({set}), run), own) << set;
}

TEST(RunIdentity, HoldsWhatNumbersFollowFrom) {
  const RunVariant run{.arm = "emcev", .replicate = 1};
  const std::string own = identity(knee(), run);
  for (const char* set :
       {"seed=2", "temperature=30 degC", "domain.spacing=20 um", "time.0.until=2 s", "compare.arms.emcev.sham=true",
        "compare.arms.emcev.models=[]", "compare.arms.emcev.set={temperature: 30 degC}", "output.every=0.5 s"})
    EXPECT_NE(identity(knee({set}), run), own) << set;
  EXPECT_NE(identity(knee(), {.arm = "emcev", .replicate = 2}), own);
  EXPECT_NE(identity(knee(), {.arm = "all", .replicate = 1}), own);
}

TEST(RunIdentity, HoldsWhatIsCalledLikeAFile) {
  const auto with = [](const char* decay) {
    const Scenario scenario =
        test::scenario_from(std::string("schema: 2\ndomain: {size: [10 um, 10 um, 10 um], spacing: 10 um}\n"
                                        "time: [{until: 1 s, transport: 1 s, vesicles: 1 s, cells: 1 s, series: 1 s}]\n"
                                        "species: {image: {diffusivity: 1 um^2/s, decay: ") +
                            decay + "}, library: {diffusivity: 1 um^2/s}}\n");
    return identity(scenario, {});
  };
  EXPECT_NE(with("1 1/s"), with("2 1/s"));
}

TEST(RunIdentity, DoesNotDependOnTheOrderOfNames) {
  const auto with = [](const char* species) {
    return identity(test::scenario_from(std::string("schema: 2\ndomain: {size: [10 um, 10 um, 10 um], spacing: 10 um}\n"
                                                    "time: [{until: 1 s, transport: 1 s, vesicles: 1 s, cells: 1 s, "
                                                    "series: 1 s}]\nspecies: {") +
                                        species + "}\n"),
                    {});
  };
  EXPECT_EQ(with("a: {diffusivity: 1 um^2/s}, b: {diffusivity: 2 um^2/s}"),
            with("b: {diffusivity: 2 um^2/s}, a: {diffusivity: 1 um^2/s}"));
}

TEST(RunIdentity, TheResolvedRunIsTheRun) {
  for (const char* file : {"rat_knee_short.yaml", "minimal.yaml", "self_limitation.yaml"}) {
    const Scenario& scenario = shipped(file);
    std::vector<std::string> arms{""};
    for (const Arm& arm : scenario.compare.arms) arms.push_back(arm.name);
    for (const std::string& arm : arms) {
      const RunVariant run{.arm = arm, .replicate = 3};
      const Scenario alone =
          load_scenario_text(resolved_run(scenario, run), "/nowhere/resolved.yaml", {}, test::built_in_models());
      EXPECT_EQ(identity(alone, {}), identity(scenario, run)) << file << " " << arm;
      EXPECT_EQ(ProblemDump::of(build_problem(alone)), ProblemDump::of(build_problem(scenario, run)));
      EXPECT_EQ(resolved_run(alone, {}), resolved_run(scenario, run));
    }
  }
}

}  // namespace
}  // namespace interstice
