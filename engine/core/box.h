/// @file
/// The box in which everything moves: distances across periodic faces, places at walls; and directions.
#pragma once

#include <array>
#include <cmath>

#include "engine/core/vec3.h"

namespace interstice {

/// A box with optionally periodic axes, shared by everything that moves. Lower corner at the origin [um].
struct Box {
  Vec3 size;
  std::array<bool, 3> periodic{};

  /// Shortest vector from a to b.
  [[nodiscard]] Vec3 separation(Vec3 a, Vec3 b) const {
    const Vec3 d = b - a;
    return {nearest_image(d.x, size.x, periodic[0]), nearest_image(d.y, size.y, periodic[1]),
            nearest_image(d.z, size.z, periodic[2])};
  }

 private:
  static double nearest_image(double d, double length, bool wraps) {
    // most pairs are near each other: no division and no call then
    return wraps && std::abs(d) > 0.5 * length ? d - length * std::round(d / length) : d;
  }
};

/// Point moved into the box: wrapped where periodic, else not nearer to a wall than `margin` [um].
Vec3 into_box(Vec3 p, const Box& box, double margin);

/// Uniformly distributed unit vector from two uniforms in (0, 1).
Vec3 unit_vector(double u, double v);

}  // namespace interstice
