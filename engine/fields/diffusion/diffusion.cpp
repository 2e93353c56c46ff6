/// @file
/// Douglas' scheme (J. Douglas, Numer. Math. 4, 1962) in delta form, per species and substep dt:
///
///   (1 - dt/2 Lx)(1 - dt/2 Ly)(1 - dt/2 Lz) d = dt L c + share,   c += d,
///
/// L the unsplit conservative operator, share the substep's part of the local change. Its steady state is that of
/// L c + source = 0 whatever dt, it is second order in time, stable for any dt, and the same in x, y and z.
///
/// Positivity. The scheme is not monotone. If a value of a species ends negative, its interval is done again with
/// forward Euler at steps short enough for every voxel to keep a tenth of its contents: positive by construction, also
/// unsplit; losses are then taken at the start (what the reaction stage left is not negative), gains spread evenly.
#include "engine/fields/diffusion/diffusion.h"

#include <algorithm>
#include <atomic>
#include <cassert>
#include <numeric>

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

/// Scratch of one species in flight. Substeps go back and forth between the two fields.
struct Buffer {
  VoxelArray now, next;
  WallExchange walls;
};

struct Interval {
  int substeps = 1;
  double dt = 0;  ///< of a substep [s]
  const SubstepFactors* factors = nullptr;
};

/// The local change of an interval, of which each substep takes a share.
struct LocalChange {
  const double *before, *after;
  double share;
};

}  // namespace

struct DiffusionSolver::Impl {
  Impl(const Grid& g, const RegionMap& regions, std::span<const Species> species,
       std::span<const Reservoir> reservoirs);

  void run(std::size_t s, VoxelArray& c, std::span<const double> reacted, std::span<ReservoirState> reservoirs,
           std::span<const ReservoirState> reacted_reservoirs, double dt, Budget& budget, Buffer& b,
           const Threads* t) const;
  bool at_rest(const Plan& plan, std::span<const double> c, std::span<const double> reacted, const Buffer& b) const;
  bool implicit(const Plan& plan, const Interval& interval, const LocalChange& change, Buffer& b,
                const Threads* t) const;
  void positive(const Plan& plan, const Interval& interval, int n, double dt, std::span<const double> c,
                std::span<const double> reacted, Buffer& b, const Threads* t) const;
  void sweep_planes(const Plan& plan, const Interval& interval, const LocalChange& change, const double* c, Buffer& b,
                    const Threads* t) const;
  bool sweep_columns(const Plan& plan, const Interval& interval, const double* c, Buffer& b, const Threads* t) const;
  void right_hand_side(const Plan& plan, const Interval& interval, const LocalChange& change, double steps,
                       const double* c, std::size_t first_row, std::size_t end_row, Buffer& b) const;
  Grid grid;
  std::size_t nx, ny, nz;
  std::size_t slab = 1;  ///< planes that hold whole strips of rows
  std::vector<std::unique_ptr<DiffusionFactors>> operators;
  std::vector<Plan> plans;
  std::vector<Interval> intervals;
  std::vector<Buffer> buffers;
};

DiffusionSolver::Impl::Impl(const Grid& g, const RegionMap& regions, std::span<const Species> species,
                            std::span<const Reservoir> reservoirs)
    : grid(g),
      nx(static_cast<std::size_t>(g.nx)),
      ny(static_cast<std::size_t>(g.ny)),
      nz(static_cast<std::size_t>(g.nz)),
      slab(kRowsTogether / std::gcd(kRowsTogether, ny)),
      intervals(species.size()) {
  require_fused_multiply_add();
  std::vector<std::size_t> owner;  // first species of each operator
  for (std::size_t s = 0; s < species.size(); ++s) {
    const auto& d = species[s].diffusivity;
    DiffusionFactors* factors = nullptr;
    if (std::any_of(d.begin(), d.end(), [](double value) { return value > 0; })) {
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
  for (Buffer& b : buffers) {
    b.now = b.next = VoxelArray(grid.voxel_count());
    b.walls = WallExchange(grid, reservoirs.size());
  }
}

/// next <- right-hand side in rows [first_row, end_row), counted through all planes.
void DiffusionSolver::Impl::right_hand_side(const Plan& plan, const Interval& interval, const LocalChange& change,
                                            double steps, const double* c, std::size_t first_row, std::size_t end_row,
                                            Buffer& b) const {
  const Conductance& conductance = plan.factors->conductance();
  const std::size_t plane = nx * ny;
  for (std::size_t row = first_row, end; row < end_row; row = end) {
    const std::size_t k = row / ny, at = k * plane;
    end = std::min(end_row, (k + 1) * ny);
    const double* here = c + at;
    const auto across_z = [&](bool inside, std::size_t neighbour, std::size_t seam, int f) {
      if (inside) return c + neighbour * plane;
      if (conductance.periodic(2)) return c + seam * plane;
      return plan.walls[f].open ? b.walls.beyond(f) : here;  // a closed wall conducts nothing
    };
    const auto across_y = [&](std::size_t seam, int f) {
      if (conductance.periodic(1)) return here + seam * nx;
      return plan.walls[f].open ? b.walls.beyond(f) : here;
    };
    residual_rows({.c = here,
                   .before = change.before + at,
                   .after = change.after + at,
                   .share = change.share,
                   .z_below = across_z(k > 0, k - 1, nz - 1, 4),
                   .z_above = across_z(k + 1 < nz, k + 1, 0, 5),
                   .y_below = across_y(ny - 1, 2),
                   .y_above = across_y(0, 3),
                   .steps = steps,
                   .nx = nx,
                   .ny = ny},
                  plan.factors->faces(k, *interval.factors), conductance.uniform(), row - k * ny, end - k * ny,
                  b.next.data() + at);
  }
  b.walls.add_across_x(plan, *interval.factors, steps, c, first_row, end_row, b.next.data());
}

/// next <- right-hand side, then the x and y sweeps, a few planes at a time.
void DiffusionSolver::Impl::sweep_planes(const Plan& plan, const Interval& interval, const LocalChange& change,
                                         const double* c, Buffer& b, const Threads* t) const {
  const DiffusionFactors& f = *plan.factors;
  const LineStrips &x = f.strips(0), &y = f.strips(1);
  const std::size_t grain = slab * std::max<std::size_t>(1, kBlockVoxels / (slab * nx * ny));
  over(nz, grain, t, [&](std::size_t begin, std::size_t end) {
    double* scratch = line_scratch(sweep_scratch(std::max(x.n, y.n)));
    double* d = b.next.data();
    for (std::size_t first = begin; first < end; first += slab) {
      const std::size_t last = std::min(first + slab, end);
      for (std::size_t row = first * ny; row < last * ny; row += kRowsTogether) {
        const std::size_t strip = row / kRowsTogether, rows = x.lanes(strip);
        right_hand_side(plan, interval, change, 1, c, row, row + rows, b);
        sweep_rows(nx, rows, f.coefficients(0, strip, *interval.factors), b.walls.flux(plan, 0, row), scratch,
                   d + row * nx);
      }
      for (std::size_t strip = first * y.per_layer; strip < last * y.per_layer; ++strip) {
        const std::size_t line = strip / y.per_layer * nx + strip % y.per_layer * y.most_lanes;
        sweep_lines({ny, y.lanes(strip), y.stride, d + y.first(strip), nullptr, b.walls.flux(plan, 1, line)},
                    f.coefficients(1, strip, *interval.factors), scratch);
      }
    }
  });
}

/// The z sweep and next <- c + increment. True if a number turned out negative.
bool DiffusionSolver::Impl::sweep_columns(const Plan& plan, const Interval& interval, const double* c, Buffer& b,
                                          const Threads* t) const {
  const LineStrips& z = plan.factors->strips(2);
  const std::size_t grain = std::max<std::size_t>(1, kBlockVoxels / (z.most_lanes * nz));
  std::atomic<bool> negative{false};
  over(z.count(), grain, t, [&](std::size_t begin, std::size_t end) {
    double* scratch = line_scratch(sweep_scratch(nz));
    bool seen = false;
    for (std::size_t strip = begin; strip < end; ++strip) {
      const std::size_t first = z.first(strip);
      seen |=
          sweep_lines({nz, z.lanes(strip), z.stride, b.next.data() + first, c + first, b.walls.flux(plan, 2, first)},
                      plan.factors->coefficients(2, strip, *interval.factors), scratch);
    }
    if (seen) negative.store(true, std::memory_order_relaxed);
  });
  return negative.load();
}

/// From change.before to b.now. True if nothing ended negative.
bool DiffusionSolver::Impl::implicit(const Plan& plan, const Interval& interval, const LocalChange& change, Buffer& b,
                                     const Threads* t) const {
  bool negative = false;
  for (int n = 0; n < interval.substeps; ++n) {
    const double* c = n == 0 ? change.before : b.now.data();
    b.walls.open(plan, *interval.factors, 1, c);
    sweep_planes(plan, interval, change, c, b, t);
    negative = sweep_columns(plan, interval, c, b, t);
    b.walls.close(plan);
    std::swap(b.now, b.next);
  }
  return !negative && !b.walls.any_reservoir_negative();
}

/// Forward Euler, n steps in dt: losses are taken at the start, gains spread over the steps.
void DiffusionSolver::Impl::positive(const Plan& plan, const Interval& interval, int n, double dt,
                                     std::span<const double> c, std::span<const double> reacted, Buffer& b,
                                     const Threads* t) const {
  const double steps = dt / n / interval.dt;
  std::vector<double> most(c.size());
  for (std::size_t i = 0; i < c.size(); ++i) {
    b.now.data()[i] = std::min(c[i], reacted[i]);
    most[i] = std::max(c[i], reacted[i]);
  }
  const LocalChange gains{c.data(), most.data(), 1.0 / n};
  for (int step = 0; step < n; ++step) {
    b.walls.open(plan, *interval.factors, steps, b.now.data());
    over(ny * nz, std::max<std::size_t>(1, kBlockVoxels / nx), t, [&](std::size_t begin, std::size_t end) {
      right_hand_side(plan, interval, gains, steps, b.now.data(), begin, end, b);
      for (std::size_t i = begin * nx; i < end * nx; ++i) b.next.data()[i] += b.now.data()[i];
    });
    b.walls.close(plan);
    std::swap(b.now, b.next);
  }
}

/// Is this species level, in balance with what lies beyond its walls, and was nothing made or used? Then a step would
/// change no bit.
bool DiffusionSolver::Impl::at_rest(const Plan& plan, std::span<const double> c, std::span<const double> reacted,
                                    const Buffer& b) const {
  const double level = c[0];
  for (const Wall& wall : plan.walls) {
    if (wall.open && b.walls.outside(wall) != level) return false;
  }
  if (b.walls.any_reservoir_changes()) return false;
  for (std::size_t i = 0; i < c.size(); ++i) {
    if (c[i] != level || reacted[i] != level) return false;
  }
  return true;
}

void DiffusionSolver::Impl::run(std::size_t s, VoxelArray& c, std::span<const double> reacted,
                                std::span<ReservoirState> reservoirs,
                                std::span<const ReservoirState> reacted_reservoirs, double dt, Budget& budget,
                                Buffer& b, const Threads* t) const {
  const Plan& plan = plans[s];
  const Interval& interval = intervals[s];
  b.walls.load(plan, s, reservoirs, reacted_reservoirs, interval.substeps);
  if (plan.factors == nullptr) {
    std::copy(reacted.begin(), reacted.end(), c.data());
  } else if (!at_rest(plan, c.values(), reacted, b)) {
    if (!implicit(plan, interval, {c.data(), reacted.data(), 1.0 / interval.substeps}, b, t)) {
      const int steps = positive_substeps(plan, dt);
      b.walls.load_gains(plan, s, reservoirs, reacted_reservoirs, steps);
      positive(plan, interval, steps, dt, c.values(), reacted, b, t);
    }
    std::swap(c, b.now);
  }
  for (std::size_t r = 0; r < reservoirs.size(); ++r) reservoirs[r].concentration[s] = b.walls.reservoir(r);
  budget.through_boundary[s] += b.walls.inflow(plan);
}

DiffusionSolver::DiffusionSolver(const Grid& grid, const RegionMap& regions, std::span<const Species> species,
                                 std::span<const Reservoir> reservoirs)
    : impl_(std::make_unique<Impl>(grid, regions, species, reservoirs)) {}
DiffusionSolver::~DiffusionSolver() = default;
DiffusionSolver::DiffusionSolver(DiffusionSolver&&) noexcept = default;
DiffusionSolver& DiffusionSolver::operator=(DiffusionSolver&&) noexcept = default;

int DiffusionSolver::substeps(SpeciesId species, double dt) const {
  return implicit_substeps(impl_->plans[index(species)], dt);
}

void DiffusionSolver::diffuse(FieldSet& c, const FieldSet& reacted, std::span<ReservoirState> reservoirs,
                              std::span<const ReservoirState> reacted_reservoirs, double dt, Budget& budget,
                              const Threads& threads) {
  std::vector<SpeciesId> all;
  for (std::size_t s = 0; s < impl_->plans.size(); ++s) all.push_back(static_cast<SpeciesId>(s));
  diffuse(all, c, reacted, reservoirs, reacted_reservoirs, dt, budget, threads);
}

void DiffusionSolver::diffuse(std::span<const SpeciesId> which, FieldSet& c, const FieldSet& reacted,
                              std::span<ReservoirState> reservoirs, std::span<const ReservoirState> reacted_reservoirs,
                              double dt, Budget& budget, const Threads& threads) {
  Impl& m = *impl_;
  assert(c.species_count() == m.plans.size() && reservoirs.size() == reacted_reservoirs.size());
  for (const SpeciesId id : which) {
    const std::size_t s = index(id);
    Interval& interval = m.intervals[s];
    interval.substeps = implicit_substeps(m.plans[s], dt);
    interval.dt = dt / interval.substeps;
    if (DiffusionFactors* factors = m.plans[s].factors) interval.factors = &factors->substep(interval.dt);
  }
  const auto run = [&](SpeciesId id, Buffer& buffer, const Threads* t) {
    m.run(index(id), c.field(id), reacted[id], reservoirs, reacted_reservoirs, dt, budget, buffer, t);
  };
  if (m.grid.voxel_count() <= kSmallGrid) {
    const bool share = threads.count() == 1;  // one buffer stays in the cache
    threads.for_blocks(which.size(), 1,
                       [&](std::size_t k, std::size_t) { run(which[k], m.buffers[share ? 0 : k], nullptr); });
  } else {
    for (const SpeciesId id : which) run(id, m.buffers[0], &threads);
  }
}

}  // namespace interstice
