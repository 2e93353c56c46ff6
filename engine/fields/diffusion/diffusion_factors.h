/// @file
/// What the substeps of one length need of an operator: elimination factors of the line solves and the faces that the
/// right-hand side is made of. Everything is kept once per set of like strips or planes.
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "engine/fields/diffusion/line_strips.h"
#include "engine/fields/diffusion/line_sweep.h"
#include "engine/fields/diffusion/residual.h"

namespace interstice {

/// Factors of one axis, entry (set, position, lane) at (width_before * positions + position * width + lane).
struct AxisFactors {
  AlignedNumbers face, pivot, cyclic, cyclic_ratio, cyclic_scale;
};

/// Faces of planes across z, see StencilFaces; a plane of numbers per set of like planes.
struct PlaneFaces {
  std::vector<double> x, y, z;
};

struct SubstepFactors {
  double dt = 0;  ///< [s]
  std::array<AxisFactors, 3> axis;
  PlaneFaces planes;
};

/// An operator with its factors.
class DiffusionFactors {
 public:
  explicit DiffusionFactors(std::unique_ptr<Conductance> conductance);

  [[nodiscard]] const Conductance& conductance() const { return *conductance_; }
  [[nodiscard]] const LineStrips& strips(int axis) const { return strips_[axis]; }

  /// Factors for substeps of length dt [s], made at the first request. Not to be called from two threads at once.
  const SubstepFactors& substep(double dt);
  [[nodiscard]] StripCoefficients coefficients(int axis, std::size_t strip, const SubstepFactors& factors) const;
  /// Of plane k.
  [[nodiscard]] StencilFaces faces(std::size_t k, const SubstepFactors& factors) const;

 private:
  /// Planes of equal kinds, and pairs of planes of equal sets.
  struct PlaneSets {
    std::vector<std::uint32_t> of, below;         ///< per plane; per face across z, nz + 1
    std::vector<std::size_t> first, first_below;  ///< a plane of each set, a face of each
  };
  void find_plane_sets();
  void lay_out_mass();
  void factor(int axis, double half, AxisFactors& factors) const;
  void factor_line(int axis, std::size_t set, std::size_t lane, double half, AxisFactors& factors) const;
  void lay_out_faces(double half, PlaneFaces& faces) const;
  [[nodiscard]] double face_between(int axis, std::size_t below, std::size_t above) const;

  std::unique_ptr<Conductance> conductance_;
  std::array<LineStrips, 3> strips_;
  std::array<StripSets, 3> sets_;
  PlaneSets planes_;
  std::array<AlignedNumbers, 3> mass_, inverse_mass_;  ///< laid out like pivots; empty when unit_mass()
  std::vector<double> plane_inverse_mass_;             ///< a plane of numbers per set
  std::vector<std::unique_ptr<SubstepFactors>> factors_;
};

}  // namespace interstice
