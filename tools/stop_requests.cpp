/// @file
/// Signal handlers, which may only set flags, and what else asks for a stop.
#include "tools/stop_requests.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string_view>
#include <utility>

#include "engine/core/error.h"

namespace interstice::cli {
namespace {

constexpr std::array kStopping{SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGXCPU};
constexpr std::size_t kHandled = kStopping.size() + 1;

std::atomic<int> stop_signal{0};
std::atomic<std::uint64_t> saves{0};
std::atomic<std::int64_t> first_interrupt{0};                   ///< when [ns]
static_assert(std::atomic<std::int64_t>::is_always_lock_free);  // as a signal handler needs

std::int64_t now() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1'000'000'000 + time.tv_nsec;
}
std::array<struct sigaction, kHandled> earlier;

/// A second Ctrl-C is for those who do not want to wait: files that lack their end keep their temporary names. One that
/// comes with the first is no second one: `timeout` signals a program, and then its group.
extern "C" void ask_to_stop(int signal) {
  constexpr std::int64_t kTogether = 200'000'000;  // [ns]
  if (signal == SIGINT) {
    std::int64_t first = 0;
    if (!first_interrupt.compare_exchange_strong(first, now()) && now() - first > kTogether)
      syscall(SYS_exit_group, static_cast<int>(ExitCode::killed));  // _exit is guarded while a plug-in works
  }
  int none = 0;
  stop_signal.compare_exchange_strong(none, signal);
}

extern "C" void ask_to_save(int) { ++saves; }

}  // namespace

Signals::Signals() {
  struct sigaction action {};
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  action.sa_handler = ask_to_stop;
  stop_signal = 0;
  first_interrupt = 0;
  for (std::size_t k = 0; k < kStopping.size(); ++k) {
    sigaction(kStopping[k], nullptr, &earlier[k]);
    const bool ignored = kStopping[k] == SIGHUP && earlier[k].sa_handler == SIG_IGN;  // nohup
    if (!ignored) sigaction(kStopping[k], &action, nullptr);
  }
  action.sa_handler = ask_to_save;
  sigaction(SIGUSR2, &action, &earlier.back());
}

Signals::~Signals() {
  for (std::size_t k = 0; k < kStopping.size(); ++k) sigaction(kStopping[k], &earlier[k], nullptr);
  sigaction(SIGUSR2, &earlier.back(), nullptr);
}

std::string Signals::stop_asked() {
  const int signal = stop_signal;
  return signal == 0 ? "" : std::string("SIG") + sigabbrev_np(signal);
}

std::uint64_t Signals::saves_asked() { return saves; }

namespace {

const auto program_start = std::chrono::steady_clock::now();

/// When the batch job of this process ends [s since 1970], where Slurm says so. One that is past is of another job.
std::optional<std::int64_t> end_of_job() {
  const char* text = std::getenv("SLURM_JOB_END_TIME");
  if (text == nullptr) return std::nullopt;
  const std::string_view digits = text;
  std::int64_t end = 0;
  const auto [rest, error] = std::from_chars(digits.data(), digits.data() + digits.size(), end);
  if (error != std::errc{} || rest != digits.data() + digits.size() || end < std::time(nullptr)) return std::nullopt;
  return end;
}

}  // namespace

StopRequests::StopRequests(std::filesystem::path directory, std::optional<double> walltime)
    : file_(std::move(directory) / kFile) {
  constexpr double kForever = 1e9;  // [s]
  const auto until = [&](Clock::time_point from, double time, const char* limit) {
    const auto then = from + std::chrono::duration_cast<Clock::duration>(
                                 std::chrono::duration<double>(std::clamp(time, -kForever, kForever)));
    if (deadline_ && *deadline_ <= then) return;
    deadline_ = then;
    limit_ = limit;
  };
  if (walltime) until(program_start, *walltime, "--max-walltime");
  if (const auto end = end_of_job())
    until(Clock::now(), static_cast<double>(*end) - static_cast<double>(std::time(nullptr)),
          "the end of its Slurm job");
}

bool StopRequests::file_is_there() {
  constexpr auto kBetweenLooks = std::chrono::milliseconds(200);
  if (file_found_) return true;
  const std::unique_lock lock(mutex_, std::try_to_lock);
  if (!lock || Clock::now() - looked_at_ < kBetweenLooks) return false;
  looked_at_ = Clock::now();
  std::error_code none;
  if (std::filesystem::is_regular_file(file_, none)) file_found_ = true;
  return file_found_;
}

std::string StopRequests::why(double needed) {
  std::string reason = reason_now(needed);
  const std::scoped_lock lock(mutex_);
  if (given_reason_.empty()) given_reason_ = std::move(reason);
  return given_reason_;
}

std::string StopRequests::reason_now(double needed) {
  if (std::string signal = Signals::stop_asked(); !signal.empty()) return signal;
  if (file_is_there()) return "the file " + file_.string();
  const auto time_left = left();
  return time_left && *time_left < needed ? limit_ : "";
}

std::optional<double> StopRequests::left() const {
  if (!deadline_) return std::nullopt;
  return std::chrono::duration<double>(*deadline_ - Clock::now()).count();
}

void StopRequests::obeyed() const {
  std::error_code none;  // a process of a task may have seen the file before this one did
  if (std::filesystem::is_regular_file(file_, none)) std::filesystem::remove(file_, none);
}

}  // namespace interstice::cli
