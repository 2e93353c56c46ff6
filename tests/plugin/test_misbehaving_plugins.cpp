/// @file
/// Whatever a plug-in does wrong, the program says which plug-in, where and when, and ends with a documented code.
/// plugin_misbehaving.cpp has the misdeeds.
// labels: slow
#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/command.h"

namespace interstice {
namespace {

using test::Said;

constexpr const char* kScenario = R"(schema: 2
title: A cube of fluid
domain: {{size: [100 um, 100 um, 100 um], spacing: 10 um}}
time:
  - {{until: 20 s, transport: 1 s, vesicles: 1 s, cells: 1 s, series: 1 s}}
species: {{adenosine: {{diffusivity: 770 um^2/s, initial: 1 uM}}}}
cell_types: {{resting: {{initial_state: alive, states: {{alive: {{}}}}}}}}
cells: {{resting: {{count: 10}}}}
vesicles: {{ev: {{number: 100 EV}}}}
models: {{misbehaving: {{library: {}/plugins/{}.so, does: {}}}}}
compare:
  replicates: 2
  arms: {{vehicle: {{vesicles: false}}, ev: {{models: [misbehaving]}}}}
  primary: {{field: adenosine, in: all, thresholds: [0.3 uM]}}
)";

struct Case {
  const char* does;
  int code;
  std::vector<const char*> words;
};

constexpr const char* kWhen = "in evaluate (step 2, t = 2 s";

const std::vector<Case>& cases() {
  static const std::vector<Case> all = {
      {"throw_std", 3, {"threw \"plug-in says no\"", kWhen}},
      {"throw_int", 3, {"threw a value of type int", kWhen}},
      {"throw_noexcept", 3, {"threw a value of type int, which nothing can catch", kWhen}},
      {"bad_alloc", 3, {"asked for more memory than there is", kWhen}},
      {"abort", 3, {"aborted", kWhen}},
      {"terminate", 3, {"terminated", kWhen}},
      {"exit", 3, {"called exit", kWhen}},
      {"quick_exit", 3, {"called quick_exit", kWhen}},
      {"exit_at_once", 3, {"called _exit", kWhen}},
      {"null_pointer", 3, {"crashed (invalid memory access)", kWhen}},
      {"divide_by_zero", 3, {"crashed (division", kWhen}},
      {"stack_overflow", 3, {"crashed (invalid memory access)", kWhen}},
      {"never_return", 3, {"has not returned for 0.5 s (--plugin-limit allows more)", kWhen}},
      {"bad_index", 3, {"asks for field 7 but declares 1", kWhen}},
      {"one_beyond", 3, {"wrote to entry 1000 of its clearance of adenosine (per voxel), which has 1000", "step 2"}},
      {"one_before", 3, {"wrote to entry -1 of its changes of the column misdeed (per cell), which has 10", "step 2"}},
      {"fate_beyond", 3, {"wrote to entry 12 of its fate (per cell), which has 10", "step 2"}},
      {"far_beyond", 3, {"crashed (invalid memory access)", kWhen}},
      {"fate_200", 3, {"wrote 200 as entry 0 of its fate (per cell)", "at most 2", "step 2"}},
      {"divide_all", 3, {"cells divide (fate 2) until they would have", "times the volume of the domain"}},
      {"drift_1e308", 3, {"wrote 1e+308 as entry 0 of its drift (three per cell)", "at most 100", "step 2"}},
      {"drift_too_far", 3, {"wrote 101 as entry 4 of its drift (three per cell)", "at most 100", "step 2"}},
      {"drift_nan", 3, {"wrote nan as entry 0 of its drift (three per cell)", "step 2"}},
      {"amount_nan", 3, {"wrote nan as entry 5 of its amounts of adenosine (per voxel)", "step 2"}},
      {"amount_1e30", 3, {"wrote 1e+30 as entry 5 of its amounts of adenosine (per voxel)", "step 2"}},
      {"take_1e30", 3, {"take 1e+30 molecules of adenosine from voxel 5"}},
      {"secrete_nan", 3, {"wrote nan as entry 5 of its secretion of adenosine (per voxel)", "step 2"}},
      {"secrete_below_0", 3, {"wrote -1e+30 as entry 5 of its secretion of adenosine (per voxel)", "step 2"}},
      {"secrete_1e30", 3, {"wrote 1e+30 as entry 5 of its secretion of adenosine (per voxel)", "step 2"}},
      {"clear_nan", 3, {"wrote nan as entry 0 of its clearance of adenosine (per voxel)", "step 2"}},
      {"clear_inf", 3, {"wrote inf as entry 0 of its clearance of adenosine (per voxel)", "step 2"}},
      {"clear_below_0", 3, {"wrote -1000000000 as entry 0 of its clearance of adenosine (per voxel)", "step 2"}},
      {"change_overflow", 3, {"as entry 0 of its changes of the column misdeed (per cell)", "step 2"}},
      {"count_nan", 3, {"wrote nan as entry 0 of its tallies", "step 2"}},
      {"make_null", 2, {"returned no model (null)"}},
      {"make_throw", 2, {"threw \"cannot make\" in make"}},
      {"make_throw_int", 2, {"threw a value of type int in make"}},
      {"make_exit", 2, {"called exit in make"}},
      {"make_crash", 2, {"crashed (invalid memory access) in make"}},
      {"destroy_crash", 2, {"crashed (invalid memory access) in its destructor"}},
  };
  return all;
}

class MisbehavingPlugins : public test::CommandTest {
 protected:
  void write_scenario(const std::string& library, const std::string& does) const {
    write("wrong.yaml", fmt::format(kScenario, INTERSTICE_BINARY_DIR, library, does));
  }
  static void expect(const Said& said, int code, const std::vector<const char*>& words, const std::string& who) {
    EXPECT_EQ(said.code, code) << said.err;
    EXPECT_NE(said.err.find("error: "), std::string::npos);
    EXPECT_EQ(said.err.find("bug in interstice"), std::string::npos) << said.err;
    EXPECT_NE(said.err.find(who), std::string::npos) << said.err;
    for (const char* word : words) EXPECT_NE(said.err.find(word), std::string::npos) << word << "\n" << said.err;
  }
  /// The record says that the run failed, how, and why.
  void expect_record(const std::string& path, int code, const char* word) const {
    const auto record = nlohmann::json::parse(read(path));
    EXPECT_EQ(record["status"], "failed") << path;
    EXPECT_EQ(record["exit_status"], code) << path;
    EXPECT_NE(record["reason"].get<std::string>().find(word), std::string::npos) << record["reason"];
  }
};

TEST_F(MisbehavingPlugins, ASecondInterruptEndsOneThatNeverReturns) {
  write_scenario("misbehaving", "never_return");
  write("interrupt_twice",
        "#!/bin/bash\n\"$@\" & p=$!; until [ -e here/run.json ]; do sleep 0.01; done; sleep 0.4\n"
        "kill -INT $p; sleep 0.4; kill -INT $p; s=$(date +%s%N); wait $p; c=$?\n"
        "[ $(($(date +%s%N) - s)) -lt 1000000000 ] || c=1; exit $c\n");
  const Said said = interstice("run wrong.yaml --plugin-limit 60 -o here --quiet", "bash ./interrupt_twice");
  EXPECT_EQ(said.code, 130) << said.err;
  EXPECT_NE(read("here/run.json").find("\"running\""), std::string::npos);
}

TEST_F(MisbehavingPlugins, AreNamedInARun) {
  for (const Case& one : cases()) {
    SCOPED_TRACE(one.does);
    write_scenario("misbehaving", one.does);
    const std::string out = std::string("run_") + one.does;
    const Said said = interstice("run wrong.yaml --quiet --threads 1 --plugin-limit 0.5 -o " + out);
    expect(said, one.code, one.words, "misbehaving");
    if (one.code == 3) expect_record(out + "/run.json", 3, "misbehaving");
    EXPECT_EQ(exists(out + "/run.json"), one.code == 3);
    if (exists(out + "/timeseries.csv")) {
      EXPECT_EQ(read(out + "/timeseries.csv").back(), '\n') << "whole rows";
    }
  }
}

TEST_F(MisbehavingPlugins, AreNamedInAComparison) {
  for (const Case& one : cases()) {
    SCOPED_TRACE(one.does);
    write_scenario("misbehaving", one.does);
    const std::string out = std::string("compare_") + one.does;
    const Said said = interstice("compare wrong.yaml --quiet --jobs 2 --plugin-limit 0.5 -o " + out);
    expect(said, one.code, one.words, "misbehaving");
    if (one.code == 3) expect_record(out + "/run.json", 3, "misbehaving");
  }
}

TEST_F(MisbehavingPlugins, AreNamedInAStudy) {
  write("study.yaml", "study: 1\ntitle: Wrong\nscenario: wrong.yaml\nreplicates: 1\n");
  for (const Case& one : cases()) {
    if (one.code != 3) continue;
    SCOPED_TRACE(one.does);
    write_scenario("misbehaving", one.does);
    const std::string out = std::string("study_") + one.does;
    const Said said = interstice("study run study.yaml --quiet --jobs 2 --plugin-limit 0.5 -o " + out);
    EXPECT_EQ(said.code, 3) << said.err;
    const std::string table = read(out + "/results.csv");
    EXPECT_NE(table.find("vehicle,0"), std::string::npos) << table;
    EXPECT_NE(table.find("misbehaving"), std::string::npos) << table;
    EXPECT_NE(table.find(one.words.back()), std::string::npos) << table;
  }
}

TEST_F(MisbehavingPlugins, AreNamedWhileTheyAreLoaded) {
  const std::vector<Case> all = {
      {"load_throws", 2, {"threw a value of type int, which nothing can catch, while it was loaded"}},
      {"load_exits", 2, {"called exit while it was loaded"}},
      {"load_crashes", 2, {"crashed (invalid memory access) while it was loaded"}},
      {"load_never_ends", 2, {"has not returned for 0.5 s", "while it was loaded"}},
      {"describe_throws", 2, {"threw a value of type int while it was loaded"}},
      {"describe_null", 2, {"returns no descriptor"}},
  };
  for (const Case& one : all) {
    SCOPED_TRACE(one.does);
    write_scenario(one.does, "nothing");
    for (const char* command : {"run", "compare", "validate", "describe"}) {
      const bool runs = command[0] == 'r' || command[0] == 'c';
      const Said said = interstice(fmt::format("{} wrong.yaml --plugin-limit 0.5{}", command, runs ? " -o out" : ""));
      expect(said, one.code, one.words, std::string(one.does) + ".so");
      EXPECT_FALSE(exists("out")) << command;
    }
  }
}

TEST_F(MisbehavingPlugins, DoNotStopOneThatBehaves) {
  write_scenario("misbehaving", "nothing");
  EXPECT_EQ(interstice("run wrong.yaml --quiet --plugin-limit 0.5 -o out").code, 0);
  EXPECT_EQ(interstice("compare wrong.yaml --quiet -o compared").code, 0);
  EXPECT_TRUE(exists("compared/report.html"));
}

TEST_F(MisbehavingPlugins, ARunGoesOnWithTheVeryPluginThatBeganIt) {
  write_scenario("misbehaving", "nothing");
  edit("wrong.yaml", std::string(INTERSTICE_BINARY_DIR) + "/plugins", folder().string());
  std::filesystem::copy(INTERSTICE_BINARY_DIR "/plugins/misbehaving.so", folder() / "misbehaving.so");
  ASSERT_EQ(interstice("run wrong.yaml --quiet -o out --max-walltime 1ms").code, 75);
  std::ofstream(folder() / "misbehaving.so", std::ios::app) << "another";
  const Said said = interstice("run wrong.yaml --quiet -o out");
  expect(said, 5, {"begun with another version of the model misbehaving"}, "out");
  EXPECT_EQ(interstice("run wrong.yaml --quiet -o out --force").code, 0);
}

/// Where no plug-in is at work, a crash stays what it is.
TEST_F(MisbehavingPlugins, AreNotBlamedForCrashesElsewhere) {
  write_scenario("misbehaving", "nothing");
  edit("wrong.yaml", "until: 20 s", "until: 500000 s");
  const std::string before = "{ (sleep 1; kill -SEGV $$) & }; exec ";  // $$ is the shell, which becomes the program
  const Said said = interstice("run wrong.yaml --quiet -o out", before);
  EXPECT_EQ(said.code, 128 + SIGSEGV);
  EXPECT_EQ(said.err.find("misbehaving"), std::string::npos) << said.err;
}

}  // namespace
}  // namespace interstice
