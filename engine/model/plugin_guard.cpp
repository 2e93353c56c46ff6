#include "engine/model/plugin_guard.h"

#include <cxxabi.h>
#include <dlfcn.h>
#include <fmt/format.h>
#include <semaphore.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <exception>
#include <memory>
#include <mutex>
#include <new>
#include <thread>
#include <vector>

namespace interstice {

namespace {

constinit thread_local OpenCall* current = nullptr;  ///< what the plug-in of this thread is asked for

ExitCode code_of(ModelEntry entry) {
  return entry == ModelEntry::evaluate ? ExitCode::numerical : ExitCode::input;  // models are first made for trial
}

template <std::size_t n>
void copy_text(std::array<char, n>& to, std::string_view from) {
  to[from.copy(to.data(), n - 1)] = '\0';
}

std::string demangled(const char* name) {
  int status = 0;
  const std::unique_ptr<char, void (*)(void*)> text(abi::__cxa_demangle(name, nullptr, nullptr, &status), std::free);
  return status == 0 && text ? text.get() : name;
}

/// Of the exception that is being handled.
std::string what_was_thrown() {
  try {
    throw;
  } catch (const std::bad_alloc&) {
    return "asked for more memory than there is (std::bad_alloc)";
  } catch (const std::exception& error) {
    return fmt::format("threw \"{}\"", error.what());
  } catch (...) {
    const std::type_info* type = abi::__cxa_current_exception_type();
    return fmt::format("threw a value of type {}", type == nullptr ? "unknown" : demangled(type->name()));
  }
}

/// A stack for signal handlers, since a plug-in may have used up the one of its thread.
class SignalStack {
 public:
  SignalStack() {
    stack_t earlier{};
    if (sigaltstack(nullptr, &earlier) != 0 || (earlier.ss_flags & SS_DISABLE) == 0) return;  // there is one already
    memory_ = std::make_unique<char[]>(kSize);
    stack_t stack{};
    stack.ss_sp = memory_.get();
    stack.ss_size = kSize;
    sigaltstack(&stack, nullptr);
  }
  ~SignalStack() {
    if (!memory_) return;
    stack_t none{};
    none.ss_flags = SS_DISABLE;
    sigaltstack(&none, nullptr);
  }
  SignalStack(const SignalStack&) = delete;
  SignalStack& operator=(const SignalStack&) = delete;

 private:
  static constexpr std::size_t kSize = 64 * 1024;
  std::unique_ptr<char[]> memory_;
};

[[noreturn]] void leave(ExitCode code) {
  for (;;) syscall(SYS_exit_group, static_cast<int>(code));
}

}  // namespace

/// The open calls of all threads, the handlers, and the thread that watches.
class PluginWatch {
 public:
  /// Never destroyed: the watching thread outlives static objects.
  static PluginWatch& instance() {
    static PluginWatch* const watch = new PluginWatch;
    return *watch;
  }

  void start() {
    std::call_once(started_, [this] {
      for (const int signal : kSignals) handle(signal);
      earlier_terminate_ = std::set_terminate(on_terminate);
      start_thread();
    });
  }

  /// The watching thread has its parent's memory, but is not in the child.
  pid_t fork() {
    std::unique_lock lock(mutex_);
    const pid_t process = ::fork();
    if (process != 0) return process;
    first_ = nullptr;
    last_words_.clear();
    lock.unlock();
    try {
      if (process_ != 0) start_thread();
    } catch (...) {  // nothing of the parent's may be undone here
      leave(ExitCode::memory);
    }
    return process;
  }
  void set_limit(double limit) { limit_ = limit; }

  void open(OpenCall& call) {
    const std::scoped_lock lock(mutex_);
    call.next_ = first_;
    if (first_ != nullptr) first_->before_ = &call;
    first_ = &call;
  }
  void close(OpenCall& call) {
    const std::scoped_lock lock(mutex_);
    (call.before_ == nullptr ? first_ : call.before_->next_) = call.next_;
    if (call.next_ != nullptr) call.next_->before_ = call.before_;
  }
  void add(LastWords& words) {
    const std::scoped_lock lock(mutex_);
    last_words_.push_back(&words);
  }
  void remove(LastWords& words) {
    const std::scoped_lock lock(mutex_);
    std::erase(last_words_, &words);
  }

  /// Whether the plug-in of this thread is at work, in this process rather than in a child that it made.
  [[nodiscard]] bool at_work() const { return current != nullptr && getpid() == process_; }

  /// Ends the program in the name of this thread's plug-in. Async-signal-safe: another thread does the work, and only
  /// if that cannot (it may need a lock that the plug-in holds) this one leaves by itself.
  [[noreturn]] void die(const char* what) {
    const ExitCode code = code_of(current->entry());
    const OpenCall* nobody = nullptr;
    if (dying_.compare_exchange_strong(nobody, current)) {
      what_ = what;
      sem_post(&wake_);
    }
    constexpr int kPatience = 100;  // of 0.1 s
    for (int k = 0; k < kPatience; ++k) {
      const timespec tick{0, 100'000'000};
      nanosleep(&tick, nullptr);
    }
    leave(code);
  }

 private:
  static constexpr std::array kSignals = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS, SIGABRT};
  static constexpr double kTick = 0.1;  ///< [s]

  void start_thread() {
    sem_init(&wake_, 0, 0);
    process_ = getpid();
    sigset_t all{}, before{};  // signals go to the threads that they are meant for
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    std::thread([this] { watch(); }).detach();
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
  }

  void handle(int signal) {
    struct sigaction action {};
    action.sa_sigaction = on_signal;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigaction(signal, &action, &earlier_.at(static_cast<std::size_t>(signal)));
  }

  static const char* text_of(int signal) {
    switch (signal) {
      case SIGSEGV:
      case SIGBUS:
        return "crashed (invalid memory access)";
      case SIGFPE:
        return "crashed (division of whole numbers by zero, or another arithmetic fault)";
      case SIGABRT:
        return "aborted";
      default:
        return "crashed (illegal instruction)";
    }
  }

  static void on_signal(int signal, siginfo_t* info, void*) {
    PluginWatch& watch = instance();
    const bool own = info->si_code > 0 || info->si_pid == getpid();  // not sent by somebody else
    if (own && watch.at_work()) watch.die(text_of(signal));
    sigaction(signal, &watch.earlier_.at(static_cast<std::size_t>(signal)), nullptr);
    if (info->si_code <= 0) raise(signal);  // else the instruction faults again
  }

  static void on_terminate() {
    PluginWatch& watch = instance();
    if (!watch.at_work()) return watch.earlier_terminate_();
    static std::array<char, 400> text{};
    copy_text(text, std::current_exception() ? what_was_thrown() + ", which nothing can catch," : "terminated");
    watch.die(text.data());
  }

  void watch() {
    for (;;) {
      timespec until{};
      clock_gettime(CLOCK_MONOTONIC, &until);
      until.tv_nsec += static_cast<long>(kTick * 1e9);
      if (until.tv_nsec >= 1'000'000'000) until.tv_nsec -= 1'000'000'000, ++until.tv_sec;
      const bool woken = sem_clockwait(&wake_, CLOCK_MONOTONIC, &until) == 0;
      const std::scoped_lock lock(mutex_);
      if (woken) end(*dying_.load(), what_);
      time_calls();
    }
  }

  /// By counting own ticks: a program that is stopped or suspended does not use up the time of a call.
  void time_calls() {
    const double limit = limit_;
    if (!(limit > 0)) return;
    for (OpenCall* call = first_; call != nullptr; call = call->next_) {
      if (++call->ticks_ * kTick < limit) continue;
      std::array<char, 160> text{};
      fmt::format_to_n(text.data(), text.size() - 1, "has not returned for {:g} s (--plugin-limit allows more)", limit);
      end(*call, text.data());
    }
  }

  /// Holding the mutex, so that no record is closed meanwhile.
  [[noreturn]] void end(const OpenCall& call, const char* what) {
    static std::array<char, 1400> text{};
    const std::size_t length = call.tell(what, text.data(), text.size());
    const std::string_view prefix = "error: ", suffix = "; mend the plug-in\n";
    (void)!write(STDERR_FILENO, prefix.data(), prefix.size());
    (void)!write(STDERR_FILENO, text.data(), length);
    (void)!write(STDERR_FILENO, suffix.data(), suffix.size());
    const ExitCode code = code_of(call.entry());
    for (LastWords* words : last_words_) words->say_(code, {text.data(), length});
    leave(code);
  }

  std::once_flag started_;
  pid_t process_ = 0;
  std::mutex mutex_;  ///< of the two lists; never held while a plug-in is at work
  OpenCall* first_ = nullptr;
  std::vector<LastWords*> last_words_;
  std::atomic<double> limit_{kPluginTimeLimit};
  std::array<struct sigaction, 65> earlier_{};
  std::terminate_handler earlier_terminate_ = nullptr;
  sem_t wake_{};
  std::atomic<const OpenCall*> dying_{nullptr};
  const char* what_ = "";
};

OpenCall::OpenCall(const ModelCall& call) : entry_(call.entry), step_(call.step), time_(call.time), outer_(current) {
  thread_local const SignalStack stack;
  (void)stack;
  copy_text(model_, call.model);
  copy_text(origin_, call.origin);
  std::fegetenv(&floating_point_);
  PluginWatch::instance().open(*this);
  current = this;
}

OpenCall::~OpenCall() {
  current = outer_;
  PluginWatch::instance().close(*this);
  std::fesetenv(&floating_point_);
}

std::size_t OpenCall::tell(const char* what, char* text, std::size_t room) const {
  std::size_t used = 0;
  const auto add = [&](std::string_view format, const auto&... parts) {
    used = std::min(room, used + fmt::format_to_n(text + used, room - used, fmt::runtime(format), parts...).size);
    return used;
  };
  const std::string_view model(model_.data()), origin(origin_.data());
  if (model.empty())
    add("the plug-in {} {}", origin, what);
  else
    add("the interaction model '{}' of {} {}", model, origin, what);
  switch (entry_) {
    case ModelEntry::load:
      return add(" while it was loaded");
    case ModelEntry::make:
      return add(" in make");
    case ModelEntry::destroy:
      return add(" in its destructor");
    case ModelEntry::evaluate:
      break;
  }
  return add(" in evaluate (step {}, t = {:g} s)", step_, time_);
}

void throw_as_error_of(const OpenCall& call) {
  const std::string what = what_was_thrown();
  std::array<char, 1400> text{};
  const std::string message(text.data(), call.tell(what.c_str(), text.data(), text.size()));
  if (code_of(call.entry()) == ExitCode::input) throw InputError(message + "; mend the plug-in");
  throw NumericalError(message + "; mend the plug-in");
}

void watch_plugins() { PluginWatch::instance().start(); }
pid_t fork_watched() { return PluginWatch::instance().fork(); }
void set_plugin_time_limit(double limit) { PluginWatch::instance().set_limit(limit); }

LastWords::LastWords(std::function<void(ExitCode, const std::string&)> say) : say_(std::move(say)) {
  PluginWatch::instance().add(*this);
}
LastWords::~LastWords() { PluginWatch::instance().remove(*this); }

}  // namespace interstice

// A plug-in that calls exit() would run the destructors of the program under the feet of its other threads, and end it
// with a code of its own. The dynamic linker finds these definitions before those of the C library, so that a call of
// exit() comes here first; from anywhere but a plug-in it goes on to the C library.
extern "C" {
void exit(int status) noexcept {
  auto& watch = interstice::PluginWatch::instance();
  if (watch.at_work()) watch.die("called exit");
  static const auto next = reinterpret_cast<void (*)(int)>(dlsym(RTLD_NEXT, "exit"));
  next(status);
  for (;;) _exit(status);
}

void quick_exit(int status) noexcept {
  auto& watch = interstice::PluginWatch::instance();
  if (watch.at_work()) watch.die("called quick_exit");
  static const auto next = reinterpret_cast<void (*)(int)>(dlsym(RTLD_NEXT, "quick_exit"));
  next(status);
  for (;;) _exit(status);
}

void _exit(int status) {
  auto& watch = interstice::PluginWatch::instance();
  if (watch.at_work()) watch.die("called _exit");
  for (;;) syscall(SYS_exit_group, status);
}

void _Exit(int status) noexcept { _exit(status); }
}
