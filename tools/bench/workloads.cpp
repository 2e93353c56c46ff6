#include "tools/bench/workloads.h"

namespace interstice::bench {
namespace {

template <class Column>
double size_of(const Column&) {
  return sizeof(typename Column::value_type);
}

double field_bytes(const World& world) {
  return static_cast<double>(world.problem.grid.voxel_count() * world.problem.species.size() * sizeof(double));
}

Workload diffusion(std::uint64_t voxels, int species, Tissue tissue, double diffusivity, double dt,
                   const Threads& threads) {
  Workload work;
  work.world = std::make_shared<World>(fields_text(voxels, species, tissue, diffusivity, dt), threads);
  work.world->roughen_fields(0.5, 2);
  work.step = [world = work.world.get()](const Threads& t) {
    world->react(t);
    world->diffuse(t);
  };
  work.elements = static_cast<double>(work.world->problem.grid.voxel_count()) * species;
  work.element = "voxel species step";
  work.bytes = field_bytes(*work.world);
  return work;
}

}  // namespace

Workload diffusion_step(std::uint64_t voxels, int species, Tissue tissue, const Threads& threads) {
  return diffusion(voxels, species, tissue, 500, 0.1, threads);
}

Workload diffusion_interval(std::uint64_t voxels, int species, Tissue tissue, const Threads& threads) {
  Workload work = diffusion(voxels, species, tissue, 770, 0.5, threads);
  work.element = "voxel species interval";
  return work;
}

Workload free_vesicle_step(std::uint64_t vesicles, const Threads& threads) {
  Workload work;
  work.world = std::make_shared<World>(free_vesicles_text(vesicles, vesicles), threads);
  work.step = [world = work.world.get()](const Threads& t) { world->move_vesicles(t); };
  work.elements = static_cast<double>(work.world->state.vesicles.size());
  work.element = "EV step";
  work.bytes = work.elements * bytes_per_free_vesicle();
  return work;
}

std::shared_ptr<World> make_tissue(std::uint64_t voxels, std::uint64_t vesicles, std::uint64_t cells,
                                   const Threads& threads) {
  auto tissue = std::make_shared<World>(tissue_text(voxels, vesicles, cells), threads);
  tissue->roughen_fields(0.01, 10);
  tissue->locate_agents();
  tissue->deposit(threads);
  tissue->exchange(threads);
  tissue->react(threads);
  return tissue;
}

Workload full_vesicle_step(std::shared_ptr<World> tissue) {
  Workload work;
  work.step = [world = tissue.get()](const Threads& t) {
    world->deposit(t);
    world->move_vesicles(t);
    world->turn_over_vesicles(t);
  };
  work.elements = static_cast<double>(tissue->state.vesicles.size());
  work.element = "EV step";
  work.bytes = work.elements * bytes_per_vesicle(tissue->state.vesicles);
  work.world = std::move(tissue);
  return work;
}

Workload reaction_step(std::shared_ptr<World> tissue) {
  Workload work;
  work.step = [world = tissue.get()](const Threads& t) { world->react(t); };
  work.elements = static_cast<double>(tissue->problem.grid.voxel_count());
  work.element = "voxel step";
  work.bytes = field_bytes(*tissue);
  work.world = std::move(tissue);
  return work;
}

Workload exchange_step(std::shared_ptr<World> tissue) {
  Workload work = reaction_step(std::move(tissue));
  work.step = [world = work.world.get()](const Threads& t) {
    world->locate_agents();
    world->exchange(t);
  };
  return work;
}

Workload transport_step(std::shared_ptr<World> tissue) {
  Workload work = reaction_step(std::move(tissue));
  work.step = [world = work.world.get()](const Threads& t) { world->diffuse(t); };
  return work;
}

Workload tissue_cell_step(std::shared_ptr<World> tissue) {
  Workload work;
  work.step = [world = tissue.get()](const Threads& t) { world->update_cells(t); };
  work.elements = static_cast<double>(tissue->state.cells.size());
  work.element = "cell update";
  work.bytes = work.elements * bytes_per_cell(tissue->state.cells);
  work.world = std::move(tissue);
  return work;
}

Workload whole_step(std::shared_ptr<World> tissue) {
  Workload work;
  work.step = [world = tissue.get()](const Threads& t) { world->advance(t); };
  work.elements = 1;
  work.element = "step";
  work.bytes = field_bytes(*tissue) +
               static_cast<double>(tissue->state.vesicles.size()) * bytes_per_vesicle(tissue->state.vesicles) +
               static_cast<double>(tissue->state.cells.size()) * bytes_per_cell(tissue->state.cells);
  work.world = std::move(tissue);
  return work;
}

Workload cell_step(std::uint64_t cells, const Threads& threads) {
  constexpr std::uint64_t kVoxelsPerCell = 12;
  auto world = std::make_shared<World>(walking_cells_text(cells, cells * kVoxelsPerCell), threads);
  world->roughen_fields(1e-6, 1e-2);
  world->locate_agents();
  return tissue_cell_step(std::move(world));
}

double bytes_per_free_vesicle() {
  const Vesicles v;
  return size_of(v.x) + size_of(v.y) + size_of(v.z) + size_of(v.id) + size_of(v.state) + size_of(v.klass) +
         size_of(v.diffusivity);
}

double bytes_per_vesicle(const Vesicles& v) {
  return bytes_per_free_vesicle() + size_of(v.host) + size_of(v.cargo) + size_of(v.clearance_left) +
         2.0 * static_cast<double>(v.proteins.size());
}

double bytes_per_cell(const Cells& c) {
  constexpr double kNumbers = 12, kCounts = 4;
  return 2 * sizeof(AgentId) + sizeof(CellTypeId) + 1 + kNumbers * sizeof(double) + 2 * sizeof(std::uint32_t) +
         kCounts * sizeof(std::uint64_t) + static_cast<double>(c.columns.size()) * sizeof(double);
}

}  // namespace interstice::bench
