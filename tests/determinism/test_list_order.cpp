/// @file
/// The promise: no result depends on the order in which a scenario lists things, nor on entries that nothing uses.
///
/// Every scenario is written out in full (`resolved`), put in a random order, and given unused types, species, classes,
/// reactions, columns and profiles. Trials are seeded; more of them, and more of the gallery:
///
///     INTERSTICE_ORDER_TRIALS=20 build/ci/bin/test_determinism
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <bit>
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>

#include "determinism/shuffled_scenario.h"
#include "engine/results/state_hash.h"
#include "engine/scenario/spec/spec.h"
#include "support/file_text.h"
#include "support/problem_dump.h"
#include "support/run_scenario.h"

namespace interstice {
namespace {

using Rows = std::map<std::string, std::vector<std::uint64_t>>;

/// A run that has ended: the bits of its time series and of its agents, by name.
struct Ended {
  std::string hash;
  Rows rows;
};

std::uint64_t bits(double x) { return std::bit_cast<std::uint64_t>(x); }

void add_cells(const State& state, const Problem& problem, Rows& rows) {
  const Cells& cells = state.cells;
  for (std::size_t c = 0; c < cells.size(); ++c) {
    const CellType& type = problem.cell_types[index(cells.type[c])];
    auto& row = rows[fmt::format("cell {:x} {} {}", cells.id[c], type.name, type.states[cells.state[c]].name)];
    for (const auto* values : {&cells.x, &cells.y, &cells.z, &cells.vx, &cells.heading_x, &cells.state_until})
      row.push_back(bits((*values)[c]));
    for (std::size_t k = 0; k < problem.columns.size(); ++k)
      if (std::ranges::any_of(type.columns, [k](const auto& column) { return index(column.column) == k; }))
        rows[fmt::format("cell {:x} {}", cells.id[c], problem.columns[k].name)] = {bits(cells.columns[k][c])};
  }
}

void add_vesicles(const State& state, const Problem& problem, Rows& rows) {
  const Vesicles& v = state.vesicles;
  for (std::size_t i = 0; i < v.size(); ++i) {
    const VesicleClass& klass = problem.vesicle_classes[index(v.klass[i])];
    auto& row = rows[fmt::format("vesicle {:x} {} {}", v.id[i], klass.name, static_cast<int>(v.state[i]))];
    row = {bits(v.x[i]), bits(v.y[i]), bits(v.z[i]), v.cargo[i]};
    for (const ProteinLoad& load : klass.proteins) row.push_back(v.proteins[index(load.protein)][i]);
  }
}

Ended run(const Scenario& scenario, int threads) {
  const bool has_all = std::ranges::any_of(scenario.compare.arms, [](const Arm& a) { return a.name == "all"; });
  Simulation simulation(build_problem(scenario, {.arm = has_all ? "all" : ""}), threads);
  const SeriesTable series = test::run_series(simulation);
  Ended ended{state_hash(simulation.state(), simulation.problem()), {}};
  for (std::size_t i = 0; i < series.name.size(); ++i)
    for (const double value : series.value[i]) ended.rows[series.name[i]].push_back(bits(value));
  add_cells(simulation.state(), simulation.problem(), ended.rows);
  add_vesicles(simulation.state(), simulation.problem(), ended.rows);
  return ended;
}

Scenario load(const std::string& text) { return test::scenario_from(text); }

YamlNode tree_of(const std::string& text) {
  Diagnostics diagnostics;
  YamlNode root = parse_yaml(text, "scenario", diagnostics);
  diagnostics.throw_if_any();
  return root;
}

/// Names the first few rows of `expected` that are not in `found`.
void expect_same(const Ended& expected, const Ended& found, bool with_more, const std::string& what) {
  int shown = 0;
  for (const auto& [name, row] : expected.rows) {
    const auto other = found.rows.find(name);
    if ((other == found.rows.end() || other->second != row) && ++shown <= 5)
      ADD_FAILURE() << what << ": " << name << (other == found.rows.end() ? " is gone" : " differs");
  }
  EXPECT_EQ(shown, 0) << what;
  if (with_more) return;
  EXPECT_EQ(expected.hash, found.hash) << what;
  EXPECT_EQ(expected.rows.size(), found.rows.size()) << what;
}

/// How often the tissue of everything is shuffled, at least. Sanitizers see what they can find in one order.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int kShuffles = 1;
#else
constexpr int kShuffles = 3;
#endif

int trials() {
  const char* asked = std::getenv("INTERSTICE_ORDER_TRIALS");
  return asked == nullptr ? 0 : std::atoi(asked);
}

/// The scenario as it is, shuffled, and shuffled with unused entries.
void expect_order_to_mean_nothing(const std::string& text, int count, const std::string& name) {
  const YamlNode root = tree_of(text);
  const Ended reference = run(load(text), 1);
  for (int trial = 1; trial <= count; ++trial) {
    const auto seed = static_cast<std::uint64_t>(trial);
    YamlNode shuffled = root, more = root;
    test::Shuffle{seed}(shuffled);
    expect_same(reference, run(load(test::scenario_text(shuffled)), 2), false, fmt::format("{} {}", name, trial));
    test::add_unused(more);
    test::Shuffle{seed}(more);
    expect_same(reference, run(load(test::scenario_text(more)), 2), true, fmt::format("{}+ {}", name, trial));
  }
}

TEST(ListOrder, MeansNothingInATissueOfEverythingOnTwoThreads) {
  const std::string text = test::file_text(INTERSTICE_SOURCE_DIR "/tests/determinism/tissue.yaml");
  for (const char* representation : {"agents", "counts"}) {
    const Scenario scenario =
        test::scenario_from(text, {fmt::format("vesicles.native.representation={}", representation)});
    expect_order_to_mean_nothing(scenario.resolved, std::max(kShuffles, trials()), representation);
  }
}

/// A scenario of the gallery, made short: ten steps of its cells, dosed at the start.
std::string short_text(const std::string& name) {
  const Scenario scenario =
      load_scenario(fmt::format(INTERSTICE_SOURCE_DIR "/scenarios/{}.yaml", name), {}, test::built_in_models());
  YamlNode root = tree_of(scenario.resolved);
  YamlNode& time = *root.find("time");
  time.items.resize(1);
  const Value& phase = (*scenario.values)["time"].items[0];
  const double end = 10 * phase["cells"].number;
  *time.items[0].find("until") = test::flow(fmt::format("{} s", end));
  *time.items[0].find("series") = test::flow(fmt::format("{} s", phase["cells"].number));
  root.remove("output");
  test::section(*root.find("compare"), "outcomes") = test::flow("{}");
  for (YamlNode& klass : test::section(root, "vesicles").items) test::section(klass, "at") = test::flow("[0 s]");
  return test::scenario_text(root);
}

TEST(ListOrder, MeansNothingInTheGallery) {
  std::vector<std::string> names{"rat_knee_short"};
  if (trials() > 0)
    names = {
        "rat_knee_early",  "mlr_well",    "amp_spike", "complement_neutrophil", "stroke_penumbra", "agvhd_crypt",
        "rat_knee_repair", "iv_vs_local", "vsvg",      "topical_psoriasis",     "label_artefact",  "self_limitation"};
  for (const std::string& name : names) expect_order_to_mean_nothing(short_text(name), std::max(1, trials()), name);
}

TEST(ListOrder, OfIncludesMeansNothing) {
  const std::string path = INTERSTICE_SOURCE_DIR "/scenarios/rat_knee_early.yaml";
  YamlNode root = tree_of(test::file_text(path));
  const Problem problem = build_problem(load(test::scenario_text(root)));
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    test::Shuffle{seed}(root);
    EXPECT_EQ(test::ProblemDump::of(build_problem(load(test::scenario_text(root)))), test::ProblemDump::of(problem));
  }
}

}  // namespace
}  // namespace interstice
