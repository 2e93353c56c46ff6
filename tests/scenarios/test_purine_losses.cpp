/// @file
/// What tissue loses of its nucleotides: with a rival of CD73 the integral of adenosine depends on how much CD73 there
/// is.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "support/run_scenario.h"

namespace interstice {
namespace {

constexpr double kAmp = 0.1;  // uM, far below Km

/// Adenosine [uM] in the end, from AMP, on a cell with `copies` of CD73.
double adenosine(double copies, const std::vector<std::string>& sets = {}) {
  const std::string yaml = fmt::format(R"(
schema: 2
include: [chemistry/purine_losses.yaml]
domain: {{size: [50 um, 50 um, 50 um], spacing: 50 um, boundary: {{all: periodic}}}}
time: [{{until: 20 h, transport: 10 s, vesicles: 10 s, cells: 60 s, series: 1 h}}]
species: {{ATP: {{initial: 0 uM}}, ADP: {{initial: 0 uM}}, AMP: {{initial: {} uM}}, adenosine: {{initial: 0 uM}}}}
cell_types: {{host: {{enzymes: {{CD73: {}}}, initial_state: s, states: {{s: {{}}}}}}}}
cells: {{host: {{count: 1}}}}
)",
                                       kAmp, copies);
  return test::run_series(yaml, sets).last("mean.all.adenosine");
}

TEST(PurineLosses, Cd73WinsItsShareAgainstWashout) {
  for (const double copies : {1e3, 1e4, 1e5}) {
    // First order at low AMP: CD73 100 /s and alkaline phosphatase 5 /s per copy over Km 15 uM, against 2e-4 /s.
    const double k = 105 * copies / (15 * 602.214076 * 50 * 50 * 50), share = k / (k + 2e-4);
    EXPECT_NEAR(adenosine(copies) / kAmp, share, 0.02 * share) << copies;
    EXPECT_NEAR(adenosine(copies, {"reactions.AMP_washout.k=0 1/s", "reactions.TNAP_host.kcat=0 1/s"}) / kAmp,
                1 - std::exp(-k / 1.05 * 20 * 3600), 0.02)
        << copies;
  }
}

}  // namespace
}  // namespace interstice
