/// @file
/// Assembly of conductances and elimination factors.
#include "engine/grid/conductance.h"

#include <algorithm>

namespace interstice {
namespace {

constexpr std::size_t kFactorsKept = 8;  // a run uses a handful of step lengths

double harmonic_mean(double a, double b) { return a + b > 0 ? 2 * a * b / (a + b) : 0.0; }

/// Conductance per area of the wall across the half voxel next to it [um/s]; alpha_d in um^2/s.
double wall_conductance(const FaceCondition& condition, double alpha_d, double spacing) {
  const double half_voxel = 2 * alpha_d / spacing;
  if (const auto* permeable = std::get_if<Permeable>(&condition)) {
    return half_voxel > 0 && permeable->permeability > 0 ? 1 / (1 / half_voxel + 1 / permeable->permeability) : 0.0;
  }
  const bool open = std::holds_alternative<FixedValue>(condition) || std::holds_alternative<ToReservoir>(condition);
  return open ? half_voxel : 0.0;
}

}  // namespace

AxisLines::AxisLines(const Grid& grid, Axis axis) {
  const std::size_t nx = grid.nx, ny = grid.ny, nz = grid.nz;
  if (axis == Axis::x) {
    n = grid.nx, lines = ny * nz, stride = 1;
    inner = ny, inner_stride = nx, outer_stride = nx * ny;
  } else if (axis == Axis::y) {
    n = grid.ny, lines = nx * nz, stride = nx;
    inner = nx, inner_stride = 1, outer_stride = nx * ny;
  } else {
    n = grid.nz, lines = nx * ny, stride = nx * ny;
    inner = nx * ny, inner_stride = 1, outer_stride = 0;
  }
}

Conductance::Conductance(const Grid& grid, const RegionMap& regions, const Species& species) {
  const std::size_t voxels = grid.voxel_count();
  std::vector<double> alpha_d(voxels);
  mass_.resize(voxels);
  for (std::size_t i = 0; i < voxels; ++i) {
    const std::uint8_t region = regions.of_voxel[i];
    mass_[i] = regions.regions[region].volume_fraction;
    alpha_d[i] = mass_[i] * species.diffusivity[region];
    uniform_ = uniform_ && mass_[i] == mass_[0] && alpha_d[i] == alpha_d[0];
  }
  flux_volume_ = grid.voxel_volume();
  if (uniform_) {
    flux_volume_ *= mass_[0];
    alpha_d.assign(voxels, alpha_d[0] / mass_[0]);
    mass_.assign(1, 1.0);
  }
  inverse_mass_.resize(mass_.size());
  std::transform(mass_.begin(), mass_.end(), inverse_mass_.begin(), [](double m) { return 1 / m; });
  for (int axis = 0; axis < 3; ++axis) conduct(grid, alpha_d, species, axis);
  measure_rates(grid);
}

void Conductance::conduct(const Grid& grid, const std::vector<double>& alpha_d, const Species& species, int axis) {
  const AxisLines lines = lines_[axis] = AxisLines(grid, static_cast<Axis>(axis));
  const FaceCondition& lower = species.faces[2 * axis];
  const FaceCondition& upper = species.faces[2 * axis + 1];
  periodic_[axis] = std::holds_alternative<Periodic>(lower);
  const double h = grid.spacing;
  const std::size_t distinct = uniform_ ? 1 : lines.lines;
  above_[axis].resize(uniform_ ? lines.n : grid.voxel_count());
  below_[axis].resize(distinct);
  for (std::size_t line = 0; line < distinct; ++line) {
    const auto voxel = [&](int p) { return lines.start(line) + p * lines.stride; };
    const auto slot = [&](int p) { return uniform_ ? static_cast<std::size_t>(p) : voxel(p); };
    const int last = lines.n - 1;
    for (int p = 0; p < last; ++p) {
      above_[axis][slot(p)] = harmonic_mean(alpha_d[voxel(p)], alpha_d[voxel(p + 1)]) / (h * h);
    }
    const double ring = lines.n > 1 ? harmonic_mean(alpha_d[voxel(last)], alpha_d[voxel(0)]) / (h * h) : 0.0;
    above_[axis][slot(last)] = periodic_[axis] ? ring : wall_conductance(upper, alpha_d[voxel(last)], h) / h;
    below_[axis][line] = periodic_[axis] ? 0.0 : wall_conductance(lower, alpha_d[voxel(0)], h) / h;
  }
}

double Conductance::wall(int face, std::size_t line) const {
  const int axis = face / 2;
  if (face % 2 == 0) return below_[axis][uniform_ ? 0 : line];
  const auto last = static_cast<std::size_t>(lines_[axis].n - 1);
  return above_[axis][uniform_ ? last : lines_[axis].start(line) + last * lines_[axis].stride];
}

double Conductance::wall_total(int face) const {
  double total = 0;
  for (std::size_t line = 0; line < lines_[face / 2].lines; ++line) total += wall(face, line);
  return total;
}

void Conductance::measure_rates(const Grid& grid) {
  std::vector<double> loss(grid.voxel_count(), 0.0);
  for (int axis = 0; axis < 3; ++axis) {
    const AxisLines& lines = lines_[axis];
    for (std::size_t line = 0; line < lines.lines; ++line) {
      double below = periodic_[axis] ? wall(2 * axis + 1, line) : wall(2 * axis, line);
      for (int p = 0; p < lines.n; ++p) {
        const std::size_t voxel = lines.start(line) + p * lines.stride;
        const double above = above_[axis][uniform_ ? p : voxel];
        const double inverse = inverse_mass_[uniform_ ? 0 : voxel];
        loss[voxel] += (below + above) * inverse;
        if (p + 1 < lines.n) neighbour_rate_ = std::max(neighbour_rate_, above * inverse);
        if (p > 0) neighbour_rate_ = std::max(neighbour_rate_, below * inverse);
        below = above;
      }
    }
  }
  loss_rate_ = *std::max_element(loss.begin(), loss.end());
}

void Conductance::factor(int axis, double half, AxisFactors& factors) const {
  const AxisLines& lines = lines_[axis];
  const std::size_t distinct = uniform_ ? 1 : lines.lines;
  const bool ring = periodic_[axis] && lines.n > 1;
  factors.inverse_pivot.resize(above_[axis].size());
  factors.cyclic.resize(ring ? above_[axis].size() : 0);
  factors.cyclic_ratio.resize(ring ? distinct : 0);
  factors.cyclic_scale.resize(ring ? distinct : 0);
  for (std::size_t line = 0; line < distinct; ++line) {
    const auto slot = [&](int p) {
      return uniform_ ? static_cast<std::size_t>(p) : lines.start(line) + p * lines.stride;
    };
    const auto kappa = [&](int p) { return half * above_[axis][slot(p)]; };
    const int last = lines.n - 1;
    const double corner = ring ? -kappa(last) : 0.0;
    const double first_below = ring ? -corner : half * below_[axis][line];
    const double gamma = -(mass_[uniform_ ? 0 : slot(0)] + first_below + kappa(0));
    for (int p = 0; p <= last; ++p) {
      const double below = p == 0 ? first_below : kappa(p - 1);
      double diagonal = mass_[uniform_ ? 0 : slot(p)] + below + kappa(p);
      if (ring && p == 0) diagonal -= gamma;
      if (ring && p == last) diagonal -= corner * corner / gamma;
      if (p > 0) diagonal -= below * below * factors.inverse_pivot[slot(p - 1)];
      factors.inverse_pivot[slot(p)] = 1 / diagonal;
    }
    if (!ring) continue;
    std::vector<double>& q = factors.cyclic;
    for (int p = 0; p <= last; ++p) {
      double right = p == 0 ? gamma : 0.0;
      if (p == last) right += corner;
      if (p > 0) right += kappa(p - 1) * q[slot(p - 1)];
      q[slot(p)] = right * factors.inverse_pivot[slot(p)];
    }
    for (int p = last - 1; p >= 0; --p) q[slot(p)] += kappa(p) * factors.inverse_pivot[slot(p)] * q[slot(p + 1)];
    factors.cyclic_ratio[line] = corner / gamma;
    factors.cyclic_scale[line] = 1 / (1 + q[slot(0)] + corner / gamma * q[slot(last)]);
  }
}

const SubstepFactors& Conductance::factors(double dt) {
  for (const auto& known : factors_) {
    if (known->dt == dt) return *known;
  }
  if (factors_.size() == kFactorsKept) factors_.erase(factors_.begin());
  auto made = std::make_unique<SubstepFactors>();
  made->dt = dt;
  for (int axis = 0; axis < 3; ++axis) factor(axis, dt / 2, made->axis[axis]);
  factors_.push_back(std::move(made));
  return *factors_.back();
}

LineCoefficients Conductance::coefficients(int axis, const SubstepFactors& factors) const {
  const AxisFactors& f = factors.axis[axis];
  return {.n = lines_[axis].n,
          .uniform = uniform_,
          .periodic = periodic_[axis],
          .half = factors.dt / 2,
          .above = above(axis),
          .below = below(axis),
          .inverse_pivot = f.inverse_pivot.data(),
          .cyclic = f.cyclic.data(),
          .cyclic_ratio = f.cyclic_ratio.data(),
          .cyclic_scale = f.cyclic_scale.data(),
          .mass = mass_.data(),
          .inverse_mass = inverse_mass_.data()};
}

}  // namespace interstice
