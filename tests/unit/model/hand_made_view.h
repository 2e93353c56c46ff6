/// @file
/// A ModelView and Effects over plain vectors, so that a model is tested without an engine.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "engine/model/interaction_model.h"

namespace interstice::testing {

/// Parameters and choices at their defaults unless changed by name or position.
struct Settings {
  explicit Settings(const ModelDescriptor& model) : descriptor(&model) {
    for (const ParameterSpec& p : model.parameters) parameters.push_back(p.default_value);
    choices.assign(model.choices.size(), 0);
  }
  double& operator[](std::string_view name) {
    for (std::size_t i = 0; i < parameters.size(); ++i)
      if (descriptor->parameters[i].name == name) return parameters[i];
    throw std::out_of_range(std::string(name));
  }
  [[nodiscard]] std::unique_ptr<InteractionModel> make() const { return descriptor->make({parameters, choices}); }

  const ModelDescriptor* descriptor;
  std::vector<double> parameters;
  std::vector<std::uint32_t> choices;
};

/// Cells with ids 0, 1, ... whose columns belong to one model.
class Stand {
 public:
  Stand(const ModelDescriptor& model, std::size_t cells)
      : columns(model.columns.size()), noise_(Noise(7), model.name), changes_(columns.size()) {
    for (std::size_t k = 0; k < columns.size(); ++k) columns[k].assign(cells, model.columns[k].initial);
    for (std::size_t c = 0; c < cells; ++c) ids_.push_back(c);
    bound.assign(cells, 0);
    releases.assign(cells, 0);
  }

  /// One step of the model, its changes applied.
  void step(const InteractionModel& model, double dt, bool cells_due = true) {
    std::vector<std::span<const double>> seen(columns.begin(), columns.end());
    for (auto& change : changes_) change.assign(ids_.size(), 0);
    std::vector<std::span<double>> written(changes_.begin(), changes_.end());
    ModelView view;
    view.dt = dt;
    view.step = steps_++;
    view.cells_due = cells_due;
    since_cells_ += dt;
    view.cells_dt = cells_due ? since_cells_ : 0;
    if (cells_due) since_cells_ = 0;
    view.noise = noise_;
    view.cell_id = ids_;
    view.bound = bound;
    view.releases = releases;
    view.columns_ = seen;
    Effects effects;
    effects.changes_ = written;
    model.evaluate(view, effects);
    for (std::size_t k = 0; k < columns.size(); ++k)
      for (std::size_t c = 0; c < ids_.size(); ++c) columns[k][c] += changes_[k][c];
  }

  std::vector<std::vector<double>> columns;
  std::vector<std::uint64_t> bound, releases;

 private:
  ModelNoise noise_;
  std::vector<std::vector<double>> changes_;
  std::vector<AgentId> ids_;
  std::uint64_t steps_ = 0;
  double since_cells_ = 0;
};

}  // namespace interstice::testing
