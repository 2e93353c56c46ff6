/// @file
/// Reports of comparisons and runs: what they tell, and making them again from their directories.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/command.h"

namespace interstice::test {
namespace {

using Report = CommandTest;

TEST_F(Report, AReportIsMadeFromTheDirectoryAlone) {
  ASSERT_EQ(interstice("compare tiny.yaml -o here --quiet").code, 0);
  const std::string summary = read("here/summary.csv"), comparison = read("here/compare.json");
  for (const char* file : {"summary.csv", "compare.json", "report.html"})
    std::filesystem::remove(folder() / "here" / file);
  std::filesystem::rename(folder() / "here", folder() / "there");
  std::filesystem::remove(folder() / "tiny.yaml");
  EXPECT_EQ(interstice("report there --quiet").code, 0);
  EXPECT_EQ(read("there/summary.csv"), summary);
  EXPECT_EQ(nlohmann::json::parse(read("there/compare.json")).at("values"),
            nlohmann::json::parse(comparison).at("values"));
  EXPECT_EQ(interstice("report there/arms/emcev/1").code, 0);
  EXPECT_TRUE(has(read("there/arms/emcev/1/summary.csv"), "emcev,0,primary.peak"));
  std::filesystem::remove_all(folder() / "there/arms/emcev/1");
  const Said said = interstice("report there -o so_far");
  EXPECT_EQ(said.code, 0) << said.err;
  EXPECT_TRUE(has(said.err, "1 of 8 runs is not finished")) << said.err;
  EXPECT_FALSE(has(read("so_far/summary.csv"), "emcev,1,"));
  EXPECT_EQ(interstice("report nowhere").code, 2);
  write("there/summary.csv", "mine");
  EXPECT_EQ(interstice("report there").code, 2);
  EXPECT_EQ(read("there/summary.csv"), "mine");
  EXPECT_EQ(interstice("report there -o elsewhere --quiet").code, 0);
  EXPECT_TRUE(exists("elsewhere/report.html"));
}

TEST_F(Report, TheReportPrintsTheEquationsThatAreRun) {
  edit("tiny.yaml", "cell_types:\n", R"(reactions:
  first: {equation: 2 ATP + ADP -> AMP, k: 3 1/uM^2/s, half_life: 5 min}
  made: {equation: -> ADP, k: 1 uM/s, in: [film], from: 200 ms, until: 900 ms}
  hill: {equation: ATP -> ADP, vmax: 2 uM/s, K: 4 uM, n: 1.5}
  enzyme: {equation: AMP -> adenosine, enzyme: CD73, kcat: 100 1/s, Km: 15 uM, inhibitors: {ADP: 0.5 uM}}
cell_types:
)");
  edit("tiny.yaml", "    radius: 4 um\n", "    radius: 4 um\n    enzymes: {CD73: 10}\n");
  edit("tiny.yaml", "states: {alive: {}}",
       "states: {alive: {secretes: {ATP: \"2 [molecules/s]\"}, transitions: [{to: dead, hazard: \"1 [1/h]\"}]}, dead: "
       "{}}");
  ASSERT_EQ(interstice("compare tiny.yaml -o here --arms vehicle,emcev --quiet").code, 0) << read(".err");
  std::vector<std::string> lines;
  const auto document = nlohmann::json::parse(read("here/compare.json"));
  for (const auto& group : document.at("equations"))
    for (const auto& line : group.at("lines")) lines.push_back(line);
  for (const char* wanted :
       {"first: 2 ATP + ADP -> AMP, v = k [ATP]^2 [ADP], k = 3 1/uM^2/s, v fades with a half-life of 5 min",
        "made: -> ADP, v = k, k = 1 uM/s, in film, from 200 ms, until 900 ms",
        "hill: ATP -> ADP, v = vmax [ATP]^n / (K^n + [ATP]^n), vmax = 2 uM/s, K = 4 uM, n = 1.5",
        "enzyme: AMP -> adenosine, v = kcat [CD73] [AMP] / (Km (1 + [ADP]/Ki_ADP) + [AMP]), kcat = 100 1/s, "
        "Km = 15 uM, Ki_ADP = 0.5 uM",
        "d felt/dt = H(adenosine, 0.1 [uM]) / 0.1 [s] - (1 / 0.1 [s]) felt", "alive -> dead: hazard 1 [1/h]",
        "alive secretes ATP: 2 [molecules/s]"})
    EXPECT_NE(std::ranges::find(lines, wanted), lines.end()) << wanted << " is not in\n"
                                                             << fmt::format("{}", fmt::join(lines, "\n"));
  const std::string again = read("here/report.html");
  EXPECT_NE(again.find("interstice compare scenario.yaml --arms vehicle,emcev --replicates 2 -o again"),
            std::string::npos);
  ASSERT_EQ(interstice("compare here/scenario.yaml --arms vehicle,emcev --replicates 2 -o again --quiet").code, 0);
  EXPECT_EQ(read("again/summary.csv"), read("here/summary.csv"));
}

TEST_F(Report, AReportOfARunLeavesItKnown) {
  ASSERT_EQ(interstice("run tiny.yaml --arm emcev --replicate 1 -o here --quiet").code, 0);
  ASSERT_EQ(interstice("report here --quiet").code, 0);
  EXPECT_TRUE(has(read("here/report.html"), "interstice run scenario.yaml -o again"));
  ASSERT_EQ(interstice("run here/scenario.yaml -o again --quiet").code, 0);
  EXPECT_EQ(read("again/timeseries.csv"), read("here/timeseries.csv"));
  ASSERT_EQ(interstice("report here --quiet").code, 0);
  EXPECT_TRUE(has(interstice("run tiny.yaml --arm emcev --replicate 1 -o here").out, "nothing to do"));
  EXPECT_EQ(interstice("run tiny.yaml --arm emcev --replicate 1 -o here --force --quiet").code, 0);
  EXPECT_FALSE(exists("here/report.html"));
}

TEST_F(Report, HoldsSingleReplicatesAndProfiles) {
  edit("tiny.yaml", "compare:\n", "profiles: {deep: {species: adenosine, below: z_max, width: 10 um}}\ncompare:\n");
  edit(
      "tiny.yaml", "  outcomes:",
      "  phenotype: {horizons: [1 s], terms: {made: {of: mean.film.adenosine, good: more, range: 1 uM}}}\n  outcomes:");
  ASSERT_EQ(interstice("compare tiny.yaml -o here --quiet").code, 0) << read(".err");
  const auto document = nlohmann::json::parse(read("here/compare.json"));
  std::size_t found = 0;
  for (const auto& entry : document.at("replicate_values")) {
    if (entry.at("arm") != "emcev") continue;
    ASSERT_EQ(entry.at("values").size(), 2U);
    const double mean = (entry["values"][0].get<double>() + entry["values"][1].get<double>()) / 2;
    for (const auto& value : document.at("values"))
      if (value.at("arm") == "emcev" && value.at("metric") == entry.at("metric")) {
        EXPECT_NEAR(value.at("mean").get<double>(), mean, 1e-12);
        ++found;
      }
  }
  EXPECT_EQ(found, 1U);
  const auto& deep = document.at("profiles").at(0);
  EXPECT_EQ(deep.at("edges"), (std::vector<double>{10, 20, 30, 40}));
  double held = 0;
  for (const auto& shell : deep.at("arms").at("emcev").at("mean")) held += shell.get<double>();
  for (const auto& value : document.at("values"))
    if (value.at("arm") == "emcev" && value.at("metric") == "budget.left.adenosine") {
      EXPECT_NEAR(held / 6.02214076e8, value.at("mean").get<double>(), 1e-6 * held / 6.02214076e8);
    }
  EXPECT_TRUE(has(read("here/report.html"), "id=\"profile-plot\""));
}

TEST_F(Report, OneReplicateHasNoIntervals) {
  ASSERT_EQ(interstice("compare tiny.yaml -o here --replicates 1 --quiet").code, 0);
  const std::string page = read("here/report.html");
  EXPECT_TRUE(has(page, "(one replicate)"));
  EXPECT_FALSE(has(page, "percentile bootstrap intervals"));
}

}  // namespace
}  // namespace interstice::test
