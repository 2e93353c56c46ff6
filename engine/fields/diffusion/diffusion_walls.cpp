#include "engine/fields/diffusion/diffusion_walls.h"

#include <algorithm>

#include "engine/core/constants.h"

namespace interstice {

WallExchange::WallExchange(const Grid& grid, std::size_t reservoir_count)
    : nx_(static_cast<std::size_t>(grid.nx)),
      reservoir_(reservoir_count),
      share_(reservoir_count),
      decayed_(reservoir_count) {
  const std::size_t ny = grid.ny, nz = grid.nz;
  const std::array<std::size_t, 3> beyond{1, nx_, nx_ * ny}, lines{ny * nz, nx_ * nz, nx_ * ny};
  for (int f = 0; f < 6; ++f) beyond_[f].resize(beyond[f / 2]), flux_[f].resize(lines[f / 2]);
}

void WallExchange::load(const Plan& plan, std::size_t species, std::span<const ReservoirState> before,
                        std::span<const ReservoirState> reacted, int substeps, double h) {
  inflow_.fill(0.0);
  std::fill(decayed_.begin(), decayed_.end(), 0.0);
  decay_ = FirstOrderLoss(plan.decay * h, plan.reservoir_rate * h);
  for (std::size_t r = 0; r < before.size(); ++r) {
    const double from = before[r].concentration[species], to = reacted[r].concentration[species];
    const bool apart = plan.reservoir_gain[r] == 0;
    reservoir_[r] = apart ? to : from;
    share_[r] = apart ? 0.0 : (to - from) / substeps;
  }
}

void WallExchange::load_gains(const Plan& plan, std::size_t species, std::span<const ReservoirState> before,
                              std::span<const ReservoirState> reacted, int substeps, double h) {
  load(plan, species, before, reacted, substeps, h);
  for (std::size_t r = 0; r < before.size(); ++r) {
    if (share_[r] < 0) reservoir_[r] = reacted[r].concentration[species];
    share_[r] = std::max(0.0, share_[r]);
  }
}

void WallExchange::open(const Plan& plan, const SubstepFactors& factors, double steps, const double* c) {
  for (int f = 0; f < 6; ++f) {
    if (!plan.walls[f].open) continue;
    const double outside_here = outside(plan.walls[f]);
    std::fill(beyond_[f].begin(), beyond_[f].end(), outside_here);
    if (f < 2) continue;
    const LineStrips& strips = plan.factors->strips(f / 2);
    const std::size_t p = f % 2 == 0 ? 0 : strips.n - 1;
    double* flux = flux_[f].data();
    for (std::size_t strip = 0; strip < strips.count(); ++strip) {
      const StripCoefficients k = plan.factors->coefficients(f / 2, strip, factors);
      const double* face = k.face + (p + f % 2) * k.width;
      const double* inside = c + strips.first(strip) + p * strips.stride;
      for (std::size_t lane = 0; lane < strips.lanes(strip); ++lane) {
        *flux++ = 2 * steps * face[k.width == 1 ? 0 : lane] * (outside_here - inside[lane]);
      }
    }
  }
}

void WallExchange::add_across_x(const Plan& plan, const SubstepFactors& factors, double steps, const double* c,
                                std::size_t first_row, std::size_t end_row, double* out) {
  const Conductance& conductance = plan.factors->conductance();
  const bool ring = conductance.periodic(0);
  if (!ring && !plan.walls[0].open && !plan.walls[1].open) return;
  for (std::size_t row = first_row; row < end_row; ++row) {
    const StripCoefficients k = plan.factors->coefficients(0, row / kRowsTogether, factors);
    const std::size_t lane = k.width == 1 ? 0 : row % kRowsTogether;
    for (const int f : {0, 1}) {
      if (!ring && !plan.walls[f].open) continue;
      const std::size_t first = row * nx_, last = first + nx_ - 1;
      const std::size_t here = f == 0 ? first : last, across = f == 0 ? last : first;
      const double face = k.face[(f == 0 ? 0 : nx_) * k.width + lane];
      const double flux = 2 * steps * face * ((ring ? c[across] : beyond_[f][0]) - c[here]);
      out[here] += flux / conductance.mass(conductance.kind(here));
      if (!ring) flux_[f][row] = flux;
    }
  }
}

void WallExchange::close(const Plan& plan) {
  gain_ = share_;
  for (int f = 0; f < 6; ++f) {
    if (!plan.walls[f].open) continue;
    double total = 0;
    for (const double flux : flux_[f]) total += flux;
    inflow_[f] += total;
    if (const int r = plan.walls[f].reservoir; r >= 0) gain_[r] -= plan.reservoir_gain[r] * total;
  }
  for (std::size_t r = 0; r < reservoir_.size(); ++r) {
    const double decayed = std::min(decay_.taken(reservoir_[r], gain_[r]), std::max(0.0, reservoir_[r] + gain_[r]));
    reservoir_[r] += gain_[r] - decayed;
    decayed_[r] += decayed;
  }
}

WallFlux WallExchange::flux(const Plan& plan, int axis, std::size_t line) {
  const auto at = [&](int f) { return plan.walls[f].open ? flux_[f].data() + line : nullptr; };
  return {at(2 * axis), at(2 * axis + 1)};
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
  return plan.factors == nullptr
             ? 0.0
             : total * plan.factors->conductance().flux_volume() * kMoleculesPerUmCubedPerMicromolar;
}

}  // namespace interstice
