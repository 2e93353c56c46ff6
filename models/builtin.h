/// @file
/// The interaction models that ship with Interstice.
#pragma once

#include "engine/model/registry.h"
#include "models/cargo_delivery.h"
#include "models/cd59.h"
#include "models/ecto_enzyme.h"
#include "models/ligand_sink.h"
#include "models/surface_contact.h"

namespace interstice {

/// Adds cargo_delivery, surface_contact, cd73, cd39, cd59 and ligand_sink.
void register_builtin_models(ModelRegistry& registry);

}  // namespace interstice
