/// @file
// labels: slow
/// Every scenario of the gallery: complete (arms, parameter sets, something to judge by), runnable in each arm, and
/// with the numbers that it had: gallery_expected.csv holds what a shortened run gives, gallery_hashes.csv the hash of
/// the state at its end. Bits are the same on any machine, so both change only when a model, a value, the arithmetic or
/// the key of a random number does. After a change that is meant to:
///
///     INTERSTICE_UPDATE_EXPECTED=1 build/ci/bin/test_gallery
///
/// rewrites the files; their difference then shows what moved.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <map>

#include "engine/results/state_hash.h"
#include "engine/vesicles/fates.h"
#include "support/restarts.h"
#include "support/run_scenario.h"

namespace interstice {
namespace {

/// A scenario with what makes it short.
struct Short {
  const char* name;
  std::vector<std::string> sets;
  const char* file = nullptr;  ///< of the scenario, where it has another name
  [[nodiscard]] std::string scenario() const { return file == nullptr ? name : file; }
};

void PrintTo(const Short& s, std::ostream* out) { *out << s.name; }

const std::vector<Short> kGallery{
    {"rat_knee", {"time.0.until=10 min", "time.1.until=30 min"}},
    {"rat_knee_early", {"time.1.until=20 s", "time.1.cells=10 s"}},
    {"rat_knee_arms", {"time.1.until=40 s", "time.2.until=100 s"}},
    {"mlr_well", {"time.0.until=30 min"}},
    {"amp_spike", {"time.0.until=30 min"}},
    {"complement_neutrophil", {"time.0.until=20 min", "time.1.until=40 min", "vesicles.msc_sev.agents=500"}},
    {"stroke_penumbra", {"time.0.until=1.5 h"}},
    {"stroke_arms", {"time.0.until=65 min"}},
    {"agvhd_arms", {"time.0.until=2 h", "vesicles.msc_sev.at=[{value: 1 min, mark: A, source: test}]"}},
    {"agvhd_crypt", {"time.0.until=16 h", "vesicles.msc_sev.at=[{value: 1 min, mark: A, source: test}]"}},
    {"rat_knee_repair",
     {"time.0.until=20 min", "time.1.until=3 h", "vesicles.msc_sev.at=[{value: 0 s, mark: A, source: test}]"}},
    {"iv_vs_local", {"time.1.until=10 min"}},
    {"vsvg", {"time.0.until=20 min"}},
    {"topical_psoriasis", {"time.0.until=3 h"}},
    {"label_artefact", {}},
    {"rat_knee_counted",
     {"time.1.until=20 s", "time.1.cells=10 s", "vesicles.msc_sev.representation=counts",
      "vesicles.msc_sev.agents=null"},
     "rat_knee_early"},
    {"jia_joint", {"time.0.until=10 min", "time.1.until=30 min"}},
    {"secretome", {"time.0.until=30 min"}},
    {"angiogenesis", {"time.0.until=1 h"}},
    {"ev_kinds", {"time.0.until=1 h", "compare.outcomes.late.from=0 s"}},
    {"tumour_slab",
     {"time.0.until=30 min", "compare.outcomes.length.from=0 s", "compare.outcomes.depth_50.from=0 s",
      "compare.outcomes.depth_80.from=0 s"}},
};

Scenario load(const std::string& name, const std::vector<std::string>& sets, const std::string& parameters = "") {
  LoadOptions options;
  options.sets = sets;
  options.parameters = parameters;
  return load_scenario(fmt::format(INTERSTICE_SOURCE_DIR "/scenarios/{}.yaml", name), options, test::built_in_models());
}

/// "scenario,arm,quantity" -> value, and "scenario,arm" -> hash of the state, as text that compares exactly or nearly.
using Rows = std::map<std::string, std::string>;

struct Expected {
  Rows numbers, hashes;
};

const std::string kNumbers = INTERSTICE_SOURCE_DIR "/tests/scenarios/gallery_expected.csv";
const std::string kHashes = INTERSTICE_SOURCE_DIR "/tests/scenarios/gallery_hashes.csv";

Rows read_rows(const std::string& path) {
  Rows rows;
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) rows[line.substr(0, line.rfind(','))] = line.substr(line.rfind(',') + 1);
  return rows;
}

/// Replaces the rows of one scenario.
void write_rows(const std::string& path, const std::string& header, const std::string& own, Rows found) {
  Rows rows = read_rows(path);
  std::erase_if(rows, [&own](const auto& row) { return row.first.starts_with(own); });
  found.merge(rows);
  std::ofstream file(path);
  file << header << '\n';
  for (const auto& [key, value] : found) file << key << ',' << value << '\n';
}

/// At every row every dosed vesicle is in one place: shares of the dose add up to one at all times.
void expect_balance(const SeriesTable& series, const Problem& problem) {
  for (const VesicleClass& klass : problem.vesicle_classes)
    for (std::size_t row = 0; row < series.time.size(); ++row) {
      double sum = 0;
      for (const PlaceInfo& place : kPlaces)
        sum += (*series.find(fmt::format("vesicles.{}.{}", klass.name, place.name())))[row];
      EXPECT_EQ(sum, (*series.find("vesicles." + klass.name + ".dosed"))[row]) << klass.name << " row " << row;
    }
}

/// The outcomes, the means of all species, and how many cells and vesicles there are at the end.
void measure(const Scenario& scenario, const std::string& name, const std::string& arm, Expected& found) {
  Simulation simulation(build_problem(scenario, {.arm = arm}), 2);
  const SeriesTable series = test::run_series(simulation);
  expect_balance(series, simulation.problem());
  const auto add = [&](const std::string& what, double value) {
    if (value != 0) found.numbers[fmt::format("{},{},{}", name, arm, what)] = fmt::format("{:.9g}", value);
  };
  for (const SeriesMetric& outcome : scenario.compare.outcomes)
    if (const auto value = reduce(series, outcome)) add("outcome." + outcome.subject, *value);
  for (const std::string& column : series.name)
    if (column.starts_with("mean.all.") || column.starts_with("vesicles.")) add(column, series.last(column));
  double cells = 0;
  for (const std::string& column : series.name)
    if (column.starts_with("cells.")) cells += series.last(column);
  add("cells", cells);
  found.hashes[fmt::format("{},{}", name, arm)] = state_hash(simulation.state(), simulation.problem());
}

class Gallery : public testing::TestWithParam<Short> {};

TEST_P(Gallery, HasArmsSetsAndSomethingToJudgeBy) {
  const Scenario scenario = load(GetParam().scenario(), {});
  EXPECT_GE(scenario.description.size(), 300u) << "says what it reproduces, from where, and how sure that is";
  EXPECT_NE(scenario.description.find("onfidence"), std::string::npos);
  for (const char* set : {"papers", "sceptic"})
    EXPECT_TRUE(std::ranges::find(scenario.parameter_sets, set) != scenario.parameter_sets.end()) << set;
  for (const char* arm : {"vehicle", "inert", "sham", "uptake", "contact", "emcev", "all"})
    EXPECT_TRUE(std::ranges::any_of(scenario.compare.arms, [arm](const Arm& a) { return a.name == arm; })) << arm;
  EXPECT_TRUE(scenario.compare.primary || !scenario.compare.outcomes.empty());
  const std::string name = GetParam().scenario();
  if (name == "vsvg" || name == "label_artefact" || name == "tumour_slab" || name == "ev_kinds")
    return;  // their cells answer to cargo alone
  ASSERT_TRUE(scenario.compare.phenotype) << "one signed phenotype for all arms";
  EXPECT_GE(scenario.compare.phenotype->horizons.size(), 2u);
  EXPECT_LE(scenario.compare.phenotype->horizons.front(), 2 * 3600);
  EXPECT_GE(scenario.compare.phenotype->horizons.back(), 24 * 3600);
  for (const PhenotypeTerm& term : scenario.compare.phenotype->terms)
    for (const std::string& column : term.rows.of)
      for (const char* receptor : {"a2a", "ev_fast", "ev_slow", "ev_signal", "ev_monocyte", "R_cargo"})
        EXPECT_FALSE(column.ends_with(std::string(".") + receptor)) << column << " belongs to one mechanism";
}

TEST_P(Gallery, GoesOnFromAnyStateToTheSameBits) {
  const Short& shortened = GetParam();
  test::expect_same_after_restarts(build_problem(load(shortened.scenario(), shortened.sets), {.arm = "all"}), 5);
}

TEST_P(Gallery, EveryArmBuildsWithEverySetOfParameters) {
  for (const std::string& set : load(GetParam().scenario(), {}).parameter_sets) {
    if (set == "full") continue;  // millions of voxels, in some
    const Scenario scenario = load(GetParam().scenario(), {}, set);
    for (const Arm& arm : scenario.compare.arms)
      EXPECT_NO_THROW(build_problem(scenario, {.arm = arm.name})) << set << " " << arm.name;
  }
}

// Only `vehicle` and `all`: together they use every mechanism of the scenario.
TEST_P(Gallery, GivesTheNumbersAndTheHashThatItHad) {
  const Scenario scenario = load(GetParam().scenario(), GetParam().sets);
  Expected found;
  for (const char* arm : {"vehicle", "all"}) measure(scenario, GetParam().name, arm, found);
  const std::string own = std::string(GetParam().name) + ",";
  if (std::getenv("INTERSTICE_UPDATE_EXPECTED") != nullptr) {
    write_rows(kNumbers, "scenario,arm,quantity,value", own, found.numbers);
    write_rows(kHashes, "scenario,arm,state_sha256", own, found.hashes);
    return;
  }
  for (const auto& [key, value] : read_rows(kNumbers)) {
    if (!key.starts_with(own)) continue;
    const auto now = found.numbers.find(key);
    ASSERT_NE(now, found.numbers.end()) << key << " is gone";
    EXPECT_NEAR(std::stod(now->second), std::stod(value), 1e-6 * std::abs(std::stod(value))) << key;
    found.numbers.erase(now);
  }
  for (const auto& [key, value] : found.numbers) ADD_FAILURE() << key << " = " << value << " is new";
  const Rows hashes = read_rows(kHashes);
  for (const auto& [key, value] : found.hashes)
    EXPECT_EQ(value, hashes.contains(key) ? hashes.at(key) : "nothing") << key;
}

INSTANTIATE_TEST_SUITE_P(All, Gallery, testing::ValuesIn(kGallery),
                         [](const testing::TestParamInfo<Short>& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace interstice
