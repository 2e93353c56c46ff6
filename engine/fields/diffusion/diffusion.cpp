/// @file
/// Douglas' scheme (J. Douglas, Numer. Math. 4, 1962) in delta form, per species and substep dt:
///
///   (1 - dt/2 Lx)(1 - dt/2 Ly)(1 - dt/2 Lz) d = dt (L c + source) + share - taken,   c += d,
///
/// L the unsplit conservative operator, share the substep's part of what reacted, taken the losses (local_terms.h). Its
/// steady state is that of L c + source - losses = 0 whatever dt, it is second order in time, stable for any dt, and
/// the same in x, y and z.
///
/// Positivity. The scheme is not monotone. If a value of a species ends negative, its interval is done again with
/// forward Euler at steps short enough for every voxel to keep a tenth of its contents: positive by construction, also
/// unsplit; what reacted is then lost at the start (the reaction stage leaves nothing negative, or the caller refuses
/// negative values and reacts anew), gains are spread evenly, and losses take at most what there is and comes.
#include "engine/fields/diffusion/diffusion.h"

#include <algorithm>
#include <atomic>
#include <cassert>
#include <numeric>

#include "engine/core/constants.h"
#include "engine/core/simd_targets.h"
#include "engine/fields/diffusion/diffusion_walls.h"
#include "engine/fields/diffusion/residual.h"

namespace interstice {
namespace {

constexpr std::size_t kBlockVoxels = 4096;

/// Runs body over all of [0, n), in blocks on the threads if there are any.
template <class Body>
void over(std::size_t n, std::size_t grain, const Threads* threads, const Body& body) {
  if (threads == nullptr) {
    body(std::size_t{0}, n);
  } else {
    threads->for_blocks(n, grain, body);
  }
}

double* line_scratch(std::size_t size) {
  thread_local AlignedNumbers scratch;
  if (scratch.size() < size) scratch.resize(size);
  return scratch.data();
}

/// Fields that substeps go back and forth between, and what was taken so far.
struct Buffer {
  VoxelArray now, next;
  WallExchange walls;
  std::vector<Taken> taken;  ///< per block
};

/// How an interval of a species is cut.
struct Cut {
  int substeps = 1;
  double dt = 0;  ///< of a substep [s]
  const SubstepFactors* factors = nullptr;
};

/// What reacted in an interval, of which each substep takes a share.
struct LocalChange {
  const double *before = nullptr, *after = nullptr;  ///< none if nothing did
  double share = 1;
};

/// One species on its way through an interval.
struct Flight {
  std::size_t species;
  const Plan& plan;
  const Cut& cut;
  LocalTerms& terms;
  Buffer& b;
  const Threads* threads;  ///< none: in the caller
};

/// The supply of the species <- what came to c besides what reacted, per second.
void find_supply(const Flight& f, const DiffusionSolver::Interval& interval, const VoxelArray& c,
                 const VoxelArray& reacted) {
  if (interval.supply.empty()) return;
  std::vector<float>& supply = interval.supply[f.species];
  const double *after = c.data(), *before = reacted.data();
  over(supply.size(), kBlockVoxels, f.threads, [&](std::size_t begin, std::size_t end) {
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
  bool implicit(const Flight& f, const LocalChange& change) const;
  void positive(const Flight& f, double dt, std::span<const double> c, std::span<const double> reacted,
                int steps) const;
  void sweep_planes(const Flight& f, const LocalChange& change, const double* c) const;
  bool sweep_columns(const Flight& f, const double* c) const;
  [[nodiscard]] Taken right_hand_side(const Flight& f, const LocalChange& change, double steps, const double* c,
                                      std::size_t first_row, std::size_t end_row) const;

  Grid grid;
  std::size_t nx, ny, nz;
  std::size_t slab = 1;  ///< planes that hold whole strips of rows
  std::span<const std::uint8_t> region_of_voxel;
  std::vector<double> fluid;  ///< in a voxel, per region [um^3]
  std::vector<std::unique_ptr<DiffusionFactors>> operators;
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
      slab(kRowsTogether / std::gcd(kRowsTogether, ny)),
      region_of_voxel(regions.of_voxel),
      cuts(species.size()) {
  require_fused_multiply_add();
  for (const Region& region : regions.regions) fluid.push_back(region.volume_fraction * g.voxel_volume());
  std::vector<std::size_t> owner;  // first species of each operator
  for (std::size_t s = 0; s < species.size(); ++s) {
    DiffusionFactors* factors = nullptr;
    if (species[s].diffuses()) {
      for (std::size_t k = 0; k < owner.size(); ++k) {
        if (same_operator(species[owner[k]], species[s])) factors = operators[k].get();
      }
      if (factors == nullptr) {
        owner.push_back(s);
        auto conductance = std::make_unique<Conductance>(g, regions, species[s]);
        factors = operators.emplace_back(std::make_unique<DiffusionFactors>(std::move(conductance))).get();
      }
    }
    plans.push_back(make_plan(species[s], reservoirs, factors));
  }
  buffers.resize(grid.voxel_count() <= kSmallGrid ? species.size() : std::min<std::size_t>(1, species.size()));
  terms.resize(buffers.size());
  for (Buffer& b : buffers) {
    b.now = b.next = VoxelArray(grid.voxel_count());
    b.walls = WallExchange(grid, reservoirs.size());
  }
}

/// b.next <- what rows [first_row, end_row), counted through all planes, gain in a step. Returns what was taken.
Taken DiffusionSolver::Impl::right_hand_side(const Flight& f, const LocalChange& change, double steps, const double* c,
                                             std::size_t first_row, std::size_t end_row) const {
  const Plan& plan = f.plan;
  Buffer& b = f.b;
  const Conductance& conductance = plan.factors->conductance();
  const std::size_t plane = nx * ny;
  for (std::size_t row = first_row, end; row < end_row; row = end) {
    const std::size_t k = row / ny, at = k * plane;
    end = std::min(end_row, (k + 1) * ny);
    const double* here = c + at;
    const auto across_z = [&](bool inside, std::size_t neighbour, std::size_t seam, int face) {
      if (inside) return c + neighbour * plane;
      if (conductance.periodic(2)) return c + seam * plane;
      return plan.walls[face].open ? b.walls.beyond(face) : here;  // a closed wall conducts nothing
    };
    const auto across_y = [&](std::size_t seam, int face) {
      if (conductance.periodic(1)) return here + seam * nx;
      return plan.walls[face].open ? b.walls.beyond(face) : here;
    };
    residual_rows({.c = here,
                   .before = change.before == nullptr ? here : change.before + at,
                   .after = change.after == nullptr ? here : change.after + at,
                   .share = change.share,
                   .z_below = across_z(k > 0, k - 1, nz - 1, 4),
                   .z_above = across_z(k + 1 < nz, k + 1, 0, 5),
                   .y_below = across_y(ny - 1, 2),
                   .y_above = across_y(0, 3),
                   .steps = steps,
                   .nx = nx,
                   .ny = ny},
                  plan.factors->faces(k, *f.cut.factors), conductance.uniform(), row - k * ny, end - k * ny,
                  b.next.data() + at);
  }
  b.walls.add_across_x(plan, *f.cut.factors, steps, c, first_row, end_row, b.next.data());
  if (f.terms.none()) return {};
  return f.terms.take(first_row * nx, end_row * nx, c, conductance, b.next.data());
}

/// b.next <- right-hand side, then the x and y sweeps, a few planes at a time.
void DiffusionSolver::Impl::sweep_planes(const Flight& f, const LocalChange& change, const double* c) const {
  const DiffusionFactors& factors = *f.plan.factors;
  const SubstepFactors& cut = *f.cut.factors;
  const LineStrips &x = factors.strips(0), &y = factors.strips(1);
  Buffer& b = f.b;
  const std::size_t grain = slab * std::max<std::size_t>(1, kBlockVoxels / (slab * nx * ny));
  over(nz, grain, f.threads, [&](std::size_t begin, std::size_t end) {
    double* scratch = line_scratch(sweep_scratch(std::max(x.n, y.n)));
    double* d = b.next.data();
    Taken& taken = b.taken[begin];
    for (std::size_t first = begin; first < end; first += slab) {
      const std::size_t last = std::min(first + slab, end);
      for (std::size_t row = first * ny; row < last * ny; row += kRowsTogether) {
        const std::size_t strip = row / kRowsTogether, rows = x.lanes(strip);
        taken += right_hand_side(f, change, 1, c, row, row + rows);
        sweep_rows(nx, rows, factors.coefficients(0, strip, cut), b.walls.flux(f.plan, 0, row), scratch, d + row * nx);
      }
      for (std::size_t strip = first * y.per_layer; strip < last * y.per_layer; ++strip) {
        const std::size_t line = strip / y.per_layer * nx + strip % y.per_layer * y.most_lanes;
        sweep_lines({ny, y.lanes(strip), y.stride, d + y.first(strip), nullptr, b.walls.flux(f.plan, 1, line)},
                    factors.coefficients(1, strip, cut), scratch);
      }
    }
  });
}

/// The z sweep and b.next <- c + increment. True if a number turned out negative.
bool DiffusionSolver::Impl::sweep_columns(const Flight& f, const double* c) const {
  const LineStrips& z = f.plan.factors->strips(2);
  const std::size_t grain = std::max<std::size_t>(1, kBlockVoxels / (z.most_lanes * nz));
  std::atomic<bool> negative{false};
  over(z.count(), grain, f.threads, [&](std::size_t begin, std::size_t end) {
    double* scratch = line_scratch(sweep_scratch(nz));
    bool seen = false;
    for (std::size_t strip = begin; strip < end; ++strip) {
      const std::size_t first = z.first(strip);
      seen |= sweep_lines(
          {nz, z.lanes(strip), z.stride, f.b.next.data() + first, c + first, f.b.walls.flux(f.plan, 2, first)},
          f.plan.factors->coefficients(2, strip, *f.cut.factors), scratch);
    }
    if (seen) negative.store(true, std::memory_order_relaxed);
  });
  return negative.load();
}

/// From change.before to b.now. True if nothing ended negative.
bool DiffusionSolver::Impl::implicit(const Flight& f, const LocalChange& change) const {
  Buffer& b = f.b;
  b.taken.assign(nz, {});
  f.terms.prepare(f.cut.dt, f.plan.factors->conductance().loss_rate(), false);
  bool negative = false;
  for (int n = 0; n < f.cut.substeps; ++n) {
    const double* c = n == 0 ? change.before : b.now.data();
    const LocalChange here = change.after == nullptr ? LocalChange() : change;
    b.walls.open(f.plan, *f.cut.factors, 1, c);
    sweep_planes(f, here, c);
    negative = sweep_columns(f, c);
    b.walls.close(f.plan);
    std::swap(b.now, b.next);
  }
  return !negative && !b.walls.any_reservoir_negative();
}

/// Forward Euler, `steps` in dt: what reacted is lost at the start, gains are spread over the steps.
void DiffusionSolver::Impl::positive(const Flight& f, double dt, std::span<const double> c,
                                     std::span<const double> reacted, int steps) const {
  Buffer& b = f.b;
  const double relative = dt / steps / f.cut.dt;
  const std::size_t grain = std::max<std::size_t>(1, kBlockVoxels / nx);
  b.taken.assign(ny * nz, {});
  f.terms.prepare(dt / steps, f.plan.factors->conductance().loss_rate(), true);
  std::vector<double> most(c.begin(), c.end());
  std::copy(c.begin(), c.end(), b.now.data());
  for (std::size_t i = 0; i < reacted.size(); ++i) {
    b.now.data()[i] = std::min(c[i], reacted[i]);
    most[i] = std::max(c[i], reacted[i]);
  }
  const LocalChange gains{c.data(), most.data(), 1.0 / steps};
  for (int step = 0; step < steps; ++step) {
    b.walls.open(f.plan, *f.cut.factors, relative, b.now.data());
    over(ny * nz, grain, f.threads, [&](std::size_t begin, std::size_t end) {
      b.taken[begin] += right_hand_side(f, gains, relative, b.now.data(), begin, end);
      for (std::size_t i = begin * nx; i < end * nx; ++i) b.next.data()[i] += b.now.data()[i];
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
  const double molecules = f.plan.factors->conductance().flux_volume() * kMoleculesPerUmCubedPerMicromolar;
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
  if (f.plan.factors == nullptr) {
    std::swap(c, reacted);
  } else if (!at_rest(f, c.values(), reacted.values())) {
    if (!implicit(f, {c.data(), reacts ? reacted.data() : nullptr, 1.0 / f.cut.substeps})) {
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
    if (f.plan.factors != nullptr && reacts)
      reservoirs[r].supply[f.species] = (now - to[r].concentration[f.species]) / interval.dt;
    reservoirs[r].concentration[f.species] = now;
  }
  return true;
}

/// What the interval has in store for a species, and into how many substeps it is cut therefore.
void DiffusionSolver::Impl::cut_interval(std::size_t s, const Interval& interval, LocalTerms& terms,
                                         const Threads& threads) {
  const Plan& plan = plans[s];
  if (plan.factors == nullptr) return;
  terms.load(static_cast<SpeciesId>(s), plan.decay, interval.exchange, region_of_voxel, fluid, threads);
  Cut& cut = cuts[s];
  cut.substeps = implicit_substeps(plan, interval.dt, terms.fastest());
  cut.dt = interval.dt / cut.substeps;
  cut.factors = &plan.factors->substep(cut.dt);
}

DiffusionSolver::DiffusionSolver(const Grid& grid, const RegionMap& regions, std::span<const Species> species,
                                 std::span<const Reservoir> reservoirs)
    : impl_(std::make_unique<Impl>(grid, regions, species, reservoirs)) {}
DiffusionSolver::~DiffusionSolver() = default;
DiffusionSolver::DiffusionSolver(DiffusionSolver&&) noexcept = default;
DiffusionSolver& DiffusionSolver::operator=(DiffusionSolver&&) noexcept = default;

int DiffusionSolver::substeps(SpeciesId species, double dt) const {
  return implicit_substeps(impl_->plans[index(species)], dt, 0);
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
