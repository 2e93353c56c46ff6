#include "tools/study/study_radius.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "engine/analysis/phenotype.h"
#include "engine/core/error.h"
#include "engine/statistics/response_surface.h"
#include "tools/shell_command.h"
#include "tools/study/flip_search.h"
#include "tools/study/study_points.h"

namespace interstice::cli {
namespace {

/// The effect of an arm as its sample has it.
struct ArmSurface {
  ResponseSurface surface;
  double largest = 0;  ///< effect of any point, its size
  [[nodiscard]] double effect(const FactorValues& x) const { return kNegligible * std::sinh(surface.at(x)); }
  /// An arm that does nothing that counts anywhere is known, whatever makes its small effects differ.
  [[nodiscard]] double foretold() const { return largest < kNegligible ? 1 : surface.foretold(); }
};

/// Both sides as surfaces.
struct SurfaceContest {
  std::vector<const ArmSurface*> first, second;

  /// Two that differ by nothing that counts are one answer.
  [[nodiscard]] Preference answer(const FactorValues& x) const {
    const Preference answer = answer_of(strongest(first, x), strongest(second, x));
    return answer == Preference::neither ? Preference::equivalent : answer;
  }
  [[nodiscard]] double log_ratio(const FactorValues& x) const {
    return std::log(std::max(strongest(first, x), kNegligible) / std::max(strongest(second, x), kNegligible));
  }

 private:
  [[nodiscard]] static double strongest(const std::vector<const ArmSurface*>& side, const FactorValues& x) {
    double most = 0;
    for (const ArmSurface* arm : side) most = std::max(most, std::abs(arm->effect(x)));
    return most;
  }
};

std::string set_text(const std::string& key, double value, const std::string& unit) {
  return fmt::format("{}={:.8g}{}{}", key, value, unit.empty() ? "" : " ", unit);
}

class Radii {
 public:
  explicit Radii(const StudyArms& arms)
      : arms_(arms), study_(arms.study()), space_(study_.samples->space()), points_(sampled_points(study_)) {
    for (std::size_t f = 0; f < space_.size(); ++f) {
      const SampledFactor& factor = study_.samples->factors[f];
      const Marginal& marginal = space_.factors()[f].marginal;
      const double low = marginal.quantile(0), high = marginal.quantile(1);
      const auto own = own_value(study_, factor.keys.front(), factor.unit);
      const double start = std::clamp(own.value_or((low + high) / 2), std::min(low, high), std::max(low, high));
      start_.push_back(start);
      if (own && start > 0)
        moving_.push_back(f);
      else
        fixed_.push_back(factor.name);
    }
  }

  VerdictRadius of(const StudyVerdict& verdict) {
    VerdictRadius radius{.horizon = verdict.horizon,
                         .published = verdict.published,
                         .first = verdict.first,
                         .second = verdict.second,
                         .where = verdict.where,
                         .why_not = "",
                         .worst = "",
                         .flip = {},
                         .fixed = fixed_,
                         .sets = sets_at(verdict.begin)};
    try {
      for (const Side* side : {&verdict.first, &verdict.second})
        for (const std::string& arm : side->arms) {
          const double foretold = surface_of(arm, verdict).foretold();
          if (foretold < radius.foretold) radius.foretold = foretold, radius.worst = arm;
        }
    } catch (const InputError& error) {
      radius.why_not = error.what();
      return radius;
    }
    if (radius.foretold < VerdictRadius::kLeastForetold) {
      radius.why_not =
          fmt::format("the surface over the sample foretells {:.2f} of the effect of {} (expected {} or more)",
                      radius.foretold, radius.worst, VerdictRadius::kLeastForetold);
      return radius;
    }
    search(verdict, radius);
    return radius;
  }

 private:
  const ArmSurface& surface_of(const std::string& arm, const StudyVerdict& verdict) {
    const std::string key = fmt::format("{} {} {}", arm, verdict.horizon, verdict.begin);
    if (const auto known = surfaces_.find(key); known != surfaces_.end()) return known->second;
    double largest = 0;
    std::vector<double> values;
    for (std::size_t p = 0; p < points_.size(); ++p) {
      const double effect = arms_.effect(verdict.begin + p, arm, *arms_.phenotype_at(verdict.horizon));
      values.push_back(std::asinh(effect / kNegligible));
      if (std::isfinite(effect)) largest = std::max(largest, std::abs(effect));
    }
    return surfaces_.emplace(key, ArmSurface{ResponseSurface(space_, points_, values), largest}).first->second;
  }

  [[nodiscard]] SurfaceContest contest_of(const StudyVerdict& verdict) {
    SurfaceContest contest;
    for (const std::string& arm : verdict.first.arms) contest.first.push_back(&surface_of(arm, verdict));
    for (const std::string& arm : verdict.second.arms) contest.second.push_back(&surface_of(arm, verdict));
    return contest;
  }

  /// Factors that can change by a fold, those first that alone move the ratio most, each to an end of its range.
  [[nodiscard]] std::vector<std::size_t> by_influence(const SurfaceContest& contest) const {
    std::vector<std::pair<double, std::size_t>> influence;
    for (const std::size_t f : moving_) {
      const Marginal& marginal = space_.factors()[f].marginal;
      double most = 0;
      for (const double end : {0.0, 1.0}) {
        FactorValues x = start_;
        x[f] = marginal.quantile(end);
        most = std::max(most, std::abs(contest.log_ratio(x) - contest.log_ratio(start_)));
      }
      influence.emplace_back(-most, f);
    }
    std::ranges::sort(influence);
    std::vector<std::size_t> order;
    for (const auto& [minus, f] : influence) order.push_back(f);
    return order;
  }

  void search(const StudyVerdict& verdict, VerdictRadius& radius) {
    const SurfaceContest contest = contest_of(verdict);
    const std::vector<std::size_t> order = by_influence(contest);
    FlipSpace space;
    for (const std::size_t f : order) {
      const Marginal& marginal = space_.factors()[f].marginal;
      space.own.push_back(start_[f]);
      space.low.push_back(std::max(marginal.quantile(0), 0.0)), space.high.push_back(marginal.quantile(1));
    }
    radius.own = contest.answer(start_);
    FactorValues x = start_;
    const auto answer_at = [&](const std::vector<double>& moved) {
      for (std::size_t k = 0; k < order.size(); ++k) x[order[k]] = moved[k];
      return contest.answer(x);
    };
    const auto found = smallest_flips(space, VerdictRadius::kMostChanges, [&](const std::vector<double>& moved) {
      return answer_at(moved) != radius.own && space_.allows(x);
    });
    for (std::size_t n = 0; n < found.size(); ++n) {
      if (!found[n]) continue;
      Flip flip{.changes = {}, .fold = found[n]->fold, .becomes = answer_at(found[n]->at)};
      for (std::size_t k = 0; k < order.size(); ++k)
        if (found[n]->at[k] != space.own[k]) {
          const SampledFactor& factor = study_.samples->factors[order[k]];
          flip.changes.push_back({factor.name, factor.unit, space.own[k], found[n]->at[k]});
        }
      radius.flip[n] = std::move(flip);
    }
  }

  /// What makes the scenario that the search starts from: what all points set, the place on the axes, and factors that
  /// the scenario has beyond their range, or as no number.
  [[nodiscard]] std::vector<std::string> sets_at(std::uint64_t begin) const {
    std::vector<std::string> sets = study_.sets;
    std::set<std::string> sampled;
    for (const SampledFactor& factor : study_.samples->factors) sampled.insert(factor.keys.begin(), factor.keys.end());
    for (const std::string& set : point_of(study_, begin).sets)
      if (!sampled.contains(set.substr(0, set.find('=')))) sets.push_back(set);
    for (std::size_t f = 0; f < space_.size(); ++f) {
      const SampledFactor& factor = study_.samples->factors[f];
      if (own_value(study_, factor.keys.front(), factor.unit) == start_[f]) continue;
      for (const std::string& key : factor.keys) sets.push_back(set_text(key, start_[f], factor.unit));
    }
    return sets;
  }

  const StudyArms& arms_;
  const Study& study_;
  FactorSpace space_;
  std::vector<FactorValues> points_;
  FactorValues start_;               ///< the scenario's own values, at an end of their range where they lie beyond
  std::vector<std::size_t> moving_;  ///< factors that can change by a fold
  std::vector<std::string> fixed_;
  std::map<std::string, ArmSurface> surfaces_;
};

std::string winner_text(const VerdictRadius& radius, Preference answer) {
  if (answer == Preference::first) return fmt::format("{} over {}", radius.first.name, radius.second.name);
  if (answer == Preference::second) return fmt::format("{} over {}", radius.second.name, radius.first.name);
  return "neither over the other";
}

std::string change_text(const ParameterChange& change) {
  return fmt::format("{} {:.3g} -> {:.3g}{}{} ({}{:.3g})", change.factor, change.from, change.to,
                     change.unit.empty() ? "" : " ", change.unit, change.to > change.from ? "x " : "/ ", change.fold());
}

std::string changes_text(const Flip& flip) {
  std::string text;
  for (const ParameterChange& change : flip.changes) text += (text.empty() ? "" : ", ") + change_text(change);
  return text;
}

}  // namespace

const Flip* VerdictRadius::smallest() const {
  const Flip* best = nullptr;
  for (const auto& one : flip)
    if (one && (best == nullptr || one->fold < best->fold)) best = &*one;
  return best;
}

std::vector<VerdictRadius> radii_of(const StudyArms& arms, const std::vector<StudyVerdict>& verdicts) {
  std::vector<VerdictRadius> all;
  if (!arms.study().samples) return all;
  Radii radii(arms);
  for (const StudyVerdict& verdict : verdicts)
    if (verdict.points > 0) all.push_back(radii.of(verdict));
  return all;
}

std::string radii_csv(const std::vector<VerdictRadius>& radii) {
  if (radii.empty()) return "";
  std::string text =
      "horizon_s,edges,first,second,where,foretold,worst_arm,own_answer,parameters_at_most,fold,becomes,changes,why_"
      "not\n";
  for (const VerdictRadius& r : radii)
    for (std::size_t k = 0; k < r.flip.size(); ++k) {
      text += fmt::format("{},{},{},{},{},{},{},{},{},", csv_number(r.horizon), r.published ? "published" : "all",
                          csv_text(r.first.name), csv_text(r.second.name), csv_text(r.where), csv_number(r.foretold),
                          csv_text(r.worst), r.why_not.empty() ? winner_text(r, r.own) : "", k + 1);
      text += r.flip[k] ? fmt::format("{},{},{},", csv_number(r.flip[k]->fold), winner_text(r, r.flip[k]->becomes),
                                      csv_text(changes_text(*r.flip[k])))
                        : ",,,";
      text += csv_text(r.why_not) + "\n";
    }
  return text;
}

std::string radius_text(const Study& study, const VerdictRadius& radius) {
  std::string text =
      "\n  Verdict radius: the smallest fold-change of parameters that turns the answer, from the "
      "scenario's own values\n";
  if (!radius.why_not.empty()) return text + "  none is stated: " + radius.why_not + "\n";
  text += fmt::format("  at these values: {}; surfaces over the sample foretell {:.2f} of an effect or more\n",
                      winner_text(radius, radius.own), radius.foretold);
  for (std::size_t k = 0; k < radius.flip.size(); ++k) {
    const char* how_many[] = {"one parameter", "two at most", "three at most"};
    const auto& flip = radius.flip[k];
    text += fmt::format("  {:<15}", how_many[k]);
    text += flip ? fmt::format("{:.3g}-fold, then {}: {}\n", flip->fold, winner_text(radius, flip->becomes),
                               changes_text(*flip))
                 : "none within the ranges\n";
  }
  if (!radius.fixed.empty())
    text += fmt::format("  left as they are (no number above 0): {}\n", fmt::join(radius.fixed, ", "));
  const Flip* smallest = radius.smallest();
  if (smallest == nullptr) return text;
  std::vector<std::string> sets = radius.sets;
  for (const ParameterChange& change : smallest->changes) {
    const auto& factors = study.samples->factors;
    const auto factor = std::ranges::find(factors, change.factor, &SampledFactor::name);
    for (const std::string& key : factor->keys) {
      std::erase_if(sets, [&](const std::string& set) { return set.starts_with(key + "="); });
      sets.push_back(set_text(key, change.to, change.unit));
    }
  }
  text += fmt::format("  to see it: interstice compare {}", study.scenario.path);
  if (!study.scenario.parameter_set.empty()) text += " --parameters " + study.scenario.parameter_set;
  for (const std::string& set : sets) text += " --set " + in_shell(set);
  return text + "\n";
}

}  // namespace interstice::cli
