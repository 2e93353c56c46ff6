#include "engine/scenario/build/given_cells.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <set>
#include <tuple>

#include "engine/cells/cell_list.h"
#include "engine/core/box.h"
#include "engine/scenario/build/text_table.h"

namespace interstice {

namespace {

constexpr std::size_t kMostMistakes = 20;  ///< told one by one
constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();
constexpr auto kNoType = std::numeric_limits<std::size_t>::max();

bool is_length(std::string_view name) { return name == "x" || name == "y" || name == "z" || name == "radius"; }

/// Reads the rows of one table.
class GivenCellsReader {
 public:
  GivenCellsReader(const BuildContext& context, const Value& v, const Problem& problem)
      : context_(context), v_(v), problem_(problem), table_(read_table(v["file"].text, v["group"].text)) {
    file_ = std::make_shared<const std::string>(v["file"].text);
  }

  std::vector<CellPlacement> read() {
    read_columns();
    read_types();
    if (readable()) place();
    if (mistakes_ > kMostMistakes)
      context_.report(v_["file"], fmt::format("{} more mistakes are in this table", mistakes_ - kMostMistakes));
    std::vector<CellPlacement> placements;
    for (CellPlacement& p : of_type_)
      if (p.count > 0) placements.push_back(std::move(p));
    return placements;
  }

 private:
  /// A column as numbers in the engine's unit.
  struct Numbers {
    std::string name;
    std::vector<double> values;
  };

  /// Of the table as a whole or of a column: it stands where the columns are named.
  void mistake(const std::string& message) {
    if (++mistakes_ > kMostMistakes) return;
    context_.diagnostics.report({file_, table_.header_line, table_.header_line > 0 ? 1 : 0}, v_["file"].path, message);
  }
  void mistake_in(std::size_t row, const std::string& column, const std::string& message) {
    if (++mistakes_ > kMostMistakes) return;
    const int line = row < table_.lines.size() ? table_.lines[row] : 0;
    const std::string where = line > 0 ? column : fmt::format("row {}, {}", row, column);
    context_.diagnostics.report({file_, line, line > 0 ? 1 : 0}, v_["file"].path, where + ": " + message);
  }

  [[nodiscard]] bool ignored(const std::string& name) const {
    return std::ranges::any_of(v_["ignore"].items, [&name](const Value& n) { return n.text == name; });
  }

  /// Every column that any cell type has of its own.
  [[nodiscard]] std::set<std::string> known_columns() const {
    std::set<std::string> names;
    for (const Value& type : context_.root["cell_types"].items)
      names.insert(type["columns"].keys.begin(), type["columns"].keys.end());
    return names;
  }

  /// Unit of the engine per unit of the table, or none where they do not fit.
  std::optional<double> factor(const TextTable::Column& column, const std::string& wanted) {
    const bool length = is_length(column.name);
    if (column.unit.empty() && length) {
      if (v_.has("length_unit")) return v_["length_unit"].number;
      mistake(
          fmt::format("column {0} has no unit (expected a header like `{0} [um]`, or `length_unit: 1 um` in the "
                      "scenario)",
                      column.name));
      return std::nullopt;
    }
    const std::string unit = column.unit.empty() ? "1" : column.unit;
    try {
      if (const Unit own = parse_unit(unit), target = parse_unit(wanted);
          own.dimension == target.dimension && own.offset == 0)
        return own.scale / target.scale;
      else if (column.unit.empty())
        mistake(fmt::format("column {0} has no unit (expected a header like `{0} [{1}]`)", column.name, wanted));
      else
        mistake(fmt::format("column {} is in {} (expected a unit like {})", column.name, unit, wanted));
    } catch (const InputError& e) {
      mistake(fmt::format("column {}: {}", column.name, e.what()));
    }
    return std::nullopt;
  }

  void read_columns() {
    if (table_.rows() == 0) mistake("the table has no rows (expected a row per cell)");
    std::set<std::string> seen;
    const std::set<std::string> known = known_columns();
    for (const TextTable::Column& column : table_.columns) {
      if (ignored(column.name)) continue;
      if (!seen.insert(column.name).second) mistake(fmt::format("two columns are called {}", column.name));
      if (column.name == "type") continue;
      if (!is_length(column.name) && !known.contains(column.name)) {
        std::vector<std::string> names{"x", "y", "z", "radius", "type"};
        names.insert(names.end(), known.begin(), known.end());
        mistake(fmt::format("unknown column '{0}' (expected one of: {1}; `ignore: [{0}]` leaves it out){2}",
                            column.name, fmt::join(names, ", "), did_you_mean(column.name, names)));
        continue;
      }
      numbers(column);
    }
    for (const char* needed : {"x", "y", "z"})
      if (!seen.contains(needed)) mistake(fmt::format("the table has no column {} (expected x, y and z)", needed));
    for (const Value& name : v_["ignore"].items)
      if (table_.find(name.text) == nullptr)
        context_.report(name, fmt::format("the table has no column '{}'", name.text));
  }

  void numbers(const TextTable::Column& column) {
    const auto spec = std::ranges::find(problem_.columns, column.name, &ColumnSpec::name);
    const auto scale = factor(column, is_length(column.name)           ? "um"
                                      : spec == problem_.columns.end() ? "1"
                                                                       : spec->unit);
    Numbers& n = numbers_.emplace_back(Numbers{column.name, {}});
    for (std::size_t row = 0; row < column.entries.size() && scale; ++row)
      n.values.push_back(number(row, column, *scale));
  }

  double number(std::size_t row, const TextTable::Column& column, double scale) {
    const std::string& text = column.entries[row];
    const bool may_lack = !is_length(column.name) || column.name == "radius";
    if (text.empty() && may_lack) return kNothing;
    double x = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), x);
    if (text.empty())
      mistake_in(row, column.name, "nothing stands here (expected a number)");
    else if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(x))
      mistake_in(row, column.name,
                 fmt::format("'{}' is no number (expected one; its unit stands in the header)", text.substr(0, 60)));
    else if (column.name == "radius" && !(x > 0))
      mistake_in(row, column.name, fmt::format("{} is out of range (expected a radius above 0)", text));
    else
      return x * scale;
    return kNothing;
  }

  void read_types() {
    const Value& types = context_.root["cell_types"];
    of_type_.resize(types.items.size());
    for (std::size_t t = 0; t < of_type_.size(); ++t) {
      of_type_[t].type = static_cast<CellTypeId>(t);
      of_type_[t].in_region.assign(problem_.regions.regions.size(), 0);
    }
    const TextTable::Column* column = ignored("type") ? nullptr : table_.find("type");
    if ((column != nullptr) == v_.has("type"))
      return mistake(column != nullptr
                         ? "the table has a column `type`, and `type` says that all are of one (expected one of them)"
                         : "what are these cells? (expected a column `type`, or `type:` in the scenario for all)");
    for (std::size_t row = 0; row < table_.rows(); ++row) {
      std::string name = column == nullptr ? v_["type"].text : column->entries[row];
      if (const Value* meant = v_["types"].find(name)) name = meant->text;
      const auto type = key_index(types, name);
      if (!type)
        mistake_in(row, "type",
                   fmt::format("unknown cell type '{}' (expected one of: {}; `types` says what a label means){}",
                               name.substr(0, 60), fmt::join(types.keys, ", "), did_you_mean(name, types.keys)));
      type_.push_back(type.value_or(kNoType));
    }
  }

  [[nodiscard]] const std::vector<double>& values(std::string_view name) const {
    return std::ranges::find(numbers_, name, &Numbers::name)->values;
  }

  /// Whether every row has a place and a type to look at, sound or not.
  [[nodiscard]] bool readable() const {
    const auto whole = [this](std::string_view name) {
      const auto n = std::ranges::find(numbers_, name, &Numbers::name);
      return n != numbers_.end() && n->values.size() == table_.rows();
    };
    return whole("x") && whole("y") && whole("z") && type_.size() == table_.rows();
  }

  void place() {
    const std::vector<double>&x = values("x"), &y = values("y"), &z = values("z");
    const Vec3 size = problem_.grid.size();
    std::vector<std::size_t> order;  // of the rows that are sound
    for (std::size_t row = 0; row < table_.rows(); ++row) {
      if (type_[row] != kNoType && std::isfinite(x[row] + y[row] + z[row])) order.push_back(row);
      for (const auto& [name, at, edge] :
           {std::tuple("x", x[row], size.x), std::tuple("y", y[row], size.y), std::tuple("z", z[row], size.z)})
        if (at < 0 || at > edge)
          mistake_in(row, name, fmt::format("{:.6g} um lies outside the domain (expected 0 to {:.6g} um)", at, edge));
    }
    const auto where = [&](std::size_t row) { return std::tuple(type_[row], x[row], y[row], z[row]); };
    std::ranges::sort(order, {}, where);
    for (std::size_t k = 1; k < order.size(); ++k)
      if (where(order[k - 1]) == where(order[k]))
        mistake_in(std::max(order[k - 1], order[k]), "x, y, z", "another cell of this type is at the same place");
    for (const std::size_t row : order) add(row, {x[row], y[row], z[row]});
    if (mistakes_ == 0) tell_crowding(order);
  }

  [[nodiscard]] double radius_of(std::size_t row) const {
    const auto n = std::ranges::find(numbers_, "radius", &Numbers::name);
    const double own = n == numbers_.end() || n->values.empty() ? kNothing : n->values[row];
    return std::isnan(own) ? problem_.cell_types[type_[row]].radius : own;
  }

  void add(std::size_t row, Vec3 at) {
    CellPlacement& placement = of_type_[type_[row]];
    const Value& own = context_.root["cell_types"].items[type_[row]]["columns"];
    ++placement.count;
    placement.in_region[problem_.regions.of_voxel[problem_.grid.voxel_at(at)]] = 1;
    placement.given.position.push_back(at);
    placement.given.radius.push_back(radius_of(row));
    placement.given.columns.clear();
    for (const Numbers& n : numbers_) {
      if (is_length(n.name) || n.values.empty()) continue;  // empty: its unit is wrong
      if (!own.has(n.name)) {
        if (!std::isnan(n.values[row]))
          mistake_in(row, n.name,
                     fmt::format("a {} has no column '{}' (expected nothing here)",
                                 context_.root["cell_types"].keys[type_[row]], n.name));
        continue;
      }
      const auto spec = std::ranges::find(problem_.columns, n.name, &ColumnSpec::name);
      placement.given.columns.push_back(static_cast<ColumnId>(spec - problem_.columns.begin()));
      placement.given.values.push_back(n.values[row]);
    }
  }

  /// Warns of spheres that reach through walls or into each other; volume exclusion then moves them.
  void tell_crowding(const std::vector<std::size_t>& order) const {
    constexpr double kMuch = 0.1;  ///< of the smaller radius
    const Vec3 size = problem_.grid.size();
    Box box{.size = size};
    for (std::size_t axis = 0; axis < 3; ++axis) box.periodic[axis] = problem_.walls[2 * axis] == Wall::periodic;
    Cells all;  // as much of cells as their neighbours need
    double widest = 0;
    std::size_t out = 0, close = 0;
    for (const std::size_t row : order) {
      const double r = radius_of(row);
      const Vec3 p{values("x")[row], values("y")[row], values("z")[row]};
      all.id.push_back(row);
      all.x.push_back(p.x);
      all.y.push_back(p.y);
      all.z.push_back(p.z);
      all.radius.push_back(r);
      widest = std::max(widest, r);
      const auto beyond = [&](double at, double edge, std::size_t axis) {
        return !box.periodic[axis] && std::min(r, edge / 2) - std::min(at, edge - at) > kMuch * r;
      };
      out += beyond(p.x, size.x, 0) || beyond(p.y, size.y, 1) || beyond(p.z, size.z, 2) ? 1 : 0;
    }
    CellList near;
    near.rebuild(all, box, std::max(2 * widest, 1.0));
    for (std::size_t c = 0; c < all.size(); ++c)
      near.visit_near(all.position(c), [&](std::uint32_t other) {
        const double depth =
            all.radius[c] + all.radius[other] - norm(box.separation(all.position(c), all.position(other)));
        close += other > c && depth > kMuch * std::min(all.radius[c], all.radius[other]) ? 1 : 0;
      });
    if (out + close > 0)
      context_.diagnostics.warn(v_["file"].place, v_["file"].path,
                                fmt::format("{} cells reach through a wall and {} pairs into each other by more than a "
                                            "tenth of a radius; cells that push each other then move apart",
                                            out, close));
  }

  const BuildContext& context_;
  const Value& v_;
  const Problem& problem_;
  TextTable table_;
  std::shared_ptr<const std::string> file_;
  std::vector<Numbers> numbers_;
  std::vector<std::size_t> type_;  ///< of each row
  std::vector<CellPlacement> of_type_;
  std::size_t mistakes_ = 0;
};

}  // namespace

std::vector<CellPlacement> given_cells(const BuildContext& context, const Value& table, const Problem& problem) {
  if (!table.sound() || context.complained("cell_types") || context.complained("domain")) return {};
  try {
    return GivenCellsReader(context, table, problem).read();
  } catch (const InputError& e) {
    context.report(table["file"], e.what());
    return {};
  }
}

std::vector<std::string> columns_of_table(const Value& cells) {
  const Value* table = cells.find("table");
  if (table == nullptr || !table->sound() || !table->has("file")) return {};
  std::vector<std::string> names;
  try {
    for (const TextTable::Column& column :
         read_table((*table)["file"].text, (*table)["group"].text, TableRows::none).columns)
      names.push_back(column.name);
  } catch (const InputError&) {  // told where the cells are built
  }
  return names;
}

}  // namespace interstice
