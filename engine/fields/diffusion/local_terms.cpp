#include "engine/fields/diffusion/local_terms.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "engine/core/constants.h"
#include "engine/core/pinned_math.h"
#include "engine/fields/lanes.h"
#include "engine/fields/vector_clones.h"

namespace interstice {
namespace {

constexpr double kSmall = 0.1;            ///< below this series are exact to 1e-13
constexpr std::size_t kBlock = 1u << 12;  ///< voxels

}  // namespace

/// Where amounts of a species stand in an exchange.
struct LocalTerms::ExchangeOf {
  ExchangeOf(SpeciesId species, const Exchange& exchange) {
    for (std::uint32_t q = 0; q < exchange.quantities.size(); ++q) {
      const auto& [kind, of] = exchange.quantities[q];
      if (of != index(species)) continue;
      if (kind == Exchange::Kind::secretion) secretion_columns.push_back(q);
      if (kind == Exchange::Kind::clearance) clearance_columns.push_back(q);
      if (kind == Exchange::Kind::capacity) capacity_columns.push_back(q);
    }
    for (const Exchange::Array& array : exchange.arrays) {
      if (array.quantity.of != index(species)) continue;
      if (array.quantity.kind == Exchange::Kind::secretion) secretion_arrays.push_back(array.values.data());
      if (array.quantity.kind == Exchange::Kind::clearance) clearance_arrays.push_back(array.values.data());
    }
  }
  [[nodiscard]] bool everywhere() const { return !secretion_arrays.empty() || !clearance_arrays.empty(); }
  [[nodiscard]] bool anywhere() const {
    return everywhere() || !secretion_columns.empty() || !clearance_columns.empty();
  }

  std::vector<std::uint32_t> secretion_columns, clearance_columns, capacity_columns;
  std::vector<const double*> secretion_arrays, clearance_arrays;
};

namespace {

/// What cells have of some quantities in a place, if there are any, and arrays at a voxel.
double sum(const std::vector<std::uint32_t>& columns, const Exchange& exchange, std::optional<std::size_t> place,
           const std::vector<const double*>& arrays, std::size_t voxel) {
  double total = 0;
  if (place)
    for (const std::uint32_t q : columns) total += exchange.amount(*place, q);
  for (const double* values : arrays) total += values[voxel];
  return total;
}

/// gain <- gain - what the loss takes; returns the sum of that.
INTERSTICE_VECTOR_CLONES double take_run(const FirstOrderLoss& loss, bool no_more, const double* c, std::size_t n,
                                         double* gain) {
  const Lanes zero{};
  Lanes sum{};
  std::size_t i = 0;
  for (; i + kVector <= n; i += kVector) {
    const Lanes now = lanes(c + i), g = lanes(gain + i);
    const Lanes mean = loss.of_now * now + loss.of_gain * g, kept = loss.of_kept * now;
    Lanes taken = mean > kept ? mean : kept;
    taken = taken > zero ? taken : zero;
    if (no_more) taken = taken < now + g ? taken : now + g;
    lanes(gain + i) = g - taken;
    sum += taken;
  }
  double total = (sum[0] + sum[1]) + (sum[2] + sum[3]);
  for (; i < n; ++i) {
    double taken = loss.taken(c[i], gain[i]);
    if (no_more) taken = std::min(taken, c[i] + gain[i]);
    gain[i] -= taken;
    total += taken;
  }
  return total;
}

}  // namespace

double mean_of_decay(double x) {
  if (x >= kSmall) return -pinned::expm1(-x) / x;
  return 1 - x / 2 * (1 - x / 3 * (1 - x / 4 * (1 - x / 5 * (1 - x / 6 * (1 - x / 7 * (1 - x / 8))))));
}

double weight_of_gain(double x) {
  if (x >= kSmall) return (1 / mean_of_decay(x) - 1) / x;
  return 0.5 + x / 12 * (1 - x * x / 60 * (1 - x * x / 42));
}

FirstOrderLoss::FirstOrderLoss(double k_h, double out_h)
    : of_now(k_h / (1 + weight_of_gain(k_h) * k_h)),
      of_gain(weight_of_gain(k_h) * of_now),
      of_kept(k_h * mean_of_decay(k_h + out_h)) {}

double FirstOrderLoss::taken(double c, double gain) const {
  const double mean = of_now * c + of_gain * gain, kept = of_kept * c;
  return std::max(std::max(mean, kept), 0.0);
}

/// What a block of voxels has in store.
struct LocalTerms::Part {
  std::vector<std::uint32_t> voxels;
  std::vector<double> source, uptake, most;
  double secreted = 0, fastest = 0;
};

LocalTerms::Part LocalTerms::find(const ExchangeOf& of, const Exchange& exchange, std::size_t begin, std::size_t end,
                                  std::span<const std::uint8_t> region_of_voxel, std::span<const double> volume) const {
  Part part;
  const auto add = [&](std::size_t voxel, std::optional<std::size_t> place) {
    const double given = sum(of.secretion_columns, exchange, place, of.secretion_arrays, voxel);
    const double cleared = sum(of.clearance_columns, exchange, place, of.clearance_arrays, voxel);
    if (given == 0 && cleared == 0) return;
    const double fluid = volume[region_of_voxel[voxel]];
    part.voxels.push_back(static_cast<std::uint32_t>(voxel));
    part.source.push_back(given / (fluid * kMoleculesPerUmCubedPerMicromolar));
    part.uptake.push_back(cleared / fluid);
    if (Km_ > 0) {
      const double by_models = sum({}, exchange, {}, of.clearance_arrays, voxel) * Km_;
      part.most.push_back((sum(of.capacity_columns, exchange, place, {}, voxel) + by_models) / fluid);
    }
    part.secreted += given;
    if (cleared > 0) part.fastest = std::max(part.fastest, part.uptake.back() + decay_);
  };
  if (!of.everywhere()) {
    for (std::size_t place = begin; place < end; ++place) add(exchange.voxels[place], place);
    return part;
  }
  const auto first = std::ranges::lower_bound(exchange.voxels, static_cast<std::uint32_t>(begin));
  auto place = static_cast<std::size_t>(first - exchange.voxels.begin());
  for (std::size_t v = begin; v < end; ++v) {
    const bool cells = place < exchange.voxels.size() && exchange.voxels[place] == v;
    add(v, cells ? std::optional(place++) : std::nullopt);
  }
  return part;
}

void LocalTerms::load(SpeciesId species, double decay, const Exchange& exchange,
                      std::span<const std::uint8_t> region_of_voxel, std::span<const double> volume,
                      const Threads& threads) {
  decay_ = decay;
  Km_ = exchange.clearance_Km.empty() ? 0 : exchange.clearance_Km[index(species)];
  taken_at_once_ = exchange.taken_at_once.empty() ? 0 : exchange.taken_at_once[index(species)];
  const ExchangeOf of(species, exchange);
  const std::size_t n = of.everywhere() ? region_of_voxel.size() : of.anywhere() ? exchange.voxels.size() : 0;
  std::vector<Part> parts((n + kBlock - 1) / kBlock);
  threads.for_blocks(n, kBlock, [&](std::size_t begin, std::size_t end) {
    parts[begin / kBlock] = find(of, exchange, begin, end, region_of_voxel, volume);
  });
  std::size_t places = 0;
  for (const Part& part : parts) places += part.voxels.size();
  for (auto* list : {&source_, &uptake_, &most_}) list->clear();
  voxels_.clear();
  voxels_.reserve(places), source_.reserve(places), uptake_.reserve(places);
  secreted_ = taken_at_once_;
  fastest_ = 0;
  for (const Part& part : parts) {
    voxels_.insert(voxels_.end(), part.voxels.begin(), part.voxels.end());
    source_.insert(source_.end(), part.source.begin(), part.source.end());
    uptake_.insert(uptake_.end(), part.uptake.begin(), part.uptake.end());
    most_.insert(most_.end(), part.most.begin(), part.most.end());
    secreted_ += part.secreted;
    fastest_ = std::max(fastest_, part.fastest);
  }
}

void LocalTerms::prepare(double h, double out, bool no_more) {
  h_ = h;
  out_h_ = out * h;
  no_more_ = no_more;
  elsewhere_ = FirstOrderLoss(decay_ * h, out_h_);
  weight_.clear();
  if (Km_ > 0) return;
  weight_.reserve(uptake_.size());
  for (const double uptake : uptake_) weight_.push_back(weight_of_gain((decay_ + uptake) * h));
}

Taken LocalTerms::saturable(std::size_t place, double c, double gain) const {
  if (uptake_[place] == 0) return {elsewhere_.taken(c, gain), 0};
  const double kh = decay_ * h_, Vh = most_[place] * h_, Km = most_[place] / uptake_[place];
  const auto mean = [&](double theta) {
    const double all = c + theta * gain, a = 1 + theta * kh, b = a * Km + theta * Vh - all;
    if (all <= 0) return 0.0;
    const double root = std::sqrt(b * b + 4 * a * all * Km);
    return b > 0 ? 2 * all * Km / (b + root) : (root - b) / (2 * a);
  };
  const double x = kh + Vh / (Km + mean(1));
  const double level = std::max(mean(weight_of_gain(x)), std::max(c, 0.0) / (1 + x + out_h_));
  return {kh * level, Vh * level / (Km + level)};
}

Taken LocalTerms::take_at(std::size_t place, double c, double& gain) const {
  gain += h_ * source_[place];
  const double rate = decay_ + uptake_[place];
  Taken taken;
  if (Km_ > 0) {
    taken = saturable(place, c, gain);
  } else if (rate > 0) {
    const double k_h = rate * h_, theta = weight_[place];
    const double mean = (c + theta * gain) / (1 + theta * k_h), kept = c / (1 + k_h + out_h_);
    const double all = k_h * std::max({mean, kept, 0.0});
    taken = {all * (decay_ / rate), all * (uptake_[place] / rate)};
  }
  const double all = taken.decayed + taken.taken_up, there = std::max(0.0, c + gain);
  if (no_more_ && all > there) {
    taken.decayed *= there / all;
    taken.taken_up = there - taken.decayed;
  }
  gain -= taken.decayed + taken.taken_up;
  return taken;
}

double LocalTerms::take_decay(std::size_t first, std::size_t end, const double* c, const Conductance& conductance,
                              double* gain) const {
  if (decay_ == 0) return 0;
  double taken = 0;
  for (std::size_t v = first, next; v < end; v = next) {  // runs of equal volume fraction
    const std::uint8_t kind = conductance.kind(v);
    const double mass = conductance.mass(kind);
    next = conductance.unit_mass() ? end : v + 1;
    while (next < end && conductance.mass(conductance.kind(next)) == mass) ++next;
    if (!conductance.held(kind)) taken += mass * take_run(elsewhere_, no_more_, c + v, next - v, gain + v);
  }
  return taken;
}

Taken LocalTerms::take(std::size_t first, std::size_t end, const double* c, const Conductance& conductance,
                       double* gain) const {
  Taken all;
  std::size_t at = first;
  for (auto v = std::lower_bound(voxels_.begin(), voxels_.end(), first); v != voxels_.end() && *v < end; ++v) {
    all.decayed += take_decay(at, *v, c, conductance, gain);
    at = *v + 1;
    const std::uint8_t kind = conductance.kind(*v);
    if (conductance.held(kind)) continue;  // what is given and taken there does not matter
    const Taken here = take_at(static_cast<std::size_t>(v - voxels_.begin()), c[*v], gain[*v]);
    const double mass = conductance.mass(kind);
    all += {mass * here.decayed, mass * here.taken_up};
  }
  all.decayed += take_decay(at, end, c, conductance, gain);
  return all;
}

}  // namespace interstice
