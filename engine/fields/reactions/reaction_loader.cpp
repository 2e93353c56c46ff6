#include "engine/fields/reactions/reaction_loader.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "engine/core/constants.h"
#include "engine/fields/lanes.h"
#include "engine/fields/vector_clones.h"

namespace interstice {
namespace {

/// Sum of a b by four partial sums, whatever the instruction set.
INTERSTICE_VECTOR_CLONES double dot(const double* a, const double* b, std::size_t n) {
  Lanes sum{};
  std::size_t i = 0;
  for (; i + kVector <= n; i += kVector) sum += lanes(a + i) * lanes(b + i);
  double total = (sum[0] + sum[1]) + (sum[2] + sum[3]);
  for (; i < n; ++i) total += a[i] * b[i];
  return total;
}

/// to <- to + scale * values, or without `onto` just scale * values; says whether any value is other than zero.
INTERSTICE_VECTOR_CLONES bool add_scaled(const double* values, const double* scale, bool onto, double* to) {
  auto seen = lanes(values) != Lanes{};
  for (std::size_t w = kVector; w < kBatch; w += kVector) seen |= lanes(values + w) != Lanes{};
  if ((seen[0] | seen[1] | seen[2] | seen[3]) == 0) return false;
  for (std::size_t w = 0; w < kBatch; w += kVector) {
    const Lanes product = lanes(scale + w) * lanes(values + w);
    lanes(to + w) = onto ? lanes(to + w) + product : product;
  }
  return true;
}

/// Sum of volume x share/whole, where there is any whole.
INTERSTICE_VECTOR_CLONES double shared_dot(const double* volume, const double* x, const double* share,
                                           const double* whole, std::size_t n) {
  LaneArray part;
  for (std::size_t w = 0; w < kBatch; w += kVector) {
    const Lanes all = lanes(whole + w);
    lanes(part.data() + w) = lanes(x + w) * (lanes(share + w) / (all > Lanes{} ? all : 1 - Lanes{}));
  }
  return dot(volume, part.data(), n);
}

using Floats = float __attribute__((vector_size(kVector * sizeof(float)), aligned(sizeof(float)), may_alias));

/// source, uptake <- the gains and, relative to c, the losses of a step at these rates; says whether there are any.
INTERSTICE_VECTOR_CLONES std::pair<bool, bool> divide_supply(const float* rate, double dt, const double* c,
                                                             double* source, double* uptake) {
  const Lanes zero{}, least = zero + 1e-200, most = zero + kMostLeaving;
  Lanes comes{}, leaves{};
  for (std::size_t w = 0; w < kBatch; w += kVector) {
    const Floats& four = *reinterpret_cast<const Floats*>(rate + w);
    const Lanes change = dt * __builtin_convertvector(four, Lanes), here = lanes(c + w);
    const Lanes gain = change > zero ? change : zero, loss = change < zero ? -change : zero;
    const Lanes share = loss / (here > least ? here : least);
    lanes(source + w) = gain;
    lanes(uptake + w) = share < most ? share : most;
    comes += gain, leaves += loss;
  }
  const auto any = [](const Lanes& sum) { return (sum[0] + sum[1]) + (sum[2] + sum[3]) > 0; };
  return {any(comes), any(leaves)};
}

/// Position of `wanted` in a list of ids, or its size.
template <class List, class Id>
std::uint32_t position(const List& list, Id wanted) {
  return static_cast<std::uint32_t>(std::find(list.begin(), list.end(), wanted) - list.begin());
}

/// Where a quantity goes in a cluster; not at all when the place is past the end.
std::pair<std::uint32_t, bool> place_of(const Cluster& cluster, const Exchange::Quantity& quantity) {
  if (quantity.kind != Exchange::Kind::copies) {
    const std::uint32_t s = position(cluster.species, SpeciesId{quantity.of});
    return {s, s < cluster.size() && cluster.carried[s] == 0 && quantity.kind != Exchange::Kind::capacity};
  }
  std::uint32_t place = 0;
  for (const Channel& channel : cluster.channels) {
    for (const Channel::Member& member : channel.members) {
      if (member.reaction == quantity.of) return {place, member.per_copy > 0};
      ++place;
    }
  }
  return {place, false};
}

}  // namespace

Intake::Intake(const Cluster& cluster, const Exchange& exchange) {
  for (const Exchange::Array& array : exchange.arrays) {
    const auto [place, here] = place_of(cluster, array.quantity);
    if (here) arrays.push_back({array.quantity.kind, place, array.values.data()});
  }
  for (std::uint32_t q = 0; q < exchange.quantities.size(); ++q) {
    const auto [place, here] = place_of(cluster, exchange.quantities[q]);
    if (here) columns.push_back({exchange.quantities[q].kind, place, q});
  }
  for (std::size_t s = 0; s < cluster.size(); ++s) {
    const bool linear = exchange.clearance_Km.empty() || cluster.carried[s] != 0;
    const double Km = linear ? 0.0 : exchange.clearance_Km[index(cluster.species[s])];
    inverse_uptake_Km.push_back(Km > 0 ? 1 / Km : 0.0);
  }
}

void BatchVoxels::enter(const Medium& medium, std::size_t first_voxel, std::size_t count, double dt) {
  const std::uint8_t* regions = medium.region_of_voxel.data() + first_voxel;
  const bool known = lanes == count && step == dt && std::equal(regions, regions + count, region.begin());
  first = first_voxel;
  if (known) return;
  lanes = count;
  step = dt;
  std::copy_n(regions, lanes, region.begin());
  std::fill(region.begin() + static_cast<std::ptrdiff_t>(lanes), region.end(), region[lanes - 1]);
  double now = 0, clearance = 0, molecule = 0;
  for (std::size_t w = 0; w < kBatch; ++w) {
    if (const double next = medium.volume[region[w]]; next != now) {
      now = next;
      clearance = dt / now;
      molecule = clearance / kMoleculesPerUmCubedPerMicromolar;
    }
    volume[w] = now;
    per_clearance[w] = clearance;
    per_molecule[w] = molecule;
  }
}

void BatchLoader::begin(const Cluster& cluster, const Medium& medium, const Exchange& exchange, double dt) {
  channels_ = cluster.channels.size();
  regions_ = medium.volume.size();
  base_of_region_.clear();
  per_copy_of_region_.clear();
  reads_copies_.clear();
  last_of_.clear();
  for (const Channel& channel : cluster.channels) {
    for (const Channel::Member& member : channel.members) {
      last_of_.push_back(&member == &channel.members.back() ? static_cast<int>(&channel - cluster.channels.data())
                                                            : -1);
      reads_copies_.push_back(member.per_copy > 0);
      const double span = exchange.strength_of(member.reaction) * dt;
      for (std::size_t g = 0; g < regions_; ++g) {
        const double molecules = medium.volume[g] * kMoleculesPerUmCubedPerMicromolar;  // per uM
        base_of_region_.push_back(member.in_region[g] * member.constant * span);
        per_copy_of_region_.push_back(member.in_region[g] * member.per_copy * (span / molecules));
      }
    }
  }
  const std::size_t members = reads_copies_.size();
  for (auto* v : {&base_, &per_copy_, &member_}) v->resize(members);
  has_base_.assign(members, 0);
  member_on_.assign(members, 0);
  region_.fill(0);
  fill_by_region();
}

/// Everything that follows from the regions of the voxels.
void BatchLoader::enter_regions(const BatchVoxels& voxels) {
  if (voxels.region == region_) return;
  region_ = voxels.region;
  fill_by_region();
}

void BatchLoader::fill_by_region() {
  for (std::size_t m = 0; m < base_.size(); ++m) {
    const double *base = &base_of_region_[m * regions_], *per_copy = &per_copy_of_region_[m * regions_];
    has_base_[m] = 0;
    if (std::any_of(base, base + regions_, [](double k) { return k > 0; })) {
      double most = 0;
      for (std::size_t w = 0; w < kBatch; ++w) most = std::max(most, base_[m][w] = base[region_[w]]);
      has_base_[m] = most > 0;
    }
    if (!reads_copies_[m]) continue;
    for (std::size_t w = 0; w < kBatch; ++w) per_copy_[m][w] = per_copy[region_[w]];
  }
}

BatchLoader::Target BatchLoader::target(Exchange::Kind kind, std::uint32_t place, const BatchVoxels& voxels,
                                        ReactionBatch& batch) {
  switch (kind) {
    case Exchange::Kind::secretion:
      return {batch.source[place], voxels.per_molecule, batch.sourced[place]};
    case Exchange::Kind::clearance:
      return {batch.uptake[place], voxels.per_clearance, batch.active[channels_ + place]};
    case Exchange::Kind::capacity:  // of carried species only
    case Exchange::Kind::copies:
      break;
  }
  return {strength(place, batch), per_copy_[place], member_on_[place]};
}

void BatchLoader::add_array(const Intake::Array& array, const BatchVoxels& voxels, ReactionBatch& batch) {
  const Target to = target(array.kind, array.place, voxels, batch);
  LaneArray padded;
  const double* values = array.values + voxels.first;
  fetch_next_batch(values);
  if (voxels.lanes < kBatch) {
    std::copy_n(values, voxels.lanes, padded.data());
    values = padded.data();
  }
  if (add_scaled(values, to.scale.data(), to.on != 0, to.values.data())) to.on = 1;
}

void BatchLoader::sum_members(const Cluster& cluster, ReactionBatch& batch) {
  std::size_t m = 0;
  for (std::size_t r = 0; r < channels_; ++r, ++m) {
    const std::size_t last = m + cluster.channels[r].members.size() - 1;
    batch.active[r] = member_on_[last];
    for (; m < last; ++m) {
      if (member_on_[m] == 0) continue;
      if (batch.active[r] == 0) {
        batch.factor[r] = member_[m];
      } else {
        for (std::size_t w = 0; w < kBatch; w += kVector) lanes(&batch.factor[r][w]) += lanes(&member_[m][w]);
      }
      batch.active[r] = 1;
    }
  }
}

void BatchLoader::load(const Cluster& cluster, const BatchVoxels& voxels, const FieldSet& c, const Exchange& exchange,
                       const Intake& intake, std::span<const std::uint32_t> places,
                       std::span<const std::vector<float>> supply, ReactionBatch& batch) {
  for (std::size_t s = 0; s < cluster.size(); ++s) {
    const double* from = c[cluster.species[s]].data() + voxels.first;
    std::copy_n(from, voxels.lanes, batch.c[s].data());
    fetch_next_batch(from);
    if (voxels.lanes < kBatch) std::fill(batch.c[s].data() + voxels.lanes, batch.c[s].data() + kBatch, 0.0);
    batch.sourced[s] = 0;
    batch.active[channels_ + s] = 0;
    batch.inverse_uptake_Km[s] = intake.inverse_uptake_Km[s];
  }
  enter_regions(voxels);
  for (std::size_t m = 0; m < member_.size(); ++m) {
    member_on_[m] = has_base_[m];
    if (has_base_[m] != 0) strength(m, batch) = base_[m];
  }
  for (const Intake::Array& array : intake.arrays) add_array(array, voxels, batch);
  const std::size_t first_place = places.empty() ? 0 : static_cast<std::size_t>(&places[0] - exchange.voxels.data());
  for (const Intake::Column& column : intake.columns) {
    if (places.empty() || !exchange.anyone_gives(column.column)) continue;
    const Target to = target(column.kind, column.place, voxels, batch);
    for (std::size_t k = 0; k < places.size(); ++k) {
      const double amount = exchange.amount(first_place + k, column.column);
      if (amount == 0) continue;
      if (to.on == 0) to.values = {};
      to.on = 1;
      const std::size_t w = places[k] - voxels.first;
      to.values[w] += to.scale[w] * amount;
    }
  }
  sum_members(cluster, batch);
  const auto channels_on = std::span(batch.active).first(channels_);
  if (supply.empty() || std::ranges::none_of(channels_on, [](std::uint8_t on) { return on != 0; })) return;
  for (std::size_t s = 0; s < cluster.size(); ++s)
    if (cluster.carried[s] != 0) add_supply(s, supply[index(cluster.species[s])].data(), voxels, batch);
}

/// What came comes evenly during the step, what left leaves in proportion to what there is.
void BatchLoader::add_supply(std::size_t species, const float* supply, const BatchVoxels& voxels,
                             ReactionBatch& batch) const {
  const float* rate = supply + voxels.first;
  fetch_next_batch(rate);
  std::array<float, kBatch> padded{};
  if (voxels.lanes < kBatch) {
    std::copy_n(rate, voxels.lanes, padded.data());
    rate = padded.data();
  }
  const auto [comes, leaves] = divide_supply(rate, voxels.step, batch.c[species].data(), batch.source[species].data(),
                                             batch.uptake[species].data());
  batch.sourced[species] = comes;
  batch.active[channels_ + species] = leaves;
}

void BatchLoader::count(const Cluster& cluster, const BatchVoxels& voxels, const ReactionBatch& batch,
                        const Tally& tally) const {
  const double* volume = voxels.volume.data();
  const std::size_t lanes = voxels.lanes;
  const auto weigh = [&](const LaneArray& amount) { return dot(volume, amount.data(), lanes); };
  std::size_t m = 0;
  for (std::size_t r = 0; r < channels_; m += cluster.channels[r].members.size(), ++r) {
    if (batch.active[r] == 0) continue;
    const auto& members = cluster.channels[r].members;
    double left = weigh(batch.extents[r]);  // what the last of them did
    std::size_t last = members.size();
    for (std::size_t k = 0; k < members.size(); ++k) {
      if (member_on_[m + k] == 0) continue;
      if (last < members.size()) {
        const double part =
            shared_dot(volume, batch.extents[r].data(), member_[m + last].data(), batch.factor[r].data(), lanes);
        tally.reacted[members[last].reaction] += part;
        left = std::max(0.0, left - part);
      }
      last = k;
    }
    tally.reacted[members[last].reaction] += left;
  }
  const std::size_t n = cluster.size();
  for (std::size_t s = 0; s < n; ++s) {
    const std::size_t id = index(cluster.species[s]);
    if (cluster.carried[s] != 0) continue;
    if (batch.sourced[s] != 0) tally.secreted[id] += weigh(batch.source[s]);
    if (batch.active[channels_ + s] != 0) tally.taken_up[id] += weigh(batch.extents[channels_ + s]);
    if (batch.active[channels_ + n + s] != 0) tally.decayed[id] += weigh(batch.extents[channels_ + n + s]);
  }
}

}  // namespace interstice
