/// @file
/// Exchange between well-mixed places: against the exponentials of two and three compartments.
#include <gtest/gtest.h>

#include <cmath>

#include "engine/fields/species_transfer.h"

namespace interstice {
namespace {

TEST(TransferMatrix, OfTwoCompartments) {
  for (const double dt : {1e-3, 0.7, 40.0, 1e7}) {
    const double k12 = 0.03, k21 = 0.5, fades = std::exp(-(k12 + k21) * dt);
    const auto m = transfer_matrix(std::vector<double>{-k12, k21, k12, -k21}, 2, dt);
    EXPECT_NEAR(m[0], (k21 + k12 * fades) / (k12 + k21), 1e-13) << dt;
    EXPECT_NEAR(m[2], k12 * -std::expm1(-(k12 + k21) * dt) / (k12 + k21), 1e-13) << dt;
    EXPECT_NEAR(m[0] + m[2], 1, 1e-15);
    EXPECT_NEAR(m[1] + m[3], 1, 1e-15);
  }
}

// a -> b -> c, the Bateman equations; what does not flow stays exactly where it is.
TEST(TransferMatrix, OfAChain) {
  const double a = 0.2, b = 0.05, dt = 9;
  const auto m = transfer_matrix(std::vector<double>{-a, 0, 0, a, -b, 0, 0, b, 0}, 3, dt);
  EXPECT_NEAR(m[0], std::exp(-a * dt), 1e-14);
  EXPECT_NEAR(m[3], a / (b - a) * (std::exp(-a * dt) - std::exp(-b * dt)), 1e-14);
  EXPECT_EQ(m[1], 0);
  EXPECT_EQ(m[8], 1);
}

/// Two regions of two voxels each, the second with half its volume fluid, and two reservoirs.
struct Place {
  Place() {
    regions.regions = {{"film"}, {"tissue"}};
    regions.regions[1].volume_fraction = 0.5;
    regions.of_voxel = {0, 1, 0, 1};
    reservoirs.resize(2);
    reservoirs[0].volume = 8000;
    reservoirs[1].volume = 1e5;
    Species species;
    species.name = "A";
    species.transfers = {{0, 3, 0.01}, {3, 0, 0.2}, {0, 1, 0.001}};
    all = {species};
    state = {{{4.0}, {0.0}, {}}, {{0.0}, {0.0}, {}}};
    const double start[] = {7, 1, 7, 3};
    for (std::size_t v = 0; v < 4; ++v) fields[SpeciesId{0}][v] = start[v];
  }
  [[nodiscard]] double amount() const {
    const auto c = fields[SpeciesId{0}];
    return 1000 * (c[0] + c[2]) + 500 * (c[1] + c[3]) + 8000 * state[0].concentration[0] +
           1e5 * state[1].concentration[0];
  }
  Grid grid{.nx = 4, .ny = 1, .nz = 1, .spacing = 10};
  RegionMap regions;
  std::vector<Reservoir> reservoirs;
  std::vector<Species> all;
  std::vector<ReservoirState> state;
  FieldSet fields{1, 4};
};

TEST(SpeciesTransfer, KeepsAmountsAndTheShapeOfWhatStays) {
  Place one, many;
  const double before = one.amount();
  SpeciesTransferSolver solver(one.grid, one.regions, one.all, one.reservoirs);
  solver.transfer(one.fields, one.state, 10);
  for (int i = 0; i < 40; ++i) solver.transfer(many.fields, many.state, 0.25);
  EXPECT_NEAR(one.amount(), before, 1e-12 * before);
  const auto c = one.fields[SpeciesId{0}], d = many.fields[SpeciesId{0}];
  EXPECT_EQ(c[0], 7) << "another region";
  EXPECT_NEAR(c[3] - c[1], 2 * std::exp(-0.2 * 10), 1e-12);
  for (std::size_t v = 0; v < 4; ++v) EXPECT_NEAR(c[v], d[v], 1e-12 * c[v]) << "whatever the step";
  EXPECT_NEAR(one.state[1].concentration[0], many.state[1].concentration[0], 1e-14);
}

// The tissue holds 1000 um^3 of fluid.
TEST(SpeciesTransfer, EndsAtTheRatioOfTheRates) {
  Place place;
  place.all[0].transfers.pop_back();
  SpeciesTransferSolver solver(place.grid, place.regions, place.all, place.reservoirs);
  solver.transfer(place.fields, place.state, 1e4);
  const auto c = place.fields[SpeciesId{0}];
  EXPECT_NEAR(c[1] / place.state[0].concentration[0], 0.01 * 8000 / (0.2 * 1000), 1e-12);
  EXPECT_EQ(c[1], c[3]);
}

}  // namespace
}  // namespace interstice
