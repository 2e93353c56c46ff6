#include "engine/fields/diffusion/local_terms.h"

#include <algorithm>
#include <array>

#include "engine/core/constants.h"

namespace interstice {
namespace {

constexpr std::size_t kBlock = 512;  ///< voxels

}  // namespace

/// Where amounts of a species stand in an exchange.
struct LocalTerms::ExchangeOf {
  ExchangeOf(SpeciesId species, const Exchange& exchange_) : exchange(exchange_) {
    for (std::uint32_t q = 0; q < exchange.quantities.size(); ++q) {
      const auto& [kind, of] = exchange.quantities[q];
      if (of != index(species) || kind == Exchange::Kind::copies || !exchange.anyone_gives(q)) continue;
      columns[static_cast<std::size_t>(kind)] = {q, true};
    }
    for (const Exchange::Array& array : exchange.arrays) {
      if (array.quantity.of != index(species)) continue;
      if (array.quantity.kind == Exchange::Kind::secretion) secretion_arrays.push_back(array.values.data());
      if (array.quantity.kind == Exchange::Kind::clearance) clearance_arrays.push_back(array.values.data());
    }
  }
  [[nodiscard]] bool everywhere() const { return !secretion_arrays.empty() || !clearance_arrays.empty(); }
  [[nodiscard]] bool anywhere() const {
    return everywhere() || std::ranges::any_of(columns, [](const Column& column) { return column.given; });
  }

  /// What cells give and take in a place, by Exchange::Kind.
  [[nodiscard]] std::array<double, 3> of_cells(std::size_t place) const {
    return {sum(columns[0], place), sum(columns[1], place), sum(columns[2], place)};
  }

  /// Of the cells, one quantity per kind.
  struct Column {
    std::uint32_t quantity = 0;
    bool given = false;
  };
  [[nodiscard]] double sum(const Column& column, std::size_t place) const {
    return column.given ? exchange.amount(place, column.quantity) : 0;
  }
  const Exchange& exchange;
  std::array<Column, 3> columns;
  std::vector<const double*> secretion_arrays, clearance_arrays;
};

namespace {

double sum_at(const std::vector<const double*>& arrays, std::size_t voxel) {
  double sum = 0;
  for (const double* values : arrays) sum += values[voxel];
  return sum;
}

}  // namespace

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
    part.fastest = std::max(part.fastest, part.uptake.back());
  };
  const auto first = std::ranges::lower_bound(exchange.voxels, static_cast<std::uint32_t>(begin));
  auto place = static_cast<std::size_t>(first - exchange.voxels.begin());
  if (!of.everywhere()) {
    for (; place < exchange.voxels.size() && exchange.voxels[place] < end; ++place)
      add(exchange.voxels[place], of.of_cells(place));
    return part;
  }
  for (std::size_t v = begin; v < end; ++v) {
    const bool cells = place < exchange.voxels.size() && exchange.voxels[place] == v;
    add(v, cells ? of.of_cells(place++) : std::array<double, 3>{});
  }
  return part;
}

void LocalTerms::load(SpeciesId species, double decay, const Exchange& exchange,
                      std::span<const std::uint8_t> region_of_voxel, std::span<const double> volume,
                      const Granules& granules, const Threads& threads) {
  decay_ = decay;
  Km_ = exchange.clearance_Km.empty() ? 0 : exchange.clearance_Km[index(species)];
  taken_at_once_ = exchange.taken_at_once.empty() ? 0 : exchange.taken_at_once[index(species)];
  const ExchangeOf of(species, exchange);
  std::vector<Part> parts(of.anywhere() ? granules.size() : 0);
  threads.for_blocks(parts.size(), 1, [&](std::size_t g, std::size_t) {
    parts[g] = find(of, granules.first(g), granules.first(g + 1), region_of_voxel, volume);
  });
  std::size_t places = 0;
  for (const Part& part : parts) places += part.voxels.size();
  for (const std::uint32_t voxel : voxels_)
    if (!linear_uptake_.empty()) linear_uptake_[voxel] = 0;
  for (auto* list : {&source_, &uptake_, &most_}) list->clear();
  voxels_.clear();
  voxels_.reserve(places), source_.reserve(places), uptake_.reserve(places);
  if (Km_ > 0) most_.reserve(places);
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
  if (fastest_ > 0) linear_uptake_.resize(region_of_voxel.size());
}

void LocalTerms::linearise(const double* c, std::size_t first, std::size_t end) {
  if (fastest_ == 0) return;
  auto place = static_cast<std::size_t>(std::ranges::lower_bound(voxels_, first) - voxels_.begin());
  for (; place < voxels_.size() && voxels_[place] < end; ++place) {
    double k = uptake_[place];
    if (saturates() && k > 0) {
      const double Km = most_[place] / k, there = Km + c[voxels_[place]];
      k = most_[place] > 0 ? most_[place] * Km / (there * there) : 0;
    }
    linear_uptake_[voxels_[place]] = static_cast<float>(k);
  }
}

/// What voxels of a block are given and take up, one after the other.
struct LocalTerms::Block {
  const double *source = nullptr, *uptake = nullptr, *most = nullptr;

  [[nodiscard]] Block from(std::size_t n) const {
    if (source == nullptr) return {};
    return {source + n, uptake + n, most == nullptr ? nullptr : most + n};
  }
};

/// Of voxels [first, end), at most kBlock, with those places. Taking voxels and places in turn would take far longer.
LocalTerms::Block LocalTerms::spread(std::size_t first, std::size_t end, std::size_t place, std::size_t places) const {
  thread_local std::array<std::array<double, kBlock>, 3> there;
  const bool all = places == end - first;
  const auto list = [&](const std::vector<double>& values, std::array<double, kBlock>& by_voxel) -> const double* {
    if (values.empty() || all) return values.empty() ? nullptr : &values[place];
    std::fill_n(by_voxel.begin(), end - first, 0.0);
    for (std::size_t n = place; n < place + places; ++n) by_voxel[voxels_[n] - first] = values[n];
    return by_voxel.data();
  };
  return {list(source_, there[0]), list(uptake_, there[1]), list(most_, there[2])};
}

/// Voxels [first, end), by runs of one kind, or of like ones.
void LocalTerms::take_block(const Substep& step, std::size_t first, std::size_t end, const Block& block,
                            const Conductance& conductance, Lost& all) const {
  for (std::size_t v = first, next; v < end; v = next) {
    const std::uint8_t kind = conductance.kind(v);
    next = conductance.alike() ? end : v + 1;
    while (next < end && conductance.kind(next) == kind) ++next;
    const std::size_t at = v - step.first;
    const bool held = conductance.held(kind);  // what is held is not changed
    const Block here = held ? Block() : block.from(v - first);
    const Lost lost = take_losses(step.rule, step.h, held ? 0 : decay_,
                                  {.n = next - v,
                                   .source = here.source,
                                   .uptake = here.uptake,
                                   .most = here.most,
                                   .c = step.c + v,
                                   .mean = step.mean + at,
                                   .gain = step.gain + at,
                                   .change = step.change == nullptr ? nullptr : step.change + at,
                                   .to = step.to == nullptr ? nullptr : step.to + at});
    const double mass = conductance.mass(kind);
    all.taken += {mass * lost.taken.decayed, mass * lost.taken.taken_up};
    all.negative |= lost.negative;
  }
}

Lost LocalTerms::take(const Substep& step, const Conductance& conductance) const {
  Lost all;
  auto place = static_cast<std::size_t>(std::ranges::lower_bound(voxels_, step.first) - voxels_.begin());
  for (std::size_t at = step.first, end; at < step.end; at = end) {
    const std::size_t next = place < voxels_.size() ? std::min<std::size_t>(voxels_[place], step.end) : step.end;
    if (next > at) {
      take_block(step, at, end = next, {}, conductance, all);
    } else {
      end = std::min(at + kBlock, step.end);
      std::size_t places = 0;
      while (place + places < voxels_.size() && voxels_[place + places] < end) ++places;
      take_block(step, at, end, spread(at, end, place, places), conductance, all);
      place += places;
    }
  }
  return all;
}

}  // namespace interstice
