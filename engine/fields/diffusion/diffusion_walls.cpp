#include "engine/fields/diffusion/diffusion_walls.h"

#include <algorithm>
#include <array>
#include <numeric>

#include "engine/core/constants.h"
#include "engine/core/pinned_math.h"

namespace interstice {

WallExchange::WallExchange(const Grid& grid, std::size_t reservoir_count)
    : nx_(static_cast<std::size_t>(grid.nx)),
      ny_(static_cast<std::size_t>(grid.ny)),
      nz_(static_cast<std::size_t>(grid.nz)),
      reservoir_(reservoir_count),
      share_(reservoir_count),
      mean_(reservoir_count),
      decayed_(reservoir_count),
      change_(reservoir_count),
      hops_(reservoir_count),
      next_hops_(reservoir_count) {
  const std::array<std::size_t, 3> beyond{1, nx_, nx_ * ny_}, lines{ny_ * nz_, nx_ * nz_, nx_ * ny_};
  for (int f = 0; f < 6; ++f) beyond_[f].resize(beyond[f / 2]), flux_[f].resize(lines[f / 2]);
}

void WallExchange::load(const Plan& plan, std::size_t species, std::span<const ReservoirState> before,
                        std::span<const ReservoirState> reacted, int substeps, double h) {
  inflow_.fill(0.0);
  std::fill(decayed_.begin(), decayed_.end(), 0.0);
  kept_ = pinned::exp(-plan.decay * h);
  gain_kept_ = plan.decay * h > 0 ? -pinned::expm1(-plan.decay * h) / (plan.decay * h) : 1;
  for (std::size_t r = 0; r < before.size(); ++r) {
    const double from = before[r].concentration[species], to = reacted[r].concentration[species];
    const bool moves = plan.diffusion != nullptr;
    reservoir_[r] = moves ? from : to;
    share_[r] = moves ? (to - from) / substeps : 0.0;
  }
  mean_ = reservoir_;
}

void WallExchange::load_gains(const Plan& plan, std::size_t species, std::span<const ReservoirState> before,
                              std::span<const ReservoirState> reacted, int substeps, double h) {
  load(plan, species, before, reacted, substeps, h);
  for (std::size_t r = 0; r < before.size(); ++r) {
    if (share_[r] < 0) reservoir_[r] = reacted[r].concentration[species];
    share_[r] = std::max(0.0, share_[r]);
  }
  mean_ = reservoir_;
}

void WallExchange::open(const Plan& plan) {
  mean_ = reservoir_;
  hop_ = false;
  for (int f = 0; f < 6; ++f) {
    if (plan.walls[f].open) std::fill(beyond_[f].begin(), beyond_[f].end(), outside(plan.walls[f]));
  }
}

void WallExchange::book(const Plan& plan, double h, std::size_t k, const double* c, std::size_t first_row,
                        std::size_t end_row) {
  const std::size_t plane = nx_ * ny_;
  const auto pass = [&](int f, std::size_t first_line, std::size_t first, std::size_t end) {  // voxels of the plane
    if (!plan.walls[f].open) return;
    const double outside_here = outside(plan.walls[f]);
    for (std::size_t i = first, line = first_line; i < end; ++i, ++line) {
      flux_[f][line] = h * plan.diffusion->wall(f, k * plane + i) * (outside_here - c[i]);
    }
  };
  const std::size_t first = first_row * nx_, end = end_row * nx_;
  if (first_row == 0) pass(2, k * nx_, 0, nx_);
  if (end_row == ny_) pass(3, k * nx_, plane - nx_, plane);
  if (k == 0) pass(4, first, first, end);
  if (k + 1 == nz_) pass(5, first, first, end);
}

void WallExchange::add_across_x(const Plan& plan, double h, std::size_t k, const double* c, std::size_t first_row,
                                std::size_t end_row, double* out) {
  const PlaneFaces<double> faces = plan.diffusion->faces<double>(k);
  if (faces.x_lower == nullptr) return;
  const bool ring = plan.diffusion->conductance().periodic(0);
  const auto inverse_mass = [&](std::size_t at) { return faces.inverse_mass == nullptr ? 1 : faces.inverse_mass[at]; };
  for (std::size_t j = first_row; j < end_row; ++j, out += nx_) {
    const std::size_t first = j * nx_, last = first + nx_ - 1;
    const double into_first = h * faces.x_lower[j] * ((ring ? c[last] : beyond_[0][0]) - c[first]),
                 into_last = h * faces.x_upper[j] * ((ring ? c[first] : beyond_[1][0]) - c[last]);
    out[0] += into_first * inverse_mass(first);
    out[nx_ - 1] += into_last * inverse_mass(last);
    if (plan.walls[0].open) flux_[0][k * ny_ + j] = into_first;
    if (plan.walls[1].open) flux_[1][k * ny_ + j] = into_last;
  }
}

void WallExchange::add_all(const Plan& plan, double h, const double* c, double* out) {
  const Conductance& g = plan.diffusion->conductance();
  const std::size_t plane = nx_ * ny_;
  for (int f = 0; f < 6; ++f) {
    if (!plan.walls[f].open) continue;
    const double outside_here = outside(plan.walls[f]);
    const std::size_t last = f % 2 == 0 ? 0 : f / 2 == 0 ? nx_ - 1 : f / 2 == 1 ? plane - nx_ : (nz_ - 1) * plane;
    for (std::size_t line = 0; line < flux_[f].size(); ++line) {
      const std::size_t v = last + (f / 2 == 0 ? line * nx_ : f / 2 == 1 ? line / nx_ * plane + line % nx_ : line);
      const double flux = flux_[f][line] = h * plan.diffusion->wall(f, v) * (outside_here - c[v]);
      out[v] += flux / g.mass(g.kind(v));
    }
  }
  for (const auto& seam : plan.diffusion->whole<double>().seams) {
    const double step = h * (c[seam.last] - c[seam.first]);
    out[seam.first] += seam.into_first * step;
    out[seam.last] -= seam.into_last * step;
  }
}

void WallExchange::begin_hops(const Plan& plan, double h) {
  find_gains(plan);
  hop_ = true;
  decay_ = plan.decay * h;
  for (std::size_t r = 0; r < reservoir_.size(); ++r)
    change_[r] = hops_[r] = plan.reservoir_gain[r] > 0 ? static_cast<float>(gain_[r] - decay_ * reservoir_[r]) : 0.0F;
}

void WallExchange::add_hop(const Plan& plan, const Hop& hop, const float* from, float* to) {
  if (reservoir_.empty()) return;
  for (std::size_t r = 0; r < reservoir_.size(); ++r)
    next_hops_[r] = hop.scale * hop.kept * hops_[r] + hop.weight * change_[r];
  for (int f = 0; f < 6; ++f) {
    const int r = plan.walls[f].open ? plan.walls[f].reservoir : -1;
    if (r < 0) continue;
    const DiffusionOperator::WallVoxels& wall = plan.diffusion->whole_wall(f);
    const float beyond = hops_[r], share = hop.scale * hop.dt;
    std::array<float, 8> into{};  // the patch, by turns: one sum would wait for itself
    for (std::size_t k = 0; k < wall.voxel.size(); ++k) {
      const std::size_t v = wall.voxel[k];
      into[k % into.size()] += wall.conductance[k] * (beyond - from[v]);
      to[v] += share * wall.rate[k] * beyond;
    }
    const float gain = static_cast<float>(plan.reservoir_gain[r]);
    next_hops_[r] -= share * gain * std::accumulate(into.begin(), into.end(), 0.0F);
  }
  std::swap(hops_, next_hops_);
}

void WallExchange::end_hops() {
  for (std::size_t r = 0; r < reservoir_.size(); ++r) mean_[r] = reservoir_[r] + static_cast<double>(hops_[r]);
}

/// gain_ <- what each reservoir gains, at the fluxes that are booked.
void WallExchange::find_gains(const Plan& plan) {
  gain_ = share_;
  for (int f = 0; f < 6; ++f) {
    if (!plan.walls[f].open) continue;
    double total = 0;
    const std::size_t lines_of_plane = f / 2 == 0 ? ny_ : f / 2 == 1 ? nx_ : flux_[f].size();
    for (std::size_t line = 0; line < flux_[f].size(); line += lines_of_plane)  // a sum for each plane, in their order
      total += std::accumulate(&flux_[f][line], &flux_[f][line] + lines_of_plane, 0.0);
    through_[f] = total;
    if (const int r = plan.walls[f].reservoir; r >= 0) gain_[r] -= plan.reservoir_gain[r] * total;
  }
}

void WallExchange::close(const Plan& plan) {
  find_gains(plan);
  for (int f = 0; f < 6; ++f) inflow_[f] += plan.walls[f].open ? through_[f] : 0;
  for (std::size_t r = 0; r < reservoir_.size(); ++r) {
    const double all = reservoir_[r] + gain_[r];
    const bool faced = plan.reservoir_gain[r] > 0;
    const double left = kept_ * reservoir_[r] + gain_kept_ * gain_[r];
    const double kept = !faced ? std::max(0.0, left)  // what reacts away does not follow the decay
                        : hop_ ? all - std::clamp(decay_ * mean_[r], 0.0, std::max(0.0, all))
                               : left;
    decayed_[r] += all - kept;
    reservoir_[r] = kept;
  }
}

bool WallExchange::any_reservoir_negative() const {
  return std::any_of(reservoir_.begin(), reservoir_.end(), [](double x) { return x < 0; });
}

bool WallExchange::any_reservoir_changes(const Plan& plan) const {
  const auto some = [](double x) { return x != 0; };
  return std::ranges::any_of(share_, some) || (plan.decay > 0 && std::ranges::any_of(reservoir_, some));
}

double WallExchange::decayed(const Plan& plan) const {
  double total = 0;
  for (std::size_t r = 0; r < decayed_.size(); ++r) total += plan.reservoir_share[r] * decayed_[r];
  return total * kMoleculesPerUmCubedPerMicromolar;
}

double WallExchange::inflow(const Plan& plan) const {
  double total = 0;
  for (int f = 0; f < 6; ++f) {
    if (plan.walls[f].open && plan.walls[f].reservoir < 0) total += inflow_[f];
  }
  return plan.diffusion == nullptr
             ? 0.0
             : total * plan.diffusion->conductance().flux_volume() * kMoleculesPerUmCubedPerMicromolar;
}

}  // namespace interstice
