// labels: slow
/// @file
/// The studies of the gallery that answer something, each with few points and a short time: they run, and their tables
/// hold together.
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "cli/study_test.h"

namespace interstice::test {
namespace {

class GalleryStudy : public Study {
 protected:
  using Edits = std::vector<std::pair<std::string, std::string>>;

  /// Runs a copy in which parts are replaced; its results are in `s`. What `verdict` says of it.
  std::string run(const std::string& name, const Edits& edits) {
    const std::string folder = INTERSTICE_SOURCE_DIR "/scenarios/";
    std::string text = file_text(folder + "studies/" + name + ".yaml");
    text.replace(text.find("../"), 3, folder);
    for (std::size_t begin = 0; (begin = text.find("    - {until", begin)) != std::string::npos;)
      text.erase(begin, text.find('\n', begin) + 1 - begin);  // its phases; the edits have others
    write("s.yaml", text);
    for (const auto& [part, by] : edits) edit("s.yaml", part, by);
    const Said said = interstice("study run s.yaml -o s --quiet");
    EXPECT_EQ(said.code, 0) << said.err;
    return interstice("verdict s.yaml -o s").out;
  }
};

TEST_F(GalleryStudy, SharesOfFiveMechanismsAddUp) {
  const std::string page = run("redundancy_complement", {{"replicates: 3", "replicates: 1"},
                                                         {"agents: 500", "agents: 100"},
                                                         {"  time:\n",
                                                          "  compare.phenotype.horizons: [20 min]\n  time: [{until: 20 "
                                                          "min, transport: 10 s, vesicles: 20 s, cells: 60 s, "
                                                          "series: 60 s}]\n"}});
  EXPECT_NE(page.find("Shares in the effect of all mechanisms together"), std::string::npos) << page;
  double sum = 0, all = 0, largest = 0;
  std::string strongest;
  const std::vector<Row> shares = rows("s", "shapley.csv");
  ASSERT_EQ(shares.size(), 5U);
  for (const Row& row : shares) {
    const double value = std::stod(row.at("shapley"));
    sum += value;
    all = std::stod(row.at("all"));
    if (std::abs(value) > largest) largest = std::abs(value), strongest = row.at("mechanism");
  }
  EXPECT_NEAR(sum, all, 1e-9);
  EXPECT_EQ(strongest, "cd59");  // nothing else stops complement
  EXPECT_GT(all, 0.02);
}

TEST_F(GalleryStudy, HalfLivesHaveElasticities) {
  const std::string page = run(
      "half_life", {{"values: [2 min, 20 min, 3 h, 24 h, 168 h]", "values: [2 min, 24 h]"},
                    {"agents: 500", "agents: 200"},
                    {"  time:\n",
                     "  compare.phenotype.horizons: [10 min]\n  time: [{until: 10 min, transport: 5 s, vesicles: 10 s, "
                     "cells: 60 s, series: 60 s}]\n"}});
  EXPECT_EQ(page.find("No point"), std::string::npos) << page;
  std::set<std::string> arms;
  for (const Row& row : rows("s", "elasticity.csv")) {
    arms.insert(row.at("arm"));
    EXPECT_EQ(row.at("unit"), "min");  // of the first value
    EXPECT_EQ(row.at("at_own") == "yes", row.at("at") == "1440") << row.at("at");
  }
  EXPECT_TRUE(arms.contains("emcev"));
}

TEST_F(GalleryStudy, RegimesHaveAWinnerAtEachPlace) {
  const std::string page =
      run("regime_map",
          {{"values: [1e8 EV/ml, 1e9 EV/ml, 1e10 EV/ml]", "values: [1e8 EV/ml, 1e11 EV/ml]"},
           {"values: [0.01, 0.1, 0.5]", "values: [0.01, 0.5]"},
           {"values: [1 uM, 10 uM, 100 uM]", "values: [1 uM, 100 uM]"},
           {"agents: 300", "agents: 100"},
           {"  time:\n",
            "  compare.phenotype.horizons: [20 min]\n  time: [{until: 20 min, transport: 30 s, vesicles: 60 s, "
            "cells: 60 s, series: 5 min}]\n"}});
  EXPECT_NE(page.find("One replicate at each place: chance is not told apart"), std::string::npos) << page;
  EXPECT_NE(page.find("  dose 1e11 EV/ml\n"), std::string::npos) << page;
  std::size_t places = 0;
  for (const Row& row : rows("s", "regime.csv")) {
    ++places;
    EXPECT_EQ(row.at("samples"), "1");
    EXPECT_NE(row.at("answer"), "no result");
    EXPECT_NE(std::string("UCBE=.").find(row.at("letter")), std::string::npos) << row.at("letter");
  }
  EXPECT_EQ(places % 8, 0U);
  EXPECT_GE(places, 8U);
}

TEST_F(GalleryStudy, AllThatAreShippedLoad) {
  for (const auto& entry : std::filesystem::directory_iterator(INTERSTICE_SOURCE_DIR "/scenarios/studies"))
    if (entry.path().extension() == ".yaml" && !entry.path().stem().string().ends_with("_twin")) {
      const Said said = interstice("study status '" + entry.path().string() + "' -o nowhere");
      EXPECT_EQ(said.code, 2);  // it loads, and there are no results
      EXPECT_NE(said.err.find("nowhere holds no study"), std::string::npos) << said.err;
    }
}

}  // namespace
}  // namespace interstice::test
