/// @file
/// Axes of single arms, and reduced twins that are held against the scenario that they stand for.
#include <map>
#include <set>
#include <string>

#include "cli/study_test.h"

namespace interstice::test {
namespace {

class StudyOfTwin : public Study {
 protected:
  void SetUp() override {
    Study::SetUp();
    edit("tiny.yaml", "  outcomes:",
         "  phenotype: {horizons: [1 s], terms: {made: {of: mean.film.adenosine, good: more, range: 1e-3 uM}}}\n  "
         "outcomes:");
    edit("tiny.yaml", "    emcev: {models: [cd73]}",
         "    emcev: {models: [cd73]}\n    none: {models: [cargo_delivery]}");
    write("twin.yaml", "schema: 2\ntitle: twin\ninclude: [tiny.yaml]\ntwin_of: tiny.yaml\n");
    write("answer.yaml", R"(study: 1
title: Answer
scenario: twin.yaml
arms: [vehicle, none, emcev]
replicates: 1
samples: {method: latin_hypercube, number: 6, factors: {amp: {key: species.AMP.initial, from: 5 uM, to: 9 uM}}}
check: {points: 3}
)");
  }
};

TEST_F(Study, AnAxisOfOneArmRunsTheOthersOnce) {
  edit("doses.yaml", "axes:", "arms: [vehicle, emcev]\naxes:");
  edit("doses.yaml", "2000 EV]}",
       "2000 EV]}\n  turnover: {key: models.cd73.kcat, values: [100 1/s, 200 1/s, 300 1/s], arms: [emcev]}");
  const Said said = interstice("study run doses.yaml -o s");
  ASSERT_EQ(said.code, 0) << said.err;
  EXPECT_NE(said.out.find("= 16 runs"), std::string::npos) << said.out;
  const auto all = rows("s");
  EXPECT_EQ(all.size(), 16U);  // 2 doses x 2 replicates x (1 + 3)
  std::map<std::string, std::set<std::string>> seeds;
  for (const Row& row : all) {
    seeds[row.at("dose") + "/" + row.at("replicate")].insert(row.at("seed"));
    if (row.at("arm") == "vehicle")
      EXPECT_EQ(row.at("turnover"), "100");
    else
      EXPECT_NE(row.at("effect.outcome.made"), "");
  }
  for (const auto& [place, of_place] : seeds) EXPECT_EQ(of_place.size(), 1U) << place;  // paired all along
  const Said status = interstice("study status doses.yaml -o s");
  EXPECT_EQ(status.out.find("16 of 16 runs finished"), 0U) << status.out;
}

/// Numbers go on where axes of single arms leave others alone: 101 values x 2 arms x 60 replicates.
TEST_F(Study, SizesArraysByTheNumbersOfTasks) {
  edit("doses.yaml", "replicates: 2", "replicates: 60\narms: [vehicle, emcev]");
  edit("doses.yaml", "values: [500 EV, 2000 EV]", "from: 500 EV, to: 2000 EV, points: 101, arms: [emcev]");
  const Said said = interstice("study submit doses.yaml -o s --only-write --chunk 12");
  EXPECT_EQ(said.code, 2);
  EXPECT_NE(said.err.find("makes 1010 elements (at most 1000) use 13 or more"), std::string::npos) << said.err;
}

TEST_F(Study, AnAxisOfAnUnknownArmIsRefused) {
  edit("doses.yaml", "2000 EV]", "2000 EV], arms: [emcv]");
  const Said said = interstice("study run doses.yaml -o s");
  EXPECT_EQ(said.code, 2);
  EXPECT_NE(said.err.find("the study has no arm 'emcv'"), std::string::npos) << said.err;
  EXPECT_NE(said.err.find("did you mean 'emcev'"), std::string::npos) << said.err;
}

TEST_F(StudyOfTwin, HasNoVerdictBeforeItIsChecked) {
  ASSERT_EQ(interstice("study run answer.yaml -o s --quiet").code, 0);
  const Said before = interstice("verdict answer.yaml -o s");
  EXPECT_EQ(before.out.find("No verdict:"), 0U) << before.out;
  EXPECT_NE(before.out.find("study run answer.yaml --check"), std::string::npos) << before.out;
  EXPECT_EQ(read("s/answer.txt").find("No verdict:"), 0U);
  const Said check = interstice("study run answer.yaml -o s --check");
  ASSERT_EQ(check.code, 0) << check.err;
  EXPECT_NE(check.out.find("3 points x 3 arms x 1 replicate = 9 runs"), std::string::npos) << check.out;
  const Said after = interstice("verdict answer.yaml -o s");
  EXPECT_EQ(read("s/answer.txt"), after.out);  // and its page, without another call
  EXPECT_EQ(read("s/report.html").find("No verdict"), std::string::npos);
  EXPECT_EQ(after.out.find("What EVs do outside cells is more"), 0U) << after.out;
  EXPECT_NE(after.out.find("  3 of 3   agree"), std::string::npos) << after.out;
}

TEST_F(StudyOfTwin, ThatDiffersGivesNone) {
  write("twin.yaml",
        "schema: 2\ntitle: twin\ninclude: [tiny.yaml]\ntwin_of: tiny.yaml\nvesicles: {ev: {number: 200 EV}}\n");
  ASSERT_EQ(interstice("study run answer.yaml -o s --quiet").code, 0);
  ASSERT_EQ(interstice("study run answer.yaml -o s --check --quiet").code, 0);
  const Said said = interstice("verdict answer.yaml -o s");
  EXPECT_EQ(said.out.find("No verdict: the twin is not good enough"), 0U) << said.out;
  EXPECT_NE(said.out.find("  0 of 3   agree"), std::string::npos) << said.out;
}

/// A check does the first points alone, of which no design of its own is left.
TEST_F(StudyOfTwin, MayBeSampledByAnyMethod) {
  edit("answer.yaml", "latin_hypercube, number: 6", "morris, number: 4");
  ASSERT_EQ(interstice("study run answer.yaml -o s --quiet").code, 0);
  const Said said = interstice("study run answer.yaml -o s --check --quiet");
  EXPECT_EQ(said.code, 0) << said.err;
  EXPECT_FALSE(exists("s_check/sensitivity.csv"));
}

TEST_F(StudyOfTwin, OnlyHorizonsThatAreKeptMustAgree) {
  edit("tiny.yaml", "horizons: [1 s]", "horizons: [500 ms, 1 s]");
  edit("answer.yaml", "check:", "outcomes: [phenotype.1s]\ncheck:");
  ASSERT_EQ(interstice("study run answer.yaml -o s --quiet").code, 0);
  ASSERT_EQ(interstice("study run answer.yaml -o s --check --quiet").code, 0);
  const Said said = interstice("verdict answer.yaml -o s");
  EXPECT_EQ(said.out.find("What EVs do outside cells is more"), 0U) << said.out;
}

TEST_F(StudyOfTwin, MistakesAreRefused) {
  edit("twin.yaml", "twin_of: tiny.yaml\n", "");
  Said said = interstice("study plan answer.yaml");
  EXPECT_EQ(said.code, 2);
  EXPECT_NE(said.err.find("answer.yaml:7:8: check: the scenario is no reduced twin"), std::string::npos) << said.err;
  write("twin.yaml", "schema: 2\ntitle: twin\ninclude: [tiny.yaml]\ntwin_of: tin.yaml\n");
  said = interstice("study plan answer.yaml");
  EXPECT_EQ(said.code, 2);
  EXPECT_NE(said.err.find("which is not there"), std::string::npos) << said.err;
  write("twin.yaml", "schema: 2\ntitle: twin\ninclude: [tiny.yaml]\ntwin_of: tiny.yaml\n");
  edit("answer.yaml", "check: {points: 3}\n", "");
  edit("answer.yaml", "to: 9 uM}}}", "to: 9 uM}}, limits: [{sum: {amp: 1}, at_most: -1}]}");
  said = interstice("study plan answer.yaml");
  EXPECT_EQ(said.code, 2) << said.err;
  EXPECT_NE(said.err.find("allow 0 % of all points"), std::string::npos) << said.err;
  said = interstice("study run doses.yaml -o s --check");
  EXPECT_EQ(said.code, 2);
  EXPECT_NE(said.err.find("is no reduced twin"), std::string::npos) << said.err;
}

}  // namespace
}  // namespace interstice::test
