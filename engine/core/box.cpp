#include "engine/core/box.h"

#include <algorithm>

#include "engine/core/pinned_math.h"

namespace interstice {

Vec3 into_box(Vec3 p, const Box& box, double margin) {
  const auto along = [margin](double x, double size, bool periodic) {
    if (!periodic) return std::clamp(x, std::min(margin, 0.5 * size), std::max(size - margin, 0.5 * size));
    const double wrapped = x - size * std::floor(x / size);
    return wrapped < size ? wrapped : 0.0;  // a tiny negative x rounds up to the size itself
  };
  return {along(p.x, box.size.x, box.periodic[0]), along(p.y, box.size.y, box.periodic[1]),
          along(p.z, box.size.z, box.periodic[2])};
}

Vec3 unit_vector(double u, double v) {
  const double z = 1 - 2 * u, r = std::sqrt(1 - z * z);
  double s = 0, c = 0;
  pinned::sincos_2pi(v, s, c);
  return {r * c, r * s, z};
}

}  // namespace interstice
