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

double places(const RunOutcome& run, const std::string& klass, bool at_end, std::initializer_list<VesiclePlace> which) {
  double sum = 0;
  for (const VesiclePlace place : which) {
    const std::string column = column_of(klass, place);
    sum += at_end ? run.series.last(column) : run.series.first(column);
  }
  return sum;
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

double present_of(const RunOutcome& run, const ArmFacts& arm, const ClassFacts& klass) {
  const double in_patch =
      places(run, klass.name, false, {VesiclePlace::free, VesiclePlace::adsorbed, VesiclePlace::endosomal});
  const double behind = klass.exchanged * places(run, klass.name, false, {VesiclePlace::in_reservoir});
  return in_patch + (arm.engagement.enzymes ? behind : 0);
}

/// When half of those outside cells are gone; extrapolated where the run is shorter [s].
std::optional<double> apparent_half_life(const RunOutcome& run, const std::string& klass) {
  const auto& time = run.series.time;
  std::vector<double> lost(time.size(), 0.0);
  double start = 0;
  for (const VesiclePlace place : kOutside) {
    const auto* values = run.series.find(column_of(klass, place));
    if (values == nullptr || values->empty()) continue;
    start += values->front();
    for (std::size_t row = 0; row < lost.size(); ++row) lost[row] += values->front() - (*values)[row];
  }
  if (!(start > 0) || !(lost.back() > 0)) return std::nullopt;
  if (const auto seen = time_to_reach(time, lost, start / 2)) return *seen - time.front();
  return -run.series.duration() * kLn2 / std::log1p(-lost.back() / start);
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
    facts.vesicle_classes.push_back({klass.name, 1 - without, exchanged_share(problem, k)});
  }
}

std::optional<double> vesicles_present(const RunOutcome& run, const ArmFacts& arm) {
  if (!arm.vesicles) return std::nullopt;
  double sum = 0;
  for (const auto& klass : arm.vesicle_classes) sum += present_of(run, arm, klass);
  return sum;
}

std::optional<double> vesicles_engaged(const RunOutcome& run, const ArmFacts& arm) {
  if (!arm.vesicles || !arm.engagement.any()) return std::nullopt;
  double sum = 0;
  for (const auto& klass : arm.vesicle_classes) {
    const double carriers = arm.engagement.binding ? 1 : arm.engagement.enzymes ? klass.carriers : 0;
    double met = 0;
    if (arm.engagement.contact)
      met = places(run, klass.name, true,
                   {VesiclePlace::adsorbed, VesiclePlace::endosomal, VesiclePlace::released, VesiclePlace::degraded});
    else if (arm.engagement.cargo)
      met = places(run, klass.name, true, {VesiclePlace::released});
    sum += carriers * present_of(run, arm, klass) + (1 - carriers) * met;
  }
  return sum;
}

void measure_vesicles(const RunOutcome& run, const ArmFacts& arm, std::vector<Metric>& out) {
  if (!arm.vesicles) return;
  out.push_back(
      {"ev.present", "EVs present", "EV",
       "real vesicles in the patch at the start; in arms with enzymes also those in the reservoirs behind its "
       "faces, because what they make there reaches the patch",
       vesicles_present(run, arm), ""});
  if (const auto engaged = vesicles_engaged(run, arm))
    out.push_back({"ev.engaged", "EVs engaged", "EV",
                   "by the end of the run: those present that carry the enzyme; adsorbed or beyond for contact; "
                   "released in the cytosol for cargo; by any of them in arms with several mechanisms",
                   engaged, ""});
  for (const auto& [klass, carriers, exchanged] : arm.vesicle_classes) {
    const auto half_life = apparent_half_life(run, klass);
    out.push_back({"half_life." + klass, fmt::format("apparent half-life of {} outside cells", klass), "s",
                   "of vesicles that are free, adsorbed or in reservoirs, by clearance and uptake together; where the "
                   "run ends before half are gone, T ln 2 / ln(N at start / N at end)",
                   half_life, half_life ? "" : "no loss within the run"});
    double dosed = 0;
    for (std::size_t p = 0; p < kPlaces.size(); ++p) dosed += places(run, klass, false, {static_cast<VesiclePlace>(p)});
    for (std::size_t p = 0; p < kPlaces.size(); ++p) {
      const auto place = static_cast<VesiclePlace>(p);
      out.push_back({fmt::format("fate.{}.{}", klass, info(place).name()),
                     fmt::format("share of {}: {}", klass, label_of(place)), "1",
                     "of the vesicles dosed, at the end of the run",
                     dosed > 0 ? std::optional(places(run, klass, true, {place}) / dosed) : std::nullopt, ""});
    }
  }
}

void measure_footprint(const RunOutcome& run, const ArmFacts& arm, const PrimaryField& primary, const Pairing& pairing,
                       std::vector<Metric>& out) {
  if (!arm.vesicles || arm.models.empty() || pairing.vehicle == nullptr) return;
  const auto* with = run.series.find(primary.series());
  const auto* without = pairing.vehicle->series.find(primary.series());
  const auto present = vesicles_present(run, arm);
  const double duration = run.series.duration();
  if (with == nullptr || without == nullptr || !present || !(*present > 0) || !(duration > 0)) return;
  const double extra =
      area_under_curve(run.series.time, *with) - area_under_curve(pairing.vehicle->series.time, *without);  // [uM s]
  const double per_vesicle = extra * arm.primary_volume / *present;  // [uM s um^3/EV]
  out.push_back({"footprint.extra", fmt::format("extra {} time per EV", primary.field), "uM min um^3/EV",
                 fmt::format("(area under the curve of {} in {}, less that without vesicles) x fluid volume of {} / "
                             "EVs present",
                             primary.field, primary.region, primary.region),
                 per_vesicle / 60, ""});
  for (const double threshold : primary.thresholds)
    out.push_back({fmt::format("footprint.volume.{:g}uM", threshold),
                   fmt::format("field footprint: volume that one EV holds at {:g} uM", threshold), "um^3/EV",
                   "extra time per EV / (duration of the run x threshold): mean over the run, as if the extra amount "
                   "were drawn together at the threshold",
                   per_vesicle / (duration * threshold), ""});
}

}  // namespace interstice
