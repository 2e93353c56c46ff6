/// @file
/// Where vesicles that are counted per voxel find room, and how a cell reaches them: cells take volume from voxels, and
/// adsorb from the voxels around them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/cells/cells.h"
#include "engine/core/box.h"
#include "engine/vesicles/vesicle_environment.h"

namespace interstice {

/// Of the volume of each voxel, what cells leave to vesicles. A cell counts as a cube of its volume.
class CountsRoom {
 public:
  /// False if all is as it was: no cell has moved or grown.
  bool update(const Cells& cells, const Grid& grid, const RegionMap& regions, const Box& box);

  /// Share of the voxel that is not in cells; at least a tenth, so that vesicles can leave a voxel that a cell enters.
  [[nodiscard]] double outside(std::size_t voxel) const { return std::max(kLeastOutside, outside_[voxel]); }
  /// The same without a least value: what is dosed.
  [[nodiscard]] double fluid_share(std::size_t voxel) const { return outside_[voxel]; }
  /// How much slower vesicles spread among the cells of a region: (1 - phi) / (1 + phi/2) of their diffusivity in the
  /// fluid, phi being the share of its volume in cells (Maxwell 1873, impermeable spheres).
  [[nodiscard]] double hindrance(std::size_t region) const { return hindrance_[region]; }
  /// The same on the way from voxels to a cell in reach, which is the shorter the denser cells are: to the power of
  /// 1 - phi, fitted to what agents do (engine/ACCURACY.md).
  [[nodiscard]] double crowding(std::size_t region) const { return crowding_[region]; }
  /// Share of a cell's surface that does not lie within other cells.
  [[nodiscard]] double bare(std::size_t cell) const { return bare_[cell]; }

 private:
  static constexpr double kLeastOutside = 0.1;
  const RegionMap* regions_ = nullptr;        ///< for which, and ...
  std::vector<double> x_, y_, z_, radius_;    ///< ... for cells like which it holds
  std::vector<double> outside_;               ///< per voxel
  std::vector<double> hindrance_, crowding_;  ///< per region
  std::vector<double> bare_;                  ///< per cell
};

/// Voxels around a cell, with weights that add up to 1. It adsorbs from those that vesicles may enter; the others
/// stand for the walls behind which they lie: a wall mirrors what is in front of it.
struct CountsReach {
  struct Place {
    std::uint32_t voxel = 0;
    double share = 0;
    bool open = false;  ///< vesicles may enter
  };
  std::vector<Place> places;
  bool shell = false;  ///< the places lie around the cell, otherwise also where it is
  [[nodiscard]] bool any_open() const { return std::ranges::any_of(places, &Place::open); }
};

/// Finds `reach` of cell `c`: for a cell of up to 1.5 coarsest edges in radius, what a box of twice its radius (along
/// each axis of at least two voxels) overlaps outside cells; for larger ones the voxels whose centres are up to one
/// coarsest edge away from its surface. Regions count by how much of a cube of twice its radius lies in them: of a
/// sphere across a plane that is the share of its surface.
void find_reach(const Cells& cells, std::size_t c, const CountsRoom& room, const Grid& grid, const RegionMap& regions,
                const Box& box, CountsReach& reach);

/// Of vesicles around a cell [um^2/s].
struct CountsDiffusivity {
  double in_fluid = 0;  ///< between cells
  double in_reach = 0;  ///< from the voxels around a cell to it
};

/// Rate at which a cell takes vesicles from the voxels that it reaches, per density there [um^3/s], such that with a
/// density c far away it takes c / (1 / (4 pi R^2 kappa) + 1 / (4 pi D R)) (Collins & Kimball 1949). The voxels are
/// emptier than far away: their densities are c - sum_j G(i - j) flux_j / (D h), G being the Green function of the
/// simple cubic lattice (Glasser & Zucker 1977) or of one of boxes (fields/box_lattice.h), and the flux into each
/// follows from its density. Solved by iteration. What comes off the cell must reach the voxels faster than off its
/// surface by the same factor, rate / (4 pi R^2 kappa). `open`: faces through which vesicles leave.
double counted_adsorption(double radius, double reactivity, const CountsDiffusivity& D, Vec3 centre,
                          const CountsReach& reach, std::span<const bool, 6> open, const Grid& grid, const Box& box);

/// Does that hold for cells of this radius [um]? Not for those that are large for the finest edges and small for the
/// coarsest.
bool counts_can_reach(double radius, const Grid& grid);

}  // namespace interstice
