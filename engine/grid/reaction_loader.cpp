#include "engine/grid/reaction_loader.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "engine/core/constants.h"
#include "engine/grid/lanes.h"
#include "engine/grid/vector_clones.h"

namespace interstice {
namespace {

constexpr std::size_t W = kBatch;

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
  for (std::size_t w = kVector; w < W; w += kVector) seen |= lanes(values + w) != Lanes{};
  if ((seen[0] | seen[1] | seen[2] | seen[3]) == 0) return false;
  for (std::size_t w = 0; w < W; w += kVector) {
    const Lanes product = lanes(scale + w) * lanes(values + w);
    lanes(to + w) = onto ? lanes(to + w) + product : product;
  }
  return true;
}

/// Sum of volume x share/whole, where there is any whole.
INTERSTICE_VECTOR_CLONES double shared_dot(const double* volume, const double* x, const double* share,
                                           const double* whole, std::size_t n) {
  LaneArray part;
  for (std::size_t w = 0; w < W; w += kVector) {
    const Lanes all = lanes(whole + w);
    lanes(part.data() + w) = lanes(x + w) * (lanes(share + w) / (all > Lanes{} ? all : 1 - Lanes{}));
  }
  return dot(volume, part.data(), n);
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
    return {s, s < cluster.size()};
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
  for (const SpeciesId s : cluster.species) {
    const double Km = exchange.clearance_Km.empty() ? 0.0 : exchange.clearance_Km[index(s)];
    inverse_uptake_Km.push_back(Km > 0 ? 1 / Km : 0.0);
  }
}

void BatchLoader::begin(const Cluster& cluster, const Medium&, double dt) {
  dt_ = dt;
  fresh_ = true;
  channels_ = cluster.channels.size();
  std::size_t members = 0;
  for (const Channel& channel : cluster.channels) members += channel.members.size();
  for (auto* v : {&base_, &per_copy_, &member_}) v->resize(members);
  has_base_.assign(members, 0);
  member_on_.assign(members, 0);
}

/// Everything that follows from the regions of the voxels. Lanes past the end count as in the last voxel.
void BatchLoader::enter_regions(const Cluster& cluster, const Medium& medium, const std::uint8_t* regions,
                                std::size_t lanes) {
  if (!fresh_ && std::memcmp(regions, regions_.data(), lanes) == 0) return;
  fresh_ = false;
  std::copy_n(regions, lanes, regions_.begin());
  std::fill(regions_.begin() + static_cast<std::ptrdiff_t>(lanes), regions_.end(), regions[lanes - 1]);
  for (std::size_t w = 0; w < W; ++w) {
    volume_[w] = medium.volume[regions_[w]];
    per_clearance_[w] = dt_ / volume_[w];
    per_molecule_[w] = per_clearance_[w] / kMoleculesPerUmCubedPerMicromolar;
  }
  std::size_t m = 0;
  for (const Channel& channel : cluster.channels) {
    for (const Channel::Member& member : channel.members) {
      has_base_[m] = 0;
      for (std::size_t w = 0; w < W; ++w) {
        const double runs = member.in_region[regions_[w]];
        base_[m][w] = runs * member.constant * dt_;
        per_copy_[m][w] = runs * member.per_copy * per_molecule_[w];
        has_base_[m] |= base_[m][w] > 0;
      }
      ++m;
    }
  }
}

BatchLoader::Target BatchLoader::target(Exchange::Kind kind, std::uint32_t place, ReactionBatch& batch) {
  switch (kind) {
    case Exchange::Kind::secretion:
      return {batch.source[place], per_molecule_, batch.sourced[place]};
    case Exchange::Kind::clearance:
      return {batch.uptake[place], per_clearance_, batch.active[channels_ + place]};
    case Exchange::Kind::copies:
      break;
  }
  return {member_[place], per_copy_[place], member_on_[place]};
}

void BatchLoader::add_array(const Intake::Array& array, std::size_t first, std::size_t lanes, ReactionBatch& batch) {
  const Target to = target(array.kind, array.place, batch);
  LaneArray padded;
  const double* values = array.values + first;
  if (lanes < W) {
    std::copy_n(values, lanes, padded.data());
    values = padded.data();
  }
  if (add_scaled(values, to.scale.data(), to.on != 0, to.values.data())) to.on = 1;
}

void BatchLoader::add_amount(const Intake::Column& column, double amount, std::size_t lane, ReactionBatch& batch) {
  if (amount == 0) return;
  const Target to = target(column.kind, column.place, batch);
  if (to.on == 0) to.values = {};
  to.on = 1;
  to.values[lane] += to.scale[lane] * amount;
}

std::size_t BatchLoader::members_on(std::size_t first, std::size_t count) const {
  return static_cast<std::size_t>(std::count(&member_on_[first], &member_on_[first] + count, std::uint8_t{1}));
}

void BatchLoader::sum_members(const Cluster& cluster, ReactionBatch& batch) {
  std::size_t m = 0;
  for (std::size_t r = 0; r < channels_; ++r) {
    batch.active[r] = 0;
    for (std::size_t k = 0; k < cluster.channels[r].members.size(); ++k, ++m) {
      if (member_on_[m] == 0) continue;
      if (batch.active[r] == 0) {
        batch.factor[r] = member_[m];
      } else {
        for (std::size_t w = 0; w < W; w += kVector) lanes(&batch.factor[r][w]) += lanes(&member_[m][w]);
      }
      batch.active[r] = 1;
    }
  }
}

void BatchLoader::load(const Cluster& cluster, const Medium& medium, const FieldSet& c, const Exchange& exchange,
                       const Intake& intake, std::size_t first, std::size_t lanes,
                       std::span<const std::uint32_t> places, ReactionBatch& batch) {
  enter_regions(cluster, medium, medium.region_of_voxel.data() + first, lanes);
  for (std::size_t s = 0; s < cluster.size(); ++s) {
    std::copy_n(c[cluster.species[s]].data() + first, lanes, batch.c[s].data());
    if (lanes < W) std::fill(batch.c[s].data() + lanes, batch.c[s].data() + W, 0.0);
    batch.sourced[s] = 0;
    batch.active[channels_ + s] = 0;
    batch.inverse_uptake_Km[s] = intake.inverse_uptake_Km[s];
  }
  for (std::size_t m = 0; m < member_.size(); ++m) {
    member_on_[m] = has_base_[m];
    if (has_base_[m] != 0) member_[m] = base_[m];
  }
  for (const Intake::Array& array : intake.arrays) add_array(array, first, lanes, batch);
  const double* amounts = exchange.amounts.data();
  for (const std::uint32_t& voxel : places) {
    const std::size_t row = (&voxel - exchange.voxels.data()) * exchange.quantities.size();
    for (const Intake::Column& column : intake.columns) {
      add_amount(column, amounts[row + column.column], voxel - first, batch);
    }
  }
  sum_members(cluster, batch);
}

void BatchLoader::count(const Cluster& cluster, std::size_t lanes, const ReactionBatch& batch,
                        const Tally& tally) const {
  const auto weigh = [&](const LaneArray& amount) { return dot(volume_.data(), amount.data(), lanes); };
  std::size_t m = 0;
  for (std::size_t r = 0; r < channels_; m += cluster.channels[r].members.size(), ++r) {
    if (batch.active[r] == 0) continue;
    const auto& members = cluster.channels[r].members;
    const bool shared = members_on(m, members.size()) > 1;
    for (std::size_t k = 0; k < members.size(); ++k) {
      if (member_on_[m + k] == 0) continue;
      tally.reacted[members[k].reaction] += shared ? shared_dot(volume_.data(), batch.extents[r].data(),
                                                                member_[m + k].data(), batch.factor[r].data(), lanes)
                                                   : weigh(batch.extents[r]);
    }
  }
  const std::size_t n = cluster.size();
  for (std::size_t s = 0; s < n; ++s) {
    const std::size_t id = index(cluster.species[s]);
    if (batch.sourced[s] != 0) tally.secreted[id] += weigh(batch.source[s]);
    if (batch.active[channels_ + s] != 0) tally.cleared[id] += weigh(batch.extents[channels_ + s]);
    if (batch.active[channels_ + n + s] != 0) tally.decayed[id] += weigh(batch.extents[channels_ + n + s]);
  }
}

}  // namespace interstice
