/// @file
/// What the runs of a study say together, and what they answer.
#include <cmath>
#include <map>
#include <vector>

#include "cli/study_test.h"

namespace interstice::test {
namespace {

TEST_F(Study, SumsUpEffectsAndDoseResponse) {
  edit("doses.yaml", "values: [500 EV, 2000 EV]", "from: 100 EV, to: 30000 EV, points: 6");
  edit("doses.yaml", "replicates: 2", "replicates: 3\narms: [vehicle, emcev]\noutcomes: [outcome]");
  ASSERT_EQ(interstice("study run doses.yaml -o s --quiet").code, 0);
  std::vector<double> effects;
  for (const Row& row : rows("s"))
    if (row.at("arm") == "emcev" && row.at("dose") == "30000")
      effects.push_back(std::stod(row.at("effect.outcome.made")));
  ASSERT_EQ(effects.size(), 3U);
  const std::vector<Row> sums = rows("s", "effects.csv");
  EXPECT_EQ(sums.size(), 12U);  // 6 doses, 2 arms, 1 outcome
  const double mean = (effects[0] + effects[1] + effects[2]) / 3;
  EXPECT_NEAR(std::stod(sums.back().at("effect")), mean, 1e-12 * mean);
  EXPECT_LT(std::stod(sums.back().at("effect_low")), mean);
  const std::vector<Row> curves = rows("s", "dose_response.csv");
  ASSERT_EQ(curves.size(), 1U);
  EXPECT_EQ(curves[0].at("shape"), "sigmoid");  // more enzyme makes more
  EXPECT_FALSE(exists("s/sensitivity.csv"));
}

TEST_F(Study, SaysWhichFactorMatters) {
  const std::string text = R"(study: 1
title: Which
scenario: tiny.yaml
replicates: 1
arms: [vehicle, emcev]
outcomes: [outcome]
samples:
  method: METHOD
  number: NUMBER
  factors:
    amp: {key: species.AMP.initial, from: 1 uM, to: 9 uM}
    idle: {key: species.ATP.initial, from: 1e-9 uM, to: 2e-9 uM}
)";
  const std::map<std::string, std::pair<std::string, std::string>> most{{"latin_hypercube", {"40", "spearman"}},
                                                                        {"sobol", {"40", "spearman"}},
                                                                        {"saltelli", {"32", "sobol_total"}},
                                                                        {"morris", {"6", "morris_mu_star"}}};
  for (const auto& [method, how] : most) {
    std::string file = text;
    file.replace(file.find("METHOD"), 6, method).replace(file.find("NUMBER"), 6, how.first);
    write(method + ".yaml", file);
    const Said said = interstice("study run " + method + ".yaml -o " + method + " --quiet");
    ASSERT_EQ(said.code, 0) << said.err;
    std::map<std::string, double> size;
    for (const Row& row : rows(method, "sensitivity.csv"))
      if (row.at("measure") == how.second && row.at("arm") == "emcev")
        size[row.at("factor")] = std::stod(row.at("value"));
    EXPECT_GT(size["amp"], 3 * std::abs(size["idle"])) << method;
  }
  EXPECT_EQ(rows("latin_hypercube").size(), 80U);
  EXPECT_EQ(rows("saltelli").size(), 256U);
  EXPECT_EQ(rows("morris").size(), 36U);
}

TEST_F(Study, AnswersWithAVerdict) {
  edit("tiny.yaml", "  outcomes:",
       "  phenotype: {horizons: [1 s], terms: {made: {of: mean.film.adenosine, good: more, range: 1e-3 uM}}}\n  "
       "outcomes:");
  edit("tiny.yaml", "    emcev: {models: [cd73]}", "    emcev: {models: [cd73]}\n    none: {models: [cargo_delivery]}");
  edit("doses.yaml", "values: [500 EV, 2000 EV]", "from: 500 EV, to: 4000 EV, points: 4");
  ASSERT_EQ(interstice("study run doses.yaml -o s --quiet").code, 0);
  const Said said = interstice("verdict doses.yaml -o s");
  ASSERT_EQ(said.code, 0) << said.err;
  EXPECT_EQ(said.out.find(
                "What EVs do outside cells is more than three times what uptake or contact does in 100 % of 4 points"),
            0U)
      << said.out;
  EXPECT_EQ(rows("s", "verdict.csv").front().at("share_second"), "1");
  for (const Row& row : rows("s", "crossings.csv")) {  // no dose of cargo catches up within a second
    EXPECT_EQ(row.at("is"), "above");
    EXPECT_EQ(row.at("text"), "> 4000");
  }
  EXPECT_FALSE(rows("s", "crossings.csv").empty());
}

/// Per vesicle: how many there is room for is other noise on other voxels. In a single step of 1 s each vesicle sees
/// what it has used of its voxel of 4 um, which diffusion would have refilled in 5 ms: 1.7 % less.
TEST_F(Study, AnswersTheSameForAnyStepsAndVoxels) {
  edit("tiny.yaml", "  outcomes:",
       "  phenotype: {horizons: [1 s], terms: {made: {of: mean.film.adenosine, good: more, range: 1 uM}}}\n"
       "  outcomes:");
  edit("tiny.yaml", "    emcev: {models: [cd73]}", "    emcev: {models: [cd73]}\n    none: {models: [cargo_delivery]}");
  write("steps.yaml", R"(study: 1
title: Steps
scenario: tiny.yaml
arms: [vehicle, none, emcev]
replicates: 2
noise: common
set: {output.every: 1 s}
axes:
  step:
    key: [time.0.transport, time.0.vesicles, time.0.cells, time.0.series]
    values: [[1 ms, 5 ms, 5 ms, 250 ms], [50 ms, 250 ms, 250 ms, 250 ms], [1 s, 1 s, 1 s, 1 s]]
  spacing: {key: domain.spacing, values: [4 um, 10 um, 40 um]}
)");
  ASSERT_EQ(interstice("study run steps.yaml -o s --quiet").code, 0);
  for (const Row& row : rows("s"))
    if (row.at("arm") == "emcev") {
      const double effect = std::stod(row.at("effect.phenotype.1s")) * 2000 / std::stod(row.at("ev.given"));
      const bool one_step = row.at("step.time.0.transport") == "1000";
      EXPECT_NEAR(effect, 1.0058, one_step ? 0.02 : 0.001)
          << row.at("step.time.0.transport") << " ms, " << row.at("spacing") << " um";
    }
  const Said said = interstice("verdict steps.yaml -o s");
  EXPECT_NE(said.out.find("in 100 % of 9 points"), std::string::npos) << said.out;
}

TEST_F(Study, SaysThatNoRunReachesAHorizon) {
  edit("tiny.yaml", "  outcomes:",
       "  phenotype: {horizons: [1 h], terms: {made: {of: mean.film.adenosine, good: more, range: 1e-3 uM}}}\n  "
       "outcomes:");
  edit("doses.yaml", "replicates: 2", "replicates: 1\narms: [vehicle, emcev]");
  ASSERT_EQ(interstice("study run doses.yaml -o s --quiet").code, 0);
  const Said said = interstice("verdict doses.yaml -o s");
  EXPECT_EQ(said.out.find("No run reaches a horizon of the phenotype (60 min): nothing is judged."), 0U) << said.out;
}

}  // namespace
}  // namespace interstice::test
