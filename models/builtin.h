/// @file
/// The interaction models that ship with Interstice.
#pragma once

#include "engine/model/registry.h"

namespace interstice {

/// Adds cargo_delivery, surface_contact, cd73, cd39, cd59 and ligand_sink.
void register_builtin_models(ModelRegistry& registry);

namespace models {
const ModelDescriptor& cargo_delivery();
const ModelDescriptor& surface_contact();
const ModelDescriptor& cd73();
const ModelDescriptor& cd39();
const ModelDescriptor& cd59();
const ModelDescriptor& ligand_sink();
}  // namespace models

}  // namespace interstice
