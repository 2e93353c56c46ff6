#include "tools/task_pool.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <csignal>
#include <deque>
#include <fstream>

#include "engine/core/error.h"
#include "engine/model/plugin_guard.h"
#include "tools/stop_requests.h"

namespace interstice::cli {
namespace {

/// What a process says begins with one of these.
constexpr char kBegun = 'b', kEnded = 'e', kHowFar = 'p', kWarned = 'w', kLastWords = 'l', kIdle = 'i', kStopped = 's';

constexpr int kLook = 100;  ///< [ms]

void write_line(int out, const std::string& text) {
  const std::string line = text + "\n";
  for (std::size_t done = 0; done < line.size();) {
    const auto wrote = ::write(out, line.data() + done, line.size() - done);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) ::_exit(1);
    done += static_cast<std::size_t>(wrote);
  }
}

/// Text that may have several lines, as one.
std::string in_one_line(std::string text) {
  std::ranges::replace(text, '\n', '\t');
  return text;
}
std::string in_lines(std::string text) {
  std::ranges::replace(text, '\t', '\n');
  return text;
}

/// What a task says while it is under way.
TaskVoice voice_to(int out) {
  return {.how_far =
              [out, last = std::chrono::steady_clock::time_point()](double share) mutable {
                const auto now = std::chrono::steady_clock::now();
                if (now - last < std::chrono::milliseconds(2 * kLook)) return;
                last = now;
                write_line(out, fmt::format("{}{:.6g}", kHowFar, share));
              },
          .warn = [out](const std::string& text) { write_line(out, kWarned + in_one_line(text)); }};
}

/// Where memory runs out the system is to end a task, not the program that would do the others.
void offer_to_be_killed_first() { std::ofstream("/proc/self/oom_score_adj") << 500; }

/// Reads bundles, "task task ...", and does them. Returns where it is to do no more.
void serve(int in, int out, const TaskWork& work) {
  const LastWords words([out](ExitCode, const std::string& why) { write_line(out, kLastWords + in_one_line(why)); });
  std::string bundle;
  for (char c = 0; ::read(in, &c, 1) == 1;) {
    if (c != '\n') {
      bundle += c;
      continue;
    }
    const char *at = bundle.data(), *end = at + bundle.size();
    for (std::size_t task = 0; at < end;) {
      at = std::from_chars(at + (*at == ' ' ? 1 : 0), end, task).ptr;
      write_line(out, fmt::format("{}{}", kBegun, task));
      const TaskSaid said = work(task, voice_to(out));
      if (!said.stopped_by.empty()) return write_line(out, kStopped + said.stopped_by);
      write_line(out, kEnded + said.line);
    }
    bundle.clear();
    write_line(out, std::string(1, kIdle));
  }
}

/// The life of a process of its own: nothing may unwind into what its parent was doing.
[[noreturn]] void live(int in, int out, pid_t parent, const TaskWork& work) noexcept {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(1);
  try {
    offer_to_be_killed_first();
    serve(in, out, work);
  } catch (...) {
    ::_exit(1);
  }
  ::_exit(0);
}

/// A process, as its parent sees it.
struct Worker {
  pid_t process = -1;
  int to = -1, from = -1;
  std::string heard;               ///< of a line that is not whole yet
  std::deque<std::size_t> bundle;  ///< that it has not ended; the first may have begun
  bool in_task = false;
  std::string stopped_by;  ///< it was asked to end, and does
  std::string last_words;
  double share = 0;  ///< of the first that is done

  void close() {
    if (to >= 0) ::close(to);
    ::close(from);
    process = -1;
  }
};

class Pool {
 public:
  Pool(const std::vector<std::vector<std::size_t>>& bundles, int workers, const TaskWork& work,
       const TaskPoolWatch& watch)
      : work_(work), watch_(watch), workers_(static_cast<std::size_t>(workers)) {
    for (const auto& bundle : bundles) waiting_.emplace_back(bundle.begin(), bundle.end());
  }
  ~Pool() {  // where watching failed
    for (Worker& worker : workers_)
      if (worker.process > 0) {
        ::kill(worker.process, SIGKILL);
        ::waitpid(worker.process, nullptr, 0);
        worker.close();
      }
  }
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  void run() {
    while (true) {
      if (!stopping_ && watch_.stop()) stop();
      if (saves_seen_ != Signals::saves_asked()) ask_to_save();
      for (Worker& worker : workers_)
        if (worker.process < 0 && !waiting_.empty() && !stopping_) begin(worker);
      if (std::ranges::none_of(workers_, [](const Worker& worker) { return worker.process > 0; })) return;
      listen();
      double done = static_cast<double>(ended_);
      for (const Worker& worker : workers_) done += worker.in_task ? worker.share : 0;
      watch_.progress(done);
    }
  }

 private:
  void begin(Worker& worker) {
    std::array<int, 2> to{}, from{};
    if (::pipe2(to.data(), O_CLOEXEC) != 0 || ::pipe2(from.data(), O_CLOEXEC) != 0)
      throw Error(ExitCode::disk, "no pipe can be had for a process of a task (ulimit -n) use fewer --jobs");
    const pid_t parent = ::getpid(), process = fork_watched();
    if (process < 0)
      throw Error(ExitCode::memory, "no process can be had for a task (ulimit -u, or memory) use fewer --jobs");
    if (process == 0) {
      ::close(to[1]);
      ::close(from[0]);
      for (const Worker& other : workers_)  // a process ends when its pipe is closed, by all who hold it
        if (other.process > 0) ::close(other.to), ::close(other.from);
      live(to[0], from[1], parent, work_);
    }
    ::close(to[0]);
    ::close(from[1]);
    worker = Worker{};
    worker.process = process;
    worker.to = to[1];
    worker.from = from[0];
    give(worker);
  }

  /// The next bundle; where there is none its pipe is closed, and it ends.
  void give(Worker& worker) {
    worker.bundle.clear();
    if (waiting_.empty() || stopping_) {
      ::close(worker.to);
      worker.to = -1;
      return;
    }
    worker.bundle = std::move(waiting_.front());
    waiting_.pop_front();
    std::string text;
    for (const std::size_t task : worker.bundle) text += fmt::format("{}{}", text.empty() ? "" : " ", task);
    text += '\n';
    if (::write(worker.to, text.data(), text.size()) != static_cast<ssize_t>(text.size())) return;  // it has ended
  }

  void stop() {
    stopping_ = true;
    for (const Worker& worker : workers_)
      if (worker.process > 0) ::kill(worker.process, SIGTERM);
  }

  void ask_to_save() {
    saves_seen_ = Signals::saves_asked();
    for (const Worker& worker : workers_)
      if (worker.process > 0) ::kill(worker.process, SIGUSR2);
  }

  void listen() {
    std::vector<pollfd> ready;
    std::vector<Worker*> whose;
    for (Worker& worker : workers_)
      if (worker.process > 0) {
        ready.push_back({worker.from, POLLIN, 0});
        whose.push_back(&worker);
      }
    if (::poll(ready.data(), ready.size(), kLook) <= 0) return;
    for (std::size_t k = 0; k < ready.size(); ++k)
      if (ready[k].revents != 0) hear(*whose[k]);
  }

  void hear(Worker& worker) {
    std::array<char, 1 << 16> buffer;
    const auto got = ::read(worker.from, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) return;
    if (got <= 0) return end(worker);
    worker.heard.append(buffer.data(), static_cast<std::size_t>(got));
    std::size_t begin = 0;
    for (std::size_t end; (end = worker.heard.find('\n', begin)) != std::string::npos; begin = end + 1)
      understand(worker, worker.heard.substr(begin, end - begin));
    worker.heard.erase(0, begin);
  }

  void understand(Worker& worker, const std::string& line) {
    if (line[0] == kBegun) {
      worker.in_task = true;
      worker.share = 0;
    } else if (line[0] == kHowFar) {
      std::from_chars(line.data() + 1, line.data() + line.size(), worker.share);
    } else if (line[0] == kEnded) {
      const TaskEnd how{.task = worker.bundle.front(), .said = line.substr(1)};
      worker.bundle.pop_front();
      worker.in_task = false;
      ++ended_;
      watch_.ended(how);
    } else if (line[0] == kWarned) {
      if (watch_.warned) watch_.warned(in_lines(line.substr(1)));
    } else if (line[0] == kLastWords) {
      worker.last_words = in_lines(line.substr(1));
    } else if (line[0] == kStopped) {
      worker.stopped_by = line.substr(1);
      const bool alone = worker.stopped_by.starts_with("SIG");
      if (!alone && !stopping_) watch_.asked_to_stop(worker.stopped_by), stop();
    } else if (line[0] == kIdle) {
      give(worker);
    }
  }

  /// The process is gone: by itself, or in the middle of a task. What it did not begin is done by another.
  void end(Worker& worker) {
    int status = 0;
    ::waitpid(worker.process, &status, 0);
    worker.close();
    if (worker.in_task && worker.stopped_by.empty()) {
      const TaskEnd how{.task = worker.bundle.front(),
                        .said = "",
                        .signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0,
                        .exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 0,
                        .last_words = std::move(worker.last_words)};
      worker.bundle.pop_front();
      ++ended_;
      watch_.ended(how);
    }
    worker.in_task = false;
    if (!worker.bundle.empty() && !stopping_) waiting_.push_front(std::move(worker.bundle));
    worker.bundle.clear();
  }

  const TaskWork& work_;
  const TaskPoolWatch& watch_;
  std::vector<Worker> workers_;
  std::deque<std::deque<std::size_t>> waiting_;
  std::size_t ended_ = 0;
  bool stopping_ = false;
  std::uint64_t saves_seen_ = Signals::saves_asked();
};

}  // namespace

std::string TaskEnd::reason() const {
  if (!last_words.empty()) return last_words;
  if (signal == SIGKILL) return "ended by signal 9 (killed by someone, or memory ran out)";
  return signal != 0 ? fmt::format("ended by signal {}", signal)
                     : fmt::format("the program was ended in it, with {}", exit_code);
}

void do_tasks(const std::vector<std::vector<std::size_t>>& bundles, int workers, const TaskWork& work,
              const TaskPoolWatch& watch) {
  Pool(bundles, workers, work, watch).run();
}

}  // namespace interstice::cli
