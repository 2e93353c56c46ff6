#include "tools/study/study_elasticity.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "engine/analysis/phenotype.h"
#include "tools/study/study_points.h"
#include "tools/text_table.h"

namespace interstice::cli {
namespace {

/// Value and slope at a place as sums over values at others: of the polynomial through them.
struct Stencil {
  std::vector<std::size_t> place;
  std::vector<double> of_value, of_slope;
};

/// Lagrange's, through the two or three of `x` about `at`.
Stencil stencil_at(const std::vector<double>& x, double at) {
  const std::size_t points = std::min<std::size_t>(x.size(), 3);
  const auto nearest = static_cast<std::size_t>(
      std::ranges::min_element(x, {}, [at](double v) { return std::abs(v - at); }) - x.begin());
  const std::size_t begin = std::min(nearest == 0 ? 0 : nearest - 1, x.size() - points);
  Stencil stencil;
  for (std::size_t i = 0; i < points; ++i) {
    double scale = 1, value = 1, slope = 0;
    for (std::size_t j = 0; j < points; ++j) {
      if (j == i) continue;
      scale *= x[begin + i] - x[begin + j];
      double others = 1;
      for (std::size_t k = 0; k < points; ++k)
        if (k != i && k != j) others *= at - x[begin + k];
      slope += others;
      value *= at - x[begin + j];
    }
    stencil.place.push_back(begin + i);
    stencil.of_value.push_back(value / scale);
    stencil.of_slope.push_back(slope / scale);
  }
  return stencil;
}

class Elasticities {
 public:
  explicit Elasticities(const StudyArms& arms) : arms_(arms), study_(arms.study()) {}

  std::vector<StudyElasticity> all() {
    for (std::size_t a = 0; a < axes_beside_samples(study_); ++a) {
      std::vector<double> x = growing_numbers(study_.axes[a]);
      if (x.size() < 2 || x.front() <= 0) continue;
      const VariedColumn& column = study_.axes[a].columns[0];
      const auto own = own_value(study_, column.keys.front(), column.unit);
      const double nearest = std::clamp(own.value_or(x.front()), x.front(), x.back());
      std::vector<double> places = x;
      if (std::ranges::find(x, nearest) == x.end()) places.insert(std::ranges::upper_bound(places, nearest), nearest);
      for (double& value : x) value = std::log(value);
      for (const double at : places) add_at(a, stencil_at(x, std::log(at)), at, nearest, own == at);
    }
    return std::move(all_);
  }

 private:
  void add_at(std::size_t a, const Stencil& stencil, double at, double nearest, bool own) {
    for (std::uint64_t p = 0; p < study_.point_count(); ++p) {
      if (!starts_along(study_, a, p)) continue;
      for (const ArmFacts& arm : arms_.facts())
        for (const double horizon : arms_.horizons())
          if (arm.vesicles && study_.axes[a].changes(arm.name))
            add(stencil, {.axis = a,
                          .at_point = p,
                          .arm = arm.name,
                          .outcome = *arms_.phenotype_at(horizon),
                          .at = at,
                          .nearest = at == nearest,
                          .at_own = own,
                          .elasticity = {}});
    }
  }

  void add(const Stencil& stencil, StudyElasticity elasticity) {
    std::vector<double> slope(study_.replicates, 0.0), effect(study_.replicates, 0.0);
    for (std::size_t k = 0; k < stencil.place.size(); ++k) {
      const std::uint64_t point = elasticity.at_point + stencil.place[k] * stride_along(study_, elasticity.axis);
      const auto effects = arms_.values().effects(point, arms_.index(elasticity.arm), elasticity.outcome);
      for (std::size_t r = 0; r < effects.size(); ++r) {
        slope[r] += stencil.of_slope[k] * effects[r];
        effect[r] += stencil.of_value[k] * effects[r];
      }
    }
    elasticity.effect = mean_of(effect);
    if (count_of(effect) == 0 || elasticity.effect == 0) return;
    elasticity.elasticity = paired_ratio(slope, effect);
    all_.push_back(std::move(elasticity));
  }

  const StudyArms& arms_;
  const Study& study_;
  std::vector<StudyElasticity> all_;
};

std::string interval_text(const RatioEstimate& e) {
  if (e.shape == RatioEstimate::Shape::interval) return fmt::format("{:.2f} to {:.2f}", e.low, e.high);
  return e.shape == RatioEstimate::Shape::anything ? "anything" : fmt::format("< {:.2f} or > {:.2f}", e.low, e.high);
}

}  // namespace

std::vector<StudyElasticity> elasticities_of(const StudyArms& arms) { return Elasticities(arms).all(); }

std::string elasticities_csv(const StudyArms& arms, const std::vector<StudyElasticity>& elasticities) {
  if (elasticities.empty()) return "";
  std::string text = "axis,unit,at,at_own,at_point,arm,outcome,n,elasticity,low,high,interval,effect\n";
  for (const StudyElasticity& e : elasticities) {
    const StudyAxis& axis = arms.study().axes[e.axis];
    const bool interval = e.elasticity.shape == RatioEstimate::Shape::interval;
    text += fmt::format("{},{},{},{},{},{},{},{},{},{},{},{},{}\n", csv_text(axis.name), csv_text(axis.columns[0].unit),
                        csv_number(e.at), e.at_own ? "yes" : "no", e.at_point, csv_text(e.arm),
                        arms.values().outcomes()[e.outcome].name, e.elasticity.n, csv_number(e.elasticity.ratio),
                        interval ? csv_number(e.elasticity.low) : "", interval ? csv_number(e.elasticity.high) : "",
                        csv_text(interval_text(e.elasticity)), csv_number(e.effect));
  }
  return text;
}

std::string elasticities_text(const StudyArms& arms, const std::vector<StudyElasticity>& elasticities) {
  const Study& study = arms.study();
  TextTable table({"along", "arm", "after", "elasticity (95 %)", "effect there", "at"});
  std::map<std::string, std::vector<const StudyElasticity*>> groups;
  std::vector<std::string> order;
  for (const StudyElasticity& e : elasticities) {
    if (!e.nearest || std::abs(e.effect) < kNegligible) continue;
    const std::string key = fmt::format("{} {} {} {}", e.axis, e.arm, e.outcome, where_of(study, e.at_point, e.axis));
    if (groups[key].empty()) order.push_back(key);
    groups[key].push_back(&e);
  }
  for (const std::string& key : order) {
    const StudyElasticity& first = *groups[key].front();
    std::vector<double> values, effects;
    for (const StudyElasticity* e : groups[key]) values.push_back(e->elasticity.ratio), effects.push_back(e->effect);
    const VariedColumn& column = study.axes[first.axis].columns[0];
    std::string after;
    for (const double horizon : arms.horizons())
      if (arms.phenotype_at(horizon) == first.outcome) after = horizon_text(horizon);
    const std::string interval = values.size() == 1
                                     ? interval_text(first.elasticity)
                                     : fmt::format("{:.2f} to {:.2f} in 90 % of {} samples", quantile(values, 0.05),
                                                   quantile(values, 0.95), values.size());
    table.add({fmt::format("{} at {:.4g}{}{}", study.axes[first.axis].name, first.at, column.unit.empty() ? "" : " ",
                           column.unit) +
                   (first.at_own ? "" : " (not its own)"),
               first.arm, after, fmt::format("{:+.2f} ({})", quantile(values, 0.5), interval),
               fmt::format("{:+.3f}", quantile(effects, 0.5)), where_of(study, first.at_point, first.axis)});
  }
  if (table.is_empty()) return "";
  return "\n  Elasticity, d ln effect / d ln x at the scenario's own x: 1, twice as much does twice as much; 0, "
         "nothing\n"
         "  changes. Left out where the effect is below 0.05\n" +
         table.text();
}

}  // namespace interstice::cli
