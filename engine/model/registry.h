/// @file
/// The models that a run can name: the built-in ones and those loaded from shared objects.
#pragma once

#include <string>
#include <vector>

#include "engine/model/interaction_model.h"
#include "engine/model/plugin_guard.h"

namespace interstice {

struct RegisteredModel {
  ModelDescriptor descriptor;
  std::string origin{kBuiltIn};  ///< or the path of the shared object
  std::string sha256;            ///< of the shared object, "" when built in
};

/// What every descriptor must satisfy: unique names, defaults within their ranges, units and marks given, reactions
/// that name declared parameters. Throws InputError naming the model and the first problem.
void check_descriptor(const ModelDescriptor& descriptor);

class ModelRegistry {
 public:
  /// Throws InputError when the descriptor is not sound, or repeats a model's name or column.
  void add(const ModelDescriptor& descriptor, std::string origin = std::string(kBuiltIn), std::string sha256 = {});
  /// Loads a shared object that exports `interstice_model_abi` and `interstice_model` (see models/template).
  /// Throws InputError naming the file when it does not load, has another ABI number, or repeats a name. A file that
  /// is loaded already is left alone.
  void load(const std::string& path);
  [[nodiscard]] const RegisteredModel* find(std::string_view name) const;
  [[nodiscard]] const std::vector<RegisteredModel>& all() const { return models_; }

 private:
  std::vector<RegisteredModel> models_;
};

}  // namespace interstice
