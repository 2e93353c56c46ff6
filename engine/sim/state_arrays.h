/// @file
/// Everything that evolves, array by array, as the tables of rows say (engine/core/state_row.h): what a checkpoint has
/// to save and what two states differ in.
#pragma once

#include <span>
#include <type_traits>
#include <vector>

#include "engine/sim/problem.h"

namespace interstice {

static_assert(bytes_of(&State::clock) + bytes_of(&State::fields) + bytes_of(&State::supply) +
                      bytes_of(&State::reservoirs) + bytes_of(&State::cells) + bytes_of(&State::vesicles) +
                      bytes_of(&State::ledger) + bytes_of(&State::budget) + bytes_of(&State::tallies) +
                      bytes_of(&State::exposed_copies) + bytes_of(&State::labels) ==
                  sizeof(State),
              "for_each_array and state_hash walk over every member of the state");

/// visit(info, array) for every array of the state, as a vector or, where its length is fixed, a span; numbers that
/// stand alone are arrays of one. The names of rows repeat: once per species, reservoir, vesicle class or label, in the
/// order of the Problem.
template <class SomeState, class Visit>
void for_each_stored_array(SomeState& state, const Problem& problem, const Visit& visit) {
  const auto of_fixed_length = [&visit](const RowInfo& row, auto span) { visit(row, span); };
  const auto member = [&](const RowInfo& row, auto& values) {
    if constexpr (std::is_arithmetic_v<std::remove_reference_t<decltype(values)>>)
      of_fixed_length(row, std::span(&values, 1));
    else if constexpr (std::is_arithmetic_v<std::remove_reference_t<decltype(values[0])>> ||
                       std::is_enum_v<std::remove_reference_t<decltype(values[0])>>)
      visit(row, values);
    else
      for (auto& inner : values) visit(row, inner);
  };
  for_each_member(kClockRows, state.clock, member);
  for (std::size_t s = 0; s < problem.species.size(); ++s)
    of_fixed_length(RowInfo{problem.species[s].name, "uM", Per::voxel, Hashed::tissue, Shown::number},
                    state.fields[static_cast<SpeciesId>(s)]);
  for (auto& supply : state.supply) visit(RowInfo{"supply", "uM/s", Per::voxel, Hashed::tissue}, supply);
  for (auto& reservoir : state.reservoirs) for_each_member(kReservoirRows, reservoir, member);
  for_each_array(state.cells, problem.columns, member);
  for_each_member(kVesicleRows, state.vesicles, member);
  for (std::size_t p = 0; p < problem.proteins.size(); ++p)
    visit(RowInfo{problem.proteins[p], "molecule", Per::vesicle, Hashed::state, Shown::number},
          state.vesicles.proteins[p]);
  for (std::size_t k = 0; k < problem.vesicle_columns.size(); ++k)
    visit(RowInfo{problem.vesicle_columns[k].name, problem.vesicle_columns[k].unit, Per::vesicle, Hashed::state,
                  Shown::number},
          state.vesicles.columns[k]);
  for (auto& counts : state.vesicles.counts) for_each_member(kCountRows, counts, member);
  for (auto& ledger : state.ledger) for_each_member(kLedgerRows, ledger, member);
  for_each_member(kBudgetRows, state.budget, member);
  visit(RowInfo{"tallies", "", Per::tally}, state.tallies);
  for (auto& copies : state.exposed_copies)
    visit(RowInfo{"exposed_copies", "molecule", Per::voxel, Hashed::no}, copies);
  for (auto& label : state.labels) for_each_member(kLabelRows, label, member);
}

/// The same with every array as a span: visit(info, span).
template <class SomeState, class Visit>
void for_each_array(SomeState& state, const Problem& problem, const Visit& visit) {
  for_each_stored_array(state, problem, [&visit](const RowInfo& row, auto&& values) { visit(row, std::span(values)); });
}

}  // namespace interstice
