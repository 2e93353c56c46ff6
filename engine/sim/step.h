/// @file
/// One time step of the method. Read step.cpp first when you want to know what Interstice does.
#pragma once

#include "engine/sim/problem.h"

namespace interstice {

class Threads;
struct Workspace;

/// Advances the state by one tick of its clock.
void advance(State& state, const Problem& problem, Workspace& workspace, const Threads& threads);

}  // namespace interstice
