#include "engine/cells/cell_mechanics.h"

#include <algorithm>
#include <cmath>

#include "engine/core/box.h"
#include "engine/core/pinned_math.h"

namespace interstice {

namespace {

/// Where to go from a cell that stands at the very same place: both partners draw the same axis, in opposite senses.
Vec3 coincident_direction(AgentId self, AgentId other, const Noise& noise) {
  const AgentId pair = mix64(self ^ other);
  const Vec3 axis = unit_vector(noise.uniform(Stream::cell_motility, pair, 0, 0xff10),
                                noise.uniform(Stream::cell_motility, pair, 0, 0xff11));
  return self < other ? axis : -1.0 * axis;
}

}  // namespace

Vec3 separating_velocity(const Cells& cells, std::size_t c, const CellList& neighbours,
                         const CellEnvironment& environment, double dt) {
  const Vec3 here = cells.position(c);
  Vec3 push;  // total displacement over dt before the common factor
  neighbours.visit_near(here, [&](std::uint32_t other) {
    if (other == c) return;
    const Vec3 away = environment.box.separation(cells.position(other), here);
    const double touching = cells.radius[c] + cells.radius[other];
    const double square = dot(away, away);
    if (square >= touching * touching) return;
    const double distance = std::sqrt(square);
    const double share = environment.types[index(cells.type[other])].mobile ? 0.5 : 1.0;
    const Vec3 direction =
        distance > 1e-9 ? (1 / distance) * away : coincident_direction(cells.id[c], cells.id[other], environment.noise);
    push += share * (touching - distance) * direction;
  });
  const double undone = std::min(0.5, -pinned::expm1(-dt / kOverlapHalfTime * 0.69314718055994531));
  return (undone / dt) * push;
}

}  // namespace interstice
