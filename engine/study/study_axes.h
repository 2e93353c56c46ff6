/// @file
/// Reading what a study file says of its axes.
#pragma once

#include <string>

#include "engine/scenario/spec/spec.h"
#include "engine/scenario/yaml/diagnostics.h"
#include "engine/scenario/yaml/yaml_node.h"
#include "engine/study/study.h"

namespace interstice {

/// An axis `name`: `value` as checked, `node` as written. Mistakes go to `diagnostics`.
StudyAxis read_axis(const std::string& name, const Value& value, const YamlNode& node, Diagnostics& diagnostics);

/// A value on one line, as after --set.
std::string flow_text(const YamlNode& node);

}  // namespace interstice
