/// @file
/// The JSON Schema of the scenario format, for editors and for checks outside the program.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "engine/model/registry.h"
#include "engine/scenario/spec/spec.h"

namespace interstice {

/// Draft 2020-12. It accepts whatever the loader accepts; the loader refuses more (units, names, ranges).
nlohmann::json scenario_schema(const ModelRegistry& registry);

/// The same for a file of another format.
nlohmann::json schema_of(const Spec& spec, const std::string& title);

}  // namespace interstice
