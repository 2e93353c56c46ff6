#include <algorithm>
#include <array>
#include <cmath>

#include "engine/core/name_key.h"
#include "engine/vesicles/counts/vesicle_counts.h"
#include "engine/vesicles/vesicle_properties.h"

namespace interstice {
namespace {

constexpr std::size_t kHopsGrain = 4096;  ///< voxels per block of work
constexpr double kMostHopsPerAxis = 0.5;  ///< probability of a hop along one axis in a substep

/// What all hops of a class in one step share.
class HopRates {
 public:
  HopRates(const VesicleClass& klass, const VesicleEnvironment& environment, const CountsRoom& room)
      : environment_(environment),
        room_(room),
        regions_(environment.regions->regions),
        of_(environment.regions->of_voxel) {
    const double in_water = mean_diffusivity(klass);
    for (std::size_t r = 0; r < regions_.size(); ++r) {
      capacity_.push_back(vesicle_capacity(regions_[r]));
      diffusivity_.push_back(in_water * room.hindrance(r) / regions_[r].viscosity);
      conductance_.push_back(capacity_[r] * diffusivity_[r]);
    }
    for (int face = 0; face < 6; ++face) {
      const double kappa = environment.reactivity[face];
      fusogenic_[face] = std::isinf(kappa) ? kappa : kappa * klass.fusogen_uptake;
    }
  }

  /// From `a` to its neighbour `b`: probability per (dt / h^2).
  [[nodiscard]] double between(std::size_t a, std::size_t b) const {
    const double here = conductance_[of_[a]], there = conductance_[of_[b]];
    if (!(here > 0)) return diffusivity_[of_[b]];  // whoever was left behind a wall finds the way out
    if (!(there > 0)) return 0;
    return 2 * here * there / (here + there) / (capacity_[of_[a]] * room_.outside(a));
  }
  /// From `a` through the wall it touches.
  [[nodiscard]] double through_wall(std::size_t a, int face) const {
    const std::uint8_t region = of_[a];
    if (!(conductance_[region] > 0)) return 0;
    const double half_way = 2 * diffusivity_[region] / room_.outside(a);
    if (environment_.reservoir_of_face[face] >= 0 || std::isinf(fusogenic_[face])) return half_way;
    const double kappa_h = fusogenic_[face] * environment_.grid->spacing[face / 2];
    return kappa_h > 0 ? half_way * kappa_h / (kappa_h + 2 * diffusivity_[region]) : 0;
  }
  /// Mean number that a reservoir of this density [1/um^3] sends into `a`, per (dt / h^2).
  [[nodiscard]] double from_reservoir(std::size_t a, double density) const {
    return 2 * conductance_[of_[a]] * density * environment_.grid->voxel_volume();
  }

 private:
  const VesicleEnvironment& environment_;
  const CountsRoom& room_;
  const std::vector<Region>& regions_;
  const std::vector<std::uint8_t>& of_;
  std::vector<double> capacity_, diffusivity_, conductance_;  ///< per region
  std::array<double, 6> fusogenic_{};
};

/// Lines of voxels along one axis.
struct AxisLines {
  int axis, count;
  std::size_t stride;
  bool periodic;
  AxisLines(int which, const Grid& grid, const Box& box)
      : axis(which),
        count(std::array{grid.nx, grid.ny, grid.nz}[which]),
        stride(std::array<std::size_t, 3>{1, static_cast<std::size_t>(grid.nx),
                                          static_cast<std::size_t>(grid.nx) * grid.ny}[which]),
        periodic(box.periodic[which]) {}

  [[nodiscard]] int place(std::size_t voxel) const { return static_cast<int>(voxel / stride % count); }
  [[nodiscard]] bool at_wall(std::size_t voxel, bool upper) const {
    return !periodic && place(voxel) == (upper ? count - 1 : 0);
  }
  /// Neighbour on one side, wrapped.
  [[nodiscard]] std::size_t neighbour(std::size_t voxel, bool upper) const {
    const int i = place(voxel);
    if (upper) return i + 1 < count ? voxel + stride : voxel - (count - 1) * stride;
    return i > 0 ? voxel - stride : voxel + (count - 1) * stride;
  }
  [[nodiscard]] int face(bool upper) const { return 2 * axis + (upper ? 1 : 0); }
};

double hop_rate(const HopRates& rates, const AxisLines& lines, std::size_t voxel, bool upper) {
  if (lines.at_wall(voxel, upper)) return rates.through_wall(voxel, lines.face(upper));
  return lines.count == 1 ? 0 : rates.between(voxel, lines.neighbour(voxel, upper));
}

/// Square of a voxel's edge [um^2].
double squared_edge(const Grid& grid, int axis) {
  const double h = grid.spacing[axis];
  return h * h;
}

/// Largest probability of a hop along any one axis in dt.
double likeliest(const HopRates& rates, const Grid& grid, const Box& box, double dt) {
  double likeliest = 0;
  for (int axis = 0; axis < 3; ++axis) {
    const AxisLines lines(axis, grid, box);
    double most = 0;
    for (std::size_t v = 0; v < grid.voxel_count(); ++v)
      most = std::max(most, hop_rate(rates, lines, v, false) + hop_rate(rates, lines, v, true));
    likeliest = std::max(likeliest, most * dt / squared_edge(grid, axis));
  }
  return likeliest;
}

/// down[v], up[v] <- how many hop to either side.
void draw_hops(const std::vector<std::uint64_t>& counts, const HopRates& rates, const AxisLines& lines, double share,
               AgentId key, const VesicleStep& step, const Noise& noise, CountsScratch& scratch,
               const Threads& threads) {
  scratch.down.resize(counts.size());
  scratch.up.resize(counts.size());
  threads.for_blocks(counts.size(), kHopsGrain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t v = begin; v < end; ++v) {
      scratch.down[v] = scratch.up[v] = 0;
      if (counts[v] == 0) continue;
      const double down = share * hop_rate(rates, lines, v, false), up = share * hop_rate(rates, lines, v, true);
      const AgentId here = child_id(key, v);
      const auto both = noise.binomial(counts[v], down + up, Stream::vesicle_counts, here, step.step);
      if (both == 0) continue;
      scratch.down[v] = noise.binomial(both, down / (down + up), Stream::vesicle_counts, mix64(~here), step.step);
      scratch.up[v] = both - scratch.down[v];
    }
  });
}

/// Hops between voxels are carried out.
void move_counts(std::vector<std::uint64_t>& counts, const AxisLines& lines, const CountsScratch& scratch,
                 const Threads& threads) {
  threads.for_blocks(counts.size(), kHopsGrain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t v = begin; v < end; ++v) {
      counts[v] -= scratch.down[v] + scratch.up[v];
      if (!lines.at_wall(v, false)) counts[v] += scratch.up[lines.neighbour(v, false)];
      if (!lines.at_wall(v, true)) counts[v] += scratch.down[lines.neighbour(v, true)];
    }
  });
}

/// One class and its surroundings, for what happens at the walls.
struct WallTraffic {
  std::size_t klass;
  const VesicleAccounts& accounts;
  const VesicleEnvironment& environment;

  /// Those that hopped out at a face.
  void depart(int face, std::uint64_t number) const {
    accounts.move(klass, number, {VesiclePlace::free}, beyond_face(environment, face));
  }
  /// Newcomers from the reservoir behind a face, with cargo.
  void arrive(std::vector<std::uint64_t>& counts, std::size_t voxel, int face, double density, double share,
              const HopRates& rates, AgentId key, std::uint64_t step) const {
    const Whereabouts outside = beyond_face(environment, face);
    const double mean = share * rates.from_reservoir(voxel, density);
    const auto number =
        std::min(accounts.reservoirs[outside.of].vesicles[klass],
                 environment.noise.poisson(mean, Stream::vesicle_reservoir, child_id(key, voxel), step));
    accounts.move(klass, number, outside, {VesiclePlace::free});
    counts[voxel] += number;
  }
};

void pass_walls(std::vector<std::uint64_t>& counts, bool with_cargo, const AxisLines& lines, double share,
                const HopRates& rates, AgentId key, std::uint64_t step, const CountsScratch& scratch,
                const WallTraffic& traffic) {
  if (lines.periodic) return;
  for (const bool upper : {false, true}) {
    const int face = lines.face(upper), r = traffic.environment.reservoir_of_face[face];
    if (r < 0 && !(traffic.environment.reactivity[face] > 0)) continue;
    const double share_of_reservoir = r < 0 ? 1 : traffic.environment.reservoirs[r].share();
    const double density =
        r < 0 ? 0 : static_cast<double>(traffic.accounts.reservoirs[r].vesicles[traffic.klass]) / share_of_reservoir;
    const std::size_t at = upper ? lines.count - 1 : 0;
    for (std::size_t v = at * lines.stride; v < counts.size(); ++v) {
      if (v / lines.stride % lines.count != at) {  // on to the next stretch of the face
        v += (lines.count - 1) * lines.stride - 1;
        continue;
      }
      traffic.depart(face, upper ? scratch.up[v] : scratch.down[v]);
      if (r >= 0 && with_cargo) traffic.arrive(counts, v, face, density, share, rates, mix64(key + face), step);
    }
  }
}

}  // namespace

int hop_substeps(std::size_t klass, const VesicleEnvironment& environment, double dt, const CountsScratch& scratch) {
  const Grid& grid = *environment.grid;
  const HopRates rates(environment.classes[klass], environment, scratch.room);
  const double most = likeliest(rates, grid, environment.box, dt);
  return std::max(1, static_cast<int>(std::ceil(most / kMostHopsPerAxis)));
}

void hop_counts(std::size_t klass, VesicleCounts& counts, const VesicleAccounts& accounts,
                const VesicleEnvironment& environment, const VesicleStep& step, const Substep& substep,
                CountsScratch& scratch, const Threads& threads) {
  const Grid& grid = *environment.grid;
  const HopRates rates(environment.classes[klass], environment, scratch.room);
  const WallTraffic traffic{klass, accounts, environment};
  const std::uint64_t own = 0x6669656c64686f70ULL ^ name_key(environment.classes[klass].name);
  for (int axis = 0; axis < 3; ++axis)
    for (const std::size_t cargo : {0, 1}) {
      const AxisLines lines(axis, grid, environment.box);
      const double share = step.dt / substep.count / squared_edge(grid, axis);
      const AgentId key =
          mix64(own + 8 * static_cast<std::size_t>(substep.number) + 2 * static_cast<std::size_t>(axis) + cargo);
      std::vector<std::uint64_t>& free = counts.free[cargo];
      draw_hops(free, rates, lines, share, key, step, environment.noise, scratch, threads);
      move_counts(free, lines, scratch, threads);
      pass_walls(free, cargo == 1, lines, share, rates, key, step.step, scratch, traffic);
    }
}

}  // namespace interstice
