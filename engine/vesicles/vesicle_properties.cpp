#include "engine/vesicles/vesicle_properties.h"

#include <algorithm>
#include <cmath>

#include "engine/core/constants.h"
#include "engine/core/pinned_math.h"

namespace interstice {
namespace {

constexpr double kLargestCopies = 65535;

std::uint16_t draw_copies(const ProteinLoad& load, const Noise& noise, AgentId vesicle) {
  if (!(load.mean > 0) || !(load.positive_fraction > 0)) return 0;
  const AgentId id = child_id(vesicle, load.key);
  if (load.positive_fraction < 1 && noise.uniform(Stream::vesicle_protein, id, 0, 1) >= load.positive_fraction)
    return 0;
  double mean = load.mean / load.positive_fraction;
  if (load.sigma > 0) {
    const double normal = noise.normals(Stream::vesicle_protein, id, 0, 2)[0];
    mean *= pinned::exp(load.sigma * normal - 0.5 * load.sigma * load.sigma);
  }
  const auto copies = noise.poisson(mean, Stream::vesicle_protein, id, 1);
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

double mean_diffusivity(const VesicleClass& klass) {
  const double sigma = pinned::log(klass.geometric_sd);
  const double median = stokes_einstein(klass.median_diameter, klass.temperature, klass.water_viscosity);
  return median * pinned::exp(sigma * sigma / 2);
}

double enzyme_activity(const VesicleClass& klass, double time) {
  constexpr double kLn2 = 0.69314718055994530942;
  return std::isinf(klass.enzyme_half_life) ? 1.0 : pinned::exp(-kLn2 * time / klass.enzyme_half_life);
}

void resize_vesicles(Vesicles& vesicles, std::size_t size) {
  for_each_array(vesicles, [size](auto& values) {
    // Doubling, which is what a vector does by itself, would be half a gigabyte too much for 1e7 vesicles.
    if (size > values.capacity() && !values.empty()) values.reserve(size + size / 32);
    values.resize(size);
  });
}

void place_vesicle(Vesicles& vesicles, std::size_t v, VesicleClassId klass, const VesicleClass& properties,
                   const Noise& noise, AgentId id, Vec3 position, double size_bias) {
  const double diameter = draw_diameter(properties, noise, id, size_bias);
  vesicles.x[v] = position.x;
  vesicles.y[v] = position.y;
  vesicles.z[v] = position.z;
  vesicles.id[v] = id;
  vesicles.host[v] = kNoHost;
  vesicles.state[v] = VesicleState::free;
  vesicles.klass[v] = klass;
  vesicles.cargo[v] = 1;
  vesicles.diffusivity[v] =
      static_cast<float>(stokes_einstein(diameter, properties.temperature, properties.water_viscosity));
  const double life = -pinned::log(noise.uniform(Stream::vesicle_clearance, id, 0));
  vesicles.clearance_left[v] = static_cast<float>(std::ceil(life / kClearanceQuantum) * kClearanceQuantum);
  for (auto& copies : vesicles.proteins) copies[v] = 0;
  for (auto& column : vesicles.columns) column[v] = 0;
  for (const ProteinLoad& load : properties.proteins)
    vesicles.proteins[index(load.protein)][v] = draw_copies(load, noise, id);
}

void append_vesicle(Vesicles& vesicles, VesicleClassId klass, const VesicleClass& properties, const Noise& noise,
                    AgentId id, Vec3 position, double size_bias) {
  resize_vesicles(vesicles, vesicles.size() + 1);
  place_vesicle(vesicles, vesicles.size() - 1, klass, properties, noise, id, position, size_bias);
}

void keep_vesicles(Vesicles& vesicles, const std::vector<std::uint8_t>& keep) {
  std::vector<std::size_t> gone;
  for (std::size_t v = 0; v < keep.size(); ++v)
    if (keep[v] == 0) gone.push_back(v);
  drop_vesicles(vesicles, gone);
}

void drop_vesicles(Vesicles& vesicles, std::span<const std::size_t> gone) {
  struct Move {
    std::size_t to, from;
  };
  std::vector<Move> moves;
  std::size_t size = vesicles.size(), last = gone.size();
  for (std::size_t k = 0; k < gone.size() && gone[k] < size; ++k) {
    for (--size; size > gone[k] && gone[last - 1] == size; --size) --last;
    if (size > gone[k]) moves.push_back({gone[k], size});
  }
  for_each_array(vesicles, [&](auto& values) {
    for (const Move& move : moves) values[move.to] = values[move.from];
    values.resize(size);
  });
}

}  // namespace interstice
