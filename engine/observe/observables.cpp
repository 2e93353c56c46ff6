#include "engine/observe/observables.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <limits>

#include "engine/fields/granules.h"
#include "engine/vesicles/fates.h"

namespace interstice {

namespace {

constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();

}  // namespace

Observables::Observables(const Problem& problem) {
  name_fields(problem);
  name_reservoirs(problem);
  name_cells(problem);
  name_vesicles(problem);
  name_budget(problem);
  name_labels(problem);
  name_profiles(problem);
}

void Observables::name_fields(const Problem& problem) {
  assert(problem.regions.of_voxel.size() == problem.grid.voxel_count());
  const auto& regions = problem.regions.regions;
  extracellular_volume_.assign(regions.size(), 0.0);
  for (const auto r : problem.regions.of_voxel)
    extracellular_volume_[r] += regions[r].volume_fraction * problem.grid.voxel_volume();
  for (const auto& species : problem.species) names_.push_back({"mean.all." + species.name, "uM"});
  for (const auto& region : regions)
    for (const auto& species : problem.species) names_.push_back({"mean." + region.name + "." + species.name, "uM"});
}

void Observables::name_reservoirs(const Problem& problem) {
  for (const auto& reservoir : problem.reservoirs)
    for (const auto& species : problem.species)
      names_.push_back({"reservoir." + reservoir.name + "." + species.name, "uM"});
  for (const auto& reservoir : problem.reservoirs)
    for (const auto& klass : problem.vesicle_classes)
      names_.push_back({"reservoir." + reservoir.name + ".vesicles." + klass.name, "EV"});
}

void Observables::name_cells(const Problem& problem) {
  for (std::size_t t = 0; t < problem.cell_types.size(); ++t) {
    const CellType& type = problem.cell_types[t];
    for (std::size_t s = 0; s < type.states.size(); ++s) {
      if (type.states[s].removed) continue;
      state_counts_.push_back({static_cast<CellTypeId>(t), static_cast<std::uint8_t>(s)});
      names_.push_back({"cells." + type.name + "." + type.states[s].name, "cell"});
    }
  }
  for (std::size_t t = 0; t < problem.cell_types.size(); ++t) {
    const CellType& type = problem.cell_types[t];
    for (std::size_t c = 0; c < problem.columns.size(); ++c) {
      const auto id = static_cast<ColumnId>(c);
      const bool own = std::any_of(type.columns.begin(), type.columns.end(), [&](auto& d) { return d.column == id; });
      if (!own && problem.columns[c].owner.empty()) continue;
      cell_columns_.push_back({static_cast<CellTypeId>(t), id});
      names_.push_back({"column." + type.name + "." + problem.columns[c].name, problem.columns[c].unit});
    }
  }
}

void Observables::name_vesicles(const Problem& problem) {
  for (const auto& klass : problem.vesicle_classes) {
    for (const PlaceInfo& place : kPlaces)
      names_.push_back({"vesicles." + klass.name + "." + std::string(place.name()), "EV"});
    for (const char* dosed : {".dosed", ".dosed_in_reservoirs"})
      names_.push_back({"vesicles." + klass.name + dosed, "EV"});
  }
}

void Observables::name_budget(const Problem& problem) {
  const auto add = [this](const RowInfo& row, const auto& all) {
    for (const auto& one : all) names_.push_back({fmt::format("{}.{}", row.name, one.name), std::string(row.unit)});
  };
  for_each_row(kBudgetRows, [&](const auto& row) {
    row.info.per == Per::reaction ? add(row.info, problem.chemistry.reactions) : add(row.info, problem.species);
  });
  for (const NamedNumber& tally : problem.tallies) names_.push_back({tally.name, tally.unit});
}

void Observables::name_labels(const Problem& problem) {
  for (const Label& label : problem.labels)
    for (const std::string& place : label_columns(problem))
      names_.push_back({"label." + label.name + "." + place, "EV"});
}

void Observables::name_profiles(const Problem& problem) {
  for (const Profile& profile : problem.profiles)
    for (std::size_t shell = 0; shell < profile.shell_count(); ++shell)
      names_.push_back({profile.column(shell), profile.unit()});
}

std::optional<std::size_t> Observables::find(std::string_view name) const {
  const auto found = std::find_if(names_.begin(), names_.end(), [&](const Name& n) { return n.name == name; });
  if (found == names_.end()) return std::nullopt;
  return static_cast<std::size_t>(found - names_.begin());
}

namespace {

double sum_of(const double* values, std::size_t n) {
  std::array<double, 8> sum{};
  std::size_t i = 0;
  for (; i + sum.size() <= n; i += sum.size())
    for (std::size_t k = 0; k < sum.size(); ++k) sum[k] += values[i + k];
  double total = 0;
  for (const double part : sum) total += part;
  for (; i < n; ++i) total += values[i];
  return total;
}

/// sums[region * species + s] <- sum of the concentrations in voxels [first, last).
void sum_by_region(const State& state, std::span<const std::uint8_t> of_voxel, std::size_t species_count,
                   std::size_t first, std::size_t last, std::vector<double>& sums) {
  constexpr std::size_t kStretch = 1024;  // of one region at most, so that a stretch stays in the cache
  std::ranges::fill(sums, 0.0);
  for (std::size_t begin = first, end = first; begin < last; begin = end) {
    const std::uint8_t region = of_voxel[begin];
    while (end < last && end < begin + kStretch && of_voxel[end] == region) ++end;
    for (std::uint32_t s = 0; s < species_count; ++s)
      sums[region * species_count + s] += sum_of(state.fields[SpeciesId{s}].data() + begin, end - begin);
  }
}

}  // namespace

double* Observables::measure_fields(const State& state, const Problem& problem, double* out) const {
  const std::size_t species_count = problem.species.size(), region_count = extracellular_volume_.size();
  std::vector<double> sums(region_count * species_count, 0.0), part(sums.size());
  const Granules granules(problem.grid);
  for (std::size_t g = 0; g < granules.size(); ++g) {
    sum_by_region(state, problem.regions.of_voxel, species_count, granules.first(g), granules.first(g + 1), part);
    for (std::size_t k = 0; k < sums.size(); ++k) sums[k] += part[k];
  }
  for (std::size_t s = 0; s < species_count; ++s) {
    double all = 0, volume = 0;
    for (std::size_t r = 0; r < region_count; ++r) {
      const double voxel = problem.regions.regions[r].volume_fraction * problem.grid.voxel_volume();
      const double amount = sums[r * species_count + s] * voxel;
      all += amount;
      volume += extracellular_volume_[r];
      out[(1 + r) * species_count + s] = extracellular_volume_[r] > 0 ? amount / extracellular_volume_[r] : kNothing;
    }
    out[s] = all / volume;
  }
  return out + (1 + region_count) * species_count;
}

double* Observables::measure_cells(const State& state, double* out) const {
  const Cells& cells = state.cells;
  for (const auto& wanted : state_counts_) {
    std::uint64_t count = 0;
    for (std::size_t c = 0; c < cells.size(); ++c)
      count += cells.type[c] == wanted.type && cells.state[c] == wanted.state;
    *out++ = static_cast<double>(count);
  }
  for (const auto& wanted : cell_columns_) {
    const auto& values = cells.columns[index(wanted.column)];
    double sum = 0;
    std::uint64_t count = 0;
    for (std::size_t c = 0; c < cells.size(); ++c) {
      if (cells.type[c] != wanted.type) continue;
      sum += values[c];
      ++count;
    }
    *out++ = count > 0 ? sum / static_cast<double>(count) : kNothing;
  }
  return out;
}

void Observables::measure(const State& state, const Problem& problem, std::span<double> out) const {
  assert(out.size() == names_.size());
  double* next = measure_fields(state, problem, out.data());
  for (const auto& reservoir : state.reservoirs) next = std::ranges::copy(reservoir.concentration, next).out;
  for (const auto& reservoir : state.reservoirs)
    for (const std::uint64_t count : reservoir.vesicles) *next++ = static_cast<double>(count);
  next = measure_cells(state, next);
  for (const auto& ledger : state.ledger) {
    for (const PlaceInfo& place : kPlaces) *next++ = static_cast<double>(place.number(ledger));
    *next++ = static_cast<double>(ledger.dosed);
    *next++ = static_cast<double>(ledger.dosed_in_reservoirs);
  }
  for_each_member(kBudgetRows, state.budget,
                  [&next](const RowInfo&, const auto& amounts) { next = std::ranges::copy(amounts, next).out; });
  next = std::ranges::copy(state.tallies, next).out;
  const std::size_t label_size = label_columns(problem).size();
  for (std::size_t i = 0; i < state.labels.size(); ++i, next += label_size)
    measure_label(state, problem, i, {next, label_size});
  for (const Profile& profile : problem.profiles) {
    const std::size_t shells = profile.shell_count();
    if (profile.vesicles)
      measure_vesicle_profile(profile, state, problem, {next, shells});
    else
      measure_profile(profile, state.fields, problem.regions.of_voxel, {next, shells});
    next += shells;
  }
  assert(next == out.data() + out.size());
}

}  // namespace interstice
