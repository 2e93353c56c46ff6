/// @file
/// Doses of vesicles, at the start of a run and later.
#pragma once

#include "engine/sim/problem.h"

namespace interstice {

class Threads;
struct Workspace;

/// Gives the doses whose time lies in [from, until); true if there were any.
bool apply_doses(State& state, const Problem& problem, const Workspace& workspace, Nanoseconds from, Nanoseconds until,
                 const Threads& threads);

}  // namespace interstice
