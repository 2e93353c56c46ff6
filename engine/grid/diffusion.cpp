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
#include "engine/grid/diffusion.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cassert>
#include <cstdint>
#include <numeric>

#include "engine/core/constants.h"
#include "engine/grid/diffusion_plan.h"
#include "engine/grid/residual.h"

namespace interstice {
namespace {

constexpr std::size_t kBlockVoxels = 4096;
constexpr std::size_t kSmallGrid = 32768;  ///< up to here species run side by side, beyond it the voxels of each

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
  thread_local std::vector<double> scratch;
  if (scratch.size() < size) scratch.resize(size);
  return scratch.data();
}

/// Scratch of one species in flight.
struct Buffer {
  PaddedField c, share, increment;
  Surroundings surroundings;
  std::array<std::vector<double>, 6> wall_flux;
  std::vector<double> reservoir, reservoir_share;
  std::array<double, 6> inflow{};
};

struct Interval {
  int substeps = 1;
  double dt = 0;  ///< of a substep [s]
  const SubstepFactors* factors = nullptr;
};

}  // namespace

struct DiffusionSolver::Impl {
  Impl(const Grid& g, const RegionMap& regions, std::span<const Species> species,
       std::span<const Reservoir> reservoirs);

  void run(std::size_t s, std::span<double> c, std::span<const double> reacted, std::span<ReservoirState> reservoirs,
           std::span<const ReservoirState> reacted_reservoirs, double dt, Budget& budget, Buffer& b,
           const Threads* t) const;
  void load_reservoirs(std::size_t s, std::span<const ReservoirState> before, std::span<const ReservoirState> reacted,
                       int substeps, bool gains_only, Buffer& b) const;
  bool at_rest(const Plan& plan, std::span<const double> c, std::span<const double> reacted, const Buffer& b) const;
  bool implicit(const Plan& plan, const Interval& interval, Buffer& b, const Threads* t) const;
  void positive(const Plan& plan, const Interval& interval, double dt, Buffer& b, const Threads* t) const;
  void sweep_planes(const Plan& plan, const Interval& interval, Buffer& b, const Threads* t) const;
  void sweep_columns(const Plan& plan, const Interval& interval, Buffer& b, const Threads* t) const;
  void open_walls(const Plan& plan, const SubstepFactors& factors, double steps, Buffer& b) const;
  void open_ends(const Plan& plan, const LineCoefficients& x, double steps, Buffer& b) const;
  void close_walls(const Plan& plan, Buffer& b) const;
  [[nodiscard]] bool any_negative(const Buffer& b, const Threads* t) const;
  /// Calls f(first voxel, first place in padded fields) for all rows.
  template <class F>
  void for_each_row(const Threads* t, const F& f) const;

  Grid grid;
  PaddedGrid padded;
  std::size_t slab = 1;  ///< planes that hold whole bundles of rows
  std::vector<std::unique_ptr<Conductance>> conductances;
  std::vector<Plan> plans;
  std::vector<Interval> intervals;
  std::vector<Buffer> buffers;
};

namespace {

/// Where the fluxes through the walls of an axis are booked, from one line on.
WallFlux walls_of(const Plan& plan, Buffer& b, int axis, std::size_t line) {
  const auto flux = [&](int f) { return plan.walls[f].open ? b.wall_flux[f].data() + line : nullptr; };
  return {flux(2 * axis), flux(2 * axis + 1)};
}

}  // namespace

DiffusionSolver::Impl::Impl(const Grid& g, const RegionMap& regions, std::span<const Species> species,
                            std::span<const Reservoir> reservoirs)
    : grid(g), padded(g), slab(kBundle / std::gcd(kBundle, padded.ny)), intervals(species.size()) {
  std::vector<std::size_t> owner;  // first species of each conductance
  for (std::size_t s = 0; s < species.size(); ++s) {
    const auto& d = species[s].diffusivity;
    Conductance* conductance = nullptr;
    if (std::any_of(d.begin(), d.end(), [](double value) { return value > 0; })) {
      for (std::size_t k = 0; k < owner.size(); ++k) {
        if (same_operator(species[owner[k]], species[s])) conductance = conductances[k].get();
      }
      if (conductance == nullptr) {
        owner.push_back(s);
        conductance = conductances.emplace_back(std::make_unique<Conductance>(g, regions, species[s])).get();
      }
    }
    plans.push_back(make_plan(species[s], reservoirs, conductance));
  }
  buffers.resize(grid.voxel_count() <= kSmallGrid ? species.size() : std::min<std::size_t>(1, species.size()));
  for (Buffer& b : buffers) {
    b.c = b.share = b.increment = PaddedField(padded);
    for (int f = 0; f < 6; ++f) b.surroundings[f].resize(padded.pitch);
    b.wall_flux[0].resize(round_up(padded.rows(), kBundle));
    b.wall_flux[2].resize(padded.nz * padded.pitch);
    b.wall_flux[4].resize(padded.ny * padded.pitch);
    for (int f = 0; f < 6; f += 2) b.wall_flux[f + 1] = b.wall_flux[f];
    b.reservoir.resize(reservoirs.size());
    b.reservoir_share.resize(reservoirs.size());
  }
}

template <class F>
void DiffusionSolver::Impl::for_each_row(const Threads* t, const F& f) const {
  over(padded.rows(), std::max<std::size_t>(1, kBlockVoxels / padded.nx), t, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) f(row * padded.nx, row * padded.pitch + 1);
  });
}

/// Sets the ghosts of all rows and books the flux of the unsplit operator through the walls across x.
void DiffusionSolver::Impl::open_ends(const Plan& plan, const LineCoefficients& x, double steps, Buffer& b) const {
  double* c = b.c.data();
  const std::size_t nx = padded.nx;
  for (std::size_t row = 0; row < padded.rows() && x.periodic; ++row) {
    double* first = c + row * padded.pitch;
    first[0] = first[nx];
    first[nx + 1] = first[1];
  }
  for (const int f : {0, 1}) {
    if (!plan.walls[f].open) continue;
    const double outside = b.surroundings[f][0];
    const std::size_t inside = f == 0 ? 1 : nx, ghost = f == 0 ? 0 : nx + 1;
    for (std::size_t row = 0; row < padded.rows(); ++row) {
      const double face = x.face_row(row / kBundle, f == 0 ? 0 : nx)[row % kBundle];
      b.wall_flux[f][row] = 2 * steps * face * (outside - c[row * padded.pitch + inside]);
      c[row * padded.pitch + ghost] = outside;
    }
  }
}

/// Sets what lies beyond the walls and books the flux of the unsplit operator through them.
void DiffusionSolver::Impl::open_walls(const Plan& plan, const SubstepFactors& factors, double steps, Buffer& b) const {
  const double* c = b.c.data();
  for (int f = 0; f < 6; ++f) {
    const Wall& wall = plan.walls[f];
    if (!wall.open) continue;
    const double outside = wall.reservoir >= 0 ? b.reservoir[wall.reservoir] : wall.outside;
    std::fill(b.surroundings[f].begin(), b.surroundings[f].end(), outside);
    if (f < 2) continue;
    const LineCoefficients axis = plan.conductance->coefficients(f / 2, factors);
    const std::size_t p = f % 2 == 0 ? 0 : static_cast<std::size_t>(axis.n) - 1;
    for (std::size_t group = 0; group < plan.conductance->groups(f / 2); ++group) {
      const double* face = axis.face_row(group, p + f % 2);
      const double* row = c + (f / 2 == 1 ? padded.row(p, group) : padded.row(group, p));
      double* flux = b.wall_flux[f].data() + group * padded.pitch;
      for (std::size_t i = 0; i < padded.pitch; ++i) flux[i] = 2 * steps * face[i] * (outside - row[i]);
    }
  }
  open_ends(plan, plan.conductance->coefficients(0, factors), steps, b);
}

/// Adds up what came through the walls and takes it from the reservoirs.
void DiffusionSolver::Impl::close_walls(const Plan& plan, Buffer& b) const {
  for (int f = 0; f < 6; ++f) {
    if (!plan.walls[f].open) continue;
    double total = 0;
    for (const double flux : b.wall_flux[f]) total += flux;
    b.inflow[f] += total;
    if (const int r = plan.walls[f].reservoir; r >= 0) b.reservoir[r] -= plan.reservoir_gain[r] * total;
  }
  for (std::size_t r = 0; r < b.reservoir.size(); ++r) b.reservoir[r] += b.reservoir_share[r];
}

/// increment <- right-hand side, then the x and y sweeps, a few planes at a time.
void DiffusionSolver::Impl::sweep_planes(const Plan& plan, const Interval& interval, Buffer& b,
                                         const Threads* t) const {
  const Conductance& conductance = *plan.conductance;
  const auto x = conductance.coefficients(0, *interval.factors);
  const auto y = conductance.coefficients(1, *interval.factors);
  double* d = b.increment.data();
  const std::size_t grain = slab * std::max<std::size_t>(1, kBlockVoxels / (slab * padded.plane()));
  over(padded.nz, grain, t, [&](std::size_t begin, std::size_t end) {
    double* scratch = line_scratch(std::max(sweep_scratch(x), sweep_scratch(y)));
    for (std::size_t first = begin; first < end; first += slab) {
      const std::size_t last = std::min(first + slab, end);
      for (std::size_t k = first; k < last; ++k) {
        residual_plane(conductance, *interval.factors, b.surroundings, 1, b.c.data(), b.share.data(), k, d);
      }
      for (std::size_t row = first * padded.ny; row < last * padded.ny; row += kBundle) {
        sweep_rows(x, row / kBundle, padded.pitch, walls_of(plan, b, 0, row), scratch, d + row * padded.pitch);
      }
      for (std::size_t k = first; k < last; ++k) {
        sweep_lines(y, k, padded.pitch, walls_of(plan, b, 1, k * padded.pitch), scratch, d + padded.row(0, k));
      }
    }
  });
}

/// The z sweep and c += increment.
void DiffusionSolver::Impl::sweep_columns(const Plan& plan, const Interval& interval, Buffer& b,
                                          const Threads* t) const {
  const auto z = plan.conductance->coefficients(2, *interval.factors);
  const std::size_t grain = std::max<std::size_t>(1, kBlockVoxels / (padded.pitch * padded.nz));
  over(padded.ny, grain, t, [&](std::size_t begin, std::size_t end) {
    double* scratch = line_scratch(sweep_scratch(z));
    for (std::size_t j = begin; j < end; ++j) {
      const std::size_t first = padded.row(j, 0);
      sweep_lines_onto(z, j, padded.plane(), walls_of(plan, b, 2, j * padded.pitch), scratch,
                       b.increment.data() + first, b.c.data() + first);
    }
  });
}

bool DiffusionSolver::Impl::any_negative(const Buffer& b, const Threads* t) const {
  std::atomic<std::uint64_t> signs{0};
  over(padded.rows(), std::max<std::size_t>(1, kBlockVoxels / padded.nx), t, [&](std::size_t begin, std::size_t end) {
    std::uint64_t seen = 0;
    for (std::size_t row = begin; row < end; ++row) {
      const double* c = b.c.data() + row * padded.pitch + 1;
      for (std::size_t i = 0; i < padded.nx; ++i) seen |= std::bit_cast<std::uint64_t>(c[i]);
    }
    signs.fetch_or(seen, std::memory_order_relaxed);
  });
  return signs.load() >> 63 != 0 || std::any_of(b.reservoir.begin(), b.reservoir.end(), [](double x) { return x < 0; });
}

/// True if nothing ended negative.
bool DiffusionSolver::Impl::implicit(const Plan& plan, const Interval& interval, Buffer& b, const Threads* t) const {
  for (int n = 0; n < interval.substeps; ++n) {
    open_walls(plan, *interval.factors, 1, b);
    sweep_planes(plan, interval, b, t);
    sweep_columns(plan, interval, b, t);
    close_walls(plan, b);
  }
  return !any_negative(b, t);
}

/// Forward Euler, n steps in dt.
void DiffusionSolver::Impl::positive(const Plan& plan, const Interval& interval, double dt, Buffer& b,
                                     const Threads* t) const {
  const int n = positive_substeps(plan, dt);
  const double steps = dt / n / interval.dt;
  for (int step = 0; step < n; ++step) {
    open_walls(plan, *interval.factors, steps, b);
    over(padded.nz, std::max<std::size_t>(1, kBlockVoxels / padded.plane()), t,
         [&](std::size_t begin, std::size_t end) {
           for (std::size_t k = begin; k < end; ++k) {
             residual_plane(*plan.conductance, *interval.factors, b.surroundings, steps, b.c.data(), b.share.data(), k,
                            b.increment.data());
           }
         });
    for_each_row(t, [&](std::size_t, std::size_t first) {
      for (std::size_t i = first; i < first + padded.nx; ++i) b.c.data()[i] += b.increment.data()[i];
    });
    close_walls(plan, b);
  }
}

/// Fills the reservoirs' starting contents and what each substep adds to them. Gains only: losses are taken at once.
void DiffusionSolver::Impl::load_reservoirs(std::size_t s, std::span<const ReservoirState> before,
                                            std::span<const ReservoirState> reacted, int substeps, bool gains_only,
                                            Buffer& b) const {
  b.inflow.fill(0.0);
  for (std::size_t r = 0; r < before.size(); ++r) {
    const double from = before[r].concentration[s], to = reacted[r].concentration[s];
    const bool apart = plans[s].reservoir_gain[r] == 0;
    b.reservoir[r] = apart ? to : gains_only ? std::min(from, to) : from;
    b.reservoir_share[r] = apart ? 0.0 : (gains_only ? std::max(0.0, to - from) : to - from) / substeps;
  }
}

/// Is this species level, in balance with what lies beyond its walls, and was nothing made or used? Then a step would
/// change no bit.
bool DiffusionSolver::Impl::at_rest(const Plan& plan, std::span<const double> c, std::span<const double> reacted,
                                    const Buffer& b) const {
  const double level = c[0];
  for (const Wall& wall : plan.walls) {
    if (wall.open && (wall.reservoir >= 0 ? b.reservoir[wall.reservoir] : wall.outside) != level) return false;
  }
  if (std::any_of(b.reservoir_share.begin(), b.reservoir_share.end(), [](double x) { return x != 0; })) return false;
  for (std::size_t i = 0; i < c.size(); ++i) {
    if (c[i] != level || reacted[i] != level) return false;
  }
  return true;
}

void DiffusionSolver::Impl::run(std::size_t s, std::span<double> c, std::span<const double> reacted,
                                std::span<ReservoirState> reservoirs,
                                std::span<const ReservoirState> reacted_reservoirs, double dt, Budget& budget,
                                Buffer& b, const Threads* t) const {
  const Plan& plan = plans[s];
  const Interval& interval = intervals[s];
  load_reservoirs(s, reservoirs, reacted_reservoirs, interval.substeps, false, b);
  if (plan.conductance == nullptr) {
    std::copy(reacted.begin(), reacted.end(), c.begin());
  } else if (!at_rest(plan, c, reacted, b)) {
    const auto load = [&](const auto& start, const auto& change, int substeps) {
      const double per_substep = 1.0 / substeps;
      for_each_row(t, [&](std::size_t from, std::size_t to) {
        for (std::size_t i = 0; i < padded.nx; ++i) {
          b.c.data()[to + i] = start(c[from + i], reacted[from + i]);
          b.share.data()[to + i] = change(c[from + i], reacted[from + i]) * per_substep;
        }
      });
    };
    load([](double before, double) { return before; }, [](double before, double after) { return after - before; },
         interval.substeps);
    if (!implicit(plan, interval, b, t)) {
      // From what the reaction stage left, less the gains, which are spread over the steps.
      const int steps = positive_substeps(plan, dt);
      load_reservoirs(s, reservoirs, reacted_reservoirs, steps, true, b);
      load([](double before, double after) { return std::min(before, after); },
           [](double before, double after) { return std::max(0.0, after - before); }, steps);
      positive(plan, interval, dt, b, t);
    }
    for_each_row(t, [&](std::size_t to, std::size_t from) { std::copy_n(b.c.data() + from, padded.nx, &c[to]); });
  }
  for (std::size_t r = 0; r < reservoirs.size(); ++r) reservoirs[r].concentration[s] = b.reservoir[r];
  for (int f = 0; f < 6; ++f) {
    if (!plan.walls[f].open || plan.walls[f].reservoir >= 0) continue;
    budget.through_boundary[s] += b.inflow[f] * plan.conductance->flux_volume() * kMoleculesPerUmCubedPerMicromolar;
  }
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
  Impl& m = *impl_;
  assert(c.species_count() == m.plans.size() && reservoirs.size() == reacted_reservoirs.size());
  for (std::size_t s = 0; s < m.plans.size(); ++s) {
    Interval& interval = m.intervals[s];
    interval.substeps = implicit_substeps(m.plans[s], dt);
    interval.dt = dt / interval.substeps;
    if (Conductance* conductance = m.plans[s].conductance) interval.factors = &conductance->factors(interval.dt);
  }
  const auto run = [&](std::size_t s, Buffer& buffer, const Threads* t) {
    const auto id = static_cast<SpeciesId>(s);
    m.run(s, c[id], reacted[id], reservoirs, reacted_reservoirs, dt, budget, buffer, t);
  };
  if (m.grid.voxel_count() <= kSmallGrid) {
    const bool share = threads.count() == 1;  // one buffer stays in the cache
    threads.for_blocks(m.plans.size(), 1,
                       [&](std::size_t s, std::size_t) { run(s, m.buffers[share ? 0 : s], nullptr); });
  } else {
    for (std::size_t s = 0; s < m.plans.size(); ++s) run(s, m.buffers[0], &threads);
  }
}

}  // namespace interstice
