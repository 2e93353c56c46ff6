#include "engine/cells/cell_symbols.h"

#include <fmt/format.h>

#include <set>

#include "engine/core/error.h"
#include "engine/core/units.h"

namespace interstice {

std::vector<Symbol> cell_symbols(std::span<const std::string> species, std::span<const ColumnSpec> columns,
                                 std::span<const std::string> cell_types) {
  std::vector<Symbol> symbols;
  const auto add = [&](std::string name, std::string_view unit_text) {
    const Unit unit = parse_unit(unit_text);
    if (unit.offset != 0)
      throw InputError(
          fmt::format("column {} is in {} (which has a zero point of its own) give it K", name, unit_text));
    symbols.push_back({.name = std::move(name), .dimension = unit.dimension, .scale = unit.scale});
  };
  for (const std::string& name : species) add(name, "uM");
  for (const ColumnSpec& column : columns) add(column.name, column.unit);
  add("ev_bound", "EV");
  add("ev_internal", "EV");
  add("age_in_state", "s");
  add("(state)", "1");  // read by in_state(...) only
  add("time", "s");
  for (const char* axis : {"x", "y", "z"}) add(axis, "um");
  for (const std::string& name : cell_types) add("contacts_" + name, "1");

  std::set<std::string_view> seen;
  for (const Symbol& symbol : symbols)
    if (!seen.insert(symbol.name).second)
      throw InputError(
          fmt::format("two things are called {} in formulas (a species, a column or a name of the engine) "
                      "rename one",
                      symbol.name));
  return symbols;
}

}  // namespace interstice
