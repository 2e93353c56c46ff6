/// @file
/// What exists: the format, the interaction models, the cell types and chemistries that ship, and what a scenario
/// holds.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/scenario/scenario.h"

namespace interstice {

/// `what`: "" (overview), "format", a section or key of the format ("vesicles", "vesicles.dose"), "models", "cells",
/// "species", "reactions", or the name of one of them. Throws InputError for anything else.
std::string describe(std::string_view what, const ModelRegistry& registry,
                     const std::vector<std::string>& include_directories = {});

/// About a loaded scenario: "" (summary, origin of every file, every number), "parameters", or a key path.
std::string describe(const Scenario& scenario, std::string_view what = "");

/// The format as a Markdown list, for scenarios/README.md.
std::string format_reference(const ModelRegistry& registry);

}  // namespace interstice
