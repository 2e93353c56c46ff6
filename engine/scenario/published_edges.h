/// @file
/// Effect edges of EVs: that they act on a kind of cell by a mechanism, with the mark of the evidence that they do. The
/// strength of an edge is a parameter of the cell type. `edges: published` leaves out those that are assumed: their
/// strengths are 0 in such a run, and nothing else differs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/model/registry.h"
#include "engine/scenario/scenario.h"

namespace interstice {

/// All edges that the values hold, in their order.
std::vector<EffectEdge> effect_edges(const Value& root);

/// For every arm, and for the scenario without an arm (NAME is empty), on which assumed edges act: its run without
/// them, called NAME@published. Where none acts, the run would be the same.
std::vector<Arm> published_arms(const Scenario& scenario, const Value& values);

/// Names that `arm:` may have besides those of arms: NAME@published.
std::vector<std::string> published_names(const std::vector<std::string>& arms);

}  // namespace interstice
