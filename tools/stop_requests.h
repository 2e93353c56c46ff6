/// @file
/// What asks a run to save and stop: signals, a file STOP in its directory, and a limit of wall-clock time. TERM, INT,
/// HUP, USR1 and XCPU (the limit of processor time) stop it after the step that it is in, USR2 only saves, a second INT
/// ends the program at once.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>

namespace interstice::cli {

/// Listens from construction on; whoever listened before does so again afterwards. One at a time.
class Signals {
 public:
  Signals();
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  /// Name of the first signal that asked for a stop, such as "SIGTERM"; "" when none did.
  [[nodiscard]] static std::string stop_asked();
  /// How often a save was asked for.
  [[nodiscard]] static std::uint64_t saves_asked();
};

class StopRequests {
 public:
  /// `walltime`: how long the program may work [s]. The end of the batch job counts too, where Slurm says it
  /// (SLURM_JOB_END_TIME).
  StopRequests(std::filesystem::path directory, std::optional<double> walltime);

  /// Why to stop now, as "stopped by SIGTERM" says it after "by", from then on the same; "" to go on. `needed`: how
  /// long the last step and saving take together [s]. May be called by several threads.
  [[nodiscard]] std::string why(double needed);
  [[nodiscard]] static std::uint64_t saves_asked() { return Signals::saves_asked(); }
  /// How long the program may still work [s]; empty without a limit.
  [[nodiscard]] std::optional<double> left() const;
  /// Removes the file STOP: it has been obeyed.
  void obeyed() const;

  static constexpr const char* kFile = "STOP";
  static constexpr double kEver = 1e9;  ///< [s]: needed so long, `why` tells any reason there is

 private:
  using Clock = std::chrono::steady_clock;
  [[nodiscard]] bool file_is_there();
  [[nodiscard]] std::string reason_now(double needed);

  Signals signals_;
  std::filesystem::path file_;
  std::optional<Clock::time_point> deadline_;
  std::string limit_;         ///< what set the deadline
  std::string given_reason_;  ///< the first
  std::mutex mutex_;
  Clock::time_point looked_at_{};
  std::atomic<bool> file_found_{false};
};

}  // namespace interstice::cli
