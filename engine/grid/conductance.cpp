/// @file
/// Assembly of conductances and elimination factors.
#include "engine/grid/conductance.h"

#include <algorithm>
#include <limits>

namespace interstice {
namespace {

constexpr std::size_t kNoLine = std::numeric_limits<std::size_t>::max();
constexpr std::ptrdiff_t kSetsCompared = 64;  // without repeats the search must not take for ever
constexpr std::size_t kFactorsKept = 8;       // a run uses a handful of step lengths

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

Conductance::Conductance(const Grid& grid, const RegionMap& regions, const Species& species) : padded_(grid) {
  const std::size_t voxels = grid.voxel_count();
  std::vector<double> alpha_d(voxels);
  mass_.resize(voxels);
  for (std::size_t i = 0; i < voxels; ++i) {
    const std::uint8_t region = regions.of_voxel[i];
    mass_[i] = regions.regions[region].volume_fraction;
    alpha_d[i] = mass_[i] * species.diffusivity[region];
    unit_mass_ = unit_mass_ && mass_[i] == mass_[0];
    uniform_ = uniform_ && mass_[i] == mass_[0] && alpha_d[i] == alpha_d[0];
  }
  flux_volume_ = grid.voxel_volume();
  if (unit_mass_) {
    flux_volume_ *= mass_[0];
    for (double& value : alpha_d) value /= mass_[0];
    mass_.assign(1, 1.0);
  }
  for (int axis = 0; axis < 3; ++axis) conduct(grid, alpha_d, species, axis);
  for (int axis = 0; axis < 3; ++axis) {
    sets_[axis] = sets_of(groups(axis), [&](std::size_t a, std::size_t b) { return same_group(axis, a, b); });
  }
  x_row_set_ = sets_of(padded_.rows(), [&](std::size_t a, std::size_t b) { return same_line(0, a, b); });
  if (!unit_mass_) {
    for (int axis = 0; axis < 3; ++axis) lay_out_mass(axis);
  }
  measure_rates(grid);
}

std::size_t Conductance::groups(int axis) const {
  if (axis == 0) return round_up(padded_.rows(), kBundle) / kBundle;
  return axis == 1 ? padded_.nz : padded_.ny;
}

/// Which line a lane holds, kNoLine for the unused ones.
std::size_t Conductance::line_in(int axis, std::size_t group, std::size_t lane) const {
  if (axis == 0) {
    const std::size_t line = group * kBundle + lane;
    return uniform_ ? 0 : line < padded_.rows() ? line : kNoLine;
  }
  if (lane < 1 || lane > padded_.nx) return kNoLine;
  return uniform_ ? 0 : group * padded_.nx + lane - 1;
}

/// Do two lines have the same conductances and volume fractions?
bool Conductance::same_line(int axis, std::size_t a, std::size_t b) const {
  if (a == b || uniform_) return true;
  if (a == kNoLine || b == kNoLine || below_[axis][a] != below_[axis][b]) return false;
  const AxisLines& lines = lines_[axis];
  for (std::size_t p = 0; p < static_cast<std::size_t>(lines.n); ++p) {
    const std::size_t i = lines.start(a) + p * lines.stride, j = lines.start(b) + p * lines.stride;
    if (above_[axis][i] != above_[axis][j] || (!unit_mass_ && mass_[i] != mass_[j])) return false;
  }
  return true;
}

bool Conductance::same_group(int axis, std::size_t a, std::size_t b) const {
  for (std::size_t lane = 0; lane < width(axis); ++lane) {
    if (!same_line(axis, line_in(axis, a, lane), line_in(axis, b, lane))) return false;
  }
  return true;
}

template <class Same>
Conductance::Sets Conductance::sets_of(std::size_t groups, const Same& same) {
  Sets sets;
  for (std::size_t group = 0; group < groups; ++group) {
    const auto from = sets.first.end() - std::min<std::ptrdiff_t>(kSetsCompared, std::ssize(sets.first));
    const auto like = std::find_if(from, sets.first.end(), [&](auto first) { return same(first, group); });
    sets.of.push_back(static_cast<std::uint32_t>(like - sets.first.begin()));
    if (like == sets.first.end()) sets.first.push_back(group);
  }
  return sets;
}

template <class F>
void Conductance::for_each_line(int axis, const F& f) const {
  for (std::size_t set = 0; set < sets_[axis].first.size(); ++set) {
    for (std::size_t lane = 0; lane < width(axis); ++lane) {
      const std::size_t line = line_in(axis, sets_[axis].first[set], lane);
      if (line != kNoLine) f(line, set, lane);
    }
  }
}

void Conductance::lay_out_mass(int axis) {
  const AxisLines& lines = lines_[axis];
  const auto n = static_cast<std::size_t>(lines.n);
  line_mass_[axis].assign(sets_[axis].first.size() * n * width(axis), 1.0);
  for_each_line(axis, [&](std::size_t line, std::size_t set, std::size_t lane) {
    for (std::size_t p = 0; p < n; ++p) {
      line_mass_[axis][(set * n + p) * width(axis) + lane] = mass_[lines.start(line) + p * lines.stride];
    }
  });
  inverse_mass_[axis].resize(line_mass_[axis].size());
  std::transform(line_mass_[axis].begin(), line_mass_[axis].end(), inverse_mass_[axis].begin(),
                 [](double m) { return 1 / m; });
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
        const double inverse = 1 / mass_[unit_mass_ ? 0 : voxel];
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
  const auto n = static_cast<std::size_t>(lines.n);
  const std::size_t w = width(axis), rows = sets_[axis].first.size() * n * w;
  const bool ring = periodic_[axis] && n > 1;
  factors.face.assign(rows + rows / n, 0.0);
  factors.pivot.assign(rows, 1.0);
  factors.cyclic.assign(ring ? rows : 0, 0.0);
  factors.cyclic_ratio.assign(ring ? rows / n : 0, 0.0);
  factors.cyclic_scale.assign(ring ? rows / n : 0, 1.0);
  for_each_line(axis, [&](std::size_t line, std::size_t set, std::size_t lane) {
    const auto above = [&](std::size_t p) { return above_[axis][uniform_ ? p : lines.start(line) + p * lines.stride]; };
    double* face = factors.face.data() + set * (n + 1) * w + lane;
    face[0] = half * (periodic_[axis] ? above(n - 1) : below_[axis][line]);
    for (std::size_t p = 0; p < n; ++p) face[(p + 1) * w] = half * above(p);
    factor_line(axis, line, set, lane, factors);
  });
}

/// The elimination of one line whose faces are known.
void Conductance::factor_line(int axis, std::size_t line, std::size_t set, std::size_t lane,
                              AxisFactors& factors) const {
  const AxisLines& lines = lines_[axis];
  const auto n = static_cast<std::size_t>(lines.n), last = n - 1;
  const std::size_t w = width(axis);
  const bool ring = periodic_[axis] && n > 1;
  const auto kappa = [&](std::size_t face) { return factors.face[(set * (n + 1) + face) * w + lane]; };
  const auto mass = [&](std::size_t p) { return mass_[unit_mass_ ? 0 : lines.start(line) + p * lines.stride]; };
  double* pivot = factors.pivot.data() + set * n * w + lane;
  const double corner = ring ? -kappa(n) : 0.0;
  const double gamma = -(mass(0) + kappa(0) + kappa(1));
  for (std::size_t p = 0; p < n; ++p) {
    double diagonal = mass(p) + kappa(p) + kappa(p + 1);
    if (ring && p == 0) diagonal -= gamma;
    if (ring && p == last) diagonal -= corner * corner / gamma;
    if (p > 0) diagonal -= kappa(p) * kappa(p) * pivot[(p - 1) * w];
    pivot[p * w] = 1 / diagonal;
  }
  if (!ring) return;
  double* q = factors.cyclic.data() + set * n * w + lane;
  for (std::size_t p = 0; p < n; ++p) {
    double right = p == 0 ? gamma : 0.0;
    if (p == last) right += corner;
    if (p > 0) right += kappa(p) * q[(p - 1) * w];
    q[p * w] = right * pivot[p * w];
  }
  for (std::size_t p = last; p-- > 0;) q[p * w] += kappa(p + 1) * pivot[p * w] * q[(p + 1) * w];
  factors.cyclic_ratio[set * w + lane] = corner / gamma;
  factors.cyclic_scale[set * w + lane] = 1 / (1 + q[0] + corner / gamma * q[last * w]);
}

std::vector<double> Conductance::faces_before_voxels(double half) const {
  const std::size_t rows = x_row_set_.first.size();
  std::vector<double> faces(rows * padded_.pitch + kVector, 0.0);
  for (std::size_t set = 0; set < rows; ++set) {
    const std::size_t row = x_row_set_.first[set];
    const double* above = above_[0].data() + row * padded_.nx;
    double* face = faces.data() + set * padded_.pitch + 1;
    face[0] = half * (periodic_[0] ? above[padded_.nx - 1] : below_[0][row]);
    for (std::size_t i = 0; i < padded_.nx; ++i) face[i + 1] = half * above[i];
  }
  return faces;
}

const SubstepFactors& Conductance::factors(double dt) {
  for (const auto& known : factors_) {
    if (known->dt == dt) return *known;
  }
  if (factors_.size() == kFactorsKept) factors_.erase(factors_.begin());
  auto made = std::make_unique<SubstepFactors>();
  made->dt = dt;
  for (int axis = 0; axis < 3; ++axis) factor(axis, dt / 2, made->axis[axis]);
  made->x_face = faces_before_voxels(dt / 2);
  factors_.push_back(std::move(made));
  return *factors_.back();
}

LineCoefficients Conductance::coefficients(int axis, const SubstepFactors& factors) const {
  const AxisFactors& f = factors.axis[axis];
  return {.n = lines_[axis].n,
          .width = width(axis),
          .periodic = periodic_[axis],
          .set_of = sets_[axis].of.data(),
          .face = f.face.data(),
          .pivot = f.pivot.data(),
          .cyclic = f.cyclic.empty() ? nullptr : f.cyclic.data(),
          .cyclic_ratio = f.cyclic_ratio.empty() ? nullptr : f.cyclic_ratio.data(),
          .cyclic_scale = f.cyclic_scale.empty() ? nullptr : f.cyclic_scale.data(),
          .mass = unit_mass_ ? nullptr : line_mass_[axis].data(),
          .inverse_mass = unit_mass_ ? nullptr : inverse_mass_[axis].data()};
}

}  // namespace interstice
