/// @file
/// Specs and model descriptors as text.
#pragma once

#include <string>

#include "engine/model/interaction_model.h"
#include "engine/scenario/spec/spec.h"

namespace interstice {

/// One key and what it holds, `depth` levels deep; `bullet` starts every line.
std::string describe_spec(const Spec& spec, const std::string& name, int depth);

/// The spec at a key path; map levels may be left out ("vesicles.dose"). Null where there is none.
const Spec* find_spec(const Spec& root, const std::string& key_path);

std::string describe_model(const ModelDescriptor& model, const std::string& origin);

}  // namespace interstice
