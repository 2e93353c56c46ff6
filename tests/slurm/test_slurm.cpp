// labels: slow slurm
/// @file
/// A study as a job array of a real Slurm on this machine: killed, out of time, its node restarted, it ends with the
/// table of a study that ran here.
#include <fmt/format.h>

#include <sstream>
#include <vector>

#include "cli/command.h"

namespace interstice::test {
namespace {

/// 40 runs of a fraction of a second, but for the 21st, which takes longer than the minute that it is given.
std::string study_text() {
  std::string times;
  for (int k = 0; k < 40; ++k) times += fmt::format("{}{} s", k == 0 ? "" : ", ", k == 20 ? 25000 : 20 + k);
  return fmt::format(
      "study: 1\ntitle: Forty\nscenario: tiny.yaml\narms: [emcev]\nreplicates: 1\n"
      "set: {{time.0.series: 1 s}}\n"
      "axes: {{until: {{key: time.0.until, values: [{}]}}}}\n",
      times);
}

class Slurm : public CommandTest {
 protected:
  void SetUp() override {
    CommandTest::SetUp();
    if (shell("command -v slurmctld slurmd munged sbatch && [ $(id -u) = 0 ]").code != 0) {
      if (std::getenv("CI") != nullptr) FAIL() << "no Slurm here: apt-get install slurm-wlm munge";
      GTEST_SKIP() << "needs slurm-wlm and munge, and root";
    }
    ASSERT_EQ(shell(local_slurm("start")).code, 0) << read(".err");
    up_ = true;
    write("forty.yaml", study_text());
  }
  void TearDown() override {
    const int code = up_ ? shell(local_slurm("stop")).code : 0;
    EXPECT_EQ(code, 0);
    CommandTest::TearDown();
  }

  [[nodiscard]] static std::string local_slurm(const std::string& what) {
    return "'" INTERSTICE_SOURCE_DIR "/tests/slurm/local_slurm' " + what + " slurm";
  }
  [[nodiscard]] Said shell(const std::string& script) const {
    write("script", script);
    const std::string command =
        fmt::format("cd '{}' && SLURM_CONF='{}/slurm/slurm.conf' bash ./script >.out 2>.err </dev/null",
                    folder().string(), folder().string());
    const int status = std::system(command.c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : 128, read(".out"), read(".err")};
  }
  [[nodiscard]] Said study(const std::string& arguments) const {
    return shell("'" INTERSTICE_EXE "' study " + arguments);
  }
  /// Waits until the queue is empty.
  void wait_for_jobs() const {
    ASSERT_EQ(
        shell("for i in $(seq 3000); do [ -z \"$(squeue --noheader)\" ] && exit 0; sleep 0.1; done; squeue; exit 1")
            .code,
        0)
        << read(".out");
  }
  /// The table without the columns of when, where and how fast.
  [[nodiscard]] std::string table(const std::string& directory) const {
    constexpr int kOfTheMachine = 5;
    std::istringstream in(read(directory + "/results.csv"));
    std::string text;
    for (std::string line; std::getline(in, line); text += line + "\n")
      for (int k = 0; k < kOfTheMachine; ++k) line.resize(line.rfind(','));
    return text;
  }

 private:
  bool up_ = false;
};

/// Kills -9 an element, or the process in it that runs a task, once it is there.
std::string kill_element(int task, bool only_its_run) {
  return fmt::format(
      "for i in $(seq 1200); do e=$(pgrep -of 'study task.* --index {0}-{0} --numbering'); p={1}; "
      "[ -n \"$p\" ] && kill -9 $p && exit 0; sleep 0.02; done; exit 1",
      task, only_its_run ? "$([ -n \"$e\" ] && pgrep -P $e)" : "$e");
}

TEST_F(Slurm, AnArrayThatWasKilledEndsWithTheTableOfALocalStudy) {
  const Said first = study("submit forty.yaml -o array --chunk 1 --time 1 --sbatch=--signal=B:USR1@30");
  ASSERT_EQ(first.code, 0) << first.err;
  const Said second = study("submit forty.yaml -o array --chunk 1");
  EXPECT_EQ(second.code, 7);
  EXPECT_NE(second.err.find("works on array"), std::string::npos) << second.err;
  EXPECT_EQ(study("run forty.yaml -o array").code, 7);
  EXPECT_EQ(shell(kill_element(5, true)).code, 0);
  EXPECT_EQ(shell(kill_element(9, false)).code, 0);
  EXPECT_EQ(shell(local_slurm("restart")).code, 0);
  wait_for_jobs();
  const Said so_far = study("collect forty.yaml -o array");
  EXPECT_NE(so_far.out.find("38 of 40 runs finished"), std::string::npos) << so_far.out << so_far.err;
  EXPECT_NE(so_far.out.find("signal 9"), std::string::npos) << so_far.out;
  EXPECT_NE(read("array/slurm/20.out").find("stopped"), std::string::npos) << read("array/slurm/20.out");

  const Said again = study("submit forty.yaml -o array --chunk 1 --time 1");
  ASSERT_EQ(again.code, 0) << again.err;
  EXPECT_NE(read("array/array.sh").find("--array=5,9\n"), std::string::npos) << read("array/array.sh");
  wait_for_jobs();
  ASSERT_EQ(study("collect forty.yaml -o array").code, 0);

  ASSERT_EQ(study("run forty.yaml -o local --quiet").code, 0) << read(".err");
  EXPECT_EQ(table("array"), table("local"));
}

}  // namespace
}  // namespace interstice::test
