#include "tools/study/study_crossings.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "tools/study/study_curves.h"
#include "tools/study/study_points.h"

namespace interstice::cli {
namespace {

constexpr std::size_t kLeastValues = 4;
constexpr double kChanges = 1.2;  ///< an axis on which acting EVs change by less says nothing of them

/// A number at each value of an axis, between them by straight lines between logarithms where it is positive.
class AlongAxis {
 public:
  AlongAxis(std::vector<double> x, std::vector<double> y) : x_(std::move(x)), y_(std::move(y)) {}

  [[nodiscard]] bool grows_by(double ratio) const {
    return std::ranges::all_of(y_, [](double y) { return std::isfinite(y) && y >= 0; }) && std::ranges::is_sorted(y_) &&
           y_.back() > ratio * y_.front();
  }
  /// Its last value, where it hardly grows any more.
  [[nodiscard]] std::optional<double> plateau() const {
    constexpr double kHardly = 1.05;
    if (y_.size() < 2 || y_.back() > kHardly * y_[y_.size() - 2]) return std::nullopt;
    return y_.back();
  }
  [[nodiscard]] bool covers(double x) const { return x_.front() <= x && x <= x_.back(); }
  [[nodiscard]] double at(double x) const {
    const auto next = std::ranges::lower_bound(x_, x);
    if (next == x_.end()) return y_.back();
    const auto k = static_cast<std::size_t>(next - x_.begin());
    if (k == 0) return y_.front();
    const double share = std::log(x / x_[k - 1]) / std::log(x_[k] / x_[k - 1]);
    if (y_[k - 1] > 0) return y_[k - 1] * std::pow(y_[k] / y_[k - 1], share);
    return y_[k - 1] + share * (y_[k] - y_[k - 1]);
  }
  [[nodiscard]] Censored at(const Censored& x) const { return {x.side, at(x.value)}; }

 private:
  std::vector<double> x_, y_;
};

class Crossings {
 public:
  explicit Crossings(const StudyArms& arms) : arms_(arms), study_(arms.study()) {
    for (const bool published : {false, true})
      for (const auto& [first, second] : arms.contests(published))
        if (first.name == "uptake or contact")
          for (const std::string& one : first.arms)
            for (const std::string& other : second.arms) rivals_.insert({one, other});
  }

  std::vector<StudyCrossing> all() {
    for (std::size_t a = 0; a < axes_beside_samples(study_); ++a) {
      const std::vector<double> x = growing_numbers(study_.axes[a]);
      if (x.size() < kLeastValues || x.front() <= 0) continue;
      for (std::uint64_t p = 0; p < study_.point_count(); ++p)
        if (starts_along(study_, a, p))
          for (const double horizon : arms_.horizons())
            for (const auto& [one, other] : rivals_)
              if (study_.axes[a].changes(one) || study_.axes[a].changes(other))
                add(a, p, x, *arms_.phenotype_at(horizon), one, other);
    }
    return std::move(crossings_);
  }

 private:
  /// Of the effects of an arm along an axis, by the larger part: sizes of single replicates would add up their noise.
  [[nodiscard]] double sign_along(std::size_t a, std::uint64_t p, std::size_t places, std::size_t o,
                                  const std::string& arm) const {
    double sum = 0;
    for (std::size_t d = 0; d < places; ++d)
      for (const double effect : arms_.values().effects(p + d * stride_along(study_, a), arms_.index(arm), o))
        if (std::isfinite(effect)) sum += effect;
    return sum < 0 ? -1 : 1;
  }

  /// From point p on along axis a; nothing where too few runs have a value.
  void add(std::size_t a, std::uint64_t p, const std::vector<double>& x, std::size_t o, const std::string& one,
           const std::string& other) {
    std::vector<std::vector<double>> difference(study_.replicates);
    const double sign = sign_along(a, p, x.size(), o, one), other_sign = sign_along(a, p, x.size(), o, other);
    double largest = 0;
    for (std::size_t d = 0; d < x.size(); ++d) {
      const std::uint64_t point = p + d * stride_along(study_, a);
      std::vector<double> here = arms_.values().effects(point, arms_.index(one), o);
      const std::vector<double> there = arms_.values().effects(point, arms_.index(other), o);
      largest = std::max({largest, std::abs(mean_of(here)), std::abs(mean_of(there))});
      for (std::size_t r = 0; r < here.size(); ++r) here[r] = sign * here[r] - other_sign * there[r];
      if (count_of(here) < std::min<std::uint64_t>(study_.replicates, 2)) return;
      for (std::size_t r = 0; r < here.size(); ++r) difference[r].push_back(here[r]);
    }
    const std::string key = arms_.values().outcomes()[o].name + " " + one + " " + other;
    StudyCrossing crossing{.axis = a,
                           .at_point = p,
                           .arm = one,
                           .against = other,
                           .outcome = o,
                           .crossing = mean_crossing(x, difference, study_.seed, key),
                           .largest = largest,
                           .factor = {},
                           .acting = {},
                           .cap = {}};
    const VariedColumn& column = study_.axes[a].columns[0];
    if (const auto own = own_value(study_, column.keys.front(), column.unit); own && *own > 0) {
      crossing.factor = crossing.crossing;
      for (Censored* c : {&crossing.factor->estimate, &crossing.factor->low, &crossing.factor->high}) c->value /= *own;
      crossing.cap = cap_of(a, p, x, one, *own);
    }
    crossing.acting = acting_at(a, p, x, one, crossing.crossing);
    crossings_.push_back(std::move(crossing));
  }

  /// Mean over replicates of an outcome of an arm at each value of an axis; empty where no run has it.
  [[nodiscard]] std::vector<double> along(std::size_t a, std::uint64_t p, std::size_t n, const std::string& arm,
                                          const std::string& outcome) const {
    std::vector<double> means;
    const auto o = arms_.outcome(outcome);
    for (std::size_t d = 0; o && d < n; ++d)
      means.push_back(mean_of(arms_.values().values(p + d * stride_along(study_, a), arms_.index(arm), *o)));
    return means;
  }

  [[nodiscard]] std::optional<CensoredEstimate> acting_at(std::size_t a, std::uint64_t p, const std::vector<double>& x,
                                                          const std::string& arm, const CensoredEstimate& at) const {
    std::vector<double> share = along(a, p, x.size(), arm, "ev.engaged");
    const std::vector<double> given = along(a, p, x.size(), arm, "ev.given");
    if (share.empty() || given.empty()) return std::nullopt;
    for (std::size_t d = 0; d < share.size(); ++d) share[d] /= given[d];
    const AlongAxis acting(x, share);
    if (!acting.grows_by(kChanges)) return std::nullopt;
    return CensoredEstimate{acting.at(at.estimate), acting.at(at.low), acting.at(at.high), at.share_below,
                            at.share_above};
  }

  [[nodiscard]] std::optional<StudyCrossing::Cap> cap_of(std::size_t a, std::uint64_t p, const std::vector<double>& x,
                                                         const std::string& arm, double own) const {
    const ArmFacts& facts = arms_.facts(arm);
    if (!facts.engagement.cargo || facts.engagement.contact || facts.vesicle_classes.size() != 1) return std::nullopt;
    const std::string& klass = facts.vesicle_classes.front().name;
    const auto released = own_value(study_, "vesicles." + klass + ".endosome.released_fraction", "1");
    std::vector<double> inside(x.size(), 0.0);
    for (const char* place : {"endosomal", "released", "degraded"}) {
      const auto share = along(a, p, x.size(), arm, "fate." + klass + "." + place);
      if (share.empty()) return std::nullopt;
      for (std::size_t d = 0; d < x.size(); ++d) inside[d] += share[d];
    }
    const AlongAxis internalised(x, inside);
    StudyCrossing::Cap cap{.value = 0,
                           .internalised = internalised.at(own),
                           .internalised_most = 1,
                           .released = released.value_or(0),
                           .most_is_seen = false};
    if (!internalised.covers(own) || !(cap.internalised > 0) || !(cap.released > 0)) return std::nullopt;
    const auto plateau = internalised.plateau();
    cap.most_is_seen = plateau && internalised.grows_by(kChanges);
    if (cap.most_is_seen) cap.internalised_most = *plateau;
    cap.value = cap.internalised_most / cap.internalised / cap.released;
    return cap;
  }

  const StudyArms& arms_;
  const Study& study_;
  std::set<std::pair<std::string, std::string>> rivals_;  ///< of uptake or contact, and of what acts outside cells
  std::vector<StudyCrossing> crossings_;
};

}  // namespace

std::vector<StudyCrossing> crossings_of(const StudyArms& arms) { return Crossings(arms).all(); }

std::string crossings_csv(const StudyArms& arms, const std::vector<StudyCrossing>& crossings) {
  if (crossings.empty()) return "";
  std::string text =
      "axis,unit,at_point,arm,against,outcome,is,value,low,high,text,factor_is,factor,factor_low,factor_high,"
      "acting_is,acting_per_ev,acting_low,acting_high,cap,internalised,internalised_most,released_fraction\n";
  for (const StudyCrossing& c : crossings) {
    const StudyAxis& axis = arms.study().axes[c.axis];
    text += fmt::format("{},{},{},{},{},{},{},{},{},{},", csv_text(axis.name), csv_text(axis.columns[0].unit),
                        c.at_point, csv_text(c.arm), csv_text(c.against), arms.values().outcomes()[c.outcome].name,
                        censored_cells(c.crossing), csv_text(text_of(c.crossing.estimate)),
                        c.factor ? censored_cells(c.factor) : ",,,", c.acting ? censored_cells(c.acting) : ",,,");
    text += c.cap ? fmt::format("{},{},{},{}\n", csv_number(c.cap->value), csv_number(c.cap->internalised),
                                csv_number(c.cap->internalised_most), csv_number(c.cap->released))
                  : ",,,\n";
  }
  return text;
}

}  // namespace interstice::cli
