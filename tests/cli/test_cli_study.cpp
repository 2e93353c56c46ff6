/// @file
/// `interstice study`: what it does when all is well, when runs fail or are killed.
#include <fmt/format.h>

#include <cmath>
#include <map>
#include <vector>

#include "cli/study_test.h"
#include "engine/results/hdf5/hdf5_checksums.h"

namespace interstice::test {
namespace {

TEST_F(Study, HasARowPerRunWithWhatVariesAndItsOutcomes) {
  const Said said = interstice("study run doses.yaml");
  ASSERT_EQ(said.code, 0) << said.err;
  const auto all = rows("out/doses_study");
  ASSERT_EQ(all.size(), 16U);  // 2 doses, 4 arms, 2 replicates
  std::map<std::string, std::map<std::string, int>> seeds;
  for (const Row& row : all) {
    EXPECT_EQ(row.at("status"), "finished");
    EXPECT_TRUE(row.at("dose") == "500" || row.at("dose") == "2000") << row.at("dose");
    ++seeds[row.at("dose") + "/" + row.at("replicate")][row.at("seed")];
    const double made = std::stod(row.at("outcome.made"));
    if (row.at("arm") == "emcev") {
      EXPECT_GT(made, row.at("dose") == "2000" ? 1e-3 : 1e-4);
    }
  }
  EXPECT_EQ(seeds.size(), 4U);
  std::map<std::string, int> different;
  for (const auto& [place, of_place] : seeds) {
    EXPECT_EQ(of_place.size(), 1U) << "arms of " << place << " do not share their seed";
    ++different[of_place.begin()->first];
  }
  EXPECT_EQ(different.size(), 4U) << "points or replicates share a seed";
}

TEST_F(Study, ARunIsThatOfInterstice) {
  ASSERT_EQ(interstice("study run doses.yaml -o s").code, 0);
  for (const Row& row : rows("s"))
    if (row.at("arm") == "emcev" && row.at("dose") == "500" && row.at("replicate") == "0") {
      const Said run = interstice("run tiny.yaml --set 'vesicles.ev.number=500 EV' --arm emcev --seed " +
                                  row.at("seed") + " -o r --quiet");
      ASSERT_EQ(run.code, 0) << run.err;
      const std::string series = read("r/timeseries.csv");
      EXPECT_NE(series.find(row.at("outcome.made").substr(0, 10)), std::string::npos) << row.at("outcome.made");
    }
}

TEST_F(Study, EffectsAreAgainstThePairedRun) {
  ASSERT_EQ(interstice("study run doses.yaml -o s").code, 0);
  std::map<std::string, double> vehicle;
  const auto all = rows("s");
  const auto place = [](const Row& row) { return row.at("point") + "/" + row.at("replicate"); };
  for (const Row& row : all)
    if (row.at("arm") == "vehicle") vehicle[place(row)] = std::stod(row.at("outcome.made"));
  for (const Row& row : all) {
    const std::string& effect = row.at("effect.outcome.made");
    const std::string expected =
        row.at("arm") == "vehicle" ? ""
                                   : fmt::format("{:.6g}", std::stod(row.at("outcome.made")) - vehicle.at(place(row)));
    EXPECT_EQ(effect.empty() ? "" : fmt::format("{:.6g}", std::stod(effect)), expected);
  }
}

TEST_F(Study, NothingChangesWhenItGrows) {
  ASSERT_EQ(interstice("study run doses.yaml -o s").code, 0);
  const auto before = results("s");
  edit("doses.yaml", "[500 EV, 2000 EV]", "[100 EV, 500 EV, 2000 EV]");
  edit("doses.yaml", "replicates: 2", "replicates: 3");
  const Said said = interstice("study run doses.yaml -o s");
  ASSERT_EQ(said.code, 0) << said.err;
  EXPECT_NE(said.out.find("36 runs, 20 to do"), std::string::npos) << said.out;
  const auto after = results("s");
  EXPECT_EQ(after.size(), 36U);
  for (const auto& [task, row] : before) EXPECT_EQ(after.at(task), row);
}

TEST_F(Study, ArraysHoldWhatTheTableDoes) {
  edit("doses.yaml", "replicates: 2", "replicates: 2\nset: {time.0.until: 30 s}");
  ASSERT_EQ(interstice("study run doses.yaml -o s --quiet").code, 0);
  const Hdf5File file = Hdf5File::open(folder() / "s/results.hdf");
  verify_checksums(file);
  const auto all = rows("s");
  ASSERT_EQ(all.size(), 16U);
  for (const auto& [name, cell] : all[0]) {
    const std::string path = "/results/" + name;
    const Hdf5Array array = file.read(path);
    ASSERT_EQ(array.shape, (std::vector<std::uint64_t>{all.size()})) << name;
    for (std::size_t r = 0; r < all.size(); ++r) {
      const std::string& shown = all[r].at(name);
      if (array.is_text) {
        const std::size_t length = array.bytes.size() / all.size();
        const std::string text(array.bytes.begin() + static_cast<std::ptrdiff_t>(r * length),
                               array.bytes.begin() + static_cast<std::ptrdiff_t>((r + 1) * length));
        EXPECT_EQ(text.substr(0, text.find('\0')), shown) << name;
      } else if (array.type == Hdf5Type::u64) {
        EXPECT_EQ(std::to_string(file.read_as<std::uint64_t>(path)[r]), shown) << name;
      } else {
        const double value = file.read_as<double>(path)[r];
        EXPECT_TRUE(shown.empty() ? std::isnan(value) : value == std::stod(shown)) << name;
      }
    }
  }
  EXPECT_EQ(file.text_attribute("/results/dose", "units"), "EV");
}

TEST_F(Study, SaysWhichRunsAnotherProcessDoes) {
  ASSERT_EQ(interstice("study run doses.yaml -o s --quiet").code, 0);
  const std::string place = "s/running/" + rows("s").at(3).at("task"), lock = place + "/.interstice.lock";
  std::filesystem::remove_all(folder() / "s/log");
  std::filesystem::create_directories(folder() / place);
  const Said said = interstice("study run doses.yaml -o s --quiet",
                               "true; flock " + lock + " sleep 15 >/dev/null 2>&1 & sleep 0.5; ");
  EXPECT_EQ(said.code, 7);
  EXPECT_NE(said.err.find("1 of the runs are being done by another process"), std::string::npos) << said.err;
  EXPECT_EQ(rows("s").size(), 15U);
}

TEST_F(Study, SaysWhatIsNoLongerOfIt) {
  ASSERT_EQ(interstice("study run doses.yaml -o s --quiet").code, 0);
  const auto before = results("s");
  edit("doses.yaml", "[500 EV, 2000 EV]", "[500 EV, 3000 EV]");
  const Said said = interstice("study collect doses.yaml -o s");
  ASSERT_EQ(said.code, 0) << said.err;
  EXPECT_NE(said.err.find("8 finished runs belong to no point of the study any more"), std::string::npos) << said.err;
  EXPECT_NE(said.out.find("8 of 16 runs finished, 8 missing"), std::string::npos) << said.out;
  edit("doses.yaml", "[500 EV, 3000 EV]", "[500 EV, 2000 EV]");
  EXPECT_EQ(interstice("study collect doses.yaml -o s").err, "");
  EXPECT_EQ(results("s"), before);
}

TEST_F(Study, SaysThatALogCannotBeRead) {
  ASSERT_EQ(interstice("study run doses.yaml -o s --quiet").code, 0);
  const auto before = results("s");
  std::string log = read("s/log/local.jsonl");
  log.replace(log.find('\n') + 1, 5, "#####");
  write("s/log/local.jsonl", log);
  const Said status = interstice("study status doses.yaml -o s");
  EXPECT_NE(status.err.find("s/log/local.jsonl:2 cannot be read; its run counts as missing"), std::string::npos)
      << status.err;
  EXPECT_NE(status.out.find("15 of 16 runs finished, 1 missing"), std::string::npos) << status.out;
  ASSERT_EQ(interstice("study run doses.yaml -o s --quiet").code, 0);
  EXPECT_EQ(results("s"), before);
}

TEST_F(Study, WarnsWhereNothingCanBeCompared) {
  edit("doses.yaml", "replicates: 2", "replicates: 2\narms: [emcev, uptake]");
  const Said said = interstice("study plan doses.yaml");
  EXPECT_EQ(said.code, 0);
  EXPECT_NE(said.err.find("no arm is compared with another"), std::string::npos) << said.err;
}

TEST_F(Study, HasAReportThatCanBeMadeAgain) {
  const Said ran = interstice("study run doses.yaml -o s");
  ASSERT_EQ(ran.code, 0) << ran.err;
  EXPECT_NE(ran.out.find("Report: s/report.html"), std::string::npos) << ran.out;
  const std::string report = read("s/report.html"), answer = read("s/answer.txt");
  EXPECT_EQ(interstice("verdict doses.yaml -o s").out, answer);
  EXPECT_NE(report.find("<h1>Doses</h1>"), std::string::npos);
  std::filesystem::remove(folder() / "s/report.html");
  ASSERT_EQ(interstice("report s").code, 0);
  EXPECT_EQ(read("s/report.html"), report);
  ASSERT_EQ(interstice("report s -o elsewhere").code, 0);
  EXPECT_EQ(read("elsewhere/report.html"), report);
  write("elsewhere/report.html", "mine");
  EXPECT_EQ(interstice("report s -o elsewhere").code, 2);
  EXPECT_EQ(read("elsewhere/report.html"), "mine");
  for (const char* file : {"study.json", "compare.json"}) {  // other results, or their report
    std::filesystem::create_directories(folder() / "other");
    write("other/" + std::string(file), R"({"program": "interstice", "title": "other"})");
    EXPECT_EQ(interstice("report s -o other").code, 2) << file;
    EXPECT_FALSE(exists("other/report.html"));
    std::filesystem::remove_all(folder() / "other");
  }
  ASSERT_EQ(interstice("report s -o s/.").code, 0);
  write("s/study.json", "{}");
  EXPECT_EQ(interstice("report s").code, 2);
}

TEST_F(Study, HasTheSameTableWithAnyNumberOfJobs) {
  ASSERT_EQ(interstice("study run doses.yaml -o one --jobs 1").code, 0);
  ASSERT_EQ(interstice("study run doses.yaml -o many --jobs 5").code, 0);
  EXPECT_EQ(results("one"), results("many"));
}

TEST_F(Study, KilledOrStoppedItGoesOn) {
  make_runs_longer();
  ASSERT_EQ(interstice("study run doses.yaml -o whole --quiet").code, 0);
  // Signals the program once that many runs are recorded, with the others still to do; expects its exit status.
  write("cut.sh",
        "\"$4\" study run doses.yaml -o cut --quiet & p=$!\n"
        "while [ \"$(cat cut/log/* 2>/dev/null | wc -l)\" -lt $1 ] && kill -0 $p; do sleep 0.01; done\n"
        "kill -$2 $p; wait $p; [ $? -eq $3 ]\n");
  const auto cut = [&](const std::string& arguments) {
    return interstice("--version", "bash cut.sh " + arguments + " '" INTERSTICE_EXE "' &&").code;
  };
  ASSERT_EQ(cut("2 KILL 137"), 0);
  EXPECT_FALSE(exists("cut/results.csv"));
  ASSERT_EQ(cut("4 TERM 75"), 0);
  const std::string recorded = rows("cut").at(0).at("task");  // killed before its place was cleared
  std::filesystem::create_directories(folder() / "cut/running" / recorded);
  write("cut/running/" + recorded + "/timeseries.csv", "time\n");
  ASSERT_EQ(interstice("study run doses.yaml -o cut --quiet").code, 0);
  EXPECT_EQ(results("cut"), results("whole"));
  EXPECT_TRUE(std::filesystem::is_empty(folder() / "cut/running"));
}

TEST_F(Study, AKilledRunTakesNoOtherAndIsDoneAgain) {
  make_runs_longer();
  // Kills a process of a run, one whose parent is the program too, up to five times; waits for what it began.
  write("kill.sh", R"sh(left=5
"$1" study run doses.yaml -o killed_runs --quiet & program=$!
while [ $left -gt 0 ] && sleep 0.2 && kill -0 $program; do
  c=$(pgrep -n -P $program) && kill -9 $c && left=$((left - 1))
done
wait $program
exit $?
)sh");
  const Said said = interstice("--version", "bash kill.sh '" INTERSTICE_EXE "' && ");
  const auto first = results("killed_runs");
  EXPECT_EQ(first.size(), 16U) << said.err;
  std::size_t killed = 0;
  for (const auto& [task, row] : first) {
    killed += row.at("status") == "killed" ? 1 : 0;
    if (row.at("status") == "killed") {
      EXPECT_EQ(row.at("exit_code"), "137");
      EXPECT_NE(row.at("reason").find("signal 9"), std::string::npos);
    }
  }
  EXPECT_GT(killed, 0U);
  EXPECT_EQ(said.code, 6);
  ASSERT_EQ(interstice("study run doses.yaml -o killed_runs --quiet").code, 0);
  ASSERT_EQ(interstice("study run doses.yaml -o whole --quiet").code, 0);
  EXPECT_EQ(results("killed_runs"), results("whole"));
}

TEST_F(Study, ARunThatFailsIsRecordedAndNotDoneAgain) {
  edit("tiny.yaml", "states: {alive: {}}",
       "states: {alive: {secretes: {ATP: \"1 [molecule/s] / (felt - felt + scale)\"}}}");
  edit("tiny.yaml", "    columns:\n", "    columns:\n      scale: {unit: \"1\", initial: 1}\n");
  edit("doses.yaml", "dose: {key: vesicles.ev.number, values: [500 EV, 2000 EV]}",
       "scale: {key: cell_types.sentinel.columns.scale.initial, values: [1, 0]}");
  const Said plan = interstice("study plan doses.yaml");
  EXPECT_EQ(plan.code, 0) << plan.err;
  EXPECT_NE(plan.out.find("  fails: point 1, scale 0, arm vehicle: "), std::string::npos) << plan.out;
  const Said said = interstice("study run doses.yaml -o s");
  EXPECT_EQ(said.code, 3) << said.err;
  EXPECT_NE(said.err.find("8 of 16 runs have no result"), std::string::npos) << said.err;
  for (const auto& [task, row] : results("s")) {
    EXPECT_EQ(row.at("status"), row.at("scale") == "1" ? "finished" : "failed");
    EXPECT_EQ(row.at("scale") == "0", row.at("reason").find("check what it is divided by") != std::string::npos);
  }
  const Said again = interstice("study run doses.yaml -o s");
  EXPECT_EQ(again.code, 3);
  EXPECT_NE(again.out.find(" 0 to do"), std::string::npos) << again.out;
  EXPECT_NE(interstice("study run doses.yaml -o s --failed-too").out.find(" 8 to do"), std::string::npos);
  const Said stopping = interstice("study run doses.yaml -o t --jobs 1 --on-error stop");
  EXPECT_EQ(stopping.code, 3);
  EXPECT_LE(rows("t").size(), 12U);  // those that had begun when it was known
}

TEST_F(Study, TasksByTheirNumbersMakeTheSameTable) {
  ASSERT_EQ(interstice("study run doses.yaml -o whole --quiet").code, 0);
  EXPECT_EQ(interstice("study task doses.yaml -o parts --index 0").code, 2);  // nobody made the directory
  ASSERT_EQ(interstice("study submit doses.yaml -o parts --only-write").code, 0);
  for (const char* index : {"8-15", "0-6", "7"})
    ASSERT_EQ(interstice(std::string("study task doses.yaml -o parts --quiet --index ") + index).code, 0);
  const Said said = interstice("study collect doses.yaml -o parts");
  EXPECT_EQ(said.code, 0) << said.err;
  EXPECT_NE(said.out.find("16 of 16 runs finished"), std::string::npos) << said.out;
  EXPECT_EQ(results("parts"), results("whole"));

  const std::string script = read("parts/array.sh");
  const std::size_t begin = script.find("--numbering ");
  ASSERT_NE(begin, std::string::npos) << script;
  const std::string task = "study task doses.yaml -o parts --quiet --index 0 " + script.substr(begin, 24);
  EXPECT_EQ(interstice(task).code, 0);
  edit("doses.yaml", "[500 EV, ", "[100 EV, 500 EV, ");
  const Said renumbered = interstice(task);
  EXPECT_EQ(renumbered.code, 5);
  EXPECT_NE(renumbered.err.find("has changed since its runs were numbered"), std::string::npos) << renumbered.err;
}

TEST_F(Study, RefusesADirectoryOfAnotherStudy) {
  ASSERT_EQ(interstice("study run doses.yaml -o s --quiet").code, 0);
  edit("tiny.yaml", "initial: 10 uM", "initial: 11 uM");
  const Said other = interstice("study run doses.yaml -o s");
  EXPECT_EQ(other.code, 2);
  EXPECT_NE(other.err.find("another scenario or seed"), std::string::npos) << other.err;
  EXPECT_NE(other.err.find("species.AMP.initial (10 uM -> 11 uM) changed"), std::string::npos) << other.err;
  edit("tiny.yaml", "initial: 11 uM", "initial: 10 uM");
  edit("doses.yaml", "replicates: 2", "seed: 9\nreplicates: 2");
  EXPECT_NE(interstice("study run doses.yaml -o s").err.find("the `seed`, the `noise`"), std::string::npos);
  write("cells.csv", "type,x [um],y [um],z [um]\nsentinel,10,10,10\n");
  edit("tiny.yaml", "cells: {sentinel: {count: 5, in: [film]}}", "cells: {table: {file: cells.csv}}");
  ASSERT_EQ(interstice("study run doses.yaml -o table --quiet").code, 0);
  write("cells.csv", "type,x [um],y [um],z [um]\nsentinel,10,10,20\n");
  EXPECT_EQ(interstice("study run doses.yaml -o table").code, 2);
  std::filesystem::create_directory(folder() / "mine");
  write("mine/thesis.txt", "years of work");
  EXPECT_EQ(interstice("study run doses.yaml -o mine").code, 2);
  EXPECT_EQ(read("mine/thesis.txt"), "years of work");
}

TEST_F(Study, PointsThatStandTwiceInADesignRunOnce) {
  write("morris.yaml", R"(study: 1
title: Morris
scenario: tiny.yaml
replicates: 1
arms: [vehicle]
samples: {method: morris, number: 8, levels: 2, factors: {a: {key: species.AMP.initial, from: 1 uM, to: 2 uM}}}
)");
  const Said said = interstice("study run morris.yaml -o s --jobs 4");
  ASSERT_EQ(said.code, 0) << said.err;
  EXPECT_NE(said.out.find("16 runs, 2 to do"), std::string::npos) << said.out;
  EXPECT_EQ(rows("s").size(), 16U);
}

TEST_F(Study, EndsInTimeForItsLimit) {
  edit("doses.yaml", "replicates: 2", "set: {time.0.until: 4000 s, time.0.series: 10 s}\nreplicates: 1");
  const Said said = interstice("study run doses.yaml -o s --max-walltime 3s");
  EXPECT_EQ(said.code, 75) << said.err;
  EXPECT_NE(said.err.find("stopped by"), std::string::npos) << said.err;
  ASSERT_EQ(interstice("study run doses.yaml -o s --quiet").code, 0);
  ASSERT_EQ(interstice("study run doses.yaml -o whole --quiet").code, 0);
  EXPECT_EQ(results("s"), results("whole"));
}

TEST_F(Study, WhereTheDiskIsFullItStopsAndGoesOnLater) {
  make_runs_longer();
  const Said said = interstice("study run doses.yaml -o s", kFullDisk);
  EXPECT_EQ(said.code, 4) << said.err;
  ASSERT_EQ(interstice("study run doses.yaml -o s --quiet").code, 0);
  ASSERT_EQ(interstice("study run doses.yaml -o whole --quiet").code, 0);
  EXPECT_EQ(results("s"), results("whole"));
}

/// In a name space of its own, where anybody may mount a disk of a megabyte.
TEST_F(Study, ThatTheDiskCannotHoldIsRefused) {
  edit("doses.yaml", "replicates: 2", "replicates: 400");
  write("small.sh",
        "mkdir s\nunshare -rm sh -c 'mount -t tmpfs -o size=1m none s || exit 99; \"$0\" study run doses.yaml -o s "
        "--quiet 2>said; echo $? >code' \"$1\"\n[ -s code ]\n");
  if (interstice("--version", "bash small.sh '" INTERSTICE_EXE "' &&").code != 0) GTEST_SKIP() << "no name spaces here";
  EXPECT_EQ(read("code"), "4\n") << read("said");
  EXPECT_NE(read("said").find("its results would need"), std::string::npos) << read("said");
}

TEST_F(Study, LogsThatAreWrittenToAreNotMerged) {
  make_runs_longer();
  ASSERT_EQ(interstice("study submit doses.yaml -o s --only-write").code, 0);
  write("both.sh",
        "\"$1\" study task doses.yaml -o s --quiet --index 0-15 & task=$!\n"
        "until [ \"$(cat s/log/0-15_* 2>/dev/null | wc -l)\" -gt 0 ] || ! kill -0 $task; do sleep 0.01; done\n"
        "\"$1\" study collect doses.yaml -o s; \"$1\" study collect doses.yaml -o s\n"
        "wait $task\n");
  ASSERT_EQ(interstice("--version", "bash both.sh '" INTERSTICE_EXE "' >/dev/null &&").code, 0);
  EXPECT_NE(interstice("study collect doses.yaml -o s").out.find("16 of 16 runs finished"), std::string::npos);
}

TEST_F(Study, EachWordHasItsHelp) {
  for (const char* word : {"plan", "run", "submit", "task", "status", "collect"}) {
    const Said said = interstice(std::string("study ") + word + " --help");
    EXPECT_EQ(said.code, 0);
    EXPECT_NE(said.out.find(std::string("Usage: interstice study ") + word), std::string::npos) << said.out;
  }
  EXPECT_NE(interstice("study run --help").out.find("--jobs"), std::string::npos);
}

TEST_F(Study, PlansWithoutRunning) {
  const Said said = interstice("study plan doses.yaml -o s");
  EXPECT_EQ(said.code, 0) << said.err;
  EXPECT_NE(said.out.find("2 points x 4 arms x 2 replicates = 16 runs, 16 to do"), std::string::npos) << said.out;
  EXPECT_FALSE(exists("s"));
}

}  // namespace
}  // namespace interstice::test
