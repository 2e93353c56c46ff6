/// @file
/// The checked values written out again.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/scenario/scenario.h"
#include "engine/scenario/spec/spec.h"

namespace interstice {

/// The seed and the arm that stand in a resolved text in place of the scenario's.
struct ResolvedRun {
  std::uint64_t seed = 0;
  std::string arm;  ///< "" = none
};

/// Complete YAML: every default explicit, includes and the parameter set in force already applied. The set keeps its
/// name, so that what is resolved again still says under which set it was made, but has nothing left to set.
std::string resolved_text(const Value& root, const std::string& parameter_set,
                          const std::optional<ResolvedRun>& run = std::nullopt);

/// One value under its name, as YAML.
std::string value_text(const Value& value, const std::string& name);

/// Every number of the scenario with unit, range, mark and source.
std::vector<ParameterRecord> parameter_table(const Value& root);

/// A scalar that YAML reads back as the same text.
std::string yaml_scalar(const std::string& text);

}  // namespace interstice
