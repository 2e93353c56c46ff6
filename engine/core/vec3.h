/// @file
/// A point or vector in the tissue [um]. Plain data, so that plug-ins need no linear-algebra library.
#pragma once

#include <cmath>
#include <cstddef>

namespace interstice {

struct Vec3 {
  double x = 0, y = 0, z = 0;

  constexpr double operator[](std::size_t axis) const { return axis == 0 ? x : axis == 1 ? y : z; }
  friend constexpr Vec3 operator+(Vec3 a, Vec3 b) { return {a.x + b.x, a.y + b.y, a.z + b.z}; }
  friend constexpr Vec3 operator-(Vec3 a, Vec3 b) { return {a.x - b.x, a.y - b.y, a.z - b.z}; }
  friend constexpr Vec3 operator*(double s, Vec3 a) { return {s * a.x, s * a.y, s * a.z}; }
  constexpr Vec3& operator+=(Vec3 b) { return *this = *this + b; }
  friend constexpr bool operator==(Vec3, Vec3) = default;
};

/// Product along each axis.
constexpr Vec3 by_axis(Vec3 a, Vec3 b) { return {a.x * b.x, a.y * b.y, a.z * b.z}; }
constexpr double dot(Vec3 a, Vec3 b) { return a.x * b.x + a.y * b.y + a.z * b.z; }
inline double norm(Vec3 a) { return std::sqrt(dot(a, a)); }

}  // namespace interstice
