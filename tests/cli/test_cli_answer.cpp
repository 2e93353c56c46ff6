/// @file
/// What a study answers, against what was planted in its runs.
#include "cli/planted_study.h"

namespace interstice::test {
namespace {

TEST_F(PlantedStudy, LeadsWithTheEvsPerCellAtHalfEffect) {
  write("s.yaml", R"(study: 1
title: Doses
scenario: tiny.yaml
arms: [vehicle, uptake, contact, emcev]
replicates: 3
axes:
  dose: {key: vesicles.ev.number, from: 100 EV, to: 1e6 EV, points: 5}
)");
  plant("s.yaml", "s", [](const Run& run) {
    const double dose = run.varied.at("dose");
    double effect = 0.004 * noise_of(run.point, 4 * run.replicate + run.arm.size());
    if (run.arm == "emcev") effect += 0.6 * dose / (dose + 3000);
    if (run.arm == "contact") effect += 0.3 * dose / (dose + 1e7);
    return Outcomes{{"phenotype.1s", effect}, {"ev.given_per_cell", dose / 5}};
  });
  const Said said = interstice("verdict s.yaml -o s");
  ASSERT_EQ(said.code, 0) << said.err;
  EXPECT_EQ(said.out.find("What EVs do outside cells is more than three times what uptake or contact does in 80 %"), 0U)
      << said.out;
  EXPECT_NE(said.out.find("at dose 1000 EV, which is nearest to the scenario's own"), std::string::npos) << said.out;
  EXPECT_NE(said.out.find("not reached (flat)"), std::string::npos) << said.out;  // uptake
  ASSERT_EQ(interstice("study collect s.yaml -o s").code, 0);
  for (const Row& row : rows("s", "dose_response.csv")) {
    if (row.at("arm") == "emcev") {
      EXPECT_NEAR(std::stod(row.at("half_ev_per_cell")), 600, 30);
      EXPECT_LT(std::stod(row.at("half_ev_per_cell_low")), 600);
      EXPECT_GT(std::stod(row.at("half_ev_per_cell_high")), 600);
    }
    if (row.at("arm") == "contact") {
      EXPECT_EQ(row.at("half_dose_is"), "above");
    }
  }
}

/// Uptake does 0.05 times the factor, what acts outside cells does 0.3.
class BreakEven : public PlantedStudy {
 protected:
  void run(const std::string& values) {
    write("s.yaml",
          "study: 1\ntitle: Release\nscenario: tiny.yaml\narms: [vehicle, uptake, emcev]\nreplicates: 4\n"
          "axes:\n  release: {key: vesicles.ev.fusogen.release, values: " +
              values + "}\n");
    plant("s.yaml", "s", [](const Run& run) {
      const double factor = run.varied.at("release");
      const double noise = 0.002 * noise_of(run.replicate, run.arm.size());
      const double effect = run.arm == "uptake" ? 0.05 * factor + noise : run.arm == "emcev" ? 0.3 - noise : 0;
      return Outcomes{{"phenotype.1s", effect},   {"ev.given", 1000},      {"ev.engaged", 20 * factor},
                      {"fate.ev.endosomal", 0.1}, {"fate.ev.released", 0}, {"fate.ev.degraded", 0.3}};
    });
    ASSERT_EQ(interstice("study collect s.yaml -o s").code, 0);
    page_ = interstice("verdict s.yaml -o s").out;
    crossing_ = rows("s", "crossings.csv").front();
  }
  std::string page_;
  Row crossing_;
};

TEST_F(BreakEven, SaysTheFactorTheCapAndTheShareThatActs) {
  run("[1, 3, 6, 12]");
  EXPECT_NEAR(std::stod(crossing_.at("factor")), 6, 0.1);
  EXPECT_NEAR(std::stod(crossing_.at("acting_per_ev")), 0.12, 0.002);
  EXPECT_EQ(crossing_.at("acting_is"), "within");
  EXPECT_NEAR(std::stod(crossing_.at("cap")), (1 / 0.4) / 0.05, 1e-6);  // default released fraction
  EXPECT_NE(page_.find("50 = (1, every EV / 0.4) / 0.05"), std::string::npos) << page_;
}

TEST_F(BreakEven, SaysThatItLiesBeyondTheAxis) {
  run("[1, 2, 3, 4]");
  EXPECT_EQ(crossing_.at("factor_is"), "above");
  EXPECT_NE(page_.find("> 4 (> 4 to > 4)"), std::string::npos) << page_;
  EXPECT_NE(page_.find("> 0.08"), std::string::npos) << page_;
}

TEST_F(PlantedStudy, SumsUpSamplesByTheirMedian) {
  write("s.yaml", R"(study: 1
title: Samples
scenario: tiny.yaml
arms: [vehicle, uptake, emcev]
replicates: 1
samples:
  method: latin_hypercube
  number: 20
  factors:
    amp: {key: species.AMP.initial, from: 0 uM, to: 10 uM}
)");
  plant("s.yaml", "s", [](const Run& run) {
    return Outcomes{{"phenotype.1s", run.arm == "emcev" ? 0.1 * run.varied.at("amp") : 0}};
  });
  const Said said = interstice("verdict s.yaml -o s");
  EXPECT_NE(said.out.find("median of 20 samples (5 % to 95 % of them)"), std::string::npos) << said.out;
  const std::size_t at = said.out.find("outside cells  +0.");
  ASSERT_NE(at, std::string::npos) << said.out;
  EXPECT_NEAR(std::stod(said.out.substr(at + 15)), 0.5, 0.03);
}

constexpr const char* kSampled = R"(study: 1
title: Samples
scenario: tiny.yaml
arms: [vehicle, uptake, emcev]
replicates: 1
samples:
  method: latin_hypercube
  number: 80
  factors:
    release: {key: vesicles.ev.fusogen.release, from: 0.01, to: 10, scale: log}
    amp: {key: species.AMP.initial, from: 1 uM, to: 1000 uM, scale: log}
    idle: {key: species.ADP.initial, from: 1 uM, to: 100 uM, scale: log}
)";

TEST_F(PlantedStudy, FindsThePlantedRadius) {
  write("s.yaml", kSampled);
  plant("s.yaml", "s", [](const Run& run) {
    if (run.arm == "uptake") return Outcomes{{"phenotype.1s", 0.9 * std::sqrt(run.varied.at("release"))}};
    if (run.arm == "emcev") return Outcomes{{"phenotype.1s", 0.2 * std::sqrt(run.varied.at("amp") / 10)}};
    return Outcomes{{"phenotype.1s", 0}};
  });
  // Cargo does 4.5 times as much as enzymes do; a ratio of 3 takes 2.25-fold of either, 1.5-fold of both.
  const Said said = interstice("verdict s.yaml -o s");
  ASSERT_EQ(said.code, 0) << said.err;
  EXPECT_NE(said.out.find("at these values: uptake or contact over extracellular"), std::string::npos) << said.out;
  ASSERT_EQ(interstice("study collect s.yaml -o s").code, 0);
  const std::vector<Row> radii = rows("s", "radius.csv");
  ASSERT_EQ(radii.size(), 6U);  // with all edges, then with published ones
  EXPECT_GT(std::stod(radii[0].at("foretold")), 0.98);
  EXPECT_NEAR(std::stod(radii[0].at("fold")), 2.25, 0.2);
  EXPECT_NEAR(std::stod(radii[1].at("fold")), 1.5, 0.1);
  EXPECT_NEAR(std::stod(radii[2].at("fold")), 1.5, 0.1);
  EXPECT_EQ(radii[1].at("becomes"), "neither over the other");
  EXPECT_NE(radii[1].at("changes").find("release 1 -> 0.6"), std::string::npos) << radii[1].at("changes");
  EXPECT_NE(radii[1].at("changes").find("amp 10 -> 1"), std::string::npos) << radii[1].at("changes");
  // What shows it is a command that runs, with these values.
  const std::string shows = "to see it: interstice ";
  const std::size_t begin = said.out.find(shows) + shows.size();
  const Said shown =
      interstice(said.out.substr(begin, said.out.find('\n', begin) - begin) + " --replicates 1 --quiet -o shown");
  ASSERT_EQ(shown.code, 0) << said.out << shown.err;
  const std::string scenario = read("shown/scenario.yaml");
  EXPECT_NE(scenario.find("release: 0.6"), std::string::npos) << scenario;
  EXPECT_NE(scenario.find("initial: 1"), std::string::npos) << scenario;
}

TEST_F(PlantedStudy, SaysThatNothingWithinTheRangesTurnsTheAnswer) {
  write("s.yaml", kSampled);
  plant("s.yaml", "s", [](const Run& run) {
    return Outcomes{{"phenotype.1s", run.arm == "emcev" ? 0.5 + 0.02 * std::log(run.varied.at("amp")) : 0.001}};
  });
  const Said said = interstice("verdict s.yaml -o s");
  EXPECT_NE(said.out.find("three at most  none within the ranges"), std::string::npos) << said.out;
}

TEST_F(PlantedStudy, StatesNoRadiusWhereTheSurfaceForetellsTooLittle) {
  write("s.yaml", kSampled);
  plant("s.yaml", "s", [](const Run& run) {
    return Outcomes{{"phenotype.1s", run.arm == "vehicle" ? 0 : noise_of(run.point, run.arm.size())}};
  });
  const Said said = interstice("verdict s.yaml -o s");
  EXPECT_NE(said.out.find("none is stated: the surface over the sample foretells"), std::string::npos) << said.out;
}

/// A study of one point is a comparison: its replicates decide, not their mean.
TEST_F(PlantedStudy, ReplicatesOfASinglePointDecide) {
  write("s.yaml", "study: 1\ntitle: One\nscenario: tiny.yaml\narms: [vehicle, uptake, emcev]\nreplicates: 4\n");
  const auto answer = [this](const std::string& directory, double spread) {
    plant("s.yaml", directory, [spread](const Run& run) {
      const double effect = run.arm == "emcev" ? 0.4 + spread * (run.replicate % 2 == 0 ? 1 : -1) : 0.1;
      return Outcomes{{"phenotype.1s", run.arm == "vehicle" ? 0 : effect}};
    });
    return interstice("verdict s.yaml -o " + directory).out;
  };
  EXPECT_EQ(answer("sure", 0.02)
                .find("What EVs do outside cells is more than three times what uptake or contact does in "
                      "100 % of draws of 4 replicates"),
            0U);
  edit("s.yaml", "replicates: 4", "replicates: 1");
  EXPECT_EQ(answer("single", 0).find("Undetermined: a single replicate of a single point decides nothing"), 0U);
  edit("s.yaml", "replicates: 1", "replicates: 4");
  EXPECT_EQ(answer("unsure", 0.39).find("Undetermined: no answer has 80 % of draws of 4 replicates"), 0U);
  // An axis of one arm adds no point at which arms are as they are.
  edit("s.yaml", "replicates: 4",
       "replicates: 1\naxes: {release: {key: models.cd73.kcat, values: [20 1/s, 30 1/s], "
       "arms: [uptake]}}");
  EXPECT_EQ(answer("axis", 0).find("Undetermined: a single replicate of a single point decides nothing"), 0U);
}

/// Mechanisms that add up, but for uptake and contact, which do the same: either is enough.
TEST_F(PlantedStudy, SharesAnEffectAmongSubsetsOfMechanisms) {
  write("s.yaml", R"(study: 1
title: Subsets
scenario: tiny.yaml
arms: {subsets_of: [uptake, surface_contact, emcev]}
replicates: 4
)");
  plant("s.yaml", "s", [](const Run& run) {
    const auto has = [&run](const char* name) { return run.arm.find(name) != std::string::npos; };
    double effect = 0.01 * noise_of(run.replicate, run.arm.size());
    if (has("uptake") || has("surface_contact")) effect += 0.4;
    if (has("emcev")) effect += 0.2;
    return Outcomes{{"phenotype.1s", run.arm == "vehicle" ? 0 : effect}};
  });
  ASSERT_EQ(interstice("study collect s.yaml -o s").code, 0);
  std::map<std::string, Row> by;
  for (const Row& row : rows("s", "shapley.csv")) by[row.at("mechanism")] = row;
  ASSERT_EQ(by.size(), 3U);
  const std::map<std::string, double> share{{"uptake", 0.2}, {"surface_contact", 0.2}, {"emcev", 0.2}};
  for (const auto& [name, value] : share) {
    EXPECT_NEAR(std::stod(by[name].at("shapley")), value, 0.02) << name;
    EXPECT_LT(std::stod(by[name].at("shapley_low")), std::stod(by[name].at("shapley")));
    EXPECT_EQ(by[name].at("redundant"), "no");  // emcev alone gives a third
  }
  EXPECT_NEAR(std::stod(by["uptake"].at("kept_without")), 1, 0.05);
  EXPECT_NEAR(std::stod(by["emcev"].at("kept_without")), 2.0 / 3, 0.05);
  EXPECT_NEAR(std::stod(by["emcev"].at("alone_over_all")), 1.0 / 3, 0.05);
  const Said said = interstice("verdict s.yaml -o s");
  EXPECT_NE(said.out.find("Not redundant: each alone gives more than 50 % of it"), std::string::npos) << said.out;
}

TEST_F(PlantedStudy, SharesOverSamplesAreThoseOfTheirMeans) {
  write("s.yaml", R"(study: 1
title: Subsets
scenario: tiny.yaml
arms: {subsets_of: [uptake, emcev]}
replicates: 2
samples: {method: latin_hypercube, number: 12, factors: {amp: {key: species.AMP.initial, from: 0 uM, to: 10 uM}}}
)");
  plant("s.yaml", "s", [](const Run& run) {  // over the samples amp is 5 on average
    const double uptake = run.arm.find("uptake") != std::string::npos ? 0.2 : 0;
    const double emcev = run.arm.find("emcev") != std::string::npos ? 0.06 * run.varied.at("amp") : 0;
    return Outcomes{{"phenotype.1s", uptake + emcev - 0.5 * uptake * emcev}};
  });
  ASSERT_EQ(interstice("study collect s.yaml -o s").code, 0);
  std::map<std::string, Row> by;
  for (const Row& row : rows("s", "shapley.csv")) by[row.at("mechanism")] = row;
  ASSERT_EQ(by.size(), 2U);
  EXPECT_EQ(by["emcev"].at("n"), "12");                                               // samples, not runs
  EXPECT_NEAR(std::stod(by["uptake"].at("shapley")), 0.2 - 0.25 * 0.2 * 0.3, 0.005);  // half of what both lose
  EXPECT_NEAR(std::stod(by["emcev"].at("shapley")), 0.3 - 0.25 * 0.2 * 0.3, 0.01);
  EXPECT_GT(std::stod(by["emcev"].at("shapley_high")) - std::stod(by["emcev"].at("shapley_low")), 0.1);
}

TEST_F(PlantedStudy, AResponseThatTurnsHasAHalfDoseBeforeItsPeak) {
  write("s.yaml", R"(study: 1
title: Doses
scenario: tiny.yaml
arms: [vehicle, emcev]
replicates: 4
axes:
  dose: {key: vesicles.ev.number, from: 100 EV, to: 1e6 EV, points: 13}
)");
  plant("s.yaml", "s", [](const Run& run) {
    const double dose = run.varied.at("dose"), rise = dose / (dose + 1000),
                 fall = 1e5 * 1e5 / (1e5 * 1e5 + dose * dose);
    return Outcomes{
        {"phenotype.1s", run.arm == "emcev" ? rise * fall + 0.002 * noise_of(run.point, run.replicate) : 0}};
  });
  ASSERT_EQ(interstice("study collect s.yaml -o s").code, 0);
  const Row curve = rows("s", "dose_response.csv").front();
  EXPECT_EQ(curve.at("shape"), "peak");
  EXPECT_GT(std::stod(curve.at("extreme_dose")), 4e3);  // where rise and fall meet
  EXPECT_LT(std::stod(curve.at("extreme_dose")), 5e4);
  EXPECT_EQ(curve.at("half_dose_is"), "within");
  EXPECT_NEAR(std::stod(curve.at("half_dose")), 1000, 150);
}

TEST_F(PlantedStudy, RefusesSubsetsOfWhatIsNoMechanism) {
  const auto refusal = [this](const std::string& mechanisms) {
    write("s.yaml", "study: 1\ntitle: Subsets\nscenario: tiny.yaml\narms: {subsets_of: [" + mechanisms + "]}\n");
    const Said said = interstice("study plan s.yaml -o s");
    EXPECT_EQ(said.code, 2) << mechanisms;
    return said.err;
  };
  EXPECT_NE(refusal("uptake, contakt").find("s.yaml:4:29: arms.subsets_of.1: 'contakt' is no model and no arm"),
            std::string::npos)
      << refusal("uptake, contakt");
  EXPECT_NE(refusal("uptake, contakt").find("did you mean 'contact'?"), std::string::npos);
  EXPECT_NE(refusal("uptake, cargo_delivery").find("has the model cargo_delivery, which another has too"),
            std::string::npos);
  EXPECT_NE(refusal("uptake").find("2"), std::string::npos);  // at least two
}

TEST_F(PlantedStudy, FindsThePlantedElasticity) {
  write("s.yaml", R"(study: 1
title: Half-lives
scenario: tiny.yaml
arms: [vehicle, uptake, emcev]
replicates: 3
axes:
  dose: {key: vesicles.ev.number, values: [1000 EV, 2000 EV, 4000 EV]}
)");
  plant("s.yaml", "s", [](const Run& run) {
    const double dose = run.varied.at("dose"), noise = 1 + 0.01 * noise_of(run.replicate, run.arm.size());
    const double effect = run.arm == "emcev" ? 0.3 * std::pow(dose / 2000, 0.7) * noise : run.arm == "uptake" ? 0.2 : 0;
    return Outcomes{{"phenotype.1s", effect}};
  });
  ASSERT_EQ(interstice("study collect s.yaml -o s").code, 0);
  for (const Row& row : rows("s", "elasticity.csv")) {
    EXPECT_EQ(row.at("at_own") == "yes", row.at("at") == "2000");
    if (row.at("at_own") != "yes") continue;
    // The slope of the parabola through three points of a power is sinh(0.7 ln 2) / ln 2.
    const double expected = row.at("arm") == "emcev" ? std::sinh(0.7 * std::log(2.0)) / std::log(2.0) : 0;
    EXPECT_NEAR(std::stod(row.at("elasticity")), expected, 1e-9) << row.at("arm");
    EXPECT_LE(std::stod(row.at("low")), expected + 1e-9);
    EXPECT_GE(std::stod(row.at("high")), expected - 1e-9);
  }
  const Said said = interstice("verdict s.yaml -o s");
  EXPECT_NE(said.out.find("dose at 2000 EV"), std::string::npos) << said.out;
}

TEST_F(PlantedStudy, DrawsAMapOfRegimes) {
  write("s.yaml", R"(study: 1
title: Regimes
scenario: tiny.yaml
arms: [vehicle, uptake, contact, emcev]
replicates: 3
axes:
  amp: {key: species.AMP.initial, values: [1 uM, 10 uM, 100 uM]}
  dose: {key: vesicles.ev.number, values: [10 EV, 1000 EV, 100000 EV]}
)");
  plant("s.yaml", "s", [](const Run& run) {
    const double amp = run.varied.at("amp"), dose = run.varied.at("dose");
    double effect = 0.001 * noise_of(run.replicate, run.arm.size());
    if (dose > 10) {
      if (run.arm == "emcev") effect = amp > 50 ? 0.6 : 0.1;
      if (run.arm == "uptake") effect = dose > 1e4 ? 0.5 : 0.06;
      if (run.arm == "contact") effect = amp < 5 && dose < 1e4 ? -0.7 : 0.0;
    }
    if (dose > 1e4 && amp < 5 && run.arm == "emcev") effect = run.replicate == 0 ? 0.9 : 0.001;
    return Outcomes{{"phenotype.1s", effect}};
  });
  ASSERT_EQ(interstice("study collect s.yaml -o s").code, 0);
  std::string letters;
  for (const Row& row : rows("s", "regime.csv"))
    if (row.at("edges") == "all") letters += row.at("letter");
  EXPECT_EQ(letters, ".C?.=U.E=");
  const Said said = interstice("verdict s.yaml -o s");
  EXPECT_NE(said.out.find("     amp  10 EV  1000 EV  100000 EV  dose\n    1 uM    .       C         ?\n"),
            std::string::npos)
      << said.out;
  EXPECT_NE(said.out.find("published edges: the same map"), std::string::npos) << said.out;
}

}  // namespace
}  // namespace interstice::test
