/// @file
/// Walls and substeps of one species.
#include "engine/fields/diffusion/diffusion_plan.h"

#include <algorithm>
#include <cmath>

namespace interstice {
namespace {

constexpr double kMostHops = 32;          ///< of a voxel in a substep, on average
constexpr double kReservoirShare = 0.25;  ///< largest part of a reservoir exchanged in a substep
constexpr int kMostForUptake = 16;        ///< times as many substeps for uptake that saturates
constexpr double kSaturableUptake = 4;    ///< k h of low concentrations in a substep
constexpr double kTooFast = 1000;         ///< k dt of an interval
constexpr double kPositiveShare = 0.9;    ///< largest part of a voxel that leaves in a substep of the positive fallback

int pieces(double amount, double limit) { return std::max(1, static_cast<int>(std::ceil(amount / limit - 1e-9))); }

bool same_wall(const FaceCondition& a, const FaceCondition& b) {
  if (a.index() != b.index()) return false;
  if (const auto* p = std::get_if<Permeable>(&a)) return p->permeability == std::get<Permeable>(b).permeability;
  if (const auto* to = std::get_if<ToReservoir>(&a)) return to->permeability == std::get<ToReservoir>(b).permeability;
  return true;
}

/// In the same regions, at whatever values.
bool same_held(const Species& a, const Species& b) {
  return std::ranges::equal(a.held, b.held, [](double x, double y) { return std::isnan(x) == std::isnan(y); });
}

}  // namespace

bool same_operator(const Species& a, const Species& b) {
  return a.diffusivity == b.diffusivity && same_held(a, b) &&
         std::equal(a.faces.begin(), a.faces.end(), b.faces.begin(), same_wall);
}

Plan make_plan(const Species& species, std::span<const Reservoir> reservoirs, const DiffusionOperator* diffusion) {
  Plan plan;
  plan.diffusion = diffusion;
  plan.decay = species.decay;
  const Conductance* conductance = diffusion == nullptr ? nullptr : &diffusion->conductance();
  plan.reservoir_gain.assign(reservoirs.size(), 0.0);
  for (const Reservoir& r : reservoirs) plan.reservoir_share.push_back(r.share());
  std::vector<double> rate(reservoirs.size(), 0.0);
  for (int f = 0; f < 6; ++f) {
    Wall& wall = plan.walls[f];
    wall.open = conductance != nullptr && !conductance->periodic(f / 2) && conductance->wall_total(f) > 0;
    if (const auto* fixed = std::get_if<FixedValue>(&species.faces[f])) wall.outside = fixed->concentration;
    if (const auto* permeable = std::get_if<Permeable>(&species.faces[f])) wall.outside = permeable->outside;
    if (const auto* to = std::get_if<ToReservoir>(&species.faces[f]); to != nullptr && wall.open) {
      wall.reservoir = static_cast<int>(index(to->reservoir));
      const Reservoir& r = reservoirs[index(to->reservoir)];
      plan.reservoir_gain[wall.reservoir] = r.represents * conductance->flux_volume() / r.volume;
      rate[wall.reservoir] += conductance->wall_total(f) * plan.reservoir_gain[wall.reservoir];
      plan.reservoir_rate = std::max(plan.reservoir_rate, rate[wall.reservoir]);
    }
  }
  return plan;
}

double fastest_hops(const Plan& plan, double uptake) {
  const double voxels = plan.diffusion->conductance().loss_rate() + uptake;
  return plan.diffusion->has_whole() ? std::max(voxels, plan.reservoir_rate) : voxels;
}

int series_substeps(const Plan& plan, double dt, double uptake, bool saturates) {
  if (plan.diffusion == nullptr) return 1;
  int n = pieces(dt * fastest_hops(plan, uptake), kMostHops);
  if (!plan.diffusion->has_whole()) n = std::max(n, pieces(dt * plan.reservoir_rate, kReservoirShare));
  for (int more = 1; saturates && more < kMostForUptake && dt * uptake > kSaturableUptake * n; more *= 2) n *= 2;
  return n;
}

bool too_fast_for_series(double dt, double uptake) { return dt * uptake > kTooFast; }

int positive_substeps(const Plan& plan, double dt) {
  return pieces(dt * std::max(plan.diffusion->conductance().loss_rate(), plan.reservoir_rate), kPositiveShare);
}

}  // namespace interstice
