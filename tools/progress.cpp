/// @file
/// Progress lines.
#include "tools/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "tools/standard_streams.h"

namespace interstice::cli {
namespace {

double seconds_since(std::chrono::steady_clock::time_point then) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - then).count();
}

constexpr double kTerminalInterval = 0.1;  ///< between rewrites of the line [s]
constexpr double kPlainInterval = 10;      ///< between plain lines [s]
constexpr double kPlainShare = 0.1;        ///< and this share of the work

}  // namespace

Progress::Progress(std::string label, bool quiet)
    : label_(std::move(label)),
      quiet_(quiet),
      terminal_(isatty(STDOUT_FILENO) != 0),
      start_(WallClock::now()),
      last_shown_(start_) {}

double Progress::elapsed() const { return seconds_since(start_); }

void Progress::begin_at(double fraction) { first_fraction_ = last_fraction_ = fraction; }

void Progress::update(double fraction, const std::function<std::string()>& detail) {
  if (quiet_) return;
  const double since = seconds_since(last_shown_);
  const bool due =
      terminal_ ? since >= kTerminalInterval : since >= kPlainInterval && fraction - last_fraction_ >= kPlainShare;
  if (!due) return;
  last_shown_ = WallClock::now();
  last_fraction_ = fraction;
  const double done = fraction - first_fraction_;
  const double left = done > 0 ? elapsed() * (1 - fraction) / done : 0;
  const std::string eta = done > 0.001 ? ", " + duration_text(left) + " left" : "";
  const std::string line = fmt::format("{} {:3.0f} %  {}{}", label_, 100 * fraction, detail(), eta);
  if (terminal_) {
    say("\r\033[K{}", line);
    line_open_ = true;
  } else {
    say("{}\n", line);
  }
}

void Progress::finish() {
  if (line_open_) say("\r\033[K");
  line_open_ = false;
}

std::string duration_text(double seconds) {
  if (seconds == 0) return "0 s";
  if (seconds < 10) return fmt::format("{:.1f} s", seconds);
  const auto whole = static_cast<long long>(std::llround(seconds));
  const auto both = [](long long large, const char* unit, long long rest, const char* unit_of_rest) {
    return rest == 0 ? fmt::format("{} {}", large, unit)
                     : fmt::format("{} {} {:02} {}", large, unit, rest, unit_of_rest);
  };
  constexpr long long kMinute = 60, kHour = 3600, kDay = 86400;
  if (whole < kMinute) return fmt::format("{} s", whole);
  if (whole < kHour) return both(whole / kMinute, "min", whole % kMinute, "s");
  if (whole < 3 * kDay) return both(whole / kHour, "h", whole % kHour / kMinute, "min");
  return both(whole / kDay, "days", whole % kDay / kHour, "h");
}

std::string counted(std::uint64_t number, std::string_view what) {
  return fmt::format("{} {}{}", number, what, number == 1 ? "" : "s");
}

std::string bytes_text(double bytes) {
  constexpr std::array<const char*, 5> kUnits{"B", "kB", "MB", "GB", "TB"};
  std::size_t unit = 0;
  while (bytes >= 1000 && unit + 1 < kUnits.size()) {
    bytes /= 1000;
    ++unit;
  }
  if (unit == 0) return fmt::format("{:.0f} B", bytes);
  return fmt::format("{:.3g} {}", bytes, kUnits[unit]);
}

}  // namespace interstice::cli
