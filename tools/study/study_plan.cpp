#include "tools/study/study_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "tools/disk_space.h"
#include "tools/failure.h"
#include "tools/machine_limits.h"
#include "tools/progress.h"
#include "tools/run_cost.h"

namespace interstice::cli {
namespace {

/// Metrics of a run that need no other, by and large; a line of the log and a row of the table hold as many numbers.
double numbers_of(const Scenario& scenario) {
  const auto& compare = scenario.compare;
  double numbers = 13;  // of EVs
  if (compare.phenotype) numbers += static_cast<double>(compare.phenotype->horizons.size());
  numbers += static_cast<double>(compare.outcomes.size());
  if (compare.primary) numbers += 9 + static_cast<double>(compare.primary->thresholds.size());
  return numbers;
}

/// Numbers from 0 to n - 1, `most` at most, evenly spread, first and last included.
std::vector<std::uint64_t> spread_over(std::uint64_t n, std::uint64_t most) {
  std::vector<std::uint64_t> chosen;
  const std::uint64_t count = std::clamp<std::uint64_t>(most, 1, n);
  for (std::uint64_t k = 0; k < count; ++k) chosen.push_back(count == 1 ? 0 : k * (n - 1) / (count - 1));
  return chosen;
}

std::string failure_text(const Study& study, std::uint64_t index, std::size_t arm, const std::string& why) {
  const StudyPoint point = point_of(study, index);
  const std::vector<VariedColumn> varied = study.columns();
  std::string where = fmt::format("point {}", index);
  for (std::size_t c = 0; c < varied.size(); ++c) where += fmt::format(", {} {}", varied[c].name, point.values[c]);
  return fmt::format("{}, arm {}: {}", where, study.arms[arm], why);
}

}  // namespace

double results_space(const Study& study) {
  constexpr double kBytesPerNumber = 75;  // in the log and in the table
  constexpr double kBytesPerRow = 450;    // what else stands there
  return static_cast<double>(study.run_count()) * (kBytesPerRow + kBytesPerNumber * numbers_of(study.scenario)) +
         static_cast<double>(study.scenario.resolved.size());
}

StudyPlan plan_study(const Study& study, const ModelRegistry& registry, const std::vector<std::uint64_t>& missing,
                     const StudySettings& settings, double limit) {
  constexpr double kPerTrial = 0.3, kShortest = 0.1;  // processor time [s]
  constexpr double kWriting = 6e6;                    // memory of the series' writer and of HDF5, which trials lack
  StudyPlan plan;
  plan.tasks = study.run_count();
  plan.missing = missing.size();
  plan.jobs = settings.jobs;
  const std::size_t arms = study.arms.size();
  const auto trials = static_cast<std::uint64_t>(std::max(1.0, limit / kPerTrial / static_cast<double>(arms)));
  const auto points = spread_over(study.point_count(), trials);
  const double per_trial = std::max(kShortest, std::min(1.0, limit / static_cast<double>(points.size() * arms)));
  plan.time_of_arm.assign(arms, 0.0);
  double under_way = 0;
  for (const std::uint64_t index : points) {
    const double before = processor_time();
    const Scenario scenario = scenario_at(study, point_of(study, index), settings.options, registry);
    plan.set_up += (processor_time() - before) / static_cast<double>(points.size());
    for (std::size_t arm = 0; arm < arms; ++arm) {
      const double begun = processor_time();
      const Problem problem = build_problem(scenario, {study.arms[arm], 0});
      const double building = processor_time() - begun;
      Trial trial;
      const auto failure = attempt([&] {
        if (can_be_tried(problem))
          trial = try_out(scenario, {study.arms[arm], 0}, problem.schedule.phases,
                          {.limit = 10 * per_trial, .per_run = per_trial});
      });
      if (failure) plan.failures.push_back(failure_text(study, index, arm, failure->message));
      const Cost cost = cost_of(scenario, problem, trial, Extent::series);
      plan.time_of_arm[arm] += (building + trial.set_up + cost.time.value_or(0)) / static_cast<double>(points.size());
      plan.memory = std::max({plan.memory, trial.memory + kWriting, cost.memory});
      under_way = std::max(under_way, cost.disk);
      plan.tried += cost.time ? 1 : 0;
    }
  }
  std::map<std::uint64_t, bool> at_points;
  for (const std::uint64_t task : missing) {
    plan.processor_time += plan.time_of_arm[task_of(study, task).arm];
    at_points[task_of(study, task).point] = true;
  }
  plan.processor_time += plan.set_up * static_cast<double>(at_points.size());
  plan.wall_time = plan.processor_time / settings.jobs;
  plan.disk = results_space(study);
  plan.disk_under_way = settings.jobs * under_way;
  return plan;
}

std::string StudyPlan::text(const Study& study) const {
  std::string out =
      fmt::format("  {} x {} x {} = {} runs, {} to do\n", counted(study.point_count(), "point"),
                  counted(study.arms.size(), "arm"), counted(study.replicates, "replicate"), tasks, missing);
  for (const VariedColumn& column : study.columns())
    out += fmt::format("  {} varies {}\n", column.name, fmt::join(column.keys, ", "));
  if (tried == 0)
    out += failures.empty() ? "  time: not found out, as the problem is so large\n" : "  time: not found out\n";
  else {
    const auto [least, most] = std::ranges::minmax_element(time_of_arm);
    out += fmt::format("  time: {} to {} a run, {} of processor time, about {} with {} at a time ({} tried)\n",
                       duration_text(*least), duration_text(*most), duration_text(processor_time),
                       duration_text(wall_time), jobs, counted(tried, "run"));
  }
  constexpr std::size_t kMostTold = 3;
  for (std::size_t k = 0; k < std::min(failures.size(), kMostTold); ++k)
    out += fmt::format("  fails: {}\n", failures[k]);
  if (failures.size() > kMostTold) out += fmt::format("  fails: {} more\n", failures.size() - kMostTold);
  out += fmt::format("  memory: {} a run, {} with {} at a time\n", bytes_text(memory), bytes_text(jobs * memory), jobs);
  out += fmt::format("  disk: {} of results, up to {} more while runs are under way\n", bytes_text(disk),
                     bytes_text(disk_under_way));
  return out;
}

}  // namespace interstice::cli
