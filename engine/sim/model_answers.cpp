#include "engine/sim/model_answers.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "engine/cells/cell_update.h"
#include "engine/core/constants.h"
#include "engine/core/error.h"

namespace interstice {
namespace {

constexpr double kLargest = std::numeric_limits<double>::max();
constexpr double kMostConcentration = 1e6;  ///< of anything in tissue [uM]: 1 mol/l

struct Limits {
  double lowest = -kLargest, highest = kLargest;

  [[nodiscard]] std::string text() const {
    const std::string at_most = highest < kLargest ? fmt::format(", at most {:.4g}", highest) : "";
    const std::string at_least = lowest > -kLargest ? fmt::format(", at least {:.4g}", lowest) : "";
    return "a finite number" + at_least + at_most;
  }
};

class AnswerCheck {
 public:
  AnswerCheck(const ActiveModel& model, const Tick& now) : model_(model), now_(now) {}

  template <class T>
  void within_ends(const GuardedArray<T>& array, const std::string& what) const {
    if (const auto entry = array.overrun())
      fail(fmt::format("wrote to entry {} of its {}, which has {}", *entry, what, array.asked().size()));
  }

  template <class T>
  void within(std::span<const T> values, const Limits& limits, const std::string& what) const {
    bool sound = true;
    for (const T value : values) sound &= value >= limits.lowest && value <= limits.highest;  // vectorised
    if (sound) return;
    const auto bad = std::ranges::find_if(values, [&](T v) { return !(v >= limits.lowest && v <= limits.highest); });
    fail(fmt::format("wrote {} as entry {} of its {}", *bad, bad - values.begin(), what), limits.text());
  }

  /// A column must stay finite when its change is added.
  template <class T>
  void stays_finite(std::span<const T> column, std::span<const T> change, const std::string& what) const {
    constexpr T most = std::numeric_limits<T>::max();
    bool sound = true;
    for (std::size_t i = 0; i < change.size(); ++i) sound &= std::abs(column[i] + change[i]) <= most;  // vectorised
    if (sound) return;
    std::size_t i = 0;
    while (std::abs(column[i] + change[i]) <= most) ++i;
    fail(fmt::format("wrote {} as entry {} of its changes of {}, where the column has {}", change[i], i, what,
                     column[i]),
         "a finite sum");
  }

  [[noreturn]] void fail(const std::string& what, const std::string& expected = {}) const {
    throw NumericalError(
        fmt::format("the interaction model '{}' {} (evaluate, step {}, t = {:g} s{}) look at its kernel", model_.name,
                    what, now_.step, now_.time, expected.empty() ? "" : "; " + expected + " is expected"));
  }

 private:
  const ActiveModel& model_;
  const Tick& now_;
};

void check_fields(const AnswerCheck& check, const ModelAnswers& answers, const ActiveModel& model,
                  const Problem& problem, double dt) {
  const double most = kMostConcentration * kMoleculesPerUmCubedPerMicromolar * problem.grid.voxel_volume();
  for (std::size_t k = 0; k < model.fields.size(); ++k) {
    const auto named = [&](const char* kind) {
      return fmt::format("{} of {} (per voxel)", kind, problem.species[index(model.fields[k])].name);
    };
    const auto look = [&](const ArraysOnDemand& arrays, const Limits& limits, const char* kind) {
      if (arrays.asked(k).empty()) return;
      check.within_ends(arrays[k], named(kind));
      check.within(arrays.asked(k), limits, named(kind));
    };
    look(answers.secretion, {0, most / dt}, "secretion");
    look(answers.clearance, {0, kLargest}, "clearance");
    look(answers.amounts, {-kLargest, most}, "amounts");
  }
  double room = problem.grid.voxel_volume();
  for (const Reservoir& reservoir : problem.reservoirs) room = std::max(room, reservoir.volume);
  for (std::size_t r = 0; r < model.reactions.size(); ++r) {
    const std::string what = "enzyme copies (per compartment)";
    check.within_ends(answers.copies[r], what);
    check.within(answers.copies.asked(r), {0, kMostConcentration * kMoleculesPerUmCubedPerMicromolar * room}, what);
  }
}

void check_columns(const AnswerCheck& check, const ModelAnswers& answers, const ActiveModel& model,
                   const Problem& problem, const State& state) {
  for (std::size_t k = 0; k < answers.changes.size(); ++k) {
    const std::size_t column = index(model.columns[k]);
    const std::string what = "the column " + problem.columns[column].name + " (per cell)";
    check.within_ends(answers.changes[k], "changes of " + what);
    check.stays_finite(std::span<const double>(state.cells.columns[column]), answers.changes[k].asked(), what);
  }
  for (std::size_t k = 0; k < answers.vesicle_changes.size(); ++k) {
    const std::size_t column = model.first_vesicle_column + k;
    const std::string what = "the vesicle column " + problem.vesicle_columns[column].name;
    check.within_ends(answers.vesicle_changes[k], "changes of " + what);
    check.stays_finite(std::span<const float>(state.vesicles.columns[column]), answers.vesicle_changes[k].asked(),
                       what);
  }
}

/// Cells that divide in every step would fill the memory before anybody knew why.
void check_divisions(const AnswerCheck& check, std::span<const std::uint8_t> fate, const Problem& problem,
                     const Cells& cells) {
  constexpr double kMostCrowded = 10;  // volume of all cells over that of the domain
  const auto volume = [&](std::size_t c) {
    const double radius = cells.radius[c];
    return 4.0 / 3 * kPi * radius * radius * radius;
  };
  double all = 0, added = 0;
  for (std::size_t c = 0; c < fate.size(); ++c) {
    all += volume(c);
    if (fate[c] == static_cast<std::uint8_t>(CellFate::divide)) added += volume(c);
  }
  const double room = problem.grid.voxel_volume() * static_cast<double>(problem.grid.voxel_count());
  if (added > 0 && all + added > kMostCrowded * room)
    check.fail(fmt::format("lets {} cells divide (fate 2) until they would have {:.0f} times the volume of the domain",
                           std::ranges::count(fate, static_cast<std::uint8_t>(CellFate::divide)),
                           (all + added) / room));
}

/// The fastest that a cell may be pushed: along the whole domain in one cell step [um/s].
double fastest(const Problem& problem) {
  const Vec3 size = problem.grid.size();
  Nanoseconds longest = 1;
  for (const Phase& phase : problem.schedule.phases) longest = std::max(longest, phase.cells);
  return std::max({size.x, size.y, size.z}) / seconds(longest);
}

}  // namespace

void check_answers(const ModelAnswers& answers, const ActiveModel& model, const Problem& problem, const State& state,
                   const Tick& now) {
  const AnswerCheck check(model, now);
  check_fields(check, answers, model, problem, now.dt);
  check_columns(check, answers, model, problem, state);
  check.within(std::span<const double>(answers.tallies), {}, "tallies");
  check.within_ends(answers.fate, "fate (per cell)");
  check.within(answers.fate.asked(), {0, 2}, "fate (per cell)");
  check_divisions(check, answers.fate.asked(), problem, state.cells);
  check.within_ends(answers.drift, "drift (three per cell)");
  if (answers.drift.asked().empty()) return;
  const double most = fastest(problem);
  check.within(answers.drift.asked(), {-most, most}, "drift (three per cell)");
}

}  // namespace interstice
