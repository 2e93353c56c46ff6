/// @file
/// A small state with something in every array, for tests of what is written and hashed. Nothing is simulated.
#pragma once

#include <random>
#include <string>
#include <type_traits>

#include "engine/sim/problem.h"
#include "support/temporary_directory.h"

namespace interstice::testing {

using test::TemporaryDirectory;

inline CellType sample_cell_type(const std::string& name, std::vector<std::string> states) {
  CellType type;
  type.name = name;
  for (auto& s : states) {
    CellState state;
    state.removed = s == "dead";
    state.name = std::move(s);
    type.states.push_back(std::move(state));
  }
  return type;
}

/// Two regions (the lower half of z is tissue with volume fraction 0.5), two species, two cell types, a vesicle class.
inline Problem sample_problem(Grid grid = {7, 5, 6, 10.0}) {
  Problem p;
  p.title = "Sample";
  p.grid = grid;
  p.noise = Noise(42);
  p.regions.regions.resize(2);
  p.regions.regions[0].name = "film";
  p.regions.regions[1].name = "tissue";
  p.regions.regions[1].volume_fraction = 0.5;
  for (std::size_t v = 0; v < grid.voxel_count(); ++v)
    p.regions.of_voxel.push_back(grid.centre(v).z < grid.size().z / 2 ? 1 : 0);
  p.species.resize(2);
  p.species[0].name = "ATP";
  p.species[1].name = "adenosine";
  p.chemistry.reactions.resize(1);
  p.chemistry.reactions[0].name = "CD39";
  p.reservoirs.resize(1);
  p.reservoirs[0].name = "synovial_fluid";
  p.columns = {{"akt", "1", 0, ""}, {"drift", "um^2/s", 0, ""}, {"R_cargo", "1", 0, "cargo_delivery"}};
  p.cell_types = {sample_cell_type("chondrocyte", {"alive", "necrotic", "dead"}),
                  sample_cell_type("macrophage", {"resting", "active"})};
  p.cell_types[0].columns.resize(2);
  p.cell_types[0].columns[0].column = ColumnId{0};
  p.cell_types[0].columns[1].column = ColumnId{1};
  p.proteins = {"CD73", "CD39"};
  p.vesicle_classes.resize(1);
  p.vesicle_classes[0].name = "msc_sev";
  p.vesicle_classes[0].weight = 10;
  p.models.resize(1);
  p.models[0].name = "cargo_delivery";
  p.models[0].version = "1";
  return p;
}

inline Cells sample_cells(const Problem& p, std::size_t count, std::mt19937_64& random) {
  std::uniform_real_distribution<double> uniform(0.0, 1.0);
  Cells c;
  c.columns.resize(p.columns.size());
  for_each_array(c, p.columns, [&](const RowInfo&, auto& values) {
    using T = typename std::remove_reference_t<decltype(values)>::value_type;
    values.resize(count);
    for (T& value : values) {
      if constexpr (std::is_floating_point_v<T>)
        value = uniform(random);
      else
        value = static_cast<T>(random() % 100);
    }
  });
  const Vec3 size = p.grid.size();
  for (std::size_t i = 0; i < count; ++i) {
    c.id[i] = c.ancestor[i] = mix64(i + 1);
    c.type[i] = static_cast<CellTypeId>(i % 2);
    c.state[i] = static_cast<std::uint8_t>(i / 2 % 2);
    c.x[i] *= size.x, c.y[i] *= size.y, c.z[i] *= size.z;
  }
  return c;
}

inline Vesicles sample_vesicles_of(const Problem& p, std::size_t count, std::size_t cells, std::mt19937_64& random) {
  std::uniform_real_distribution<double> uniform(0.0, 1.0);
  Vesicles v;
  v.proteins.resize(p.proteins.size());
  for (std::size_t i = 0; i < count; ++i) {
    const Vec3 size = p.grid.size();
    v.x.push_back(uniform(random) * size.x);
    v.y.push_back(uniform(random) * size.y);
    v.z.push_back(uniform(random) * size.z);
    v.id.push_back(mix64(1000000 + i));
    const bool held = i % 3 != 0 && cells > 0;
    v.host.push_back(held ? static_cast<std::uint32_t>(i % cells) : kNoHost);
    v.state.push_back(held ? static_cast<VesicleState>(i % 3) : VesicleState::free);
    v.klass.push_back(VesicleClassId{0});
    v.cargo.push_back(i % 5 != 0);
    v.diffusivity.push_back(static_cast<float>(4 + uniform(random)));
    v.clearance_left.push_back(static_cast<float>(uniform(random)));
    for (auto& copies : v.proteins) copies.push_back(static_cast<std::uint16_t>(random() % 20));
  }
  return v;
}

inline State sample_state(const Problem& p, std::size_t cells = 12, std::size_t vesicles = 60) {
  std::mt19937_64 random(7);
  std::uniform_real_distribution<double> uniform(0.0, 1.0);
  State s;
  s.clock.step = 20;
  s.clock.now = 1500000000;
  s.clock.last_transport = 1500000000;
  s.clock.last_vesicles = 1000000000;
  s.clock.last_cells = 500000000;
  s.fields = FieldSet(p.species.size(), p.grid.voxel_count());
  for (std::size_t k = 0; k < p.species.size(); ++k)
    for (double& c : s.fields[static_cast<SpeciesId>(k)]) c = uniform(random);
  s.reservoirs.resize(p.reservoirs.size());
  s.supply.resize(p.species.size());
  for (auto& supply : s.supply)
    for (std::size_t v = 0; v < p.grid.voxel_count(); ++v) supply.push_back(static_cast<float>(uniform(random)));
  for (auto& r : s.reservoirs) r = {{0.25, 0.5}, {0.1, -0.2}, {3}};
  s.cells = sample_cells(p, cells, random);
  s.vesicles = sample_vesicles_of(p, vesicles, cells, random);
  s.ledger.resize(p.vesicle_classes.size());
  for (auto& l : s.ledger) l = {600, 200, 150, 100, 30, 40, 50, 20, 10};
  s.vesicles.counts.resize(p.vesicle_classes.size());
  s.exposed_copies.assign(p.proteins.size(), std::vector<double>(p.grid.voxel_count() + p.reservoirs.size(), 2.5));
  s.budget.resize(p.species.size(), p.chemistry.reactions.size());
  s.budget.reacted = {11};
  s.budget.secreted = {12, 13};
  s.budget.taken_up = {14, 15};
  s.budget.decayed = {16, 17};
  s.budget.through_boundary = {18, -19};
  return s;
}

}  // namespace interstice::testing
