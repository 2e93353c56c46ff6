/// @file
/// What a scenario may hold: the one place that says it. See spec.h for what follows from it.
#pragma once

#include "engine/model/registry.h"
#include "engine/scenario/spec/spec.h"

namespace interstice {

/// Words that mean something in formulas and can name nothing there.
std::vector<std::string> formula_words();

/// The whole scenario; the keys under `models` and their parameters come from the registered models.
SpecPointer scenario_spec(const ModelRegistry& registry);

/// Parts of it, one function per file section.
SpecPointer space_spec_domain();
SpecPointer space_spec_region();
SpecPointer space_spec_reservoir();
SpecPointer chemistry_spec_species();
SpecPointer chemistry_spec_reaction();
SpecPointer agent_spec_cell_type();
SpecPointer agent_spec_edge();
SpecPointer agent_spec_placement();
SpecPointer agent_spec_table();
SpecPointer agent_spec_injury();
SpecPointer agent_spec_vesicles();
SpecPointer label_spec();
SpecPointer profile_spec();
SpecPointer model_spec(const ModelDescriptor& model);
SpecPointer compare_spec();

/// `in: film` or `in: [film, synovium]`; also `all`.
SpecPointer regions_spec(std::string doc, std::size_t at_least = 1);

}  // namespace interstice
