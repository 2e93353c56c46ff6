/// @file
/// Comparisons with published and with all effect edges: which runs there are, and the verdict on the phenotype.
#include <nlohmann/json.hpp>

#include "cli/command.h"

namespace interstice::test {
namespace {

/// The tiny scenario with an answer of the cells to adenosine and to cargo, the latter assumed, and a phenotype.
class VerdictOf : public CommandTest {
 protected:
  void SetUp() override {
    CommandTest::SetUp();
    edit("tiny.yaml", "    columns:\n      felt: {unit: \"1\", initial: 0, gain: \"H(adenosine, 0.1 [uM]) / 0.1 [s]\"",
         "    parameters: {w_cargo: {value: 0.7, mark: A, source: x, edge: {mechanism: cargo, mark: A, source: y}}}\n"
         "    columns:\n      felt: {unit: \"1\", initial: 0, gain: \"any(H(adenosine, 0.1 [uM]), w_cargo*R_cargo) / "
         "0.1 [s]\"");
    edit("tiny.yaml", "  outcomes:",
         "  phenotype: {label: feeling, terms: {felt: {of: column.sentinel.felt, good: more, range: 1}}, "
         "horizons: [500 ms, 1 h]}\n  outcomes:");
  }
  [[nodiscard]] nlohmann::json comparison() const { return nlohmann::json::parse(read("here/compare.json")); }
};

const nlohmann::json& find(const nlohmann::json& verdicts, const std::string& name) {
  for (const auto& verdict : verdicts)
    if (verdict.at("name") == name) return verdict;
  throw std::out_of_range(name);
}

TEST_F(VerdictOf, ArmsRunASecondTimeWhereAssumedEdgesAct) {
  const Said said = interstice("compare tiny.yaml -o here");
  ASSERT_EQ(said.code, 0) << said.err;
  EXPECT_TRUE(has(said.out, "5 arms x 2 replicates")) << said.out;
  EXPECT_TRUE(exists("here/arms/uptake@published/1/timeseries.csv"));
  for (const char* same : {"vehicle@published", "sham@published", "emcev@published"})
    EXPECT_FALSE(exists(std::string("here/arms/") + same)) << same;
  const auto seed = [&](const std::string& run) {
    return nlohmann::json::parse(read("here/arms/" + run + "/run.json")).at("seed");
  };
  EXPECT_EQ(seed("uptake@published/1"), seed("uptake/1"));
  EXPECT_TRUE(has(interstice("validate tiny.yaml").out,
                  "compare: 5 arms (1 of them a second time, with published edges alone) x 2 replicates = 10 runs"));
}

TEST_F(VerdictOf, IsThereForEveryHorizonWithAllAndWithPublishedEdges) {
  const Said said = interstice("compare tiny.yaml -o here");
  ASSERT_EQ(said.code, 0) << said.err;
  const auto verdicts = comparison().at("verdicts");
  for (const char* edges : {"all", "published"}) {
    const auto& soon = find(verdicts, std::string("verdict.0.5s.") + edges + ".uptake_or_contact");
    EXPECT_EQ(soon.at("preference"), "second") << soon;
    EXPECT_EQ(soon.at("text"), "extracellular over uptake or contact");
    EXPECT_EQ(soon.at("first").at("arms"),
              nlohmann::json::array({edges == std::string("all") ? "uptake" : "uptake@published"}));
    EXPECT_EQ(soon.at("remarks"), nlohmann::json::array({"uptake cannot show yet: own delay 4 h"})) << soon;
    const auto& late = find(verdicts, std::string("verdict.3600s.") + edges + ".uptake_or_contact");
    EXPECT_TRUE(late.at("preference").is_null());
    EXPECT_EQ(late.at("note"), "not observable in this run, which ends at 1 s");
  }
  const std::string summary = read("here/summary.csv");
  EXPECT_TRUE(has(summary, "\n,,verdict.0.5s.published.uptake_or_contact,1,1,second,")) << summary.substr(0, 400);
  EXPECT_LT(summary.find("verdict."), summary.find("vehicle,0,"));
  EXPECT_TRUE(
      has(said.out, "  0.5 s, published edges:\n    uptake or contact against extracellular: extracellular over"))
      << said.out;
  EXPECT_TRUE(has(said.out, "60 min: not observable in this run, which ends at 1 s")) << said.out;
  EXPECT_TRUE(has(said.out, "effect at"));
  std::istringstream lines(said.out);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100U) << line;
  EXPECT_LT(said.out.find("Verdict on feeling"), said.out.find("  arm "));
  EXPECT_TRUE(has(said.out, "sentinel.felt")) << said.out;
  EXPECT_TRUE(has(read("here/report.html"), "id=\"verdict-table\""));
}

TEST_F(VerdictOf, EdgesCanBeChosenAndRunsServeAgain) {
  const std::string compare = "compare tiny.yaml -o here --replicates 1 ";
  ASSERT_EQ(interstice(compare + "--edges all --quiet").code, 0);
  EXPECT_FALSE(exists("here/arms/uptake@published"));
  EXPECT_EQ(comparison().at("verdicts").size(), 2u);
  const Said both = interstice(compare);
  EXPECT_TRUE(has(both.out, "4 of 5 runs are there already")) << both.out << both.err;
  const Said again = interstice(compare);
  EXPECT_TRUE(has(again.out, "finished: nothing to do")) << again.out;
  const Said published = interstice(compare + "--edges published");
  EXPECT_EQ(published.code, 0) << published.err;
  EXPECT_TRUE(has(published.out, "1 more of other arms or replicates are kept")) << published.out;
  const nlohmann::json report = comparison();
  for (const auto& arm : report.at("arms")) EXPECT_NE(arm.at("name"), "uptake");
  EXPECT_EQ(interstice("compare tiny.yaml --edges some").code, 2);
}

TEST_F(VerdictOf, ChosenArmsBringTheirSecondRun) {
  const Said said = interstice("compare tiny.yaml -o here --arms vehicle,uptake --replicates 1");
  ASSERT_EQ(said.code, 0) << said.err;
  const auto arms = comparison().at("arms");
  ASSERT_EQ(arms.size(), 3u);
  EXPECT_EQ(arms[2].at("name"), "uptake@published");
  EXPECT_EQ(arms[2].at("of"), "uptake");
  EXPECT_EQ(arms[2].at("edges_left_out"), nlohmann::json::array({"cargo on sentinel"}));
  const auto verdicts = comparison().at("verdicts");
  EXPECT_EQ(find(verdicts, "verdict.0.5s.all.uptake_or_contact").at("note"), "no arm with extracellular alone");
  for (const char* edges : {"all edges", "published edges"})
    EXPECT_TRUE(has(said.out, std::string("0.5 s, ") + edges)) << said.out;
}

TEST_F(VerdictOf, AnArmWithoutAssumedEdgesIsSaidToRunOnce) {
  const Said said = interstice("compare tiny.yaml -o here --replicates 1 --arms vehicle,emcev@published");
  ASSERT_EQ(said.code, 0) << said.err;
  EXPECT_TRUE(has(said.out, "emcev@published is emcev: no assumed edge acts in it")) << said.out;
  EXPECT_FALSE(
      has(interstice("compare tiny.yaml -o there --replicates 1 --arms vehicle,uptake@published").out, " is "));
}

TEST_F(VerdictOf, ArmsWithPublishedEdgesCanBeChosenAsInRun) {
  const auto names = [&](const std::string& arms) {
    const Said said = interstice("compare tiny.yaml -o here --force --quiet --replicates 1 --arms " + arms);
    EXPECT_EQ(said.code, 0) << said.err;
    std::vector<std::string> all;
    const nlohmann::json report = comparison();
    for (const auto& arm : report.at("arms")) all.push_back(arm.at("name"));
    return all;
  };
  using Names = std::vector<std::string>;
  EXPECT_EQ(names("vehicle,uptake@published"), (Names{"vehicle", "uptake@published"}));
  EXPECT_EQ(names("vehicle,uptake@published,uptake"), (Names{"vehicle", "uptake", "uptake@published"}));
  EXPECT_EQ(names("vehicle@published,emcev@published"), (Names{"vehicle", "emcev"})) << "no assumed edge acts";
  const Said nobody = interstice("compare tiny.yaml --arms vehicle,uptak@published");
  EXPECT_EQ(nobody.code, 2);
  EXPECT_TRUE(has(nobody.err, "did you mean 'uptake'")) << nobody.err;
  const Said against = interstice("compare tiny.yaml --edges all --arms vehicle,uptake@published");
  EXPECT_EQ(against.code, 2);
  EXPECT_TRUE(has(against.err, "go against the arm")) << against.err;
}

TEST_F(VerdictOf, AJobArrayFillsItsRuns) {
  for (const char* arm : {"vehicle", "uptake", "uptake@published"})
    ASSERT_EQ(
        interstice(std::string("run tiny.yaml --quiet --arm ") + arm + " --replicate 0 -o here/arms/" + arm + "/0")
            .code,
        0);
  const Said said = interstice("compare tiny.yaml -o here --arms vehicle,uptake --replicates 1");
  EXPECT_EQ(said.code, 0) << said.err;
  EXPECT_FALSE(has(said.out, "arms x")) << said.out;  // nothing was left to do
  EXPECT_EQ(interstice("report here --quiet").code, 0);
  EXPECT_EQ(comparison().at("arms").size(), 3u);
}

TEST_F(VerdictOf, ARunWithPublishedEdgesIsTheSameByEitherName) {
  ASSERT_EQ(interstice("run tiny.yaml --arm uptake@published -o one --quiet").code, 0);
  ASSERT_EQ(interstice("run tiny.yaml --arm uptake --edges published -o two --quiet").code, 0);
  ASSERT_EQ(interstice("run tiny.yaml --arm uptake -o all --quiet").code, 0);
  const auto record = [&](const char* run) { return nlohmann::json::parse(read(std::string(run) + "/run.json")); };
  EXPECT_EQ(record("one").at("identity"), record("two").at("identity"));
  EXPECT_NE(record("one").at("identity"), record("all").at("identity"));
  ASSERT_EQ(interstice("run one/scenario.yaml -o three --quiet").code, 0);  // what is resolved repeats it
  EXPECT_EQ(record("three").at("identity"), record("one").at("identity"));
  ASSERT_EQ(interstice("run tiny.yaml --edges published --quiet").code, 0);
  EXPECT_TRUE(exists("out/tiny@published/run.json"));
  EXPECT_EQ(interstice("report one --quiet").code, 0);
  const Said against = interstice("run tiny.yaml --arm uptake@published --edges all");
  EXPECT_EQ(against.code, 2);
  EXPECT_TRUE(has(against.err, "goes against the arm")) << against.err;
  EXPECT_EQ(interstice("run tiny.yaml --arm nobody@published").code, 2);
}

TEST_F(VerdictOf, EdgesAreDescribedWithTheirMarks) {
  const Said own = interstice("describe tiny.yaml edges");
  EXPECT_EQ(own.code, 0) << own.err;
  EXPECT_EQ(own.out, "sentinel        cargo    A    left out w_cargo = 0.7  \"y\"\n");
  const Said shipped = interstice("describe edges");
  EXPECT_TRUE(has(shipped.out, "macrophage      contact  L    stays    w_EV = 0.7")) << shipped.out;
  EXPECT_TRUE(has(shipped.out, "chondrocyte     contact  A    left out w_contact = 0.7"));
  EXPECT_TRUE(has(shipped.out, "neutrophil      binding  V    stays    kinh"));
}

TEST_F(VerdictOf, AStudyTellsOfPublishedEdgesOnlyWhereTheyRan) {
  const auto answer_with = [&](const std::string& arms) {
    write("study.yaml", "study: 1\ntitle: Edges\nscenario: tiny.yaml\nreplicates: 2\narms: [" + arms + "]\n");
    EXPECT_EQ(interstice("study run study.yaml -o s --quiet").code, 0) << read(".err");
    return read("s/answer.txt");
  };
  const std::string all = answer_with("vehicle, uptake, emcev");
  EXPECT_TRUE(has(all, "Published edges alone were not run: that takes uptake@published in `arms`")) << all;
  EXPECT_FALSE(has(read("s/verdict.csv"), "published"));
  EXPECT_FALSE(has(all, "With published edges alone the same")) << all;
  const std::string both = answer_with("vehicle, uptake, emcev, uptake@published");
  EXPECT_FALSE(has(both, "were not run")) << both;
  EXPECT_TRUE(has(read("s/verdict.csv"), ",published,")) << read("s/verdict.csv");
}

TEST_F(VerdictOf, PublishedEdgesAloneGiveAnAnswerToo) {
  ASSERT_EQ(interstice("compare tiny.yaml -o here --edges published --quiet").code, 0);
  const std::string page = read("here/report.html");
  const std::size_t begin = page.find("<p class=\"answer\">");
  EXPECT_TRUE(has(page.substr(begin, 400), "utside the cells")) << page.substr(begin, 400);
  EXPECT_TRUE(has(page, "Published edges alone were run."));
}

}  // namespace
}  // namespace interstice::test
