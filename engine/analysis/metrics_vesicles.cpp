/// @file
/// Metrics of one run: how many vesicles were there and acted, where they ended, and how far one reaches.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <variant>

#include "engine/analysis/metrics_run.h"
#include "engine/core/pinned_math.h"
#include "engine/vesicles/fates.h"

namespace interstice {
namespace {

constexpr double kLn2 = 0.69314718055994530942;
constexpr std::array kOutside{VesiclePlace::free, VesiclePlace::adsorbed, VesiclePlace::in_reservoir};

std::string label_of(VesiclePlace place) {
  std::string label(info(place).name());
  std::replace(label.begin(), label.end(), '_', ' ');
  return label;
}

std::string column_of(const std::string& klass, VesiclePlace place) {
  return fmt::format("vesicles.{}.{}", klass, info(place).name());
}

/// How many are in these places at the end.
double places(const RunOutcome& run, const std::string& klass, std::initializer_list<VesiclePlace> which) {
  double sum = 0;
  for (const VesiclePlace place : which) sum += run.series.last(column_of(klass, place));
  return sum;
}

/// All that were dosed, whenever.
double dosed(const RunOutcome& run, const std::string& klass) {
  return run.series.last("vesicles." + klass + ".dosed");
}

bool exchanges_with(const Problem& problem, ReservoirId reservoir) {
  for (std::size_t face = 0; face < 6; ++face) {
    if (problem.walls[face] == Wall::reservoir && problem.reservoir_of_face[face] == reservoir) return true;
    for (const Species& species : problem.species)
      if (const auto* to = std::get_if<ToReservoir>(&species.faces[face]))
        if (to->reservoir == reservoir) return true;
  }
  return false;
}

/// Share of the vesicles dosed into reservoirs that is in one that the patch exchanges with.
double exchanged_share(const Problem& problem, std::size_t klass) {
  double all = 0, exchanged = 0;
  for (const Dose& dose : problem.doses) {
    if (index(dose.klass) != klass) continue;
    for (const ReservoirId reservoir : dose.reservoirs) {
      const double dosed = dose.density * problem.reservoirs[index(reservoir)].share();
      all += dosed;
      if (exchanges_with(problem, reservoir)) exchanged += dosed;
    }
  }
  return all > 0 ? exchanged / all : 0;
}

/// Those whose work in the fluid reaches the patch: dosed into it, or into reservoirs behind its faces.
double in_reach(const RunOutcome& run, const ClassFacts& klass) {
  const double in_reservoirs = run.series.last("vesicles." + klass.name + ".dosed_in_reservoirs");
  return dosed(run, klass.name) - (1 - klass.exchanged) * in_reservoirs;
}

/// Those outside cells over time, from the first dose on [s, EV]: all that were dosed by then, at first.
struct Outside {
  std::vector<double> time, number, lost;
};

Outside outside_cells(const RunOutcome& run, const ClassFacts& klass) {
  const double begin = klass.doses.front();
  Outside outside;
  const auto* given = run.series.find("vesicles." + klass.name + ".dosed");
  if (given == nullptr) return outside;
  for (std::size_t row = 0; row < run.series.time.size(); ++row) {
    if (run.series.time[row] < begin || (*given)[row] == 0) continue;
    double number = 0;
    for (const VesiclePlace place : kOutside)
      if (const auto* values = run.series.find(column_of(klass.name, place))) number += (*values)[row];
    if (outside.time.empty() && run.series.time[row] > begin) {
      outside.time.push_back(begin);
      outside.number.push_back((*given)[row]);
      outside.lost.push_back(0);
    }
    outside.time.push_back(run.series.time[row]);
    outside.number.push_back(number);
    outside.lost.push_back((*given)[row] - number);
  }
  return outside;
}

/// After one dose: when half of those outside cells are gone, extrapolated where the run is shorter. After several:
/// from the mean rate of loss [s].
std::optional<double> apparent_half_life(const RunOutcome& run, const ClassFacts& klass) {
  if (klass.doses.empty()) return std::nullopt;
  const Outside outside = outside_cells(run, klass);
  if (outside.time.empty() || !(outside.lost.back() > 0)) return std::nullopt;
  if (klass.doses.size() > 1) return kLn2 * area_under_curve(outside.time, outside.number) / outside.lost.back();
  const double start = dosed(run, klass.name);
  if (const auto seen = time_to_reach(outside.time, outside.lost, start / 2)) return *seen - outside.time.front();
  const double share = outside.lost.back() / start;
  return -(outside.time.back() - outside.time.front()) * kLn2 / std::log1p(-share);
}

/// How long a dose was there until the end, as mean over classes and doses [s].
double time_since_doses(const RunOutcome& run, const ArmFacts& arm) {
  double sum = 0;
  std::size_t doses = 0;
  for (const ClassFacts& klass : arm.vesicle_classes)
    for (const double at : klass.doses) {
      sum += run.series.time.back() - at;
      ++doses;
    }
  return doses == 0 ? 0 : sum / static_cast<double>(doses);
}

/// Those within the run.
std::vector<double> dose_times(const Problem& problem, std::size_t klass) {
  std::vector<double> times;
  for (const Dose& dose : problem.doses)
    if (index(dose.klass) == klass && (dose.at == 0 || dose.at < problem.schedule.end()))
      times.push_back(seconds(dose.at));
  std::ranges::sort(times);
  return times;
}

}  // namespace

double positive_share(const ProteinLoad& load) {
  if (!(load.mean > 0) || !(load.positive_fraction > 0)) return 0;
  const double mean = load.mean / load.positive_fraction;
  constexpr double kReach = 8, kStep = 1.0 / 32;  // of a standard normal: the trapezoidal rule is exact to rounding
  double none = 0, total = 0;
  for (double z = -kReach; z <= kReach; z += kStep) {
    const double density = pinned::exp(-0.5 * z * z);
    total += density;
    none += density * pinned::exp(-mean * pinned::exp(load.sigma * z - 0.5 * load.sigma * load.sigma));
  }
  return load.positive_fraction * (1 - none / total);
}

void describe_vesicles(const Problem& problem, ArmFacts& facts) {
  std::vector<char> used(problem.proteins.size(), 0);
  for (const ActiveModel& model : problem.models) {
    facts.engagement.enzymes |= model.mechanism == Mechanism::enzyme;
    facts.engagement.binding |= model.mechanism == Mechanism::binding;
    facts.engagement.contact |= model.mechanism == Mechanism::contact;
    facts.engagement.cargo |= model.mechanism == Mechanism::cargo;
    if (model.mechanism != Mechanism::enzyme) continue;
    for (const ProteinId protein : model.proteins) used[index(protein)] = 1;
  }
  for (std::size_t k = 0; k < problem.vesicle_classes.size(); ++k) {
    const VesicleClass& klass = problem.vesicle_classes[k];
    double without = 1;
    for (const ProteinLoad& load : klass.proteins)
      if (used[index(load.protein)] != 0) without *= 1 - positive_share(load);
    facts.vesicle_classes.push_back({klass.name, 1 - without, exchanged_share(problem, k), dose_times(problem, k)});
  }
}

std::optional<double> vesicles_given(const RunOutcome& run, const ArmFacts& arm) {
  if (!arm.vesicles) return std::nullopt;
  double sum = 0;
  for (const auto& klass : arm.vesicle_classes) sum += dosed(run, klass.name);
  return sum;
}

std::optional<double> vesicles_engaged(const RunOutcome& run, const ArmFacts& arm) {
  if (!arm.vesicles || !arm.engagement.any()) return std::nullopt;
  double sum = 0;
  for (const auto& klass : arm.vesicle_classes) {
    const double carriers = arm.engagement.binding ? 1 : arm.engagement.enzymes ? klass.carriers : 0;
    double met = 0;
    if (arm.engagement.contact)
      met = places(run, klass.name,
                   {VesiclePlace::adsorbed, VesiclePlace::endosomal, VesiclePlace::released, VesiclePlace::degraded});
    else if (arm.engagement.cargo)
      met = places(run, klass.name, {VesiclePlace::released});
    sum += carriers * in_reach(run, klass) + (1 - carriers) * met;
  }
  return sum;
}

void measure_vesicles(const RunOutcome& run, const ArmFacts& arm, std::vector<Metric>& out) {
  if (!arm.vesicles) return;
  out.push_back(make_metric(
      Family::ev, "given", "EVs given", "EV",
      "real vesicles of all doses so far, into the patch and into reservoirs: one denominator for every arm",
      vesicles_given(run, arm)));
  out.push_back(
      make_metric(Family::ev, "engaged", "EVs engaged", "EV",
                  "by the end of the run: those in the patch or in reservoirs behind its faces that carry the enzyme, "
                  "or bind; adsorbed or beyond for contact; released in the cytosol for cargo; by any of them in arms "
                  "with several mechanisms",
                  vesicles_engaged(run, arm), engagement_absence(arm, "")));
  for (const ClassFacts& klass : arm.vesicle_classes)
    out.push_back(make_metric(
        Family::half_life, klass.name, fmt::format("apparent half-life of {} outside cells", klass.name), "s",
        "of vesicles that are free, adsorbed or in reservoirs, by clearance and uptake together; where the run ends "
        "before half are gone, T ln 2 / ln(dosed / N at the end), with T since the dose; after several doses, ln 2 / "
        "the mean rate of loss",
        apparent_half_life(run, klass),
        klass.doses.empty() ? Absence{Status::undefined, "not dosed within the run"}
                            : Absence{Status::not_reached, "no loss within the run"}));
  measure_series(run, arm, fate_metrics(arm), {}, out);
}

std::vector<SeriesMetric> fate_metrics(const ArmFacts& arm) {
  std::vector<SeriesMetric> fates;
  for (const ClassFacts& klass : arm.vesicle_classes)
    for (std::size_t p = 0; p < kPlaces.size(); ++p) {
      const auto place = static_cast<VesiclePlace>(p);
      fates.push_back({.family = Family::fate,
                       .subject = fmt::format("{}.{}", klass.name, info(place).name()),
                       .label = fmt::format("share of {}: {}", klass.name, label_of(place)),
                       .description = "of the vesicles dosed, at the end of the run",
                       .unit = "1",
                       .of = {column_of(klass.name, place)},
                       .normalise = {"vesicles." + klass.name + ".dosed"}});
    }
  return fates;
}

Absence engagement_absence(const ArmFacts& arm, const char* otherwise) {
  if (!arm.engagement.any()) return {Status::no_mechanism, "no mechanism"};
  return {Status::undefined, otherwise};
}

void measure_footprint(const RunOutcome& run, const ArmFacts& arm, const PrimaryField& primary, const Pairing& pairing,
                       std::vector<Metric>& out) {
  if (!arm.vesicles || pairing.vehicle == nullptr) return;
  const auto* with = run.series.find(primary.series());
  const auto* without = pairing.vehicle->series.find(primary.series());
  const auto given = vesicles_given(run, arm);
  const double since_doses = time_since_doses(run, arm);
  Absence absence = engagement_absence(arm, "no EV given");
  std::optional<double> per_vesicle;  // [uM s um^3/EV]
  if (with != nullptr && without != nullptr && arm.engagement.any() && *given > 0 && since_doses > 0)
    per_vesicle =
        (area_under_curve(run.series.time, *with) - area_under_curve(pairing.vehicle->series.time, *without)) *
        arm.primary_volume / *given;
  const auto scaled = [&](double by) { return per_vesicle ? std::optional(*per_vesicle * by) : std::nullopt; };
  out.push_back(make_metric(Family::footprint, "extra", fmt::format("extra {} time per EV", primary.field),
                            "uM min um^3/EV",
                            fmt::format("(area under the curve of {} in {}, less that without vesicles) x fluid volume "
                                        "of {} / EVs given",
                                        primary.field, primary.region, primary.region),
                            scaled(1.0 / 60), absence));
  for (const double threshold : primary.thresholds)
    out.push_back(make_metric(
        Family::footprint, fmt::format("volume.{:g}uM", threshold),
        fmt::format("field footprint: volume that one EV holds at {:g} uM", threshold), "um^3/EV",
        "extra time per EV / (time since the dose x threshold): mean over that time, as if the extra amount "
        "were drawn together at the threshold; after several doses, with the mean of their times",
        scaled(1 / (since_doses * threshold)), absence));
}

}  // namespace interstice
