/// @file
/// Interaction models: parameters, reactions and the places of what they declared.

#include <fmt/format.h>

#include <algorithm>

#include "engine/core/error.h"
#include "engine/model/plugin_guard.h"
#include "engine/scenario/build/build_problem.h"

namespace interstice {

namespace {

std::optional<SpeciesId> species_of(const BuildContext& context, std::string_view model, std::string_view name) {
  const Value& species = context.root["species"];
  if (const auto i = key_index(species, name)) return static_cast<SpeciesId>(*i);
  if (!context.diagnostics.incomplete)
    context.report(context.root["models"][model],
                   fmt::format("the model needs the species '{}', which the scenario does not have{}", name,
                               did_you_mean(name, species.keys)));
  return std::nullopt;
}

double parameter(const BuildContext& context, const ModelDescriptor& d, std::string_view name) {
  return context.root["models"][d.name][name].number;
}

std::string reaction_name(const ModelDescriptor& d, std::size_t i) {
  return i == 0 ? std::string(d.name) : fmt::format("{}_{}", d.name, i + 1);
}

std::optional<Reaction> reaction_of(const BuildContext& context, const ModelDescriptor& d, std::size_t i) {
  const ModelReactionSpec& spec = d.reactions[i];
  Reaction r;
  r.name = reaction_name(d, i);
  r.law = Reaction::Law::michaelis_menten;
  const auto substrate = species_of(context, d.name, spec.substrate),
             product = species_of(context, d.name, spec.product);
  if (!substrate || !product) return std::nullopt;
  r.reactants = {{*substrate, 1}};
  r.products = {{*product, 1}};
  r.michaelis_menten.substrate = *substrate;
  r.michaelis_menten.kcat = parameter(context, d, spec.kcat);
  r.michaelis_menten.Km = parameter(context, d, spec.Km);
  for (const auto& inhibition : spec.inhibitors)
    if (const auto s = species_of(context, d.name, inhibition.species))
      r.michaelis_menten.inhibitors.push_back({*s, parameter(context, d, inhibition.Ki)});
  if (context.root["reactions"].has(r.name))
    context.report(context.root["reactions"][r.name],
                   fmt::format("the model {} adds a reaction of this name; rename yours", d.name));
  return r;
}

std::vector<std::uint32_t> choices_of(const BuildContext& context, const ModelDescriptor& d) {
  std::vector<std::uint32_t> chosen;
  for (const ChoiceSpec& c : d.choices) {
    const std::string& word = context.root["models"][d.name][c.name].text;
    const auto found = std::ranges::find(c.options, std::string_view(word));
    chosen.push_back(found == c.options.end() ? 0 : static_cast<std::uint32_t>(found - c.options.begin()));
  }
  return chosen;
}

void place_names(const BuildContext& context, const ModelDescriptor& d, const Problem& problem, ActiveModel& model) {
  for (const ModelColumnSpec& c : d.columns)
    for (std::size_t i = 0; i < problem.columns.size(); ++i)
      if (problem.columns[i].name == c.name) model.columns.push_back(static_cast<ColumnId>(i));
  for (const std::string_view f : d.fields) {
    const auto choice = std::ranges::find(d.choices, f, &ChoiceSpec::name);
    const bool chosen = choice != d.choices.end() && choice->names_species;
    const Value& word = context.root["models"][d.name][f];
    if (chosen && !word.valid) continue;
    if (const auto s = species_of(context, d.name, chosen ? std::string_view(word.text) : f))
      model.fields.push_back(*s);
  }
  for (const std::string_view p : d.proteins)
    for (std::size_t i = 0; i < problem.proteins.size(); ++i)
      if (problem.proteins[i] == p) model.proteins.push_back(static_cast<ProteinId>(i));
  for (const std::string_view c : d.reads) {
    const auto found = std::ranges::find(problem.columns, c, &ColumnSpec::name);
    model.reads.emplace_back(found == problem.columns.end()
                                 ? std::nullopt
                                 : std::optional(static_cast<ColumnId>(found - problem.columns.begin())));
  }
  const auto& reactions = problem.chemistry.reactions;
  for (std::size_t k = 0; k < d.reactions.size(); ++k)
    for (std::size_t i = 0; i < reactions.size(); ++i)
      if (reactions[i].name == reaction_name(d, k)) model.reactions.push_back(static_cast<ReactionId>(i));
}

/// What vesicles and the run as a whole carry for the model.
void own_numbers(const ModelDescriptor& d, ActiveModel& model, Problem& problem) {
  model.first_vesicle_column = problem.vesicle_columns.size();
  model.vesicle_columns = d.vesicle_columns.size();
  for (const ModelVesicleColumnSpec& c : d.vesicle_columns)
    problem.vesicle_columns.push_back({std::string(c.name), std::string(c.unit)});
  model.first_tally = problem.tallies.size();
  model.tallies = d.tallies.size();
  for (const ModelTallySpec& t : d.tallies)
    problem.tallies.push_back({fmt::format("model.{}.{}", d.name, t.name), std::string(t.unit)});
}

}  // namespace

namespace {

/// The model of a descriptor; how it is made and destroyed is a plug-in's code too.
std::shared_ptr<const InteractionModel> made(const RegisteredModel& registered, const ModelSettings& settings) {
  const auto call = [&registered](ModelEntry entry) {
    return ModelCall{.entry = entry, .model = registered.descriptor.name, .origin = registered.origin};
  };
  std::unique_ptr<InteractionModel> model;
  call_model(call(ModelEntry::make), [&] { model = registered.descriptor.make(settings); });
  if (!model) throw InputError(fmt::format("make of {} returned no model (null); mend it", registered.origin));
  return {model.release(),
          [name = std::string(registered.descriptor.name), origin = registered.origin](const InteractionModel* old) {
            call_model({.entry = ModelEntry::destroy, .model = name, .origin = origin}, [old] { delete old; });
          }};
}

}  // namespace

void build_model_reactions(const BuildContext& context, Problem& problem) {
  for (const std::string& name : context.active_models) {
    const RegisteredModel* registered = context.registry.find(name);
    for (std::size_t i = 0; registered != nullptr && i < registered->descriptor.reactions.size(); ++i)
      if (auto r = reaction_of(context, registered->descriptor, i))
        problem.chemistry.reactions.push_back(std::move(*r));
  }
}

void build_models(const BuildContext& context, Problem& problem) {
  for (const std::string& name : context.active_models) {
    const RegisteredModel* registered = context.registry.find(name);
    if (registered == nullptr) continue;
    const ModelDescriptor& d = registered->descriptor;
    ActiveModel model;
    model.name = name;
    model.version = std::string(d.version);
    model.origin = registered->origin;
    model.sha256 = registered->sha256;
    model.mechanism = d.mechanism;
    model.delay = d.delay;
    place_names(context, d, problem, model);
    own_numbers(d, model, problem);
    if (context.diagnostics.empty()) {  // a model may rely on parameters in range
      std::vector<double> parameters;
      for (const ParameterSpec& p : d.parameters) parameters.push_back(parameter(context, d, p.name));
      const auto choices = choices_of(context, d);
      try {
        model.model = made(*registered, {parameters, choices});
      } catch (const std::exception& e) {
        context.report(context.root["models"][name], fmt::format("the model cannot be made: {}", e.what()));
      }
    }
    problem.models.push_back(std::move(model));
  }
}

}  // namespace interstice
