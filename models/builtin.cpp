/// @file
/// The list of built-in interaction models: a new one adds its line here.
#include "models/builtin.h"

namespace interstice {

void register_builtin_models(ModelRegistry& registry) {
  registry.add(models::cargo_delivery());
  registry.add(models::surface_contact());
  registry.add(models::cd73());
  registry.add(models::cd39());
  registry.add(models::cd59());
  registry.add(models::ligand_sink());
}

}  // namespace interstice
