#include "engine/fields/diffusion/local_terms.h"

#include <algorithm>
#include <array>
#include <cmath>

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
  ExchangeOf(SpeciesId species, const Exchange& exchange_) : exchange(exchange_) {
    for (std::uint32_t q = 0; q < exchange.quantities.size(); ++q) {
      const auto& [kind, of] = exchange.quantities[q];
      if (of != index(species) || kind == Exchange::Kind::copies || !exchange.anyone_gives(q)) continue;
      columns.push_back({q, static_cast<std::size_t>(kind), exchange.spread[q] != 0});
    }
    for (const Exchange::Array& array : exchange.arrays) {
      if (array.quantity.of != index(species)) continue;
      if (array.quantity.kind == Exchange::Kind::secretion) secretion_arrays.push_back(array.values.data());
      if (array.quantity.kind == Exchange::Kind::clearance) clearance_arrays.push_back(array.values.data());
    }
  }
  [[nodiscard]] bool everywhere() const { return !secretion_arrays.empty() || !clearance_arrays.empty(); }
  [[nodiscard]] bool anywhere() const { return everywhere() || !columns.empty(); }

  /// What cells give and take in a place, by Exchange::Kind.
  [[nodiscard]] std::array<double, 3> of_cells(std::size_t place) const {
    std::array<double, 3> sum{};
    const std::size_t width = exchange.quantities.size();
    for (std::size_t k = exchange.first[place]; k < exchange.first[place + 1]; ++k) {
      const Exchange::Share& share = exchange.shares[k];
      const double* given = exchange.given.data() + std::size_t{share.cell} * width;
      const double weight = share.parts / Exchange::Share::kWhole, centre = share.centre;
      for (const Column& column : columns)
        sum[column.kind] += (column.spread ? weight : centre) * given[column.quantity];
    }
    return sum;
  }

  struct Column {
    std::uint32_t quantity;
    std::size_t kind;
    bool spread;
  };
  const Exchange& exchange;
  std::vector<Column> columns;
  std::vector<const double*> secretion_arrays, clearance_arrays;
};

namespace {

double sum_at(const std::vector<const double*>& arrays, std::size_t voxel) {
  double sum = 0;
  for (const double* values : arrays) sum += values[voxel];
  return sum;
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
  return 0.5 + x * (1.0 / 12) * (1 - x * x * (1.0 / 60) * (1 - x * x * (1.0 / 42)));
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

LocalTerms::Part LocalTerms::find(const ExchangeOf& of, std::size_t begin, std::size_t end,
                                  std::span<const std::uint8_t> region_of_voxel, std::span<const double> volume) const {
  Part part;
  const Exchange& exchange = of.exchange;
  const auto add = [&](std::size_t voxel, std::array<double, 3> cells) {
    const auto [secreted, taken_up, capacity] = cells;
    const double by_models = sum_at(of.clearance_arrays, voxel);
    const double given = secreted + sum_at(of.secretion_arrays, voxel), cleared = taken_up + by_models;
    if (given == 0 && cleared == 0) return;
    const double fluid = volume[region_of_voxel[voxel]];
    part.voxels.push_back(static_cast<std::uint32_t>(voxel));
    part.source.push_back(given / (fluid * kMoleculesPerUmCubedPerMicromolar));
    part.uptake.push_back(cleared / fluid);
    if (Km_ > 0) part.most.push_back((capacity + by_models * Km_) / fluid);
    part.secreted += given;
    if (cleared > 0) part.fastest = std::max(part.fastest, part.uptake.back() + decay_);
  };
  if (!of.everywhere()) {
    for (std::size_t place = begin; place < end; ++place) add(exchange.voxels[place], of.of_cells(place));
    return part;
  }
  const auto first = std::ranges::lower_bound(exchange.voxels, static_cast<std::uint32_t>(begin));
  auto place = static_cast<std::size_t>(first - exchange.voxels.begin());
  for (std::size_t v = begin; v < end; ++v) {
    const bool cells = place < exchange.voxels.size() && exchange.voxels[place] == v;
    add(v, cells ? of.of_cells(place++) : std::array<double, 3>{});
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
    parts[begin / kBlock] = find(of, begin, end, region_of_voxel, volume);
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
  losses_.clear();
  if (Km_ > 0) return;
  losses_.reserve(uptake_.size());
  for (const double uptake : uptake_) {
    const double k_h = (decay_ + uptake) * h, theta = weight_of_gain(k_h);
    FirstOrderLoss loss;
    loss.of_now = k_h / (1 + theta * k_h);
    loss.of_gain = theta * loss.of_now;
    loss.of_kept = k_h / (1 + k_h + out_h_);
    losses_.push_back(loss);
  }
}

Taken LocalTerms::saturable(std::size_t place, double c, double gain) const {
  const double uptake = uptake_[place], most = most_[place];
  if (uptake == 0 || most == 0) return {elsewhere_.taken(c, gain), 0};
  const double kh = decay_ * h_, Vh = most * h_, Km = most / uptake, there = std::max(c, 0.0);
  const double x = kh + Vh / (Km + there), theta = weight_of_gain(x);
  // The level at which losses at that level leave it: a level^2 + b level = all Km.
  const double all = c + theta * gain, a = 1 + theta * kh, b = a * Km + theta * Vh - all;
  double level = there / (1 + x + out_h_);
  if (all > 0) {
    const double root = std::sqrt(b * b + 4 * a * all * Km);
    level = std::max(level, b > 0 ? 2 * all * Km / (b + root) : (root - b) / (2 * a));
  }
  return {kh * level, Vh * level / (Km + level)};
}

Taken LocalTerms::take_at(std::size_t place, double c, double& gain) const {
  gain += h_ * source_[place];
  const double rate = decay_ + uptake_[place];
  Taken taken;
  if (Km_ > 0) {
    taken = saturable(place, c, gain);
  } else if (rate > 0) {
    const double all = losses_[place].taken(c, gain);
    taken.decayed = decay_ > 0 ? all * (decay_ / rate) : 0;
    taken.taken_up = all - taken.decayed;
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
