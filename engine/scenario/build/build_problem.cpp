/// @file
/// Checked values to Problem: the order in which the sections are built.

#include "engine/scenario/build/build_problem.h"

#include <algorithm>

#include "engine/scenario/build/by_name.h"

namespace interstice {

bool BuildContext::complained(std::string_view key_path) const {
  return std::ranges::any_of(diagnostics.complaints(), [key_path](const Complaint& c) {
    return c.key_path.starts_with(key_path) &&
           (c.key_path.size() == key_path.size() || c.key_path[key_path.size()] == '.');
  });
}

namespace {

Problem build_sections(const BuildContext& context) {
  Problem problem;
  problem.title = context.root["title"].text;
  build_space(context, problem);
  build_schedule(context, problem);
  build_species(context, problem);
  build_initial_fields(context, problem);
  build_reactions(context, problem);
  build_model_reactions(context, problem);
  build_reservoirs(context, problem);
  build_species_doses(context, problem);
  build_columns(context, problem);
  build_cell_types(context, problem);
  build_population(context, problem);
  build_vesicles(context, problem);
  build_labels(context, problem);
  build_profiles(context, problem);
  std::erase_if(problem.doses, [&](const Dose& dose) {  // labels come without vesicles too
    const std::string& name = problem.vesicle_classes[index(dose.klass)].name;
    return !context.vesicles ||
           (context.classes && std::ranges::find(*context.classes, name) == context.classes->end());
  });
  build_models(context, problem);
  return problem;
}

}  // namespace

Problem build_all(const BuildContext& as_written) {
  const Value root = sorted_by_name(as_written.root);
  return build_sections({.root = root,
                         .registry = as_written.registry,
                         .diagnostics = as_written.diagnostics,
                         .active_models = as_written.active_models,
                         .vesicles = as_written.vesicles,
                         .classes = as_written.classes,
                         .painting = as_written.root["regions"].keys});
}

}  // namespace interstice
