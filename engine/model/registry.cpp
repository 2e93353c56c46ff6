/// @file
/// Registration of interaction models; what a descriptor must satisfy is in check_descriptor.
#include "engine/model/registry.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <set>
#include <utility>

#include "engine/core/error.h"
#include "engine/core/units.h"
#include "engine/model/plugin_loader.h"

namespace interstice {

namespace {

class DescriptorCheck {
 public:
  explicit DescriptorCheck(const ModelDescriptor& model) : model_(model) {}

  [[noreturn]] void fail(const std::string& problem) const {
    throw InputError(
        fmt::format("the interaction model '{}' cannot be used ({}); mend its descriptor", model_.name, problem));
  }

  void run() const {
    if (model_.name.empty()) fail("it has no name");
    if (model_.make == nullptr) fail("it has no make function");
    mechanism();
    if (!(model_.delay >= 0) || !std::isfinite(model_.delay)) fail("its delay is negative or not a number");
    names();
    parameters();
    choices();
    for (const ModelReactionSpec& reaction : model_.reactions) this->reaction(reaction);
  }

 private:
  const ModelDescriptor& model_;

  void mechanism() const {
    const auto which = static_cast<std::size_t>(model_.mechanism);
    if (which == 0 || which >= kMechanismNames.size())
      fail("it does not say its mechanism: one of none, enzyme, binding, contact, cargo");
  }

  void names() const {
    std::set<std::string_view> keys;
    for (const ParameterSpec& p : model_.parameters) unique(keys, p.name, "parameter or choice");
    for (const ChoiceSpec& c : model_.choices) unique(keys, c.name, "parameter or choice");
    if (keys.contains("library")) fail("the name 'library' is reserved for the path of a plug-in");
    std::set<std::string_view> columns, fields, proteins;
    for (const ModelColumnSpec& c : model_.columns) unique(columns, c.name, "column");
    for (std::string_view f : model_.fields) unique(fields, f, "field");
    for (std::string_view p : model_.proteins) unique(proteins, p, "protein");
    std::set<std::string_view> vesicle_columns, tallies;
    for (const ModelVesicleColumnSpec& c : model_.vesicle_columns) unique(vesicle_columns, c.name, "vesicle column");
    for (const ModelTallySpec& t : model_.tallies) unique(tallies, t.name, "tally");
  }

  void unique(std::set<std::string_view>& seen, std::string_view name, std::string_view kind) const {
    if (name.empty()) fail(fmt::format("a {} has no name", kind));
    if (!seen.insert(name).second) fail(fmt::format("the {} '{}' stands twice", kind, name));
  }

  void parameters() const {
    static const std::set<std::string_view> marks = {"V", "L", "A", "calc"};
    for (const ParameterSpec& p : model_.parameters) {
      if (p.unit.empty()) fail(fmt::format("the parameter '{}' has no unit; use \"1\" for a pure number", p.name));
      unit_exists(p.unit, p.name);
      if (!std::isfinite(p.default_value)) fail(fmt::format("the default of '{}' is not a number", p.name));
      if (!(p.minimum <= p.default_value && p.default_value <= p.maximum)) {
        fail(fmt::format("the default {} of '{}' is outside its range {} to {}", p.default_value, p.name, p.minimum,
                         p.maximum));
      }
      if (!marks.contains(p.mark)) fail(fmt::format("the mark '{}' of '{}' is none of V, L, A, calc", p.mark, p.name));
    }
  }

  void unit_exists(std::string_view unit, std::string_view of) const {
    try {
      (void)parse_unit(unit);
    } catch (const InputError& error) {
      fail(fmt::format("'{}': {}", of, error.what()));
    }
  }

  void choices() const {
    for (const ChoiceSpec& c : model_.choices) {
      if (c.options.empty()) fail(fmt::format("the choice '{}' has no options", c.name));
      if (c.names_species && c.options.size() != 1)
        fail(fmt::format("the choice '{}' names a species: its options are the default alone", c.name));
      std::set<std::string_view> options;
      for (std::string_view option : c.options) unique(options, option, "option");
    }
  }

  void reaction(const ModelReactionSpec& reaction) const {
    if (reaction.substrate.empty() || reaction.product.empty() || reaction.substrate == reaction.product) {
      fail("a reaction needs a substrate and another product");
    }
    parameter_exists(reaction.kcat);
    parameter_exists(reaction.Km);
    for (const auto& inhibition : reaction.inhibitors) parameter_exists(inhibition.Ki);
  }

  void parameter_exists(std::string_view name) const {
    const auto same = [name](const ParameterSpec& p) { return p.name == name; };
    if (std::none_of(model_.parameters.begin(), model_.parameters.end(), same)) {
      fail(fmt::format("a reaction names the parameter '{}', which is not declared", name));
    }
  }
};

/// Two models that both own a column could not tell each other's changes from their own.
void require_free(const std::vector<RegisteredModel>& models, const ModelDescriptor& added, const std::string& origin) {
  for (const RegisteredModel& known : models) {
    if (known.descriptor.name == added.name) {
      throw InputError(fmt::format("the interaction model '{}' of {} has the name of a model that is {}; rename it",
                                   added.name, origin, known.origin));
    }
    for (const ModelColumnSpec& column : added.columns) {
      const auto same = [&column](const ModelColumnSpec& other) { return other.name == column.name; };
      if (std::any_of(known.descriptor.columns.begin(), known.descriptor.columns.end(), same)) {
        throw InputError(fmt::format("the interaction models '{}' and '{}' both own the column '{}'; rename one",
                                     known.descriptor.name, added.name, column.name));
      }
    }
  }
}

}  // namespace

void check_descriptor(const ModelDescriptor& descriptor) { DescriptorCheck(descriptor).run(); }

void ModelRegistry::add(const ModelDescriptor& descriptor, std::string origin, std::string sha256) {
  check_descriptor(descriptor);
  require_free(models_, descriptor, origin);
  models_.push_back({descriptor, std::move(origin), std::move(sha256)});
}

void ModelRegistry::load(const std::string& path) {
  const std::string absolute = std::filesystem::absolute(path).lexically_normal().string();
  const auto same_file = [&absolute](const RegisteredModel& m) { return m.origin == absolute; };
  if (std::any_of(models_.begin(), models_.end(), same_file)) return;  // two scenarios may name one library
  LoadedPlugin plugin = load_plugin(absolute);
  const OpenCall reading({.entry = ModelEntry::load, .model = {}, .origin = absolute});
  add(*plugin.descriptor, std::move(plugin.path), std::move(plugin.sha256));
}

const RegisteredModel* ModelRegistry::find(std::string_view name) const {
  const auto same = [name](const RegisteredModel& m) { return m.descriptor.name == name; };
  const auto found = std::find_if(models_.begin(), models_.end(), same);
  return found == models_.end() ? nullptr : &*found;
}

}  // namespace interstice
