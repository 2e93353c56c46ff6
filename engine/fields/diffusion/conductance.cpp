/// @file
/// Assembly of conductances.
#include "engine/fields/diffusion/conductance.h"

#include <algorithm>
#include <cmath>

namespace interstice {
namespace {

double harmonic_mean(double a, double b) { return a + b > 0 ? 2 * a * b / (a + b) : 0.0; }

/// Capacity of a voxel that is held at a concentration, relative to any other: it changes by rounding only.
constexpr double kHeldCapacity = 1e12;

/// Conductance per area of the wall across the half voxel next to it [um/s]; alpha_d in um^2/s.
double wall_conductance(const FaceCondition& condition, double alpha_d, double spacing) {
  const double half_voxel = 2 * alpha_d / spacing;
  if (const auto* permeable = std::get_if<Permeable>(&condition)) {
    return half_voxel > 0 && permeable->permeability > 0 ? 1 / (1 / half_voxel + 1 / permeable->permeability) : 0.0;
  }
  if (const auto* to = std::get_if<ToReservoir>(&condition); to != nullptr && std::isfinite(to->permeability))
    return wall_conductance(Permeable{to->permeability}, alpha_d, spacing);
  const bool open = std::holds_alternative<FixedValue>(condition) || std::holds_alternative<ToReservoir>(condition);
  return open ? half_voxel : 0.0;
}

}  // namespace

/// Fills kind_of_region_ and mass_ for the regions that occur, and alpha D of each kind [um^2/s].
void Conductance::find_kinds(const RegionMap& regions, const Species& species, std::vector<double>& alpha_d) {
  std::vector<bool> occurs(regions.regions.size(), false);
  for (const std::uint8_t region : regions.of_voxel) occurs[region] = true;
  kind_of_region_.resize(regions.regions.size());
  for (std::size_t r = 0; r < occurs.size(); ++r) {
    if (!occurs[r]) continue;
    const double fluid = regions.regions[r].volume_fraction, product = fluid * species.diffusivity[r];
    const bool held = !species.held.empty() && !std::isnan(species.held[r]);
    const double mass = held ? kHeldCapacity * fluid : fluid;
    std::size_t kind = 0;
    while (kind < mass_.size() && (mass_[kind] != mass || alpha_d[kind] != product)) ++kind;
    if (kind == mass_.size()) mass_.push_back(mass), alpha_d.push_back(product), held_.push_back(held);
    kind_of_region_[r] = static_cast<std::uint8_t>(kind);
  }
}

Conductance::Conductance(const Grid& grid, const RegionMap& regions, const Species& species)
    : grid_(grid), of_voxel_(regions.of_voxel.data()) {
  std::vector<double> alpha_d;
  find_kinds(regions, species, alpha_d);
  const std::size_t kinds = mass_.size();
  uniform_ = kinds == 1;
  unit_mass_ = std::all_of(mass_.begin(), mass_.end(), [&](double mass) { return mass == mass_[0]; });
  alike_ = unit_mass_ && std::find(held_.begin(), held_.end(), true) == held_.end();
  flux_volume_ = grid.voxel_volume();
  if (unit_mass_) {
    flux_volume_ *= mass_[0];
    for (double& value : alpha_d) value /= mass_[0];
    mass_.assign(kinds, 1.0);
  }
  for (std::size_t a = 0; a < kinds; ++a) {
    for (std::size_t b = 0; b < kinds; ++b) {
      double across = harmonic_mean(alpha_d[a], alpha_d[b]);
      if (held_[a] != held_[b]) across = 2 * alpha_d[held_[a] ? b : a];  // what is held is so up to its surface
      for (std::size_t axis = 0; axis < 3; ++axis)
        between_[axis].push_back(across / (grid.spacing[axis] * grid.spacing[axis]));
    }
  }
  for (int axis = 0; axis < 3; ++axis) periodic_[axis] = std::holds_alternative<Periodic>(species.faces[2 * axis]);
  for (int face = 0; face < 6; ++face) {
    const double h = grid.spacing[face / 2];
    for (const double value : alpha_d) wall_[face].push_back(wall_conductance(species.faces[face], value, h) / h);
  }
  measure_rates();
}

double Conductance::wall_total(int face) const {
  const std::array<int, 3> n{grid_.nx, grid_.ny, grid_.nz};
  std::array<int, 3> at{}, end = n;
  const int axis = face / 2;
  at[axis] = face % 2 == 0 ? 0 : n[axis] - 1;
  end[axis] = at[axis] + 1;
  const auto first = at;
  double total = 0;
  for (at[2] = first[2]; at[2] < end[2]; ++at[2]) {
    for (at[1] = first[1]; at[1] < end[1]; ++at[1]) {
      for (at[0] = first[0]; at[0] < end[0]; ++at[0]) total += wall(face, kind(grid_.index(at[0], at[1], at[2])));
    }
  }
  return total;
}

void Conductance::measure_rates() {
  const std::array<int, 3> n{grid_.nx, grid_.ny, grid_.nz};
  std::array<int, 3> at{};
  for (at[2] = 0; at[2] < n[2]; ++at[2]) {
    for (at[1] = 0; at[1] < n[1]; ++at[1]) {
      for (at[0] = 0; at[0] < n[0]; ++at[0]) {
        const std::uint8_t here = kind(grid_.index(at[0], at[1], at[2]));
        const double inverse = 1 / mass(here);
        double loss = 0;
        for (int face = 0; face < 6; ++face) {
          const int axis = face / 2;
          auto beyond = at;
          beyond[axis] += face % 2 == 0 ? -1 : 1;
          const bool outside = beyond[axis] < 0 || beyond[axis] >= n[axis];
          if (outside && (!periodic_[axis] || n[axis] == 1)) {
            loss += wall(face, here) * inverse;
            continue;
          }
          beyond[axis] = (beyond[axis] + n[axis]) % n[axis];
          loss += between(axis, here, kind(grid_.index(beyond[0], beyond[1], beyond[2]))) * inverse;
        }
        loss_rate_ = std::max(loss_rate_, loss);
      }
    }
  }
}

}  // namespace interstice
