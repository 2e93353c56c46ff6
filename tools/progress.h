/// @file
/// How far the work is: one line rewritten in place on a terminal; elsewhere plain lines, at most one per 10 s and one
/// per 10 %.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace interstice::cli {

class Progress {
 public:
  /// `label` begins every line. Quiet progress says nothing.
  Progress(std::string label, bool quiet);

  /// The work before this fraction was done earlier: it says nothing about the time that is left.
  void begin_at(double fraction);
  /// fraction in [0, 1]; `detail` is asked for only when a line is shown.
  void update(double fraction, const std::function<std::string()>& detail);
  /// Ends the line in place, if any, so that other text may follow.
  void finish();
  /// Wall-clock time since construction [s].
  [[nodiscard]] double elapsed() const;

 private:
  using WallClock = std::chrono::steady_clock;
  std::string label_;
  bool quiet_, terminal_;
  bool line_open_ = false;
  WallClock::time_point start_, last_shown_;
  double first_fraction_ = 0, last_fraction_ = 0;
};

/// "1 h 05 min", "3 min 20 s", "0.4 s".
std::string duration_text(double seconds);

/// "1 thread", "8 threads".
std::string counted(std::uint64_t number, std::string_view what);

/// "1.2 GB", "340 kB" for a number of bytes.
std::string bytes_text(double bytes);

}  // namespace interstice::cli
