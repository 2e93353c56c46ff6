/// @file
/// The careful step of one vesicle: walls that let through, interfaces, cells. Where nothing happens it ends exactly
/// where the free step of vesicle_kernel.h does.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "engine/cells/cells.h"
#include "engine/core/constants.h"
#include "engine/vesicles/agents/vesicle_contact.h"
#include "engine/vesicles/agents/vesicle_encounters.h"
#include "engine/vesicles/agents/vesicle_kernel.h"
#include "engine/vesicles/agents/vesicle_map.h"
#include "engine/vesicles/vesicle_environment.h"

namespace interstice {

/// A free vesicle about to move, with its noise.
struct Walker {
  AgentId id = 0;
  VesicleClassId klass{};
  double variance = 0;        ///< D dt here [um^2]
  Vec3 start;                 ///< [um]
  Vec3 displacement;          ///< of the free step [um]
  double spare = 0;           ///< a standard normal number, for the chance of sticking
  std::size_t bin = 0;        ///< of the map
  double begin = 0, end = 1;  ///< in parts of the vesicle step, for one that is on its way for less of it
};

/// Where it went. At most one of `cell` and `face` is set.
struct WalkEnd {
  Vec3 position;           ///< if it stays free [um]
  std::int32_t cell = -1;  ///< it touched this cell and sticks if there is room ...
  Vec3 on_surface;         ///< ... here [um]
  std::int32_t face = -1;  ///< it left through this face ...
  double left_at = 0;      ///< ... then, in parts of the vesicle step
};

/// Everything fixed during one step. A step longer than a quarter of a cell's radius is divided near the cell, by a
/// Brownian bridge of the whole step, so that the vesicles that meet nothing are not affected.
class VesicleWalk {
 public:
  /// `moves` are the displacements of the cells during the step.
  VesicleWalk(const Cells& cells, std::span<const Vec3> moves, const VesicleMap& map,
              const VesicleEnvironment& environment, const VesicleStep& step);

  /// Of a vesicle that may touch a cell.
  [[nodiscard]] WalkEnd past_cells(const Walker& walker) const;
  /// Of one that touches none.
  [[nodiscard]] WalkEnd alone(const Walker& walker) const;
  /// Of a newcomer from the face on which it starts, short enough not to be divided; nothing if it ends in a cell and
  /// does not stick to it.
  [[nodiscard]] std::optional<WalkEnd> enter(const Walker& walker) const;
  /// Whether a path of this D dt [um^2] from `p` may touch a wall that lets vesicles through.
  [[nodiscard]] bool near_open_face(Vec3 p, double variance) const {
    return any_open_face_ && std::ranges::any_of(open_faces(p, variance), std::identity());
  }

  [[nodiscard]] Vec3 folded(Vec3 p) const { return beyond_box(p) ? folded_back(p) : p; }
  [[nodiscard]] std::span<const WalkSphere> spheres() const { return spheres_; }

 private:
  [[nodiscard]] bool beyond_box(Vec3 p) const {
    const Vec3 size = environment_.box.size;
    return !(p.x >= 0 && p.y >= 0 && p.z >= 0 && p.x < size.x && p.y < size.y && p.z < size.z);
  }
  /// No vesicle may enter there.
  [[nodiscard]] bool forbidden(Vec3 from, Vec3 to) const {
    return !one_tissue_ && vesicle_capacity(region_at(to)) <= 0 && vesicle_capacity(region_at(from)) > 0;
  }

  static constexpr std::size_t kMostNear = 12;
  struct Near {
    std::uint32_t cell;
    double gap;  ///< [um]
  };
  struct Neighbours {
    std::array<Near, kMostNear> near;  // the first `count`
    std::size_t count;
    Vec3 from;          ///< whose neighbours they are
    double known_to{};  ///< all with a smaller gap are among them [um]
  };
  /// A part of the step.
  struct Leg {
    double root_dt = 0;         ///< sqrt(D dt) [um]
    double begin = 0, end = 1;  ///< in parts of the whole step
    std::uint32_t number = 0;
    double spare = 0;  ///< a standard normal number, for the chance of sticking to the nearest cell
  };

  void find_neighbours(Vec3 from, std::size_t bin, double root_dt, Neighbours& found) const;
  [[nodiscard]] std::uint32_t legs_needed(const Neighbours& near, double root_dt) const;
  [[nodiscard]] WalkEnd walk_legs(const Walker& walker, Vec3 whole, double root_dt, Neighbours& near) const;
  [[nodiscard]] std::array<double, 6> wall_distances(Vec3 p) const;
  [[nodiscard]] std::array<bool, 6> open_faces(Vec3 p, double variance) const;
  bool leaves(const Walker& walker, Vec3 from, Vec3 to, const Leg& leg, WalkEnd& w) const;
  [[nodiscard]] double patience(const Walker& walker, int face, const Leg& leg) const;
  [[nodiscard]] bool interface_stops(AgentId id, Vec3 from, Vec3 to, Vec3 displacement, double root_dt) const;
  [[nodiscard]] bool sticks(const Walker& walker, double x0, double x1, const SphereStep& sphere, double room,
                            const Leg& leg, std::size_t rank) const;
  /// Whether a path from the walker's start, now at `here`, may touch a surface at `there`.
  [[nodiscard]] bool reaches(const Walker& walker, Vec3 here, Vec3 there) const;
  bool push_out(Vec3 from, const Leg& leg, const Neighbours& near, WalkEnd& w) const;
  /// Moves w.position from `from`; true if something other than a closed wall was met.
  bool meet_cells(const Walker& walker, Vec3 from, const Leg& leg, const Neighbours& near, WalkEnd& w) const;
  [[nodiscard]] Vec3 to_cell(std::uint32_t cell, double part, Vec3 p) const;
  [[nodiscard]] Vec3 folded_back(Vec3 p) const;
  /// Of a point in the box.
  [[nodiscard]] const Region& region_at(Vec3 p) const {
    const auto along = [](double x, int n) { return std::min(static_cast<int>(x), n - 1); };
    const Vec3 at = by_axis(p, voxels_per_um_);
    const std::size_t voxel = grid_.index(along(at.x, grid_.nx), along(at.y, grid_.ny), along(at.z, grid_.nz));
    return environment_.regions->regions[environment_.regions->of_voxel[voxel]];
  }

  const Cells& cells_;
  const VesicleMap& map_;
  const VesicleEnvironment& environment_;
  Grid grid_;
  Vec3 voxels_per_um_{1, 1, 1};
  NearestImage nearest_image_;
  VesicleStep step_;
  std::vector<double> reactivity_;  ///< [class * types + type], dt-free: kappa [um/s]
  std::vector<WalkSphere> spheres_;
  std::array<double, 6> wall_reactivity_{};  ///< of faces, infinite for those of reservoirs [um/s]
  bool any_open_face_ = false, one_tissue_ = false;
  std::vector<double> room_;  ///< per cell, 1 - bound / n_max at the start of the step
};

}  // namespace interstice
