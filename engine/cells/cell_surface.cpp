#include "engine/cells/cell_surface.h"

#include <algorithm>

#include "engine/cells/cell_list.h"

namespace interstice {
namespace {

/// Share of the surface of a sphere of radius r that lies in another of radius R, d apart.
double cap_in_sphere(double r, double R, double d) {
  if (d >= r + R || R <= 0) return 0;
  if (d + r <= R) return 1;
  if (d + R <= r) return 0;  // lies within it
  return (r - (d * d + r * r - R * R) / (2 * d)) / (2 * r);
}

/// The same for what lies beyond the walls of a box.
double caps_beyond_walls(Vec3 p, double r, const Box& box) {
  const double x[3] = {p.x, p.y, p.z}, size[3] = {box.size.x, box.size.y, box.size.z};
  double share = 0;
  for (std::size_t axis = 0; axis < 3; ++axis)
    for (const double apart : {x[axis], size[axis] - x[axis]})
      if (!box.periodic[axis]) share += std::clamp((r - apart) / (2 * r), 0.0, 1.0);
  return std::min(1.0, share);
}

}  // namespace

std::vector<HiddenSurface> hidden_surface(const Cells& cells, const CellEnvironment& environment, double most) {
  std::vector<HiddenSurface> hidden(environment.types.size());
  CellList list;
  list.rebuild(cells, environment.box, 2 * std::max(environment.rules->largest_radius(), 0.5));
  for (std::size_t c = 0; c < cells.size(); ++c) {
    const Vec3 here = cells.position(c);
    const double r = cells.radius[c], outside = caps_beyond_walls(here, r, environment.box);
    double in_others = 0;
    list.visit_near(here, [&](std::uint32_t other) {
      if (other == c) return;
      in_others += cap_in_sphere(r, cells.radius[other], norm(environment.box.separation(here, cells.position(other))));
    });
    in_others = std::min(1.0, in_others);
    HiddenSurface& of = hidden[index(cells.type[c])];
    ++of.cells;
    of.in_others += in_others > most;
    of.outside += outside > most;
    of.share_in_others += in_others;
    of.share_outside += outside;
  }
  for (HiddenSurface& of : hidden) {
    of.share_in_others /= std::max<double>(1, static_cast<double>(of.cells));
    of.share_outside /= std::max<double>(1, static_cast<double>(of.cells));
  }
  return hidden;
}

}  // namespace interstice
