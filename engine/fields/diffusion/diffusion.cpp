/// @file
/// An exponential step (exponential Rosenbrock-Euler; Hochbruck and Ostermann, Acta Numerica 19, 2010) per species and
/// substep h, written for the mean concentration u in it:
///
///   v  = h rate(c),   u = c + phi2(h J) v,   c <- c + h rate(u),
///   rate(c) = L c + source - losses(c) + what reacted per second,   phi2(y) = (e^y - 1 - y)/y^2,
///
/// L the unsplit conservative operator, J = L less what the losses are linear in. For linear losses this is exact in
/// time, whatever lies beside what, but for the reservoirs of large grids; its fixed point is that of rate(c) = 0
/// whatever h; and c changes by fluxes between neighbours, so that nothing is lost. phi2 is a series of hops between
/// neighbours, all of whose elements are positive (hop_series.h), made in single precision (mean_change.h).
///
/// Positivity. What was spilled, secreted or taken up stays positive. What reacted may not be there at every moment of
/// the interval: if a value of a species ends negative, its interval is done again with forward Euler at steps short
/// enough for every voxel to keep a tenth of its contents; what reacted is then lost at the start (the reaction stage
/// leaves nothing negative, or the caller refuses negative values and reacts anew) and gains are spread evenly.
#include "engine/fields/diffusion/diffusion.h"

#include <algorithm>
#include <atomic>
#include <cassert>

#include "engine/core/constants.h"
#include "engine/core/simd_targets.h"
#include "engine/fields/diffusion/diffusion_walls.h"
#include "engine/fields/diffusion/hop_series.h"
#include "engine/fields/diffusion/mean_change.h"
#include "engine/fields/diffusion/plane_rates.h"

namespace interstice {
namespace {

constexpr std::size_t kSupplyBlock = 4096;  ///< voxels

/// Runs body over all of [0, n), in blocks on the threads if there are any.
template <class Body>
void over(std::size_t n, std::size_t grain, const Threads* threads, const Body& body) {
  if (threads == nullptr) {
    body(std::size_t{0}, n);
  } else {
    threads->for_blocks(n, grain, body);
  }
}

/// What a species needs on its way.
struct Buffer {
  VoxelArray now, next;  ///< concentration after a substep; made when first asked for
  MeanChange mean;
  WallExchange walls;
  std::vector<Taken> taken;  ///< per plane

  /// Before a substep that writes to `next`; the first of an interval does not read `now`.
  void make_next(std::size_t voxels, bool first) {
    if (first && next.size() == 0) std::swap(now, next);
    if (next.size() == 0) next = VoxelArray(voxels);
  }
};

/// How an interval of a species is cut.
struct Cut {
  int substeps = 1;
  double dt = 0;                   ///< of a substep [s]
  bool positive = false;           ///< forward Euler at once
  double lost = -1, decayed = -1;  ///< that the series is for
  HopSeries series;
};

/// One species on its way through an interval.
struct Flight {
  std::size_t species;
  const Plan& plan;
  const Cut& cut;
  LocalTerms& terms;
  Buffer& b;
  const Threads* threads;  ///< none: in the caller

  [[nodiscard]] PlaneRates rates(const Grid& grid, const LocalChange& change) const {
    return {grid, plan, terms, change, b.walls};
  }
};

/// The supply of the species <- what came to c besides what reacted, per second.
void find_supply(const Flight& f, const DiffusionSolver::Interval& interval, const VoxelArray& c,
                 const VoxelArray& reacted) {
  if (interval.supply.empty()) return;
  std::vector<float>& supply = interval.supply[f.species];
  const double *after = c.data(), *before = reacted.data();
  over(supply.size(), kSupplyBlock, f.threads, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) supply[i] = static_cast<float>((after[i] - before[i]) / interval.dt);
  });
}

}  // namespace

struct DiffusionSolver::Impl {
  Impl(const Grid& g, const RegionMap& regions, std::span<const Species> species,
       std::span<const Reservoir> reservoirs);

  void cut_interval(std::size_t s, const Interval& interval, LocalTerms& terms, const Threads& threads);
  bool run(const Flight& f, const Interval& interval, VoxelArray& c, VoxelArray& reacted,
           std::span<ReservoirState> reservoirs, Budget& budget) const;
  void book(const Flight& f, double dt, Budget& budget) const;
  bool at_rest(const Flight& f, std::span<const double> c, std::span<const double> reacted) const;
  bool by_series(const Flight& f, const LocalChange& change) const;
  void positive(const Flight& f, double dt, std::span<const double> c, std::span<const double> reacted,
                int steps) const;
  bool advance(const Flight& f, const LocalChange& change, LossRule rule, double h, const double* c, const RowsOf& mean,
               double* to) const;

  Grid grid;
  std::size_t nx, ny, nz;
  std::span<const std::uint8_t> region_of_voxel;
  std::vector<double> fluid;  ///< in a voxel, per region [um^3]
  std::vector<std::unique_ptr<DiffusionOperator>> operators;
  std::vector<Plan> plans;
  std::vector<Cut> cuts;
  std::vector<LocalTerms> terms;  ///< per buffer
  std::vector<Buffer> buffers;
};

DiffusionSolver::Impl::Impl(const Grid& g, const RegionMap& regions, std::span<const Species> species,
                            std::span<const Reservoir> reservoirs)
    : grid(g),
      nx(static_cast<std::size_t>(g.nx)),
      ny(static_cast<std::size_t>(g.ny)),
      nz(static_cast<std::size_t>(g.nz)),
      region_of_voxel(regions.of_voxel),
      cuts(species.size()) {
  require_fused_multiply_add();
  for (const Region& region : regions.regions) fluid.push_back(region.volume_fraction * g.voxel_volume());
  std::vector<std::size_t> owner;  // first species of each operator
  for (std::size_t s = 0; s < species.size(); ++s) {
    const DiffusionOperator* diffusion = nullptr;
    if (species[s].diffuses()) {
      for (std::size_t k = 0; k < owner.size(); ++k) {
        if (same_operator(species[owner[k]], species[s])) diffusion = operators[k].get();
      }
      if (diffusion == nullptr) {
        owner.push_back(s);
        auto conductance = std::make_unique<Conductance>(g, regions, species[s]);
        diffusion = operators.emplace_back(std::make_unique<DiffusionOperator>(std::move(conductance))).get();
      }
    }
    plans.push_back(make_plan(species[s], reservoirs, diffusion));
  }
  buffers.resize(grid.voxel_count() <= kSmallGrid ? species.size() : std::min<std::size_t>(1, species.size()));
  terms.resize(buffers.size());
  for (Buffer& b : buffers) {
    b.mean = MeanChange(grid);
    b.walls = WallExchange(grid, reservoirs.size());
  }
}

/// A plane of `to` <- c + what it gains in h [s] at the mean concentration. True if a number turned out negative.
bool DiffusionSolver::Impl::advance(const Flight& f, const LocalChange& change, LossRule rule, double h,
                                    const double* c, const RowsOf& mean, double* to) const {
  if (!mean.whole) f.b.walls.book(f.plan, h, mean.k, mean.here, mean.first_row, mean.end_row);
  const Lost lost = f.rates(grid, change).change(mean, {.rule = rule, .h = h, .c = c, .to = to + mean.k * nx * ny});
  f.b.taken[mean.k] += lost.taken;
  return lost.negative;
}

/// From change.before to b.now. True if nothing ended negative.
bool DiffusionSolver::Impl::by_series(const Flight& f, const LocalChange& change) const {
  Buffer& b = f.b;
  const double h = f.cut.dt;
  const LocalChange reacted = change.after == nullptr ? LocalChange() : change;
  std::atomic<bool> negative{false};
  b.taken.assign(nz, {});
  for (int n = 0; n < f.cut.substeps; ++n) {
    b.make_next(grid.voxel_count(), n == 0);
    const double* c = n == 0 ? change.before : b.now.data();
    negative = false;
    b.walls.open(f.plan);
    b.mean.run({.plan = f.plan,
                .walls = b.walls,
                .series = f.cut.series,
                .h = h,
                .c = c,
                .uptake = f.terms.linear_uptake(),
                .change =
                    [&](const RowsOf& here, float* v) {
                      static_cast<void>(f.rates(grid, reacted).change(here, {.h = h, .c = c, .change = v}));
                      const std::size_t plane = here.k * nx * ny;
                      f.terms.linearise(c, plane + here.first_row * nx,
                                        here.whole ? nx * ny * nz : plane + here.end_row * nx);
                    },
                .finish =
                    [&](const RowsOf& mean) {
                      if (advance(f, reacted, LossRule::bounded, h, c, mean, b.next.data())) negative = true;
                    }},
               f.threads);
    b.walls.close(f.plan);
    std::swap(b.now, b.next);
  }
  return !negative && !b.walls.any_reservoir_negative();
}

/// Forward Euler, `steps` in dt: what reacted is lost at the start, gains are spread over the steps.
void DiffusionSolver::Impl::positive(const Flight& f, double dt, std::span<const double> c,
                                     std::span<const double> reacted, int steps) const {
  Buffer& b = f.b;
  b.taken.assign(nz, {});
  std::vector<double> most(c.begin(), c.end());
  b.make_next(grid.voxel_count(), true);
  if (b.now.size() == 0) b.now = VoxelArray(grid.voxel_count());
  std::copy(c.begin(), c.end(), b.now.data());
  for (std::size_t i = 0; i < reacted.size(); ++i) {
    b.now.data()[i] = std::min(c[i], reacted[i]);
    most[i] = std::max(c[i], reacted[i]);
  }
  const LocalChange gains{c.data(), most.data(), 1.0 / steps};
  const Conductance& conductance = f.plan.diffusion->conductance();
  for (int step = 0; step < steps; ++step) {
    const double* now = b.now.data();
    b.walls.open(f.plan);
    over(nz, 1, f.threads, [&](std::size_t begin, std::size_t end) {
      for (std::size_t k = begin; k < end; ++k)
        advance(f, gains, LossRule::implicit, dt / steps, now, rows_of(now, conductance, k, 0, ny), b.next.data());
    });
    b.walls.close(f.plan);
    std::swap(b.now, b.next);
  }
}

/// Is this species level, in balance with what lies beyond its walls, and is nothing made or used? Then a step would
/// change no bit.
bool DiffusionSolver::Impl::at_rest(const Flight& f, std::span<const double> c, std::span<const double> reacted) const {
  const double level = c[0];
  if (f.terms.anywhere() || (f.plan.decay > 0 && level != 0)) return false;
  for (const Wall& wall : f.plan.walls) {
    if (wall.open && f.b.walls.outside(wall) != level) return false;
  }
  if (f.b.walls.any_reservoir_changes(f.plan)) return false;
  const auto is_level = [level](double x) { return x == level; };
  return std::ranges::all_of(c, is_level) && std::ranges::all_of(reacted, is_level);
}

void DiffusionSolver::Impl::book(const Flight& f, double dt, Budget& budget) const {
  const double molecules = f.plan.diffusion->conductance().flux_volume() * kMoleculesPerUmCubedPerMicromolar;
  Taken all;
  for (const Taken& part : f.b.taken) all += part;
  budget.secreted[f.species] += f.terms.secreted() * dt;
  budget.decayed[f.species] += all.decayed * molecules + f.b.walls.decayed(f.plan);
  budget.taken_up[f.species] += all.taken_up * molecules + f.terms.taken_at_once() * dt;
  budget.through_boundary[f.species] += f.b.walls.inflow(f.plan);
}

/// False, and nothing has changed, where the interval was refused.
bool DiffusionSolver::Impl::run(const Flight& f, const Interval& interval, VoxelArray& c, VoxelArray& reacted,
                                std::span<ReservoirState> reservoirs, Budget& budget) const {
  const std::span<const ReservoirState> to = interval.reacted_reservoirs;
  const bool reacts = reacted.size() > 0;
  WallExchange& walls = f.b.walls;
  walls.load(f.plan, f.species, reservoirs, to, f.cut.substeps, f.cut.dt);
  if (f.plan.diffusion == nullptr) {
    std::swap(c, reacted);
  } else if (!at_rest(f, c.values(), reacted.values())) {
    if (f.cut.positive || !by_series(f, {c.data(), reacts ? reacted.data() : nullptr, 1.0 / f.cut.substeps})) {
      if (interval.refuse_negative) return false;
      const int steps = positive_substeps(f.plan, interval.dt);
      walls.load_gains(f.plan, f.species, reservoirs, to, steps, interval.dt / steps);
      positive(f, interval.dt, c.values(), reacted.values(), steps);
    }
    std::swap(c, f.b.now);
    book(f, interval.dt, budget);
    if (reacts) {
      find_supply(f, interval, c, reacted);
      std::swap(reacted, f.b.now);
    }
  } else if (reacts) {
    find_supply(f, interval, c, reacted);
  }
  for (std::size_t r = 0; r < reservoirs.size(); ++r) {
    const double now = walls.reservoir(r);
    if (f.plan.diffusion != nullptr && reacts)
      reservoirs[r].supply[f.species] = (now - to[r].concentration[f.species]) / interval.dt;
    reservoirs[r].concentration[f.species] = now;
  }
  return true;
}

/// What the interval has in store for a species, and into how many substeps it is cut therefore.
void DiffusionSolver::Impl::cut_interval(std::size_t s, const Interval& interval, LocalTerms& terms,
                                         const Threads& threads) {
  const Plan& plan = plans[s];
  if (plan.diffusion == nullptr) return;
  terms.load(static_cast<SpeciesId>(s), plan.decay, interval.exchange, region_of_voxel, fluid, Granules(grid), threads);
  Cut& cut = cuts[s];
  cut.substeps = series_substeps(plan, interval.dt, terms.fastest(), terms.saturates());
  cut.dt = interval.dt / cut.substeps;
  cut.positive = too_fast_for_series(interval.dt, terms.fastest());
  const double lost = cut.dt * fastest_hops(plan, terms.fastest());
  const double decayed = cut.dt * plan.decay;
  if (cut.positive || (lost == cut.lost && decayed == cut.decayed)) return;
  cut.lost = lost, cut.decayed = decayed;
  cut.series = hop_series(lost, decayed);
}

DiffusionSolver::DiffusionSolver(const Grid& grid, const RegionMap& regions, std::span<const Species> species,
                                 std::span<const Reservoir> reservoirs)
    : impl_(std::make_unique<Impl>(grid, regions, species, reservoirs)) {}
DiffusionSolver::~DiffusionSolver() = default;
DiffusionSolver::DiffusionSolver(DiffusionSolver&&) noexcept = default;
DiffusionSolver& DiffusionSolver::operator=(DiffusionSolver&&) noexcept = default;

int DiffusionSolver::substeps(SpeciesId species, double dt) const {
  return series_substeps(impl_->plans[index(species)], dt, 0, false);
}

std::vector<std::uint8_t> DiffusionSolver::diffuse(std::span<const SpeciesId> which, const Interval& interval,
                                                   FieldSet& c, FieldSet& reacted, std::span<ReservoirState> reservoirs,
                                                   Budget& budget, const Threads& threads) {
  Impl& m = *impl_;
  assert(c.species_count() == m.plans.size() && reservoirs.size() == interval.reacted_reservoirs.size());
  std::vector<std::uint8_t> advanced(which.size());
  const auto run = [&](std::size_t k, Buffer& buffer, LocalTerms& terms, const Threads* t) {
    const std::size_t s = index(which[k]);
    const Flight flight{s, m.plans[s], m.cuts[s], terms, buffer, t};
    advanced[k] = m.run(flight, interval, c.field(which[k]), reacted.field(which[k]), reservoirs, budget);
  };
  if (m.grid.voxel_count() <= kSmallGrid) {
    const bool share = threads.count() == 1;  // one buffer stays in the cache
    for (std::size_t k = 0; k < which.size(); ++k) m.cut_interval(index(which[k]), interval, m.terms[k], threads);
    threads.for_blocks(which.size(), 1,
                       [&](std::size_t k, std::size_t) { run(k, m.buffers[share ? 0 : k], m.terms[k], nullptr); });
  } else {
    for (std::size_t k = 0; k < which.size(); ++k) {
      m.cut_interval(index(which[k]), interval, m.terms[0], threads);
      run(k, m.buffers[0], m.terms[0], &threads);
    }
  }
  return advanced;
}

}  // namespace interstice
