/// @file
/// Labels of vesicles as an experimenter sees them: what a label shows in each place, computed from the true numbers of
/// vesicles. An observation: it reads the state after each step and nothing of the simulation reads it, so that runs
/// with and without labels are the same run, bit for bit (test_labels.cpp).
///
/// Signal on a vesicle at age a since its dose, the same for all of a class: f g(a), where f is the share of vesicles
/// that carry the label and g(a) = 1 - loose (1 - 2^(-a/T_loose)). What comes off goes into the fluid around it, or
/// into the cell that holds the vesicle. Vesicles that end in cells leave their signal there for a while; so long stays
/// what came off. Micelles of the dye alone are dosed with the vesicles, or without them where an arm doses none: the
/// no-EV control. Micelles and dye that came off move between well-mixed places at first-order rates. All signal fades
/// with the half-life of the dye.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/core/ids.h"
#include "engine/sim/schedule.h"

namespace interstice {

struct Problem;
struct State;

/// What the vesicles of a reservoir are in.
enum class ReservoirContent : std::uint8_t { fluid, cells, degraded };

/// Dye that is not on vesicles, micelles or what came off: its ways between places. Places are the reservoirs, then the
/// fluid of the patch, then its cells.
struct DyeRoutes {
  struct Way {
    std::size_t from = 0, to = 0;
    double rate = 0;  ///< [1/s]
  };
  std::vector<Way> ways;
  double loss = 0;    ///< from every fluid [1/s]
  double uptake = 0;  ///< from the fluid of the patch by each of its cells, as a share of it [1/s]
};

struct Label {
  std::string name;
  VesicleClassId klass{};
  Nanoseconds at = 0;                ///< when the class is dosed
  std::vector<double> dosed;         ///< vesicles that a dose puts into each reservoir, and into the fluid of the patch
  double labelled = 1;               ///< share of vesicles that carry it
  double fading = 0;                 ///< [1/s]
  double loose = 0, coming_off = 0;  ///< share of the signal, and its rate [1/s]
  bool in_cargo = false;             ///< shows only on vesicles that have their cargo
  double after_degradation = 0, after_release = 0;  ///< loss of what is in cells, off vesicles [1/s]; infinite: at once
  double micelles = 0;                              ///< per dosed vesicle
  double micelle_signal = 1;                        ///< of one, relative to a labelled vesicle
  DyeRoutes micelle_routes, dye_routes;
  std::vector<ReservoirContent> content;  ///< per reservoir

  /// Of a vesicle as dosed with what comes along, in units of a labelled vesicle.
  [[nodiscard]] double dosed_signal() const { return labelled + micelles * micelle_signal; }
};

/// What a label has left where, before fading and in units of a labelled vesicle; entries per place.
struct LabelState {
  double since = 0, last = 0;             ///< [s]
  double on_each = 1;                     ///< g at `last`
  std::vector<std::uint64_t> holding;     ///< intact vesicles at `last`
  std::vector<std::uint64_t> digested;    ///< vesicles that ended where they are degraded, at `last`
  std::uint64_t released = 0;             ///< vesicles that had released their cargo at `last`
  std::vector<double> micelles;           ///< number
  std::vector<double> came_off, residue;  ///< of dye that came off; of degraded vesicles
  double delivered = 0;                   ///< of vesicles that have released their cargo in cells of the patch
  std::uint64_t begun = 0;                ///< 1 from the dose on
};

/// An observation, on which nothing depends: no hash takes it in.
inline constexpr auto kLabelRows =
    std::tuple(row({"since", "s", Per::run, Hashed::no}, &LabelState::since),
               row({"last", "s", Per::run, Hashed::no}, &LabelState::last),
               row({"on_each", "1", Per::run, Hashed::no}, &LabelState::on_each),
               row({"holding", "EV", Per::label_place, Hashed::no}, &LabelState::holding),
               row({"digested", "EV", Per::label_place, Hashed::no}, &LabelState::digested),
               row({"released", "EV", Per::run, Hashed::no}, &LabelState::released),
               row({"micelles", "1", Per::label_place, Hashed::no}, &LabelState::micelles),
               row({"came_off", "EV", Per::label_place, Hashed::no}, &LabelState::came_off),
               row({"residue", "EV", Per::label_place, Hashed::no}, &LabelState::residue),
               row({"delivered", "EV", Per::run, Hashed::no}, &LabelState::delivered),
               row({"begun", "1", Per::run, Hashed::no}, &LabelState::begun));
static_assert(bytes_listed(kLabelRows) == sizeof(LabelState), "every member has a row");

/// Before the first step, and after each.
void begin_labels(State& state, const Problem& problem);
void follow_labels(State& state, const Problem& problem);

/// What a label shows, in vesicles: its signal over that of a dosed vesicle with what comes along, so that the first
/// reading of the whole is the dose. The first entries are the places below, the last say on what the signal is.
/// label_columns names them: each reservoir, fluid, bound, cells; on_vesicles, off_vesicles, micelles.
std::vector<std::string> label_columns(const Problem& problem);
void measure_label(const State& state, const Problem& problem, std::size_t label, std::span<double> out);

}  // namespace interstice
