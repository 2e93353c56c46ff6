/// @file
/// The state at t = 0.
#pragma once

#include "engine/sim/problem.h"

namespace interstice {

class Threads;
struct Workspace;

/// Fields at their initial values, cells placed and injured, doses given. Pure function of the problem.
State initial_state(const Problem& problem, const Workspace& workspace, const Threads& threads);

/// All that the problem gives a number of, without numbers in it: no cells, no vesicles, fields of zeros.
State empty_state(const Problem& problem);

}  // namespace interstice
