/// @file
/// `interstice reduce`: twins that load and run, say what they changed, and overwrite nothing.
#include <fmt/format.h>

#include <array>
#include <cmath>
#include <map>
#include <random>
#include <sstream>
#include <vector>

#include "cli/command.h"

namespace interstice::test {
namespace {

class CliReduce : public CommandTest {
 protected:
  /// The tiny scenario with a ball of tissue, a thin profile, and long enough for longer steps.
  void SetUp() override {
    CommandTest::SetUp();
    edit("tiny.yaml", "until: 1 s, transport: 50 ms", "until: 60 s, transport: 50 ms");
    edit("tiny.yaml", "species:\n",
         R"(  ball: {shape: {sphere: {centre: [10 um, 10 um, 10 um], radius: 10 um}}, medium: tissue}
profiles: {near: {species: adenosine, around: ball, width: 10 um}}
species:
)");
    edit("tiny.yaml", "outcomes: {", "outcomes: {reach: {of: profile.near.*, reduce: reach}, ");
  }
};

/// A column of the first and the last row of a table, by its name.
using Ends = std::map<std::string, std::array<double, 2>>;

Ends ends_of(const std::string& table) {
  std::istringstream in(table);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  const auto cells = [&](std::size_t row) {
    std::vector<std::string> all;
    std::istringstream line(lines.at(row));
    for (std::string cell; std::getline(line, cell, ',');) all.push_back(cell);
    return all;
  };
  const auto names = cells(0), first = cells(1), last = cells(lines.size() - 1);
  Ends ends;
  for (std::size_t c = 0; c < names.size(); ++c) ends[names[c]] = {std::stod(first.at(c)), std::stod(last.at(c))};
  return ends;
}

TEST_F(CliReduce, WritesAScenarioThatRunsAndSaysWhatItChanged) {
  const Said said = interstice("reduce tiny.yaml --voxels 8");
  ASSERT_EQ(said.code, 0) << said.err;
  const std::string twin = read("tiny_twin.yaml");
  for (const char* part : {"# A reduced twin of tiny.yaml", "include: [tiny.yaml]", "title: \"Tiny, reduced twin\"",
                           "spacing: [20 um, 20 um", "ball: {shape: {sphere: null, box", "representation: counts",
                           "profiles: {near: null}", "outcomes: {reach: null}", "transport: 200 ms"})
    EXPECT_TRUE(has(twin, part)) << part << "\n" << twin;
  for (const char* part : {"tiny_twin.yaml: reduced twin of tiny.yaml", "8 voxels of 20 um in place of 64 of 10 um",
                           "fluid of regions: film", "300 steps of up to 200 ms in place of 1200", "a run takes about",
                           "without profiles whose shells are thinner than a voxel (near), and the outcomes"})
    EXPECT_TRUE(has(said.out, part)) << part << "\n" << said.out;
  const Said runs = interstice("compare tiny_twin.yaml --replicates 1 -o out --quiet");
  EXPECT_EQ(runs.code, 0) << runs.err;
  for (const char* arm : {"vehicle", "sham", "uptake", "emcev"})
    EXPECT_TRUE(has(read("out/summary.csv"), std::string("\n") + arm + ",0,")) << arm;
}

TEST_F(CliReduce, OverwritesNothing) {
  write("there.yaml", "mine");
  const Said refused = interstice("reduce tiny.yaml -o there.yaml");
  EXPECT_EQ(refused.code, 2);
  EXPECT_TRUE(has(refused.err, "there.yaml is there already (nothing was written)")) << refused.err;
  EXPECT_EQ(read("there.yaml"), "mine");
  EXPECT_EQ(interstice("reduce tiny.yaml -o there.yaml --force").code, 0);
  EXPECT_TRUE(has(read("there.yaml"), "include: [tiny.yaml]"));
  const std::string scenario = read("tiny.yaml");
  EXPECT_TRUE(has(interstice("reduce tiny.yaml -o tiny.yaml --force").err, "is the scenario itself"));
  EXPECT_EQ(read("tiny.yaml"), scenario);
}

TEST_F(CliReduce, NamesTheOriginalAsSeenFromTheTwin) {
  std::filesystem::create_directories(folder() / "twins");
  ASSERT_EQ(interstice("reduce tiny.yaml -o twins/t.yaml").code, 0);
  EXPECT_TRUE(has(read("twins/t.yaml"), "include: [../tiny.yaml]")) << read("twins/t.yaml");
  EXPECT_EQ(interstice("validate twins/t.yaml --quiet").code, 0);
}

TEST_F(CliReduce, ModelsThatFollowSingleVesiclesGoUnlessAgentsAreAskedFor) {
  edit("tiny.yaml", "models: {cd73: {},", "models: {cd73: {}, ligand_sink: {ligand: ATP},");
  edit("tiny.yaml", "    emcev: {models: [cd73]}", "    emcev: {models: [cd73]}\n    sink: {models: [ligand_sink]}");
  const Said counted = interstice("reduce tiny.yaml -o counted.yaml");
  ASSERT_EQ(counted.code, 0) << counted.err;
  EXPECT_TRUE(has(counted.out, "without models that follow single EVs (ligand_sink) and their arms (sink)"));
  EXPECT_TRUE(has(read("counted.yaml"), "models: {ligand_sink: null}")) << read("counted.yaml");
  EXPECT_TRUE(has(read("counted.yaml"), "arms: {sink: null}")) << read("counted.yaml");
  const Said followed = interstice("reduce tiny.yaml -o followed.yaml --agents");
  ASSERT_EQ(followed.code, 0) << followed.err;
  EXPECT_TRUE(has(read("followed.yaml"), "representation: agents, agents: 1000")) << read("followed.yaml");
  EXPECT_EQ(interstice("run followed.yaml --arm sink --quiet -o out").code, 0);
}

TEST_F(CliReduce, StepsAreAsLongAsAskedFor) {
  ASSERT_EQ(interstice("reduce tiny.yaml --step 1s").code, 0);
  EXPECT_TRUE(has(read("tiny_twin.yaml"), "{until: 1 min, transport: 1 s, vesicles: 1 s, cells: 1 s, series: 1 s}"))
      << read("tiny_twin.yaml");
  EXPECT_TRUE(has(interstice("reduce tiny.yaml --step long --force").err, "--step long is no time"));
}

/// A box of fluid above tissue, both well mixed, with a reservoir behind its face or none, and EVs with CD73.
std::string random_scenario(std::mt19937& random) {
  const auto whole = [&](int from, int to) { return std::uniform_int_distribution(from, to)(random); };
  const auto between = [&](double from, double to) {
    return from * std::pow(to / from, std::uniform_real_distribution<double>(0, 1)(random));
  };
  const double dx = whole(4, 15);
  const int step = 100 * whole(2, 100), until = step * 20 * whole(5, 12);  // [ms]
  const int nx = whole(3, 10), ny = whole(3, 10), nz = whole(3, 10), km = whole(1, 60);
  const bool reservoir = whole(0, 1) == 1;
  const std::string diffusivity = "diffusivity: {fluid: 500 um^2/s, tissue: 200 um^2/s}";
  return fmt::format(
      "schema: 2\ntitle: Random\nseed: {}\ntemperature: 37 degC\n"
      "domain: {{size: [{} um, {} um, {} um], spacing: {} um, boundary: {{all: no_flux{}}}}}\n"
      "time:\n  - {{until: {} ms, transport: {} ms, vesicles: {} ms, cells: {} ms, series: {} ms}}\n"
      "regions:\n  film: {{shape: everywhere, medium: fluid, viscosity: 1}}\n"
      "  deep: {{shape: {{box: {{from: [{} um, 0 um, 0 um], to: [{} um, {} um, {} um]}}}}, medium: tissue,\n"
      "         viscosity: 1, volume_fraction: {}}}\n"
      "{}species:\n  ATP: {{{}, initial: 0 uM}}\n  ADP: {{{}, initial: 0 uM}}\n  AMP: {{{}, initial: {} uM}}\n"
      "  adenosine: {{{}, initial: 0 uM, decay: {} 1/s}}\n"
      "reactions: {{host: {{equation: AMP -> adenosine, vmax: {} uM/s, Km: {} uM, in: all}}}}\n"
      "vesicles:\n  ev:\n    number: {} EV\n    in: [film]\n    representation: counts\n"
      "    diameter: {{median: 115 nm, gsd: 1.3}}\n    proteins: {{CD73: {{mean: 50}}}}\n"
      "models: {{cd73: {{}}}}\ncompare: {{arms: {{vehicle: {{vesicles: false}}, emcev: {{models: [cd73]}}}}}}\n"
      "output: {{every: end}}\n",
      whole(1, 1000), nx * dx, ny * dx, nz * dx, dx, reservoir ? ", x_min: {reservoir: pool}" : "", until, step, step,
      step, until / 20, whole(1, nx - 1) * dx, nx * dx, ny * dx, nz * dx, whole(20, 100) * 0.01,
      reservoir ? fmt::format("reservoirs: {{pool: {{volume: {} um3, represents: 1}}}}\n",
                              nx * ny * nz * dx * dx * dx * between(0.2, 30))
                : "",
      diffusivity, diffusivity, diffusivity, between(1, 100), diffusivity, between(100, 5000) / until,
      between(300, 30000) * km / until, km, whole(10000, 40000));
}

/// Where a place is well mixed its means do not depend on voxels and steps.
TEST_F(CliReduce, MeansAreThoseOfTheScenarioWhateverVoxelsAndSteps) {
  std::mt19937 random(7);
  double worst = 0;
  for (int trial = 0; trial < 12; ++trial) {
    write("original.yaml", random_scenario(random));
    const int voxels = 2 << (random() % 6);
    const Said reduced = interstice(
        fmt::format("reduce original.yaml -o twin.yaml --force --voxels {} --step {}s", voxels, 1 << (random() % 7)));
    if (reduced.code == 2 && has(reduced.err, "do not fit into")) continue;
    ASSERT_EQ(reduced.code, 0) << reduced.err << read("original.yaml");
    const std::string arm = trial % 2 == 0 ? "vehicle" : "emcev";
    std::array<Ends, 2> ends;
    for (const std::size_t k : {0, 1}) {
      const std::string name = k == 0 ? "original" : "twin";
      const Said said = interstice(fmt::format("run {}.yaml --arm {} -o {} --quiet --force", name, arm, name));
      ASSERT_EQ(said.code, 0) << said.err << read(name + ".yaml");
      ends[k] = ends_of(read(name + "/timeseries.csv"));
    }
    const double start = ends[0].at("mean.film.AMP [uM]")[0];
    for (const auto& [column, values] : ends[0]) {
      if (!column.ends_with(" [uM]")) continue;
      const double off = std::abs(ends[1].at(column)[1] - values[1]) / start;
      worst = std::max(worst, off);
      EXPECT_LT(off, 0.002) << trial << " " << arm << " " << column << "\n" << read("original.yaml");
    }
  }
  std::printf("means of 12 random scenarios and their twins differ by %.2g of the AMP given at most\n", worst);
}

TEST_F(CliReduce, RefusesWhatCannotBeReduced) {
  const Said few = interstice("reduce tiny.yaml --voxels 1");
  EXPECT_EQ(few.code, 2);
  EXPECT_TRUE(has(few.err, "do not fit into 1 voxels")) << few.err;
  EXPECT_FALSE(exists("tiny_twin.yaml"));
  edit("tiny.yaml", "radius: 10 um", "radius: 10 s");
  const Said wrong = interstice("reduce tiny.yaml");
  EXPECT_EQ(wrong.code, 2);
  EXPECT_TRUE(has(wrong.err, "tiny.yaml:")) << wrong.err;
  EXPECT_EQ(interstice("reduce nothing.yaml").code, 2);
}

}  // namespace
}  // namespace interstice::test
