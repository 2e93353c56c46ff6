#include "engine/fields/species_transfer.h"

#include <algorithm>

#include "engine/core/pinned_math.h"
#include "engine/fields/regions.h"

namespace interstice {
namespace {

std::vector<double> product(const std::vector<double>& a, const std::vector<double>& b, std::size_t n) {
  std::vector<double> c(n * n, 0.0);
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t k = 0; k < n; ++k)
      for (std::size_t j = 0; j < n; ++j) c[i * n + j] += a[i * n + k] * b[k * n + j];
  return c;
}

}  // namespace

// Uniformisation (Jensen 1953): with m the fastest loss, rates + m 1 has no negative entry, and exp(rates dt) =
// exp(-m dt) exp((rates + m 1) dt) is a sum of terms of one sign; squared up from m dt <= 1.
std::vector<double> transfer_matrix(std::span<const double> rates, std::size_t n, double dt) {
  constexpr int kTerms = 20;
  double fastest = 0;
  for (std::size_t i = 0; i < n; ++i) fastest = std::max(fastest, -rates[i * n + i]);
  int squarings = 0;
  for (; fastest * dt > 1; dt *= 0.5) ++squarings;
  std::vector<double> step(n * n), term(n * n, 0.0), sum(n * n, 0.0);
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < n; ++j) step[i * n + j] = dt * (rates[i * n + j] + (i == j ? fastest : 0.0));
  for (std::size_t i = 0; i < n; ++i) term[i * n + i] = sum[i * n + i] = pinned::exp(-fastest * dt);
  for (int k = 1; k <= kTerms; ++k) {
    term = product(step, term, n);
    for (std::size_t e = 0; e < sum.size(); ++e) sum[e] += term[e] /= k;
  }
  for (; squarings > 0; --squarings) sum = product(sum, sum, n);
  for (std::size_t from = 0; from < n; ++from) {  // nothing is lost by rounding
    double all = 0;
    for (std::size_t to = 0; to < n; ++to) all += sum[to * n + from];
    for (std::size_t to = 0; to < n; ++to) sum[to * n + from] /= all;
  }
  return sum;
}

SpeciesTransferSolver::SpeciesTransferSolver(const Grid& grid, const RegionMap& regions,
                                             std::span<const Species> species, std::span<const Reservoir> reservoirs)
    : region_of_voxel_(regions.of_voxel), reservoirs_(reservoirs.size()) {
  for (const Reservoir& reservoir : reservoirs) volume_.push_back(reservoir.share());
  for (const double volume : region_volumes(regions, grid)) volume_.push_back(volume);
  for (const Region& region : regions.regions) voxel_fluid_.push_back(region.volume_fraction * grid.voxel_volume());
  for (std::size_t s = 0; s < species.size(); ++s) {
    if (species[s].transfers.empty()) continue;
    Network network{.species = static_cast<SpeciesId>(s), .places = {}, .rates = {}, .matrix = {}};
    for (const SpeciesTransfer& way : species[s].transfers)
      network.places.insert(network.places.end(), {way.from, way.to});
    std::ranges::sort(network.places);
    network.places.erase(std::ranges::unique(network.places).begin(), network.places.end());
    const std::size_t n = network.places.size();
    network.rates.assign(n * n, 0.0);
    const auto at = [&](std::size_t place) {
      return static_cast<std::size_t>(std::ranges::lower_bound(network.places, place) - network.places.begin());
    };
    for (const SpeciesTransfer& way : species[s].transfers) {
      network.rates[at(way.to) * n + at(way.from)] += way.rate;
      network.rates[at(way.from) * n + at(way.from)] -= way.rate;
    }
    networks_.push_back(std::move(network));
  }
}

/// Its amount [uM um^3].
double SpeciesTransferSolver::content(const Network& network, std::size_t place, const FieldSet& fields,
                                      std::span<const ReservoirState> reservoirs) const {
  if (place < reservoirs_) return volume_[place] * reservoirs[place].concentration[index(network.species)];
  const auto field = fields[network.species];
  double sum = 0;
  for (std::size_t v = 0; v < field.size(); ++v)
    if (region_of_voxel_[v] == place - reservoirs_) sum += field[v];
  return sum * voxel_fluid_[place - reservoirs_];
}

void SpeciesTransferSolver::transfer(FieldSet& fields, std::span<ReservoirState> reservoirs, double dt) {
  for (Network& network : networks_) {
    const std::size_t n = network.places.size();
    if (dt != dt_ || network.matrix.empty()) network.matrix = transfer_matrix(network.rates, n, dt);
    std::vector<double> before(n), after(n, 0.0);
    for (std::size_t j = 0; j < n; ++j) before[j] = content(network, network.places[j], fields, reservoirs);
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < n; ++j) after[i] += network.matrix[i * n + j] * before[j];
    for (std::size_t i = 0; i < n; ++i) {
      const std::size_t place = network.places[i];
      if (place < reservoirs_) {
        reservoirs[place].concentration[index(network.species)] = after[i] / volume_[place];
        continue;
      }
      const double stays = pinned::exp(network.rates[i * n + i] * dt);
      const double comes = std::max(0.0, after[i] - stays * before[i]) / volume_[place];
      const auto field = fields[network.species];
      for (std::size_t v = 0; v < field.size(); ++v)
        if (region_of_voxel_[v] == place - reservoirs_) field[v] = stays * field[v] + comes;
    }
  }
  dt_ = dt;
}

}  // namespace interstice
