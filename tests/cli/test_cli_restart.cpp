/// @file
/// A run that is stopped or killed at any moment goes on by the same command, to the bytes of one that was not.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <map>
#include <random>
#include <set>
#include <vector>

#include "cli/command.h"
#include "engine/results/info.h"

namespace interstice::test {
namespace {

/// Does something to a command once its time series has so many rows, wherever it works: a moment of the run, not of
/// the clock. Ends as the command does.
constexpr const char* kDisturb = R"sh(#!/bin/bash
series=$1 rows=$2 what=$3; shift 3
there=$(wc -l <"$series" 2>/dev/null || echo 0)  # of an earlier call: this one works once there are more
[ "$there" -gt "$rows" ] && rows=$there
"$@" & p=$!
while kill -0 $p 2>/dev/null && [ "$(wc -l <"$series" 2>/dev/null || echo 0)" -le "$rows" ]; do sleep 0.002; done
eval "$what"
wait $p
)sh";

class Restart : public CommandTest {
 protected:
  /// The command of a run of 600 rows that takes about a second, with snapshots, in this directory.
  [[nodiscard]] static std::string run_in(const std::string& directory, const char* until = "600s") {
    return fmt::format(
        "run tiny.yaml --set time.0.until={} --set time.0.series=1s --set output.every=100s --quiet -o {}", until,
        directory);
  }
  void SetUp() override {
    CommandTest::SetUp();
    write("disturb", kDisturb);
    ASSERT_EQ(interstice(run_in("whole")).code, 0);
  }
  /// The same, and `what` is done at that row; `kill -TERM $p` for example.
  [[nodiscard]] Said disturbed(const std::string& directory, int row, const std::string& what,
                               const std::string& options = "") const {
    return interstice(run_in(directory) + options,
                      fmt::format("bash ./disturb {}/timeseries.csv {} '{}'", directory, row, what));
  }
  [[nodiscard]] int some_row(int from, int until) { return std::uniform_int_distribution<int>(from, until)(random_); }

  [[nodiscard]] std::string names_in(const std::string& directory) const {
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder() / directory))
      names.insert(entry.path().filename());
    return fmt::format("{}", fmt::join(names, " "));
  }
  void expect_same_as_whole(const std::string& directory, const std::string& whole = "whole") const {
    for (const char* file : {"timeseries.csv", "observations.hdf", "fields.hdf.series", "cells.hdf.series",
                             "vesicles.hdf.series", "scenario.yaml"})
      EXPECT_TRUE(read(directory + "/" + file) == read(whole + "/" + file)) << file;
    EXPECT_EQ(verified_state_hash(folder() / directory), verified_state_hash(folder() / whole));
    EXPECT_EQ(names_in(directory), names_in(whole));
  }
  [[nodiscard]] std::vector<std::filesystem::path> checkpoints_in(const std::string& directory) const {
    std::vector<std::filesystem::path> found;
    for (const auto& entry : std::filesystem::directory_iterator(folder() / directory))
      if (entry.path().filename().string().starts_with("checkpoint_")) found.push_back(entry.path());
    std::ranges::sort(found);
    return found;
  }

 private:
  std::mt19937 random_{1};
};

TEST_F(Restart, OneThatIsAskedToStopSavesAndGoesOn) {
  for (const char* signal : {"TERM", "INT", "USR1", "HUP"}) {
    for (const int from : {1, 130, 260}) {
      const Said said = disturbed(signal, some_row(from, from + 100), fmt::format("kill -{} $p", signal));
      EXPECT_EQ(said.code, 75) << said.err;
      EXPECT_NE(said.err.find(fmt::format("stopped by SIG{}", signal)), std::string::npos) << said.err;
      EXPECT_NE(read(std::string(signal) + "/run.json").find("\"stopped\""), std::string::npos);
    }
    EXPECT_EQ(interstice(run_in(signal)).code, 0) << signal;
    expect_same_as_whole(signal);
  }
}

TEST_F(Restart, OneThatIsKilledGoesOnFromItsLastCheckpoint) {
  for (const int from : {50, 150, 250}) {
    EXPECT_EQ(disturbed("killed", some_row(from, from + 100), "kill -KILL $p", " --save-every 20ms").code, 137);
    EXPECT_FALSE(checkpoints_in("killed").empty());
  }
  EXPECT_EQ(interstice(run_in("killed")).code, 0);
  expect_same_as_whole("killed");
}

TEST_F(Restart, ItSavesWhenItIsAskedToAndWorksOn) {
  EXPECT_EQ(disturbed("saved", 100, "kill -USR2 $p; sleep 0.1; kill -KILL $p").code, 137);
  EXPECT_FALSE(checkpoints_in("saved").empty());
  EXPECT_EQ(interstice(run_in("saved")).code, 0);
  expect_same_as_whole("saved");
}

TEST_F(Restart, AFileStopStopsItOnce) {
  const Said said = disturbed("file", 20, "touch file/STOP");
  EXPECT_EQ(said.code, 75) << said.err;
  EXPECT_NE(said.err.find("stopped by the file file/STOP"), std::string::npos) << said.err;
  EXPECT_FALSE(exists("file/STOP"));
  EXPECT_EQ(interstice(run_in("file")).code, 0);
  expect_same_as_whole("file");
}

TEST_F(Restart, CheckpointsThatAKillLeftWithAFinishedRunAreRemoved) {
  ASSERT_EQ(disturbed("here", 100, "kill -TERM $p").code, 75);
  const auto checkpoint = checkpoints_in("here").at(0);
  std::filesystem::copy(checkpoint, folder() / "kept");
  ASSERT_EQ(interstice(run_in("here")).code, 0);
  std::filesystem::copy(folder() / "kept", checkpoint);
  ASSERT_EQ(interstice(run_in("here")).code, 0);
  expect_same_as_whole("here");
}

TEST_F(Restart, AChainOfShortOnesEndsAsOneLongRun) {
  const auto begin = std::chrono::steady_clock::now();
  ASSERT_EQ(interstice(run_in("long", "1000s")).code, 0);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  int jobs = 0, code = 75;
  for (; code == 75 && jobs < 100; ++jobs)
    code = interstice(run_in("chained", "1000s") + fmt::format(" --max-walltime {:.3f}s", 0.5 * seconds)).code;
  EXPECT_EQ(code, 0);
  EXPECT_GT(jobs, 1);
  expect_same_as_whole("chained", "long");
}

TEST_F(Restart, TheEndOfASlurmJobCounts) {
  const Said said = interstice(run_in("job", "20000s"), "export SLURM_JOB_END_TIME=$(($(date +%s) + 3));");
  EXPECT_EQ(said.code, 75);
  EXPECT_NE(said.err.find("stopped by the end of its Slurm job"), std::string::npos) << said.err;
}

/// A checkpoint whose arrays are overwritten.
void damage(const std::filesystem::path& file) {
  const auto size = std::filesystem::file_size(file);
  std::fstream bytes(file, std::ios::binary | std::ios::in | std::ios::out);
  bytes.seekp(static_cast<std::streamoff>(size / 4));
  bytes << std::string(size / 2, '#');
}

TEST_F(Restart, ADamagedCheckpointIsPassedOverAndIfNoneIsLeftNothingIsOverwritten) {
  ASSERT_EQ(disturbed("here", 100, "kill -TERM $p").code, 75);
  ASSERT_EQ(disturbed("here", 200, "kill -TERM $p").code, 75);
  const auto checkpoints = checkpoints_in("here");
  ASSERT_EQ(checkpoints.size(), 2U);
  std::filesystem::copy(folder() / "here", folder() / "both");
  damage(checkpoints[1]);
  const Said said = interstice(run_in("here"));
  EXPECT_EQ(said.code, 0) << said.err;
  EXPECT_NE(said.err.find("warning: "), std::string::npos);
  EXPECT_NE(said.err.find(checkpoints[1].filename().string()), std::string::npos) << said.err;
  expect_same_as_whole("here");

  for (const auto& file : checkpoints) damage(folder() / "both" / file.filename());
  const std::string series = read("both/timeseries.csv"), names = names_in("both");
  const Said refused = interstice(run_in("both"));
  EXPECT_EQ(refused.code, 5);
  EXPECT_NE(refused.err.find("no checkpoint in it can be used"), std::string::npos) << refused.err;
  EXPECT_TRUE(read("both/timeseries.csv") == series);
  EXPECT_EQ(names_in("both"), names);
  EXPECT_EQ(interstice(run_in("both") + " --force").code, 0);
  expect_same_as_whole("both");
}

TEST_F(Restart, LostRowsOrSnapshotsAreNoticed) {
  ASSERT_EQ(disturbed("here", 250, "kill -TERM $p").code, 75);
  const std::string names = names_in("here");
  for (const auto& [file, named] :
       {std::pair("timeseries.csv", "timeseries.csv"), std::pair("fields_000001.hdf", "fields_000001.hdf"),
        std::pair("cells.hdf.series", "cells_000000.hdf")}) {
    std::filesystem::rename(folder() / "here" / file, folder() / "kept");
    const Said said = interstice(run_in("here"));
    EXPECT_EQ(said.code, 5) << file << said.err;
    EXPECT_NE(said.err.find(named), std::string::npos) << said.err;
    std::filesystem::rename(folder() / "kept", folder() / "here" / file);
    EXPECT_EQ(names_in("here"), names);
  }
  EXPECT_EQ(interstice(run_in("here")).code, 0);
  expect_same_as_whole("here");
}

TEST_F(Restart, ChangedRowsAndCutSnapshotsAreNoticed) {
  ASSERT_EQ(disturbed("here", 250, "kill -TERM $p").code, 75);
  const std::string series = read("here/timeseries.csv");
  edit("here/timeseries.csv", "\n100,", "\n101,");
  EXPECT_EQ(interstice(run_in("here")).code, 5);
  write("here/timeseries.csv", series);
  const std::string snapshot = read("here/fields_000001.hdf");
  write("here/fields_000001.hdf", snapshot.substr(0, snapshot.size() / 2));
  EXPECT_EQ(interstice(run_in("here")).code, 5);
  write("here/fields_000001.hdf", snapshot);
  EXPECT_EQ(interstice(run_in("here")).code, 0);
  expect_same_as_whole("here");
}

TEST_F(Restart, OtherOptionsAreRefusedButForThoseThatNumbersDoNotDependOn) {
  ASSERT_EQ(disturbed("here", 100, "kill -TERM $p").code, 75);
  EXPECT_EQ(interstice(run_in("here") + " --seed 2").code, 2);
  EXPECT_EQ(interstice(run_in("here", "300s")).code, 2);
  EXPECT_EQ(interstice(run_in("here") + " --threads 3 --force").code, 0);  // goes on: it is the same run
  expect_same_as_whole("here");
}

TEST_F(Restart, AFullDiskDuringASaveDoesNotEndTheRun) {
  // A limit on the size of files stands for it: checkpoints of this run are larger than all else that it writes.
  const Said said = interstice(run_in("here") + " --save-every 30ms",
                               "ulimit -f 400; export ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0;");
  EXPECT_EQ(said.code, 0) << said.err;
  EXPECT_NE(said.err.find("the run goes on"), std::string::npos) << said.err;
  expect_same_as_whole("here");
}

using RestartOfCompare = CommandTest;

/// The bytes of all files below a directory that do not hold times of the clock.
std::map<std::string, std::string> bytes_below(const std::filesystem::path& directory) {
  std::map<std::string, std::string> bytes;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    const std::string name = entry.path().filename();
    if (name == "timeseries.csv" || name == "observations.hdf" || name == "summary.csv" || name == "scenario.yaml")
      bytes[std::filesystem::relative(entry.path(), directory)] = file_text(entry.path());
    else if (name.starts_with("checkpoint_") || name.ends_with(".tmp"))
      bytes[std::filesystem::relative(entry.path(), directory)] = "should not be here";
  }
  return bytes;
}

TEST_F(RestartOfCompare, KilledAtAnyMomentItEndsAsIfNothingHadHappened) {
  write("disturb", kDisturb);
  const auto command = [](const std::string& directory) {
    return "compare tiny.yaml --set time.0.until=30s --set time.0.series=1s --quiet --jobs 2 --save-every 20ms -o " +
           directory;
  };
  ASSERT_EQ(interstice(command("whole")).code, 0);
  for (const char* signal : {"KILL", "TERM"}) {
    for (const char* run : {"vehicle/0", "uptake/0", "emcev/1"}) {
      const Said said = interstice(
          command(signal), fmt::format("bash ./disturb {0}/arms/{1}/timeseries.csv 6 'kill -{0} $p'", signal, run));
      EXPECT_EQ(said.code, signal == std::string("KILL") ? 137 : 75) << said.err;
      EXPECT_EQ(said.code == 75, said.err.find("stopped by SIGTERM with ") != std::string::npos) << said.err;
    }
    EXPECT_EQ(interstice(command(signal)).code, 0) << signal;
    EXPECT_EQ(bytes_below(folder() / signal), bytes_below(folder() / "whole")) << signal;
  }
}

TEST_F(RestartOfCompare, ItStopsInTimeAndSaysWhy) {
  const std::string command = "compare tiny.yaml --set time.0.until=12s --quiet -o here";
  const Said said = interstice(command + " --max-walltime 10ms");
  EXPECT_EQ(said.code, 75);
  EXPECT_NE(said.err.find("stopped by --max-walltime with 0 of 8 runs done"), std::string::npos) << said.err;
  EXPECT_EQ(interstice(command).code, 0);
}

}  // namespace
}  // namespace interstice::test
