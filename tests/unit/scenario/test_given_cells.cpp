/// @file
/// Cells from a table: what CSV and HDF5 give, what of it is refused, and what a run with one is known by.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>

#include "engine/results/hdf5/hdf5_file.h"
#include "engine/scenario/scenario.h"
#include "engine/sim/simulation.h"
#include "support/run_scenario.h"
#include "unit/results/sample_state.h"

namespace interstice {
namespace {

using testing::TemporaryDirectory;

class GivenCellsTest : public ::testing::Test {
 protected:
  Scenario load(const std::string& table, const std::string& more = "") const {
    const auto path = directory_.path() / "scenario.yaml";
    std::ofstream(path) << "schema: 2\ndomain: {size: [100 um, 80 um, 60 um], spacing: 10 um}\n"
                        << "time: [{until: 1 s, transport: 1 s, vesicles: 1 s, cells: 1 s, series: 1 s}]\n"
                        << "cell_types:\n"
                        << "  a: {radius: 4 um, mobile: false, initial_state: s, states: {s: {}},\n"
                        << "      columns: {load: {unit: uM, initial: 7 uM}, score: {initial: 0}}}\n"
                        << "  b: {radius: 6 um, mobile: false, initial_state: s, states: {s: {}}}\n"
                        << "cells: {table: {" << table << "}" << more << "}\n";
    return load_scenario(path.string(), {}, test::built_in_models());
  }
  void csv(const std::string& text, const char* name = "cells.csv") const {
    std::ofstream(directory_.path() / name) << text;
  }
  /// Cells as text, in the order of the state.
  [[nodiscard]] static std::string cells_of(const Scenario& scenario) {
    const Simulation simulation(build_problem(scenario));
    const Cells& c = simulation.state().cells;
    std::string text;
    for (std::size_t i = 0; i < c.size(); ++i) {
      text += fmt::format("{} {:g} {:g} {:g} {:g}", index(c.type[i]), c.x[i], c.y[i], c.z[i], c.radius[i]);
      for (const auto& column : c.columns) text += fmt::format(" {:g}", column[i]);
      text += "\n";
    }
    return text;
  }
  [[nodiscard]] std::string complaints(const std::string& text, const std::string& table = "file: cells.csv") const {
    csv(text);
    try {
      load(table);
    } catch (const ScenarioErrors& e) {
      return e.what();
    }
    return "";
  }
  [[nodiscard]] std::string identity() const {
    const Scenario s = load("file: cells.csv");
    return run_identity(s, {}, build_problem(s));
  }
  TemporaryDirectory directory_;
};

// Columns by name: load, score. What is empty begins as the type says.
constexpr const char* kExpected =
    "0 10 20 30 4 7 0.5\n"
    "0 50 20 30 3 0.002 0\n"
    "1 99 79 59 6 0 0\n";

TEST_F(GivenCellsTest, FromCsv) {
  csv("\xEF\xBB\xBF# segmented\n\"x [um]\", y [um],z (um),radius [um],type,load [nM],score,area\r\n\n"
      "99,79,59,,b,,,1\r\n10,20,30,,a,,0.5,2\r\n5e1,20,30,3,a,2,0,3\n");
  EXPECT_EQ(cells_of(load("file: cells.csv, ignore: [area]")), kExpected);
}

TEST_F(GivenCellsTest, LabelsAndPixels) {
  csv("x,y,z,radius,type,load [nM],score\n198,158,118,,2,,\n20,40,60,,1,,0.5\n100,40,60,6,1,2,0\n");
  const Scenario s = load("file: cells.csv, length_unit: 0.5 um, types: {1: a, 2: b}");
  EXPECT_EQ(cells_of(s), kExpected);
  const Scenario again = load_scenario_text(s.resolved, "/elsewhere/resolved.yaml", {}, test::built_in_models());
  EXPECT_EQ(cells_of(again), kExpected);
  EXPECT_EQ(run_identity(s, {}, build_problem(s)), run_identity(again, {}, build_problem(again)));
}

TEST_F(GivenCellsTest, FromHdf5) {
  auto file = Hdf5File::create(directory_.path() / "cells.h5");
  const std::vector<std::uint64_t> three{3};
  const double nothing = std::numeric_limits<double>::quiet_NaN();
  file.create_group("/found");
  const auto column = [&](const char* name, const std::vector<double>& values, const char* unit) {
    file.write<double>(std::string("/found/") + name, values, three);
    if (unit != nullptr) file.set_attribute(std::string("/found/") + name, "units", unit);
  };
  column("x", {0.099, 0.01, 0.05}, "mm");
  column("y", {79, 20, 20}, nullptr);
  column("z", {59, 30, 30}, "um");
  column("radius", {nothing, nothing, 3}, "um");
  column("load", {nothing, nothing, 2}, "nM");
  column("score", {nothing, 0.5, 0}, nullptr);
  file.write<std::int32_t>("/found/type", std::vector<std::int32_t>{2, 1, 1}, three);
  file.close();
  const std::string table = "file: cells.h5, group: found, length_unit: 1 um, types: {1: a, 2: b}";
  EXPECT_EQ(cells_of(load(table)), kExpected);
}

TEST_F(GivenCellsTest, OthersAreAddedAndAvoidThem) {
  csv("x [um],y [um],z [um]\n50,40,30\n");
  const Simulation simulation(build_problem(load("file: cells.csv, type: a", ", a: {count: 40}")));
  const Cells& c = simulation.state().cells;
  ASSERT_EQ(c.size(), 41u);
  EXPECT_EQ(norm(c.position(0) - Vec3{50, 40, 30}), 0);
  for (std::size_t i = 1; i < c.size(); ++i) EXPECT_GE(norm(c.position(i) - c.position(0)), 8);
}

TEST_F(GivenCellsTest, ARunIsKnownByWhatTheTableSays) {
  const std::string head = "x [um],y [um],z [um],type,score\n";
  csv(head + "10,20,30,a,1\n50,20,30,b,\n");
  const std::string own = identity();
  csv(head + "# the same cells\n50,20,30,b,\n10,20,30,a,1\n");
  EXPECT_EQ(identity(), own);
  for (const char* other : {"10,20,31,a,1\n50,20,30,b,\n", "10,20,30,a,2\n50,20,30,b,\n", "10,20,30,a,1\n",
                            "10,20,30,a,1\n50,20,30,a,\n"}) {
    csv(head + other);
    EXPECT_NE(identity(), own) << other;
  }
}

TEST_F(GivenCellsTest, EveryMistakeIsToldWithItsRow) {
  const std::string told = complaints(
      "x [um],y [um],z [um],type,load [uM]\n"
      "10,20,30,a,1\n"
      "10,20,300,a,1\n"
      "10,-1,30,a,1\n"
      "50,20,30,b,1\n"
      "10,20,30,a,2\n");
  for (const char* words : {"cells.csv:3:1", "z: 300 um lies outside the domain", "cells.csv:4:1", "y: -1 um lies",
                            "cells.csv:5:1", "a b has no column 'load'", "cells.csv:6:1", "at the same place"})
    EXPECT_NE(told.find(words), std::string::npos) << words << " in\n" << told;
  const std::string rows = complaints("x [um],y [um],z [um],type\n10,twenty,30,a\n10,20,,a\n1,2,3,A\n1,2,3 um,b\n");
  for (const char* words : {"cells.csv:2:1", "'twenty' is no number", "cells.csv:3:1", "nothing stands here",
                            "cells.csv:4:1", "unknown cell type 'A' (expected one of: a, b", "'3 um' is no number"})
    EXPECT_NE(rows.find(words), std::string::npos) << words << " in\n" << rows;
}

TEST_F(GivenCellsTest, OneMistakeHidesNoOther) {
  const std::string told = complaints(
      "# segmented\n"
      "x [um],y [um],z [um],type,lod,load [s]\n"
      "10,20,300,a,1,1\n"
      "10,20,30,A,1,1\n"
      "50,20,30,b,1,1\n"
      "50,20,30,b,1,1\n"
      "50,abc,30,b,1,1\n");
  for (const char* words : {"cells.csv:2:1", "unknown column 'lod'", "column load is in s", "cells.csv:3:1",
                            "z: 300 um lies", "cells.csv:4:1", "unknown cell type 'A'", "cells.csv:6:1",
                            "at the same place", "cells.csv:7:1", "'abc' is no number"})
    EXPECT_NE(told.find(words), std::string::npos) << words << " in\n" << told;
}

TEST_F(GivenCellsTest, WhatDoesNotFitIsRefused) {
  struct Case {
    std::string text, words, table = "file: cells.csv";
  };
  const std::vector<Case> cases{
      {"x [um],y [um],z [um],type,lod [uM]\n1,2,3,a,1\n", "unknown column 'lod'"},
      {"x [um],y [um],z [um],type,load [s]\n1,2,3,a,1\n", "column load is in s (expected a unit like uM)"},
      {"x [um],y [um],z [um],type,load\n1,2,3,a,1\n", "column load has no unit"},
      {"x,y,z,type\n1,2,3,a\n", "column x has no unit"},
      {"x [s],y [um],z [um],type\n1,2,3,a\n", "column x is in s"},
      {"x [um],y [um],type\n1,2,a\n", "no column z"},
      {"x [um],y [um],z [um],type\n", "the table has no rows"},
      {"x [um],y [um],z [um]\n1,2,3\n", "what are these cells?"},
      {"x [um],y [um],z [um],type\n1,2,3,a\n", "expected one of them", "file: cells.csv, type: a"},
      {"x [um],x [um],y [um],z [um],type\n1,1,2,3,a\n", "two columns are called x"},
      {"x [um],y [um],z [um],radius [um],type\n1,2,3,-1,a\n", "radius above 0"},
      {"x [um],y [um],z [um],type\n1,2,3\n", "cells.csv:2: 3 entries stand in this row (the header has 4)"},
      {"x [um];y [um];z [um];type\n1;2;3;a\n", "no comma parts the columns"},
      {"x [um],y [um],z [um],type\n1,2,3,a\n", "no column 'area'", "file: cells.csv, ignore: [area]"},
      {"", "no such table", "file: nowhere.csv"},
  };
  for (const Case& c : cases) {
    const std::string told = complaints(c.text, c.table);
    EXPECT_NE(told.find(c.words), std::string::npos) << c.words << " in\n" << told;
  }
}

TEST_F(GivenCellsTest, CrowdedOnesAreWarnedOf) {
  csv("x [um],y [um],z [um]\n50,40,30\n54,40,30\n1,40,30\n");
  const Scenario s = load("file: cells.csv, type: a");
  ASSERT_EQ(s.warnings.size(), 1u);
  EXPECT_NE(s.warnings[0].find("1 cells reach through a wall and 1 pairs"), std::string::npos) << s.warnings[0];
}

}  // namespace
}  // namespace interstice
