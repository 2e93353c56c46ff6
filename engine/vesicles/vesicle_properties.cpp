#include "engine/vesicles/vesicle_properties.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "engine/core/constants.h"
#include "engine/core/keyed_uniforms.h"
#include "engine/core/pinned_math.h"

namespace interstice {
namespace {

constexpr double kLargestCopies = 65535;

/// Log-normal sizes of a class.
class Diameters {
 public:
  Diameters(const VesicleClass& klass, double size_bias)
      : median_(klass.median_diameter), sigma_(pinned::log(klass.geometric_sd)), shift_(size_bias * sigma_ * sigma_) {}
  [[nodiscard]] double operator()(float normal) const {
    return median_ * pinned::exp(sigma_ * normal + shift_);
  }  // [nm]

 private:
  double median_, sigma_, shift_;
};

/// Vesicles that are made in one go.
struct Litter {
  static constexpr std::size_t kMost = 256;
  std::size_t count = 0;
  std::array<AgentId, kMost> id;
  std::array<std::uint32_t, kMost> which;
  std::array<float, kMost> normal;
  std::array<double, kMost> uniform;

  void draw_normals(const Noise& noise, Stream stream, std::uint32_t draw = 0) {
    keyed_normals({noise.seed(), stream, 0, draw}, {id.data(), count}, {normal.data(), count});
  }
  void draw_uniforms(const Noise& noise, Stream stream, std::uint64_t step = 0, std::uint32_t draw = 0) {
    keyed_uniforms({noise.seed(), stream, step, draw}, {id.data(), count}, {uniform.data(), count});
  }
};

/// Copies of a protein on each of some vesicles.
void draw_copies(const ProteinLoad& load, const Noise& noise, std::span<const AgentId> vesicles,
                 std::uint16_t* copies) {
  std::fill_n(copies, vesicles.size(), std::uint16_t{0});
  if (!(load.mean > 0) || !(load.positive_fraction > 0)) return;
  Litter some;
  some.count = vesicles.size();
  for (std::size_t i = 0; i < some.count; ++i) some.id[i] = child_id(vesicles[i], load.key);
  std::iota(some.which.begin(), some.which.begin() + some.count, 0U);
  if (load.positive_fraction < 1) {  // the others carry none
    some.draw_uniforms(noise, Stream::vesicle_protein, 0, 1);
    std::size_t positive = 0;
    for (std::size_t i = 0; i < some.count; ++i) {
      some.id[positive] = some.id[i];
      some.which[positive] = some.which[i];
      positive += some.uniform[i] < load.positive_fraction ? 1 : 0;
    }
    some.count = positive;
  }
  if (load.sigma > 0) some.draw_normals(noise, Stream::vesicle_protein, 2);
  some.draw_uniforms(noise, Stream::vesicle_protein, 1);
  const double among_positive = load.mean / load.positive_fraction, bias = 0.5 * load.sigma * load.sigma;
  double mean = among_positive, none = pinned::exp(-mean);
  for (std::size_t i = 0; i < some.count; ++i) {
    if (load.sigma > 0) {
      mean = among_positive * pinned::exp(load.sigma * some.normal[i] - bias);
      none = pinned::exp(-mean);
    }
    const std::uint64_t number = mean < kPoissonByInversion
                                     ? poisson_quantile(mean, none, some.uniform[i])
                                     : noise.poisson(mean, Stream::vesicle_protein, some.id[i], 1);
    copies[some.which[i]] = static_cast<std::uint16_t>(std::min(static_cast<double>(number), kLargestCopies));
  }
}

}  // namespace

double stokes_einstein(double diameter, double temperature, double viscosity) {
  constexpr double kSquareMicrometres = 1e12, kMetresPerNanometre = 1e-9;
  return kSquareMicrometres * kBoltzmann * temperature / (3 * kPi * viscosity * diameter * kMetresPerNanometre);
}

double draw_diameter(const VesicleClass& klass, const Noise& noise, AgentId id, double size_bias) {
  return Diameters(klass, size_bias)(noise.four_normals(Stream::vesicle_diameter, id, 0)[0]);
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

void make_vesicles(Vesicles& vesicles, std::size_t first, VesicleClassId klass, const VesicleClass& properties,
                   const Noise& noise, std::span<const AgentId> ids, double size_bias) {
  const Diameters diameters(properties, size_bias);
  Litter some;
  for (; !ids.empty(); first += some.count, ids = ids.subspan(some.count)) {
    some.count = std::min(ids.size(), Litter::kMost);
    std::copy_n(ids.begin(), some.count, some.id.begin());
    const auto fill = [&](auto& column, auto value) { std::fill_n(column.begin() + first, some.count, value); };
    std::copy_n(ids.begin(), some.count, vesicles.id.begin() + first);
    fill(vesicles.host, kNoHost);
    fill(vesicles.state, VesicleState::free);
    fill(vesicles.klass, klass);
    fill(vesicles.cargo, std::uint8_t{1});
    some.draw_normals(noise, Stream::vesicle_diameter);
    some.draw_uniforms(noise, Stream::vesicle_clearance);
    for (std::size_t i = 0; i < some.count; ++i) {
      vesicles.diffusivity[first + i] = static_cast<float>(
          stokes_einstein(diameters(some.normal[i]), properties.temperature, properties.water_viscosity));
      const double life = -pinned::log(some.uniform[i]);
      vesicles.clearance_left[first + i] = static_cast<float>(std::ceil(life / kClearanceQuantum) * kClearanceQuantum);
    }
    for (auto& copies : vesicles.proteins) fill(copies, std::uint16_t{0});
    for (auto& column : vesicles.columns) fill(column, 0.0F);
    for (const ProteinLoad& load : properties.proteins)
      draw_copies(load, noise, ids.first(some.count), &vesicles.proteins[index(load.protein)][first]);
  }
}

void place_vesicle(Vesicles& vesicles, std::size_t v, VesicleClassId klass, const VesicleClass& properties,
                   const Noise& noise, AgentId id, Vec3 position, double size_bias) {
  make_vesicles(vesicles, v, klass, properties, noise, {&id, 1}, size_bias);
  vesicles.x[v] = position.x;
  vesicles.y[v] = position.y;
  vesicles.z[v] = position.z;
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
