#include "engine/sim/labels.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <numeric>

#include "engine/core/pinned_math.h"
#include "engine/sim/problem.h"
#include "engine/vesicles/fates.h"

namespace interstice {
namespace {

/// Places of a label: reservoirs, then these two.
std::size_t fluid_of(const Problem& problem) { return problem.reservoirs.size(); }
std::size_t cells_of(const Problem& problem) { return problem.reservoirs.size() + 1; }
std::size_t places_of(const Problem& problem) { return problem.reservoirs.size() + 2; }

/// What is left after `dt` of a loss at `rate`, of what was there, and of what comes in evenly meanwhile.
struct Left {
  double of_old = 1, of_new = 1;
  Left(double rate, double dt) {
    if (rate == 0) return;
    if (std::isinf(rate)) {
      of_old = of_new = 0;
      return;
    }
    const double gone = -pinned::expm1(-rate * dt);
    of_old = 1 - gone;
    of_new = rate * dt > 0 ? gone / (rate * dt) : 1;
  }
};

/// Share of the signal that is still on a vesicle at an age.
double on_vesicle(const Label& label, double age) { return 1 + label.loose * pinned::expm1(-label.coming_off * age); }

/// Intact vesicles per place, and those degraded; bound ones count as fluid: what comes off them goes there.
void count(const State& s, const Problem& p, const Label& label, std::vector<std::uint64_t>& holding,
           std::vector<std::uint64_t>& digested) {
  const std::size_t k = index(label.klass);
  for (std::size_t r = 0; r < s.reservoirs.size(); ++r) {
    const bool over = label.content[r] == ReservoirContent::degraded;
    holding[r] = over ? 0 : s.reservoirs[r].vesicles[k];
    digested[r] = over ? s.reservoirs[r].vesicles[k] : 0;
  }
  const VesicleLedger& ledger = s.ledger[k];
  holding[fluid_of(p)] = ledger.free + ledger.adsorbed;
  holding[cells_of(p)] = ledger.endosomal;
  digested[fluid_of(p)] = 0;
  digested[cells_of(p)] = ledger.degraded;
}

/// amount <- after dt on the routes, which lose it at `cell_loss` in cells [1/s], `source` of it coming in evenly
/// meanwhile. What arrives in a place leaves it in the next step at the soonest, as vesicles do.
void move(std::vector<double>& amount, const std::vector<double>& source, const DyeRoutes& routes, const Label& label,
          double cell_loss, const State& s, const Problem& p, double dt) {
  const std::size_t fluid = fluid_of(p), cells = cells_of(p);
  const double uptake = routes.uptake * static_cast<double>(s.cells.size());
  std::vector<double> rate(amount.size(), cell_loss), moved(amount.size(), 0.0);
  for (std::size_t place = 0; place <= fluid; ++place)
    if (place == fluid || label.content[place] == ReservoirContent::fluid) rate[place] = routes.loss;
  rate[fluid] += uptake;
  for (const DyeRoutes::Way& way : routes.ways) rate[way.from] += way.rate;
  for (std::size_t place = 0; place < amount.size(); ++place) {
    const Left left(rate[place], dt);
    const double before = amount[place] + source[place];
    amount[place] = amount[place] * left.of_old + source[place] * left.of_new;
    moved[place] = rate[place] > 0 ? (before - amount[place]) / rate[place] : 0;
  }
  for (const DyeRoutes::Way& way : routes.ways) amount[way.to] += way.rate * moved[way.from];
  amount[cells] += uptake * moved[fluid];
}

void begin(LabelState& l, const Label& label, const State& s, const Problem& p, double now) {
  l.begun = 1;
  l.since = l.last = now;
  l.on_each = 1;
  count(s, p, label, l.holding, l.digested);
  l.released = s.ledger[index(label.klass)].released;
  for (std::size_t place = 0; place < label.dosed.size(); ++place)
    l.micelles[place] = label.micelles * label.dosed[place];
}

void follow(LabelState& l, const Label& label, const State& s, const Problem& p, double now) {
  const double dt = now - l.last, on_each = on_vesicle(label, now - l.since);
  std::vector<double> off(l.came_off.size()), none(l.came_off.size(), 0.0);
  for (std::size_t place = 0; place < off.size(); ++place)
    off[place] = static_cast<double>(l.holding[place]) * (l.on_each - on_each);
  const std::vector<std::uint64_t> digested = l.digested;
  count(s, p, label, l.holding, l.digested);
  move(l.came_off, off, label.dye_routes, label, label.after_degradation, s, p, dt);
  move(l.micelles, none, label.micelle_routes, label, 0, s, p, dt);
  const Left residue(label.after_degradation, dt), delivered(label.after_release, dt);
  for (std::size_t place = 0; place < off.size(); ++place) {
    const double newly = static_cast<double>(l.digested[place]) - static_cast<double>(digested[place]);
    l.residue[place] = l.residue[place] * residue.of_old + newly * on_each * residue.of_new;
  }
  const std::uint64_t released = s.ledger[index(label.klass)].released;
  l.delivered =
      l.delivered * delivered.of_old + static_cast<double>(released - l.released) * on_each * delivered.of_new;
  l.released = released;
  l.on_each = on_each;
  l.last = now;
}

/// Vesicles that are free, adsorbed and in endosomes; with `cargo`, only those that still have it.
std::array<double, 3> in_patch(const State& s, const Problem& p, const Label& label) {
  const std::size_t k = index(label.klass);
  const VesicleLedger& ledger = s.ledger[k];
  std::array<std::uint64_t, 3> number{ledger.free, ledger.adsorbed, ledger.endosomal};
  if (label.in_cargo) {
    number = {};
    for (std::size_t v = 0; v < s.vesicles.size(); ++v)
      if (s.vesicles.klass[v] == label.klass && s.vesicles.cargo[v] != 0)
        number[static_cast<std::size_t>(s.vesicles.state[v])] += p.vesicle_classes[k].weight;
    for (std::size_t place = 0; place < number.size(); ++place) {
      const auto& with_cargo = (s.vesicles.counts[k].*kPlaces[place].counted)[1];
      number[place] = std::accumulate(with_cargo.begin(), with_cargo.end(), number[place]);
    }
  }
  return {static_cast<double>(number[0]), static_cast<double>(number[1]), static_cast<double>(number[2])};
}

}  // namespace

void begin_labels(State& state, const Problem& problem) {
  const std::size_t places = places_of(problem);
  for (std::size_t i = 0; i < problem.labels.size(); ++i) {
    LabelState& l = state.labels[i];
    l.holding.assign(places, 0);
    l.digested.assign(places, 0);
    for (auto* amounts : {&l.micelles, &l.came_off, &l.residue}) amounts->assign(places, 0.0);
  }
  follow_labels(state, problem);
}

void follow_labels(State& state, const Problem& problem) {
  const double now = seconds(state.clock.now);
  for (std::size_t i = 0; i < state.labels.size(); ++i) {
    const Label& label = problem.labels[i];
    LabelState& l = state.labels[i];
    if (l.begun != 0)
      follow(l, label, state, problem, now);
    else if (label.at <= state.clock.now)
      begin(l, label, state, problem, now);
  }
}

std::vector<std::string> label_columns(const Problem& problem) {
  std::vector<std::string> names;
  for (const Reservoir& reservoir : problem.reservoirs) names.push_back(reservoir.name);
  for (const char* name : {"fluid", "bound", "cells", "on_vesicles", "off_vesicles", "micelles"})
    names.emplace_back(name);
  return names;
}

void measure_label(const State& state, const Problem& problem, std::size_t i, std::span<double> out) {
  const Label& label = problem.labels[i];
  const LabelState& l = state.labels[i];
  const std::size_t fluid = fluid_of(problem), cells = cells_of(problem), bound = fluid + 1, kinds = fluid + 3;
  assert(out.size() == kinds + 3);
  std::ranges::fill(out, 0.0);
  if (l.begun == 0) return;
  const double faded = pinned::exp(-label.fading * (l.last - l.since)) / label.dosed_signal();
  const auto show = [&](std::size_t column, std::size_t kind, double signal) {
    out[column] += faded * signal;
    out[kinds + kind] += faded * signal;
  };
  const double on_each = label.labelled * l.on_each;
  const std::array<double, 3> patch = in_patch(state, problem, label);
  for (std::size_t r = 0; r < fluid; ++r) show(r, 0, on_each * static_cast<double>(l.holding[r]));
  for (std::size_t c = 0; c < 3; ++c) show(fluid + c, 0, on_each * patch[c]);
  for (std::size_t place = 0; place <= cells; ++place) {
    const std::size_t column = place == cells ? bound + 1 : place;
    show(column, 1, label.labelled * (l.came_off[place] + l.residue[place]));
    show(column, 2, label.micelle_signal * l.micelles[place]);
  }
  show(bound + 1, 1, label.labelled * l.delivered);
}

}  // namespace interstice
