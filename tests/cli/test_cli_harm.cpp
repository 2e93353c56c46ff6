/// @file
/// `interstice` harms nobody's files, whatever the directory holds, the streams are or the shell allows.
#include <chrono>
#include <filesystem>
#include <string>

#include "cli/command.h"

namespace interstice::test {
namespace {

using CliHarm = CommandTest;

TEST_F(CliHarm, ForceRemovesNothingThatIsNotWhatTheRunWrote) {
  ASSERT_EQ(interstice("run tiny.yaml -o here --quiet").code, 0);
  const auto kept = [&](const std::string& file, const std::string& text) {
    const bool was_there = exists(file);
    const std::string before = was_there ? read(file) : "";
    write(file, text);
    const Said said = interstice("run tiny.yaml -o here --force");
    EXPECT_EQ(said.code, 2) << file;
    EXPECT_TRUE(has(said.err, file)) << said.err;
    EXPECT_EQ(read(file), text);
    EXPECT_TRUE(exists("here/fields_000000.hdf"));
    was_there ? write(file, before) : void(std::filesystem::remove(folder() / file));
  };
  kept("here/timeseries.csv", "time [s],mine\n");            // of a name that the run wrote
  kept("here/fields_000099.hdf", "\x89HDF\r\n\x1a\n mine");  // of a name that it might have written
  kept("here/report.html", "mine");
  edit("here/run.json", "\"finished\"", "\"running\"");  // nothing says what was written
  kept("here/fields_000099.hdf", "mine");
  EXPECT_EQ(interstice("run tiny.yaml -o here --force --quiet").code, 0);
}

TEST_F(CliHarm, ACopiedRecordGivesNoRightToOtherFiles) {
  ASSERT_EQ(interstice("run tiny.yaml -o here --quiet").code, 0);
  std::filesystem::create_directories(folder() / "mine/arms/a/0");
  std::filesystem::copy(folder() / "here/run.json", folder() / "mine/run.json");
  write("mine/arms/me.txt", "mine");
  write("mine/arms/a/0/timeseries.csv", "mine");
  write("mine/report.html", "mine");
  EXPECT_EQ(interstice("run tiny.yaml -o mine --force").code, 2);
  std::filesystem::remove(folder() / "mine/report.html");
  EXPECT_EQ(interstice("run tiny.yaml -o mine --force --quiet").code, 0);
  EXPECT_EQ(read("mine/arms/me.txt"), "mine");
  EXPECT_EQ(read("mine/arms/a/0/timeseries.csv"), "mine");
}

TEST_F(CliHarm, StandardStreamsThatAreClosedOrFullDoNoHarm) {
  const auto code = [&](const std::string& arguments, const std::string& streams) {
    const int status =
        std::system(("cd '" + folder().string() + "'; '" INTERSTICE_EXE "' " + arguments + " " + streams).c_str());
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  };
  ASSERT_EQ(interstice("run tiny.yaml -o whole --quiet").code, 0);
  for (const char* streams : {"<&- >&- 2>&-", ">/dev/full", "2>/dev/full", "| true; exit ${PIPESTATUS[0]}"}) {
    std::filesystem::remove_all(folder() / "here");
    write("command.sh", std::string("'" INTERSTICE_EXE "' run tiny.yaml -o here ") + streams + "\n");
    EXPECT_EQ(std::system(("cd '" + folder().string() + "'; bash command.sh 2>/dev/null >/dev/null").c_str()), 0)
        << streams;
    EXPECT_TRUE(read("here/timeseries.csv") == read("whole/timeseries.csv")) << streams;
    EXPECT_TRUE(has(read("here/run.json"), "\"finished\"")) << streams;
  }
  write("head.sh", "set -o pipefail; '" INTERSTICE_EXE "' schema | head -c 10 >head.txt");  // who has read enough
  EXPECT_EQ(std::system(("cd '" + folder().string() + "'; bash head.sh").c_str()), 0);
  EXPECT_EQ(read("head.txt").size(), 10U);
  EXPECT_EQ(code("validate nowhere.yaml", "2>&-"), 2);
  EXPECT_EQ(code("validate nowhere.yaml", "2>/dev/full"), 2);
}

TEST_F(CliHarm, WhatWouldTakeForEverIsAnsweredAtOnce) {
  const auto begin = std::chrono::steady_clock::now();
  const Said endless = interstice("validate /dev/zero");
  EXPECT_EQ(endless.code, 2);
  EXPECT_TRUE(has(endless.err, "has more than 64 MiB")) << endless.err;
  EXPECT_EQ(interstice("validate tiny.yaml --set time.0.transport=1ns").code, 0);
  const Said huge = interstice("validate tiny.yaml --set domain.size='[4 mm, 4 mm, 4 mm]' --set domain.spacing=2.5um");
  EXPECT_EQ(huge.code, 6) << huge.err;
  EXPECT_TRUE(has(huge.err, "its fields alone would need")) << huge.err;
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
  EXPECT_LT(taken.count(), 60) << "each takes about a second; there are slow machines";
}

TEST_F(CliHarm, LimitsOfTheShellEndARunAsDocumented) {
  const Said file =
      interstice("run tiny.yaml -o here", "ulimit -f 16; export ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0;");
  EXPECT_EQ(file.code, 4) << file.err;
  EXPECT_TRUE(has(read("here/run.json"), "\"failed\""));
  EXPECT_EQ(interstice("run tiny.yaml -o here --quiet").code, 0);
#ifndef __SANITIZE_ADDRESS__  // which takes more addresses than any limit leaves
  const Said memory = interstice(
      "run tiny.yaml --set domain.size='[2 mm, 2 mm, 2 mm]' --set domain.spacing=5um -o there", "ulimit -v 3000000;");
  EXPECT_EQ(memory.code, 6) << memory.err;
  EXPECT_TRUE(has(memory.err, "can be had here")) << memory.err;
  EXPECT_FALSE(exists("there/run.json"));
#endif
}

}  // namespace
}  // namespace interstice::test
