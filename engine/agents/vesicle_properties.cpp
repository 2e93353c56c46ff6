#include "engine/agents/vesicle_properties.h"

#include <algorithm>
#include <cmath>

#include "engine/core/constants.h"
#include "engine/core/pinned_math.h"

namespace interstice {
namespace {

constexpr double kLargestCopies = 65535;

std::uint16_t draw_copies(const ProteinLoad& load, const Noise& noise, AgentId id) {
  if (!(load.mean > 0) || !(load.positive_fraction > 0)) return 0;
  const std::uint64_t purpose = 2 * index(load.protein);
  if (load.positive_fraction < 1 && noise.uniform(Stream::vesicle_protein, id, purpose, 1) >= load.positive_fraction)
    return 0;
  double mean = load.mean / load.positive_fraction;
  if (load.sigma > 0) {
    const double normal = noise.normals(Stream::vesicle_protein, id, purpose, 2)[0];
    mean *= pinned::exp(load.sigma * normal - 0.5 * load.sigma * load.sigma);
  }
  const auto copies = noise.poisson(mean, Stream::vesicle_protein, id, purpose + 1);
  return static_cast<std::uint16_t>(std::min(static_cast<double>(copies), kLargestCopies));
}

}  // namespace

double stokes_einstein(double diameter, double temperature, double viscosity) {
  constexpr double kSquareMicrometres = 1e12, kMetresPerNanometre = 1e-9;
  return kSquareMicrometres * kBoltzmann * temperature / (3 * kPi * viscosity * diameter * kMetresPerNanometre);
}

double draw_diameter(const VesicleClass& klass, const Noise& noise, AgentId id, double size_bias) {
  const double sigma = pinned::log(klass.geometric_sd);
  const double normal = noise.normals(Stream::vesicle_diameter, id, 0)[0];
  return klass.median_diameter * pinned::exp(sigma * normal + size_bias * sigma * sigma);
}

double mean_root_diffusivity(const VesicleClass& klass) {
  const double sigma = pinned::log(klass.geometric_sd);
  const double median = stokes_einstein(klass.median_diameter, klass.temperature, klass.water_viscosity);
  return std::sqrt(median) * pinned::exp(sigma * sigma / 8);
}

void append_vesicle(Vesicles& vesicles, VesicleClassId klass, const VesicleClass& properties, const Noise& noise,
                    AgentId id, Vec3 position, double size_bias) {
  const double diameter = draw_diameter(properties, noise, id, size_bias);
  vesicles.x.push_back(position.x);
  vesicles.y.push_back(position.y);
  vesicles.z.push_back(position.z);
  vesicles.id.push_back(id);
  vesicles.host.push_back(kNoHost);
  vesicles.state.push_back(VesicleState::free);
  vesicles.klass.push_back(klass);
  vesicles.cargo.push_back(1);
  vesicles.diffusivity.push_back(
      static_cast<float>(stokes_einstein(diameter, properties.temperature, properties.water_viscosity)));
  const double life = -pinned::log(noise.uniform(Stream::vesicle_clearance, id, 0));
  vesicles.clearance_left.push_back(static_cast<float>(std::ceil(life / kClearanceQuantum) * kClearanceQuantum));
  for (auto& copies : vesicles.proteins) copies.push_back(0);
  for (const ProteinLoad& load : properties.proteins)
    vesicles.proteins[index(load.protein)].back() = draw_copies(load, noise, id);
}

void keep_vesicles(Vesicles& vesicles, const std::vector<std::uint8_t>& keep) {
  struct Move {
    std::size_t to, from;
  };
  std::vector<Move> moves;
  std::size_t size = vesicles.size();
  for (std::size_t v = 0; v < size; ++v) {
    if (keep[v] != 0) continue;
    do --size;
    while (size > v && keep[size] == 0);
    if (size > v) moves.push_back({v, size});
  }
  const auto fill_gaps = [&](auto& values) {
    for (const Move& move : moves) values[move.to] = values[move.from];
    values.resize(size);
  };
  fill_gaps(vesicles.x);
  fill_gaps(vesicles.y);
  fill_gaps(vesicles.z);
  fill_gaps(vesicles.id);
  fill_gaps(vesicles.host);
  fill_gaps(vesicles.state);
  fill_gaps(vesicles.klass);
  fill_gaps(vesicles.cargo);
  fill_gaps(vesicles.diffusivity);
  fill_gaps(vesicles.clearance_left);
  for (auto& copies : vesicles.proteins) fill_gaps(copies);
}

}  // namespace interstice
