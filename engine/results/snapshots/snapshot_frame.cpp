#include "engine/results/snapshots/snapshot_frame.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <type_traits>

#include "engine/core/constants.h"
#include "engine/results/snapshots/snapshot_names.h"

namespace interstice {

namespace {

/// Fills an AgentFrame column by column, in place of what it held.
class FrameFiller {
 public:
  FrameFiller(AgentFrame& frame, std::span<const std::uint32_t> shown, std::size_t total)
      : frame_(frame), shown_(shown), count_(std::max<std::size_t>(shown.size(), 1)) {
    frame.shown = shown.size();
    frame.total = total;
  }
  ~FrameFiller() { frame_.columns.resize(used_); }
  FrameFiller(const FrameFiller&) = delete;
  FrameFiller& operator=(const FrameFiller&) = delete;

  /// value(agent) for every shown agent; `nobody` for the placeholder. Categories and ids have no unit.
  template <class T, class Value>
  void column(const std::string& name, const std::string& unit, T nobody, Value value) {
    AgentColumn& column = next(unit.empty() ? bare_file_name(name) : file_name_with_unit(name, unit), unit);
    column.width = 1;
    auto& values = values_of<T>(column);
    values.assign(count_, nobody);
    for (std::size_t i = 0; i < shown_.size(); ++i) values[i] = static_cast<T>(value(shown_[i]));
  }

  /// An array of the state as its row says; those that name a host are the caller's.
  template <class Value>
  void array(const RowInfo& row, const std::vector<Value>& values) {
    const std::string name(row.name), unit(row.unit);
    const auto value = [&values](std::uint32_t i) { return values[i]; };
    if (row.shown == Shown::id) column<std::int64_t>(name, "", -1, value);
    if (row.shown == Shown::count) column<std::int64_t>(name, unit, 0, value);
    if (row.shown == Shown::category) column<std::uint8_t>(name, "", 0, value);
    if (row.shown != Shown::number) return;
    if constexpr (std::is_same_v<Value, std::uint16_t>)
      column<std::uint16_t>(name, unit, 0, value);
    else
      column<float>(name, unit, 0, value);
  }

  /// All rows of a table, in its order; of the agents' struct `owner`.
  template <class Table, class Agents>
  void rows(const Table& table, const Agents& owner) {
    for_each_row(table, [&]<class Owner, class Member, std::size_t N>(const Row<Owner, Member, N>& row) {
      if constexpr (N == 3)
        vector(row.info, owner.*row.members[0], owner.*row.members[1], owner.*row.members[2]);
      else
        array(row.info, owner.*row.members[0]);
    });
  }

 private:
  AgentColumn& next(std::string name, const std::string& unit) {
    if (used_ == frame_.columns.size()) frame_.columns.emplace_back();
    AgentColumn& column = frame_.columns[used_++];
    column.name = std::move(name);
    column.unit = unit;
    return column;
  }
  template <class T>
  static std::vector<T>& values_of(AgentColumn& column) {
    if (!std::holds_alternative<std::vector<T>>(column.values)) column.values.emplace<std::vector<T>>();
    return std::get<std::vector<T>>(column.values);
  }
  void vector(const RowInfo& row, const std::vector<double>& x, const std::vector<double>& y,
              const std::vector<double>& z) {
    if (row.shown == Shown::position) gather(frame_.points, x, y, z, std::numeric_limits<float>::quiet_NaN());
    if (row.shown != Shown::number) return;
    AgentColumn& column =
        next(file_name_with_unit(std::string(row.name), std::string(row.unit)), std::string(row.unit));
    column.width = 3;
    gather(values_of<float>(column), x, y, z, 0.0F);
  }
  void gather(std::vector<float>& values, const std::vector<double>& x, const std::vector<double>& y,
              const std::vector<double>& z, float nobody) {
    values.assign(3 * count_, nobody);
    for (std::size_t i = 0; i < shown_.size(); ++i) {
      values[3 * i] = static_cast<float>(x[shown_[i]]);
      values[3 * i + 1] = static_cast<float>(y[shown_[i]]);
      values[3 * i + 2] = static_cast<float>(z[shown_[i]]);
    }
  }

  AgentFrame& frame_;
  std::span<const std::uint32_t> shown_;
  std::size_t count_, used_ = 0;
};

std::int64_t signed_id(AgentId id) { return static_cast<std::int64_t>(id); }

/// Stokes-Einstein (Einstein 1905): d = kT / (3 pi eta D).
double diameter_nm(const VesicleClass& klass, double diffusivity) {
  const double metres = kBoltzmann * klass.temperature / (3 * kPi * klass.water_viscosity * diffusivity * 1e-12);
  return metres * 1e9;
}

}  // namespace

void copy_fields(const State& state, std::span<const SpeciesId> shown, std::vector<std::vector<float>>& fields) {
  fields.resize(shown.size());
  for (std::size_t k = 0; k < shown.size(); ++k) {
    const auto field = state.fields[shown[k]];
    fields[k].resize(field.size());
    std::transform(field.begin(), field.end(), fields[k].begin(), [](double c) { return static_cast<float>(c); });
  }
}

void copy_densities(const State& state, const Problem& problem, std::vector<std::vector<float>>& densities) {
  const double per_ml = 1e12 / problem.grid.voxel_volume();
  densities.clear();
  for (const VesicleCounts& counts : state.vesicles.counts) {
    if (counts.free[1].empty()) continue;
    auto& density = densities.emplace_back(counts.free[1].size());
    for (std::size_t v = 0; v < density.size(); ++v)
      density[v] = static_cast<float>(per_ml * static_cast<double>(counts.free[0][v] + counts.free[1][v]));
  }
}

void copy_cells(const State& state, const Problem& problem, std::span<const std::uint32_t> shown, AgentFrame& frame) {
  const Cells& c = state.cells;
  FrameFiller cloud(frame, shown, c.size());
  cloud.rows(kCellRows, c);
  for_each_declared_column(c, problem.columns,
                           [&cloud](const RowInfo& row, const auto& values) { cloud.array(row, values); });
}

void copy_vesicles(const State& state, const Problem& problem, std::span<const std::uint32_t> shown,
                   AgentFrame& frame) {
  const Vesicles& v = state.vesicles;
  const auto klass = [&](std::uint32_t i) -> const VesicleClass& { return problem.vesicle_classes[index(v.klass[i])]; };
  FrameFiller cloud(frame, shown, v.size());
  cloud.rows(kVesicleRows, v);
  cloud.column<std::int64_t>("host", "", -1,
                             [&](auto i) { return v.host[i] == kNoHost ? -1 : signed_id(state.cells.id[v.host[i]]); });
  cloud.column<float>("diameter", "nm", 0, [&](auto i) { return diameter_nm(klass(i), v.diffusivity[i]); });
  cloud.column<float>("weight", "EV", 0, [&](auto i) { return klass(i).weight; });
  for (std::size_t p = 0; p < v.proteins.size(); ++p)
    cloud.array({problem.proteins[p], "molecule", Per::vesicle, Hashed::state, Shown::number}, v.proteins[p]);
  for (std::size_t k = 0; k < v.columns.size(); ++k)
    cloud.array(
        {problem.vesicle_columns[k].name, problem.vesicle_columns[k].unit, Per::vesicle, Hashed::state, Shown::number},
        v.columns[k]);
}

std::vector<std::uint32_t> sample_vesicles(std::span<const AgentId> ids, std::uint64_t count) {
  std::vector<std::uint32_t> chosen;
  if (count >= ids.size()) {
    chosen.resize(ids.size());
    std::iota(chosen.begin(), chosen.end(), 0U);
    return chosen;
  }
  const auto key = [&](std::uint32_t v) { return mix64(ids[v] ^ 0x5a17ed5eedULL); };
  // Keys are uniform, so that one pass with a limit a little above the wanted share finds all candidates and few more.
  const double wanted = static_cast<double>(count), all = static_cast<double>(ids.size());
  for (double margin = 6; chosen.size() < count; margin *= 2) {
    chosen.clear();
    const double share = (wanted + margin * std::sqrt(wanted + 1)) / all;
    const auto limit = share < 1 ? static_cast<std::uint64_t>(share * 0x1p64) : ~std::uint64_t{0};
    for (std::uint32_t v = 0; v < ids.size(); ++v)
      if (key(v) <= limit) chosen.push_back(v);
  }
  std::nth_element(chosen.begin(), chosen.begin() + static_cast<std::ptrdiff_t>(count), chosen.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return key(a) < key(b); });
  chosen.resize(count);
  std::sort(chosen.begin(), chosen.end());
  return chosen;
}

}  // namespace interstice
