#include "engine/fields/lattice_green.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

#include "engine/core/constants.h"

namespace interstice {
namespace {

/// By a >= b >= c, b and c running within a. Integral over t of exp(-6 t) I_a(2 t) I_b(2 t) I_c(2 t), computed with 25
/// digits.
constexpr std::array kNear{
    0.252731009858663,    0.086064343191996336, 0.055191433687737317, 0.043578354397725526, 0.042889314542365747,
    0.035931603473490089, 0.031965275107713735, 0.028055172597468058, 0.026158735462707839, 0.022651366027559254,
    0.027545130168237791, 0.02552314979794194,  0.024032618376161027, 0.022075178856206247, 0.021157661967896127,
    0.019143996592410669, 0.018714791562192033, 0.018170253848569872, 0.01685211900439927,  0.015219308838473171,
    0.020288867275293241, 0.019521749537395457, 0.018868811617576296, 0.017842635243843198, 0.017365188671321106,
    0.016193051582313969, 0.015898941981799979, 0.015569644294517838, 0.014717579077265618, 0.013586498672547073,
    0.014045282253711944, 0.013821099957718023, 0.013218333149357821, 0.012380596492047704, 0.011445856230280265,
};

/// 1/(4 pi r) with the lattice's next term.
double far(double a, double b, double c) {
  const double square = a * a + b * b + c * c;
  const double fourth = a * a * a * a + b * b * b * b + c * c * c * c;
  const double next = (5 * fourth / (square * square) - 3) / (8 * square);
  return (1 + next) / (4 * kPi * std::sqrt(square));
}

}  // namespace

double lattice_green(std::int32_t a, std::int32_t b, std::int32_t c) {
  a = std::abs(a), b = std::abs(b), c = std::abs(c);
  if (a < b) std::swap(a, b);
  if (b < c) std::swap(b, c);
  if (a < b) std::swap(a, b);
  if (a > kLatticeNear) return far(a, b, c);
  const std::int32_t at = a * (a + 1) * (a + 2) / 6 + b * (b + 1) / 2 + c;  // after those with a smaller a, or b
  return kNear[static_cast<std::size_t>(at)];
}

const LatticeTable& lattice_green_near() {
  static const LatticeTable table = [] {
    LatticeTable filled{};
    for (std::int32_t c = 0; c <= kLatticeNear; ++c)
      for (std::int32_t b = 0; b <= kLatticeNear; ++b)
        for (std::int32_t a = 0; a <= kLatticeNear; ++a) filled[c][b][a] = lattice_green(a, b, c);
    return filled;
  }();
  return table;
}

}  // namespace interstice
