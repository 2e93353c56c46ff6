/// @file
/// A fault is a plug-in's only while a call into one is open on its thread; else it stays what it was.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <thread>

#include "engine/model/plugin_guard.h"

namespace interstice {
namespace {

constexpr ModelCall kCall{
    .entry = ModelEntry::evaluate, .model = "some", .origin = "/where/some.so", .step = 7, .time = 0.5};
constexpr const char* kWho = "error: the interaction model 'some' of /where/some.so ";

/// In a process of its own, since the program ends.
template <class Work>
void in_a_call(const Work& work) {
  watch_plugins();
  const OpenCall open(kCall);
  work();
}
template <class Work>
void after_a_call(const Work& work) {
  watch_plugins();
  { const OpenCall open(kCall); }
  work();
}

/// By the signal, which sanitizers turn into an exit code of theirs: not by the guard.
bool unnamed(int status) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  if (WIFEXITED(status)) return WEXITSTATUS(status) != 2 && WEXITSTATUS(status) != 3;
#endif
  return WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV;
}

TEST(PluginGuardDeathTest, FaultsInACallAreThePlugins) {
  const std::string who = kWho, when = " in evaluate \\(step 7, t = 0.5 s\\); mend the plug-in";
  EXPECT_EXIT(in_a_call([] { std::abort(); }), testing::ExitedWithCode(3), who + "aborted" + when);
  EXPECT_EXIT(in_a_call([] { std::exit(0); }), testing::ExitedWithCode(3), who + "called exit" + when);
  EXPECT_EXIT(in_a_call([] { std::terminate(); }), testing::ExitedWithCode(3), who + "terminated" + when);
  EXPECT_EXIT(in_a_call([] { raise(SIGFPE); }), testing::ExitedWithCode(3), who + "crashed");
}

TEST(PluginGuardDeathTest, FaultsElsewhereStayWhatTheyAre) {
  EXPECT_EXIT(after_a_call([] { std::abort(); }), testing::KilledBySignal(SIGABRT), "^[^']*$");
  EXPECT_EXIT(after_a_call([] { raise(SIGSEGV); }), unnamed, "^[^']*$");
  EXPECT_EXIT(after_a_call([] { std::exit(5); }), testing::ExitedWithCode(5), "^[^']*$");
  EXPECT_EXIT(in_a_call([] { std::thread([] { raise(SIGSEGV); }).join(); }), unnamed, "^[^']*$");
}

TEST(PluginGuardDeathTest, LastWordsAreHeard) {
  EXPECT_EXIT(in_a_call([] {
                const LastWords words([](ExitCode code, const std::string& reason) {
                  fprintf(stderr, "heard %d: %s\n", static_cast<int>(code), reason.c_str());
                });
                std::abort();
              }),
              testing::ExitedWithCode(3), "heard 3: the interaction model 'some'");
}

TEST(PluginGuardDeathTest, ACallMayTakeSoLong) {
  EXPECT_EXIT(in_a_call([] {
                set_plugin_time_limit(0.3);
                for (;;) std::this_thread::yield();
              }),
              testing::ExitedWithCode(3), "has not returned for 0.3 s");
}

}  // namespace
}  // namespace interstice
