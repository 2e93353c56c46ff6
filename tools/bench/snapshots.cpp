#include "tools/bench/snapshots.h"

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <vector>

#include "engine/results/snapshots/snapshot.h"
#include "tools/bench/timing.h"

namespace interstice::bench {
namespace {

constexpr int kStepsPerSnapshot = 100;
constexpr int kQuietSteps = 7;   ///< timed before
constexpr int kStepsAfter = 12;  ///< timed while the files are written

/// Removed with all that is in it.
class TemporaryDirectory {
 public:
  TemporaryDirectory() : path_(std::filesystem::temp_directory_path() / fmt::format("interstice_bench_{}", getpid())) {
    std::filesystem::create_directories(path_);
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace

double snapshot_share(World& world, const Threads& threads) {
  const auto time_step = [&] {
    const double begin = wall_time();
    world.advance(threads);
    return wall_time() - begin;
  };
  const TemporaryDirectory directory;
  SnapshotSelection selection;
  selection.vesicle_sample = 100'000;
  BackgroundWriter background;
  SnapshotWriter writer(directory.path(), world.problem, make_run_record(world.problem, "", "", "", threads.count()),
                        selection, &background);
  time_step();
  std::vector<double> quiet;
  for (int k = 0; k < kQuietSteps; ++k) quiet.push_back(time_step());
  const double usual = median(quiet);
  const double begin = wall_time();
  writer.record(world.state, world.problem);
  double added = wall_time() - begin;
  for (int k = 0; k < kStepsAfter; ++k) added += time_step() - usual;
  return added / (kStepsPerSnapshot * usual);
}

}  // namespace interstice::bench
