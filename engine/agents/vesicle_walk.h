/// @file
/// The careful step of one vesicle: walls that let through, interfaces, cells. Where nothing happens it ends exactly
/// where the free step of vesicle_kernel.h does.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/agents/cells.h"
#include "engine/agents/vesicle_contact.h"
#include "engine/agents/vesicle_environment.h"
#include "engine/agents/vesicle_kernel.h"
#include "engine/agents/vesicle_map.h"
#include "engine/core/constants.h"

namespace interstice {

/// How many vesicles find room on a cell.
inline double site_count(const Cells& cells, std::size_t cell, std::span<const CellType> types) {
  const double R = cells.radius[cell];
  return types[index(cells.type[cell])].contact.sites_per_area * 4 * kPi * R * R;
}

/// A free vesicle about to move, with its noise.
struct Walker {
  AgentId id = 0;
  VesicleClassId klass{};
  double variance = 0;  ///< D dt here [um^2]
  Vec3 start;           ///< [um]
  Vec3 displacement;    ///< of the free step [um]
  double spare = 0;     ///< a standard normal number, for the chance of sticking
  std::size_t bin = 0;  ///< of the map
};

/// Where it went. At most one of `cell` and `face` is set.
struct WalkEnd {
  Vec3 position;           ///< if it stays free [um]
  std::int32_t cell = -1;  ///< it touched this cell and sticks if there is room ...
  Vec3 on_surface;         ///< ... here [um]
  std::int32_t face = -1;  ///< it left through this face
};

/// Everything fixed during one step. A step longer than a quarter of a cell's radius is divided near the cell, by a
/// Brownian bridge of the whole step, so that the vesicles that meet nothing are not affected.
class VesicleWalk {
 public:
  /// `moves` are the displacements of the cells during the step.
  VesicleWalk(const Cells& cells, std::span<const Vec3> moves, const VesicleMap& map,
              const VesicleEnvironment& environment, const VesicleStep& step);

  [[nodiscard]] WalkEnd operator()(const Walker& walker) const;
  /// Back into the box, at walls that let nothing through.
  [[nodiscard]] Vec3 folded(Vec3 p) const;

  /// True if only a step across an interface or open face, or a cell within reach, could change the free step, and
  /// neither is the case: a cheaper look than operator(), which would give the same end.
  [[nodiscard]] bool nothing_near(const Walker& walker) const {
    if (any_face_reacts_ || leaves_tissue(walker.start, walker.start + walker.displacement)) return false;
    const double reach = std::min(kReachInRootDt * std::sqrt(walker.variance), map_.longest_reach());
    for (const std::uint32_t c : map_.cells_near(walker.bin)) {
      const Vec3 d = nearest_image(walker.start - spheres_[c].centre);
      const double limit = spheres_[c].wide + reach;
      if (dot(d, d) < limit * limit) return false;
    }
    return true;
  }

 private:
  [[nodiscard]] bool beyond_box(Vec3 p) const {
    const Vec3 size = environment_.box.size;
    return !(p.x >= 0 && p.y >= 0 && p.z >= 0 && p.x < size.x && p.y < size.y && p.z < size.z);
  }
  /// Does a step end in other tissue or beyond the box?
  [[nodiscard]] bool leaves_tissue(Vec3 from, Vec3 to) const {
    if (any_open_face_ && beyond_box(to)) return true;
    return !one_tissue_ && &region_at(from) != &region_at(folded(to));
  }
  /// No vesicle may enter there.
  [[nodiscard]] bool forbidden(Vec3 from, Vec3 to) const {
    return !one_tissue_ && vesicle_capacity(region_at(to)) <= 0 && vesicle_capacity(region_at(from)) > 0;
  }

  static constexpr std::size_t kMostNear = 12;
  struct Near {
    std::uint32_t cell = 0;
    double gap = 0;  ///< [um]
  };
  struct Neighbours {
    std::array<Near, kMostNear> near;
    std::size_t count = 0;
  };
  /// A part of the step.
  struct Leg {
    double root_dt = 0;         ///< sqrt(D dt) [um]
    double begin = 0, end = 1;  ///< in parts of the whole step
    std::uint32_t number = 0;
  };

  [[nodiscard]] Neighbours neighbours(Vec3 p, std::size_t bin, double root_dt) const;
  [[nodiscard]] std::uint32_t legs_needed(const Neighbours& near, double root_dt) const;
  [[nodiscard]] WalkEnd walk_legs(const Walker& walker, Vec3 whole, double root_dt, const Neighbours& near) const;
  [[nodiscard]] bool within_reach(const Walker& walker, int face) const;
  [[nodiscard]] std::int32_t face_passed(const Walker& walker, Vec3 from, Vec3 to, const Leg& leg) const;
  [[nodiscard]] bool interface_stops(AgentId id, Vec3 from, Vec3 to, Vec3 displacement, double root_dt) const;
  [[nodiscard]] bool sticks(const Walker& walker, double x0, double x1, const SphereStep& sphere, double room,
                            std::uint32_t draw) const;
  /// Moves w.position from `from`; true if something other than a closed wall was met.
  bool meet_cells(const Walker& walker, Vec3 from, const Leg& leg, const Neighbours& near, WalkEnd& w) const;
  [[nodiscard]] Vec3 to_cell(std::uint32_t cell, double part, Vec3 p) const;
  [[nodiscard]] const Region& region_at(Vec3 p) const {
    return environment_.regions->regions[environment_.regions->of_voxel[grid_.voxel_at(p)]];
  }
  [[nodiscard]] Vec3 nearest_image(Vec3 d) const {
    const auto along = [](double x, double size, bool periodic) {
      if (!periodic) return x;
      return x > 0.5 * size ? x - size : x < -0.5 * size ? x + size : x;
    };
    const Box& box = environment_.box;
    return {along(d.x, box.size.x, box.periodic[0]), along(d.y, box.size.y, box.periodic[1]),
            along(d.z, box.size.z, box.periodic[2])};
  }
  /// A cell as the walk sees it.
  struct Sphere {
    Vec3 centre;      ///< at the start of the step [um]
    double wide = 0;  ///< radius, and how far the cell moves [um]
  };

  const Cells& cells_;
  std::span<const Vec3> moves_;
  const VesicleMap& map_;
  const VesicleEnvironment& environment_;
  Grid grid_;
  VesicleStep step_;
  std::vector<double> reactivity_;  ///< [class * types + type], dt-free: kappa [um/s]
  std::vector<Sphere> spheres_;
  bool any_face_reacts_ = false, any_open_face_ = false, one_tissue_ = false;
  std::vector<double> room_;  ///< per cell, 1 - bound / n_max at the start of the step
};

}  // namespace interstice
