/// @file
/// Small questions about texts and nodes that the checker of specs asks, and how it words what it says about them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/units.h"
#include "engine/scenario/spec/spec.h"
#include "engine/scenario/yaml/yaml_node.h"

namespace interstice {

/// "a list" and the like.
const char* kind_text(const YamlNode& node);

/// Letters, digits and _, not starting with a digit.
bool is_identifier(std::string_view s);

/// "unknown key 'x' (expected one of: ...) did you mean 'y'?"
std::string unknown_name(const std::string& noun, const std::string& name, const std::vector<std::string>& known);

/// The quantities in native units; empty when their dimensions differ.
std::optional<std::vector<double>> native_numbers(const std::vector<std::string>& quantities);

/// A whole number to its last digit; `number` is what the text reads as, 1e6 for example. Empty below 0 and from 2^64
/// on.
std::optional<std::uint64_t> unsigned_number(std::string_view text, double number);

/// A number has no unit, or one of another dimension: what is said of it, with the key of the record that would take
/// it.
std::string wrong_unit(const std::string& text, const Quantity& quantity, const Spec& spec, const Spec* record);

/// What the annotated form at `path` says of how well its number is known.
void read_mark_and_source(const YamlNode& annotated, const std::string& path, Annotation& note,
                          Diagnostics& diagnostics);

}  // namespace interstice
