/// @file
/// Conductances between neighbouring voxels and across the walls, and the factors of the line solves made from them.
#pragma once

#include <array>
#include <memory>
#include <span>
#include <vector>

#include "engine/grid/grid.h"
#include "engine/grid/line_sweep.h"
#include "engine/grid/species.h"

namespace interstice {

/// Geometry of the lines along one axis: line l starts at voxel (l % inner) * inner_stride + (l / inner) *
/// outer_stride.
struct AxisLines {
  int n = 1;
  std::size_t lines = 1, stride = 1;
  std::size_t inner = 1, inner_stride = 1, outer_stride = 1;

  AxisLines() = default;
  AxisLines(const Grid& grid, Axis axis);
  [[nodiscard]] std::size_t start(std::size_t line) const {
    return line % inner * inner_stride + line / inner * outer_stride;
  }
};

/// Factors of one axis for one substep length, laid out as LineCoefficients says.
struct AxisFactors {
  std::vector<double> face, pivot, cyclic, cyclic_ratio, cyclic_scale;
};

/// Everything the substeps of one length need.
struct SubstepFactors {
  double dt = 0;  ///< [s]
  std::array<AxisFactors, 3> axis;
  std::vector<double> x_face;  ///< of the face before each voxel, in padded rows, see x_face_row
};

/// The diffusion operator of all species that share diffusivities and kinds of wall.
/// Conductances are divided by the volume of a voxel; when the volume fraction is the same everywhere also by that.
class Conductance {
 public:
  Conductance(const Grid& grid, const RegionMap& regions, const Species& species);

  [[nodiscard]] bool uniform() const { return uniform_; }
  [[nodiscard]] const PaddedGrid& padded() const { return padded_; }
  [[nodiscard]] bool periodic(int axis) const { return periodic_[axis]; }
  [[nodiscard]] const AxisLines& lines(int axis) const { return lines_[axis]; }
  [[nodiscard]] const double* above(int axis) const { return above_[axis].data(); }
  [[nodiscard]] const double* below(int axis) const { return below_[axis].data(); }
  /// Groups of lines along an axis and lanes in each, see LineCoefficients.
  [[nodiscard]] std::size_t groups(int axis) const;
  [[nodiscard]] std::size_t width(int axis) const { return axis == 0 ? kBundle : padded_.pitch; }
  /// Conductance across the wall at one end of a line [1/s].
  [[nodiscard]] double wall(int face, std::size_t line) const;
  /// Sum of wall() over a face [1/s].
  [[nodiscard]] double wall_total(int face) const;
  /// Turns a flux in these units into uM um^3.
  [[nodiscard]] double flux_volume() const { return flux_volume_; }
  /// Largest exchange rate of a voxel with one neighbour, D/dx^2 in uniform tissue [1/s].
  [[nodiscard]] double neighbour_rate() const { return neighbour_rate_; }
  /// Largest rate at which a voxel loses to all its neighbours and walls [1/s].
  [[nodiscard]] double loss_rate() const { return loss_rate_; }

  /// Where the entries of padded row `row` begin in SubstepFactors::x_face.
  [[nodiscard]] std::size_t x_face_row(std::size_t row) const { return x_row_set_.of[row] * padded_.pitch; }

  /// Factors for substeps of length dt, made at the first request. Not to be called from two threads at once.
  const SubstepFactors& factors(double dt);
  [[nodiscard]] LineCoefficients coefficients(int axis, const SubstepFactors& factors) const;

 private:
  void conduct(const Grid& grid, const std::vector<double>& alpha_d, const Species& species, int axis);
  void measure_rates(const Grid& grid);
  void lay_out_mass(int axis);
  [[nodiscard]] std::size_t line_in(int axis, std::size_t group, std::size_t lane) const;
  [[nodiscard]] bool same_line(int axis, std::size_t a, std::size_t b) const;
  [[nodiscard]] bool same_group(int axis, std::size_t a, std::size_t b) const;
  /// Calls f(line, set, lane) for the lines of the first group of each set.
  template <class F>
  void for_each_line(int axis, const F& f) const;
  void factor(int axis, double half, AxisFactors& factors) const;
  void factor_line(int axis, std::size_t line, std::size_t set, std::size_t lane, AxisFactors& factors) const;
  [[nodiscard]] std::vector<double> faces_before_voxels(double half) const;

  /// Groups of lines with the same coefficients: which set each is in, and the first group of each set.
  struct Sets {
    std::vector<std::uint32_t> of;
    std::vector<std::size_t> first;
  };
  template <class Same>
  static Sets sets_of(std::size_t groups, const Same& same);

  PaddedGrid padded_;
  std::array<Sets, 3> sets_;
  Sets x_row_set_;
  bool unit_mass_ = true;  ///< one volume fraction
  bool uniform_ = true;    ///< and one diffusivity
  std::array<bool, 3> periodic_{};
  std::array<AxisLines, 3> lines_;
  std::array<std::vector<double>, 3> above_, below_;
  std::vector<double> mass_;                                     ///< volume fraction per voxel; one entry 1 when unit
  std::array<std::vector<double>, 3> line_mass_, inverse_mass_;  ///< laid out as LineCoefficients says
  double flux_volume_ = 1, neighbour_rate_ = 0, loss_rate_ = 0;
  std::vector<std::unique_ptr<SubstepFactors>> factors_;
};

}  // namespace interstice
