#include "engine/sim/simulation.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/core/error.h"
#include "engine/sim/initial_state.h"
#include "engine/sim/step.h"
#include "engine/sim/workspace.h"

namespace interstice {
namespace {

constexpr std::uint64_t kCheckInterval = 10;  ///< steps between looks at whether all fields are finite
constexpr double kMost = 1e250;               ///< concentration whose sums still are finite [uM]

[[noreturn]] void report_not_finite(const State& state, const Problem& problem, SpeciesId s) {
  const std::span<const double> field = state.fields[s];
  const auto bad = std::ranges::find_if(field, [](double value) { return !(std::abs(value) <= kMost); });
  const Vec3 p = problem.grid.centre(static_cast<std::size_t>(bad - field.begin()));
  throw NumericalError(fmt::format(
      "{} is {} at ({:g}, {:g}, {:g}) um after step {} (t = {:g} s); look at what feeds it there, and try a shorter "
      "transport step",
      problem.species[index(s)].name, *bad, p.x, p.y, p.z, state.clock.step, seconds(state.clock.now)));
}

void check_finite(const State& state, const Problem& problem, const Threads& threads) {
  for (std::uint32_t s = 0; s < problem.species.size(); ++s) {
    const std::span<const double> field = state.fields[SpeciesId{s}];
    const double bad_blocks = threads.sum_blocks(field.size(), 16384, [&](std::size_t begin, std::size_t end) {
      bool finite = true;
      for (std::size_t v = begin; v < end; ++v) finite &= std::abs(field[v]) <= kMost;  // without a branch: vectorised
      return finite ? 0.0 : 1.0;
    });
    if (bad_blocks > 0) report_not_finite(state, problem, SpeciesId{s});
  }
}

}  // namespace

Simulation::Simulation(Problem problem, int threads)
    : problem_(std::make_unique<Problem>(std::move(problem))),
      threads_(threads),
      workspace_(std::make_unique<Workspace>(*problem_)) {
  state_ = std::make_unique<State>(initial_state(*problem_, *workspace_, threads_));
}
Simulation::Simulation(Problem problem, State state, int threads)
    : problem_(std::make_unique<Problem>(std::move(problem))),
      state_(std::make_unique<State>(std::move(state))),
      threads_(threads),
      workspace_(std::make_unique<Workspace>(*problem_)) {}
Simulation::~Simulation() = default;
Simulation::Simulation(Simulation&&) noexcept = default;
Simulation& Simulation::operator=(Simulation&&) noexcept = default;

bool Simulation::finished() const { return state_->clock.finished(problem_->schedule); }

Tick Simulation::step() {
  const Tick tick = state_->clock.tick(problem_->schedule);
  advance(*state_, *problem_, *workspace_, threads_);
  follow_labels(*state_, *problem_);
  if (state_->clock.step % kCheckInterval == 0) check_fields();
  return tick;
}

void Simulation::check_fields() const { check_finite(*state_, *problem_, threads_); }

namespace {

/// The interval between rows of the time series at this moment [ns].
Nanoseconds series_interval(const Schedule& schedule, Nanoseconds now) {
  for (const Phase& phase : schedule.phases)
    if (now < phase.until) return phase.series;
  return schedule.phases.back().series;
}

}  // namespace

bool run_to_end(Simulation& simulation, std::span<const Observer> observers, Nanoseconds snapshot_interval,
                Agenda& agenda, const std::function<bool(const Simulation&)>& after_step) {
  const auto show = [&](auto is_due) {
    for (const Observer& observer : observers)
      if (is_due(observer.occasion)) observer.sink->record(simulation.state(), simulation.problem());
  };
  const Schedule& schedule = simulation.problem().schedule;
  if (agenda.next_row == 0) {
    simulation.check_fields();
    agenda = {.next_row = series_interval(schedule, 0), .next_snapshot = snapshot_interval};
    show([](Occasion) { return true; });
  }
  while (!simulation.finished()) {
    const Tick tick = simulation.step();
    const Nanoseconds now = simulation.state().clock.now;
    const bool last = simulation.finished(), row = now >= agenda.next_row;
    const bool snapshot = snapshot_interval > 0 && now >= agenda.next_snapshot;
    if (row) agenda.next_row = now + series_interval(schedule, now);
    if (row || snapshot || last) simulation.check_fields();
    while (snapshot && agenda.next_snapshot <= now) agenda.next_snapshot += snapshot_interval;
    show([&](Occasion occasion) {
      return last || (occasion == Occasion::series_row && row) || (occasion == Occasion::snapshot && snapshot) ||
             (occasion == Occasion::cell_step && tick.cells_due);
    });
    if (after_step && !after_step(simulation)) return false;
  }
  return true;
}

bool run_to_end(Simulation& simulation, std::span<const Observer> observers, Nanoseconds snapshot_interval,
                const std::function<bool(const Simulation&)>& after_step) {
  Agenda agenda;
  return run_to_end(simulation, observers, snapshot_interval, agenda, after_step);
}

}  // namespace interstice
