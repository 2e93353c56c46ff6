/// @file
/// The outcomes that a comparison is judged by.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

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
  if (v.has("beyond")) {
    shells.skipped = static_cast<std::size_t>(std::lround(v["beyond"].number / shells.width)) + (shells.depth ? 0 : 1);
    shells.skipped = std::min(shells.skipped, shells.columns.size());
  }
  return &*profile;
}

void shape_from(const Value& v, const Problem& problem, Diagnostics& diagnostics, SeriesMetric& outcome) {
  if (whole_profile(v, problem, outcome) == nullptr)
    diagnostics.report(v.place, v.path,
                       fmt::format("`reduce: {}` is that of a whole profile (expected of: profile.NAME.*, and neither "
                                   "`normalise` nor `rate`)",
                                   v["reduce"].text));
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

std::vector<SeriesMetric> read_outcomes(const Value& outcomes, const Problem& problem, const IdleColumns& idle,
                                        Diagnostics& diagnostics) {
  std::vector<SeriesMetric> all;
  ColumnReader columns(problem, idle, diagnostics);
  for (std::size_t i = 0; i < outcomes.items.size(); ++i) {
    const Value& v = outcomes.items[i];
    SeriesMetric outcome;
    outcome.subject = outcomes.keys[i];
    outcome.contrast = true;
    outcome.label = v.has("label") ? v["label"].text : outcome.subject;
    outcome.of = columns.read(v["of"], outcome.unit);
    outcome.rate = v["rate"].number != 0;
    outcome.per_initial = v["normalise"].items.empty() && v["normalise"].text == "initial";
    if (outcome.per_initial) outcome.unit = "1";
    if (v.has("normalise") && !outcome.per_initial) {
      std::string below;
      outcome.normalise = columns.read(v["normalise"], below);
      outcome.unit = outcome.unit == below ? "1" : fmt::format("{}/({})", outcome.unit, below);
    }
    if (outcome.rate) outcome.unit += "/s";
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
