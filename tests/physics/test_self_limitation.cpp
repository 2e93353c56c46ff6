/// @file
/// EVs that live off a substrate stop when it does: after the source of ATP has dried up, the adenosine that they make
/// falls to less than a tenth within ten times the sum of the residence times of ATP, ADP and AMP, while the EVs are as
/// active as before, which a spike of AMP shows.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>

#include "support/run_scenario.h"

namespace interstice::test {
namespace {

constexpr double kAtp = 8.8e-3, kAdp = 0.0182;  ///< [1/s] hydrolysis in synovial fluid
constexpr double kSource = 2e-3;                ///< [uM/s]
constexpr double kStop = 4 * 3600, kSpike = 12 * 3600, kEnd = 13 * 3600;

// A box of fluid without CD73 of a host, 1e10 EV/ml with 5 copies each; 2e-3 uM/s ATP for four hours, 0.02 uM/s AMP for
// ten minutes at twelve.
const std::string kBox = R"(
schema: 1
domain: {size: [100 um, 100 um, 100 um], spacing: 50 um, boundary: {all: periodic}}
time: [{until: 13 h, transport: 10 s, vesicles: 60 s, cells: 60 s, series: 60 s}]
species:
  ATP: {diffusivity: 500 um^2/s}
  ADP: {diffusivity: 500 um^2/s}
  AMP: {diffusivity: 500 um^2/s}
  adenosine: {diffusivity: 500 um^2/s}
reactions:
  lysis: {equation: -> ATP, k: 2e-3 uM/s, until: 4 h}
  spike: {equation: -> AMP, k: 0.02 uM/s, from: 12 h, until: 12.1666666666666667 h}
  CD39_soluble: {equation: ATP -> ADP, k: 8.8e-3 1/s}
  ADPase_soluble: {equation: ADP -> AMP, k: 0.0182 1/s}
vesicles: {ev: {density: 1e10 EV/ml, weight: 1, enzyme_half_life: never, proteins: {CD73: {mean: 5}}}}
models: {cd73: {}}
)";

/// [uM/s] adenosine made by EVs in each minute.
std::vector<double> flux(const SeriesTable& series) {
  const auto& made = *series.find("mean.all.adenosine");
  std::vector<double> rates(made.size(), 0.0);
  for (std::size_t row = 1; row < made.size(); ++row)
    rates[row] = (made[row] - made[row - 1]) / (series.time[row] - series.time[row - 1]);
  return rates;
}

TEST(SelfLimitation, EvsStopWithTheirSubstrateAndAreStillActive) {
  const SeriesTable series = run_series(kBox);
  const std::vector<double> rates = flux(series);
  const auto row_at = [&](double time) {
    return static_cast<std::size_t>(std::ranges::lower_bound(series.time, time - 1e-6) - series.time.begin());
  };
  const double before = rates[row_at(kStop)];
  EXPECT_NEAR(before, kSource, 0.02 * kSource);  // all that is supplied ends as adenosine
  const double adp = series.find("mean.all.ADP")->at(row_at(kStop)),
               atp = series.find("mean.all.ATP")->at(row_at(kStop));
  const double most = 1e10 * 1e-12 * 5 * 100 / 602.214076;     // Vmax [uM/s]
  const double k73 = most / (15 * (1 + adp / 0.5 + atp / 5));  // with what ADP and ATP hold back
  const double window = 10 * (1 / kAtp + 1 / kAdp + 1 / k73);  // [s]
  ASSERT_LT(kStop + window, kSpike);
  std::size_t row = row_at(kStop);
  while (rates[row] > 0.1 * before) ++row;
  std::printf("a tenth after %.0f s, window %.0f s, then %.2g of it\n", series.time[row] - kStop, window,
              rates[row_at(kStop + window)] / before);
  EXPECT_LT(series.time[row] - kStop, window);
  EXPECT_LT(rates[row_at(kStop + window)], 0.1 * before);
  const double again = *std::max_element(rates.begin() + static_cast<std::ptrdiff_t>(row_at(kSpike)), rates.end());
  std::printf("spike: %.2f times the flux before\n", again / before);
  EXPECT_GT(again, before);
  EXPECT_NEAR(series.time.back(), kEnd, 1);
}

}  // namespace
}  // namespace interstice::test
