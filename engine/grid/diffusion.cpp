/// @file
/// Douglas' scheme (J. Douglas, Numer. Math. 4, 1962) in delta form, per species and substep dt:
///
///   (1 - dt/2 Lx)(1 - dt/2 Ly)(1 - dt/2 Lz) d = dt L c + share,   c += d,
///
/// L the unsplit conservative operator, share the substep's part of the local change. Its steady state is that of
/// L c + source = 0 whatever dt, it is second order in time, stable for any dt, and the same in x, y and z.
///
/// Substeps. dt D/dx^2 <= 0.5 (kSubstepRatio). Measured against the exact solution on the grid, largest error over
/// the largest value after an interval of D dt/dx^2 = 3.85 (D 770 um^2/s, dx 10 um, dt 0.5 s), for a source switched on
/// and for a spill into one voxel: ratio 1: 0.3 % and 2.1; ratio 0.5: 0.01 % and 0.7 %. With full instead of half
/// weights (backward Euler): ratio 1: 17 % and 78; 0.5: 1.7 % and 6.5; 0.25: 0.3 % and 18 %. The plain product of
/// backward-Euler sweeps has 45 % at any ratio, because the source voxel is read after it was smeared. At 0.5 an
/// isolated spill also stays positive. A reservoir is advanced explicitly, at most a quarter of its contents a substep.
///
/// Positivity. The scheme is not monotone. If a value of a species ends negative, its interval is done again with
/// forward Euler at steps short enough for every voxel to keep a tenth of its contents: positive by construction, also
/// unsplit; losses are then taken at the start (what the reaction stage left is not negative), gains spread evenly.
#include "engine/grid/diffusion.h"

#include <algorithm>
#include <atomic>
#include <cassert>
#include <cmath>

#include "engine/core/constants.h"
#include "engine/grid/conductance.h"
#include "engine/grid/residual.h"

namespace interstice {
namespace {

constexpr double kSubstepRatio = 0.5;     ///< largest D dt/dx^2 of a substep
constexpr double kReservoirShare = 0.25;  ///< largest part of a reservoir exchanged in a substep
constexpr double kPositiveShare = 0.9;    ///< largest part of a voxel that leaves in a substep of the positive fallback
constexpr std::size_t kBlockVoxels = 4096;
constexpr std::size_t kSmallGrid = 32768;  ///< up to here species run side by side, beyond it the voxels of each
constexpr std::size_t kLinesAcross = 8;    ///< lines along x solved together

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

struct Wall {
  bool open = false;
  int reservoir = -1;  ///< index, -1 for a wall of fixed concentration
  double outside = 0;  ///< [uM]
};

/// How one species diffuses.
struct Plan {
  Conductance* conductance = nullptr;  ///< null when it does not diffuse
  std::array<Wall, 6> walls;
  std::vector<double> reservoir_gain;  ///< per reservoir: uM lost per unit of flux into the patch
  double reservoir_rate = 0;           ///< fastest relative exchange of a reservoir [1/s]
};

/// Scratch of one species in flight.
struct Buffer {
  std::vector<double> before, share, increment;
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
  bool implicit(const Plan& plan, const Interval& interval, std::span<double> c, Buffer& b, const Threads* t) const;
  void positive(const Plan& plan, double dt, std::span<double> c, std::span<const double> reacted, Buffer& b,
                const Threads* t) const;
  void sweep_planes(const Plan& plan, const Interval& interval, const double* c, Buffer& b, const Threads* t) const;
  bool sweep_columns(const Plan& plan, const Interval& interval, double* c, Buffer& b, const Threads* t) const;
  void open_walls(const Plan& plan, double dt, const double* c, Buffer& b) const;
  void close_walls(const Plan& plan, Buffer& b) const;

  Grid grid;
  std::vector<std::unique_ptr<Conductance>> conductances;
  std::vector<Plan> plans;
  std::vector<Interval> intervals;
  std::vector<Buffer> buffers;
};

namespace {

bool same_wall(const FaceCondition& a, const FaceCondition& b) {
  if (a.index() != b.index()) return false;
  if (const auto* p = std::get_if<Permeable>(&a)) return p->permeability == std::get<Permeable>(b).permeability;
  return true;
}

bool same_operator(const Species& a, const Species& b) {
  return a.diffusivity == b.diffusivity && std::equal(a.faces.begin(), a.faces.end(), b.faces.begin(), same_wall);
}

Plan make_plan(const Species& species, std::span<const Reservoir> reservoirs, Conductance* conductance) {
  Plan plan;
  plan.conductance = conductance;
  plan.reservoir_gain.assign(reservoirs.size(), 0.0);
  std::vector<double> rate(reservoirs.size(), 0.0);
  for (int f = 0; f < 6; ++f) {
    Wall& wall = plan.walls[f];
    wall.open = conductance != nullptr && !conductance->periodic(f / 2) && conductance->wall_total(f) > 0;
    if (const auto* fixed = std::get_if<FixedValue>(&species.faces[f])) wall.outside = fixed->concentration;
    if (const auto* permeable = std::get_if<Permeable>(&species.faces[f])) wall.outside = permeable->outside;
    if (const auto* to = std::get_if<ToReservoir>(&species.faces[f]); to != nullptr && wall.open) {
      wall.reservoir = static_cast<int>(index(to->reservoir));
      const Reservoir& r = reservoirs[index(to->reservoir)];
      plan.reservoir_gain[wall.reservoir] = r.represents * conductance->flux_volume() / r.volume;
      rate[wall.reservoir] += conductance->wall_total(f) * plan.reservoir_gain[wall.reservoir];
      plan.reservoir_rate = std::max(plan.reservoir_rate, rate[wall.reservoir]);
    }
  }
  return plan;
}

int pieces(double amount, double limit) { return std::max(1, static_cast<int>(std::ceil(amount / limit - 1e-9))); }

int implicit_substeps(const Plan& plan, double dt) {
  if (plan.conductance == nullptr) return 1;
  return std::max(pieces(dt * plan.conductance->neighbour_rate(), kSubstepRatio),
                  pieces(dt * plan.reservoir_rate, kReservoirShare));
}

int positive_substeps(const Plan& plan, double dt) {
  return pieces(dt * std::max(plan.conductance->loss_rate(), plan.reservoir_rate), kPositiveShare);
}

}  // namespace

DiffusionSolver::Impl::Impl(const Grid& g, const RegionMap& regions, std::span<const Species> species,
                            std::span<const Reservoir> reservoirs)
    : grid(g), intervals(species.size()) {
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
    b.before.resize(grid.voxel_count());
    b.share.resize(grid.voxel_count());
    b.increment.resize(grid.voxel_count());
    for (int f = 0; f < 6; ++f) b.wall_flux[f].resize(AxisLines(grid, static_cast<Axis>(f / 2)).lines);
    for (auto& row : b.surroundings.row) row.resize(grid.nx);
    b.reservoir.resize(reservoirs.size());
    b.reservoir_share.resize(reservoirs.size());
  }
}

/// Sets what lies beyond the walls and books the flux of the unsplit operator through them.
void DiffusionSolver::Impl::open_walls(const Plan& plan, double dt, const double* c, Buffer& b) const {
  for (int f = 0; f < 6; ++f) {
    const Wall& wall = plan.walls[f];
    if (!wall.open) continue;
    const double outside = wall.reservoir >= 0 ? b.reservoir[wall.reservoir] : wall.outside;
    b.surroundings.value[f] = outside;
    std::fill(b.surroundings.row[f].begin(), b.surroundings.row[f].end(), outside);
    const AxisLines& lines = plan.conductance->lines(f / 2);
    const std::size_t offset = f % 2 == 0 ? 0 : static_cast<std::size_t>(lines.n - 1) * lines.stride;
    for (std::size_t line = 0; line < lines.lines; ++line) {
      b.wall_flux[f][line] = dt * plan.conductance->wall(f, line) * (outside - c[lines.start(line) + offset]);
    }
  }
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

/// increment <- right-hand side, then the x and y sweeps, plane by plane.
void DiffusionSolver::Impl::sweep_planes(const Plan& plan, const Interval& interval, const double* c, Buffer& b,
                                         const Threads* t) const {
  const Conductance& conductance = *plan.conductance;
  const std::size_t nx = grid.nx, ny = grid.ny, plane = nx * ny;
  const auto x = conductance.coefficients(0, *interval.factors);
  const auto y = conductance.coefficients(1, *interval.factors);
  const auto flux_of = [&](int f) { return plan.walls[f].open ? b.wall_flux[f].data() : nullptr; };
  const WallFlux x_walls{flux_of(0), flux_of(1)}, y_walls{flux_of(2), flux_of(3)};
  double* d = b.increment.data();
  over(grid.nz, std::max<std::size_t>(1, kBlockVoxels / plane), t, [&](std::size_t begin, std::size_t end) {
    double* scratch = line_scratch(kMaxColumns * std::max(nx, ny));
    for (std::size_t k = begin; k < end; ++k) {
      residual_plane(grid, conductance, b.surroundings, interval.dt, c, b.share.data(), k, d);
      for (std::size_t j = 0; j < ny; j += kLinesAcross) {
        const LineBlock block{k * plane + j * nx, 1, nx, k * ny + j, std::min(kLinesAcross, ny - j)};
        sweep_lines(x, block, x_walls, scratch, d);
      }
      for (std::size_t i = 0; i < nx; i += kMaxColumns) {
        const LineBlock block{k * plane + i, nx, 1, k * nx + i, std::min(kMaxColumns, nx - i)};
        sweep_lines(y, block, y_walls, scratch, d);
      }
    }
  });
}

/// The z sweep and c += increment. True if no value of c is negative.
bool DiffusionSolver::Impl::sweep_columns(const Plan& plan, const Interval& interval, double* c, Buffer& b,
                                          const Threads* t) const {
  const std::size_t plane = static_cast<std::size_t>(grid.nx) * grid.ny, nz = grid.nz;
  const auto z = plan.conductance->coefficients(2, *interval.factors);
  const WallFlux walls{plan.walls[4].open ? b.wall_flux[4].data() : nullptr,
                       plan.walls[5].open ? b.wall_flux[5].data() : nullptr};
  const double* d = b.increment.data();
  std::atomic<std::uint64_t> signs{0};
  const std::size_t grain = kMaxColumns * std::max<std::size_t>(1, kBlockVoxels / (kMaxColumns * nz));
  over(plane, grain, t, [&](std::size_t begin, std::size_t end) {
    double* scratch = line_scratch(kMaxColumns * nz);
    std::uint64_t seen = 0;
    for (std::size_t i = begin; i < end; i += kMaxColumns) {
      const LineBlock block{i, plane, 1, i, std::min(kMaxColumns, end - i)};
      seen |= sweep_lines_onto(z, block, walls, scratch, d, c);
    }
    signs.fetch_or(seen, std::memory_order_relaxed);
  });
  return signs.load() >> 63 == 0;
}

bool DiffusionSolver::Impl::implicit(const Plan& plan, const Interval& interval, std::span<double> c, Buffer& b,
                                     const Threads* t) const {
  bool positive = true;
  for (int n = 0; n < interval.substeps; ++n) {
    open_walls(plan, interval.dt, c.data(), b);
    sweep_planes(plan, interval, c.data(), b, t);
    positive = sweep_columns(plan, interval, c.data(), b, t);
    close_walls(plan, b);
  }
  return positive && std::all_of(b.reservoir.begin(), b.reservoir.end(), [](double value) { return value >= 0; });
}

/// Forward Euler from what the reaction stage left, less the gains, which are spread over the substeps.
void DiffusionSolver::Impl::positive(const Plan& plan, double dt, std::span<double> c, std::span<const double> reacted,
                                     Buffer& b, const Threads* t) const {
  const int n = positive_substeps(plan, dt);
  const std::size_t plane = static_cast<std::size_t>(grid.nx) * grid.ny;
  over(c.size(), kBlockVoxels, t, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      b.share[i] = std::max(0.0, reacted[i] - b.before[i]) / n;
      c[i] = std::min(b.before[i], reacted[i]);
    }
  });
  for (int step = 0; step < n; ++step) {
    open_walls(plan, dt / n, c.data(), b);
    over(grid.nz, std::max<std::size_t>(1, kBlockVoxels / plane), t, [&](std::size_t begin, std::size_t end) {
      for (std::size_t k = begin; k < end; ++k) {
        residual_plane(grid, *plan.conductance, b.surroundings, dt / n, c.data(), b.share.data(), k,
                       b.increment.data());
      }
    });
    over(c.size(), kBlockVoxels, t, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) c[i] += b.increment[i];
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
    over(c.size(), kBlockVoxels, t, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        b.before[i] = c[i];
        b.share[i] = (reacted[i] - c[i]) / interval.substeps;
      }
    });
    if (!implicit(plan, interval, c, b, t)) {
      load_reservoirs(s, reservoirs, reacted_reservoirs, positive_substeps(plan, dt), true, b);
      positive(plan, dt, c, reacted, b, t);
    }
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
    threads.for_blocks(m.plans.size(), 1, [&](std::size_t s, std::size_t) { run(s, m.buffers[s], nullptr); });
  } else {
    for (std::size_t s = 0; s < m.plans.size(); ++s) run(s, m.buffers[0], &threads);
  }
}

}  // namespace interstice
