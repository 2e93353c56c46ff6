/// @file
/// How a box of tissue lies in a picture.
#pragma once

#include <array>

namespace interstice::render {

/// Which axes of space are where on the picture: the longest goes to the right, another one up.
struct Axes {
  int right = 0, up = 2, away = 1;
  /// 1 where the third grows away from who looks, -1 where it grows towards: else left and right would be exchanged.
  [[nodiscard]] int sight() const { return (up + 1) % 3 == right ? 1 : -1; }
};
inline Axes axes_of(const std::array<double, 6>& bounds) {
  const auto length = [&](int a) { return bounds[2 * a + 1] - bounds[2 * a]; };
  Axes axes;
  for (int a = 0; a < 3; ++a)
    if (length(a) > 1.001 * length(axes.right)) axes.right = a;
  axes.up = axes.right == 2 ? 0 : 2;
  axes.away = 3 - axes.right - axes.up;
  return axes;
}

}  // namespace interstice::render
