/// @file
/// Tasks in processes of their own: whatever ends one, be it a crash, a kill or a lack of memory, takes no other with
/// it.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace interstice::cli {

/// What a process says of a task.
struct TaskSaid {
  std::string line;        ///< what became of it, one line
  std::string stopped_by;  ///< why it was not ended, as StopRequests::why says; "" where it was
};

/// How a task ended, as its process says, or as the system says of the process.
struct TaskEnd {
  std::size_t task = 0;
  std::string said;          ///< by its process; "" where that was ended
  int signal = 0;            ///< that ended the process, or 0
  int exit_code = 0;         ///< with which the process ended in the middle of a task
  std::string last_words{};  ///< then: what a plug-in did that ended it; "" where none did

  /// Why the process was ended: its last words, or what the system says.
  [[nodiscard]] std::string reason() const;
};

struct TaskPoolWatch {
  std::function<void(const TaskEnd&)> ended;  ///< in the order in which they end
  std::function<bool()> stop;                 ///< asked ten times a second; true: no task is begun any more
  std::function<void(const std::string& reason)> asked_to_stop;  ///< by a limit or a file that a process saw first
  std::function<void(double done)> progress;                     ///< in tasks, with parts of those under way
  std::function<void(const std::string&)> warned{};              ///< by a task; empty: not wanted
};

/// What a task may say before it ends.
struct TaskVoice {
  std::function<void(double share)> how_far;  ///< as often as it likes: not all is passed on
  std::function<void(const std::string&)> warn;
};

/// What a process does: task number `task`.
using TaskWork = std::function<TaskSaid(std::size_t task, const TaskVoice& voice)>;

/// Does tasks in the order given, `workers` at a time, each process a bundle after the other. When one is ended in a
/// task, another goes on with the rest of its bundle; so it does where a signal stopped one process alone. When `stop`
/// says so, or a process was stopped by what holds for all, processes get a SIGTERM and are waited for. A SIGUSR2,
/// which asks to save, is passed on.
void do_tasks(const std::vector<std::vector<std::size_t>>& bundles, int workers, const TaskWork& work,
              const TaskPoolWatch& watch);

}  // namespace interstice::cli
