/// @file
/// Standard normal numbers in single precision, for displacements: Box-Muller (1958) on 32-bit uniforms, four numbers
/// from one call of the generator. The numbers here and the order of operations are shared by the scalar function
/// (pinned_math.h) and the vector kernel (engine/core/noise_vectors.inc), which give the same bits.
///
/// Radius: u = (n + 1/2) 2^-31 with 31-bit n, sqrt(-2 ln u). The largest is 6.66 standard deviations (a Gaussian
/// exceeds that once in 4e10 draws), the smallest but zero 3e-4, the relative error below 3e-7. Angle: 29 bits of an
/// eighth of the circle, one bit to swap sine and cosine, one for the sign of each, so that mean, skewness and
/// correlation vanish exactly over all angles.
#pragma once

#include <array>
#include <cstdint>

namespace interstice::float_normals {

/// Bits of sqrt(1/2): where a number is divided into 2^k times what lies in [sqrt(1/2), sqrt(2)).
inline constexpr std::uint32_t kRootHalfBits = 0x3f3504f3U;
inline constexpr float kLn2 = 0.69314718F;
/// ln(1 + f) = f + f^2 P(f), Chebyshev fit, error 2e-7 f^2.
inline constexpr std::array<float, 8> kLog{-0.49999997F, 0.3333367F,  -0.2500115F,  0.19972013F,
                                           -0.16588336F, 0.14835125F, -0.14161204F, 0.087882474F};
/// sin(pi/4 t) = t P(t^2), error 3e-8; cos(pi/4 t) = 1 + t^2 P(t^2), error 1.2e-7, for t in [0, 1].
inline constexpr std::array<float, 4> kSin{0.7853982F, -0.080745436F, 0.0024900069F, -3.595429e-05F};
inline constexpr std::array<float, 3> kCos{-0.30842504F, 0.015852345F, -0.00032064694F};

/// Which bits of the angle's word say what.
inline constexpr std::uint32_t kCosineSign = 0x80000000U, kSineSign = 0x40000000U, kSwap = 0x20000000U;
inline constexpr std::uint32_t kFraction = 0x1fffffffU;
inline constexpr float kFractionUnit = 0x1p-29F;

}  // namespace interstice::float_normals
