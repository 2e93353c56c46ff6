#include "engine/sim/feedback/mean_fluid.h"

#include <algorithm>
#include <cmath>
#include <variant>

#include "engine/core/constants.h"
#include "engine/fields/regions.h"
#include "engine/sim/feedback/solve_small.h"

namespace interstice {
namespace {

constexpr double kLongAfter = 1e10;    ///< when everything that has a time of its own is over [s]
constexpr int kNewtonSteps = 12;       ///< of one implicit step
constexpr double kNewtonDone = 1e-10;  ///< change relative to the concentration

}  // namespace

void GivenToFluid::clear(std::size_t species, std::size_t reactions) {
  secreted.assign(species, 0.0);
  clearance.assign(species, 0.0);
  copies.assign(reactions, 0.0);
}

namespace {

/// Species that do not diffuse: the clusters then hold their decay and uptake too.
std::vector<Species> well_mixed(std::vector<Species> species) {
  for (Species& one : species) one.diffusivity.clear();
  return species;
}

}  // namespace

MeanFluid::MeanFluid(const Problem& problem)
    : clusters_(make_clusters(problem.chemistry, well_mixed(problem.species), problem.regions.regions.size())) {
  mix_regions(problem);
  open_walls(problem);
  open_transfers(problem);
  for (std::size_t s = 0; s < problem.species.size(); ++s) {
    const double Km = s < problem.clearance_Km.size() ? problem.clearance_Km[s] : 0;
    inverse_Km_.push_back(Km > 0 ? 1 / Km : 0);
  }
  reacts_.assign(problem.species.size(), 0);
  for (const Cluster& cluster : clusters_)
    for (const SpeciesId s : cluster.species) reacts_[index(s)] = cluster.channels.empty() ? 0 : 1;
}

void MeanFluid::mix_regions(const Problem& problem) {
  const std::size_t reservoirs = problem.reservoirs.size(), regions = problem.regions.regions.size();
  std::vector<double> volume(reservoirs + regions, 0.0);
  std::vector<char> bordered(reservoirs, 0);
  for (std::size_t f = 0; f < 6; ++f) {
    if (problem.walls[f] == Wall::reservoir) bordered[index(problem.reservoir_of_face[f])] = 1;
    for (const Species& s : problem.species)
      if (const auto* to = std::get_if<ToReservoir>(&s.faces[f])) bordered[index(to->reservoir)] = 1;
  }
  for (std::size_t r = 0; r < reservoirs; ++r) volume[r] = bordered[r] != 0 ? problem.reservoirs[r].share() : 0;
  const std::vector<double> of_regions = region_volumes(problem.regions, problem.grid);
  std::copy(of_regions.begin(), of_regions.end(), volume.begin() + static_cast<std::ptrdiff_t>(reservoirs));
  space_ = problem.grid.voxel_volume() * static_cast<double>(problem.grid.voxel_count());
  for (const double v : volume) fluid_ += v;
  for (const double v : volume) share_.push_back(v / fluid_);
  for (const Reaction& reaction : problem.chemistry.reactions) {
    double runs = 0, copies = 0;
    for (std::size_t r = 0; r < reservoirs; ++r) {
      runs += reaction.in_reservoirs ? share_[r] : 0;
      const std::size_t id = runs_in_.size();
      if (bordered[r] != 0 && id < problem.reservoirs[r].enzyme_copies.size())
        copies += problem.reservoirs[r].enzyme_copies[id] / problem.reservoirs[r].represents;
    }
    for (std::size_t g = 0; g < regions; ++g)
      runs += reaction.in_region.empty() || reaction.in_region[g] ? share_[reservoirs + g] : 0;
    runs_in_.push_back(runs * reaction.timing.mean_strength(kLongAfter, 1));
    in_reservoirs_.push_back(copies);
  }
  for (const Species& species : problem.species) {
    double mean = 0;
    for (std::size_t r = 0; r < reservoirs; ++r) mean += share_[r] * species.reservoir_initial[r];
    for (std::size_t g = 0; g < regions; ++g) mean += share_[reservoirs + g] * species.initial[g];
    initial_.push_back(mean);
  }
}

/// What is made evenly in a slab of thickness L leaves through an open face as if it met the conductance 3 D/L.
void MeanFluid::open_walls(const Problem& problem) {
  const Vec3 size = problem.grid.size();
  const double edge[3] = {size.x, size.y, size.z};
  const std::size_t reservoirs = problem.reservoirs.size();
  for (const Species& species : problem.species) {
    double diffusivity = 0, tissue = 0;
    for (std::size_t g = 0; g < species.diffusivity.size(); ++g) {
      diffusivity += share_[reservoirs + g] * species.diffusivity[g] * problem.regions.regions[g].volume_fraction;
      tissue += share_[reservoirs + g];
    }
    double out = 0, in = 0;
    for (std::size_t f = 0; f < 6; ++f) {
      const double area = edge[(f / 2 + 1) % 3] * edge[(f / 2 + 2) % 3];
      const double inside = tissue > 0 ? 3 * diffusivity / tissue / edge[f / 2] : 0;
      const auto through = [&](double conductance, double outside) {
        out += area * conductance / fluid_;
        in += area * conductance * outside / fluid_;
      };
      if (const auto* fixed = std::get_if<FixedValue>(&species.faces[f])) through(inside, fixed->concentration);
      if (const auto* leak = std::get_if<Permeable>(&species.faces[f]); leak != nullptr && inside > 0)
        through(leak->permeability * inside / (leak->permeability + inside), leak->outside);
    }
    outflow_.push_back(out);
    inflow_.push_back(in);
  }
}

/// What goes to places that are not among those mixed here is lost; what comes from there comes as at the start.
void MeanFluid::open_transfers(const Problem& problem) {
  for (std::size_t s = 0; s < problem.species.size(); ++s)
    for (const SpeciesTransfer& transfer : problem.species[s].transfers) {
      const bool from_here = share_[transfer.from] > 0, to_here = share_[transfer.to] > 0;
      if (from_here && !to_here) outflow_[s] += transfer.rate * share_[transfer.from];
      if (!from_here && to_here && transfer.from < problem.reservoirs.size())
        inflow_[s] += transfer.rate * problem.species[s].reservoir_initial[transfer.from] *
                      problem.reservoirs[transfer.from].share() / fluid_;
    }
}

std::vector<double> MeanFluid::start() const { return initial_; }

void MeanFluid::change(const Cluster& cluster, const std::vector<double>& c, const GivenToFluid& given,
                       std::vector<double>& change) const {
  const std::size_t n = cluster.size();
  std::vector<double> local(n), factor, source(n), uptake(n), inverse_Km(n), x(cluster.extents());
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t s = index(cluster.species[i]);
    local[i] = c[s];
    uptake[i] = given.clearance[s] / fluid_;
    inverse_Km[i] = inverse_Km_[s];
  }
  for (const Channel& channel : cluster.channels) {
    double strength = 0;
    for (const Channel::Member& member : channel.members)
      strength +=
          runs_in_[member.reaction] *
          (member.constant + member.per_copy * (given.copies[member.reaction] + in_reservoirs_[member.reaction]) /
                                 (kMoleculesPerUmCubedPerMicromolar * fluid_));
    factor.push_back(strength);
  }
  rates(cluster, {factor.data(), source.data(), uptake.data(), inverse_Km.data()}, local.data(), x.data());
  change.resize(n);
  change_of(cluster, x.data(), change.data());
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t s = index(cluster.species[i]);
    change[i] += inflow_[s] - outflow_[s] * c[s];
  }
}

void MeanFluid::advance(std::vector<double>& c, const GivenToFluid& given, std::span<const char> held,
                        double dt) const {
  std::vector<double> now, moved, jacobian, residual;
  for (const Cluster& cluster : clusters_) {
    const std::size_t n = cluster.size();
    std::vector<double> begin(n);
    for (std::size_t i = 0; i < n; ++i) begin[i] = c[index(cluster.species[i])];
    for (int step = 0; step < kNewtonSteps; ++step) {
      change(cluster, c, given, now);
      residual.assign(n, 0.0);
      jacobian.assign(n * n, 0.0);
      for (std::size_t j = 0; j < n; ++j) {
        const std::size_t s = index(cluster.species[j]);
        const double here = c[s], by = std::max(1e-7 * here, 1e-15);
        c[s] = here + by;
        change(cluster, c, given, moved);
        c[s] = here;
        for (std::size_t i = 0; i < n; ++i) jacobian[i * n + j] = (i == j ? 1.0 : 0.0) - dt * (moved[i] - now[i]) / by;
      }
      for (std::size_t i = 0; i < n; ++i) {
        const std::size_t s = index(cluster.species[i]);
        const double made = given.secreted[s] / (kMoleculesPerUmCubedPerMicromolar * fluid_);
        residual[i] = begin[i] + dt * (now[i] + made) - c[s];
        if (held[s] == 0) continue;
        residual[i] = 0;
        for (std::size_t j = 0; j < n; ++j) jacobian[i * n + j] = i == j ? 1.0 : 0.0;
      }
      solve_small(jacobian, residual);
      bool done = true;
      for (std::size_t i = 0; i < n; ++i) {
        double& value = c[index(cluster.species[i])];
        const double next = std::max(0.0, value + residual[i]);
        done = done && std::abs(next - value) <= kNewtonDone * next;
        value = next;
      }
      if (done) break;
    }
  }
}

std::vector<double> MeanFluid::net_losses(const std::vector<double>& c, const GivenToFluid& given) const {
  std::vector<double> losses(c.size(), 0.0), now;
  for (const Cluster& cluster : clusters_) {
    change(cluster, c, given, now);
    for (std::size_t i = 0; i < cluster.size(); ++i)
      losses[index(cluster.species[i])] = -now[i] * kMoleculesPerUmCubedPerMicromolar * fluid_;
  }
  return losses;
}

}  // namespace interstice
