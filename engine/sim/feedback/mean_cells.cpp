#include "engine/sim/feedback/mean_cells.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "engine/cells/cell_mechanics.h"
#include "engine/core/constants.h"
#include "engine/core/error.h"
#include "engine/sim/feedback/solve_small.h"

namespace interstice {
namespace {

constexpr double kOver = 1e10;     ///< a time at which all that has one of its own is over [s]
constexpr double kAtOnce = 60;     ///< in which a condition acts that does not ask for the age [s]
constexpr double kForever = 1e10;  ///< residence in a state that nothing ends [s]
constexpr double kSteady = 1e-6;   ///< relative change of a number that is none
constexpr double kGone = 1e-9;     ///< of a column that nothing feeds

double mean_of(const Distribution& d) {
  switch (d.kind) {
    case Distribution::Kind::uniform:
    case Distribution::Kind::integers:
      return (d.a + d.b) / 2;
    case Distribution::Kind::lognormal: {
      const double sigma = std::log(d.b);
      return d.a * std::exp(sigma * sigma / 2);
    }
    default:
      return d.a;
  }
}

double checked(double value, const Expression& formula, const std::string& type) {
  if (!std::isfinite(value))
    throw NumericalError(fmt::format("\"{}\" of {} gives {} there", formula.text(), type, value));
  return value;
}

double rate_of(const Expression& formula, std::span<const double> values, const std::string& type) {
  return std::max(0.0, checked(formula(values), formula, type));
}

}  // namespace

double CellGroup::number() const { return std::accumulate(in_state.begin(), in_state.end(), 0.0); }

/// What happens to a group, per second.
struct MeanCells::Flow {
  explicit Flow(const CellGroup& group, std::size_t columns)
      : to(group.in_state.size() * group.in_state.size()),
        births(to.size()),
        gain(columns),
        loss(columns),
        brought(columns) {}

  std::vector<double> to;      ///< rate from state to state, row by row [1/s]
  std::vector<double> births;  ///< the part of it that divides
  std::vector<double> gain, loss;
  double coming = 0;            ///< [cell/s]
  std::vector<double> brought;  ///< columns of those who come, summed
};

MeanCells::MeanCells(const Problem& problem, double space)
    : problem_(problem),
      rules_(problem.cell_types, problem.species, problem.columns, problem.chemistry, problem.reservoirs.size(),
             problem.vesicle_classes.size(), problem.placements),
      space_(space) {}

std::vector<double> MeanCells::first_columns(std::size_t type) const {
  std::vector<double> columns;
  for (const ColumnSpec& column : problem_.columns) columns.push_back(column.initial);
  for (const ColumnDynamics& column : problem_.cell_types[type].columns)
    columns[index(column.column)] = mean_of(column.initial);
  return columns;
}

std::vector<CellGroup> MeanCells::start() const {
  const std::size_t types = problem_.cell_types.size();
  std::vector<double> placed(types, 0.0);
  std::vector<char> present(types, 0), from_elsewhere(types, 0), comes(types, 0);
  for (const CellPlacement& p : problem_.placements) placed[index(p.type)] += static_cast<double>(p.count);
  for (std::size_t t = 0; t < types; ++t) present[t] = placed[t] > 0;
  for (bool more = true; more;) {
    more = false;
    const auto add = [&](std::size_t type, std::vector<char>& list) {
      more = more || list[type] == 0;
      list[type] = 1;
    };
    for (std::size_t t = 0; t < types; ++t)
      for (const CellState& state : problem_.cell_types[t].states) {
        if (present[t] == 0) continue;
        for (const Recruitment& recruitment : state.recruits) {
          add(index(recruitment.type), from_elsewhere);
          add(index(recruitment.type), comes);
          add(index(recruitment.type), present);
        }
        if (!state.becomes || comes[t] == 0) continue;
        add(index(*state.becomes), comes);
        add(index(*state.becomes), present);
      }
  }
  std::vector<CellGroup> groups;
  for (const bool came : {false, true})
    for (std::size_t t = 0; t < types; ++t) {
      if (came ? comes[t] == 0 : !(placed[t] > 0) || from_elsewhere[t] != 0) continue;
      const CellType& type = problem_.cell_types[t];
      CellGroup group{.type = t, .came = came, .columns = first_columns(t), .in_state = {}, .entering = {}, .age = {}};
      group.in_state.assign(type.states.size(), 0.0);
      group.in_state[type.initial_state] = came ? 0 : placed[t];
      group.entering.assign(type.states.size(), 0.0);
      group.age.assign(type.states.size(), 0.0);
      groups.push_back(std::move(group));
    }
  return groups;
}

std::vector<char> MeanCells::may_secrete(const std::vector<CellGroup>& groups) const {
  std::vector<char> gives(problem_.species.size(), 0);
  for (const CellGroup& group : groups)
    for (const CellState& state : problem_.cell_types[group.type].states)
      for (const Secretion& secretion : state.secretions) gives[index(secretion.species)] = 1;
  return gives;
}

std::vector<char> MeanCells::may_spill(const std::vector<CellGroup>& groups) const {
  std::vector<char> gives(problem_.species.size(), 0);
  for (const CellGroup& group : groups)
    for (const CellState& state : problem_.cell_types[group.type].states)
      for (const Spill& spill : state.spills) gives[index(spill.species)] = 1;
  return gives;
}

std::vector<char> MeanCells::read_by(const std::vector<CellGroup>& groups) const {
  std::vector<char> read(problem_.species.size(), 0);
  for (const CellGroup& group : groups)
    for_each_formula(problem_.cell_types[group.type], [&](const Expression& formula) {
      for (const std::size_t symbol : formula.symbols_used())
        if (symbol < read.size()) read[symbol] = 1;
    });
  return read;
}

bool MeanCells::overflows(const CellGroup& group) const {
  const double radius = problem_.cell_types[group.type].radius;
  return group.number() * 4 / 3 * kPi * radius * radius * radius > 0.5 * space_;
}

/// Mean number of cells that one touches, for each that there is.
double MeanCells::touched(std::size_t type, std::size_t other) const {
  const double reach = problem_.cell_types[type].radius + problem_.cell_types[other].radius + kContactGap;
  return std::min(1.0, 4.0 / 3 * kPi * reach * reach * reach / space_);
}

void MeanCells::perceive(const std::vector<CellGroup>& groups, const CellGroup& group, std::size_t state,
                         const std::vector<double>& c, std::vector<double>& values) const {
  const CellSymbolLayout& layout = rules_.layout();
  values.assign(layout.count(), 0.0);
  std::copy(c.begin(), c.end(), values.begin());
  for (std::size_t k = 0; k < group.columns.size(); ++k) values[layout.column(k)] = group.columns[k];
  values[layout.age_in_state()] = group.age[state];
  values[layout.state()] = static_cast<double>(state);
  values[layout.time()] = kOver;
  const Vec3 middle = 0.5 * problem_.grid.size();
  const double place[3] = {middle.x, middle.y, middle.z};
  for (std::size_t axis = 0; axis < 3; ++axis) values[layout.place(axis)] = place[axis];
  for (std::size_t r = 0; r < layout.reservoirs; ++r)
    for (std::size_t s = 0; s < layout.species; ++s)
      values[layout.held(r * (layout.species + layout.vesicle_classes) + s)] = problem_.species[s].reservoir_initial[r];
  for (const CellGroup& other : groups) {
    const double self = &other == &group ? std::min(1.0, other.number()) : 0;
    values[layout.contacts(other.type)] += (other.number() - self) * touched(group.type, other.type);
  }
}

/// What the formulas of a group ask of other cells. That they choose among those (Gathering::theirs) is left out: means
/// cannot tell who is equal to whom, and a gain counted too high warns rather than misses.
std::vector<double> MeanCells::gather(const std::vector<CellGroup>& groups, const CellGroup& group,
                                      const std::vector<double>& c) const {
  const std::size_t first = rules_.first_offer(group.type);
  std::vector<double> theirs, gathered;
  for (std::size_t k = 0; k < problem_.cell_types[group.type].gatherings.size(); ++k) {
    const Gathering& gathering = *rules_.offers()[first + k].gathering;
    double sum = 0;
    for (const CellGroup& other : groups)
      for (std::size_t s = 0; s < other.in_state.size() && other.type == gathering.type; ++s) {
        if (!(other.in_state[s] > 0)) continue;
        perceive(groups, other, s, c, theirs);
        sum += other.in_state[s] * checked(gathering.offer(theirs), gathering.offer, "a cell");
      }
    const bool touching = gathering.from == Gathering::From::touching;
    gathered.push_back(sum * (touching ? touched(group.type, gathering.type) : 1));
  }
  return gathered;
}

/// How soon a condition acts: from the age at which it begins to hold. Infinity: never.
double MeanCells::acts_after(const Expression& when, std::vector<double>& values, const std::string& type) const {
  double& age = values[rules_.layout().age_in_state()];
  const double now = age;
  const auto holds = [&](double at) {
    age = at;
    return checked(when(values), when, type) > 0.5;
  };
  double low = kAtOnce, high = kOver;
  if (!holds(high))
    high = std::numeric_limits<double>::infinity();
  else if (holds(low))
    high = low;
  else
    while (high > 1.001 * low) {
      const double middle = std::sqrt(low * high);
      (holds(middle) ? high : low) = middle;
    }
  age = now;
  return high;
}

void MeanCells::change_states(const CellType& type, std::size_t s, std::vector<double>& values, Flow& flow) const {
  const CellState& state = type.states[s];
  const std::size_t n = type.states.size();
  if (state.duration) flow.to[s * n + state.then] += 1 / std::max(1e-3, mean_of(*state.duration));
  for (const Transition& transition : state.transitions) {
    const double rate = transition.when.empty() ? rate_of(transition.hazard, values, type.name)
                                                : 1 / acts_after(transition.when, values, type.name);
    flow.to[s * n + transition.target] += rate;
    if (transition.divides) flow.births[s * n + transition.target] += rate;
  }
}

void MeanCells::give(const CellGroup& group, std::size_t s, const std::vector<double>& values,
                     GivenToFluid& given) const {
  const CellType& type = problem_.cell_types[group.type];
  const double cells = group.in_state[s];
  for (const Secretion& secretion : type.states[s].secretions)
    given.secreted[index(secretion.species)] += cells * rate_of(secretion.rate, values, type.name);
  for (const Spill& spill : type.states[s].spills)
    given.secreted[index(spill.species)] += group.entering[s] * spill.amount;
  for (const Uptake& uptake : type.uptake) given.clearance[index(uptake.species)] += cells * uptake.clearance;
  for (std::size_t r = 0; r < problem_.chemistry.reactions.size(); ++r)
    for (const SurfaceEnzyme& enzyme : type.enzymes)
      if (enzyme.protein == problem_.chemistry.reactions[r].enzyme)
        given.copies[r] +=
            cells * (enzyme.formula.empty() ? enzyme.copies : rate_of(enzyme.formula, values, type.name));
}

void MeanCells::come_in(const CellGroup& group, std::size_t s, const std::vector<double>& values,
                        const std::vector<CellGroup>& groups, std::vector<Flow>& flows) const {
  const std::string& name = problem_.cell_types[group.type].name;
  for (const Recruitment& recruitment : problem_.cell_types[group.type].states[s].recruits) {
    const double rate = group.in_state[s] * rate_of(recruitment.rate, values, name);
    if (rate == 0) continue;
    std::vector<double> columns = first_columns(index(recruitment.type));
    for (const auto& [column, formula] : recruitment.bring)
      columns[index(column)] = checked(formula(values), formula, name);
    add_newcomers(index(recruitment.type), rate, columns, groups, flows);
  }
}

void MeanCells::add_newcomers(std::size_t type, double rate, const std::vector<double>& columns,
                              const std::vector<CellGroup>& groups, std::vector<Flow>& flows) {
  for (std::size_t g = 0; g < groups.size(); ++g) {
    if (!groups[g].came || groups[g].type != type) continue;
    flows[g].coming += rate;
    for (std::size_t k = 0; k < columns.size(); ++k) flows[g].brought[k] += rate * columns[k];
  }
}

/// Cells that become another type keep the columns that both have.
void MeanCells::become_others(const CellGroup& group, const Flow& flow, const std::vector<CellGroup>& groups,
                              std::vector<Flow>& flows) const {
  const CellType& before = problem_.cell_types[group.type];
  const std::size_t n = before.states.size();
  for (std::size_t t = 0; t < n && group.came; ++t) {
    if (!before.states[t].becomes) continue;
    double rate = 0;
    for (std::size_t s = 0; s < n; ++s) rate += group.in_state[s] * flow.to[s * n + t];
    if (rate == 0) continue;
    const std::size_t type = index(*before.states[t].becomes);
    std::vector<double> columns = first_columns(type);
    const auto has = [](const CellType& one, std::size_t k) {
      return std::ranges::any_of(one.columns, [k](const ColumnDynamics& d) { return index(d.column) == k; });
    };
    for (std::size_t k = 0; k < columns.size(); ++k)
      if (has(before, k) || !has(problem_.cell_types[type], k)) columns[k] = group.columns[k];
    add_newcomers(type, rate, columns, groups, flows);
  }
}

/// Where states would settle: as many as come and go in each. Those who were placed and leave are renewed.
std::vector<double> MeanCells::settled_states(const CellGroup& group, const Flow& flow) const {
  const CellType& type = problem_.cell_types[group.type];
  const std::size_t n = type.states.size();
  const auto leaves = [&](std::size_t s) { return type.states[s].removed || type.states[s].becomes.has_value(); };
  std::vector<double> matrix(n * n, 0.0), settled(n, 0.0);
  settled[type.initial_state] = group.came ? flow.coming : 1;
  for (std::size_t s = 0; s < n; ++s) {
    matrix[s * n + s] += 1 / kForever;
    for (std::size_t t = 0; t < n && !leaves(s); ++t) {
      const double rate = flow.to[s * n + t], born = group.came ? flow.births[s * n + t] : 0;
      if (s == t) {
        matrix[s * n + s] -= born;
      } else {
        matrix[s * n + s] += rate;
        if (!leaves(t)) matrix[t * n + s] -= rate + born;
      }
    }
  }
  solve_small(matrix, settled);
  for (std::size_t s = 0; s < n; ++s)
    if (leaves(s)) settled[s] = 0;
  const double all = std::accumulate(settled.begin(), settled.end(), 0.0);
  const double most = space_ / (4.0 / 3 * kPi * type.radius * type.radius * type.radius);
  if (!std::isfinite(all) || std::ranges::any_of(settled, [](double x) { return x < -1e-9; })) {
    std::ranges::fill(settled, 0.0);  // more are born than go
    settled[type.initial_state] = most;
    return settled;
  }
  const double number = std::min(most, group.came ? all : group.number());
  for (double& x : settled) x *= all > 0 ? number / all : 0;
  return settled;
}

void MeanCells::move_columns(CellGroup& group, const Flow& flow, double settled, double share) const {
  const double leaving = group.came && settled > 0 ? flow.coming / settled : 0;
  const std::vector<double> first = first_columns(group.type);
  for (std::size_t k = 0; k < group.columns.size(); ++k) {
    double& x = group.columns[k];
    const double from = flow.coming > 0 ? flow.brought[k] / flow.coming : first[k];
    const double loss = flow.loss[k] + leaving;
    double target = group.came && flow.coming == 0 ? first[k] : x;
    if (loss > 0 && !(group.came && flow.coming == 0)) target = (flow.gain[k] + leaving * from) / loss;
    x += share * (target - x);
    if (target == 0 && std::abs(x) < kGone) x = 0;
  }
}

/// Numbers that a formula switches on and off ("while there is room") go to and fro by ever less.
void MeanCells::move_numbers(CellGroup& group, const Flow& flow, const std::vector<double>& settled, double share) {
  const std::size_t n = group.in_state.size();
  if (share > 0) {
    const double number = group.number();
    const double drift = std::accumulate(settled.begin(), settled.end(), 0.0) - number;
    const bool turns = drift * group.drift < 0 && std::abs(drift) > kSteady * number;
    group.pace = turns ? 0.5 * group.pace : std::min(1.0, 1.05 * group.pace);
    group.drift = drift;
  }
  for (std::size_t s = 0; s < n; ++s) {
    double& x = group.in_state[s];
    x += share * group.pace * (settled[s] - x);
    if (settled[s] == 0 && x < kGone) x = 0;
    double out = 1 / kForever;
    for (std::size_t t = 0; t < n; ++t) out += t == s ? 0 : flow.to[s * n + t];
    group.age[s] = 1 / out;
  }
  for (std::size_t t = 0; t < n; ++t) {
    group.entering[t] = 0;
    for (std::size_t s = 0; s < n; ++s) group.entering[t] += s == t ? 0 : group.in_state[s] * flow.to[s * n + t];
  }
}

void MeanCells::relax(std::vector<CellGroup>& groups, const std::vector<double>& c, double share,
                      GivenToFluid& given) const {
  given.clear(problem_.species.size(), problem_.chemistry.reactions.size());
  std::vector<Flow> flows;
  for (const CellGroup& group : groups) flows.emplace_back(group, problem_.columns.size());
  std::vector<double> values;
  for (std::size_t g = 0; g < groups.size(); ++g) {
    const CellGroup& group = groups[g];
    const CellType& type = problem_.cell_types[group.type];
    const std::vector<double> gathered = gather(groups, group, c);
    const double number = group.number();
    for (std::size_t s = 0; s < type.states.size(); ++s) {
      perceive(groups, group, s, c, values);
      for (std::size_t k = 0; k < gathered.size(); ++k) values[rules_.layout().gathered(k)] = gathered[k];
      change_states(type, s, values, flows[g]);
      const double weight = number > 0 ? group.in_state[s] / number : s == type.initial_state ? 1 : 0;
      if (weight == 0) continue;
      for (const ColumnDynamics& column : type.columns) {
        flows[g].gain[index(column.column)] += weight * checked(column.gain(values), column.gain, type.name);
        flows[g].loss[index(column.column)] += weight * checked(column.loss(values), column.loss, type.name);
      }
      give(group, s, values, given);
      come_in(group, s, values, groups, flows);
    }
  }
  for (std::size_t g = 0; g < groups.size(); ++g) become_others(groups[g], flows[g], groups, flows);
  for (std::size_t g = 0; g < groups.size(); ++g) {
    const std::vector<double> settled = settled_states(groups[g], flows[g]);
    move_columns(groups[g], flows[g], std::accumulate(settled.begin(), settled.end(), 0.0), share);
    move_numbers(groups[g], flows[g], settled, share);
  }
}

}  // namespace interstice
