/// @file
/// EVs that bind a ligand in a closed box: the equilibrium of 1:1 binding, how it begins, and that none is lost.
#include <gtest/gtest.h>

#include <cmath>

#include "support/run_scenario.h"

namespace interstice::test {
namespace {

constexpr double kVolume = 1e6, kMolecules = 602.214076;     ///< [um^3], [per um^3 and uM]
constexpr double kKd = 1e-3, kLigand = 0.01, kSites = 0.02;  ///< [uM]

/// Sites on EVs in all: 0.02 uM are 1.2e7 in the box, on 1e6 EVs.
std::string box(const std::string& weight) {
  return R"(
schema: 2
domain: {size: [100 um, 100 um, 100 um], spacing: 25 um, boundary: {all: periodic}}
time: [{until: 20 s, transport: 1 s, vesicles: 1 s, cells: 1 s, series: 1 s}, {until: 30 min, transport: 10 s, vesicles: 10 s, cells: 10 s, series: 1 min}]
species: {danger: {diffusivity: 100 um^2/s, initial: 0.01 uM}}
vesicles: {ev: {number: 1e6 EV, weight: )" +
         weight + R"(}}
models: {ligand_sink: {ligand: danger, sites: 12.04428152 molecule/EV, kon: 0.05 1/uM/s, koff: 5e-5 1/s}}
)";
}

// kon, koff as above; with the defaults' Kd of 1 nM. All is over ten times the time that it takes.
TEST(LigandSink, ClosedBoxComesToTheEquilibriumOfTheQuadratic) {
  const double sum = kLigand + kSites + kKd;
  const double bound = 0.5 * (sum - std::sqrt(sum * sum - 4 * kLigand * kSites));
  const SeriesTable series =
      run_series(box("100"), {"models.ligand_sink.kon=5 1/uM/s", "models.ligand_sink.koff=5e-3 1/s"});
  EXPECT_NEAR(series.last("model.ligand_sink.taken"), bound * kVolume * kMolecules,
              1e-3 * bound * kVolume * kMolecules);
  EXPECT_NEAR(series.last("mean.all.danger"), kLigand - bound, 1e-3 * (kLigand - bound));
}

TEST(LigandSink, BeginsWithTheRateOfBindingAndLosesNothing) {
  for (const char* weight : {"100", "1000"}) {
    const SeriesTable series = run_series(box(weight));
    const auto& taken = *series.find("model.ligand_sink.taken");
    const auto& left = *series.find("mean.all.danger");
    const double rate = 0.05 * kLigand * kSites * kVolume * kMolecules;  // [1/s]
    EXPECT_NEAR(taken[1], rate, 2e-3 * rate) << weight;
    for (std::size_t row = 0; row < taken.size(); ++row)
      EXPECT_NEAR(left[row] * kVolume * kMolecules + taken[row], kLigand * kVolume * kMolecules,
                  1e-9 * kLigand * kVolume * kMolecules);
    EXPECT_NEAR(series.last("taken_up.danger") - series.last("secreted.danger"), series.last("model.ligand_sink.taken"),
                1e-9 * kLigand * kVolume * kMolecules);
  }
}

}  // namespace
}  // namespace interstice::test
