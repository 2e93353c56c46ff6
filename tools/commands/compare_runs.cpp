/// @file
/// The work queue of a comparison.
#include "tools/commands/compare_runs.h"

#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>

#include "engine/sim/simulation.h"
#include "tools/progress.h"
#include "tools/recording.h"
#include "tools/run_output.h"
#include "tools/scenario_options.h"

namespace interstice::cli {
namespace {

/// HDF5 and UDUNITS must not be called by two threads at once.
std::mutex library_mutex;

/// Amounts of all species when first and when last seen.
class AmountSink : public StateSink {
 public:
  explicit AmountSink(RunOutcome& outcome) : outcome_(outcome) {}
  void record(const State& state, const Problem& problem) override {
    outcome_.amount_at_end = amounts(state, problem);
    if (outcome_.amount_at_start.empty()) outcome_.amount_at_start = outcome_.amount_at_end;
  }

 private:
  RunOutcome& outcome_;
};

/// Only the columns that metrics and curves use are kept in memory; the file has them all.
void keep_needed_columns(SeriesTable& series, const PrimaryField* primary, std::span<const OutcomeSpec> outcomes) {
  std::set<std::string, std::less<>> asked;
  for (const OutcomeSpec& outcome : outcomes)
    for (const auto* columns : {&outcome.of, &outcome.normalise}) asked.insert(columns->begin(), columns->end());
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

class Queue {
 public:
  Queue(const Scenario& scenario, const ComparePlan& plan, ComparisonRuns& runs)
      : scenario_(scenario), plan_(plan), runs_(runs), share_done_(runs.outcomes.size()) {}

  void work_all() {
    std::vector<std::thread> workers;
    const auto count = std::min<std::size_t>(static_cast<std::size_t>(plan_.jobs), runs_.outcomes.size());
    for (std::size_t k = 0; k < count; ++k) workers.emplace_back([this] { work(); });
    show_progress();
    for (std::thread& worker : workers) worker.join();
    std::ranges::sort(runs_.failures, {}, [&](const RunFailure& f) {  // not in the order in which they happened to end
      return std::pair(f.replicate, std::ranges::find(plan_.arms, f.arm) - plan_.arms.begin());
    });
  }

 private:
  /// Replicates outside, arms inside: when a comparison is cut short, whole pairs are there.
  void work() {
    for (std::size_t job = next_++; job < runs_.outcomes.size(); job = next_++) {
      const std::size_t arm = job % plan_.arms.size();
      const std::uint64_t replicate = job / plan_.arms.size();
      const auto failure = attempt([&] { run_one(arm, replicate, share_done_[job]); });
      const std::scoped_lock lock(mutex_);
      share_done_[job] = 1;
      if (failure) runs_.failures.push_back({plan_.arms[arm], replicate, *failure});
      ++finished_;
      changed_.notify_one();
    }
  }

  void run_one(std::size_t arm, std::uint64_t replicate, std::atomic<double>& share_done);
  void simulate(Simulation& simulation, const std::filesystem::path& directory, const RunRecord& record,
                RunOutcome& outcome, std::atomic<double>& share_done);

  void show_progress() {
    Progress progress("Comparing", plan_.quiet);
    const auto total = static_cast<double>(runs_.outcomes.size());
    std::unique_lock lock(mutex_);
    while (finished_ < runs_.outcomes.size()) {
      changed_.wait_for(lock, std::chrono::milliseconds(100));
      double done = 0;
      for (const auto& share : share_done_) done += share;
      progress.update(done / total, [&] {
        return fmt::format("{} of {} runs done{}", finished_, total,
                           runs_.failures.empty() ? "" : fmt::format(", {} failed", runs_.failures.size()));
      });
    }
    progress.finish();
    runs_.wall_time = progress.elapsed();
  }

  const Scenario& scenario_;
  const ComparePlan& plan_;
  ComparisonRuns& runs_;
  std::vector<std::atomic<double>> share_done_;
  std::atomic<std::size_t> next_{0};
  std::size_t finished_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
};

void Queue::simulate(Simulation& simulation, const std::filesystem::path& directory, const RunRecord& record,
                     RunOutcome& outcome, std::atomic<double>& share_done) {
  RunOutput output(directory, scenario_, simulation.problem(), record, extent_of(outcome.replicate), &library_mutex);
  CellTracer tracer(simulation.problem());
  AmountSink amounts(outcome);
  std::vector<Observer> observers = output.observers();
  observers.push_back({&tracer, Occasion::cell_step});
  amounts.record(simulation.state(), simulation.problem());
  const double end = seconds(simulation.problem().schedule.end());
  run_to_end(simulation, observers, scenario_.output.every, [&](const Simulation& now) {
    share_done = now.time() / end;
    return true;
  });
  amounts.record(simulation.state(), simulation.problem());
  output.close();
  outcome.traces = std::move(tracer).take();
  outcome.series = read_series(directory / "timeseries.csv");
  keep_needed_columns(outcome.series, runs_.primary ? &*runs_.primary : nullptr, runs_.judged_by);
}

void Queue::run_one(std::size_t arm, std::uint64_t replicate, std::atomic<double>& share_done) {
  const std::filesystem::path directory = plan_.directory / "arms" / plan_.arms[arm] / std::to_string(replicate);
  std::filesystem::create_directories(directory);
  std::optional<Problem> problem;
  {
    const std::scoped_lock lock(library_mutex);
    problem = build_problem(scenario_, {plan_.arms[arm], replicate});
  }
  RunOutcome outcome;
  outcome.arm = plan_.arms[arm];
  outcome.replicate = replicate;
  outcome.seed = problem->noise.seed();
  RunRecord record = make_run_record(*problem, scenario_.resolved, plan_.command_line, outcome.arm, 1);
  record.changes = scenario_.changes;
  record.replicate = replicate;
  write_run_record(directory, record);
  record_run(directory, record, [&] {
    Simulation simulation(std::move(*problem), 1);
    simulate(simulation, directory, record, outcome, share_done);
  });
  const std::scoped_lock lock(mutex_);
  runs_.outcomes[arm * plan_.replicates + replicate] = std::move(outcome);
}

/// Classes and doses as the first finished run with vesicles had them.
void note_doses(ComparisonRuns& runs) {
  for (auto& klass : runs.vesicles)
    for (const auto& outcome : runs.outcomes) {
      if (!outcome || klass.dosed > 0) continue;
      for (std::size_t c = 0; c < outcome->series.name.size(); ++c)
        if (outcome->series.name[c].starts_with("vesicles." + klass.name + "."))
          klass.dosed += outcome->series.value[c].front();
    }
}

}  // namespace

std::optional<std::size_t> ComparisonRuns::reference(std::size_t arm) const {
  for (std::size_t other = 0; other < arms.size(); ++other)
    if (arms[arm].control.empty() ? !arms[other].vesicles && !arms[other].sham : arms[other].name == arms[arm].control)
      return other;
  return std::nullopt;
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

ComparisonRuns run_all(const Scenario& scenario, const ComparePlan& plan) {
  ComparisonRuns runs;
  runs.warnings = scenario.warnings;
  runs.replicates = plan.replicates;
  runs.judged_by = scenario.compare.outcomes;
  runs.primary = scenario.compare.primary;
  for (const auto& arm : plan.arms) {
    const Problem problem = build_problem(scenario, {arm, 0});
    runs.arms.push_back(describe_arm(problem, arm, runs.primary ? &*runs.primary : nullptr));
    for (const Arm& known : scenario.compare.arms)
      if (known.name == arm) {
        runs.arms.back().control = known.control;
        runs.arms.back().direct = known.direct;
        runs.arms.back().changes = known.changes;
      }
    if (runs.vesicles.empty() && runs.arms.back().vesicles)
      for (const VesicleClass& klass : problem.vesicle_classes)
        runs.vesicles.push_back({klass.name, klass.counted, static_cast<double>(klass.weight), 0});
    for (auto& warning : check_steps(problem))
      if (std::find(runs.warnings.begin(), runs.warnings.end(), warning) == runs.warnings.end())
        runs.warnings.push_back(std::move(warning));
  }
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
  print_warnings(runs.warnings);
  runs.outcomes.resize(plan.arms.size() * plan.replicates);
  Queue(scenario, plan, runs).work_all();
  note_doses(runs);
  return runs;
}

}  // namespace interstice::cli
