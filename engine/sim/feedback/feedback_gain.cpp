#include "engine/sim/feedback/feedback_gain.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <ctime>
#include <utility>

#include "engine/core/error.h"
#include "engine/sim/feedback/mean_cells.h"
#include "engine/sim/feedback/mean_fluid.h"
#include "engine/sim/feedback/solve_small.h"

namespace interstice {
namespace {

constexpr double kRise = 0.01;        ///< by which a signal is raised
constexpr double kLittle = 1e-12;     ///< of a signal that is not there at rest [uM]
constexpr double kStep = 5e5;         ///< of the fluid, for a full move of the cells [s]
constexpr double kShare = 0.5;        ///< of the way to where all would settle, per move
constexpr int kSettling = 100;        ///< moves until all has settled to signals that are held
constexpr int kMostMoves = 2000;      ///< in search of the quiet state
constexpr int kWindow = 8;            ///< moves over which the state is compared
constexpr double kStationary = 2e-4;  ///< relative change within that is none
constexpr double kNoCell = 0.01;      ///< numbers of cells are not compared below this
constexpr double kNoSignal = 1e-9;    ///< nor concentrations [uM]
constexpr double kNegligible = 1e-6;  ///< gains below this are rounding

struct OutOfTime {};

/// The domain well mixed, and the signals by which its cells may act on each other.
class QuietTissue {
 public:
  struct State {
    std::vector<double> c;
    std::vector<CellGroup> groups;
  };
  /// What cells give, and what is lost of it [molecules/s].
  struct Balance {
    std::vector<double> given, lost;
  };

  QuietTissue(const Problem& problem, double most_time)
      : fluid_(problem), cells_(problem, fluid_.space()), most_time_(most_time) {
    state_ = {fluid_.start(), cells_.start()};
    secreted_ = cells_.may_secrete(state_.groups);
    const auto spilled = cells_.may_spill(state_.groups), read = cells_.read_by(state_.groups);
    for (std::uint32_t s = 0; s < read.size(); ++s)
      if ((secreted_[s] != 0 || spilled[s] != 0) && (read[s] != 0 || fluid_.reacts(s))) signals_.push_back(s);
    held_.assign(read.size(), 0);
  }

  [[nodiscard]] const std::vector<std::uint32_t>& signals() const { return signals_; }
  /// By a formula of living cells, not only spilled by dying ones.
  [[nodiscard]] bool secreted(std::uint32_t species) const { return secreted_[species] != 0; }
  [[nodiscard]] const MeanCells& cells() const { return cells_; }
  [[nodiscard]] State& state() { return state_; }

  void hold_signals(bool hold) {
    for (const std::uint32_t s : signals_) held_[s] = hold ? 1 : 0;
  }
  /// One move by `share`.
  void relax(State& state, double share) {
    if (static_cast<double>(std::clock() - begin_) / CLOCKS_PER_SEC > most_time_) throw OutOfTime{};
    cells_.relax(state.groups, state.c, share, given_);
    fluid_.advance(state.c, given_, held_, share * kStep);
  }
  /// What would be there of the signals if only as much were lost as cells give.
  void sustain_signals(State& state) {
    hold_signals(false);
    cells_.relax(state.groups, state.c, 0, given_);
    for (int k = 0; k < kSettling; ++k) fluid_.advance(state.c, given_, held_, kStep);
  }
  /// Settles to the signals as they are; the mean over the second half.
  Balance settle(State& state) {
    for (CellGroup& group : state.groups) group.pace = 1, group.drift = 0;
    Balance mean{std::vector<double>(held_.size()), std::vector<double>(held_.size())};
    for (int k = 0; k < kSettling; ++k) {
      relax(state, kShare / (1 + 0.1 * k));
      if (2 * k < kSettling) continue;
      const std::vector<double> losses = fluid_.net_losses(state.c, given_);
      for (std::size_t s = 0; s < losses.size(); ++s) {
        mean.given[s] += 2 * given_.secreted[s] / kSettling;
        mean.lost[s] += 2 * losses[s] / kSettling;
      }
    }
    return mean;
  }

 private:
  MeanFluid fluid_;
  MeanCells cells_;
  State state_;
  std::vector<std::uint32_t> signals_;
  std::vector<char> secreted_, held_;
  GivenToFluid given_;
  double most_time_;
  std::clock_t begin_ = std::clock();
};

/// What one molecule per second of a signal makes cells give of each, all signals held: [to][from].
struct NextGeneration {
  std::vector<double> of;
  std::size_t n = 0;

  [[nodiscard]] double operator()(std::size_t to, std::size_t from) const { return of[to * n + from]; }
  /// Gain of a signal while the others settle; not finite where they do not.
  [[nodiscard]] double settled(std::size_t signal) const;
  /// Largest growth by which a mixture of signals makes itself.
  [[nodiscard]] double largest() const;
};

double NextGeneration::settled(std::size_t signal) const {
  std::vector<double> matrix, others;
  for (std::size_t i = 0; i < n; ++i) {
    if (i == signal) continue;
    others.push_back((*this)(i, signal));
    for (std::size_t j = 0; j < n; ++j)
      if (j != signal) matrix.push_back((i == j ? 1.0 : 0.0) - (*this)(i, j));
  }
  solve_small(matrix, others);
  double gain = (*this)(signal, signal);
  for (std::size_t k = 0; k < others.size(); ++k) gain += (*this)(signal, k < signal ? k : k + 1) * others[k];
  return gain;
}

/// Signals that hold others back make entries negative and eigenvalues complex; what grows is the largest real part.
double NextGeneration::largest() const {
  using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const auto size = static_cast<Eigen::Index>(n);
  const Matrix matrix = Eigen::Map<const Matrix>(of.data(), size, size);
  return Eigen::EigenSolver<Matrix>(matrix, false).eigenvalues().real().maxCoeff();
}

NextGeneration next_generation(QuietTissue& tissue, QuietTissue::State base) {
  const auto& signals = tissue.signals();
  NextGeneration m{std::vector<double>(signals.size() * signals.size()), signals.size()};
  tissue.hold_signals(true);
  tissue.settle(base);
  QuietTissue::State rest = base;
  const QuietTissue::Balance before = tissue.settle(rest);
  for (std::size_t from = 0; from < m.n; ++from) {
    QuietTissue::State raised = base;
    double& c = raised.c[signals[from]];
    c = std::max(c * (1 + kRise), c + kLittle);
    const QuietTissue::Balance after = tissue.settle(raised);
    const double lost = after.lost[signals[from]] - before.lost[signals[from]];
    for (std::size_t to = 0; to < m.n && lost > 0; ++to) {
      const std::uint32_t s = signals[to];
      const double more = after.given[s] - before.given[s] - (to == from ? 0 : after.lost[s] - before.lost[s]);
      m.of[to * m.n + from] = std::abs(more / lost) < kNegligible ? 0 : more / lost;
    }
  }
  tissue.hold_signals(false);
  return m;
}

/// What of the tissue still moves, or nothing.
std::string moving(const Problem& problem, const QuietTissue& tissue, const QuietTissue::State& before,
                   const QuietTissue::State& now) {
  const auto moves = [](double a, double b, double floor) {
    return std::abs(a - b) > kStationary * std::max({std::abs(a), std::abs(b), floor});
  };
  for (const std::uint32_t s : tissue.signals())
    if (moves(before.c[s], now.c[s], kNoSignal)) return problem.species[s].name + " keeps changing";
  for (std::size_t g = 0; g < now.groups.size(); ++g) {
    const std::string& name = problem.cell_types[now.groups[g].type].name;
    if (now.groups[g].came && tissue.cells().overflows(now.groups[g])) return name + " cells become ever more";
    if (moves(before.groups[g].number(), now.groups[g].number(), kNoCell))
      return fmt::format("the number of {} cells keeps changing", name);
  }
  return "";
}

/// A state and what signals make of themselves there.
struct Look {
  QuietTissue::State state;
  NextGeneration next;
  std::size_t top = 0;  ///< the signal that makes most of itself while the others are held
  double alone = -1;    ///< how much
};

struct Rest {
  Look last, igniting;  ///< at the end; and the first on the way where signals make more of themselves
  double growth = -1;   ///< there, of all signals together
  std::string still;    ///< what keeps the tissue from resting
};

void look_at(QuietTissue& tissue, const QuietTissue::State& state, Rest& rest) {
  Look look{state, next_generation(tissue, state)};
  for (std::size_t k = 0; k < look.next.n; ++k)
    if (look.next(k, k) > look.alone) look.alone = look.next(look.top = k, k);
  if (rest.growth < 1) {
    rest.growth = look.next.largest();
    rest.igniting = look;
  }
  rest.last = std::move(look);
}

/// Follows the tissue from below to where it rests.
Rest seek_rest(const Problem& problem, QuietTissue& tissue) {
  Rest rest;
  QuietTissue::State& state = tissue.state();
  tissue.hold_signals(true);
  for (const std::uint32_t s : tissue.signals()) state.c[s] = 0;
  tissue.settle(state);
  tissue.settle(state);
  tissue.sustain_signals(state);
  look_at(tissue, state, rest);
  for (int moves = 0, next_look = 8; moves < kMostMoves && rest.growth < 1; moves += kWindow) {
    const QuietTissue::State before = state;
    rest.still.clear();
    for (int k = 0; k < kWindow; ++k) {
      tissue.relax(state, kShare);
      if (rest.still.empty()) rest.still = moving(problem, tissue, before, state);
    }
    if (rest.still.empty()) break;
    if (moves + kWindow < next_look) continue;
    look_at(tissue, state, rest);
    next_look = (moves + kWindow) * 3 / 2;
  }
  if (rest.growth < 1) look_at(tissue, state, rest);
  return rest;
}

std::vector<std::string> regions_of_givers(const Problem& problem, std::size_t signal) {
  const auto gives = [&](const CellType& type) {
    return std::ranges::any_of(type.states, [&](const CellState& state) {
      const auto same = [&](const auto& given) { return index(given.species) == signal; };
      return std::ranges::any_of(state.secretions, same) || std::ranges::any_of(state.spills, same);
    });
  };
  std::vector<std::string> names;
  for (std::size_t r = 0; r < problem.regions.regions.size(); ++r) {
    const auto here = [&](const CellPlacement& p) {
      return p.count > 0 && gives(problem.cell_types[index(p.type)]) && (p.in_region.empty() || p.in_region[r] != 0);
    };
    if (std::ranges::any_of(problem.placements, here)) names.push_back(problem.regions.regions[r].name);
  }
  return names;
}

FeedbackGain::Number concentration(std::string name, double uM) {
  const double pM = 1e6 * uM;
  if (pM < 1e3) return {std::move(name), " pM", pM};
  return pM < 1e6 ? FeedbackGain::Number{std::move(name), " nM", 1e-3 * pM}
                  : FeedbackGain::Number{std::move(name), " uM", uM};
}

/// The signals that cells secrete, the columns by which they give the one that feedback goes through, and who came in.
std::vector<FeedbackGain::Number> quiet_numbers(const Problem& problem, const QuietTissue& tissue,
                                                const QuietTissue::State& state, std::size_t signal) {
  std::vector<FeedbackGain::Number> numbers;
  for (const std::uint32_t s : tissue.signals())
    if (tissue.secreted(s)) numbers.push_back(concentration(problem.species[s].name, state.c[s]));
  const std::size_t species = problem.species.size();
  const auto add_column = [&](const CellGroup& group, std::size_t column) {
    const std::string name = fmt::format("{} of {}", problem.columns[column].name, problem.cell_types[group.type].name);
    const auto same = [&](const FeedbackGain::Number& n) { return n.name == name; };
    if (std::ranges::none_of(numbers, same)) numbers.push_back({name, "", group.columns[column]});
  };
  for (const CellGroup& group : state.groups)
    for (const CellState& one : problem.cell_types[group.type].states)
      for (const Secretion& secretion : one.secretions)
        for (const std::size_t symbol : secretion.rate.symbols_used())
          if (index(secretion.species) == signal && symbol >= species && symbol < species + problem.columns.size() &&
              group.number() > kNoCell)
            add_column(group, symbol - species);
  for (const CellGroup& group : state.groups)
    if (group.came && group.number() > kNoCell)
      numbers.push_back(
          {fmt::format("{} cells that came in", problem.cell_types[group.type].name), "", group.number()});
  return numbers;
}

void judge(const Problem& problem, QuietTissue& tissue, FeedbackGain& result) {
  const auto& signals = tissue.signals();
  const Rest rest = seek_rest(problem, tissue);
  const bool ignites = rest.growth >= 1;
  if (!ignites && !rest.still.empty()) {
    result.why_none = fmt::format("not known, for there is no quiet state: {}", rest.still);
    return;
  }
  const Look& look = ignites ? rest.igniting : rest.last;
  std::size_t top = look.top;
  double gain = ignites ? look.alone : -1, spilled = 0;
  for (std::size_t k = 0; k < signals.size() && !ignites; ++k) {
    const double of = look.next.settled(k);
    if (tissue.secreted(signals[k]) && of > gain) gain = of, top = k;
    if (!tissue.secreted(signals[k]) && of > spilled) spilled = of, result.spilled = problem.species[signals[k]].name;
  }
  if (!ignites && std::max(gain, spilled) < kNegligible) {
    result.why_none = "none: no cell answers what cells give by giving more of it";
    return;
  }
  result.gain = std::max(0.0, gain);
  result.together = ignites ? rest.growth : *result.gain;
  result.through_spilled = spilled;
  result.through = problem.species[signals[top]].name;
  result.regions = regions_of_givers(problem, signals[top]);
  result.quiet = quiet_numbers(problem, tissue, look.state, signals[top]);
}

}  // namespace

FeedbackGain feedback_gain(const Problem& problem, double most_time) {
  FeedbackGain result;
  try {
    QuietTissue tissue(problem, most_time);
    if (tissue.signals().empty())
      result.why_none = "none: cells give nothing that cells or reactions heed";
    else
      judge(problem, tissue, result);
  } catch (const OutOfTime&) {
    result.why_none = fmt::format("not known, for the quiet state was not found in {:g} s", most_time);
  } catch (const NumericalError& error) {
    result.why_none = fmt::format("not known, for there is no quiet state: {}", error.what());
  }
  return result;
}

std::string FeedbackGain::text() const {
  if (!gain) return "feedback: " + why_none;
  std::string text = fmt::format("feedback in {}: {:.2g} through {}", fmt::join(regions, ", "), *gain, through);
  if (together > 1.05 * *gain) text += fmt::format(", {:.2g} of all signals together", together);
  if (through_spilled > *gain) text += fmt::format(", {:.2g} through {} of dying cells", through_spilled, spilled);
  std::string state;
  for (const Number& n : quiet)
    state += fmt::format("{}{} {:.2g}{}", state.empty() ? "" : ", ", n.name, n.value, n.unit);
  return fmt::format("{} (where it settles without injury: {})", text, state);
}

std::optional<std::string> feedback_warning(const FeedbackGain& feedback) {
  if (!feedback.gain || !(feedback.together > 1)) return std::nullopt;
  const bool more = feedback.together > 1.05 * *feedback.gain;
  return fmt::format(
      "feedback in {} has a gain of {:.2g} through {}{}; above 1 cells drive each other on until they saturate, "
      "without any injury: this tissue does not rest, and what it does late says little about injury or EVs. Let "
      "cells give less of it or answer it less, let something hold them back or take it away, or say that this is "
      "meant",
      fmt::join(feedback.regions, ", "), *feedback.gain, feedback.through,
      more ? fmt::format(", {:.2g} of all signals together", feedback.together) : "");
}

}  // namespace interstice
