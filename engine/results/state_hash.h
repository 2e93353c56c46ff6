/// @file
/// SHA-256 of the full double-precision state: two runs with the same hash are the same run, bit for bit.
///
/// What is hashed, in this order (numbers little-endian; texts and arrays preceded by their length as u64):
///   "interstice state 2", seed, chemotaxis variant; clock (step, now, last transport, vesicles, cells);
///   models by name: name, version, SHA-256 of the plug-in; fields by species order: name, values;
///   reservoirs: name, concentrations, vesicles; cells by id: id, ancestor, type, state, position,
///   velocity, heading, radius, state since, state until, births, transitions, bound, internal, adsorptions, releases,
///   then every column: name, values; vesicles: their number and, modulo 2^64, the sums of two 64-bit digests of each
///   (id, position, host, state, class, cargo, diffusivity, clearance left, copies of every protein, columns of
///   models), names of the proteins; vesicles that are counted, per voxel and per cell by id; ledger per class; budget;
///   tallies.
/// The host of a vesicle enters as the id of the host cell (all ones when free). The order in which agents are stored
/// does not matter.
#pragma once

#include <string>

#include "engine/sim/problem.h"

namespace interstice {

/// 64 hexadecimal digits.
std::string state_hash(const State& state, const Problem& problem);

/// The part of the state that vesicles without effects must leave alone: clock, seed, fields, concentrations of
/// reservoirs, and cells without their vesicle counts. `inert` and `vehicle` agree in it.
std::string tissue_hash(const State& state, const Problem& problem);

}  // namespace interstice
