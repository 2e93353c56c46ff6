/// @file
/// The state at t = 0.
#pragma once

#include "engine/sim/problem.h"

namespace interstice {

class Threads;
struct Workspace;

/// Fields at their initial values, cells placed and injured, doses given. Pure function of the problem.
State initial_state(const Problem& problem, const Workspace& workspace, const Threads& threads);

}  // namespace interstice
