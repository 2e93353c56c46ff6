/// @file
/// Stages of a substep in one pass over the grid: where the first is at plane p, stage j is at plane p - j, so that the
/// planes between are written and read in the cache. What blocks of planes need beyond their ends they make again.
#include "engine/fields/diffusion/mean_change.h"

#include <algorithm>
#include <array>
#include <span>

#include "engine/fields/field_set.h"

namespace interstice {
namespace {

using Plane = std::ptrdiff_t;  ///< rings and blocks go beyond the ends of the grid

constexpr std::size_t kCache = std::size_t{9} << 17;  ///< [bytes] for the planes between
constexpr std::size_t kMostTogether = 8;
constexpr Plane kPile = 2;   ///< planes that a stage does together
constexpr Plane kSlots = 4;  ///< planes kept of each stage: a pile and those beside it

/// Planes of a ring lie apart by no multiple of a page, in which case the processor takes reads of one for what was
/// just written to another [numbers].
constexpr std::size_t kStagger = 48;

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
        slot_(whole_lines(plane_) + kStagger),
        ring_(whole_lines(kSlots * slot_ + 2 * m.margin_)),
        rings_(scratch<AlignedFloats>(pass.hops * ring_)),
        means_(pass.to == nullptr ? scratch<AlignedNumbers>(kSlots * plane_ + 2 * VoxelArray::kMargin) : nullptr) {}

  void run(Plane begin, Plane end) {
    const NoSubnormals here;
    const Plane stages = (pass_.changes ? 1 : 0) + hops_ + (pass_.to == nullptr ? 1 : 0);
    for (Plane front = begin - stages + 1; front < end + stages - 1; front += kPile) {
      for (Plane stage = 0; stage < stages; ++stage) {
        const Plane p = front - stage, beyond = stages - 1 - stage;
        const Plane lowest = inside(begin - beyond), highest = inside(end + beyond);
        const Plane first = std::max(p, lowest), last = std::min(p + kPile, highest);
        if (first < last) run_stage(stage, first, last);
      }
    }
  }

 private:
  void run_stage(Plane stage, Plane first, Plane end) {
    const Plane hop = stage - (pass_.changes ? 1 : 0);
    if (hop >= 0 && hop < hops_) return make(hop, first, end);
    for (Plane p = first; p < end; ++p) hop < 0 ? change(p) : finish(p);
  }

  [[nodiscard]] bool outside(Plane p) const { return !conductance_.periodic(2) && (p < 0 || p >= nz_); }
  /// The nearest end of the grid, unless planes are a ring.
  [[nodiscard]] Plane inside(Plane p) const { return conductance_.periodic(2) ? p : std::clamp<Plane>(p, 0, nz_); }
  [[nodiscard]] std::size_t in_grid(Plane p) const {
    return static_cast<std::size_t>(p >= 0 && p < nz_ ? p : (p % nz_ + nz_) % nz_);
  }
  [[nodiscard]] std::size_t slot(Plane p) const {
    return static_cast<std::size_t>(p + kSlots * (hops_ + 2)) % kSlots;  // no stage is further before plane 0
  }
  [[nodiscard]] float* made(Plane hop, Plane p) const {
    return rings_ + static_cast<std::size_t>(hop) * ring_ + m_.margin_ + slot(p) * slot_;
  }
  [[nodiscard]] double* mean(Plane p) const { return means_ + VoxelArray::kMargin + slot(p) * plane_; }
  [[nodiscard]] const float* source(Plane hop, Plane p) const {
    if (outside(p)) return m_.nothing_.data() + m_.margin_;
    return hop == 0 ? pass_.from + in_grid(p) * m_.stride_ : made(hop - 1, p);
  }

  void change(Plane p) {
    const double* c = pass_.substep.c;
    const auto of = [&](Plane q) { return outside(q) ? nullptr : c + in_grid(q) * plane_; };
    pass_.substep.change({in_grid(p), of(p), of(p - 1), of(p + 1)},
                         m_.change_.data() + m_.margin_ + in_grid(p) * m_.stride_);
  }

  void finish(Plane p) {
    const auto of = [&](Plane q) { return outside(q) ? nullptr : mean(q); };
    pass_.substep.finish({in_grid(p), mean(p), of(p - 1), of(p + 1)});
  }

  [[nodiscard]] HopPlane on_its_way(Plane hop, Plane p) const {
    const Substep& s = pass_.substep;
    const std::size_t k = in_grid(p);
    const bool ring_y = conductance_.periodic(1), closed_y = !ring_y && !pass_.open_y,
               kept = hop + 1 == hops_ && pass_.to != nullptr;
    const float *from = source(hop, p), *nothing = m_.nothing_.data() + m_.margin_;
    HopPlane plane{.from = from,
                   .z_below = source(hop, p - 1),
                   .z_above = source(hop, p + 1),
                   .v = m_.change_.data() + m_.margin_ + k * m_.stride_,
                   .uptake = s.uptake == nullptr ? nullptr : s.uptake + k * plane_,
                   .faces = s.diffusion.faces<float>(k),
                   .out = kept ? pass_.to + k * m_.stride_ : made(hop, p)};
    if (!closed_y) {
      plane.y_below = ring_y ? from + plane_ - m_.nx_ : nothing;
      plane.y_above = ring_y ? from : nothing;
    }
    return plane;
  }

  /// Planes [first, end), a pile at most.
  void make(Plane hop, Plane first, Plane end) {
    const Substep& s = pass_.substep;
    std::array<HopPlane, kPile> planes;
    const auto pile = std::span(planes).first(static_cast<std::size_t>(end - first));
    for (Plane p = first; p < end; ++p) planes[static_cast<std::size_t>(p - first)] = on_its_way(hop, p);
    hop_planes(m_.hop(s, pass_.first + static_cast<std::size_t>(hop)), pile);
    if (hop + 1 < hops_ || pass_.to != nullptr) return;
    for (Plane p = first; p < end; ++p) add_hops(plane_, s.c + in_grid(p) * plane_, made(hop, p), mean(p));
  }

  MeanChange& m_;
  const Pass& pass_;
  const Conductance& conductance_;
  std::size_t plane_;
  Plane nz_, hops_;
  std::size_t slot_, ring_;
  float* rings_;   ///< of each hop
  double* means_;  ///< a ring
};

MeanChange::MeanChange(const Grid& grid)
    : nx_(static_cast<std::size_t>(grid.nx)),
      ny_(static_cast<std::size_t>(grid.ny)),
      nz_(static_cast<std::size_t>(grid.nz)),
      margin_(whole_lines(grid.voxel_count() <= kSmallGrid ? nx_ * ny_ : nx_ + 1)),
      stride_(grid.voxel_count() <= kSmallGrid ? nx_ * ny_ : whole_lines(nx_ * ny_)),
      nothing_(nx_ * ny_ + 2 * margin_) {}

/// With margins, made when first asked for.
float* MeanChange::first_voxel(AlignedFloats& field) const {
  field.resize(stride_ * nz_ + 2 * margin_);
  return field.data() + margin_;
}

/// By Horner's rule; `made` hops were made before.
Hop MeanChange::hop(const Substep& s, std::size_t made) const {
  const std::vector<float>& weights = s.series.weights;
  return {.nx = nx_,
          .ny = ny_,
          .ring_x = s.diffusion.conductance().periodic(0),
          .dt = static_cast<float>(s.h / s.series.q),
          .kept = s.series.kept,
          .scale = made == 0 ? weights.back() : 1.0F,
          .weight = weights[weights.size() - 2 - made]};
}

/// A small grid stays in the cache and is done as a single plane: calls for planes of some hundred voxels would take
/// longer than what they do.
void MeanChange::run_whole(const Substep& s) {
  const NoSubnormals here;
  const std::size_t plane = nx_ * ny_, voxels = plane * nz_;
  const DiffusionOperator::Whole<float>& whole = s.diffusion.whole<float>();
  const AlignedFloats& walls = s.diffusion.whole_walls();
  float* change = first_voxel(change_);
  const float *from = change, *lost = walls.empty() ? nullptr : walls.data();
  s.change({.here = s.c, .whole = true}, change);
  if (lost != nullptr && s.uptake != nullptr) {
    lost_.resize(voxels);
    for (std::size_t v = 0; v < voxels; ++v) lost_[v] = lost[v] + s.uptake[v];
    lost = lost_.data();
  } else if (lost == nullptr) {
    lost = s.uptake;
  }
  for (std::size_t n = 0; n + 1 < s.series.weights.size(); ++n) {
    float* to = first_voxel(n % 2 == 0 ? one_ : other_);
    Hop all = hop(s, n);
    all.ny *= nz_;
    hop_planes(all, {{{.from = from,
                       .z_below = from - plane,
                       .z_above = from + plane,
                       .v = change,
                       .uptake = lost,
                       .faces = whole.faces,
                       .out = to}}});
    for (const auto& seam : whole.seams) {
      const float step = all.scale * all.dt * (from[seam.last] - from[seam.first]);
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
  float* change = first_voxel(change_);
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
    pass.to = n + 1 == passes ? nullptr : first_voxel(n % 2 == 0 ? one_ : other_);
    over(pass);
    pass.first += pass.hops;
    pass.from = pass.to;
    pass.changes = false;
  }
}

}  // namespace interstice
