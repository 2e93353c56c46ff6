#include "tools/study/study_break_even.h"

#include <fmt/format.h>

#include <map>

#include "engine/analysis/phenotype.h"
#include "tools/study/study_curves.h"
#include "tools/study/study_points.h"
#include "tools/text_table.h"

namespace interstice::cli {
namespace {

std::string cap_text(const StudyCrossing::Cap& cap) {
  return fmt::format("{:.3g} = ({:.2g}{} / {:.2g}) / {:.2g}", cap.value, cap.internalised_most,
                     cap.most_is_seen ? "" : ", every EV", cap.internalised, cap.released);
}

double horizon_of(const StudyArms& arms, std::size_t outcome) {
  for (const double horizon : arms.horizons())
    if (arms.phenotype_at(horizon) == outcome) return horizon;
  return 0;
}

BreakEven together(const StudyArms& arms, const std::vector<const StudyCrossing*>& group) {
  const StudyCrossing& first = *group.front();
  const StudyAxis& axis = arms.study().axes[first.axis];
  BreakEven all{.axis = first.axis,
                .arm = first.arm,
                .against = first.against,
                .place = where_of(arms.study(), first.at_point, first.axis),
                .horizon = horizon_of(arms, first.outcome),
                .there = {},
                .own = own_value(arms.study(), axis.columns[0].keys.front(), axis.columns[0].unit),
                .factor = {},
                .acting = {},
                .cap = first.cap};
  std::vector<CensoredEstimate> there, factor, acting;
  for (const StudyCrossing* c : group) {
    there.push_back(c->crossing);
    if (c->factor) factor.push_back(*c->factor);
    if (c->acting) acting.push_back(*c->acting);
  }
  all.there = over_samples(there);
  if (!factor.empty()) all.factor = over_samples(factor);
  if (!acting.empty()) all.acting = over_samples(acting);
  return all;
}

}  // namespace

CensoredEstimate over_samples(const std::vector<CensoredEstimate>& all) {
  if (all.size() == 1) return all.front();
  std::vector<Censored> estimates;
  for (const CensoredEstimate& e : all) estimates.push_back(e.estimate);
  return {quantile(estimates, 0.5), quantile(estimates, 0.05), quantile(estimates, 0.95), 0, 0};
}

std::string range_text(const CensoredEstimate& e) {
  return fmt::format("{} ({} to {})", text_of(e.estimate), text_of(e.low), text_of(e.high));
}

std::string axis_text(const Study& study, std::size_t axis) {
  const VariedColumn& column = study.axes[axis].columns[0];
  return column.unit.empty() ? column.name : fmt::format("{} [{}]", column.name, column.unit);
}

std::vector<BreakEven> break_evens_of(const StudyArms& arms, const std::vector<StudyCrossing>& crossings) {
  std::map<std::string, std::vector<const StudyCrossing*>> groups;
  std::vector<std::string> order;
  for (const StudyCrossing& c : crossings) {
    if (c.largest < kNegligible) continue;
    const std::string key =
        fmt::format("{} {} {} {} {}", c.axis, c.arm, c.against, c.outcome, where_of(arms.study(), c.at_point, c.axis));
    if (groups[key].empty()) order.push_back(key);
    groups[key].push_back(&c);
  }
  std::vector<BreakEven> all;
  for (const std::string& key : order) all.push_back(together(arms, groups[key]));
  return all;
}

std::string break_even_text(const Study& study, const std::vector<BreakEven>& all) {
  if (all.empty()) return "";
  TextTable table({"arm", "against", "after", "along", "F*: times the scenario's own", "there",
                   "f_x: acting per EV given", "cap of delivery", "at"});
  for (const BreakEven& b : all)
    table.add({b.arm, b.against, horizon_text(b.horizon), axis_text(study, b.axis),
               b.factor ? range_text(*b.factor) : "", range_text(b.there), b.acting ? range_text(*b.acting) : "",
               b.cap ? cap_text(*b.cap) : "", b.place});
  return fmt::format("\n  Break-even: where the first does as much as the second ({})",
                     study.samples ? "5 % to 95 % of the samples" : "95 %") +
         ". > or < an end of the axis: not on it, or from its start on.\n  Left out where neither does anything that "
         "counts. Cap of delivery: (f_int_max / f_int) (1 / f_rel): no better uptake\n  and release can give more\n" +
         table.text();
}

std::string break_even_csv(const Study& study, const std::vector<BreakEven>& all) {
  if (all.empty()) return "";
  std::string text =
      "axis,unit,axis_from,axis_to,arm,against,horizon_s,at_place,own,is,value,low,high,factor_is,factor,factor_low,"
      "factor_high,"
      "acting_is,acting_per_ev,acting_low,acting_high,cap\n";
  for (const BreakEven& b : all) {
    const std::vector<double> values = growing_numbers(study.axes[b.axis]);
    text += fmt::format("{},{},{},{},{},{},{},{},{},{},{},{},{}\n", csv_text(study.axes[b.axis].name),
                        csv_text(study.axes[b.axis].columns[0].unit), csv_number(values.front()),
                        csv_number(values.back()), csv_text(b.arm), csv_text(b.against), csv_number(b.horizon),
                        csv_text(b.place), b.own ? csv_number(*b.own) : "", censored_cells(b.there),
                        b.factor ? censored_cells(b.factor) : ",,,", b.acting ? censored_cells(b.acting) : ",,,",
                        b.cap ? csv_number(b.cap->value) : "");
  }
  return text;
}

}  // namespace interstice::cli
