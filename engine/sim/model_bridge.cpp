#include "engine/sim/model_bridge.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/core/constants.h"
#include "engine/core/error.h"
#include "engine/vesicles/agents/vesicle_kernel.h"

namespace interstice {
namespace {

ModelView common_view(const Problem& problem, const State& state, const Tick& now,
                      std::span<const std::uint32_t> cell_voxel) {
  ModelView view;
  view.time = now.time;
  view.dt = now.dt;
  view.step = now.step;
  view.cells_due = now.cells_due;
  view.cells_dt = now.cells_dt;
  view.voxel_volume = problem.grid.voxel_volume();
  view.cell_id = state.cells.id;
  view.cell_type = state.cells.type;
  view.cell_voxel = cell_voxel;
  view.bound = state.cells.bound;
  view.internal = state.cells.internal;
  view.adsorptions = state.cells.adsorptions;
  view.releases = state.cells.releases;
  return view;
}

/// A NaN or a negative rate would be dropped by the solvers, and the model would look as if it had no effect.
void require_sound(std::span<const double> values, double lowest, const std::string& model, const std::string& what,
                   const Tick& now) {
  constexpr double highest = std::numeric_limits<double>::max();
  bool sound = true;
  for (const double value : values) sound &= value >= lowest && value <= highest;  // without a branch: vectorised
  if (sound) return;
  const auto bad = std::ranges::find_if(values, [&](double v) { return !(v >= lowest && v <= highest); });
  throw NumericalError(
      fmt::format("the interaction model '{}' wrote {} as entry {} of its {} (step {}, t = {:g} s; {} is expected) "
                  "look at its kernel",
                  model, *bad, bad - values.begin(), what, now.step, now.time,
                  lowest < 0 ? "a finite number" : "a finite number, at least 0"));
}

constexpr double kLowest = std::numeric_limits<double>::lowest();

void require_sound(const Effects& effects, const ActiveModel& model, const Problem& problem, const Tick& now) {
  for (std::size_t k = 0; k < model.fields.size(); ++k) {
    const std::string& species = problem.species[index(model.fields[k])].name;
    require_sound(effects.secretion_->asked(k), 0, model.name, "secretion of " + species + " (per voxel)", now);
    require_sound(effects.clearance_->asked(k), 0, model.name, "clearance of " + species + " (per voxel)", now);
    require_sound(effects.amounts_->asked(k), kLowest, model.name, "amounts of " + species + " (per voxel)", now);
  }
  for (std::size_t r = 0; r < model.reactions.size(); ++r)
    require_sound(effects.copies_->asked(r), 0, model.name, "enzyme copies (per compartment)", now);
  for (const std::span<const double> change : effects.changes_)
    require_sound(change, kLowest, model.name, "changes of a column (per cell)", now);
  for (const std::span<const float> change : effects.vesicle_changes_) {
    const bool sound = std::ranges::all_of(change, [](float x) { return std::isfinite(x); });
    if (!sound)
      require_sound(std::vector<double>(change.begin(), change.end()), kLowest, model.name,
                    "changes of a vesicle column", now);
  }
  require_sound(effects.tallies_, kLowest, model.name, "tallies", now);
  require_sound(effects.drift_, kLowest, model.name, "drift (three per cell)", now);
}

}  // namespace

ModelBridge::ModelBridge(const Problem& problem)
    : voxels_(problem.grid.voxel_count()),
      reservoir_copies_(problem.reservoirs.size(), std::vector<double>(problem.chemistry.reactions.size())) {
  const std::size_t compartments = voxels_ + problem.reservoirs.size();
  for (const ActiveModel& model : problem.models) {
    Slots slot{.noise = ModelNoise(problem.noise, model.name),
               .copies = {model.reactions.size(), compartments},
               .secretion = {model.fields.size(), voxels_},
               .clearance = {model.fields.size(), voxels_},
               .amounts = {model.fields.size(), voxels_},
               .catalysed = std::vector<std::vector<std::size_t>>(model.proteins.size()),
               .changes = std::vector<std::vector<double>>(model.columns.size()),
               .change_spans = {},
               .columns = {},
               .fields = {},
               .proteins = {},
               .others = {},
               .vesicle_changes = std::vector<std::vector<float>>(model.vesicle_columns),
               .vesicle_change_spans = {},
               .copies_of_vesicles = {},
               .vesicle_columns = {},
               .tallies = std::vector<double>(model.tallies)};
    slots_.push_back(std::move(slot));
    reads_proteins_ = reads_proteins_ || !model.proteins.empty();
  }
  for (const VesicleClass& k : problem.vesicle_classes) class_weight_.push_back(static_cast<double>(k.weight));
  for (const Region& region : problem.regions.regions)
    fluid_of_region_.push_back(region.volume_fraction * problem.grid.voxel_volume());
}

void ModelBridge::evaluate(const Problem& problem, const State& state, const Tick& now,
                           std::span<const std::uint32_t> cell_voxel,
                           std::span<const std::vector<double>> exposed_copies, Exchange& exchange) {
  const std::size_t cells = state.cells.size();
  fates_.assign(cells, 0);
  drift_.assign(3 * cells, 0.0);
  for (std::vector<double>& copies : reservoir_copies_) std::fill(copies.begin(), copies.end(), 0.0);
  locate_vesicles(problem, state);
  for (std::size_t m = 0; m < slots_.size(); ++m) {
    const ActiveModel& model = problem.models[m];
    Slots& slot = slots_[m];
    offer(model, slot, state, exposed_copies);
    offer_vesicles(model, slot, state);
    ModelView view = common_view(problem, state, now, cell_voxel);
    view.noise = slot.noise;
    view.columns_ = slot.columns;
    view.fields_ = slot.fields;
    view.proteins_ = slot.proteins;
    view.others_ = slot.others;
    view.region_of_voxel_ = problem.regions.of_voxel;
    view.fluid_of_region_ = fluid_of_region_;
    if (model.vesicle_columns > 0) view.vesicles = vesicle_view(slot, state);
    Effects effects;
    effects.changes_ = slot.change_spans;
    effects.vesicle_changes_ = slot.vesicle_change_spans;
    effects.tallies_ = slot.tallies;
    effects.copies_ = &slot.copies;
    effects.secretion_ = &slot.secretion;
    effects.clearance_ = &slot.clearance;
    effects.amounts_ = &slot.amounts;
    effects.catalysed_ = &slot.catalysed;
    effects.fate_ = fates_;
    effects.drift_ = drift_;
    model.model->evaluate(view, effects);
    require_sound(effects, model, problem, now);
    collect(model, slot, exchange);
  }
  spare_unresponsive_cells(problem, state.cells);
}

/// Undoes what models did to cells whose type does not respond to EVs.
void ModelBridge::spare_unresponsive_cells(const Problem& problem, const Cells& cells) {
  if (std::ranges::all_of(problem.cell_types, &CellType::responds_to_evs)) return;
  for (std::size_t c = 0; c < cells.size(); ++c) {
    if (problem.cell_types[index(cells.type[c])].responds_to_evs) continue;
    for (Slots& slot : slots_)
      for (std::vector<double>& change : slot.changes) change[c] = 0;
    fates_[c] = 0;
    std::fill_n(drift_.begin() + static_cast<std::ptrdiff_t>(3 * c), 3, 0.0);
  }
}

void ModelBridge::offer(const ActiveModel& model, Slots& slot, const State& state,
                        std::span<const std::vector<double>> exposed_copies) {
  slot.change_spans.clear();
  slot.columns.clear();
  for (std::size_t k = 0; k < model.columns.size(); ++k) {
    slot.changes[k].assign(state.cells.size(), 0.0);
    slot.change_spans.emplace_back(slot.changes[k]);
    slot.columns.emplace_back(state.cells.columns[index(model.columns[k])]);
  }
  slot.others.clear();
  for (const auto& column : model.reads)
    slot.others.push_back(column ? std::span<const double>(state.cells.columns[index(*column)])
                                 : std::span<const double>());
  std::ranges::fill(slot.tallies, 0.0);
  slot.fields.clear();
  for (const SpeciesId species : model.fields) slot.fields.push_back(state.fields[species]);
  for (auto* arrays : {&slot.copies, &slot.secretion, &slot.clearance, &slot.amounts}) arrays->begin_step();
  for (auto& reactions : slot.catalysed) reactions.clear();
  slot.proteins.clear();
  for (const ProteinId protein : model.proteins) slot.proteins.emplace_back(exposed_copies[index(protein)]);
}

void ModelBridge::offer_vesicles(const ActiveModel& model, Slots& slot, const State& state) {
  slot.vesicle_change_spans.clear();
  slot.copies_of_vesicles.clear();
  slot.vesicle_columns.clear();
  for (std::size_t k = 0; k < model.vesicle_columns; ++k) {
    slot.vesicle_changes[k].assign(state.vesicles.size(), 0.0F);
    slot.vesicle_change_spans.emplace_back(slot.vesicle_changes[k]);
    slot.vesicle_columns.emplace_back(state.vesicles.columns[model.first_vesicle_column + k]);
  }
  if (model.vesicle_columns == 0) return;
  for (const ProteinId protein : model.proteins)
    slot.copies_of_vesicles.emplace_back(state.vesicles.proteins[index(protein)]);
}

void ModelBridge::locate_vesicles(const Problem& problem, const State& state) {
  if (problem.vesicle_columns.empty()) return;
  const Vesicles& v = state.vesicles;
  vesicle_voxel_.resize(v.size());
  voxels_at(problem.grid, v.x.data(), v.y.data(), v.z.data(), vesicle_voxel_);
}

VesicleView ModelBridge::vesicle_view(const Slots& slot, const State& state) const {
  return {.id = state.vesicles.id,
          .klass = state.vesicles.klass,
          .state = state.vesicles.state,
          .host = state.vesicles.host,
          .voxel = vesicle_voxel_,
          .weight = class_weight_,
          .copies_ = slot.copies_of_vesicles,
          .columns_ = slot.vesicle_columns};
}

void ModelBridge::collect(const ActiveModel& model, const Slots& slot, Exchange& exchange) {
  for (std::size_t k = 0; k < model.fields.size(); ++k) {
    const std::uint32_t species = index(model.fields[k]);
    if (const auto rates = slot.secretion.asked(k); !rates.empty())
      exchange.arrays.push_back({{Exchange::Kind::secretion, species}, rates});
    if (const auto rates = slot.clearance.asked(k); !rates.empty())
      exchange.arrays.push_back({{Exchange::Kind::clearance, species}, rates});
  }
  for (std::size_t r = 0; r < model.reactions.size(); ++r)
    if (const auto copies = slot.copies.asked(r); !copies.empty())
      collect_copies(index(model.reactions[r]), copies, exchange);
  for (std::size_t p = 0; p < slot.catalysed.size(); ++p)
    for (const std::size_t r : slot.catalysed[p]) collect_copies(index(model.reactions[r]), slot.proteins[p], exchange);
}

/// `copies` per compartment.
void ModelBridge::collect_copies(std::size_t reaction, std::span<const double> copies, Exchange& exchange) {
  exchange.arrays.push_back({{Exchange::Kind::copies, static_cast<std::uint32_t>(reaction)}, copies.first(voxels_)});
  for (std::size_t r = 0; r < reservoir_copies_.size(); ++r) reservoir_copies_[r][reaction] += copies[voxels_ + r];
}

void ModelBridge::apply_amounts(const Problem& problem, std::size_t m, State& state) const {
  constexpr double kRounding = 1e-6;  // of what is taken, or of a molecule
  for (std::size_t k = 0; k < problem.models[m].fields.size(); ++k) {
    const SpeciesId species = problem.models[m].fields[k];
    const auto field = state.fields[species];
    const std::span<const double> amounts = slots_[m].amounts.asked(k);
    for (std::size_t v = 0; v < amounts.size(); ++v) {
      if (amounts[v] == 0) continue;
      const double per_uM = fluid_of_region_[problem.regions.of_voxel[v]] * kMoleculesPerUmCubedPerMicromolar;
      const double there = field[v] * per_uM, change = std::max(amounts[v], -there);
      if (change - amounts[v] > kRounding * (1 - amounts[v]))
        throw NumericalError(
            fmt::format("the interaction models take {} molecules of {} from voxel {}, which holds {} "
                        "(t = {:g} s, last: '{}') look at their kernels",
                        -amounts[v], problem.species[index(species)].name, v, there, seconds(state.clock.now),
                        problem.models[m].name));
      field[v] = std::max(0.0, field[v] + change / per_uM);
      (change > 0 ? state.budget.secreted : state.budget.taken_up)[index(species)] += std::abs(change);
    }
  }
}

void ModelBridge::apply_changes(const Problem& problem, State& state) const {
  const auto add = [](auto& to, const auto& changes) {
    std::transform(to.begin(), to.end(), changes.begin(), to.begin(), std::plus<>());
  };
  for (std::size_t m = 0; m < slots_.size(); ++m) {
    const Slots& slot = slots_[m];
    const ActiveModel& model = problem.models[m];
    for (std::size_t k = 0; k < slot.changes.size(); ++k)
      add(state.cells.columns[index(model.columns[k])], slot.changes[k]);
    for (std::size_t k = 0; k < model.vesicle_columns; ++k)
      add(state.vesicles.columns[model.first_vesicle_column + k], slot.vesicle_changes[k]);
    apply_amounts(problem, m, state);
    for (std::size_t k = 0; k < model.tallies; ++k) state.tallies[model.first_tally + k] += slot.tallies[k];
  }
}

}  // namespace interstice
