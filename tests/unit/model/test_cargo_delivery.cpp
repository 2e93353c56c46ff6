/// @file
/// Copies in the cytosol and the response to them.
#include <gtest/gtest.h>

#include <cmath>

#include "hand_made_view.h"
#include "models/builtin.h"
#include "models/cargo_delivery.h"

namespace interstice {
namespace {

using interstice::testing::Settings;
using interstice::testing::Stand;

TEST(CargoKernel, DecaysWithItsHalfLife) {
  const double rate = std::log(2.0) / 86400;
  EXPECT_NEAR(models::cargo_after(1000, 0, rate, 86400), 500, 1e-9);
  // What arrives evenly over a day decays on average by (1 - 1/2)/ln 2 = 0.72134752.
  EXPECT_NEAR(models::cargo_after(0, 1000, rate, 86400), 721.3475204444817, 1e-9);
  EXPECT_EQ(models::cargo_after(3, 4, 0, 10), 7);
}

TEST(CargoKernel, RespondsHalfAtTheThreshold) {
  EXPECT_EQ(models::cargo_response(0, 1000, 2), 0);
  EXPECT_NEAR(models::cargo_response(1000, 1000, 2), 0.5, 1e-14);
  EXPECT_NEAR(models::cargo_response(3000, 1000, 2), 0.9, 1e-14);
  EXPECT_NEAR(models::cargo_response(100, 1000, 2), 1 / 101.0, 1e-14);
}

TEST(CargoDelivery, TurnsEveryReleaseIntoCopiesOnce) {
  const auto model = Settings(models::cargo_delivery()).make();
  Stand stand(models::cargo_delivery(), 2);
  stand.releases = {100, 0};
  stand.step(*model, 1e-3);
  stand.step(*model, 1e-3);
  EXPECT_NEAR(stand.columns[0][0], 1000, 1e-4);  // 100 EVs with 10 copies
  EXPECT_NEAR(stand.columns[2][0], 0.5, 1e-7);
  EXPECT_EQ(stand.columns[0][1], 0);
  EXPECT_EQ(stand.columns[2][1], 0);
}

TEST(CargoDelivery, WaitsForTheCellStep) {
  const auto model = Settings(models::cargo_delivery()).make();
  Stand stand(models::cargo_delivery(), 1);
  stand.releases = {100};
  stand.step(*model, 1, false);
  EXPECT_EQ(stand.columns[0][0], 0);
  stand.step(*model, 1, true);
  EXPECT_NEAR(stand.columns[0][0], 1000, 0.01);
}

TEST(CargoDelivery, DoesNotInventCargoWhenACountStartsAnew) {  // a daughter cell counts its own releases
  const auto model = Settings(models::cargo_delivery()).make();
  Stand stand(models::cargo_delivery(), 1);
  stand.releases = {100};
  stand.step(*model, 1e-3);
  stand.releases = {3};
  stand.step(*model, 1e-3);
  EXPECT_NEAR(stand.columns[0][0], 1000, 1e-4);
  stand.releases = {5};
  stand.step(*model, 1e-3);
  EXPECT_NEAR(stand.columns[0][0], 1020, 1e-4);
}

TEST(CargoDelivery, MicroRnaIsPoissonAndRare) {
  Settings settings(models::cargo_delivery());
  settings.choices[0] = 1;
  const auto model = settings.make();
  constexpr std::size_t cells = 20000;
  Stand stand(models::cargo_delivery(), cells);
  stand.releases.assign(cells, 100);
  stand.step(*model, 1e-3);
  double sum = 0, squares = 0;
  for (const double copies : stand.columns[0]) {
    sum += copies;
    squares += copies * copies;
  }
  const double mean = sum / cells, variance = squares / cells - mean * mean;
  // 100 x 0.00825 copies: mean and variance 0.825, standard errors sqrt(m/N) and sqrt((m + 2 m^2)/N).
  EXPECT_NEAR(mean, 0.825, 4 * std::sqrt(0.825 / cells));
  EXPECT_NEAR(variance, 0.825, 4 * std::sqrt((0.825 + 2 * 0.825 * 0.825) / cells));
}

}  // namespace
}  // namespace interstice
