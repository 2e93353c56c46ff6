#include "tools/child_process.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <sstream>

#include "engine/model/plugin_guard.h"

namespace interstice::cli {
namespace {

using WallClock = std::chrono::steady_clock;

constexpr char kFailed = '\0';  ///< stands before what it failed by: code, space, message

void write_all(int out, const std::string& text) {
  for (std::size_t done = 0; done < text.size();) {
    const auto wrote = ::write(out, text.data() + done, text.size() - done);
    if (wrote <= 0) ::_exit(1);
    done += static_cast<std::size_t>(wrote);
  }
}

/// In the child, which ends when its parent does.
[[noreturn]] void work_and_exit(int out, const std::function<void(const Say&)>& work) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const auto failure = attempt([&] { work([out](const std::string& line) { write_all(out, line + '\n'); }); });
  if (failure) write_all(out, fmt::format("{}{} {}", kFailed, static_cast<int>(failure->code), failure->message));
  ::_exit(0);
}

struct Heard {
  std::string text;
  bool to_the_end = false;
};

/// Everything that comes before the end, or before `until`.
Heard hear(int in, WallClock::time_point until) {
  Heard heard;
  std::array<char, 4096> buffer;
  while (true) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - WallClock::now()).count();
    pollfd ready{in, POLLIN, 0};
    if (left <= 0 || ::poll(&ready, 1, static_cast<int>(left)) <= 0) return heard;
    const auto got = ::read(in, buffer.data(), buffer.size());
    heard.to_the_end = got <= 0;
    if (heard.to_the_end) return heard;
    heard.text.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

/// Where it ended by itself, how; what it failed by it has then said on its own.
std::optional<Failure> ended(pid_t child, bool by_itself) {
  int status = 0;
  if (!by_itself) ::kill(child, SIGKILL);
  if (::waitpid(child, &status, 0) != child || !by_itself) return std::nullopt;
  if (WIFSIGNALED(status))
    return Failure{ExitCode::numerical, fmt::format("a first step ended by signal {}", WTERMSIG(status))};
  if (WEXITSTATUS(status) == 0) return std::nullopt;
  return Failure{static_cast<ExitCode>(WEXITSTATUS(status)), "a first step ended the program"};
}

}  // namespace

FromChild do_in_child(double limit, const std::function<void(const Say&)>& work) {
  const auto until = WallClock::now() + std::chrono::milliseconds(static_cast<int>(1e3 * limit));
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0) return {};
  const pid_t child = fork_watched();
  if (child == 0) {
    ::close(ends[0]);
    work_and_exit(ends[1], work);
  }
  ::close(ends[1]);
  const Heard heard = child < 0 ? Heard{} : hear(ends[0], until);
  ::close(ends[0]);
  FromChild result;
  if (child > 0) result.failure = ended(child, heard.to_the_end);
  const std::size_t failed = heard.text.find(kFailed);
  std::istringstream text(heard.text.substr(0, failed));
  for (std::string line; std::getline(text, line);) result.lines.push_back(line);
  if (failed != std::string::npos) {
    const std::string what = heard.text.substr(failed + 1);
    result.failure = Failure{static_cast<ExitCode>(std::stoi(what)), what.substr(what.find(' ') + 1)};
  }
  return result;
}

}  // namespace interstice::cli
