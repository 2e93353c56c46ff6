/// @file
/// Runs that lie in the directory of a comparison, by whatever way they came there: none is lost, and none is taken for
/// another.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "cli/command.h"

namespace interstice::test {
namespace {

class Gathered : public CommandTest {
 protected:
  static bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }
  void run(const std::string& arm, const std::string& where, const std::string& options = "") const {
    ASSERT_EQ(interstice(fmt::format("run tiny.yaml --arm {} -o {} --quiet {}", arm, where, options)).code, 0);
  }
  static constexpr const char* kLonger = "--set time.0.until=30s --set time.0.series=1s --set output.every=15s";
};

TEST_F(Gathered, RunsOfAJobArrayBecomeTheComparison) {
  for (const char* arm : {"vehicle", "sham", "uptake", "emcev"})
    run(arm, fmt::format("here/arms/{}/1", arm), "--replicate 1");
  const Said said = interstice("compare tiny.yaml -o here");
  EXPECT_EQ(said.code, 0) << said.err;
  EXPECT_TRUE(has(said.out, "4 of 8 runs are there already")) << said.out;
  const Said fewer = interstice("compare tiny.yaml -o here --replicates 1");
  EXPECT_EQ(fewer.code, 0) << fewer.err;
  EXPECT_TRUE(has(fewer.out, "4 more of other arms or replicates are kept, but not in this report")) << fewer.out;
}

TEST_F(Gathered, AnUnfinishedOneGoesOnWithItsSnapshots) {
  ASSERT_EQ(interstice(fmt::format("run tiny.yaml {} --arm emcev --replicate 1 -o here/arms/emcev/1 --quiet "
                                   "--max-walltime 1ms",
                                   kLonger))
                .code,
            75);
  EXPECT_EQ(interstice(fmt::format("compare tiny.yaml {} -o here --quiet", kLonger)).code, 0);
  EXPECT_TRUE(exists("here/arms/emcev/1/fields.hdf.series"));
  EXPECT_FALSE(exists("here/arms/emcev/0/checkpoint_000000000001.hdf"));
}

TEST_F(Gathered, ARunInThePlaceOfAnotherIsNotTakenForIt) {
  ASSERT_EQ(interstice("compare tiny.yaml -o here --quiet").code, 0);
  std::filesystem::remove_all(folder() / "here/arms/emcev/1");
  run("uptake", "here/arms/emcev/1", "--replicate 1 --seed 7");
  const Said report = interstice("report here -o so_far");
  EXPECT_EQ(report.code, 0) << report.err;
  EXPECT_TRUE(has(report.err, "here/arms/emcev/1 holds another run")) << report.err;
  EXPECT_FALSE(has(read("so_far/summary.csv"), "emcev,1,"));
  EXPECT_EQ(interstice("compare tiny.yaml -o here --quiet").code, 2);
  EXPECT_TRUE(exists("here/arms/emcev/1/timeseries.csv"));
}

TEST_F(Gathered, OneThatFinishesMeanwhileIsLeftAsItIs) {
  run("emcev", "here/arms/emcev/1", std::string("--replicate 1 ") + kLonger);
  run("emcev", "kept", std::string("--replicate 1 ") + kLonger);
  // The comparison sees it unfinished; by the time its turn comes, as the last, it is finished.
  edit("here/arms/emcev/1/run.json", "\"finished\"", "\"running\"");
  write("later",
        "#!/bin/bash\n\"$@\" & p=$!\nwhile [ ! -e here/arms/vehicle/0/timeseries.csv ]; do sleep 0.001; done\n"
        "kill -STOP $p; rm -rf here/arms/emcev/1; cp -r kept here/arms/emcev/1; kill -CONT $p; wait $p\n");
  const Said said =
      interstice(std::string("compare tiny.yaml -o here --quiet --jobs 1 ") + kLonger, "timeout 100 bash ./later");
  EXPECT_EQ(said.code, 0) << said.err;
  EXPECT_EQ(read("here/arms/emcev/1/run.json"), read("kept/run.json"));
}

TEST_F(Gathered, AnInterruptedRunDoesNotTakeThoseBelowItAway) {
  ASSERT_EQ(interstice("run tiny.yaml -o here --quiet").code, 0);
  edit("here/run.json", "\"finished\"", "\"running\"");  // as if it had been killed before its first checkpoint
  run("emcev", "here/arms/emcev/0");
  ASSERT_EQ(interstice("run tiny.yaml -o here --quiet").code, 0);
  EXPECT_TRUE(exists("here/arms/emcev/0/timeseries.csv"));
}

TEST_F(Gathered, NothingIsRemovedUnderAWorkingRun) {
  ASSERT_EQ(interstice("compare tiny.yaml -o here --quiet").code, 0);
  const std::string record = read("here/run.json");
  const int lock = open((folder() / "here/arms/emcev/0/.interstice.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  ASSERT_EQ(flock(lock, LOCK_EX | LOCK_NB), 0);
  EXPECT_EQ(interstice("run tiny.yaml -o here --force").code, 7);
  EXPECT_EQ(interstice("compare tiny.yaml -o here --seed 9 --force").code, 7);
  close(lock);
  EXPECT_EQ(read("here/run.json"), record);
  EXPECT_TRUE(exists("here/arms/vehicle/0/timeseries.csv"));
}

TEST_F(Gathered, AFinishedComparisonOfAnotherScenarioStaysWhereItIs) {
  ASSERT_EQ(interstice("compare tiny.yaml -o here --quiet").code, 0);
  write("other.yaml", kTinyScenario);
  edit("other.yaml", "uptake: {models", "taken: {models");
  const std::string record = read("here/run.json");
  EXPECT_EQ(interstice("compare other.yaml -o here --quiet").code, 2);
  EXPECT_EQ(read("here/run.json"), record);
  EXPECT_EQ(interstice("compare other.yaml -o here --quiet --force").code, 0);
}

TEST_F(Gathered, AReportIsNotReplacedByALesserOneOrAnothers) {
  ASSERT_EQ(interstice("compare tiny.yaml -o here --quiet").code, 0);
  std::filesystem::rename(folder() / "here/arms", folder() / "elsewhere");
  const std::string summary = read("here/summary.csv");
  EXPECT_EQ(interstice("report here").code, 4);
  EXPECT_EQ(read("here/summary.csv"), summary);
  std::filesystem::rename(folder() / "elsewhere", folder() / "here/arms");

  write("other.yaml", kTinyScenario);
  edit("other.yaml", "title: Tiny", "title: Other");
  ASSERT_EQ(interstice("compare other.yaml -o there --quiet").code, 0);
  ASSERT_EQ(interstice("report here -o out --quiet").code, 0);
  EXPECT_EQ(interstice("report here -o out --quiet").code, 0);
  EXPECT_EQ(interstice("report there -o out --quiet").code, 2);

  edit("here/scenario.yaml", "10 um", "20 um");
  EXPECT_EQ(interstice("report here -o so_far --quiet").code, 4);
}

TEST_F(Gathered, ARunThatHasNoRowYetIsNoReport) {
  run("emcev", "here");
  edit("here/run.json", "\"finished\"", "\"running\"");
  write("here/timeseries.csv", "time [s]\n");
  const Said said = interstice("report here -o out");
  EXPECT_EQ(said.code, 2) << said.err;
  EXPECT_TRUE(has(said.err, "has no rows yet")) << said.err;
}

TEST_F(Gathered, ARecordThatIsNotOursIsNeverABug) {
  for (const char* key : {"status", "build", "files", "identity"}) {
    run("emcev", key);
    auto record = nlohmann::json::parse(read(std::string(key) + "/run.json"));
    record[key] = 3;
    write(std::string(key) + "/run.json", record.dump());
    const Said said = interstice(fmt::format("run tiny.yaml --arm emcev -o {} --force", key));
    EXPECT_EQ(said.code, 2) << said.err;
    EXPECT_TRUE(has(said.err, "holds no results of interstice")) << said.err;
  }
  ASSERT_EQ(interstice("compare tiny.yaml -o here --quiet").code, 0);
  std::filesystem::create_directories(folder() / "here/arms/mine");
  write("here/arms/mine/run.json", "mine");
  EXPECT_EQ(interstice("info here").code, 0);
  EXPECT_EQ(read("here/arms/mine/run.json"), "mine");
}

TEST_F(Gathered, VerifyingLooksAtEveryFileThatIsListed) {
  ASSERT_EQ(interstice("compare tiny.yaml -o here --quiet").code, 0);
  EXPECT_EQ(interstice("info here/arms/emcev/0 --hash").code, 0);
  edit("here/arms/emcev/0/timeseries.csv", "0.1,", "0.2,");
  const Said said = interstice("info here/arms/emcev/0 --hash");
  EXPECT_EQ(said.code, 4) << said.err;
  EXPECT_TRUE(has(said.err, "timeseries.csv")) << said.err;
}

TEST_F(Gathered, NumbersDoNotWrapAround) {
  for (const char* options : {"--replicate -1", "--seed -1", "--seed 18446744073709551616", "--replicate 1e3"})
    EXPECT_EQ(interstice(fmt::format("run tiny.yaml {} -o here", options)).code, 2) << options;
  EXPECT_EQ(interstice("run tiny.yaml --seed 18446744073709551615 -o here --quiet").code, 0);
  EXPECT_TRUE(has(read("here/run.json"), "18446744073709551615"));
}

}  // namespace
}  // namespace interstice::test
