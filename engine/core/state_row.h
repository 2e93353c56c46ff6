/// @file
/// Rows of the tables that describe the state. Every struct of the state has one table beside it; each row names an
/// array (or the three of a vector, or a single number), its unit, what it has one entry per, and what is done with it.
/// All that walks over the state goes by the tables: seeding, division, sorting, dropping, the state hash, snapshots,
/// budgets and ledgers in the time series (engine/sim/state_arrays.h walks over everything). So a new member is one
/// row, and a static_assert below each table finds a member without one. What need not be saved does not belong into
/// the state.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <tuple>

namespace interstice {

/// What there is one entry per; several where arrays are nested.
enum class Per : std::uint8_t {
  run,
  cell,
  vesicle,
  voxel,
  reservoir,
  species,
  reaction,
  vesicle_class,
  label_place,
  tally
};

/// What the two daughters get of a parent's number. `decrement`: one less, so that what a cycle that ends at 1 overshot
/// is kept. `begin_anew`: the parent keeps it, the newborn begins at 0.
enum class AtDivision : std::uint8_t { copy, halve, increment, decrement, clear, begin_anew };

/// Which hash takes it in: the one of the whole state; also the one of the tissue, which leaves vesicles out; none.
enum class Hashed : std::uint8_t { state, tissue, no };

/// How a snapshot shows it, if at all. `host` is the index of a cell, shown as the cell's id.
enum class Shown : std::uint8_t { no, position, number, count, category, id, host };

struct RowInfo {
  std::string_view name;  ///< in files
  std::string_view unit;  ///< UDUNITS text; "" for ids and categories
  Per per = Per::run;
  Hashed hashed = Hashed::state;
  Shown shown = Shown::no;
  AtDivision at_division = AtDivision::copy;  ///< of what every cell has; all of it goes with the cell
};

/// N members of `Owner` with one name: 3 for vectors.
template <class Owner, class Member, std::size_t N>
struct Row {
  RowInfo info;
  std::array<Member Owner::*, N> members;
};

template <class Owner, class Member, class... More>
constexpr auto row(RowInfo info, Member Owner::*first, More... more) {
  return Row<Owner, Member, 1 + sizeof...(More)>{info, {first, more...}};
}

/// visit(row) for every row of a table.
template <class Table, class Visit>
constexpr void for_each_row(const Table& table, const Visit& visit) {
  std::apply([&visit](const auto&... rows) { (visit(rows), ...); }, table);
}

/// visit(info, member) for every member of `owner` that a table lists.
template <class Table, class Owner, class Visit>
void for_each_member(const Table& table, Owner& owner, const Visit& visit) {
  for_each_row(table, [&](const auto& row) {
    for (const auto member : row.members) visit(row.info, owner.*member);
  });
}

/// What members take in their owner: for the static_asserts. Of one, and of those that a table lists.
template <class Owner, class Member>
constexpr std::size_t bytes_of(Member Owner::*) {
  return sizeof(Member);
}
template <class Table>
constexpr std::size_t bytes_listed(const Table& table) {
  std::size_t bytes = 0;
  for_each_row(table, [&bytes]<class Owner, class Member, std::size_t N>(const Row<Owner, Member, N>&) {
    bytes += N * sizeof(Member);
  });
  return bytes;
}

}  // namespace interstice
