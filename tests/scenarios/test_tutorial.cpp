/// @file
/// models/tutorial_mast_cell.md does what it says: its YAML blocks are saved, its commands run, and the results hold
/// the new cell, its signal and the reaction that removes it.
#include <cmath>
#include <map>
#include <regex>
#include <sstream>
#include <vector>

#include "cli/command.h"
#include "engine/scenario/scenario.h"
#include "models/builtin.h"

namespace interstice::test {
namespace {

std::string tutorial() { return file_text(INTERSTICE_SOURCE_DIR "/models/tutorial_mast_cell.md"); }

/// The fenced blocks of one language.
std::vector<std::string> blocks(const std::string& text, const std::string& language) {
  std::vector<std::string> found;
  const std::string fence = "```" + language + "\n";
  for (std::size_t at = text.find(fence); at != std::string::npos; at = text.find(fence, at)) {
    at += fence.size();
    found.push_back(text.substr(at, text.find("```", at) - at));
  }
  return found;
}

/// Columns of a time series by name, without the unit; the unit is checked to be there.
std::map<std::string, std::vector<double>> read_series(const std::string& text) {
  std::map<std::string, std::vector<double>> series;
  std::istringstream lines(text);
  std::string head, line, cell;
  std::getline(lines, head);
  std::vector<std::string> names;
  for (std::istringstream columns(head); std::getline(columns, cell, ',');) {
    EXPECT_TRUE(cell.ends_with(']')) << cell;
    names.push_back(cell.substr(0, cell.find(" [")));
  }
  while (std::getline(lines, line)) {
    std::istringstream cells(line);
    for (std::size_t k = 0; std::getline(cells, cell, ','); ++k) series[names.at(k)].push_back(std::stod(cell));
  }
  return series;
}

class Tutorial : public CommandTest {
 protected:
  void SetUp() override {
    CommandTest::SetUp();
    std::filesystem::remove(folder() / "tiny.yaml");
    for (const std::string& block : blocks(tutorial(), "yaml")) {
      std::smatch name;
      ASSERT_TRUE(std::regex_search(block, name, std::regex("^# file: (\\S+)\n"))) << block;
      write(name[1], block);
      ++files_;
    }
  }
  [[nodiscard]] int files() const { return files_; }

 private:
  int files_ = 0;
};

// 12 mast cells; 1e10 histamine in each, over 60 s; domain of 4e6 um^3 before a reservoir of 1.5e6 um^3.
void expect_mast_cells_at_work(const std::map<std::string, std::vector<double>>& series) {
  const auto& resting = series.at("cells.mast_cell.resting");
  const auto& bursting = series.at("cells.mast_cell.degranulating");
  const auto& spent = series.at("cells.mast_cell.spent");
  const auto& secreted = series.at("secreted.histamine");
  const auto& consumed = series.at("reaction.diamine_oxidase");
  const auto& everywhere = series.at("mean.all.histamine");
  const auto& fluid = series.at("reservoir.synovial_fluid.histamine");
  ASSERT_EQ(series.at("time").size(), 13U);
  EXPECT_NEAR(series.at("time").back(), 120, 1e-9);
  constexpr double kPerMicromolar = 602.214;  // molecules per um^3
  const auto there = [&](std::size_t k) { return kPerMicromolar * (4e6 * everywhere[k] + 1.5e6 * fluid[k]); };
  EXPECT_NEAR(everywhere[0], 0.01, 1e-12);
  EXPECT_EQ(resting[0], 12);
  for (std::size_t k = 1; k < secreted.size(); ++k) {
    EXPECT_EQ(resting[k] + bursting[k] + spent[k], 12);
    EXPECT_GT(secreted[k], secreted[k - 1]);
    EXPECT_GT(consumed[k], consumed[k - 1]);
    EXPECT_LT(consumed[k] - consumed[k - 1], 10 * 0.02 * kPerMicromolar * 5.5e6);  // vmax throughout
    EXPECT_NEAR(there(k), there(0) + secreted[k] - consumed[k], 1e-5 * there(k));
  }
  EXPECT_GE(spent.back(), 1);
  EXPECT_LE(spent.back() + bursting.back(), 11);
  EXPECT_GE(secreted.back(), 1e10 * spent.back());
  EXPECT_LE(secreted.back(), 1e10 * (spent.back() + bursting.back()) + 12 * 1e3 * 120);
  EXPECT_GT(series.at("mean.synovium.histamine").back(), series.at("mean.film.histamine").back());
  EXPECT_GT(series.at("column.mast_cell.trigger").back(), 0.05);
  EXPECT_LT(series.at("column.mast_cell.trigger").back(), 1);
}

TEST_F(Tutorial, ItsCommandsRunAndTheMastCellSecretesWhatTheEnzymeConsumes) {
  ASSERT_EQ(files(), 3);
  const auto shell = blocks(tutorial(), "sh");
  ASSERT_EQ(shell.size(), 1U);
  std::istringstream commands(shell[0]);
  std::map<std::string, int> ran;
  for (std::string line; std::getline(commands, line);) {
    ASSERT_TRUE(line.starts_with("interstice ")) << line;
    const Said said = interstice(line.substr(11));
    ASSERT_EQ(said.code, 0) << line << "\n" << said.err;
    ++ran[line.substr(11, line.find(' ', 11) - 11)];
  }
  EXPECT_EQ(ran, (std::map<std::string, int>{{"compare", 1}, {"describe", 1}, {"run", 1}, {"validate", 1}}));

  expect_mast_cells_at_work(read_series(read("out/knee/timeseries.csv")));
  for (const char* arm : {"vehicle", "emcev"})
    for (const char* replicate : {"0", "1"})
      expect_mast_cells_at_work(
          read_series(read(std::string("out/compare/arms/") + arm + "/" + replicate + "/timeseries.csv")));
  EXPECT_NE(read("out/compare/summary.csv").find("emcev,1,outcome.burst,cell,"), std::string::npos);
  EXPECT_TRUE(exists("out/compare/report.html"));
}

TEST_F(Tutorial, EveryNumberHasUnitRangeMarkAndSource) {
  ModelRegistry registry;
  register_builtin_models(registry);
  const Scenario scenario = load_scenario((folder() / "knee_mast.yaml").string(), {}, registry);
  int own = 0;
  for (const ParameterRecord& p : scenario.parameters) {
    if (!p.where.starts_with((folder() / "mast_cell.yaml").string()) &&
        !p.where.starts_with((folder() / "histamine.yaml").string()))
      continue;
    ++own;
    EXPECT_FALSE(p.mark.empty() || p.source.empty() || p.range.empty()) << p.path;
  }
  EXPECT_EQ(own, 16);
}

TEST(TutorialText, IsShortAndLinked) {
  const std::string text = tutorial();
  EXPECT_LT(std::count(text.begin(), text.end(), '\n'), 80);
  for (const char* from : {"/README.md", "/models/README.md"})
    EXPECT_NE(file_text(std::string(INTERSTICE_SOURCE_DIR) + from).find("models/tutorial_mast_cell.md"),
              std::string::npos)
        << from;
}

}  // namespace
}  // namespace interstice::test
