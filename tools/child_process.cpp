#include "tools/child_process.h"

#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <sstream>

#include "tools/failure.h"

namespace interstice::cli {
namespace {

using WallClock = std::chrono::steady_clock;

/// Ends when the process does.
[[noreturn]] void work_and_exit(int out,
                                const std::function<void(const std::function<void(const std::string&)>&)>& work) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const auto say = [out](const std::string& line) {
    const std::string text = line + '\n';
    for (std::size_t done = 0; done < text.size();) {
      const auto wrote = ::write(out, text.data() + done, text.size() - done);
      if (wrote <= 0) ::_exit(1);
      done += static_cast<std::size_t>(wrote);
    }
  };
  (void)attempt([&] { work(say); });
  ::_exit(0);
}

/// Everything that comes before the end, or before `until`.
std::string read_until(int in, WallClock::time_point until) {
  std::string text;
  std::array<char, 4096> buffer;
  while (true) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - WallClock::now()).count();
    pollfd ready{in, POLLIN, 0};
    if (left <= 0 || ::poll(&ready, 1, static_cast<int>(left)) <= 0) return text;
    const auto got = ::read(in, buffer.data(), buffer.size());
    if (got <= 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

}  // namespace

std::vector<std::string> said_by_child(
    double limit, const std::function<void(const std::function<void(const std::string&)>&)>& work) {
  const auto until = WallClock::now() + std::chrono::milliseconds(static_cast<int>(1e3 * limit));
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0) return {};
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(ends[0]);
    work_and_exit(ends[1], work);
  }
  ::close(ends[1]);
  std::istringstream text(child < 0 ? "" : read_until(ends[0], until));
  ::close(ends[0]);
  if (child > 0) {
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
  }
  std::vector<std::string> lines;
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  return lines;
}

}  // namespace interstice::cli
