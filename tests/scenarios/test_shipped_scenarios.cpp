/// @file
/// Every scenario that ships loads, and its resolved text is the same scenario.
#include <gtest/gtest.h>

#include <filesystem>

#include "support/resolved.h"
#include "support/run_scenario.h"

namespace interstice {
namespace {

namespace fs = std::filesystem;

TEST(ShippedScenarios, LoadAndResolve) {
  std::size_t found = 0;
  for (const auto& entry : fs::directory_iterator(INTERSTICE_SOURCE_DIR "/scenarios")) {
    if (entry.path().extension() != ".yaml") continue;
    ++found;
    SCOPED_TRACE(entry.path().string());
    const Scenario s = load_scenario(entry.path(), {}, test::built_in_models());
    test::expect_same_after_resolving(s);
    for (const SourceFile& f : s.files) EXPECT_TRUE(fs::exists(f.path)) << f.path;
  }
  EXPECT_GE(found, 4u);
}

}  // namespace
}  // namespace interstice
