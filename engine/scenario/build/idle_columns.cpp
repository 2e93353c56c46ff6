#include "engine/scenario/build/idle_columns.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "engine/cells/cell_symbols.h"
#include "engine/scenario/build/build_problem.h"
#include "engine/scenario/build/by_name.h"
#include "engine/scenario/build/given_cells.h"

namespace interstice {

namespace {

bool contains(std::span<const std::string> names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

/// One flag per symbol: set where it is a column with one of these names.
std::vector<char> flags_of(std::span<const ColumnSpec> columns, std::size_t species,
                           std::span<const std::string> names) {
  std::vector<char> flags(species + columns.size(), 0);
  for (std::size_t k = 0; k < columns.size(); ++k) flags[species + k] = contains(names, columns[k].name) ? 1 : 0;
  return flags;
}

/// Columns that begin at 0 in every cell and that division leaves there.
std::vector<std::string> starting_at_zero(const CellTable& table, std::span<const std::string> by_models) {
  std::vector<std::string> names;
  for (std::size_t k = 0; k < table.columns.size(); ++k) {
    const ColumnSpec& spec = table.columns[k];
    const bool counts = spec.at_division == AtDivision::increment || spec.at_division == AtDivision::decrement;
    if (contains(by_models, spec.name) || spec.initial != 0 || counts) continue;
    const bool all_zero = std::ranges::all_of(table.types, [k](const CellType& type) {
      return std::ranges::all_of(type.columns, [k](const ColumnDynamics& c) {
        return index(c.column) != k || (c.initial.kind == Distribution::Kind::constant && c.initial.a == 0);
      });
    });
    if (all_zero) names.push_back(spec.name);
  }
  return names;
}

/// act(column) for every column that newcomers may bring along as something else than 0, those flagged in `zero` being
/// 0.
template <class Act>
void for_each_brought(const CellType& type, std::span<const char> zero, const Act& act) {
  for (const CellState& state : type.states)
    for (const Recruitment& recruitment : state.recruits) {
      if (recruitment.rate.simplified(zero).always_zero()) continue;
      for (const BroughtAlong& brought : recruitment.bring)
        if (!brought.value.simplified(zero).always_zero()) act(brought.column);
    }
}

/// Takes from `zero` what something feeds, as long as the others are 0, until no more is fed. True: it took some.
bool remove_fed(const CellTable& table, std::vector<std::string>& zero) {
  const std::size_t before = zero.size();
  for (std::size_t last = before + 1; zero.size() < last;) {
    last = zero.size();
    const std::vector<char> flags = flags_of(table.columns, table.species, zero);
    for (const CellType& type : table.types) {
      for (const ColumnDynamics& column : type.columns)
        if (flags[table.species + index(column.column)] != 0 && !column.gain.simplified(flags).always_zero())
          std::erase(zero, table.columns[index(column.column)].name);
      for_each_brought(type, flags, [&](ColumnId c) { std::erase(zero, table.columns[index(c)].name); });
    }
  }
  return zero.size() < before;
}

/// Columns that nothing changes and that only formulas read which do not matter where those of `zero` are 0. What no
/// formula names at all was meant to be looked at, and stays; what belongs to a model that is not listed does not.
std::vector<std::string> unread(const CellTable& table, std::span<const std::string> by_models,
                                std::span<const std::string> zero) {
  const std::vector<char> flags = flags_of(table.columns, table.species, zero);
  std::vector<char> named(flags.size(), 0), needed(flags.size(), 0);
  const auto mark = [](const Expression& formula, std::vector<char>& marks) {
    for (const std::size_t symbol : formula.symbols_used())
      if (symbol < marks.size()) marks[symbol] = 1;
  };
  for (const CellType& type : table.types) {
    for_each_formula(type, [&](const Expression& formula) { mark(formula, named); });
    CellType fed = type;
    std::erase_if(fed.columns, [&](const ColumnDynamics& c) { return flags[table.species + index(c.column)] != 0; });
    for_each_formula(fed, [&](const Expression& formula) { mark(formula.simplified(flags), needed); });
    for (const ColumnDynamics& column : fed.columns)
      if (!column.gain.simplified(flags).always_zero() || !column.loss.simplified(flags).always_zero())
        needed[table.species + index(column.column)] = 1;
    for_each_brought(fed, flags, [&](ColumnId c) { needed[table.species + index(c)] = 1; });
  }
  std::vector<std::string> names;
  for (std::size_t k = 0; k < table.columns.size(); ++k) {
    const ColumnSpec& spec = table.columns[k];
    const bool asked_for = spec.owner.empty() && named[table.species + k] == 0;
    if (needed[table.species + k] == 0 && !asked_for && !contains(by_models, spec.name) && !contains(zero, spec.name))
      names.push_back(spec.name);
  }
  return names;
}

/// Where each symbol stands once the flagged ones are gone; those behind the columns move down with them.
std::vector<std::size_t> new_places(const std::vector<CellType>& types, const std::vector<char>& gone) {
  std::size_t count = gone.size();
  for (const CellType& type : types)
    for_each_formula(type, [&count](const Expression& formula) {
      for (const std::size_t symbol : formula.symbols_used()) count = std::max(count, symbol + 1);
    });
  std::vector<std::size_t> places(count);
  std::size_t next = 0;
  for (std::size_t s = 0; s < count; ++s) places[s] = s < gone.size() && gone[s] != 0 ? next : next++;
  return places;
}

void drop_what_never_happens(CellState& state) {
  std::erase_if(state.secretions, [](const Secretion& s) { return s.rate.always_zero(); });
  std::erase_if(state.recruits, [](const Recruitment& r) { return r.rate.always_zero(); });
  std::erase_if(state.transitions, [](const Transition& t) { return t.hazard.always_zero() && t.when.always_zero(); });
}

/// What one arm's cells are like: nothing else of it is built.
CellTable cell_table(const Value& values, const std::vector<std::string>& models, const ModelRegistry& registry) {
  const Value root = sorted_by_name(values);
  Diagnostics told_elsewhere;
  const BuildContext context{
      .root = root, .registry = registry, .diagnostics = told_elsewhere, .active_models = models};
  Problem cells;
  build_columns(context, cells);
  build_cell_types(context, cells);
  return {std::move(cells.cell_types), std::move(cells.columns), root["species"].keys.size()};
}

/// Keeps the names that `other` has too.
void keep_common(std::vector<std::string>& names, std::span<const std::string> other) {
  std::erase_if(names, [&](const std::string& name) { return !contains(other, name); });
}

}  // namespace

std::vector<std::string> idle_columns(std::span<const CellTable> arms, std::span<const std::string> by_models) {
  if (arms.empty()) return {};
  std::vector<std::string> zero = starting_at_zero(arms[0], by_models);
  for (const CellTable& arm : arms) keep_common(zero, starting_at_zero(arm, by_models));
  for (bool again = true; again;) {
    again = false;
    for (const CellTable& arm : arms) again = remove_fed(arm, zero) || again;
  }
  std::vector<std::string> quiet = unread(arms[0], by_models, zero);
  for (const CellTable& arm : arms) keep_common(quiet, unread(arm, by_models, zero));
  zero.insert(zero.end(), quiet.begin(), quiet.end());
  return zero;
}

void drop_columns(std::vector<CellType>& types, std::vector<ColumnSpec>& columns, std::size_t species,
                  std::span<const std::string> idle) {
  const std::vector<char> flags = flags_of(columns, species, idle);
  const std::vector<std::size_t> place = new_places(types, flags);
  for (CellType& type : types) {
    std::erase_if(type.columns, [&](const ColumnDynamics& c) { return flags[species + index(c.column)] != 0; });
    for (ColumnDynamics& c : type.columns) c.column = static_cast<ColumnId>(place[species + index(c.column)] - species);
    for_each_formula(type, [&](Expression& formula) {
      formula = formula.simplified(flags);
      formula.renumber(place);
    });
    for (CellState& state : type.states) {
      for (Recruitment& recruitment : state.recruits) {
        std::erase_if(recruitment.bring, [&](const BroughtAlong& b) { return flags[species + index(b.column)] != 0; });
        for (BroughtAlong& b : recruitment.bring)
          b.column = static_cast<ColumnId>(place[species + index(b.column)] - species);
      }
      drop_what_never_happens(state);
    }
  }
  std::erase_if(columns, [&](const ColumnSpec& c) { return contains(idle, c.name); });
}

IdleColumns::IdleColumns(std::span<const Arm> arms, const ModelRegistry& registry) {
  std::vector<std::string> by_models;  // and by tables of cells
  for (const std::string& name : arms.front().models)
    if (const RegisteredModel* model = registry.find(name)) {
      for (const ModelColumnSpec& column : model->descriptor.columns) by_models.emplace_back(column.name);
      for (const std::string_view column : model->descriptor.reads) by_models.emplace_back(column);
    }
  std::vector<CellTable> tables;
  for (const Arm& arm : arms) tables.push_back(cell_table(arm.values, arm.models, registry));
  for (const Arm& arm : arms) std::ranges::move(columns_of_table(arm.values["cells"]), std::back_inserter(by_models));
  names_ = idle_columns(tables, by_models);
  for (const ColumnSpec& column : tables.front().columns)
    if (column.owner.empty() && contains(names_, column.name)) of_cell_types_.push_back(column.name);
}

void IdleColumns::leave_out(Problem& problem) const {
  const std::vector<ColumnSpec> before = problem.columns;
  drop_columns(problem.cell_types, problem.columns, problem.species.size(), names_);
  const auto renumber = [&](ColumnId& column) {
    const auto at = std::ranges::find(problem.columns, before[index(column)].name, &ColumnSpec::name);
    column = static_cast<ColumnId>(at - problem.columns.begin());
  };
  for (CellPlacement& placement : problem.placements) std::ranges::for_each(placement.given.columns, renumber);
  for (ActiveModel& model : problem.models) {  // what they write or read is never idle
    std::ranges::for_each(model.columns, renumber);
    for (std::optional<ColumnId>& column : model.reads)
      if (column) renumber(*column);
  }
}

std::string IdleColumns::why_missing(std::string_view time_series_column) const {
  const bool idle =
      std::ranges::any_of(names_, [&](const std::string& name) { return time_series_column.ends_with("." + name); });
  return idle ? "nothing in this scenario changes it, so it is left out" : "";
}

std::vector<std::string> IdleColumns::notes() const {
  if (of_cell_types_.empty()) return {};
  return {fmt::format("columns left out, nothing here feeds or needs them: {}", fmt::join(of_cell_types_, ", "))};
}

}  // namespace interstice
