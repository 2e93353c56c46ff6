/// @file
/// Elimination factors and planes of faces.
#include "engine/fields/diffusion/diffusion_factors.h"

#include <algorithm>

namespace interstice {
namespace {

constexpr std::size_t kFactorsKept = 8;           // a run uses a handful of step lengths
constexpr std::ptrdiff_t kPlaneSetsCompared = 8;  // comparing planes takes long where all differ
constexpr std::size_t kNoVoxel = static_cast<std::size_t>(-1);

}  // namespace

DiffusionFactors::DiffusionFactors(std::unique_ptr<Conductance> conductance) : conductance_(std::move(conductance)) {
  for (int axis = 0; axis < 3; ++axis) {
    strips_[axis] = LineStrips(conductance_->grid(), axis);
    sets_[axis] = StripSets(*conductance_, strips_[axis]);
  }
  find_plane_sets();
  if (!conductance_->unit_mass()) lay_out_mass();
}

void DiffusionFactors::find_plane_sets() {
  const std::size_t plane = strips_[2].stride, nz = strips_[2].n;
  const auto same_plane = [&](std::size_t a, std::size_t b) {
    for (std::size_t i = 0; i < plane && !conductance_->uniform(); ++i) {
      if (conductance_->kind(a * plane + i) != conductance_->kind(b * plane + i)) return false;
    }
    return true;
  };
  auto& first = planes_.first;
  for (std::size_t k = 0; k < nz; ++k) {
    const auto from = first.end() - std::min(kPlaneSetsCompared, std::ssize(first));
    const auto like = std::find_if(from, first.end(), [&](std::size_t other) { return same_plane(other, k); });
    planes_.of.push_back(static_cast<std::uint32_t>(like - first.begin()));
    if (like == first.end()) first.push_back(k);
  }
  // The face below plane k, known by the sets on either side; walls and the seam of a ring have sets of their own.
  const auto sides = [&](std::size_t k) {
    constexpr std::int64_t kWall = -1;
    const std::int64_t below = k > 0 ? planes_.of[k - 1] : kWall, above = k < nz ? planes_.of[k] : kWall;
    return std::pair{below, above};
  };
  auto& first_below = planes_.first_below;
  for (std::size_t k = 0; k <= nz; ++k) {
    const auto like = std::find_if(first_below.begin(), first_below.end(),
                                   [&](std::size_t other) { return sides(other) == sides(k); });
    planes_.below.push_back(static_cast<std::uint32_t>(like - first_below.begin()));
    if (like == first_below.end()) first_below.push_back(k);
  }
}

void DiffusionFactors::lay_out_mass() {
  for (int axis = 0; axis < 3; ++axis) {
    const LineStrips& s = strips_[axis];
    mass_[axis].assign(sets_[axis].total_width * s.n, 1.0);
    for (const auto& set : sets_[axis].sets) {
      for (std::size_t lane = 0; lane < std::min(set.width, s.lanes(set.strip)); ++lane) {
        for (std::size_t p = 0; p < s.n; ++p) {
          const std::uint8_t kind = conductance_->kind(s.first(set.strip, lane) + p * s.stride);
          mass_[axis][set.width_before * s.n + p * set.width + lane] = conductance_->mass(kind);
        }
      }
    }
    inverse_mass_[axis].resize(mass_[axis].size());
    std::transform(mass_[axis].begin(), mass_[axis].end(), inverse_mass_[axis].begin(), [](double m) { return 1 / m; });
  }
  const std::size_t plane = strips_[2].stride;
  for (const std::size_t k : planes_.first) {
    for (std::size_t i = 0; i < plane; ++i) {
      plane_inverse_mass_.push_back(1 / conductance_->mass(conductance_->kind(k * plane + i)));
    }
  }
}

/// Conductance between two neighbouring voxels along an axis; kNoVoxel is beyond a wall.
double DiffusionFactors::face_between(int axis, std::size_t below, std::size_t above) const {
  const Conductance& g = *conductance_;
  if (below == kNoVoxel) return g.wall(2 * axis, g.kind(above));
  if (above == kNoVoxel) return g.wall(2 * axis + 1, g.kind(below));
  return below == above ? 0.0 : g.between(axis, g.kind(below), g.kind(above));  // a ring of one voxel has no faces
}

void DiffusionFactors::factor(int axis, double half, AxisFactors& factors) const {
  const LineStrips& s = strips_[axis];
  const StripSets& sets = sets_[axis];
  const bool ring = conductance_->periodic(axis) && s.n > 1;
  factors.face.assign(sets.total_width * (s.n + 1), 0.0);
  factors.pivot.assign(sets.total_width * s.n, 1.0);
  factors.cyclic.assign(ring ? sets.total_width * s.n : 0, 0.0);
  factors.cyclic_ratio.assign(ring ? sets.total_width : 0, 0.0);
  factors.cyclic_scale.assign(ring ? sets.total_width : 0, 1.0);
  for (std::size_t set = 0; set < sets.sets.size(); ++set) {
    const std::size_t lanes = std::min(sets.sets[set].width, s.lanes(sets.sets[set].strip));
    for (std::size_t lane = 0; lane < lanes; ++lane) factor_line(axis, set, lane, half, factors);
  }
}

/// Faces and elimination of one line.
void DiffusionFactors::factor_line(int axis, std::size_t set_index, std::size_t lane, double half,
                                   AxisFactors& factors) const {
  const LineStrips& s = strips_[axis];
  const StripSets::Set& set = sets_[axis].sets[set_index];
  const std::size_t n = s.n, last = n - 1, w = set.width;
  const bool periodic = conductance_->periodic(axis), ring = periodic && n > 1;
  const auto voxel = [&](std::size_t p) { return s.first(set.strip, lane) + p * s.stride; };
  double* kappa = factors.face.data() + set.width_before * (n + 1) + lane;
  kappa[0] = half * (periodic ? face_between(axis, voxel(last), voxel(0)) : face_between(axis, kNoVoxel, voxel(0)));
  for (std::size_t p = 0; p < last; ++p) kappa[(p + 1) * w] = half * face_between(axis, voxel(p), voxel(p + 1));
  kappa[n * w] = periodic ? kappa[0] : half * face_between(axis, voxel(last), kNoVoxel);

  double* pivot = factors.pivot.data() + set.width_before * n + lane;
  const double corner = ring ? -kappa[n * w] : 0.0;
  const double gamma = -(conductance_->mass(conductance_->kind(voxel(0))) + kappa[0] + kappa[w]);
  for (std::size_t p = 0; p < n; ++p) {
    double diagonal = conductance_->mass(conductance_->kind(voxel(p))) + kappa[p * w] + kappa[(p + 1) * w];
    if (ring && p == 0) diagonal -= gamma;
    if (ring && p == last) diagonal -= corner * corner / gamma;
    if (p > 0) diagonal -= kappa[p * w] * kappa[p * w] * pivot[(p - 1) * w];
    pivot[p * w] = 1 / diagonal;
  }
  if (!ring) return;
  double* q = factors.cyclic.data() + set.width_before * n + lane;
  for (std::size_t p = 0; p < n; ++p) {
    double right = p == 0 ? gamma : 0.0;
    if (p == last) right += corner;
    if (p > 0) right += kappa[p * w] * q[(p - 1) * w];
    q[p * w] = right * pivot[p * w];
  }
  for (std::size_t p = last; p-- > 0;) q[p * w] += kappa[(p + 1) * w] * pivot[p * w] * q[(p + 1) * w];
  factors.cyclic_ratio[set.width_before + lane] = corner / gamma;
  factors.cyclic_scale[set.width_before + lane] = 1 / (1 + q[0] + corner / gamma * q[last * w]);
}

void DiffusionFactors::lay_out_faces(double half, PlaneFaces& faces) const {
  const std::size_t nx = strips_[0].n, ny = strips_[1].n, nz = strips_[2].n, plane = nx * ny;
  const std::array<bool, 3> periodic{conductance_->periodic(0), conductance_->periodic(1), conductance_->periodic(2)};
  for (const std::size_t k : planes_.first) {
    const auto voxel = [&](std::size_t i, std::size_t j) { return k * plane + j * nx + i; };
    for (std::size_t j = 0; j < ny; ++j) {
      for (std::size_t i = 0; i < nx; ++i) {
        faces.x.push_back(i == 0 ? 0.0 : half * face_between(0, voxel(i - 1, j), voxel(i, j)));
      }
    }
    for (std::size_t j = 0; j <= ny; ++j) {
      for (std::size_t i = 0; i < nx; ++i) {
        const std::size_t below = j > 0 ? voxel(i, j - 1) : periodic[1] ? voxel(i, ny - 1) : kNoVoxel;
        const std::size_t above = j < ny ? voxel(i, j) : periodic[1] ? voxel(i, 0) : kNoVoxel;
        faces.y.push_back(half * face_between(1, below, above));
      }
    }
  }
  faces.x.push_back(0.0);
  for (const std::size_t k : planes_.first_below) {
    for (std::size_t i = 0; i < plane; ++i) {
      const std::size_t below = k > 0 ? (k - 1) * plane + i : periodic[2] ? (nz - 1) * plane + i : kNoVoxel;
      const std::size_t above = k < nz ? k * plane + i : periodic[2] ? i : kNoVoxel;
      faces.z.push_back(half * face_between(2, below, above));
    }
  }
}

const SubstepFactors& DiffusionFactors::substep(double dt) {
  const auto known = std::ranges::find(factors_, dt, [](const auto& one) { return one->dt; });
  if (known != factors_.end()) {
    std::rotate(known, known + 1, factors_.end());  // those of the present interval are kept
    return *factors_.back();
  }
  if (factors_.size() == kFactorsKept) factors_.erase(factors_.begin());
  auto made = std::make_unique<SubstepFactors>();
  made->dt = dt;
  for (int axis = 0; axis < 3; ++axis) factor(axis, dt / 2, made->axis[axis]);
  lay_out_faces(dt / 2, made->planes);
  factors_.push_back(std::move(made));
  return *factors_.back();
}

StripCoefficients DiffusionFactors::coefficients(int axis, std::size_t strip, const SubstepFactors& factors) const {
  const AxisFactors& f = factors.axis[axis];
  const StripSets::Set& set = sets_[axis].sets[sets_[axis].of[strip]];
  const auto from = [&](const AlignedNumbers& numbers, std::size_t positions) {
    return numbers.empty() ? nullptr : numbers.data() + set.width_before * positions;
  };
  const std::size_t n = strips_[axis].n;
  return {.width = set.width,
          .face = from(f.face, n + 1),
          .pivot = from(f.pivot, n),
          .cyclic = from(f.cyclic, n),
          .cyclic_ratio = from(f.cyclic_ratio, 1),
          .cyclic_scale = from(f.cyclic_scale, 1),
          .mass = from(mass_[axis], n),
          .inverse_mass = from(inverse_mass_[axis], n)};
}

StencilFaces DiffusionFactors::faces(std::size_t k, const SubstepFactors& factors) const {
  const std::size_t plane = strips_[2].stride, set = planes_.of[k];
  return {.x = factors.planes.x.data() + set * plane,
          .y = factors.planes.y.data() + set * (plane + strips_[0].n),
          .z_below = factors.planes.z.data() + planes_.below[k] * plane,
          .z_above = factors.planes.z.data() + planes_.below[k + 1] * plane,
          .inverse_mass = plane_inverse_mass_.empty() ? nullptr : plane_inverse_mass_.data() + set * plane};
}

}  // namespace interstice
