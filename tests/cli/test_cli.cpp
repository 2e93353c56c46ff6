/// @file
/// The program as a user meets it: help, exit codes, messages, and what it does to directories.
#include <fcntl.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/command.h"

namespace interstice::test {
namespace {

using testing::Test;
using Cli = CommandTest;

long lines(const std::string& text) { return std::count(text.begin(), text.end(), '\n'); }

TEST_F(Cli, HelpFitsAScreenAndNamesEveryCommandAndExitCode) {
  const Said said = interstice("--help");
  EXPECT_EQ(said.code, 0);
  EXPECT_LE(lines(said.out), 24);
  for (const char* word :
       {"run", "compare", "study", "verdict", "validate", "describe", "reduce", "schema", "upgrade", "info", "bench",
        "render", "Examples", "0 done", "2 wrong input", "3 numerical", "4 disk", "6 out of", "7 directory in use"})
    EXPECT_TRUE(has(said.out, word)) << word;
}

TEST_F(Cli, EveryCommandHasHelpWithAnExample) {
  for (const std::string command : {"run", "compare", "study", "verdict", "validate", "describe", "reduce", "schema",
                                    "upgrade", "info", "bench", "render"}) {
    const Said said = interstice(command + " --help");
    EXPECT_EQ(said.code, 0) << command;
    EXPECT_TRUE(has(said.out, "interstice " + command)) << said.out;
    EXPECT_TRUE(has(said.out, "Example")) << command;
  }
}

TEST_F(Cli, VersionNamesCommitCompilerAndLibraries) {
  const Said said = interstice("--version");
  EXPECT_EQ(said.code, 0);
  EXPECT_TRUE(has(said.out, "interstice 0."));
  EXPECT_TRUE(has(said.out, "compiler: GNU") || has(said.out, "compiler: Clang")) << said.out;
  EXPECT_TRUE(has(said.out, "HDF5 1."));
}

TEST_F(Cli, AMistypedCommandGetsASuggestion) {
  const Said said = interstice("compair tiny.yaml");
  EXPECT_EQ(said.code, 2);
  EXPECT_TRUE(said.out.empty());
  EXPECT_TRUE(has(said.err, "did you mean 'compare'?")) << said.err;
  EXPECT_FALSE(has(interstice("frobnicate").err, "did you mean"));
}

TEST_F(Cli, WrongCommandLinesExitWith2) {
  for (const char* arguments : {"", "run", "run tiny.yaml --threads 0", "run tiny.yaml --no-such-option", "info",
                                "compare tiny.yaml --replicates 0", "run missing.yaml", "describe no_such_thing"})
    EXPECT_EQ(interstice(arguments).code, 2) << arguments;
}

TEST_F(Cli, ErrorsGoToStderrWithoutColourWhenItIsNotATerminal) {
  const Said said = interstice("run missing.yaml");
  EXPECT_TRUE(said.out.empty());
  EXPECT_TRUE(has(said.err, "error: "));
  EXPECT_TRUE(has(said.err, "missing.yaml"));
  EXPECT_FALSE(has(said.err, "\033["));
}

TEST_F(Cli, RunWritesItsResultsAndSaysWhere) {
  const Said said = interstice("run tiny.yaml");
  ASSERT_EQ(said.code, 0) << said.err;
  EXPECT_TRUE(has(said.out, "out/tiny"));
  for (const char* name : {"scenario.yaml", "run.json", "timeseries.csv", "fields_000000.hdf", "fields_000002.hdf",
                           "fields.hdf.series", "cells_000000.hdf", "vesicles_000000.hdf"})
    EXPECT_TRUE(exists(std::string("out/tiny/") + name)) << name;
  EXPECT_FALSE(exists("out/tiny/.interstice.lock"));
  EXPECT_TRUE(has(read("out/tiny/run.json"), "\"status\": \"finished\""));
  EXPECT_EQ(lines(read("out/tiny/timeseries.csv")), 1 + 11);  // header, then 0 to 1 s every 0.1 s
}

TEST_F(Cli, WithoutAnIntervalOnlyTheFirstAndTheLastStateAreWritten) {
  std::string text = kTinyScenario;
  text.erase(text.find("output: {every: 500 ms}"));
  write("ends.yaml", text);
  ASSERT_EQ(interstice("run ends.yaml -o here --quiet").code, 0);
  EXPECT_TRUE(exists("here/fields_000000.hdf"));
  EXPECT_TRUE(exists("here/fields_000001.hdf"));
  EXPECT_FALSE(exists("here/fields_000002.hdf"));
}

TEST_F(Cli, AFinishedRunIsNotRepeatedAndAnotherIsNotOverwritten) {
  ASSERT_EQ(interstice("run tiny.yaml -o here --quiet").code, 0);
  const std::string record = read("here/run.json"), series = read("here/timeseries.csv");
  const Said again = interstice("run tiny.yaml -o here");
  EXPECT_EQ(again.code, 0);
  EXPECT_TRUE(has(again.out, "nothing to do")) << again.out;
  EXPECT_EQ(read("here/run.json"), record);

  const Said other = interstice("run tiny.yaml -o here --seed 2");
  EXPECT_EQ(other.code, 2);
  EXPECT_TRUE(has(other.err, "not empty")) << other.err;
  EXPECT_TRUE(has(other.err, "--force"));
  EXPECT_EQ(read("here/timeseries.csv"), series);

  EXPECT_EQ(interstice("run tiny.yaml -o here --arm uptake").code, 2);  // another arm is another run
  EXPECT_EQ(interstice("run tiny.yaml -o here --seed 2 --force --quiet").code, 0);
  EXPECT_NE(read("here/run.json"), record);
}

TEST_F(Cli, ForceReplacesResultsOnly) {
  ASSERT_EQ(interstice("run tiny.yaml -o here --quiet").code, 0);
  const std::vector<std::string> mine{"here/notes.txt", "here/cells_tracks.hdf5", "here/fields_mean.hdf",
                                      "here/notes.tmp"};
  for (const std::string& file : mine) write(file, "mine");
  write("here/fields_000098.hdf.tmp", "");  // left over from a run that was killed
  std::filesystem::copy(folder() / "here/fields_000000.hdf", folder() / "here/checkpoint_000000000099.hdf");
  ASSERT_EQ(interstice("run tiny.yaml -o here --quiet --force").code, 0);
  for (const std::string& file : mine) EXPECT_EQ(read(file), "mine") << file;
  EXPECT_FALSE(exists("here/fields_000098.hdf.tmp"));
  EXPECT_FALSE(exists("here/checkpoint_000000000099.hdf"));
  write("here/fields_000098.hdf.tmp", "mine");
  EXPECT_EQ(interstice("run tiny.yaml -o here --quiet --force").code, 2);
  EXPECT_EQ(read("here/fields_000098.hdf.tmp"), "mine");
}

TEST_F(Cli, ARecordThatWasBeingWrittenWhenTheRunWasKilledDoesNotBlockItsDirectory) {
  std::filesystem::create_directories(folder() / "here");
  write("here/run.json.tmp", "{");
  EXPECT_EQ(interstice("run tiny.yaml -o here --quiet").code, 0);
}

TEST_F(Cli, ForeignFilesAreNotOverwritten) {
  std::filesystem::create_directories(folder() / "here");
  write("here/notes.txt", "mine");
  EXPECT_EQ(interstice("run tiny.yaml -o here").code, 2);
  EXPECT_FALSE(exists("here/run.json"));
}

TEST_F(Cli, ForceTouchesOnlyDirectoriesThatHoldResults) {
  write("scenario.yaml", kTinyScenario);
  std::filesystem::create_directories(folder() / "arms");
  const Said said = interstice("run scenario.yaml -o . --force");
  EXPECT_EQ(said.code, 2);
  EXPECT_TRUE(has(said.err, "holds no results of interstice")) << said.err;
  EXPECT_EQ(read("scenario.yaml"), kTinyScenario);
  EXPECT_TRUE(exists("arms"));

  ASSERT_EQ(interstice("run tiny.yaml -o here --quiet").code, 0);
  write("here/scenario.yaml", kTinyScenario);
  EXPECT_EQ(interstice("run here/scenario.yaml -o here --force").code, 2);
  EXPECT_EQ(read("here/scenario.yaml"), kTinyScenario);
  EXPECT_TRUE(exists("here/timeseries.csv"));
}

TEST_F(Cli, AFinishedRunOfAnotherBuildOrWithMissingFilesIsToldApart) {
  ASSERT_EQ(interstice("run tiny.yaml -o here --quiet").code, 0);
  const auto refused = [&](const std::string& part) {
    const Said said = interstice("run tiny.yaml -o here");
    EXPECT_EQ(said.code, 2);
    EXPECT_TRUE(has(said.err, part)) << said.err;
    EXPECT_TRUE(has(said.err, "--force")) << said.err;
  };
  const std::string record = read("here/run.json");
  edit("here/run.json", "\"commit\": \"", "\"commit\": \"1234567");
  refused("by another build: then 0.");
  write("here/run.json", record);
  edit("here/run.json", "\"models\": [", "\"models\": [], \"were\": [");
  refused("another version of the model c");
  write("here/run.json", record);
  std::filesystem::rename(folder() / "here/fields_000001.hdf", folder() / "kept");
  refused("without fields_000001.hdf");
  std::filesystem::remove(folder() / "here/cells.hdf.series");
  refused("and 1 more of its files");
  EXPECT_EQ(interstice("run tiny.yaml -o here --force --quiet").code, 0);
  EXPECT_EQ(interstice("run tiny.yaml -o here").code, 0);
}

TEST_F(Cli, AnInterruptedRunIsCalledSoAndStartsAgain) {
  ASSERT_EQ(interstice("run tiny.yaml -o here --quiet").code, 0);
  edit("here/run.json", "\"finished\"", "\"running\"");  // as a killed run leaves it
  write("here/.interstice.lock", "process 123 on elsewhere\n");
  EXPECT_TRUE(has(interstice("info here").out, "interrupted")) << interstice("info here").out;
  const int lock = open((folder() / "here/.interstice.lock").c_str(), O_RDWR | O_CLOEXEC);
  ASSERT_EQ(flock(lock, LOCK_EX | LOCK_NB), 0);
  EXPECT_TRUE(has(interstice("info here").out, "running"));
  close(lock);
  EXPECT_EQ(interstice("run tiny.yaml -o here --seed 2").code, 2);  // not its own
  const Said said = interstice("run tiny.yaml -o here");
  EXPECT_EQ(said.code, 0) << said.err;
  EXPECT_TRUE(has(said.out, "starts again")) << said.out;
  EXPECT_TRUE(has(interstice("info here").out, "finished"));
}

TEST_F(Cli, ADirectoryInUseIsRefusedWithItsOwnerAndAStaleLockIsNot) {
  std::filesystem::create_directories(folder() / "here");
  write("here/.interstice.lock", "process 123 on elsewhere\n");
  const int lock = open((folder() / "here/.interstice.lock").c_str(), O_RDWR | O_CLOEXEC);
  ASSERT_EQ(flock(lock, LOCK_EX | LOCK_NB), 0);
  const Said said = interstice("run tiny.yaml -o here");
  EXPECT_EQ(said.code, 7);
  EXPECT_TRUE(has(said.err, "process 123 on elsewhere")) << said.err;
  close(lock);  // what the system does when a process is killed
  EXPECT_EQ(interstice("run tiny.yaml -o here --quiet").code, 0);
}

TEST_F(Cli, QuietSaysNothing) {
  const Said said = interstice("run tiny.yaml --quiet");
  EXPECT_EQ(said.code, 0);
  EXPECT_TRUE(said.out.empty()) << said.out;
  EXPECT_EQ(interstice("run tiny.yaml --quiet").out, "");  // nothing to do
}

TEST_F(Cli, InfoTellsWhatWasChangedOnTheCommandLine) {
  ASSERT_EQ(interstice("run tiny.yaml -o here --quiet --seed 3 --set temperature=30degC").code, 0);
  EXPECT_TRUE(has(interstice("info here").out, "Tiny\nbut with temperature=30degC, seed=3\n"));
  EXPECT_TRUE(has(interstice("info here/fields_000000.hdf").out, "but with temperature=30degC"));
}

TEST_F(Cli, OutputThatCannotBeWrittenIsADiskError) {
  for (const std::string command : {"schema", "describe cd73", "--help", "--version"}) {
    const int status = std::system(("'" INTERSTICE_EXE "' " + command + " >/dev/full 2>/dev/null").c_str());
    EXPECT_EQ(WEXITSTATUS(status), 4) << command;
  }
}

TEST_F(Cli, MistakesAreNamedForWhatTheyAre) {
  std::filesystem::create_directories(folder() / "a_folder");
  const auto refused = [&](const std::string& arguments, const std::string& part) {
    const Said said = interstice(arguments);
    EXPECT_EQ(said.code, 2) << arguments;
    EXPECT_TRUE(has(said.err, part)) << said.err;
    return said.err;
  };
  refused("validate a_folder", "it is a directory");
  refused("validate tiny.yaml --include nowhere", "nowhere");
  refused("validate tiny.yaml --set temperature=37", "did you mean '37 degC'");
  const std::string unit = refused("validate tiny.yaml --set 'domain.spacing=10 furlong'", "furlong");
  EXPECT_FALSE(has(unit, "units are for example")) << unit;
  refused("describe scavenger", "give its .so file");
  write("broken.so", "no shared object");
  refused("describe broken.so", "plug-in");
}

TEST_F(Cli, TheResolvedScenarioReproducesTheRun) {
  ASSERT_EQ(interstice("run tiny.yaml -o a --quiet --set vesicles.ev.proteins.CD73.mean=400").code, 0);
  ASSERT_EQ(interstice("run a/scenario.yaml -o b --quiet").code, 0);
  EXPECT_EQ(interstice("info a --hash").out, interstice("info b --hash").out);
  EXPECT_EQ(read("a/timeseries.csv"), read("b/timeseries.csv"));
  ASSERT_EQ(interstice("run tiny.yaml -o c --quiet --arm emcev --replicate 2").code, 0);
  ASSERT_EQ(interstice("run c/scenario.yaml -o d --quiet").code, 0);
  EXPECT_EQ(interstice("info c --hash").out, interstice("info d --hash").out);
  EXPECT_EQ(read("c/timeseries.csv"), read("d/timeseries.csv"));
  const auto identity = [&](const std::string& record) {
    return nlohmann::json::parse(read(record)).at("identity").get<std::string>();
  };
  EXPECT_EQ(identity("c/run.json"), identity("d/run.json"));
  EXPECT_NE(identity("a/run.json"), identity("c/run.json"));
}

TEST_F(Cli, SeedsAreKeptToTheLastDigit) {
  const std::string most = "18446744073709551615";
  ASSERT_EQ(interstice("run tiny.yaml -o a --quiet --seed " + most).code, 0);
  EXPECT_TRUE(has(read("a/run.json"), "\"seed\": " + most));
  EXPECT_TRUE(has(read("a/scenario.yaml"), "\nseed: " + most));
  EXPECT_TRUE(has(interstice("info a").out, "seed " + most));
  ASSERT_EQ(interstice("run tiny.yaml -o b --quiet --seed 18446744073709551614").code, 0);
  EXPECT_NE(interstice("info a --hash").out, interstice("info b --hash").out);
  const Said more = interstice("run tiny.yaml -o c --set seed=18446744073709551616");
  EXPECT_EQ(more.code, 2);
  EXPECT_TRUE(has(more.err, "0 to " + most)) << more.err;
}

TEST_F(Cli, ThreadsDoNotChangeTheHash) {
  ASSERT_EQ(interstice("run tiny.yaml -o one --quiet --threads 1").code, 0);
  ASSERT_EQ(interstice("run tiny.yaml -o three --quiet --threads 3").code, 0);
  const Said hash = interstice("info one --hash");
  EXPECT_EQ(hash.code, 0);
  EXPECT_EQ(hash.out.size(), 65u) << hash.out;
  EXPECT_EQ(hash.out, interstice("info three --hash").out);
}

TEST_F(Cli, ADamagedFileIsADiskError) {
  ASSERT_EQ(interstice("run tiny.yaml -o here --quiet").code, 0);
  std::filesystem::resize_file(folder() / "here/fields_000002.hdf", 3000);
  EXPECT_EQ(interstice("info here --hash").code, 4);
}

TEST_F(Cli, AnUnwritableOutputIsADiskError) {
  write("file", "not a directory");
  const Said said = interstice("run tiny.yaml -o file/below");
  EXPECT_EQ(said.code, 4);
  EXPECT_TRUE(has(said.err, "file/below")) << said.err;
}

TEST_F(Cli, AFullDiskIsADiskErrorAndTheRunIsRecordedAsFailed) {
  const Said said = interstice("run tiny.yaml -o here", kFullDisk);
  EXPECT_EQ(said.code, 4) << said.err;
  EXPECT_TRUE(has(said.err, "cannot ")) << said.err;
  EXPECT_TRUE(has(said.err, ".hdf")) << said.err;
  EXPECT_TRUE(has(read("here/run.json"), "\"status\": \"failed\"")) << read("here/run.json");
  EXPECT_FALSE(exists("here/fields_000000.hdf.tmp"));
}

TEST_F(Cli, ValidateListsAllMistakesOfAllFilesAndEstimatesTheCost) {
  const Said good = interstice("validate tiny.yaml");
  EXPECT_EQ(good.code, 0) << good.err;
  EXPECT_TRUE(has(good.out, "tiny.yaml: valid"));
  EXPECT_TRUE(has(good.out, "20 steps")) << good.out;
  EXPECT_TRUE(has(good.out, "4 arms x 2 replicates = 8 runs")) << good.out;
  EXPECT_FALSE(has(good.out, "left out")) << good.out;
  EXPECT_TRUE(has(interstice("validate tiny.yaml --set 'cell_types.sentinel.columns.felt.gain=0 [1/s]'").out,
                  "columns left out, nothing here feeds or needs them: felt"));

  std::string bad = kTinyScenario;
  bad.replace(bad.find("spacing"), 7, "spacng");
  write("bad.yaml", bad);
  bad = kTinyScenario;
  bad.replace(bad.find("transport: 50 ms"), 16, "transport: 50 um");
  bad.replace(bad.find("seed: 1"), 7, "sed: 1");
  write("worse.yaml", bad);
  const Said said = interstice("validate bad.yaml tiny.yaml worse.yaml --quiet");
  EXPECT_EQ(said.code, 2);
  EXPECT_TRUE(has(said.out, "tiny.yaml: valid"));
  for (const char* part : {"bad.yaml:5:", "did you mean 'spacing'", "worse.yaml:3:", "did you mean 'seed'",
                           "worse.yaml:7:", "2 of 3 files have mistakes"})
    EXPECT_TRUE(has(said.err, part)) << part << "\n" << said.err;
}

/// Processor time of the programs that this one has run and waited for [s].
double time_of_children() {
  rusage used{};
  getrusage(RUSAGE_CHILDREN, &used);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

// The steps of the second phase cost far more than those of the first: timing the first alone would miss it.
TEST_F(Cli, ValidateTimesEveryPhase) {
  write("phases.yaml", R"(schema: 2
domain: {size: [240 um, 240 um, 240 um], spacing: 10 um}
time:
  - {until: 1 s, transport: 10 ms, vesicles: 10 ms, cells: 10 ms, series: 1 s}
  - {until: 101 s, transport: 500 ms, vesicles: 500 ms, cells: 500 ms, series: 10 s}
species: {A: {diffusivity: 800 um^2/s, initial: 1 uM}, B: {diffusivity: 800 um^2/s}}
reactions: {turn: {equation: A -> B, k: 0.01 1/s}}
)");
  const Said said = interstice("validate phases.yaml");
  const auto at = said.out.find("on disk, about ");
  ASSERT_NE(at, std::string::npos) << said.out;
  const double estimated = std::stod(said.out.substr(at + 15));
  const double before = time_of_children();
  ASSERT_EQ(interstice("run phases.yaml --quiet --threads 1").code, 0);
  const double used = time_of_children() - before;
  EXPECT_GT(estimated, used / 3) << said.out;  // a busy machine takes its share; the first phase alone is 8 times off
  EXPECT_LT(estimated, used * 3) << said.out;
}

TEST_F(Cli, DescribeAndSchemaAnswer) {
  EXPECT_TRUE(has(interstice("describe cd73").out, "kcat"));
  EXPECT_TRUE(has(interstice("describe tiny.yaml").out, "tiny.yaml"));
  EXPECT_TRUE(has(interstice("describe tiny.yaml parameters").out, "vesicles.ev"));
  const Said schema = interstice("schema");
  EXPECT_EQ(schema.code, 0);
  EXPECT_EQ(schema.out.front(), '{');
}

}  // namespace
}  // namespace interstice::test
