#include "engine/sim/model_bridge.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/cells/cell_update.h"
#include "engine/core/constants.h"
#include "engine/core/error.h"
#include "engine/model/plugin_guard.h"
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

/// What several models want of a cell: nobody can be removed and divide.
std::uint8_t either(std::uint8_t a, std::uint8_t b) {
  constexpr auto remove = static_cast<std::uint8_t>(CellFate::remove);
  return a == remove || b == remove ? remove : std::max(a, b);
}

}  // namespace

ModelBridge::ModelBridge(const Problem& problem)
    : voxels_(problem.grid.voxel_count()),
      reservoir_copies_(problem.reservoirs.size(), std::vector<double>(problem.chemistry.reactions.size())) {
  const std::size_t compartments = voxels_ + problem.reservoirs.size();
  for (const ActiveModel& model : problem.models) {
    Slots slot{.noise = ModelNoise(problem.noise, model.name),
               .answers = {.copies = {model.reactions.size(), compartments},
                           .secretion = {model.fields.size(), voxels_},
                           .clearance = {model.fields.size(), voxels_},
                           .amounts = {model.fields.size(), voxels_},
                           .catalysed = std::vector<std::vector<std::size_t>>(model.proteins.size()),
                           .changes = std::vector<GuardedArray<double>>(model.columns.size()),
                           .vesicle_changes = std::vector<GuardedArray<float>>(model.vesicle_columns),
                           .tallies = std::vector<double>(model.tallies),
                           .fate = {},
                           .drift = {}},
               .change_spans = {},
               .columns = {},
               .fields = {},
               .proteins = {},
               .others = {},
               .vesicle_change_spans = {},
               .copies_of_vesicles = {},
               .vesicle_columns = {}};
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
  fates_.assign(state.cells.size(), 0);
  drift_.clear();
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
    Effects effects = effects_into(slot);
    call_model({.entry = ModelEntry::evaluate,
                .model = model.name,
                .origin = model.origin,
                .step = now.step,
                .time = now.time},
               [&] { model.model->evaluate(view, effects); });
    check_answers(slot.answers, model, problem, state, now);
    collect(model, slot, exchange);
    collect_for_cells(slot.answers);
  }
  spare_unresponsive_cells(problem, state.cells);
}

Effects ModelBridge::effects_into(Slots& slot) {
  Effects effects;
  effects.changes_ = slot.change_spans;
  effects.vesicle_changes_ = slot.vesicle_change_spans;
  effects.tallies_ = slot.answers.tallies;
  effects.copies_ = &slot.answers.copies;
  effects.secretion_ = &slot.answers.secretion;
  effects.clearance_ = &slot.answers.clearance;
  effects.amounts_ = &slot.answers.amounts;
  effects.catalysed_ = &slot.answers.catalysed;
  effects.fate_ = &slot.answers.fate;
  effects.drift_ = &slot.answers.drift;
  return effects;
}

/// Undoes what models did to cells whose type does not respond to EVs.
void ModelBridge::spare_unresponsive_cells(const Problem& problem, const Cells& cells) {
  if (std::ranges::all_of(problem.cell_types, &CellType::responds_to_evs)) return;
  for (std::size_t c = 0; c < cells.size(); ++c) {
    if (problem.cell_types[index(cells.type[c])].responds_to_evs) continue;
    for (Slots& slot : slots_)
      for (const std::span<double> change : slot.change_spans) change[c] = 0;
    fates_[c] = 0;
    if (!drift_.empty()) std::fill_n(drift_.begin() + static_cast<std::ptrdiff_t>(3 * c), 3, 0.0);
  }
}

void ModelBridge::offer(const ActiveModel& model, Slots& slot, const State& state,
                        std::span<const std::vector<double>> exposed_copies) {
  slot.change_spans.clear();
  slot.columns.clear();
  for (std::size_t k = 0; k < model.columns.size(); ++k) {
    slot.answers.changes[k].begin_step(state.cells.size());
    slot.change_spans.push_back(slot.answers.changes[k].ask());
    slot.columns.emplace_back(state.cells.columns[index(model.columns[k])]);
  }
  slot.others.clear();
  for (const auto& column : model.reads)
    slot.others.push_back(column ? std::span<const double>(state.cells.columns[index(*column)])
                                 : std::span<const double>());
  ModelAnswers& answers = slot.answers;
  std::ranges::fill(answers.tallies, 0.0);
  slot.fields.clear();
  for (const SpeciesId species : model.fields) slot.fields.push_back(state.fields[species]);
  for (auto* arrays : {&answers.copies, &answers.secretion, &answers.clearance, &answers.amounts}) arrays->begin_step();
  for (auto& reactions : answers.catalysed) reactions.clear();
  answers.fate.begin_step(state.cells.size());
  answers.drift.begin_step(3 * state.cells.size());
  slot.proteins.clear();
  for (const ProteinId protein : model.proteins) slot.proteins.emplace_back(exposed_copies[index(protein)]);
}

void ModelBridge::offer_vesicles(const ActiveModel& model, Slots& slot, const State& state) {
  slot.vesicle_change_spans.clear();
  slot.copies_of_vesicles.clear();
  slot.vesicle_columns.clear();
  for (std::size_t k = 0; k < model.vesicle_columns; ++k) {
    slot.answers.vesicle_changes[k].begin_step(state.vesicles.size());
    slot.vesicle_change_spans.push_back(slot.answers.vesicle_changes[k].ask());
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
  const ModelAnswers& answers = slot.answers;
  for (std::size_t k = 0; k < model.fields.size(); ++k) {
    const std::uint32_t species = index(model.fields[k]);
    if (const auto rates = answers.secretion.asked(k); !rates.empty())
      exchange.arrays.push_back({{Exchange::Kind::secretion, species}, rates});
    if (const auto rates = answers.clearance.asked(k); !rates.empty())
      exchange.arrays.push_back({{Exchange::Kind::clearance, species}, rates});
  }
  for (std::size_t r = 0; r < model.reactions.size(); ++r)
    if (const auto copies = answers.copies.asked(r); !copies.empty())
      collect_copies(index(model.reactions[r]), copies, exchange);
  for (std::size_t p = 0; p < answers.catalysed.size(); ++p)
    for (const std::size_t r : answers.catalysed[p])
      collect_copies(index(model.reactions[r]), slot.proteins[p], exchange);
}

/// Fates and drift.
void ModelBridge::collect_for_cells(const ModelAnswers& answers) {
  const auto fate = answers.fate.asked();
  for (std::size_t c = 0; c < fate.size(); ++c) fates_[c] = either(fates_[c], fate[c]);
  const auto drift = answers.drift.asked();
  if (!drift.empty()) drift_.resize(3 * fates_.size(), 0.0);
  for (std::size_t i = 0; i < drift.size(); ++i) drift_[i] += drift[i];
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
    const std::span<const double> amounts = slots_[m].answers.amounts.asked(k);
    for (std::size_t v = 0; v < amounts.size(); ++v) {
      if (amounts[v] == 0) continue;
      const double per_uM = fluid_of_region_[problem.regions.of_voxel[v]] * kMoleculesPerUmCubedPerMicromolar;
      const double there = field[v] * per_uM, change = std::max(amounts[v], -there);
      if (change - amounts[v] > kRounding * (1 + std::abs(amounts[v])))
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
    const ModelAnswers& answers = slots_[m].answers;
    const ActiveModel& model = problem.models[m];
    for (std::size_t k = 0; k < answers.changes.size(); ++k)
      add(state.cells.columns[index(model.columns[k])], answers.changes[k].asked());
    for (std::size_t k = 0; k < model.vesicle_columns; ++k)
      add(state.vesicles.columns[model.first_vesicle_column + k], answers.vesicle_changes[k].asked());
    apply_amounts(problem, m, state);
    for (std::size_t k = 0; k < model.tallies; ++k) state.tallies[model.first_tally + k] += answers.tallies[k];
  }
}

}  // namespace interstice
