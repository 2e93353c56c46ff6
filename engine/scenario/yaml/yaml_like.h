/// @file
/// Cell types that are written as another one with differences: `like`.
#pragma once

#include "engine/scenario/yaml/diagnostics.h"
#include "engine/scenario/yaml/yaml_node.h"

namespace interstice {

/// Resolves `like: NAME` and `like: [NAME, ...]` of cell types, in the tree of a scenario and all that it includes. The
/// type gets all that the named types and `cell_parts` have, the later ones over the earlier ones, and its own keys
/// over all of them, as an including file goes over what it includes. Parameter sets that change what was taken over
/// change it here too, value by value, but not what the type says itself or the set says of it; of several types or
/// parts that it is like, the nearest counts. `like` and `cell_parts` are gone from the tree afterwards.
void take_over_likes(YamlNode& root, Diagnostics& diagnostics);

}  // namespace interstice
