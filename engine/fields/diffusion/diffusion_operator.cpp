/// @file
/// Sets of like planes and their faces.
#include "engine/fields/diffusion/diffusion_operator.h"

#include <algorithm>
#include <array>

#include "engine/fields/field_set.h"

namespace interstice {
namespace {

constexpr std::ptrdiff_t kSetsCompared = 8;  // comparing planes takes long where all differ
constexpr std::size_t kNoVoxel = static_cast<std::size_t>(-1);

}  // namespace

DiffusionOperator::DiffusionOperator(std::unique_ptr<Conductance> conductance)
    : conductance_(std::move(conductance)),
      nx_(static_cast<std::size_t>(conductance_->grid().nx)),
      ny_(static_cast<std::size_t>(conductance_->grid().ny)),
      nz_(static_cast<std::size_t>(conductance_->grid().nz)) {
  find_sets();
  find_row_ends();
  lay_out();
  lay_out_whole();
}

bool DiffusionOperator::one_kind(std::size_t k) const {
  const std::size_t plane = nx_ * ny_;
  for (std::size_t i = 1; i < plane && !conductance_->uniform(); ++i) {
    if (conductance_->kind(k * plane + i) != conductance_->kind(k * plane)) return false;
  }
  return true;
}

void DiffusionOperator::find_sets() {
  const std::size_t plane = nx_ * ny_;
  const auto same_plane = [&](std::size_t a, std::size_t b) {
    for (std::size_t i = 0; i < plane && !conductance_->uniform(); ++i) {
      if (conductance_->kind(a * plane + i) != conductance_->kind(b * plane + i)) return false;
    }
    return true;
  };
  for (std::size_t k = 0; k < nz_; ++k) {
    const auto from = first_.end() - std::min(kSetsCompared, std::ssize(first_));
    const auto like = std::find_if(from, first_.end(), [&](std::size_t other) { return same_plane(other, k); });
    of_.push_back(static_cast<std::uint32_t>(like - first_.begin()));
    if (like == first_.end()) {
      first_.push_back(k);
      one_kind_.push_back(one_kind(k));
    }
  }
  // The face below plane k, known by the sets on either side; walls and the seam of a ring have sets of their own.
  constexpr std::uint32_t kWall = -1;
  const auto sides = [&](std::size_t k) { return std::pair{k > 0 ? of_[k - 1] : kWall, k < nz_ ? of_[k] : kWall}; };
  for (std::size_t k = 0; k <= nz_; ++k) {
    const auto from = first_below_.end() - std::min(kSetsCompared, std::ssize(first_below_));
    const auto like =
        std::find_if(from, first_below_.end(), [&](std::size_t other) { return sides(other) == sides(k); });
    below_.push_back(static_cast<std::uint32_t>(like - first_below_.begin()));
    if (like == first_below_.end()) first_below_.push_back(k);
  }
  for (std::size_t k = 0; k < nz_; ++k) {
    const std::size_t below = k > 0 ? k - 1 : nz_ - 1, above = k + 1 < nz_ ? k + 1 : 0;
    level_.push_back(one_kind_[of_[below]] && one_kind_[of_[k]] && one_kind_[of_[above]]);
  }
}

void DiffusionOperator::find_row_ends() {
  constexpr std::size_t behind = 8;  // that vectors may read
  const auto set = [](std::vector<std::uint8_t>& bits, std::size_t i) {
    bits[i / 8] = static_cast<std::uint8_t>(bits[i / 8] | 1u << i % 8);
  };
  for (auto* bits : {&row_first_, &row_last_}) bits->assign(nx_ * ny_ / 8 + 1 + behind, 0);
  for (std::size_t row = 0; row < ny_; ++row) set(row_first_, row * nx_), set(row_last_, row * nx_ + nx_ - 1);
}

/// Conductance between two neighbouring voxels along an axis; kNoVoxel is beyond a wall.
double DiffusionOperator::face_between(int axis, std::size_t below, std::size_t above) const {
  const Conductance& g = *conductance_;
  if (below == kNoVoxel) return g.wall(2 * axis, g.kind(above));
  if (above == kNoVoxel) return g.wall(2 * axis + 1, g.kind(below));
  return below == above ? 0.0 : g.between(axis, g.kind(below), g.kind(above));  // a ring of one voxel has no faces
}

double DiffusionOperator::wall(int face, std::size_t voxel) const {
  const int axis = face / 2;
  if (!conductance_->periodic(axis)) return conductance_->wall(face, conductance_->kind(voxel));
  const std::size_t stride = axis == 0 ? 1 : axis == 1 ? nx_ : nx_ * ny_, n = axis == 0 ? nx_ : axis == 1 ? ny_ : nz_;
  const std::size_t across = (n - 1) * stride;
  return face % 2 == 0 ? face_between(axis, voxel + across, voxel) : face_between(axis, voxel, voxel - across);
}

void DiffusionOperator::lay_out() {
  const std::size_t plane = nx_ * ny_;
  const bool ring_y = conductance_->periodic(1), ring_z = conductance_->periodic(2);
  for (const std::size_t k : first_) {
    const auto voxel = [&](std::size_t i, std::size_t j) { return k * plane + j * nx_ + i; };
    for (std::size_t j = 0; j < ny_; ++j) {
      for (std::size_t i = 0; i < nx_; ++i) {
        planes_.x.push_back(i == 0 ? 0.0 : face_between(0, voxel(i - 1, j), voxel(i, j)));
      }
    }
    for (std::size_t j = 0; j <= ny_; ++j) {
      for (std::size_t i = 0; i < nx_; ++i) {
        const std::size_t below = j > 0 ? voxel(i, j - 1) : ring_y ? voxel(i, ny_ - 1) : kNoVoxel;
        const std::size_t above = j < ny_ ? voxel(i, j) : ring_y ? voxel(i, 0) : kNoVoxel;
        planes_.y.push_back(face_between(1, below, above));
      }
    }
    for (std::size_t j = 0; j < ny_; ++j) {
      planes_.x_lower.push_back(wall(0, voxel(0, j)));
      planes_.x_upper.push_back(wall(1, voxel(nx_ - 1, j)));
    }
    if (conductance_->unit_mass()) continue;
    for (std::size_t i = 0; i < plane; ++i) {
      planes_.inverse_mass.push_back(1 / conductance_->mass(conductance_->kind(k * plane + i)));
    }
  }
  planes_.x.push_back(0);
  for (const std::size_t k : first_below_) {
    for (std::size_t i = 0; i < plane; ++i) {
      const std::size_t below = k > 0 ? (k - 1) * plane + i : ring_z ? (nz_ - 1) * plane + i : kNoVoxel;
      const std::size_t above = k < nz_ ? k * plane + i : ring_z ? i : kNoVoxel;
      planes_.z.push_back(face_between(2, below, above));
    }
  }
  const auto nothing = [](double x) { return x == 0; };
  if (std::ranges::all_of(planes_.x_lower, nothing) && std::ranges::all_of(planes_.x_upper, nothing)) {
    planes_.x_lower.clear(), planes_.x_upper.clear();
  }
  float_planes_ = planes_.narrowed();
}

template <class Real>
DiffusionOperator::Planes<float> DiffusionOperator::Planes<Real>::narrowed() const {
  const auto narrow = [](const auto& from) { return AlignedFloats(from.begin(), from.end()); };
  return {narrow(x), narrow(y), narrow(z), narrow(inverse_mass), narrow(x_lower), narrow(x_upper)};
}

template <class Real>
PlaneFaces<Real> DiffusionOperator::Planes<Real>::whole(std::size_t nx, std::size_t plane) const {
  return {.x = x.data(),
          .x_above = x.data() + 1,
          .y = y.data(),
          .y_above = y.data() + nx,
          .z_below = z.data(),
          .z_above = z.data() + plane,
          .inverse_mass = inverse_mass.empty() ? nullptr : inverse_mass.data()};
}

void DiffusionOperator::lay_out_whole() {
  const Conductance& g = *conductance_;
  const std::size_t plane = nx_ * ny_, voxels = plane * nz_;
  if (g.grid().voxel_count() > kSmallGrid) return;
  Planes<double>& p = whole_planes_;
  p.x.assign(voxels + 1, 0);
  p.y.assign(voxels + nx_, 0);
  p.z.assign(voxels + plane, 0);
  whole_walls_.assign(voxels, 0);
  const std::array<std::size_t, 3> n{nx_, ny_, nz_}, stride{1, nx_, plane};
  for (std::size_t v = 0; v < voxels; ++v) {
    const std::array<std::size_t, 3> at{v % nx_, v / nx_ % ny_, v / plane};
    const auto inverse_mass = [&](std::size_t voxel) { return 1 / g.mass(g.kind(voxel)); };
    if (at[0] > 0) p.x[v] = face_between(0, v - 1, v);
    if (at[1] > 0) p.y[v] = face_between(1, v - nx_, v);
    if (at[2] > 0) p.z[v] = face_between(2, v - plane, v);
    if (!g.unit_mass()) p.inverse_mass.push_back(inverse_mass(v));
    double lost = 0;
    const auto pass_wall = [&](int face) {
      const double through = wall(face, v);
      lost += through;
      if (!(through > 0)) return;
      wall_voxels_[face].voxel.push_back(static_cast<std::uint32_t>(v));
      wall_voxels_[face].conductance.push_back(static_cast<float>(through));
      wall_voxels_[face].rate.push_back(static_cast<float>(through * inverse_mass(v)));
    };
    for (int axis = 0; axis < 3; ++axis) {
      if (!g.periodic(axis)) {
        if (at[axis] == 0) pass_wall(2 * axis);
        if (at[axis] + 1 == n[axis]) pass_wall(2 * axis + 1);
      } else if (at[axis] == 0 && n[axis] > 1) {
        const std::size_t last = v + (n[axis] - 1) * stride[axis];
        const double face = wall(2 * axis, v), into_first = face * inverse_mass(v),
                     into_last = face * inverse_mass(last);
        const auto a = static_cast<std::uint32_t>(v), b = static_cast<std::uint32_t>(last);
        whole_.seams.push_back({a, b, into_first, into_last});
        float_whole_.seams.push_back({a, b, static_cast<float>(into_first), static_cast<float>(into_last)});
      }
    }
    whole_walls_[v] = static_cast<float>(lost * inverse_mass(v));
  }
  if (std::ranges::all_of(whole_walls_, [](float x) { return x == 0; })) whole_walls_.clear();
  float_whole_planes_ = p.narrowed();
  whole_.faces = p.whole(nx_, plane);
  float_whole_.faces = float_whole_planes_.whole(nx_, plane);
}

template <class Real>
PlaneFaces<Real> DiffusionOperator::faces(std::size_t k) const {
  const auto& planes = [this]() -> const Planes<Real>& {
    if constexpr (std::is_same_v<Real, float>)
      return float_planes_;
    else
      return planes_;
  }();
  const std::size_t plane = nx_ * ny_, set = of_[k];
  PlaneFaces<Real> faces{
      .x = planes.x.data() + set * plane,
      .x_above = planes.x.data() + set * plane + 1,
      .y = planes.y.data() + set * (plane + nx_),
      .y_above = planes.y.data() + set * (plane + nx_) + nx_,
      .z_below = planes.z.data() + below_[k] * plane,
      .z_above = planes.z.data() + below_[k + 1] * plane,
      .inverse_mass = planes.inverse_mass.empty() ? nullptr : planes.inverse_mass.data() + set * plane,
      .x_lower = planes.x_lower.empty() ? nullptr : planes.x_lower.data() + set * ny_,
      .x_upper = planes.x_upper.empty() ? nullptr : planes.x_upper.data() + set * ny_,
      .row_first = row_first_.data(),
      .row_last = row_last_.data(),
      .is_level = level_[k] != 0};
  if (faces.is_level) {
    faces.level = {.x = nx_ > 1 ? faces.x_above[0] : 0,
                   .y = ny_ > 1 ? faces.y_above[0] : 0,
                   .z_below = faces.z_below[0],
                   .z_above = faces.z_above[0],
                   .inverse_mass = faces.inverse_mass == nullptr ? 1 : faces.inverse_mass[0]};
  }
  return faces;
}

template PlaneFaces<double> DiffusionOperator::faces<double>(std::size_t) const;
template PlaneFaces<float> DiffusionOperator::faces<float>(std::size_t) const;

}  // namespace interstice
