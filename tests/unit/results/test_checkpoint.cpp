/// @file
/// What a checkpoint gives back, and that none gives back anything else.
#include <gtest/gtest.h>

#include <fstream>

#include "engine/core/error.h"
#include "engine/results/checkpoint.h"
#include "engine/results/state_hash.h"
#include "support/file_text.h"
#include "support/restarts.h"
#include "unit/results/sample_state.h"

namespace interstice {
namespace {

using testing::sample_problem, testing::sample_state, testing::TemporaryDirectory;

const std::string kRun = "which run it is";

struct Saved {
  Problem problem = sample_problem();
  State state = sample_state(problem);
  Agenda agenda{.next_row = 5, .next_snapshot = 7};
  std::vector<SinkMemory> sinks{{.numbers = {{"a", {0.1, std::nan("")}}, {"none", {}}}, .integers = {}},
                                {.numbers = {}, .integers = {{"b", {~std::uint64_t{0}, 3}}}}};
  [[nodiscard]] CheckpointView view() const { return {kRun, state, agenda, sinks}; }
};

TEST(Checkpoint, GivesBackEveryBit) {
  const TemporaryDirectory directory;
  const Saved saved;
  write_checkpoint(directory.path() / "c.hdf", saved.problem, saved.view());
  const Checkpoint read = read_checkpoint(directory.path() / "c.hdf", saved.problem);
  EXPECT_EQ(read.run, kRun);
  EXPECT_EQ(read.agenda.next_row, 5);
  EXPECT_EQ(read.agenda.next_snapshot, 7);
  EXPECT_TRUE(test::bits_of(read.state, saved.problem) == test::bits_of(saved.state, saved.problem));
  EXPECT_EQ(state_hash(read.state, saved.problem), state_hash(saved.state, saved.problem));
  ASSERT_EQ(read.sinks.size(), 2U);
  EXPECT_EQ(read.sinks[0].numbers.at("a")[0], 0.1);
  EXPECT_TRUE(std::isnan(read.sinks[0].numbers.at("a")[1]));
  EXPECT_TRUE(read.sinks[0].numbers.at("none").empty());
  EXPECT_EQ(read.sinks[1].integers, saved.sinks[1].integers);
}

TEST(Checkpoint, NoFlippedByteGivesBackOtherNumbers) {
  const TemporaryDirectory directory;
  const auto path = directory.path() / "c.hdf";
  const Saved saved;
  write_checkpoint(path, saved.problem, saved.view());
  const std::string whole = test::file_text(path), bits = test::bits_of(saved.state, saved.problem);
  std::size_t refused = 0;
  for (std::size_t at = 0; at < whole.size(); at += 97) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
    std::ofstream(path, std::ios::binary) << damaged;
    try {
      const Checkpoint read = read_checkpoint(path, saved.problem);
      EXPECT_TRUE(test::bits_of(read.state, saved.problem) == bits && read.run == kRun) << "byte " << at;
    } catch (const DiskError&) {
      ++refused;
    }
  }
  EXPECT_GT(refused, 10U);
}

TEST(Checkpoint, OfAnotherScenarioIsRefused) {
  const TemporaryDirectory directory;
  const Saved saved;
  write_checkpoint(directory.path() / "c.hdf", saved.problem, saved.view());
  Problem other = sample_problem();
  other.species[0].name = "another";
  EXPECT_THROW(read_checkpoint(directory.path() / "c.hdf", other), DiskError);
}

TEST(Checkpoint, TheLastTwoAreKeptAndNothingHalfWritten) {
  const TemporaryDirectory directory;
  const Checkpoints checkpoints(directory.path());
  Saved saved;
  EXPECT_TRUE(checkpoints.files().empty());
  std::ofstream(directory.path() / "checkpoint_000000000007.hdf.tmp") << "cut short";
  std::ofstream(directory.path() / "checkpoint_of_mine.hdf") << "a user's";
  for (const std::uint64_t step : {10, 20, 30}) {
    saved.state.clock.step = step;
    checkpoints.save(saved.problem, saved.view());
  }
  const auto names = [&] {
    std::string list;
    for (const auto& file : checkpoints.files()) list += file.filename().string() + " ";
    return list;
  };
  EXPECT_EQ(names(), "checkpoint_000000000030.hdf checkpoint_000000000020.hdf ");
  EXPECT_FALSE(std::filesystem::exists(directory.path() / "checkpoint_000000000007.hdf.tmp"));
  EXPECT_EQ(read_checkpoint(checkpoints.files()[1], saved.problem).state.clock.step, 20U);
  EXPECT_EQ(checkpoint_run(checkpoints.files()[0]), kRun);
  Checkpoints::remove_one(checkpoints.files()[0]);
  EXPECT_EQ(names(), "checkpoint_000000000020.hdf ");
  checkpoints.remove();
  EXPECT_EQ(names(), "");
  EXPECT_TRUE(std::filesystem::exists(directory.path() / "checkpoint_of_mine.hdf"));
}

}  // namespace
}  // namespace interstice
