/// @file
/// What `validate` says beyond mistakes, and that it does not keep the user waiting.
#include <fmt/format.h>

#include <chrono>

#include "cli/command.h"

namespace interstice::test {
namespace {

using CliValidate = CommandTest;

/// Ten cells with a loop over TNF; gain 10 s 2/(decay V K), in molecules: 0.0664 per molecule/s of s.
std::string loop(double s) {
  return fmt::format(R"(schema: 2
title: loop
domain: {{size: [100 um, 100 um, 100 um], spacing: 25 um}}
time: [{{until: 10 s, transport: 1 s, vesicles: 1 s, cells: 10 s, series: 10 s}}]
regions: {{gut: {{shape: everywhere, medium: fluid}}}}
species: {{TNF: {{diffusivity: 100 um^2/s, decay: 1e-2 1/s}}}}
cell_types:
  mac:
    radius: 5 um
    parameters: {{K: 50 pM, t_on: 12 h, t_off: 24 h, s: {} molecule/s}}
    columns: {{m: {{gain: "H(TNF, K)/t_on", loss: "H(TNF, K)/t_on + 1/t_off"}}}}
    initial_state: alive
    states: {{alive: {{secretes: {{TNF: "s*m"}}}}}}
cells: {{mac: {{count: 10, in: gut}}}}
)",
                     s);
}

TEST_F(CliValidate, PrintsTheGainOfFeedbackAndWarnsAboveOne) {
  write("two.yaml", loop(2 / 0.0664));
  const Said two = interstice("validate two.yaml");
  EXPECT_EQ(two.code, 0) << two.err;
  EXPECT_TRUE(has(two.out, "feedback in gut: 2 through TNF (where it settles without injury: TNF 0 pM, m of mac 0)"))
      << two.out;
  EXPECT_TRUE(has(two.err, "warning: feedback in gut has a gain of 2 through TNF; above 1")) << two.err;
  write("half.yaml", loop(0.5 / 0.0664));
  const Said half = interstice("validate half.yaml");
  EXPECT_TRUE(has(half.out, "feedback in gut: 0.5 through TNF")) << half.out;
  EXPECT_FALSE(has(half.err, "feedback")) << half.err;
  EXPECT_TRUE(has(interstice("validate tiny.yaml").out, "feedback: none")) << interstice("validate tiny.yaml").out;
}

// 5 s, and as much again for a machine that does other things meanwhile; sanitized, four times that.
TEST_F(CliValidate, AnswersWithinSeconds) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  constexpr double kLimit = 40;  // [s]
#else
  constexpr double kLimit = 10;
#endif
  for (const char* sets : {
           "--set 'domain.spacing=0.25 um'",  // a first step takes a minute
           "--set 'domain.spacing=0.1 um'",   // 6.4e7 voxels, too many to be tried
           "--set 'time=[{until: 1 s, transport: 1 ns, vesicles: 1 ms, cells: 1 s, series: 1 s}]'",
           "--set 'time=[{until: 365 d, transport: 1 d, vesicles: 1 d, cells: 1 d, series: 1 d}]' --set "
           "'output.every=1 d'",
           "--set vesicles.ev.number='1e8 EV'",
       }) {
    const auto begin = std::chrono::steady_clock::now();
    const Said said = interstice(std::string("validate tiny.yaml ") + sets);
    EXPECT_EQ(said.code, 0) << said.err;
    EXPECT_TRUE(has(said.out, "one run: ")) << said.out;
    EXPECT_LT(std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count(), kLimit) << sets;
  }
}

TEST_F(CliValidate, AndRunSayWhatPlacementHides) {
  for (const std::string command : {"validate", "run"}) {
    const Said said = interstice(command + " tiny.yaml --set cells.sentinel.count=200");
    EXPECT_EQ(said.code, 0) << said.err;
    EXPECT_TRUE(has(said.err, "of 200 sentinel hide more than 5 % of their surface in other cells")) << said.err;
  }
  EXPECT_FALSE(has(interstice("validate tiny.yaml").err, "hide"));
}

}  // namespace
}  // namespace interstice::test
