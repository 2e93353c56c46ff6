#include "engine/scenario/build/text_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <string_view>

#include "engine/core/error.h"
#include "engine/results/hdf5/hdf5_file.h"

namespace interstice {

const TextTable::Column* TextTable::find(std::string_view name) const {
  const auto found = std::ranges::find(columns, name, &Column::name);
  return found == columns.end() ? nullptr : &*found;
}

namespace {

std::string trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r"), last = text.find_last_not_of(" \t\r");
  return first == std::string_view::npos ? std::string() : std::string(text.substr(first, last - first + 1));
}

/// The fields of one line; what stands in double quotes may hold commas.
std::vector<std::string> fields_of(std::string_view line) {
  std::vector<std::string> fields;
  std::string field;
  bool quoted = false;
  for (const char c : line) {
    if (c == '"') quoted = !quoted;
    if (c == ',' && !quoted) fields.push_back(trimmed(std::exchange(field, {})));
    if (c != '"' && (c != ',' || quoted)) field += c;
  }
  fields.push_back(trimmed(field));
  return fields;
}

/// `x [um]` and `x (um)` name a column and its unit.
TextTable::Column column_of(const std::string& heading) {
  const auto open = heading.find_first_of("[(");
  if (open == std::string::npos || (heading.back() != ']' && heading.back() != ')')) return {heading, "", {}};
  return {trimmed(heading.substr(0, open)), trimmed(heading.substr(open + 1, heading.size() - open - 2)), {}};
}

void read_header(const std::string& path, int number, const std::string& line, TextTable& table) {
  table.header_line = number;
  for (const std::string& heading : fields_of(line)) table.columns.push_back(column_of(heading));
  if (table.columns.size() == 1 && line.find_first_of(";\t") != std::string::npos)
    throw InputError(
        fmt::format("{}:{}: no comma parts the columns '{}' (a CSV table has commas) write it with commas and decimal "
                    "points",
                    path, number, trimmed(line).substr(0, 60)));
}

TextTable read_csv(const std::filesystem::path& path, TableRows rows) {
  std::ifstream file(path);
  if (!file) throw InputError(fmt::format("{}: cannot be read (is it a file of yours?)", path.string()));
  TextTable table;
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    if (number == 1 && line.starts_with("\xEF\xBB\xBF")) line.erase(0, 3);  // a byte order mark
    const std::string text = trimmed(line);
    if (text.empty() || text.front() == '#') continue;
    if (table.columns.empty()) {
      read_header(path.string(), number, text, table);
      if (rows == TableRows::none) break;
      continue;
    }
    std::vector<std::string> fields = fields_of(text);
    if (fields.size() != table.columns.size())
      throw InputError(fmt::format("{}:{}: {} entries stand in this row (the header has {})", path.string(), number,
                                   fields.size(), table.columns.size()));
    for (std::size_t c = 0; c < fields.size(); ++c) table.columns[c].entries.push_back(std::move(fields[c]));
    table.lines.push_back(number);
  }
  return table;
}

std::string unit_of(const Hdf5File& file, const std::string& array) {
  for (const char* name : {"unit", "units"}) try {
      return trimmed(file.text_attribute(array, name));
    } catch (const DiskError&) {  // there is none
    }
  return "";
}

TextTable read_arrays(const std::filesystem::path& path, const std::string& group, TableRows rows) {
  const Hdf5File file = Hdf5File::open(path);
  std::string parent = group.empty() || group.front() != '/' ? "/" + group : group;
  if (parent.back() != '/') parent += '/';
  TextTable table;
  for (const std::string& array : file.datasets()) {
    if (!array.starts_with(parent) || array.find('/', parent.size()) != std::string::npos) continue;
    TextTable::Column column{array.substr(parent.size()), unit_of(file, array), {}};
    if (rows == TableRows::none) {
      table.columns.push_back(std::move(column));
      continue;
    }
    if (file.shape(array).size() != 1)
      throw InputError(fmt::format("{}: {} has {} dimensions (a column has one, with an entry per cell)", path.string(),
                                   array, file.shape(array).size()));
    if (file.is_integer(array))
      for (const auto n : file.read_as<std::int64_t>(array)) column.entries.push_back(fmt::format("{}", n));
    else
      for (const double x : file.read_as<double>(array))
        column.entries.push_back(std::isnan(x) ? "" : fmt::format("{}", x));
    if (!table.columns.empty() && column.entries.size() != table.rows())
      throw InputError(fmt::format("{}: {} has {} entries and {} has {} (one per cell in both)", path.string(), array,
                                   column.entries.size(), parent + table.columns.front().name, table.rows()));
    table.columns.push_back(std::move(column));
  }
  if (table.columns.empty())
    throw InputError(fmt::format("{}: there is no array in {} (`group` says where they are)", path.string(), parent));
  return table;
}

}  // namespace

TextTable read_table(const std::filesystem::path& path, const std::string& group, TableRows rows) {
  if (!std::filesystem::is_regular_file(path))
    throw InputError(fmt::format("{}: there is no such table (look for a misspelt path)", path.string()));
  const std::string ending = path.extension().string();
  try {
    return ending == ".h5" || ending == ".hdf5" || ending == ".hdf" ? read_arrays(path, group, rows)
                                                                    : read_csv(path, rows);
  } catch (const DiskError& error) {  // a wrong file in a scenario is the user's to mend, not the machine's
    throw InputError(fmt::format("{} give CSV, or HDF5 with one array of numbers per column", error.what()));
  }
}

}  // namespace interstice
