/// @file
/// A small world for tests of vesicles: a box of one fluid, optional cells, one class of vesicles of one size.
#pragma once

#include <string>
#include <vector>

#include "engine/core/constants.h"
#include "engine/vesicles/agents/vesicle_enzymes.h"
#include "engine/vesicles/agents/vesicle_motion.h"
#include "engine/vesicles/agents/vesicle_turnover.h"
#include "engine/vesicles/vesicle_parts.h"
#include "engine/vesicles/vesicle_properties.h"
#include "engine/vesicles/vesicle_seeding.h"
#include "engine/vesicles/vesicle_transfers.h"

namespace interstice {

struct VesicleWorld {
  Grid grid;
  RegionMap regions;
  std::array<bool, 3> periodic{true, true, true};
  std::array<double, 6> reactivity{};
  std::array<int, 6> reservoir_of_face{-1, -1, -1, -1, -1, -1};
  std::vector<Reservoir> reservoirs;
  std::vector<ReservoirState> reservoir_states;
  std::vector<VesicleClass> classes{1};
  std::vector<CellType> cell_types{1};
  Cells cells;
  Vesicles vesicles;
  std::vector<VesicleLedger> ledger{1};
  VesicleScratch scratch;
  Noise noise{1};
  VesicleStep now;

  VesicleWorld(int nx, int ny, int nz, Spacing spacing) : grid{nx, ny, nz, spacing} {
    regions.regions.push_back({"fluid"});
    regions.of_voxel.assign(grid.voxel_count(), 0);
    VesicleClass& klass = classes[0];
    klass.name = "ev";
    klass.geometric_sd = 1;
    klass.desorption = klass.internalisation = klass.endosome_exit = 0;
    cell_types[0].name = "ball";
    cell_types[0].contact = {0.0, std::numeric_limits<double>::infinity()};
    vesicles.proteins.resize(1);
  }

  /// Gives the median vesicle this diffusivity in water [um^2/s].
  void set_diffusivity(double D) {
    VesicleClass& k = classes[0];
    k.median_diameter *= stokes_einstein(k.median_diameter, k.temperature, k.water_viscosity) / D;
  }

  void add_cell(Vec3 p, double radius, Vec3 velocity = {}) {
    for_each_array(cells, {}, [](const RowInfo&, auto& values) { values.emplace_back(); });
    cells.id.back() = cells.ancestor.back() = cells.size();
    cells.x.back() = p.x, cells.y.back() = p.y, cells.z.back() = p.z;
    cells.vx.back() = velocity.x, cells.vy.back() = velocity.y, cells.vz.back() = velocity.z;
    cells.radius.back() = radius;
  }

  /// Makes all above this height [um] another region.
  void paint_above(double height, const Region& region) {
    regions.regions.push_back(region);
    for (std::size_t v = 0; v < grid.voxel_count(); ++v)
      if (grid.centre(v).z > height) regions.of_voxel[v] = 1;
  }

  [[nodiscard]] VesicleEnvironment environment() const {
    VesicleEnvironment e;
    e.grid = &grid;
    e.regions = &regions;
    e.box = {grid.size(), periodic};
    e.reactivity = reactivity;
    e.reservoir_of_face = reservoir_of_face;
    e.reservoirs = reservoirs;
    e.classes = classes;
    e.cell_types = cell_types;
    e.noise = noise;
    return e;
  }

  void add_reservoir(double volume) {
    Reservoir r;
    r.name = "reservoir";
    r.volume = volume;
    reservoirs.push_back(r);
    reservoir_states.emplace_back();
    reservoir_states.back().vesicles.assign(classes.size(), 0);
  }

  /// A dose of `density` [1/um^3] everywhere.
  void seed(double density, std::vector<ReservoirId> into = {}, std::size_t klass = 0) {
    const std::vector<std::uint8_t> all(regions.regions.size(), 1);
    VesicleDose dose;
    dose.klass = VesicleClassId{static_cast<std::uint8_t>(klass)};
    dose.density = density;
    dose.in_region = all;
    dose.reservoirs = into;
    seed_dose(vesicles, ledger, reservoir_states, cells, environment(), dose);
  }

  /// Removes the vesicles farther than this from p.
  void keep_within(double distance, Vec3 p) {
    std::vector<std::uint8_t> near(vesicles.size());
    for (std::size_t v = 0; v < near.size(); ++v) near[v] = norm(vesicles.position(v) - p) <= distance ? 1 : 0;
    keep_vesicles(vesicles, near);
  }

  void move(double dt, const Threads& threads) {
    now.dt = dt;
    move_vesicles(vesicles, cells, ledger, reservoir_states, environment(), now, scratch, threads);
  }
  void turn_over(double dt, const Threads& threads) {
    now.dt = dt;
    turn_over_vesicles(vesicles, cells, ledger, environment(), now, scratch, threads);
  }
  void transfer(double dt) {
    now.dt = dt;
    transfer_vesicles(vesicles, ledger, reservoir_states, cells, environment(), now);
  }
  /// A whole vesicle step.
  void advance(double dt, const Threads& threads) {
    const VesicleStep whole{now.step, now.time, dt};
    const int parts = parts_of_step(environment(), dt);
    for (int number = 0; number < parts; ++number) {
      now = part_of(whole, number, parts);
      move(now.dt, threads);
      turn_over(now.dt, threads);
    }
    now = whole;
    transfer(dt);
  }
  void tick() {
    ++now.step;
    now.time += now.dt;
  }
};

}  // namespace interstice
