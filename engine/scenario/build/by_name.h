/// @file
/// The order of entries. A scenario is built from a copy of its values in which the entries of every map stand in the
/// order of their names. Ids follow from names then, and so does every sum over a list: no result depends on the order
/// in which a user wrote things. Where an order has a meaning, the builder asks the values as they were written.
#pragma once

#include "engine/scenario/spec/spec.h"

namespace interstice {

/// The same values, maps sorted by their keys.
Value sorted_by_name(Value value);

}  // namespace interstice
