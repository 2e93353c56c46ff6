/// @file
/// Elementary functions with one pinned implementation: the C library's differ between CPUs and versions, and these
/// reach the state. Only IEEE operations and fma in a fixed order, so that the same bits come out scalar or
/// vectorised, on any fused-multiply-add target.
#pragma once

#include <cstdint>

namespace interstice::pinned {

double exp(double x);
double expm1(double x);
double log(double x);            ///< x > 0
double pow(double x, double y);  ///< x >= 0
double erfc(double x);
double erfcx(double x);                           ///< exp(x^2) erfc(x), x >= 0
void sincos_2pi(double u, double& s, double& c);  ///< sin and cos of 2 pi u, u in [0, 1)

/// Two standard normal numbers in single precision from two random words: see float_normals.h.
void box_muller(std::uint32_t radius, std::uint32_t angle, float& a, float& b);

}  // namespace interstice::pinned
