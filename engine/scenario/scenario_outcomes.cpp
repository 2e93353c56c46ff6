/// @file
/// What a comparison is judged by: its phenotype and its outcomes.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/core/constants.h"
#include "engine/core/units.h"
#include "engine/observe/observables.h"
#include "engine/scenario/build/idle_columns.h"
#include "engine/scenario/scenario_loading.h"

namespace interstice {
namespace {

/// Columns of the time series by name; what is wrong goes to the diagnostics.
class ColumnReader {
 public:
  ColumnReader(const Problem& problem, const IdleColumns& idle, Diagnostics& diagnostics)
      : columns_(problem), idle_(idle), diagnostics_(diagnostics) {
    for (const auto& [name, unit] : columns_.names()) names_.push_back(name);
  }

  /// A column, a list of them, or patterns that end with *. All must share a unit.
  std::vector<std::string> read(const Value& v, std::string& unit) {
    std::vector<std::string> found;
    if (v.items.empty())
      add(v, found, unit);
    else
      for (const Value& one : v.items) add(one, found, unit);
    return found;
  }

 private:
  void add(const Value& v, std::vector<std::string>& found, std::string& unit) {
    if (!v.valid) return;
    const bool pattern = v.text.ends_with('*');
    const std::string_view wanted = std::string_view(v.text).substr(0, v.text.size() - (pattern ? 1 : 0));
    const std::size_t before = found.size();
    for (const auto& [name, its_unit] : columns_.names()) {
      if (pattern ? !name.starts_with(wanted) : name != wanted) continue;
      if (!unit.empty() && unit != its_unit) {
        diagnostics_.report(
            v.place, v.path,
            fmt::format("{} is in {}, those before it in {}: they cannot be added", name, its_unit, unit));
        return;
      }
      unit = its_unit;
      found.push_back(name);
    }
    if (found.size() > before) return;
    const std::string why = idle_.why_missing(v.text);
    diagnostics_.report(v.place, v.path,
                        fmt::format("timeseries.csv has no column '{}'{}", v.text,
                                    why.empty() ? did_you_mean(v.text, names_) : fmt::format(" ({})", why)));
  }

  Observables columns_;
  const IdleColumns& idle_;
  Diagnostics& diagnostics_;
  std::vector<std::string> names_;
};

SeriesMetric::Reduction reduction_of(const std::string& word) {
  using Reduction = SeriesMetric::Reduction;
  constexpr std::pair<const char*, Reduction> words[] = {{"last", Reduction::last},
                                                         {"mean", Reduction::mean},
                                                         {"min", Reduction::min},
                                                         {"max", Reduction::max},
                                                         {"area", Reduction::area},
                                                         {"change", Reduction::change},
                                                         {"half_life", Reduction::half_life},
                                                         {"fraction_of_initial", Reduction::fraction_of_initial},
                                                         {"reach", Reduction::reach},
                                                         {"quantile", Reduction::quantile},
                                                         {"decay_length", Reduction::decay_length},
                                                         {"at", Reduction::at},
                                                         {"time_above", Reduction::time_above},
                                                         {"time_below", Reduction::time_below},
                                                         {"time_of_max", Reduction::time_of_max}};
  for (const auto& [name, reduction] : words)
    if (word == name) return reduction;
  return Reduction::last;
}

/// `at`, `level` and `share` go with the reductions that need them, and with no other.
void read_what_reductions_need(const Value& v, Diagnostics& diagnostics, SeriesMetric& outcome) {
  using Reduction = SeriesMetric::Reduction;
  const bool timed = outcome.reduction == Reduction::time_above || outcome.reduction == Reduction::time_below;
  const auto check = [&](const char* key, bool needed) {
    if (v.has(key) == needed) return;
    diagnostics.report(needed ? v.place : v[key].place, v.path + "." + key,
                       needed ? fmt::format("missing (`reduce: {}` needs it)", v["reduce"].text)
                              : fmt::format("`reduce: {}` has no use for it", v["reduce"].text));
  };
  check("at", outcome.reduction == Reduction::at);
  check("level", timed);
  check("share", outcome.reduction == Reduction::quantile);
  if (v.has("beyond") && outcome.reduction != Reduction::quantile && outcome.reduction != Reduction::decay_length)
    check("beyond", false);
  if (v.has("share")) outcome.share = v["share"].number;
  if (v.has("at")) outcome.at = v["at"].number;
  if (!v.has("level") || !v["level"].valid || outcome.unit.empty()) return;
  try {
    outcome.level = parse_quantity(v["level"].text).in(outcome.unit);
  } catch (const InputError&) {
    diagnostics.report(v["level"].place, v["level"].path,
                       fmt::format("'{}' is no level of rows in {}", v["level"].text, outcome.unit));
  }
}

/// The mean over the fluid outside the region of a profile [um^2/s].
double diffusivity_around(const Profile& profile, const Problem& problem) {
  double volume = 0, sum = 0;
  for (std::size_t v = 0; v < profile.of_voxel.size(); ++v) {
    if (profile.of_voxel[v] == 0) continue;
    const std::size_t region = problem.regions.of_voxel[v];
    volume += problem.regions.regions[region].volume_fraction;
    sum +=
        problem.regions.regions[region].volume_fraction * problem.species[index(profile.species)].diffusivity[region];
  }
  return volume > 0 ? sum / volume : 0;
}

/// The profile whose columns are all that is added up, unless they are changed before; null otherwise.
const Profile* whole_profile(const Value& v, const Problem& problem, SeriesMetric& outcome) {
  const auto profile = std::ranges::find_if(problem.profiles, [&](const Profile& p) {
    return v["of"].items.empty() && v["of"].text == "profile." + p.name + ".*";
  });
  if (profile == problem.profiles.end() || v.has("normalise") || outcome.rate) return nullptr;
  ProfileShells& shells = outcome.reach.profile;
  shells = {.columns = outcome.of, .width = profile->width, .depth = profile->below.has_value()};
  if (profile->below) shells.last = profile->below->last;
  if (v.has("beyond"))
    shells.skipped = static_cast<std::size_t>(std::lround(v["beyond"].number / shells.width)) + (shells.depth ? 0 : 1);
  return &*profile;
}

void shape_from(const Value& v, const Problem& problem, Diagnostics& diagnostics, SeriesMetric& outcome) {
  if (whole_profile(v, problem, outcome) == nullptr)
    return diagnostics.report(v.place, v.path,
                              fmt::format("`reduce: {}` is that of a whole profile (expected of: profile.NAME.*, and "
                                          "neither `normalise` nor `rate`)",
                                          v["reduce"].text));
  const ProfileShells& shells = outcome.reach.profile;
  const Value& beyond = v["beyond"];
  if (!v.has("beyond") || !beyond.valid) return;
  if (std::abs(std::remainder(beyond.number, shells.width)) > 1e-6 * shells.width)
    diagnostics.report(beyond.place, beyond.path,
                       fmt::format("lies within a shell (expected a multiple of its width, {:g} um)", shells.width));
  else if (shells.skipped >= shells.columns.size())
    diagnostics.report(beyond.place, beyond.path, "leaves out the whole profile (expected less)");
}

void reach_from(const Value& v, const Problem& problem, Diagnostics& diagnostics, SeriesMetric& outcome) {
  const Profile* profile = whole_profile(v, problem, outcome);
  if (profile == nullptr || profile->vesicles || profile->below) {
    diagnostics.report(
        v.place, v.path,
        "a reach is that of a whole profile of a species around a region (expected of: profile.NAME.*, and neither "
        "`normalise` nor `rate`)");
    return;
  }
  const SpeciesId species = profile->species;
  outcome.reach = {.profile = outcome.reach.profile,
                   .diffusivity = diffusivity_around(*profile, problem),
                   .species = problem.species[index(species)].name,
                   .consumed = {},
                   .elsewhere = {}};
  for (const Reaction& reaction : problem.chemistry.reactions)
    for (const Stoichiometry& reactant : reaction.reactants)
      if (reactant.species == species)
        outcome.reach.consumed.emplace_back("reaction." + reaction.name, reactant.coefficient);
  for (const Reservoir& reservoir : problem.reservoirs)
    outcome.reach.elsewhere.emplace_back(fmt::format("reservoir.{}.{}", reservoir.name, outcome.reach.species),
                                         reservoir.share() * kMoleculesPerUmCubedPerMicromolar);
}

}  // namespace

namespace {

/// What becomes of the columns row by row.
SeriesMetric read_rows(const std::string& name, const Value& v, ColumnReader& columns) {
  SeriesMetric rows;
  rows.subject = name;
  rows.label = v.has("label") ? v["label"].text : name;
  rows.of = columns.read(v["of"], rows.unit);
  rows.rate = v["rate"].number != 0;
  rows.per_initial = v["normalise"].items.empty() && v["normalise"].text == "initial";
  if (rows.per_initial) rows.unit = "1";
  if (v.has("normalise") && !rows.per_initial) {
    std::string below;
    rows.normalise = columns.read(v["normalise"], below);
    rows.unit = rows.unit == below ? "1" : fmt::format("{}/({})", rows.unit, below);
  }
  if (rows.rate) rows.unit += "/s";
  return rows;
}

PhenotypeTerm read_term(const std::string& name, const Value& v, ColumnReader& columns, Diagnostics& diagnostics) {
  PhenotypeTerm term{.rows = read_rows(name, v, columns),
                     .sign = v["good"].text == "less" ? -1.0 : 1.0,
                     .range = 1,
                     .weight = v["weight"].number};
  const Value& range = v["range"];
  if (!range.valid || term.rows.unit.empty()) return term;
  try {
    term.range = parse_quantity(range.text).in(term.rows.unit);
    if (!(term.range > 0)) diagnostics.report(range.place, range.path, "a dynamic range must be above 0");
  } catch (const InputError&) {
    diagnostics.report(range.place, range.path,
                       fmt::format("'{}' is no range of rows in {}", range.text, term.rows.unit));
  }
  return term;
}

/// The rows before and after a time within the run [ns]; both it where a row lies there.
std::pair<Nanoseconds, Nanoseconds> rows_around(const Schedule& schedule, Nanoseconds time) {
  Nanoseconds before = 0, row = 0;
  for (const Phase& phase : schedule.phases) {
    if (row > time) return {before, row};
    const Nanoseconds until = std::min(phase.until, time);
    if (row < until) row += (until - row) / phase.series * phase.series;
    if (row == time) return {time, time};
    if (time < phase.until) return {row, row + phase.series};
    if (row >= phase.until) continue;
    before = row;
    row += phase.series;  // the row that was due goes over the end of the phase
  }
  return row > time ? std::pair(before, row) : std::pair(row, schedule.end());
}

/// Where rows are too far apart nothing is judged (has_row_near).
void check_horizons(const Value& horizons, const Schedule& schedule, Diagnostics& diagnostics) {
  for (const Value& horizon : horizons.items) {
    const auto time = static_cast<Nanoseconds>(std::llround(horizon.number * 1e9));
    if (!horizon.valid || time > schedule.end()) continue;
    const auto [before, after] = rows_around(schedule, time);
    if (after - before <= time / 2) continue;
    diagnostics.warn(
        horizon.place, horizon.path,
        fmt::format("nothing is judged then: timeseries.csv has no row near {} (rows at {:g} and {:g} s); judge at a "
                    "time that has a row, or give the phase a shorter `series`",
                    horizon.text, seconds(before), seconds(after)));
  }
}

}  // namespace

std::optional<Phenotype> read_phenotype(const Value& v, const Problem& problem, const IdleColumns& idle,
                                        Diagnostics& diagnostics) {
  if (!v.valid) return std::nullopt;
  Phenotype phenotype{.label = v["label"].text, .terms = {}, .horizons = {}};
  ColumnReader columns(problem, idle, diagnostics);
  const Value& terms = v["terms"];
  for (std::size_t i = 0; i < terms.items.size(); ++i)
    phenotype.terms.push_back(read_term(terms.keys[i], terms.items[i], columns, diagnostics));
  check_horizons(v["horizons"], problem.schedule, diagnostics);
  for (const Value& horizon : v["horizons"].items) phenotype.horizons.push_back(horizon.number);
  std::ranges::sort(phenotype.horizons);
  phenotype.horizons.erase(std::ranges::unique(phenotype.horizons).begin(), phenotype.horizons.end());
  return phenotype;
}

void read_comparison(const Value& v, CompareSettings& settings) {
  settings.replicates = static_cast<std::uint64_t>(v["replicates"].number);
  const std::string& edges = v["edges"].text;
  settings.edges = edges == "all" ? Edges::all : edges == "published" ? Edges::published : Edges::both;
  const Value& rule = v["influenced"];
  settings.influenced = {rule["difference"].number, rule["hold"].number, rule["hold_share"].number};
  if (!v.has("primary")) return;
  PrimaryField primary{v["primary"]["field"].text, v["primary"]["in"].text, {}};
  for (const Value& level : v["primary"]["thresholds"].items) primary.thresholds.push_back(level.number);
  settings.primary = std::move(primary);
}

std::vector<SeriesMetric> read_outcomes(const Value& outcomes, const Problem& problem, const IdleColumns& idle,
                                        Diagnostics& diagnostics) {
  std::vector<SeriesMetric> all;
  ColumnReader columns(problem, idle, diagnostics);
  for (std::size_t i = 0; i < outcomes.items.size(); ++i) {
    const Value& v = outcomes.items[i];
    SeriesMetric outcome = read_rows(outcomes.keys[i], v, columns);
    outcome.contrast = true;
    outcome.reduction = reduction_of(v["reduce"].text);
    using Reduction = SeriesMetric::Reduction;
    if (outcome.reduction == Reduction::reach) reach_from(v, problem, diagnostics, outcome);
    if (outcome.reduction == Reduction::quantile || outcome.reduction == Reduction::decay_length)
      shape_from(v, problem, diagnostics, outcome);
    read_what_reductions_need(v, diagnostics, outcome);
    outcome.from = v["from"].number;
    if (v.has("until")) outcome.until = v["until"].number;
    if (const double end = seconds(problem.schedule.end());
        outcome.from > end || outcome.until < outcome.from || outcome.at > end)
      diagnostics.report(v.place, v.path,
                         fmt::format("no row lies between `from` and `until`, or at `at` (the run has {} s)", end));
    all.push_back(std::move(outcome));
  }
  return all;
}

}  // namespace interstice
