/// @file
/// `interstice compare` on a small scenario, end to end.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <vector>

#include "cli/command.h"

namespace interstice::test {
namespace {

using Compare = CommandTest;

struct Row {
  std::string unit, value, status, note;
};

/// summary.csv by "arm/replicate/metric"; its texts hold no quotes here.
std::map<std::string, Row> read_summary(const std::string& text) {
  std::map<std::string, Row> rows;
  std::istringstream lines(text);
  std::string line;
  std::getline(lines, line);
  EXPECT_EQ(line, "arm,replicate,metric,unit,value,status,note");
  while (std::getline(lines, line)) {
    std::vector<std::string> cells(1);
    for (const char c : line) c == ',' && cells.size() < 7 ? cells.emplace_back() : cells.back() += c, void();
    rows[cells[0] + "/" + cells[1] + "/" + cells[2]] = {cells[3], cells[4], cells[5], cells[6]};
  }
  return rows;
}

TEST_F(Compare, WritesReportSummaryAndRuns) {
  const Said said = interstice("compare tiny.yaml --jobs 2");
  ASSERT_EQ(said.code, 0) << said.err;
  EXPECT_TRUE(has(said.out, "emcev"));
  EXPECT_TRUE(has(said.out, "Report: out/tiny_compare/report.html")) << said.out;
  for (const char* name : {"report.html", "summary.csv", "compare.json", "scenario.yaml", "run.json",
                           "arms/emcev/0/timeseries.csv", "arms/emcev/1/run.json", "arms/vehicle/0/fields.hdf.series"})
    EXPECT_TRUE(exists(std::string("out/tiny_compare/") + name)) << name;
  EXPECT_FALSE(exists("out/tiny_compare/arms/emcev/1/fields.hdf.series"));  // snapshots of replicate 0 only

  const auto rows = read_summary(read("out/tiny_compare/summary.csv"));
  EXPECT_FALSE(rows.at("emcev/0/primary.time_to.0.3uM").value.empty());
  EXPECT_TRUE(rows.at("vehicle/0/primary.time_to.0.3uM").value.empty());
  EXPECT_EQ(rows.at("vehicle/0/primary.time_to.0.3uM").note, "not within 1 s");
  EXPECT_EQ(rows.at("vehicle/0/primary.time_to.0.3uM").status, "not_reached");
  EXPECT_EQ(rows.at("emcev/1/influenced_minus_sham.sentinel.felt").value, "5");
  EXPECT_EQ(rows.at("uptake/1/influenced.sentinel.felt").value, "0");
  EXPECT_EQ(rows.at("uptake/1/influenced.sentinel.felt").status, "not_observable");
  EXPECT_EQ(rows.at("emcev/1/influenced.sentinel.late").status, "not_observable");
  EXPECT_EQ(rows.at("emcev/0/outcome.made").value, rows.at("emcev/0/primary.peak").value);
  EXPECT_EQ(rows.at("uptake/1/effect.made").value, "0");
  EXPECT_GT(std::stod(rows.at("emcev/1/effect.made").value), 0.3);
  EXPECT_EQ(rows.at("emcev/0/flux.ev_share").value, "1");
  EXPECT_LT(std::abs(std::stod(rows.at("emcev/0/budget.residual").value)), 1e-11);
}

TEST_F(Compare, TheReportTellsOfDosesWheneverTheyAreGiven) {
  ASSERT_EQ(interstice("compare tiny.yaml --set vesicles.ev.at='[200 ms, 600 ms]' -o here --quiet").code, 0);
  const std::string report = read("here/report.html");
  EXPECT_TRUE(has(report, " ev, each by itself")) << report.substr(0, 4000);
  EXPECT_FALSE(has(report, "<b>0</b> ev"));
  const auto rows = read_summary(read("here/summary.csv"));
  EXPECT_NEAR(std::stod(rows.at("emcev/0/ev.given").value), 2 * 2000, 4 * std::sqrt(2 * 2000.0));  // Poisson
  double fates = 0;
  for (const auto& [name, row] : rows)
    if (name.starts_with("emcev/0/fate.ev.")) fates += std::stod(row.value);
  EXPECT_NEAR(fates, 1, 1e-12);
}

TEST_F(Compare, AnotherComparisonOrReportIsNotReplacedWithoutForce) {
  ASSERT_EQ(interstice("compare tiny.yaml --arms vehicle -o here --quiet").code, 0);
  const std::string report = read("here/report.html");
  const Said other = interstice("compare tiny.yaml --set species.AMP.initial=5uM --arms emcev -o here --quiet");
  EXPECT_EQ(other.code, 2) << other.err;
  EXPECT_TRUE(has(other.err, "--force to replace them")) << other.err;
  ASSERT_EQ(interstice("run tiny.yaml -o alone --quiet").code, 0);
  const Said elsewhere = interstice("report alone -o here --quiet");
  EXPECT_EQ(elsewhere.code, 2) << elsewhere.err;
  EXPECT_TRUE(has(elsewhere.err, "holds other results of interstice")) << elsewhere.err;
  EXPECT_EQ(read("here/report.html"), report);
  EXPECT_EQ(interstice("compare tiny.yaml --arms vehicle -o here --quiet").code, 0);
}

TEST_F(Compare, ReplicatesArePairedAcrossArms) {
  ASSERT_EQ(interstice("compare tiny.yaml -o here --quiet").code, 0);
  const auto seed = [&](const std::string& run) {
    return nlohmann::json::parse(read("here/arms/" + run + "/run.json")).at("seed").get<std::uint64_t>();
  };
  EXPECT_EQ(seed("vehicle/0"), seed("emcev/0"));
  EXPECT_EQ(seed("vehicle/1"), seed("emcev/1"));
  EXPECT_NE(seed("vehicle/0"), seed("vehicle/1"));
  // Vesicles without an effect on the fields leave them bit-identical to the run without vesicles.
  const std::string vehicle = read("here/arms/vehicle/1/timeseries.csv"),
                    uptake = read("here/arms/uptake/1/timeseries.csv");
  const auto last_adenosine = [](const std::string& text) {
    std::istringstream lines(text);
    std::string head, line, last, cell;
    std::getline(lines, head);
    while (std::getline(lines, line)) last = line;
    std::istringstream names(head), values(last);
    for (std::string name; std::getline(names, name, ',') && std::getline(values, cell, ',');)
      if (name == "mean.film.adenosine [uM]") return cell;
    return std::string("absent");
  };
  EXPECT_NE(last_adenosine(vehicle), "absent");
  EXPECT_EQ(last_adenosine(vehicle), last_adenosine(uptake));
}

TEST_F(Compare, TheNumberOfJobsDoesNotChangeTheNumbers) {
  ASSERT_EQ(interstice("compare tiny.yaml -o one --quiet --jobs 1").code, 0);
  ASSERT_EQ(interstice("compare tiny.yaml -o three --quiet --jobs 3").code, 0);
  EXPECT_EQ(read("one/summary.csv"), read("three/summary.csv"));
}

TEST_F(Compare, ArmsAndReplicatesCanBeChosen) {
  ASSERT_EQ(interstice("compare tiny.yaml -o here --quiet --arms vehicle,emcev --replicates 1").code, 0);
  EXPECT_TRUE(exists("here/arms/emcev/0/timeseries.csv"));
  EXPECT_FALSE(exists("here/arms/emcev/1"));
  EXPECT_FALSE(exists("here/arms/sham"));
  EXPECT_TRUE(has(read("here/summary.csv"), "no run of a sham arm"));
  const Said wrong = interstice("compare tiny.yaml -o there --arms vehicle,emcef");
  EXPECT_EQ(wrong.code, 2);
  EXPECT_TRUE(has(wrong.err, "did you mean 'emcev'?")) << wrong.err;
}

TEST_F(Compare, AnInterruptedComparisonStartsAgainAndAnIncompleteOneIsToldApart) {
  const std::string command = "compare tiny.yaml -o here --arms vehicle,emcev --replicates 1";
  ASSERT_EQ(interstice(command + " --quiet").code, 0);
  const Said info = interstice("info here");
  EXPECT_TRUE(has(info.out, "2 runs under arms/, 2 finished")) << info.out;
  EXPECT_FALSE(has(info.out, "snapshot")) << info.out;
  std::filesystem::remove(folder() / "here/report.html");
  EXPECT_EQ(interstice(command + " --quiet").code, 0);
  EXPECT_TRUE(exists("here/report.html"));
  edit("here/run.json", "\"finished\"", "\"running\"");
  edit("here/arms/emcev/0/run.json", "\"finished\"", "\"running\"");
  EXPECT_TRUE(has(interstice("info here").out, "interrupted"));
  EXPECT_TRUE(has(interstice("info here/arms/emcev/0").out, "interrupted"));
  EXPECT_EQ(interstice(command + " --quiet").code, 0);
  EXPECT_TRUE(exists("here/report.html"));
  EXPECT_TRUE(has(interstice(command).out, "nothing to do"));
}

TEST_F(Compare, AnArmNamedTwiceIsRefused) {
  const Said said = interstice("compare tiny.yaml -o here --arms emcev,vehicle,emcev");
  EXPECT_EQ(said.code, 2);
  EXPECT_TRUE(has(said.err, "names 'emcev' twice")) << said.err;
  EXPECT_FALSE(exists("here/arms"));
}

TEST_F(Compare, AFullDiskIsADiskErrorAndTheComparisonIsRecordedAsFailed) {
  const Said said = interstice("compare tiny.yaml -o here --quiet --arms vehicle,emcev", kFullDisk);
  EXPECT_EQ(said.code, 4) << said.err;
  EXPECT_TRUE(has(said.err, "runs failed")) << said.err;
  EXPECT_TRUE(has(read("here/run.json"), "\"status\": \"failed\""));
  EXPECT_TRUE(has(read("here/arms/emcev/0/run.json"), "\"status\": \"failed\""));
}

TEST_F(Compare, AFinishedComparisonIsNotRepeated) {
  ASSERT_EQ(interstice("compare tiny.yaml -o here --quiet --replicates 1").code, 0);
  const Said again = interstice("compare tiny.yaml -o here --replicates 1");
  EXPECT_EQ(again.code, 0);
  EXPECT_TRUE(has(again.out, "nothing to do")) << again.out;
  EXPECT_EQ(interstice("compare tiny.yaml -o here --replicates 1 --seed 2").code, 2);
  EXPECT_TRUE(has(read("here/run.json"), "\"finished\""));
  EXPECT_EQ(interstice("run tiny.yaml -o here").code, 2);
}

TEST_F(Compare, MoreReplicatesArmsAndOutcomesDoOnlyWhatIsNew) {
  ASSERT_EQ(interstice("compare tiny.yaml -o here --quiet --arms vehicle,emcev --replicates 1").code, 0);
  const auto began = [&](const std::string& run) {
    return std::filesystem::last_write_time(folder() / "here/arms" / run / "run.json");
  };
  const auto first = began("emcev/0");
  Said said = interstice("compare tiny.yaml -o here --arms vehicle,emcev --replicates 2");
  EXPECT_EQ(said.code, 0) << said.err;
  EXPECT_TRUE(has(said.out, "2 of 4 runs are there already")) << said.out;
  said = interstice("compare tiny.yaml -o here --arms vehicle,emcev,sham --replicates 2");
  EXPECT_TRUE(has(said.out, "4 of 6 runs are there already")) << said.out;
  edit("tiny.yaml", "outcomes: {", "outcomes: {least: {of: mean.film.adenosine, reduce: min}, ");
  said = interstice("compare tiny.yaml -o here --arms vehicle,emcev,sham --replicates 2");
  EXPECT_EQ(said.code, 0) << said.err;
  EXPECT_FALSE(has(said.out, "there already")) << said.out;  // for there is nothing to run
  EXPECT_TRUE(has(read("here/summary.csv"), "emcev,1,outcome.least"));
  EXPECT_EQ(began("emcev/0"), first);
  ASSERT_EQ(interstice("compare tiny.yaml -o there --quiet --arms vehicle,emcev,sham --replicates 2").code, 0);
  EXPECT_EQ(read("here/summary.csv"), read("there/summary.csv"));
}

TEST_F(Compare, ARunOfItIsTheSameAloneAndNeedsFewFiles) {
  ASSERT_EQ(interstice("compare tiny.yaml -o here --quiet").code, 0);
  for (const char* arm : {"vehicle", "sham", "uptake", "emcev"}) {
    const std::string inside = fmt::format("here/arms/{}/1/", arm), alone = std::string(arm) + "/";
    ASSERT_EQ(interstice(fmt::format("run tiny.yaml --arm {0} --replicate 1 --quiet -o {0}", arm)).code, 0);
    for (const char* file : {"timeseries.csv", "observations.hdf", "scenario.yaml"})
      EXPECT_TRUE(read(inside + file) == read(alone + file)) << inside << file;
    std::size_t files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder() / inside)) files += entry.exists() ? 1 : 0;
    EXPECT_LE(files, 6U);
  }
}

TEST_F(Compare, ARunThatIsRemovedIsRunAgain) {
  ASSERT_EQ(interstice("compare tiny.yaml -o here --quiet").code, 0);
  std::filesystem::remove_all(folder() / "here/arms/emcev/1");
  EXPECT_TRUE(has(interstice("compare tiny.yaml -o here").out, "7 of 8 runs are there already"));
  EXPECT_TRUE(exists("here/arms/emcev/1/timeseries.csv"));
}

TEST_F(Compare, ItsLockCoversItsRuns) {
  std::filesystem::create_directories(folder() / "here/arms/emcev/0");
  const int lock = open((folder() / "here/.interstice.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  write("here/.interstice.lock", "process 123 on elsewhere\n");
  ASSERT_EQ(flock(lock, LOCK_EX | LOCK_NB), 0);
  const Said said = interstice("run tiny.yaml -o here/arms/emcev/0 --force");
  EXPECT_EQ(said.code, 7) << said.err;
  EXPECT_TRUE(has(said.err, "process 123 on elsewhere")) << said.err;
  EXPECT_EQ(interstice("report here").code, 2);  // there is nothing yet
  close(lock);
}

TEST_F(Compare, ARunAtWorkInOneOfItsDirectoriesIsLeftAlone) {
  ASSERT_EQ(interstice("compare tiny.yaml -o here --replicates 1 --arms vehicle --quiet").code, 0);
  std::filesystem::create_directories(folder() / "here/arms/emcev/0");
  const int lock = open((folder() / "here/arms/emcev/0/.interstice.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  ASSERT_EQ(flock(lock, LOCK_EX | LOCK_NB), 0);
  const Said said = interstice("compare tiny.yaml -o here --replicates 1 --quiet");
  EXPECT_EQ(said.code, 7) << said.err;
  EXPECT_TRUE(has(said.err, "arm emcev, replicate 0")) << said.err;
  const Said forced = interstice("compare tiny.yaml -o here --seed 7 --force");
  EXPECT_EQ(forced.code, 7) << forced.err;
  EXPECT_TRUE(exists("here/arms/vehicle/0/timeseries.csv"));
  close(lock);
  EXPECT_EQ(interstice("compare tiny.yaml -o here --replicates 1 --quiet").code, 0);
}

TEST_F(Compare, FilesOfTheUserSurviveARepeatedCommand) {
  const std::string command = "compare tiny.yaml -o here --quiet --arms vehicle,emcev --replicates 1";
  ASSERT_EQ(interstice(command).code, 0);
  std::filesystem::create_directories(folder() / "here/arms/mine");
  const std::vector<std::string> mine{"here/arms/mine/analysis.ipynb", "here/fields_my_average.hdf5",
                                      "here/cells_tracked.hdf.png", "here/arms/emcev/0/notes.txt"};
  for (const std::string& file : mine) write(file, "mine");
  edit("here/run.json", "\"finished\"", "\"running\"");
  EXPECT_EQ(interstice(command).code, 0);
  EXPECT_EQ(interstice(command + " --force").code, 0);
  for (const std::string& file : mine) EXPECT_EQ(read(file), "mine") << file;
}

TEST_F(Compare, WhatCannotBeAnsweredIsSaidBefore) {
  EXPECT_TRUE(
      has(interstice("compare tiny.yaml --arms uptake,emcev --replicates 1 -o a").err,
          "warning: no arm is compared with another (expected one without EVs, such as `vehicle: {vesicles: false}`)"));
  EXPECT_TRUE(has(interstice("compare tiny.yaml --arms vehicle,emcev --replicates 1 -o b").err,
                  "warning: no arm says what chance does (expected one with `vesicles: false, sham: true`)"));
  edit("tiny.yaml", "cells: {sentinel: {count: 5, in: [film]}}", "cells: {sentinel: {count: 0, in: [film]}}");
  edit("tiny.yaml", "{of: mean.film.adenosine, reduce: max}", "{label: what they feel, of: column.sentinel.felt}");
  const Said said = interstice("compare tiny.yaml --replicates 1 -o c");
  EXPECT_TRUE(
      has(said.err, "'what they feel' asks for sentinel, of which none is there at the start and none can come"))
      << said.err;
}

TEST_F(Compare, AFileStopStopsItOnceWhoeverSeesItFirst) {
  const std::string command =
      "compare tiny.yaml -o here --jobs 2 --set time.0.until=300s --set output.every=300s --quiet";
  for (int k = 0; k < 3; ++k) {
    const Said said = interstice(command,
                                 "true; (until ls here/arms/*/*/timeseries.csv; do sleep 0.02; done; touch "
                                 "here/STOP) >/dev/null 2>&1 & ");
    EXPECT_EQ(said.code, 75) << said.err;
    EXPECT_TRUE(has(said.err, "stopped by the file here/STOP")) << said.err;
    EXPECT_FALSE(exists("here/STOP"));
    std::filesystem::remove_all(folder() / "here");
  }
}

TEST_F(Compare, NamesThatAreNoUtf8AreTold) {
  ASSERT_EQ(interstice("compare tiny.yaml -o 'w\xff' --replicates 1 --arms vehicle --quiet").code, 0);
  std::filesystem::create_directories(folder() / "w\xff/arms/emcev/0");
  const int lock = open((folder() / "w\xff/arms/emcev/0/.interstice.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  ASSERT_EQ(flock(lock, LOCK_EX | LOCK_NB), 0);
  const Said said = interstice("compare tiny.yaml -o 'w\xff' --replicates 1 --quiet");
  EXPECT_EQ(said.code, 7) << said.err;
  EXPECT_TRUE(has(said.err, "is in use")) << said.err;
  close(lock);
}

/// Each run has a process of its own: whatever ends it takes no other with it.
TEST_F(Compare, ARunThatIsKilledTakesNoOtherWithIt) {
  // Kills a process of a run: one whose parent is the program too. No other test has a directory of that name.
  write("kill.sh", R"sh(for i in $(seq 500); do
  child=$(pgrep -nf 'interstice compare tiny.yaml -o of_the_killed')
  parent=$(ps -o ppid= -p "${child:-1}" | tr -d ' ')
  [ "$(ps -o comm= -p "${parent:-1}")" = interstice ] && ls of_the_killed/arms/*/*/timeseries.csv && kill -9 "$child" && break
  sleep 0.02
done >/dev/null 2>&1
)sh");
  const std::string command =
      "compare tiny.yaml -o of_the_killed --jobs 2 --set time.0.until=300s --set output.every=300s --quiet";
  const Said said = interstice(command, "true; bash kill.sh & ");
  EXPECT_EQ(said.code, 6) << said.err;
  EXPECT_TRUE(has(said.err, "1 of 8 runs failed")) << said.err;
  EXPECT_TRUE(has(said.err, "ended by signal 9")) << said.err;
  EXPECT_EQ(interstice(command).code, 0);
  ASSERT_EQ(interstice("compare tiny.yaml -o whole --set time.0.until=300s --set output.every=300s --quiet").code, 0);
  EXPECT_EQ(read("of_the_killed/summary.csv"), read("whole/summary.csv"));
}

// A formula that divides by zero where there is adenosine: the arm that makes it fails, the others finish.
TEST_F(Compare, AFailedRunIsReportedAndTheOthersContinue) {
  std::string scenario = kTinyScenario;
  const std::string column = "felt: {unit: \"1\", initial: 0, gain: \"H(adenosine, 0.1 [uM]) / 0.1 [s]\"";
  scenario.replace(scenario.find(column), column.size(),
                   "felt: {unit: \"1\", initial: 0, gain: \"1 / max(0, 1 - 1e6*H(adenosine, 0.1 [uM])) / 0.1 [s]\"");
  write("fails.yaml", scenario);
  const Said said = interstice("compare fails.yaml -o here");
  EXPECT_EQ(said.code, 3) << said.err;
  EXPECT_TRUE(has(said.err, "2 of 8 runs failed")) << said.err;
  EXPECT_TRUE(has(said.err, "arm emcev, replicate 0")) << said.err;
  EXPECT_TRUE(has(said.err, "arm emcev, replicate 1"));
  EXPECT_TRUE(has(read("here/summary.csv"), "vehicle,1,primary.peak"));
  EXPECT_TRUE(has(read("here/summary.csv"), "emcev,0,failed"));
  EXPECT_TRUE(has(read("here/arms/emcev/0/run.json"), "\"status\": \"failed\""));
  EXPECT_TRUE(has(read("here/report.html"), "Failed runs"));
}

}  // namespace
}  // namespace interstice::test
