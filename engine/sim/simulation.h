/// @file
/// A run: a Problem, its State, and the loop that advances one and shows it to observers.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/core/parallel.h"
#include "engine/sim/problem.h"
#include "engine/sim/state_sink.h"

namespace interstice {

struct Workspace;

class Simulation {
 public:
  /// Builds the initial state: fields, cells, injuries at the start, doses.
  /// Throws InputError when the problem cannot be run (for example more cells to injure than there are). Cells that
  /// find no free place overlap as little as can be; volume exclusion then pushes them apart.
  explicit Simulation(Problem problem, int threads = 1);
  /// Goes on from a state of an earlier run of this problem, to the same bits as that run.
  Simulation(Problem problem, State state, int threads = 1);
  ~Simulation();
  Simulation(Simulation&&) noexcept;
  Simulation& operator=(Simulation&&) noexcept;

  [[nodiscard]] const Problem& problem() const { return *problem_; }
  [[nodiscard]] const State& state() const { return *state_; }
  [[nodiscard]] bool finished() const;
  [[nodiscard]] double time() const { return seconds(state_->clock.now); }  ///< [s]

  /// Advances by one step and says what it was. Looks at the fields now and then, as check_fields() does.
  Tick step();

  /// Throws NumericalError when a field is not finite, or so large that its mean is not.
  void check_fields() const;

  /// How many distinct threads have done work so far.
  [[nodiscard]] int distinct_workers() const { return threads_.distinct_workers(); }

 private:
  std::unique_ptr<Problem> problem_;  // stays where it is: the workspace points into it
  std::unique_ptr<State> state_;
  Threads threads_;
  std::unique_ptr<Workspace> workspace_;
};

/// When an observer wants to see the state. Every observer also sees the initial and the final state.
enum class Occasion { series_row, snapshot, cell_step };

struct Observer {
  StateSink* sink = nullptr;
  Occasion occasion = Occasion::series_row;
};

/// When the next row and the next snapshot are due [ns]; saved with the state. 0: nothing was shown yet.
struct Agenda {
  Nanoseconds next_row = 0, next_snapshot = 0;
};

/// Steps `simulation` to its end. `snapshot_interval` [ns] says when Occasion::snapshot comes, the phases' `series`
/// when a row does; 0 = only at the start and the end. After every step `after_step` may stop the run by returning
/// false; `agenda` then says when observers are due next, and the same call goes on. Returns whether it finished.
bool run_to_end(Simulation& simulation, std::span<const Observer> observers, Nanoseconds snapshot_interval,
                Agenda& agenda, const std::function<bool(const Simulation&)>& after_step = {});

/// From the start.
bool run_to_end(Simulation& simulation, std::span<const Observer> observers, Nanoseconds snapshot_interval,
                const std::function<bool(const Simulation&)>& after_step = {});

/// What is doubtful about the steps that the user chose, each with the value that would do; empty when all is well.
std::vector<std::string> check_steps(const Problem& problem);

/// The same about where the cells stand, of a simulation that has just begun: cells that lie in each other or stick
/// out.
std::vector<std::string> check_placement(const Simulation& simulation);

/// Memory that a run of this problem will take [bytes], without output buffers.
double estimate_memory(const Problem& problem);

}  // namespace interstice
