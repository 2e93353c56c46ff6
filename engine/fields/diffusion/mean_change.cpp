/// @file
/// Stages of a substep in one pass over the grid: where the first is at plane p, stage j is at plane p - j, so that the
/// planes between are written and read in the cache. What blocks of planes need beyond their ends they make again.
#include "engine/fields/diffusion/mean_change.h"

#include <algorithm>

#include "engine/fields/diffusion/hops.h"
#include "engine/fields/field_set.h"

namespace interstice {
namespace {

using Plane = std::ptrdiff_t;  ///< rings and blocks go beyond the ends of the grid

constexpr std::size_t kCache = std::size_t{1} << 19;  ///< [bytes] for the planes between
constexpr std::size_t kMostTogether = 8;
constexpr Plane kSlots = 3;  ///< planes kept of each stage

/// As many numbers rounded up to whole cache lines.
std::size_t whole_lines(std::size_t numbers) {
  constexpr std::size_t line = kAlignment / sizeof(float);
  return (numbers + line - 1) / line * line;
}

/// Zeros: numbers behind closed walls are read and multiplied by 0, which an infinity of before would survive.
template <class Numbers>
auto* scratch(std::size_t size) {
  thread_local Numbers numbers;
  numbers.assign(size, 0);
  return numbers.data();
}

}  // namespace

/// Some consecutive hops; before them, perhaps, the change; after them, perhaps, the finish.
struct MeanChange::Pass {
  const Substep& substep;
  bool open_y = false;              ///< does anything pass the walls of y?
  bool changes = false;             ///< on the way
  const float* from = nullptr;      ///< what the first hop starts from
  float* to = nullptr;              ///< the last hop, or null: the mean is made of it and finished
  std::size_t first = 0, hops = 0;  ///< how many were made before; how many now
};

/// A pass over a block of planes.
class MeanChange::Planes {
 public:
  Planes(MeanChange& m, const Pass& pass)
      : m_(m),
        pass_(pass),
        conductance_(pass.substep.diffusion.conductance()),
        plane_(m.nx_ * m.ny_),
        nz_(static_cast<Plane>(m.nz_)),
        hops_(static_cast<Plane>(pass.hops)),
        ring_(whole_lines(kSlots * plane_ + 2 * m.margin_)),
        rings_(scratch<AlignedFloats>(pass.hops * ring_)),
        means_(pass.to == nullptr ? scratch<AlignedNumbers>(kSlots * plane_ + 2 * VoxelArray::kMargin) : nullptr) {}

  void run(Plane begin, Plane end) {
    const NoSubnormals here;
    const bool finishes = pass_.to == nullptr;
    const Plane stages = (pass_.changes ? 1 : 0) + hops_ + (finishes ? 1 : 0);
    for (Plane front = begin - stages + 1; front < end + stages - 1; ++front) {
      for (Plane stage = 0; stage < stages; ++stage) {
        const Plane p = front - stage, beyond = stages - 1 - stage;
        if (p < begin - beyond || p >= end + beyond || outside(p)) continue;
        const Plane hop = stage - (pass_.changes ? 1 : 0);
        if (hop < 0) {
          change(p);
        } else if (hop < hops_) {
          make(hop, p);
        } else {
          pass_.substep.finish(
              {in_grid(p), mean(p), outside(p - 1) ? nullptr : mean(p - 1), outside(p + 1) ? nullptr : mean(p + 1)});
        }
      }
    }
  }

 private:
  [[nodiscard]] bool outside(Plane p) const { return !conductance_.periodic(2) && (p < 0 || p >= nz_); }
  [[nodiscard]] std::size_t in_grid(Plane p) const {
    return static_cast<std::size_t>(p >= 0 && p < nz_ ? p : (p % nz_ + nz_) % nz_);
  }
  [[nodiscard]] std::size_t slot(Plane p) const {
    return static_cast<std::size_t>(p + kSlots * (hops_ + 2)) % kSlots * plane_;  // no stage is further before plane 0
  }
  [[nodiscard]] float* made(Plane hop, Plane p) const {
    return rings_ + static_cast<std::size_t>(hop) * ring_ + m_.margin_ + slot(p);
  }
  [[nodiscard]] double* mean(Plane p) const { return means_ + VoxelArray::kMargin + slot(p); }
  [[nodiscard]] const float* source(Plane hop, Plane p) const {
    if (outside(p)) return m_.nothing_.data() + m_.margin_;
    return hop == 0 ? pass_.from + in_grid(p) * plane_ : made(hop - 1, p);
  }

  void change(Plane p) {
    const double* c = pass_.substep.c;
    const auto of = [&](Plane q) { return outside(q) ? nullptr : c + in_grid(q) * plane_; };
    pass_.substep.change({in_grid(p), of(p), of(p - 1), of(p + 1)},
                         m_.change_.data() + m_.margin_ + in_grid(p) * plane_);
  }

  void make(Plane hop, Plane p) {
    const Substep& s = pass_.substep;
    const std::size_t k = in_grid(p), nx = m_.nx_, before = pass_.first + static_cast<std::size_t>(hop);
    const std::vector<float>& weights = s.series.weights;
    const float *from = source(hop, p), *nothing = m_.nothing_.data() + m_.margin_;
    const bool ring_y = conductance_.periodic(1), closed_y = !ring_y && !pass_.open_y, last = hop + 1 == hops_;
    float* to = last && pass_.to != nullptr ? pass_.to + k * plane_ : made(hop, p);
    hop_plane({.from = from,
               .z_below = source(hop, p - 1),
               .z_above = source(hop, p + 1),
               .v = m_.change_.data() + m_.margin_ + k * plane_,
               .uptake = s.uptake == nullptr ? nullptr : s.uptake + k * plane_,
               .y_below = closed_y ? nullptr
                          : ring_y ? from + plane_ - nx
                                   : nothing,
               .y_above = closed_y ? nullptr
                          : ring_y ? from
                                   : nothing,
               .ring_x = conductance_.periodic(0),
               .dt = static_cast<float>(s.h / s.series.q),
               .kept = s.series.kept,
               .scale = before == 0 ? weights.back() : 1.0F,
               .weight = weights[weights.size() - 2 - before],
               .nx = nx,
               .ny = m_.ny_},
              s.diffusion.faces<float>(k), to);
    if (!last || pass_.to != nullptr) return;
    add_hops(plane_, s.c + k * plane_, to, mean(p));
  }

  MeanChange& m_;
  const Pass& pass_;
  const Conductance& conductance_;
  std::size_t plane_;
  Plane nz_, hops_;
  std::size_t ring_;
  float* rings_;   ///< of each hop
  double* means_;  ///< a ring
};

MeanChange::MeanChange(const Grid& grid)
    : nx_(static_cast<std::size_t>(grid.nx)),
      ny_(static_cast<std::size_t>(grid.ny)),
      nz_(static_cast<std::size_t>(grid.nz)),
      margin_(whole_lines(grid.voxel_count() <= kSmallGrid ? nx_ * ny_ : nx_ + 1)),
      change_(nx_ * ny_ * nz_ + 2 * margin_),
      one_(change_.size()),
      other_(change_.size()),
      nothing_(nx_ * ny_ + 2 * margin_) {}

/// A small grid stays in the cache and is done as a single plane: calls for planes of some hundred voxels would take
/// longer than what they do.
void MeanChange::run_whole(const Substep& s) {
  const NoSubnormals here;
  const std::size_t plane = nx_ * ny_, voxels = plane * nz_;
  const DiffusionOperator::Whole<float>& whole = s.diffusion.whole<float>();
  const AlignedFloats& walls = s.diffusion.whole_walls();
  const float *change = change_.data() + margin_, *from = change, *lost = walls.empty() ? nullptr : walls.data();
  s.change({.here = s.c, .whole = true}, change_.data() + margin_);
  if (lost != nullptr && s.uptake != nullptr) {
    lost_.resize(voxels);
    for (std::size_t v = 0; v < voxels; ++v) lost_[v] = lost[v] + s.uptake[v];
    lost = lost_.data();
  } else if (lost == nullptr) {
    lost = s.uptake;
  }
  const std::vector<float>& weights = s.series.weights;
  const auto dt = static_cast<float>(s.h / s.series.q);
  for (std::size_t n = 0; n + 1 < weights.size(); ++n) {
    const float scale = n == 0 ? weights.back() : 1.0F;
    float* to = (n % 2 == 0 ? one_ : other_).data() + margin_;
    hop_plane({.from = from,
               .z_below = from - plane,
               .z_above = from + plane,
               .v = change,
               .uptake = lost,
               .dt = dt,
               .kept = s.series.kept,
               .scale = scale,
               .weight = weights[weights.size() - 2 - n],
               .nx = nx_,
               .ny = ny_ * nz_},
              whole.faces, to);
    for (const auto& seam : whole.seams) {
      const float step = scale * dt * (from[seam.last] - from[seam.first]);
      to[seam.first] += seam.into_first * step;
      to[seam.last] -= seam.into_last * step;
    }
    from = to;
  }
  double* u = scratch<AlignedNumbers>(voxels + 2 * VoxelArray::kMargin) + VoxelArray::kMargin;
  add_hops(voxels, s.c, from, u);
  s.finish({.here = u, .whole = true});
}

void MeanChange::run(const Substep& substep, const Threads* threads) {
  if (substep.diffusion.has_whole()) return run_whole(substep);
  const std::size_t plane = nx_ * ny_, hops = substep.series.weights.size() - 1;
  const bool alone = threads == nullptr || threads->count() == 1;
  const auto over = [&](const Pass& pass) {
    if (alone) return Planes(*this, pass).run(0, static_cast<Plane>(nz_));
    const std::size_t grain = std::max<std::size_t>(2 * kMostTogether, (1u << 15) / plane);
    threads->for_blocks(nz_, grain, [&](std::size_t begin, std::size_t end) {
      Planes(*this, pass).run(static_cast<Plane>(begin), static_cast<Plane>(end));
    });
  };
  float* change = change_.data() + margin_;
  const Conductance& g = substep.diffusion.conductance();
  Pass pass{.substep = substep, .open_y = g.wall_total(2) + g.wall_total(3) > 0, .changes = alone, .from = change};
  if (!alone) {  // every plane once
    pass.changes = true, pass.to = change;
    over(pass);
    pass.changes = false;
  }
  const std::size_t most = std::clamp<std::size_t>(kCache / (kSlots * plane * sizeof(float)), 1, kMostTogether),
                    passes = (hops + most - 1) / most;
  for (std::size_t n = 0; n < passes; ++n) {
    pass.hops = (hops - pass.first) / (passes - n);
    pass.to = n + 1 == passes ? nullptr : (n % 2 == 0 ? one_ : other_).data() + margin_;
    over(pass);
    pass.first += pass.hops;
    pass.from = pass.to;
    pass.changes = false;
  }
}

}  // namespace interstice
