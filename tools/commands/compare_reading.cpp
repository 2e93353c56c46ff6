/// @file
/// A comparison as its directories hold it.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <ranges>
#include <set>

#include "engine/analysis/run_reading.h"
#include "engine/sim/simulation.h"
#include "engine/study/study_outcomes.h"
#include "tools/commands/compare_runs.h"
#include "tools/recorded_run.h"
#include "tools/result_files.h"

namespace interstice::cli {
namespace {

/// Only the columns that metrics and curves use are kept in memory; the file has them all.
void keep_needed_columns(SeriesTable& series, const ComparisonRuns& runs) {
  const PrimaryField* primary = runs.primary ? &*runs.primary : nullptr;
  std::set<std::string, std::less<>> asked;
  const auto ask = [&asked](const SeriesMetric& metric) {
    for (const auto* columns : {&metric.of, &metric.normalise}) asked.insert(columns->begin(), columns->end());
  };
  for (const SeriesMetric& outcome : runs.described_by) ask(outcome);
  if (runs.phenotype)
    for (const PhenotypeTerm& term : runs.phenotype->terms) ask(term.rows);
  SeriesTable kept;
  kept.time = std::move(series.time);
  const std::string means = primary == nullptr ? "mean." : "mean." + primary->region + ".";
  for (std::size_t c = 0; c < series.name.size(); ++c) {
    const std::string& name = series.name[c];
    const bool needed = !name.starts_with("cells.") && !name.starts_with("column.") &&
                        (!name.starts_with("mean.") || name.starts_with(means));
    if (!needed && !asked.contains(name)) continue;
    kept.name.push_back(name);
    kept.unit.push_back(series.unit[c]);
    kept.value.push_back(std::move(series.value[c]));
  }
  series = std::move(kept);
}

/// How much was dosed, as the first finished run with vesicles has it.
void note_doses(ComparisonRuns& runs) {
  for (auto& klass : runs.vesicles)
    for (const auto& outcome : runs.outcomes)
      if (outcome && klass.dosed == 0) klass.dosed = outcome->series.last("vesicles." + klass.name + ".dosed");
}

/// Types of cells that exist, and those of which there are some at the start of an arm, or of which some may come, by
/// recruitment or by a change of type.
struct TypesOfCells {
  std::set<std::string> known, appear;

  void add(const Problem& problem) {
    for (const CellType& type : problem.cell_types) known.insert(type.name);
    std::set<CellTypeId> seen;
    std::vector<CellTypeId> left;
    const auto reach = [&](CellTypeId type) {
      if (seen.insert(type).second) left.push_back(type);
    };
    for (const CellPlacement& placement : problem.placements)
      if (placement.count > 0) reach(placement.type);
    while (!left.empty()) {
      const CellType& type = problem.cell_types[index(left.back())];
      left.pop_back();
      appear.insert(type.name);
      for (const CellState& state : type.states) {
        if (state.becomes) reach(*state.becomes);
        for (const Recruitment& recruitment : state.recruits) reach(recruitment.type);
      }
    }
  }
};

void describe_one(const Scenario& scenario, const std::string& arm, ComparisonRuns& runs, TypesOfCells& types) {
  const Problem problem = build_problem(scenario, {arm, 0});
  types.add(problem);
  runs.arms.push_back(facts_of(scenario, arm, problem));
  if (runs.vesicles.empty() && runs.arms.back().vesicles)
    for (const VesicleClass& klass : problem.vesicle_classes)
      runs.vesicles.push_back({klass.name, klass.counted, static_cast<double>(klass.weight), 0});
  for (auto& warning : check_steps(problem))
    if (std::ranges::find(runs.warnings, warning) == runs.warnings.end()) runs.warnings.push_back(std::move(warning));
}

/// "m1" of "column.macrophage.m1" is not there without macrophages.
void warn_of_absent_cells(const TypesOfCells& types, ComparisonRuns& runs) {
  const auto asks_for = [](const SeriesMetric& metric, const std::string& type) {
    return std::ranges::any_of(metric.of, [&](const std::string& column) {
      return column.starts_with("column." + type + ".") || column.starts_with("cells." + type + ".");
    });
  };
  const auto look_at = [&](const SeriesMetric& metric) {
    for (const std::string& type : types.known)
      if (!types.appear.contains(type) && asks_for(metric, type))
        runs.warnings.push_back(
            fmt::format("'{}' asks for {}, of which none is there at the start and none can come", metric.label, type));
  };
  if (runs.phenotype)
    for (const PhenotypeTerm& term : runs.phenotype->terms) look_at(term.rows);
  for (const SeriesMetric& outcome : runs.described_by) look_at(outcome);
}

void warn_of_missing_arms(ComparisonRuns& runs) {
  const bool compares = runs.arms.size() > 1;
  const auto has_reference = [&](std::size_t arm) { return runs.reference(arm).has_value(); };
  const bool referred = std::ranges::any_of(std::views::iota(std::size_t{0}, runs.arms.size()), has_reference);
  if (const auto warning = missing_control(referred, std::ranges::any_of(runs.arms, &ArmFacts::sham));
      compares && warning)
    runs.warnings.push_back(*warning);
  for (std::size_t arm = 0; arm < runs.arms.size(); ++arm)
    if (!runs.arms[arm].control.empty() && !runs.reference(arm))
      runs.warnings.push_back(fmt::format("{} is compared with {}, which does not run (add it to --arms)",
                                          runs.arms[arm].name, runs.arms[arm].control));
  for (const ArmFacts& arm : runs.arms)
    if (!arm.direct.empty() && std::ranges::find(runs.arms, arm.direct, &ArmFacts::name) == runs.arms.end())
      runs.warnings.push_back(
          fmt::format("what {} does through other cells is not told apart: {} does not run (add it "
                      "to --arms)",
                      arm.name, arm.direct));
}

}  // namespace

std::optional<std::string> missing_control(bool has_reference, bool has_sham) {
  if (!has_reference)
    return "no arm is compared with another (expected one without EVs, such as `vehicle: {vesicles: false}`): there "
           "will be no effects and no verdict";
  if (!has_sham)
    return "no arm says what chance does (expected one with `vesicles: false, sham: true`): cells influenced by EVs "
           "and by chance cannot be told apart";
  return std::nullopt;
}

std::optional<std::size_t> ComparisonRuns::reference(std::size_t arm) const {
  for (std::size_t other = 0; other < arms.size(); ++other)
    if (arms[arm].control.empty() ? !arms[other].vesicles && !arms[other].sham : arms[other].name == arms[arm].control)
      return other;
  return std::nullopt;
}

double ComparisonRuns::end() const {
  const auto any = std::ranges::find_if(outcomes, [](const auto& outcome) { return outcome.has_value(); });
  return any == outcomes.end() ? 0.0 : (*any)->series.time.back();
}

Pairing ComparisonRuns::pairing(std::size_t arm, std::uint64_t replicate) const {
  Pairing pairing;
  const auto vehicle = reference(arm);
  if (vehicle) pairing.vehicle = outcome(*vehicle, replicate);
  for (std::size_t other = 0; other < arms.size() && pairing.sham == nullptr; ++other)
    if (arms[other].sham && !arms[other].vesicles && reference(other) == vehicle)
      pairing.sham = outcome(other, replicate);
  return pairing;
}

ComparisonRuns describe_comparison(const Scenario& scenario, const ComparePlan& plan) {
  ComparisonRuns runs;
  runs.warnings = scenario.warnings;
  runs.replicates = plan.replicates;
  runs.described_by = scenario.compare.outcomes;
  runs.phenotype = scenario.compare.phenotype;
  runs.edges = scenario.compare.edges;
  runs.effect_edges = scenario.edges;
  runs.primary = scenario.compare.primary;
  TypesOfCells types;
  for (const auto& arm : plan.arms) describe_one(scenario, arm, runs, types);
  warn_of_missing_arms(runs);
  warn_of_absent_cells(types, runs);
  runs.outcomes.resize(plan.arms.size() * plan.replicates);
  return runs;
}

namespace {

/// A run that is not finished has no observations yet: nothing is known of its amounts.
RunOutcome read_so_far(const std::filesystem::path& directory, std::size_t species) {
  RunOutcome outcome = read_series(directory);
  outcome.amount_at_start.assign(species, std::nan(""));
  outcome.amount_at_end = outcome.amount_at_start;
  return outcome;
}

/// Reads one run, if it finished or is the only one; what else it is goes to the failures, or is counted as missing.
/// `identity`: of the run that should be there.
void read_one(const ComparePlan& plan, std::size_t arm, std::uint64_t replicate, const std::string& identity,
              ComparisonRuns& runs, std::size_t& missing) {
  const auto directory = plan.directory_of(arm, replicate);
  const auto record = nlohmann::json::parse(our_record(directory), nullptr, false);
  std::string status = record.is_object() ? record.value("status", "") : "";
  if (!status.empty() && !plan.one_run && record.value("identity", "") != identity) {
    runs.warnings.push_back(fmt::format("{} holds another run than it should (it is left out)", directory.string()));
    status = "";
  }
  if (status == "failed") {
    runs.failures.push_back({plan.arms[arm],
                             replicate,
                             {static_cast<ExitCode>(record.value("exit_status", 1)), record.value("reason", "")}});
    return;
  }
  const bool finished = status == "finished";
  if (!finished) ++missing;
  if (!finished && !(plan.one_run && std::filesystem::exists(directory / "timeseries.csv"))) return;
  if (finished) check_listed(directory, {"timeseries.csv", "observations.hdf"});
  RunOutcome outcome = finished ? read_outcome(directory) : read_so_far(directory, runs.arms[arm].species.size());
  if (outcome.series.time.empty())
    throw InputError(fmt::format("{} has no rows yet (it was ended before the first) give the command of the run again",
                                 (directory / "timeseries.csv").string()));
  outcome.arm = runs.arms[arm].name;
  outcome.replicate = replicate;
  outcome.seed = record.value("seed", std::uint64_t{0});
  keep_needed_columns(outcome.series, runs);
  runs.outcomes[arm * plan.replicates + replicate] = std::move(outcome);
}

}  // namespace

ComparisonRuns read_runs(const Scenario& scenario, const ComparePlan& plan, const std::vector<RunFailure>& failures) {
  ComparisonRuns runs = describe_comparison(scenario, plan);
  if (!plan.one_run) runs.directory = plan.directory;
  std::size_t missing = 0;
  for (std::size_t arm = 0; arm < plan.arms.size(); ++arm) {
    const Problem problem = build_problem(scenario, {plan.arms[arm], 0});
    for (std::uint64_t replicate = 0; replicate < plan.replicates; ++replicate) {
      const std::string identity = describe_run(scenario, {plan.arms[arm], replicate}, problem, 1).identity;
      read_one(plan, arm, replicate, identity, runs, missing);
    }
  }
  for (const RunFailure& failure : failures) {  // what happened now counts, not what is on record
    const std::size_t arm = std::ranges::find(plan.arms, failure.arm) - plan.arms.begin();
    if (runs.outcome(arm, failure.replicate) != nullptr) continue;  // another process has done it since
    const auto known = std::ranges::find_if(runs.failures, [&](const RunFailure& other) {
      return other.arm == failure.arm && other.replicate == failure.replicate;
    });
    if (known != runs.failures.end()) {
      *known = failure;
    } else {
      runs.failures.push_back(failure);
      --missing;
    }
  }
  if (missing > 0)
    runs.warnings.push_back(fmt::format("{} of {} runs {} not finished: this is what is there so far", missing,
                                        runs.outcomes.size(), missing == 1 ? "is" : "are"));
  note_doses(runs);
  return runs;
}

}  // namespace interstice::cli
