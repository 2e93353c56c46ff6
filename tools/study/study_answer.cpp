#include "tools/study/study_answer.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "engine/analysis/phenotype.h"
#include "tools/study/study_points.h"
#include "tools/text_table.h"

namespace interstice::cli {
namespace {

std::string effect_text(const Estimate& e) {
  if (!std::isfinite(e.low) || !std::isfinite(e.high)) return fmt::format("{:+.3f}", e.mean);
  return fmt::format("{:+.3f} ({:+.3f} to {:+.3f})", e.mean, e.low, e.high);
}

std::string horizons_text(const Study& study) {
  std::string text;
  for (const double horizon : study.scenario.compare.phenotype->horizons)
    text += (text.empty() ? "" : ", ") + horizon_text(horizon);
  return text;
}

class Page {
 public:
  Page(const StudyArms& arms, const StudyAnswer& answer) : arms_(arms), study_(arms.study()), answer_(answer) {}

  [[nodiscard]] std::string text(const StudyVerdict& main) const {
    return sentence_of(study_, main) + "\n\n" + verdict_lines(answer_.verdicts, main) + not_run() + other_places() +
           effects() + half_effects() + break_even_text(study_, answer_.break_evens) +
           elasticities_text(arms_, answer_.elasticities) + shares_text(answer_.shares) + deciders(main) +
           radius(main) + regimes_text(arms_, answer_.regimes);
  }

 private:
  [[nodiscard]] std::string other_places() const {
    const std::uint64_t places = study_.samples ? study_.point_count() / samples_per_place(study_) : 1;
    return places < 2 ? "" : fmt::format("  {} other places on the axes: verdict.csv\n", places - 1);
  }

  [[nodiscard]] std::string effects() const {
    if (answer_.effects.empty()) return "";
    std::vector<std::string> header{"arm", "acts by"};
    for (const double horizon : arms_.horizons()) header.push_back("after " + horizon_text(horizon));
    TextTable table(header);
    for (const ArmFacts& arm : arms_.facts()) {
      std::vector<std::string> row{arm.name, acts_by(arm)};
      for (const double horizon : arms_.horizons()) {
        const auto found = std::ranges::find_if(
            answer_.effects, [&](const ArmEffect& e) { return e.arm == arm.name && e.horizon == horizon; });
        row.push_back(found == answer_.effects.end() ? "" : effect_text(found->effect));
      }
      if (arm.vesicles) table.add(row);
    }
    const std::string where = where_of(study_, point_nearest_to_own(study_));
    return fmt::format("\n  Effect on {}: {}{}\n", study_.scenario.compare.phenotype->label,
                       study_.samples
                           ? fmt::format("median of {} samples (5 % to 95 % of them)", samples_per_place(study_))
                       : study_.replicates > 1 ? fmt::format("mean of {} replicates (95 %)", study_.replicates)
                                               : "one replicate",
                       where.empty() ? "" : ", at " + where + ", which is nearest to the scenario's own") +
           table.text();
  }

  /// What is told together: along one axis, at one place on the others.
  template <class Item>
  [[nodiscard]] std::string place_of(const Item& item) const {
    return where_of(study_, item.at_point, item.axis);
  }
  [[nodiscard]] bool is_phenotype(std::size_t outcome) const {
    return arms_.values().outcomes()[outcome].name.starts_with("phenotype.");
  }
  /// "24 h"
  [[nodiscard]] std::string after(std::size_t outcome) const {
    for (const double horizon : arms_.horizons())
      if (arms_.phenotype_at(horizon) == outcome) return horizon_text(horizon);
    return "";
  }

  [[nodiscard]] std::string half_effects() const {
    TextTable table({"arm", "acts by", "after", "EV per cell at half effect", "along", "dose at half effect",
                     "effect at the last dose", "at"});
    std::map<std::string, std::vector<const StudyCurve*>> groups;
    std::vector<std::string> order;
    for (const StudyCurve& c : answer_.curves) {
      if (!c.of_doses || !is_phenotype(c.outcome) || !arms_.facts(study_.arms[c.arm]).vesicles) continue;
      const std::string key = fmt::format("{} {} {} {}", c.axis, c.arm, c.outcome, place_of(c));
      if (groups[key].empty()) order.push_back(key);
      groups[key].push_back(&c);
    }
    for (const std::string& key : order) {
      const StudyCurve& first = *groups[key].front();
      std::vector<CensoredEstimate> dose, per_cell;
      for (const StudyCurve* c : groups[key]) {
        if (c->response.half_dose) dose.push_back(*c->response.half_dose);
        if (c->half_per_cell) per_cell.push_back(*c->half_per_cell);
        // One of several samples, without any response: beyond all doses. Where it has one without a half dose, a peak
        // at the first doses for instance, nothing is known of it.
        if (groups[key].size() == 1 || c->response.shape != ResponseShape::flat || c->response.half_dose) continue;
        dose.push_back(beyond(c->last_dose));
        if (c->last_per_cell) per_cell.push_back(beyond(*c->last_per_cell));
      }
      const std::string& arm = study_.arms[first.arm];
      table.add({arm, acts_by(arms_.facts(arm)), after(first.outcome), half_text(first, per_cell),
                 axis_text(study_, first.axis), half_text(first, dose), effect_text(first.response.largest_effect),
                 place_of(first)});
    }
    if (table.is_empty()) return "";
    return "\n  EVs given per cell at half effect (95 %); fewer: one EV serves more cells. Not reached: half of what\n"
           "  endless doses would do lies beyond the last dose, or no dose does anything\n" +
           table.text();
  }

  [[nodiscard]] std::string not_run() const {
    auto missing = arms_.published_not_run();
    if (missing.empty() || study_.scenario.compare.edges == Edges::all) return "";
    constexpr std::size_t kMostNamed = 3;
    const char* more = missing.size() > kMostNamed ? " and so on" : "";
    missing.resize(std::min(missing.size(), kMostNamed));
    return fmt::format("  Published edges alone were not run: that takes {}{} in `arms`\n", fmt::join(missing, ", "),
                       more);
  }

  [[nodiscard]] static CensoredEstimate beyond(double last) {
    const Censored above = Censored::above(last);
    return {above, above, above, 0, 1};
  }

  [[nodiscard]] static std::string half_text(const StudyCurve& curve, const std::vector<CensoredEstimate>& halves) {
    if (halves.empty())
      return curve.response.half_dose ? "not known" : fmt::format("not reached ({})", name_of(curve.response.shape));
    const CensoredEstimate half = over_samples(halves);
    const std::string text = range_text(half);
    return half.estimate.side == Censored::Side::above ? "not reached, " + text : text;
  }

  [[nodiscard]] std::string deciders(const StudyVerdict& main) const {
    if (main.deciders.empty()) return "";
    TextTable table({"correlation (95 %)", "parameter"});
    for (const RankCorrelation& c : main.deciders)
      table.add({fmt::format("{:+.2f} ({:+.2f} to {:+.2f})", c.partial.mean, c.partial.low, c.partial.high), c.factor});
    return fmt::format("\n  What decides ({}, {}): partial rank correlation with the ratio\n",
                       horizon_text(main.horizon), main.published ? "published edges" : "all edges") +
           table.text();
  }

  [[nodiscard]] std::string radius(const StudyVerdict& main) const {
    for (const VerdictRadius& r : answer_.radii)
      if (r.horizon == main.horizon && r.published == main.published && r.where == main.where &&
          r.first.name == main.first.name)
        return radius_text(study_, r);
    return "";
  }

  const StudyArms& arms_;
  const Study& study_;
  const StudyAnswer& answer_;
};

}  // namespace

namespace {

std::string arm_effects_csv(const std::vector<ArmEffect>& effects) {
  std::string text;
  for (const ArmEffect& e : effects)
    text += fmt::format("{},{},{},{},{},{},{}\n", csv_text(e.arm), csv_text(e.by), csv_number(e.horizon), e.effect.n,
                        csv_number(e.effect.mean), csv_number(e.effect.low), csv_number(e.effect.high));
  return text.empty() ? "" : "arm,acts_by,horizon_s,n,effect,low,high\n" + text;
}

/// What varies: how many values, the ends, the scenario's own value where it has one, and the arms, if not all.
std::string axes_csv(const Study& study) {
  std::string text;
  for (std::size_t a = 0; a < axes_beside_samples(study); ++a)
    for (std::size_t c = 0; c < study.axes[a].columns.size(); ++c) {
      const StudyAxis& axis = study.axes[a];
      const VariedColumn& column = axis.columns[c];
      const auto own = column.numeric ? own_value(study, column.keys.front(), column.unit) : std::nullopt;
      const auto in_order = [&](const auto& a, const auto& b) {
        return column.numeric && number_of(a[c], column.unit) < number_of(b[c], column.unit);
      };
      const auto [least, most] = std::ranges::minmax_element(axis.values, in_order);
      const auto& first = column.numeric ? *least : axis.values.front();
      const auto& last = column.numeric ? *most : axis.values.back();
      text += fmt::format("{},{},{},{},{},{},{}\n", csv_text(column.name), csv_text(column.unit), axis.values.size(),
                          csv_varied(column, first[c]), csv_varied(column, last[c]), own ? csv_number(*own) : "",
                          csv_text(fmt::format("{}", fmt::join(axis.arms, ";"))));
    }
  return text.empty() ? "" : "axis,unit,values,first,last,own,arms\n" + text;
}

std::string deciders_csv(const std::vector<StudyVerdict>& verdicts) {
  std::string text;
  for (const StudyVerdict& v : verdicts)
    for (const RankCorrelation& c : v.deciders)
      text += fmt::format("{},{},{},{},{},{},{},{},{}\n", csv_number(v.horizon), v.published ? "published" : "all",
                          csv_text(v.first.name), csv_text(v.second.name), csv_text(v.where), csv_text(c.factor),
                          csv_number(c.partial.mean), csv_number(c.partial.low), csv_number(c.partial.high));
  return text.empty() ? "" : "horizon_s,edges,first,second,where,factor,correlation,low,high\n" + text;
}

}  // namespace

StudyAnswer study_answer(const StudyArms& arms, bool curves_too) {
  StudyAnswer answer;
  answer.verdicts = verdicts_of(arms);
  answer.effects = effects_of(arms);
  answer.curves = curves_of(arms.study(), arms.values(), curves_too ? "" : "phenotype.");
  answer.crossings = crossings_of(arms);
  answer.break_evens = break_evens_of(arms, answer.crossings);
  answer.radii = radii_of(arms, answer.verdicts);
  answer.shares = shares_of(arms);
  answer.elasticities = elasticities_of(arms);
  answer.regimes = regimes_of(arms, answer.verdicts);
  return answer;
}

std::vector<std::pair<const char*, std::string>> StudyAnswer::tables(const StudyArms& arms) const {
  return {{"axes.csv", axes_csv(arms.study())},
          {"arm_effects.csv", arm_effects_csv(effects)},
          {"deciders.csv", deciders_csv(verdicts)},
          {"dose_response.csv", curves_csv(arms.study(), arms.values(), curves)},
          {"crossings.csv", crossings_csv(arms, crossings)},
          {"break_even.csv", break_even_csv(arms.study(), break_evens)},
          {"radius.csv", radii_csv(radii)},
          {"shapley.csv", shares_csv(shares)},
          {"elasticity.csv", elasticities_csv(arms, elasticities)},
          {"regime.csv", regimes_csv(arms, regimes)},
          {"verdict.csv", verdicts.empty() ? "" : verdict_csv(verdicts)}};
}

std::string answer_page(const StudyArms& arms, const StudyAnswer& answer) {
  if (!arms.study().scenario.compare.phenotype)
    return "The scenario declares no phenotype (compare.phenotype): nothing is judged.\n";
  if (arms.horizons().empty())
    return fmt::format("No run reaches a horizon of the phenotype ({}): nothing is judged.\n",
                       horizons_text(arms.study()));
  const StudyVerdict* main = headline(arms.study(), answer.verdicts);
  if (main == nullptr)
    return "No point has a value of an arm of each side: nothing is judged. A verdict needs an arm of uptake or "
           "contact "
           "alone, one of enzymes alone, and one without EVs.\n";
  return Page(arms, answer).text(*main);
}

}  // namespace interstice::cli
