/// @file
/// A reaction that spreads by diffusion: A + B -> 2 B, with A + B the same everywhere, is Fisher's equation
///
///     u_t = D u_xx + k u (1 - u),   u = B/(A + B)
///
/// which has one front in closed form (Ablowitz and Zeppetella, Bull. Math. Biol. 41, 1979): its speed is
/// 5/sqrt(6) sqrt(D k), its shape (1 + exp(x sqrt(k/(6 D))))^-2. Transport steps of a twentieth to four times 1/k: what
/// flows between voxels reaches the reaction a step late, so that long steps hold the front back.
#include <gtest/gtest.h>

#include <cmath>

#include "engine/fields/transport.h"
#include "unit/fields/beaker.h"
#include "unit/fields/tissue.h"

namespace interstice {
namespace {

using testing::Tissue;

constexpr double kSpreading = 100, kGrowth = 1;  // [um^2/s], [1/(uM s)] at 1 uM

/// Where the front is after some seconds, from where it began [um], and how wide: sqrt of the variance of -du/dx.
struct Front {
  double way = 0, width = 0;
};

Front front(double dx, double dt, double seconds) {
  const auto n = static_cast<std::size_t>(480 / dx);
  Tissue t(static_cast<int>(n), 1, 1, dx);
  t.add(kSpreading);
  t.add(kSpreading);
  Chemistry chemistry;
  chemistry.reactions.push_back(
      testing::mass_action({{SpeciesId{0}, 1}, {SpeciesId{1}, 1}}, {{SpeciesId{1}, 2}}, kGrowth));
  t.allocate();
  t.budget.resize(2, 1);
  const auto place = [&](std::size_t v) { return (static_cast<double>(v) + 0.5) * dx; };
  for (std::size_t v = 0; v < n; ++v) {
    const double u = std::pow(1 + std::exp((place(v) - 160) * std::sqrt(kGrowth / (6 * kSpreading))), -2);
    t.field(0)[v] = 1 - u;
    t.field(1)[v] = u;
  }
  std::vector<std::vector<float>> supply(2, std::vector<float>(n));
  FieldTransport transport(t.grid, t.regions, t.species, chemistry, {});
  const auto mass = [&] {
    double sum = 0;
    for (const double u : t.field(1)) sum += u * dx;
    return sum;
  };
  Exchange nothing;
  const double before = mass();
  for (double time = 0; time < seconds - dt / 2; time += dt)
    transport.advance({t.c, t.state, supply, t.budget}, nothing, {}, dt, Threads(1));
  Front found{mass() - before, 0};
  double sum = 0, middle = 0, square = 0;
  for (std::size_t v = 1; v < n; ++v) {
    const double slope = t.field(1)[v - 1] - t.field(1)[v], x = place(v) - dx / 2;
    sum += slope, middle += slope * x, square += slope * x * x;
  }
  found.width = std::sqrt(square / sum - (middle / sum) * (middle / sum));
  return found;
}

TEST(FisherFront, RunsAsFastAsItShouldUntilTheStepIsAsLongAsTheReaction) {
  const double way = 8 * 5 / std::sqrt(6.0) * std::sqrt(kSpreading * kGrowth);
  for (const double dx : {1.0, 2.0, 4.0}) {
    const double width = front(dx, 0.05, 8).width;
    const auto check = [&](double dt, double of_way, double of_width) {
      const Front found = front(dx, dt, 8);
      EXPECT_NEAR(found.way / way, 1, of_way) << "voxels of " << dx << " um, k dt " << dt;
      EXPECT_NEAR(found.width / width, 1, of_width) << "voxels of " << dx << " um, k dt " << dt;
    };
    check(0.05, 1e-3, 1e-9);
    check(0.2, 5e-3, 6e-3);
    check(1, 0.045, 0.06);
    check(4, 0.085, 0.06);
  }
}

}  // namespace
}  // namespace interstice
