#include "engine/core/pinned_math.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>

#include "engine/core/float_normals.h"

namespace interstice::pinned {
namespace {

constexpr double kLn2Hi = 6.93147180369123816490e-01;
constexpr double kLn2Lo = 1.90821492927058770002e-10;

/// c[0] + x c[1] + x^2 c[2] ... by Horner's rule in fused multiply-adds.
template <class Real, std::size_t n>
Real polynomial(Real x, std::span<const Real, n> c) {
  Real sum = c.back();
  for (std::size_t i = c.size() - 1; i-- > 0;) sum = std::fma(sum, x, c[i]);
  return sum;
}
template <class Real, std::size_t n>
Real polynomial(Real x, const std::array<Real, n>& c) {
  return polynomial(x, std::span<const Real, n>(c));
}

/// 2^k for -1022 <= k <= 1023.
double power_of_two(int k) { return std::bit_cast<double>(static_cast<std::uint64_t>(k + 1023) << 52); }

/// exp(r) for |r| <= ln2/2: Taylor series to order 13, truncation below 2^-57.
constexpr std::array kExpSeries{
    1.0,        1.0,         1.0 / 2,      1.0 / 6,       1.0 / 24,       1.0 / 120,       1.0 / 720,
    1.0 / 5040, 1.0 / 40320, 1.0 / 362880, 1.0 / 3628800, 1.0 / 39916800, 1.0 / 479001600, 1.0 / 6227020800.0};

}  // namespace

double exp(double x) {
  if (std::isnan(x)) return x;
  if (x > 709.782712893384) return std::numeric_limits<double>::infinity();
  if (x < -745.2) return 0.0;
  const double k = std::nearbyint(x * 1.44269504088896338700);
  const double r = std::fma(-k, kLn2Lo, std::fma(-k, kLn2Hi, x));
  const double value = polynomial(r, kExpSeries);
  const int exponent = static_cast<int>(k);
  const int half = exponent / 2;  // two factors reach the subnormal range
  return value * power_of_two(half) * power_of_two(exponent - half);
}

double expm1(double x) {
  if (std::abs(x) > 0.34) return exp(x) - 1.0;
  return x * polynomial(x, std::span(kExpSeries).subspan(1));
}

// Method and coefficients of the Freely Distributable LIBM (Sun Microsystems 1993), e_log.c.
double log(double x) {
  if (x == 0) return -std::numeric_limits<double>::infinity();
  if (!(x > 0)) return std::numeric_limits<double>::quiet_NaN();
  if (std::isinf(x)) return x;
  int k = 0;
  if (x < std::numeric_limits<double>::min()) {
    x *= 0x1p54;
    k = -54;
  }
  const auto bits = std::bit_cast<std::uint64_t>(x);
  k += static_cast<int>(bits >> 52) - 1023;
  double m = std::bit_cast<double>((bits & 0x000fffffffffffffULL) | 0x3ff0000000000000ULL);
  if (m > 1.41421356237309504880) {
    m *= 0.5;
    ++k;
  }
  constexpr std::array kSeries{6.666666666666735130e-01, 3.999999999940941908e-01, 2.857142874366239149e-01,
                               2.222219843214978396e-01, 1.818357216161805012e-01, 1.531383769920937332e-01,
                               1.479819860511658591e-01};
  const double f = m - 1.0;
  const double s = f / (2.0 + f);
  const double z = s * s;
  const double r = z * polynomial(z, kSeries);
  const double half_square = 0.5 * f * f;
  return k * kLn2Hi - ((half_square - (s * (half_square + r) + k * kLn2Lo)) - f);
}

double pow(double x, double y) {
  if (y == 1) return x;
  if (y == 2) return x * x;
  if (y == 0) return 1.0;
  if (x == 0) return y > 0 ? 0.0 : std::numeric_limits<double>::infinity();
  return exp(y * log(x));
}

// Cody, Math. Comp. 23 (1969) 631: rational Chebyshev approximations for the error function.
double erfcx(double x) {
  constexpr std::array kErfP{3.20937758913846947e03, 3.77485237685302021e02, 1.13864154151050156e02,
                             3.16112374387056560e00, 1.85777706184603153e-1};
  constexpr std::array kErfQ{2.84423683343917062e03, 1.28261652607737228e03, 2.44024637934444173e02,
                             2.36012909523441209e01, 1.0};
  constexpr std::array kMidP{1.23033935479799725e03, 2.05107837782607147e03, 1.71204761263407058e03,
                             8.81952221241769090e02, 2.98635138197400131e02, 6.61191906371416295e01,
                             8.88314979438837594e00, 5.64188496988670089e-1, 2.15311535474403846e-8};
  constexpr std::array kMidQ{1.23033935480374942e03, 3.43936767414372164e03, 4.36261909014324716e03,
                             3.29079923573345963e03, 1.62138957456669019e03, 5.37181101862009858e02,
                             1.17693950891312499e02, 1.57449261107098347e01, 1.0};
  constexpr std::array kFarP{6.58749161529837803e-4, 1.60837851487422766e-2, 1.25781726111229246e-1,
                             3.60344899949804439e-1, 3.05326634961232344e-1, 1.63153871373020978e-2};
  constexpr std::array kFarQ{2.33520497626869185e-3, 6.05183413124413191e-2, 5.27905102951428412e-1,
                             1.87295284992346725e00, 2.56852019228982242e00, 1.0};
  constexpr double kInverseSqrtPi = 5.6418958354775628695e-1;
  if (x < 0.46875) {
    const double z = x * x;
    return exp(z) * (1.0 - x * polynomial(z, kErfP) / polynomial(z, kErfQ));
  }
  if (x <= 4.0) return polynomial(x, kMidP) / polynomial(x, kMidQ);
  const double z = 1.0 / (x * x);
  return (kInverseSqrtPi - z * polynomial(z, kFarP) / polynomial(z, kFarQ)) / x;
}

double erfc(double x) {
  if (x < 0) return 2.0 - erfc(-x);
  if (x > 27) return 0.0;
  const double head = std::nearbyint(x * 16.0) / 16.0;  // exp(-x^2) without losing the low bits of x^2
  const double tail = (x - head) * (x + head);
  return exp(-head * head) * exp(-tail) * erfcx(x);
}

// Kernels of the Freely Distributable LIBM, k_sin.c and k_cos.c, on [-pi/4, pi/4].
void sincos_2pi(double u, double& s, double& c) {
  constexpr std::array kSin{-1.66666666666666324348e-01, 8.33333333332248946124e-03,  -1.98412698298579493134e-04,
                            2.75573137070700676789e-06,  -2.50507602534068634195e-08, 1.58969099521155010221e-10};
  constexpr std::array kCos{4.16666666666666019037e-02,  -1.38888888888741095749e-03, 2.48015872894767294178e-05,
                            -2.75573143513906633035e-07, 2.08757232129817482790e-09,  -1.13596475577881948265e-11};
  const double quarter = std::nearbyint(4.0 * u);
  const double t = 6.28318530717958647692 * (u - 0.25 * quarter);
  const double z = t * t;
  const double sine = std::fma(t * z, polynomial(z, kSin), t);
  const double cosine = std::fma(z * z, polynomial(z, kCos), std::fma(-0.5, z, 1.0));
  const int q = static_cast<int>(quarter) & 3;
  const double a = (q & 1) != 0 ? cosine : sine;
  const double b = (q & 1) != 0 ? sine : cosine;
  s = (q & 2) != 0 ? -a : a;
  c = ((q + 1) & 2) != 0 ? -b : b;
}

void box_muller(std::uint32_t radius, std::uint32_t angle, float& a, float& b) {
  using namespace float_normals;
  const float n = static_cast<float>(static_cast<std::int32_t>(radius >> 1)) + 0.5F;
  const auto bits = std::bit_cast<std::uint32_t>(n);
  const std::int32_t k = static_cast<std::int32_t>(bits - kRootHalfBits) >> 23;
  const float f = std::bit_cast<float>(bits - (static_cast<std::uint32_t>(k) << 23)) - 1.0F;
  const float ln = std::fma(f * f, polynomial(f, kLog), f);
  const float r = std::sqrt(-2.0F * std::fma(static_cast<float>(k - 31), kLn2, ln));

  const float t = static_cast<float>(static_cast<std::int32_t>(angle & kFraction)) * kFractionUnit;
  const float z = t * t;
  const float sine = r * (t * polynomial(z, kSin)), cosine = r * std::fma(z, polynomial(z, kCos), 1.0F);
  const bool swapped = (angle & kSwap) != 0;
  const auto with_sign = [](float x, bool minus) { return minus ? -x : x; };
  a = with_sign(swapped ? sine : cosine, (angle & kCosineSign) != 0);
  b = with_sign(swapped ? cosine : sine, (angle & kSineSign) != 0);
}

}  // namespace interstice::pinned
