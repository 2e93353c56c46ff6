#include "tools/run_cost.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <limits>

#include "engine/sim/simulation.h"
#include "tools/child_process.h"
#include "tools/disk_space.h"
#include "tools/machine_limits.h"

namespace interstice::cli {
namespace {

using WallClock = std::chrono::steady_clock;

constexpr double kUsedForTrial = 0.9;    ///< of the time that is left; the rest is for a step that began before
constexpr std::size_t kMostTrials = 20;  ///< phases that are timed one by one
constexpr double kTrialMemory = 2e9;     ///< larger problems are not built only to be timed [B]

Nanoseconds smallest_step(const Phase& phase) { return std::min({phase.transport, phase.vesicles, phase.cells}); }

/// Time of one step of this phase [s]: the machine at hand, the scenario at hand, from its start. Processor time, so
/// that other programs do not count; whole rounds of vesicle steps, so that each stage has its share, if the budget
/// allows; the first round, which fills caches and tables, does not count then. On a busy machine `until` comes first.
double time_step(Simulation& simulation, const Phase& phase, double budget, WallClock::time_point until) {
  const auto round = std::max<Nanoseconds>(1, phase.vesicles / smallest_step(phase));
  double begin = processor_time(), steps = 0;
  const auto in_time = [&] { return processor_time() - begin < budget && WallClock::now() < until; };
  const auto take_round = [&] {
    for (Nanoseconds i = 0; i < round && (i == 0 || in_time()); ++i, ++steps) simulation.step();
  };
  take_round();
  if (in_time()) {
    begin = processor_time();
    steps = 0;
  }
  while (in_time()) take_round();
  return (processor_time() - begin) / steps;
}

}  // namespace

bool can_be_tried(const Problem& problem) {
  return estimate_memory(problem) < kTrialMemory && problem.schedule.phases.size() <= kMostTrials;
}

Trial try_out(const Scenario& scenario, const RunVariant& variant, const std::vector<Phase>& phases,
              const TrialTimes& times) {
  const auto begin = WallClock::now();
  const double phase_time = kUsedForTrial * times.limit / static_cast<double>(phases.size());  // [s], by the clock
  const FromChild child = do_in_child(times.limit, [&](const Say& say) {
    for (std::size_t k = 0; k < phases.size(); ++k) {
      Problem problem = build_problem(scenario, variant);
      Phase phase = phases[k];
      phase.until = phase.cells * (1 + std::numeric_limits<Nanoseconds>::max() / phase.cells / 4);  // never ends
      problem.schedule.phases = {phase};
      const double before = processor_time();
      Simulation simulation(std::move(problem), 1);
      if (k == 0) say(fmt::format("set_up {}", processor_time() - before));
      if (k == 0)
        for (const std::string& doubt : check_placement(simulation)) say("placement " + doubt);
      const auto until = begin + std::chrono::milliseconds(static_cast<int>(1e3 * phase_time * (k + 1.0)));
      say(fmt::format("step {}",
                      time_step(simulation, phase, times.per_run / static_cast<double>(phases.size()), until)));
    }
    say(fmt::format("memory {}", most_memory()));
  });
  if (child.failure) throw Error(child.failure->code, child.failure->message);
  Trial trial;
  for (const std::string& line : child.lines) {
    const std::string what = line.substr(0, line.find(' ')), rest = line.substr(what.size() + 1);
    if (what == "placement") trial.placement.push_back(rest);
    if (what == "step") trial.step_times.push_back(std::stod(rest));
    if (what == "set_up") trial.set_up = std::stod(rest);
    if (what == "memory") trial.memory = std::stod(rest);
  }
  return trial;
}

Cost cost_of(const Scenario& scenario, const Problem& problem, const Trial& trial, Extent extent) {
  Cost cost;
  const auto& phases = problem.schedule.phases;
  cost.memory = estimate_memory(problem);
  cost.disk = disk_space(scenario, problem, extent) + checkpoint_space(problem);
  if (trial.step_times.size() == phases.size()) cost.time = 0;
  Nanoseconds begin = 0;
  for (std::size_t k = 0; k < phases.size(); ++k) {
    const double steps = static_cast<double>(phases[k].until - begin) / static_cast<double>(smallest_step(phases[k]));
    cost.steps += steps;
    begin = phases[k].until;
    if (cost.time) *cost.time += steps * trial.step_times[k];
  }
  return cost;
}

}  // namespace interstice::cli
