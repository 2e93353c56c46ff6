#include "tools/study/planted_worlds.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "engine/analysis/phenotype.h"
#include "engine/core/name_key.h"
#include "engine/core/noise.h"
#include "engine/statistics/bootstrap.h"
#include "engine/statistics/proportion.h"
#include "tools/study/study_arms.h"
#include "tools/study/study_crossings.h"
#include "tools/study/study_values.h"
#include "tools/study/study_verdict.h"

namespace interstice::cli {
namespace {

/// Arms with the mechanisms that the sides of verdicts are told by; nothing of it is run.
constexpr const char* kScenario = R"(schema: 2
title: Planted worlds
domain: {size: [20 um, 20 um, 20 um], spacing: 10 um}
time:
  - {until: 24 h, transport: 1 min, vesicles: 1 min, cells: 1 min, series: 10 min}
species:
  ATP: {diffusivity: 500 um^2/s}
  ADP: {diffusivity: 500 um^2/s}
  AMP: {diffusivity: 500 um^2/s}
  adenosine: {diffusivity: 500 um^2/s}
vesicles:
  ev: {number: 10 EV, proteins: {CD73: {mean: 5}, CD39: {mean: 0.2}}}
models: {cd73: {}, cd39: {}, cargo_delivery: {}, surface_contact: {}}
compare:
  edges: all
  arms:
    vehicle: {vesicles: false}
    uptake: {models: [cargo_delivery]}
    contact: {models: [surface_contact]}
    enzymes: {models: [cd73, cd39]}
  phenotype: {label: AKT, horizons: [10 min, 24 h], terms: {akt: {of: mean.all.adenosine, good: more, range: 1 uM}}}
)";

/// What a study does not know, each within threefold of its value in the world.
struct Unknown {
  const char* name;
  double PlantedParameters::*member;
};
constexpr std::array kUnknown{
    Unknown{"host_CD73", &PlantedParameters::host_CD73},   Unknown{"copies_CD73", &PlantedParameters::copies_CD73},
    Unknown{"source", &PlantedParameters::source},         Unknown{"loss", &PlantedParameters::loss},
    Unknown{"threshold", &PlantedParameters::threshold},   Unknown{"cargo", &PlantedParameters::cargo},
    Unknown{"reactivity", &PlantedParameters::reactivity}, Unknown{"half_signal", &PlantedParameters::half_signal}};

Study blank_study(const ModelRegistry& registry, std::vector<std::string> arms) {
  Study study;
  study.path = "planted";
  study.title = "Planted worlds";
  study.scenario = load_scenario_text(kScenario, "planted", {}, registry);
  study.arms = std::move(arms);
  return study;
}

/// The arms of the reduced model, by their names in the scenario.
PlantedArm arm_of(const std::string& name) {
  if (name == "uptake") return PlantedArm::uptake;
  if (name == "contact") return PlantedArm::contact;
  return name == "enzymes" ? PlantedArm::enzymes : PlantedArm::vehicle;
}

/// Effect of an arm at a point of a study, exactly.
using ExactEffect = std::function<AtHorizons(const StudyPoint& point, PlantedArm arm)>;

/// What a study of this world finds: effects times a scatter of their own, plus noise; the vehicle has noise too.
/// Without a world exactly what is.
StudyValues measured(const Study& study, const ExactEffect& exact, const PlantedWorld* world, std::uint64_t seed) {
  TaskRows rows;
  StudyPoint point = point_of(study, 0);
  for (std::uint64_t index = 0; index < study.task_count(); ++index) {
    const StudyTask task = task_of(study, index);
    if (task.point != point.index) point = point_of(study, task.point);
    const PlantedArm arm = arm_of(study.arms[task.arm]);
    AtHorizons value = arm == PlantedArm::vehicle ? AtHorizons{} : exact(point, arm);
    if (world != nullptr) {
      const auto normals = [&](std::uint32_t draw) {
        return Noise(seed).normals(Stream::design, child_id(name_key(study.arms[task.arm]), task.point), task.replicate,
                                   draw);
      };
      const auto own = normals(0);
      const double size = std::exp(world->scatter * normals(1)[0] - 0.5 * world->scatter * world->scatter);
      for (std::size_t h = 0; h < value.size(); ++h) value[h] = value[h] * size + world->noise[h] * own[h];
    }
    TaskRow row{
        .task = name_of(study, point, task), .status = "finished", .reason = {}, .host = {}, .ended = {}, .values = {}};
    for (std::size_t h = 0; h < value.size(); ++h)
      row.values.push_back({"phenotype." + horizon_name(kPlantedHorizons[h]), "1", value[h]});
    rows.emplace(row.task, std::move(row));
  }
  return StudyValues(study, rows);
}

/// What exact effects or, where those are undetermined, the plan of the world makes of a contest.
Preference truth_of(const StudyVerdict& exact, PlantedKind kind) {
  if (exact.preference != Preference::undetermined) return exact.preference;
  switch (kind) {
    case PlantedKind::uptake:
    case PlantedKind::contact:
      return Preference::first;
    case PlantedKind::extracellular:
      return Preference::second;
    case PlantedKind::none:
      return Preference::neither;
    case PlantedKind::both:
      break;
  }
  return Preference::equivalent;
}

/// Whether it is wrong.
bool count(const StudyVerdict& said, Preference truth, VerdictCounts& counts) {
  if (said.preference == Preference::undetermined)
    ++counts.undetermined;
  else if (said.preference == truth || (said.preference == Preference::equivalent && truth == Preference::neither))
    ++counts.right;  // two that do nothing differ in nothing
  else
    return ++counts.wrong, true;
  return false;
}

/// Studies of verdicts: what is unknown is sampled.
class VerdictTrial {
 public:
  VerdictTrial(const PlantedSettings& settings, const ModelRegistry& registry)
      : settings_(settings), study_(blank_study(registry, {"vehicle", "uptake", "contact", "enzymes"})) {
    study_.samples.emplace();
    study_.samples->number = settings.points;
    for (const Unknown& unknown : kUnknown)
      study_.samples->factors.push_back({.name = unknown.name,
                                         .keys = {unknown.name},
                                         .low = "0.333",
                                         .high = "3",
                                         .unit = "",
                                         .marginal = Marginal::log_uniform(1.0 / 3, 3)});
  }

  void look_at(const PlantedWorld& world, std::uint64_t index, PlantedCounts& counts) {
    study_.seed = settings_.seed * 1000003 + index;
    study_.axes = {axis_of(*study_.samples, study_.seed)};
    std::vector<PlantedTruth> truth;
    for (const FactorValues& point : sampled_points(study_)) {
      PlantedParameters p = world.centre;
      for (std::size_t f = 0; f < point.size(); ++f) p.*kUnknown[f].member *= point[f];
      truth.emplace_back(p);
    }
    const ExactEffect exact = [&](const StudyPoint& point, PlantedArm arm) { return truth[point.index].effect(arm); };
    study_.replicates = settings_.replicates;
    const StudyValues seen = measured(study_, exact, &world, study_.seed);
    const auto said = verdicts_of(StudyArms(study_, seen));
    study_.replicates = 1;
    const StudyValues true_values = measured(study_, exact, nullptr, 0);
    const auto is = verdicts_of(StudyArms(study_, true_values));
    for (std::size_t v = 0; v < said.size(); ++v) {
      const Preference true_answer = truth_of(is[v], world.kind);
      count(said[v], true_answer, counts.contests);
      if (said[v].first.name == "uptake or contact" && said[v].horizon == kPlantedHorizons.back())
        if (count(said[v], true_answer, counts.headline.at(static_cast<std::size_t>(world.kind))))
          ++counts.mistakes[fmt::format("{} where {} is true", name_of(said[v].preference), name_of(true_answer))];
    }
  }

 private:
  const PlantedSettings& settings_;
  Study study_;
};

/// Studies of the break-even factor: an axis of factors of release.
class BreakEvenTrial {
 public:
  BreakEvenTrial(const PlantedSettings& settings, const ModelRegistry& registry)
      : settings_(settings), study_(blank_study(registry, {"vehicle", "uptake", "enzymes"})) {
    StudyAxis axis{.name = "factor", .columns = {{.name = "factor", .keys = {"factor"}, .unit = ""}}, .values = {}};
    constexpr int kValues = 21;
    for (int k = 0; k < kValues; ++k) {
      factor_.push_back(kLeastFactor * std::pow(kMostFactor / kLeastFactor, k / (kValues - 1.0)));
      axis.values.push_back({fmt::format("{:.12g}", factor_.back())});
    }
    study_.axes = {axis};
    study_.replicates = settings.replicates;
  }

  void look_at(const PlantedWorld& world, std::uint64_t index, PlantedCounts& counts) {
    study_.seed = settings_.seed * 1000003 + index;
    const PlantedTruth truth(world.centre);
    const ExactEffect exact = [&](const StudyPoint& point, PlantedArm arm) {
      return truth.effect(arm, factor_[point.index]);
    };
    const double break_even = *truth.break_even(kPlantedHorizons.size() - 1, kLeastFactor, kMostFactor);
    const StudyValues values = measured(study_, exact, &world, study_.seed);
    const StudyArms arms(study_, values);
    for (const StudyCrossing& found : crossings_of(arms)) {
      if (found.outcome != arms.phenotype_at(kPlantedHorizons.back())) continue;
      const auto& [estimate, low, high, below, above] = found.crossing;
      ++counts.intervals;
      counts.holding +=
          low.at_most(break_even) && (high.side == Censored::Side::above || high.value >= break_even) ? 1 : 0;
      if (low.is_within() && high.is_within())
        fold_.push_back(high.value / low.value);
      else
        ++counts.open;
    }
    counts.median_fold = quantile(fold_, 0.5);
  }

 private:
  const PlantedSettings& settings_;
  Study study_;
  std::vector<double> factor_, fold_;
};

std::string share_text(const Estimate& share) {
  return fmt::format("{:.1f} % ({:.1f} to {:.1f})", 100 * share.mean, 100 * share.low, 100 * share.high);
}

std::string line_of(const std::string& name, const VerdictCounts& c) {
  return c.all() == 0 ? ""
                      : fmt::format("  {:<32} {:>6} {:>6} {:>13}  {:>5}, {}\n", name, c.all(), c.right, c.undetermined,
                                    c.wrong, share_text(binomial_share(c.wrong, c.all())));
}

}  // namespace

PlantedCounts try_planted_worlds(const PlantedSettings& settings, const ModelRegistry& registry) {
  PlantedCounts counts;
  VerdictTrial verdicts(settings, registry);
  BreakEvenTrial factors(settings, registry);
  for (std::uint64_t w = 0; w < settings.worlds; ++w) {
    const auto kind = static_cast<PlantedKind>(w % kPlantedKinds);
    verdicts.look_at(draw_world(kind, settings.seed, w), w, counts);
    factors.look_at(draw_break_even_world(settings.seed, w), w, counts);
  }
  return counts;
}

std::string planted_page(const PlantedSettings& settings, const PlantedCounts& counts) {
  constexpr std::array<const char*, kPlantedKinds> kNames{"uptake", "contact", "outside cells", "none",
                                                          "both, equally (uptake, outside)"};
  VerdictCounts all;
  std::string lines, mistakes;
  for (std::size_t k = 0; k < kPlantedKinds; ++k) {
    const VerdictCounts& c = counts.headline[k];
    lines += line_of(kNames[k], c);
    all.right += c.right, all.undetermined += c.undetermined, all.wrong += c.wrong;
  }
  for (const auto& [mistake, times] : counts.mistakes) mistakes += fmt::format("    {} x {}\n", times, mistake);
  const Estimate wrong = binomial_share(all.wrong, all.all());
  const Estimate holding = binomial_share(counts.holding, counts.intervals);
  return fmt::format(
             "{} of {} verdicts on planted worlds are wrong: {}, 5 % are allowed.\n"
             "{} of {} verdicts are determined.\n"
             "95 % intervals of F* hold the true one in {} of {}: {}, 93 to 97 % are wanted.\n\n"
             "Studies of {} points x {} replicates; by what makes the effects, uptake or contact against the rest at "
             "24 h\n",
             all.wrong, all.all(), share_text(wrong), all.right + all.wrong, all.all(), counts.holding,
             counts.intervals, share_text(holding), settings.points, settings.replicates) +
         fmt::format("  {:<32} {:>6} {:>6} {:>13}  {}\n", "", "worlds", "right", "undetermined", "wrong, % with 95 %") +
         lines + line_of("all", all) + mistakes + line_of("each contest at 10 min and 24 h", counts.contests) +
         fmt::format(
             "\nF* in {} further worlds, 21 factors x {} replicates: intervals span {:.2g}-fold (median), {} are open "
             "at an end.\n",
             counts.intervals, settings.replicates, counts.median_fold, counts.open);
}

}  // namespace interstice::cli
