/// @file
/// Whatever a plug-in does wrong is told as the plug-in's, by its name, the entry and the step, and ends with a
/// documented exit code: 2 before the run and when a model is destroyed, 3 during it. Every call into a plug-in is made
/// through this file.
///
/// An exception of any type is caught around the call and thrown again as an Error. A crash, abort(), exit() and a call
/// that does not return end the program: the plug-in may hold a lock or have damaged memory, so that going on could
/// hang or write nonsense. Before each call the thread notes which model it calls; the handlers of signals, of exit()
/// and of std::terminate look at the note of their thread. Without a note the fault is not a plug-in's, and they do
/// what would have been done without them. With one they wake a watching thread, which prints the message, lets those
/// who keep a record of a run say there how it ended (LastWords), and leaves. It also times the calls.
#pragma once

#include <sys/types.h>

#include <array>
#include <atomic>
#include <cfenv>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "engine/core/error.h"

namespace interstice {

/// Origin of the models that ship; any other origin is the path of a shared object. Faults of built-in models are the
/// program's own.
inline constexpr std::string_view kBuiltIn = "built in";

enum class ModelEntry : std::uint8_t { load, make, evaluate, destroy };

struct ModelCall {
  ModelEntry entry{};
  std::string_view model;  ///< its name; unknown while it is loaded
  std::string_view origin;
  std::uint64_t step = 0;
  double time = 0;  ///< [s]
};

/// The note of a call that is going on: plain memory of the calling thread, because signal handlers and the watching
/// thread read it.
class OpenCall {
 public:
  explicit OpenCall(const ModelCall& call);
  ~OpenCall();
  OpenCall(const OpenCall&) = delete;
  OpenCall& operator=(const OpenCall&) = delete;

  [[nodiscard]] ModelEntry entry() const { return entry_; }
  /// "the interaction model 'x' of lib.so crashed in evaluate (step 3, t = 0.3 s)"; allocates nothing.
  std::size_t tell(const char* what, char* text, std::size_t room) const;

 private:
  friend class PluginWatch;
  std::array<char, 64> model_{};
  std::array<char, 512> origin_{};
  ModelEntry entry_;
  std::uint64_t step_;
  double time_;
  std::fenv_t floating_point_{};  ///< a plug-in may change how numbers are rounded; the engine's bits may not
  std::atomic<std::uint32_t> ticks_{0};
  OpenCall *outer_ = nullptr, *next_ = nullptr, *before_ = nullptr;
};

/// Throws the exception that is being handled again, as an error of the model.
[[noreturn]] void throw_as_error_of(const OpenCall& call);

/// Calls into a model.
template <class Work>
decltype(auto) call_model(const ModelCall& call, Work&& work) {
  if (call.origin == kBuiltIn) return work();
  const OpenCall open(call);
  try {
    return work();
  } catch (...) {
    throw_as_error_of(open);
  }
}

/// Sets the handlers and starts the watching thread, once; to be called before a shared object is opened.
void watch_plugins();

/// fork(), with a child that is watched as its parent is, for a process that has no other threads. Those who would have
/// had last words in the parent have none in the child.
pid_t fork_watched();

/// How long one call into a plug-in may take [s]; 0: for ever.
void set_plugin_time_limit(double limit);
inline constexpr double kPluginTimeLimit = 60;

/// While it lives, a plug-in that ends the program has `say` called first, in another thread, with exit code and
/// reason.
class LastWords {
 public:
  explicit LastWords(std::function<void(ExitCode, const std::string&)> say);
  ~LastWords();
  LastWords(const LastWords&) = delete;
  LastWords& operator=(const LastWords&) = delete;

 private:
  friend class PluginWatch;
  std::function<void(ExitCode, const std::string&)> say_;
};

}  // namespace interstice
