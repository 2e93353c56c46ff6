/// @file
/// Warnings about steps and weights that would quietly give wrong numbers.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "engine/core/constants.h"
#include "engine/core/error.h"
#include "engine/sim/simulation.h"
#include "support/run_scenario.h"

namespace interstice {
namespace {

const char* const kCulture = R"(
schema: 2
title: culture
domain: {size: [40 um, 40 um, 40 um], spacing: 10 um}
time: [{until: 10 s, transport: 1 s, vesicles: 1 s, cells: 10 s, series: 10 s}]
regions: {medium: {shape: everywhere, medium: fluid}}
species: {adenosine: {diffusivity: 770 um^2/s}}
cell_types:
  eater:
    radius: 5 um
    contact: {adsorption: 0.02 um/s, sites: 1 /um^2}
    uptake: {adenosine: 99 um^3/s}
    initial_state: alive
    states: {alive: {}}
cells: {eater: {count: 1, in: medium}}
vesicles: {ev: {density: 1e10 EV/ml, in: [medium], diameter: {median: 115 nm, gsd: 1}, weight: 314}}
)";

/// The only warning, or "" for none.
std::string warning(std::vector<std::string> sets = {}) {
  const auto findings = check_steps(test::problem_from(kCulture, std::move(sets)));
  EXPECT_LE(findings.size(), 1U);
  return findings.empty() ? "" : findings.front();
}

TEST(Preflight, AgentsMustFitOnTheCellsThatTheyMeet) {
  EXPECT_EQ(warning(), "");
  EXPECT_NE(warning({"vesicles.ev.weight=315"})
                .find("an agent of ev stands for 315 vesicles but one eater has room for "
                      "314.2"),
            std::string::npos);  // 4 pi 25 sites
  EXPECT_EQ(warning({"vesicles.ev.weight=315", "cell_types.eater.contact.adsorption=0 um/s"}), "");
  EXPECT_EQ(warning({"vesicles.ev.weight=315", "cells.eater.count=0"}), "");
}

TEST(Preflight, CellsAndDosesNeedRoom) {
  EXPECT_EQ(warning({"cells.eater.count=12"}), "");
  EXPECT_NE(warning({"cells.eater.count=13"}).find("about 11 % of a dose of ev fall into cells"), std::string::npos);
  const auto findings = check_steps(test::problem_from(kCulture, {"cells.eater.count=80"}));
  ASSERT_EQ(findings.size(), 2U);
  EXPECT_NE(findings[0].find("cells fill 65 % of medium"), std::string::npos) << findings[0];
  try {
    (void)test::problem_from(kCulture, {"cells.eater.count=123"});
    ADD_FAILURE() << "is not refused";
  } catch (const InputError& error) {
    EXPECT_NE(std::string(error.what()).find("would fill 101 % of the domain"), std::string::npos) << error.what();
  }
}

/// A pocket of 20 um cubed: centres of cells of 5 um lie in it, and they fill at most the 30 um cubed around it.
TEST(Preflight, APocketHoldsNoMoreCellsThanItsSurroundingsLeaveRoomFor) {
  std::string culture = kCulture;
  const std::string everywhere = "regions: {medium: {shape: everywhere, medium: fluid}";
  culture.insert(culture.find(everywhere) + everywhere.size(),
                 ", pocket: {shape: {box: {from: [10 um, 10 um, 10 um], to: [30 um, 30 um, 30 um]}}}");
  const auto said = [&](int cells) -> std::string {
    try {
      (void)test::problem_from(culture, {fmt::format("cells.eater={{in: pocket, count: {}}}", cells)});
    } catch (const InputError& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_EQ(said(51), "");  // 4 / 3 pi 125 times 51 is 26704
  EXPECT_NE(said(52).find("52 eater of 5 um radius would fill 101 % of their place and of what they reach around it"),
            std::string::npos)
      << said(52);
}

/// What is said of the placement of cells in the culture.
std::vector<std::string> placement(std::vector<std::string> sets) {
  return check_placement(Simulation(test::problem_from(kCulture, std::move(sets))));
}

TEST(Preflight, MemoryCountsTheVoxelsThatEachCellMeets) {
  const auto of_a_cell = [](const std::string& spacing) {
    const std::vector<std::string> many{"domain.spacing=" + spacing, "cells.eater.count=10"};
    return (estimate_memory(test::problem_from(kCulture, many)) -
            estimate_memory(test::problem_from(kCulture, {many[0], "cells.eater.count=0"}))) /
           10;
  };
  EXPECT_LT(of_a_cell("10 um"), 4096);  // 2.5^3 voxels
  EXPECT_GT(of_a_cell("1 um"), 8 * 13.5 * 13.5 * 13.5);
}

TEST(Preflight, CellsMustNotHideTheirSurface) {
  EXPECT_TRUE(placement({}).empty());
  EXPECT_TRUE(placement({"cells.eater.count=20"}).empty());
  const auto crowded = placement({"cells.eater.count=80"});  // 65 % of the cube
  ASSERT_FALSE(crowded.empty());
  EXPECT_NE(crowded[0].find("of 80 eater hide more than 5 % of their surface in other cells"), std::string::npos)
      << crowded[0];
  // a layer of 8 um for cells of 10 um
  const auto thin = placement({"domain.size=[40 um, 40 um, 8 um]", "domain.spacing=8 um", "cells.eater.count=2"});
  ASSERT_EQ(thin.size(), 1U);
  EXPECT_NE(thin[0].find("2 of 2 eater stick out of the domain by more than 5 % of their surface (20 % on average)"),
            std::string::npos)
      << thin[0];
  EXPECT_NE(thin[0].find("at least 10 um wide"), std::string::npos) << thin[0];
}

TEST(Preflight, VoxelsMustNotBeWideForWhatHappensInThem) {
  EXPECT_EQ(warning({"species.adenosine.decay=7.6 1/s"}), "");
  EXPECT_NE(warning({"species.adenosine.decay=7.8 1/s"}).find("adenosine reaches 9.9 um before it decays"),
            std::string::npos);
  // 4.6 cells in a voxel, each a fifth of a perfect sink of 48381 um^3/s
  const std::vector<std::string> crowd{"domain.spacing=20 um", "cells.eater.count=37", "vesicles=null",
                                       "cell_types.eater.uptake.adenosine=9676 um^3/s"};
  EXPECT_NE(warning(crowd).find("5 cells of type eater share a voxel and each takes up adenosine at 0.2 of the rate"),
            std::string::npos)
      << warning(crowd);
  EXPECT_NE(warning(crowd).find("voxels of 15 um would do"), std::string::npos) << warning(crowd);
}

/// The culture with other words in the place of some.
std::string culture_with(std::string_view words, std::string_view others) {
  std::string text = kCulture;
  return text.replace(text.find(words), words.size(), others);
}

TEST(Preflight, StepsLongerThanTheWayAreDividedAndSaidToBe) {
  const std::string culture = culture_with("until: 10 s, transport: 1 s, vesicles: 1 s, cells: 10 s",
                                           "until: 1000 s, transport: 1 s, vesicles: 50 s, cells: 50 s");
  EXPECT_TRUE(check_steps(test::problem_from(culture)).empty());
  const auto findings = check_steps(test::problem_from(culture, {"domain.boundary.z_max=absorbing"}));
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_NE(findings[0].find("each is done in 5 parts and takes as much longer; one of 10 s is done in one"),
            std::string::npos)
      << findings[0];
}

TEST(Preflight, AmongManyCellsAgentsAreProposedInPlaceOfCounts) {
  const auto counted = [](std::vector<std::string> sets) {
    sets.insert(sets.end(), {"vesicles.ev.weight=null", "vesicles.ev.representation=counts"});
    return warning(std::move(sets));
  };
  const std::string crowd = "cells.eater.count=12", dense = "vesicles.ev.density=5e11 EV/ml";
  EXPECT_EQ(counted({}), "");
  const std::string many = counted({crowd});  // 640 EVs in 64 voxels
  EXPECT_NE(many.find("takes about 13 times as long as 64 agents, with `weight: 10` in place of"), std::string::npos)
      << many;
  EXPECT_EQ(warning({crowd, "vesicles.ev.weight=10"}), "");
  const std::string more = counted({crowd, dense});
  EXPECT_NE(more.find("`weight: 314`"), std::string::npos) << more;  // a cell has room for no more
  EXPECT_EQ(counted({crowd, dense, "cell_types.eater.contact.adsorption=0 um/s"}), "");
}

TEST(Preflight, CountedVesiclesThatMustFirstReachCellsAreLate) {
  const std::string depot = culture_with("medium: fluid}}", R"(medium: fluid},
  depot: {shape: {box: {from: [0 um, 0 um, 30 um], to: [40 um, 40 um, 40 um]}}, medium: fluid}})");
  const auto findings = [&](std::vector<std::string> sets) {
    sets.insert(sets.end(), {"vesicles.ev.weight=null", "vesicles.ev.in=[depot]"});
    return check_steps(test::problem_from(depot, std::move(sets)));
  };
  const auto coarse = findings({"vesicles.ev.representation=counts"});
  ASSERT_EQ(coarse.size(), 1U);
  EXPECT_NE(coarse[0].find("must first reach the cells of medium: up to about 87 s"), std::string::npos) << coarse[0];
  for (const std::string& finding : findings({"vesicles.ev.representation=counts", "domain.spacing=5 um"}))
    EXPECT_EQ(finding.find("must first reach"), std::string::npos) << finding;
  EXPECT_EQ(warning({"vesicles.ev.weight=null", "vesicles.ev.representation=counts"}), "");
}

}  // namespace
}  // namespace interstice
