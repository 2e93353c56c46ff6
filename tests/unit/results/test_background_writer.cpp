/// @file
/// A writer in the background: the same files in the same order as by hand, threads that end cleanly, errors that are
/// heard.
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <map>
#include <thread>

#include "engine/core/error.h"
#include "engine/results/atomic_file.h"
#include "engine/results/background_writer.h"
#include "engine/results/snapshots/snapshot.h"
#include "engine/results/time_series.h"
#include "unit/results/sample_state.h"

namespace interstice {
namespace {

using testing::sample_problem;
using testing::sample_state;
using testing::TemporaryDirectory;

TEST(BackgroundWriter, DoesJobsInOrderInAThreadOfItsOwn) {
  std::vector<int> done;
  std::thread::id who;
  BackgroundWriter writer;
  for (int k = 0; k < 3000; ++k)  // more than may wait
    writer.submit([&, k] {
      done.push_back(k);
      who = std::this_thread::get_id();
    });
  writer.finish();
  ASSERT_EQ(done.size(), 3000U);
  for (int k = 0; k < 3000; ++k) ASSERT_EQ(done[k], k);
  EXPECT_NE(who, std::this_thread::get_id());
}

TEST(BackgroundWriter, WaitsForOneJobAndThoseBefore) {
  std::promise<void> go;
  std::atomic<int> done = 0;
  BackgroundWriter writer;
  const auto first = writer.submit([&] { ++done; });
  writer.wait_for(first);
  EXPECT_EQ(done, 1);
  writer.submit([&] { go.get_future().wait(), ++done; });
  writer.wait_for(first);  // does not wait for the second
  EXPECT_EQ(done, 1);
  go.set_value();
  writer.finish();
  EXPECT_EQ(done, 2);
}

TEST(BackgroundWriter, AnErrorEndsItAndIsThrownToWhoeverComes) {
  bool after = false;
  BackgroundWriter writer;
  writer.submit([] { throw DiskError("cannot write it (no room)"); });
  EXPECT_THROW(writer.finish(), DiskError);
  EXPECT_THROW(writer.submit([&] { after = true; }), DiskError);
  EXPECT_THROW(writer.finish(), DiskError);
  writer.settle();
  EXPECT_FALSE(after);
}

TEST(BackgroundWriter, WhatWaitsBehindAnErrorIsDropped) {
  std::promise<void> go;
  bool after = false;
  BackgroundWriter writer;
  writer.submit([&] {
    go.get_future().wait();
    throw DiskError("cannot write it (no room)");
  });
  writer.submit([&] { after = true; });
  go.set_value();
  writer.settle();
  EXPECT_FALSE(after);
}

TEST(BackgroundWriter, EndsWithItsWorkDone) {
  int done = 0;
  {
    BackgroundWriter writer;
    for (int k = 0; k < 100; ++k) writer.submit([&] { ++done; });
  }
  EXPECT_EQ(done, 100);
}

/// Time series and snapshots of a state that changes as soon as it has been recorded.
void write_run(const std::filesystem::path& directory, BackgroundWriter* background) {
  const Problem problem = sample_problem();
  State state = sample_state(problem, 12, 500);
  RunRecord record;
  record.title = "Sample";
  TimeSeriesSink series(directory / "timeseries.csv", problem, background);
  SnapshotSelection selection;
  selection.vesicle_sample = 200;
  SnapshotWriter snapshots(directory, problem, record, selection, background);
  for (int k = 0; k < 5; ++k) {
    series.record(state, problem);
    snapshots.record(state, problem);
    ++state.clock.step;
    state.clock.now += 1'000'000'000;
    for (double& c : state.fields[SpeciesId{0}]) c *= 1.5;
    for (auto* values : {&state.cells.x, &state.vesicles.x})
      for (double& x : *values) x = 60 - x;
    state.vesicles.id.pop_back();
    for (auto* values : {&state.vesicles.x, &state.vesicles.y, &state.vesicles.z}) values->pop_back();
    state.vesicles.host.pop_back(), state.vesicles.state.pop_back(), state.vesicles.klass.pop_back();
    state.vesicles.cargo.pop_back(), state.vesicles.diffusivity.pop_back(), state.vesicles.clearance_left.pop_back();
    for (auto& copies : state.vesicles.proteins) copies.pop_back();
  }
  EXPECT_EQ(snapshots.written(), 5U);
  series.close();
}

std::map<std::string, std::string> files_in(const std::filesystem::path& directory) {
  std::map<std::string, std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(directory))
    files[entry.path().filename()] = read_text_file(entry.path());
  return files;
}

TEST(BackgroundWriter, WritesTheSameBytesAsTheRunItself) {
  const TemporaryDirectory by_itself, in_background;
  write_run(by_itself.path(), nullptr);
  {
    BackgroundWriter background;
    write_run(in_background.path(), &background);
  }
  const auto expected = files_in(by_itself.path()), found = files_in(in_background.path());
  EXPECT_EQ(expected.size(), 1U + 5 * 3 + 3);  // series, snapshots, their indexes
  ASSERT_EQ(found.size(), expected.size());
  for (const auto& [name, content] : expected) EXPECT_TRUE(found.at(name) == content) << name;
}

TEST(BackgroundWriter, ASnapshotThatCannotBeWrittenIsHeardOf) {
  const Problem problem = sample_problem();
  State state = sample_state(problem);
  auto directory = std::make_unique<TemporaryDirectory>();
  BackgroundWriter background;
  SnapshotWriter snapshots(directory->path(), problem, RunRecord{}, {}, &background);
  directory.reset();
  snapshots.record(state, problem);
  EXPECT_THROW(background.finish(), DiskError);
  state.clock.now += 1'000'000'000;
  EXPECT_THROW(snapshots.record(state, problem), DiskError);
}

TEST(BackgroundWriter, NoMoreThanTwoSnapshotsAreHeld) {
  const TemporaryDirectory directory;
  const Problem problem = sample_problem();
  State state = sample_state(problem);
  std::promise<void> go;
  BackgroundWriter background;
  SnapshotWriter snapshots(directory.path(), problem, RunRecord{}, {}, &background);
  background.submit([&] { go.get_future().wait(); });  // a slow disk
  std::atomic<int> recorded = 0;
  std::thread run([&] {
    for (int k = 0; k < 3; ++k, ++recorded) {
      state.clock.now += 1'000'000'000;
      snapshots.record(state, problem);
    }
  });
  while (recorded < 2) std::this_thread::yield();
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  EXPECT_EQ(recorded, 2);  // the third waits
  go.set_value();
  run.join();
  EXPECT_EQ(recorded, 3);
  background.finish();
  EXPECT_TRUE(std::filesystem::exists(directory.path() / "fields_000002.hdf"));
}

}  // namespace
}  // namespace interstice
