/// @file
/// The promise: a run that goes on from a saved state ends with the bits of one that was never stopped, on any number
/// of threads. What the stages keep between steps besides the state may only save time.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>

#include "support/file_text.h"
#include "support/restarts.h"
#include "support/short_knee.h"

namespace interstice {
namespace {

using test::expect_same_after_restarts, test::short_knee;

TEST(Restart, GivesTheSameBitsOnAnyNumberOfThreads) { expect_same_after_restarts(short_knee(), 5); }

TEST(Restart, KeepsCountedVesicles) {
  expect_same_after_restarts(
      short_knee("all", {"vesicles.msc_sev.representation=counts", "vesicles.msc_sev.agents=null"}), 5);
}

TEST(Restart, KeepsATissueOfEverything) {
  const std::string text = test::file_text(INTERSTICE_SOURCE_DIR "/tests/determinism/tissue.yaml");
  for (const char* representation : {"agents", "counts"})
    expect_same_after_restarts(
        test::problem_from(text, {fmt::format("vesicles.native.representation={}", representation)}), 20);
}

}  // namespace
}  // namespace interstice
