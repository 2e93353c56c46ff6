#include "tools/study/study_curves.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/core/error.h"
#include "tools/study/study_points.h"

namespace interstice::cli {
namespace {

constexpr std::size_t kLeastDoses = 4;
constexpr double kGrows = 1.5;  ///< EVs given from end to end of an axis of doses, at least

/// EVs given per cell at a place along doses: straight lines between logarithms.
class PerCell {
 public:
  PerCell(std::vector<double> doses, std::vector<double> per_cell)
      : doses_(std::move(doses)), per_cell_(std::move(per_cell)) {}

  /// Empty where a dose before it has none; what lies beyond the doses lies beyond theirs.
  [[nodiscard]] std::optional<Censored> at(const Censored& dose) const {
    if (!dose.is_within()) {
      const std::size_t least = doses_.front() > 0 || doses_.size() == 1 ? 0 : 1;  // that gives any EVs
      const double end = dose.side == Censored::Side::below ? per_cell_[least] : per_cell_.back();
      if (!std::isfinite(end)) return std::nullopt;
      return dose.side == Censored::Side::below ? Censored::below(end) : Censored::above(end);
    }
    for (std::size_t d = 1; d < doses_.size(); ++d)
      if (dose.value <= doses_[d] && doses_[d - 1] > 0 && per_cell_[d - 1] > 0) {
        const double share = std::log(dose.value / doses_[d - 1]) / std::log(doses_[d] / doses_[d - 1]);
        return Censored::within(per_cell_[d - 1] * std::pow(per_cell_[d] / per_cell_[d - 1], share));
      }
    return std::nullopt;
  }
  [[nodiscard]] std::optional<CensoredEstimate> at(const CensoredEstimate& half) const {
    const auto estimate = at(half.estimate), low = at(half.low), high = at(half.high);
    if (!estimate || !low || !high) return std::nullopt;
    return CensoredEstimate{*estimate, *low, *high, half.share_below, half.share_above};
  }

 private:
  std::vector<double> doses_, per_cell_;
};

class Curves {
 public:
  Curves(const Study& study, const StudyValues& values, std::string_view outcomes)
      : study_(study), values_(values), outcomes_(outcomes) {}

  std::vector<StudyCurve> all() {
    for (std::size_t a = 0; a < study_.axes.size(); ++a) {
      const std::vector<double> doses = growing_numbers(study_.axes[a]);
      if (doses.size() < kLeastDoses || study_.replicates < 2) continue;
      for (std::uint64_t p = 0; p < study_.point_count(); ++p)
        if (starts_along(study_, a, p)) add_from(a, p, doses);
    }
    return std::move(curves_);
  }

 private:
  /// All arms and outcomes along axis a, from point p on.
  void add_from(std::size_t a, std::uint64_t p, const std::vector<double>& doses) {
    for (std::size_t arm = 0; arm < study_.arms.size(); ++arm)
      for (std::size_t o = 0; o < values_.outcomes().size(); ++o) {
        const StudyOutcome& outcome = values_.outcomes()[o];
        if (!study_.axes[a].changes(study_.arms[arm]) || !outcome.has_effect() ||
            !outcome.name.starts_with(outcomes_) || !values_.reference(arm))
          continue;
        std::vector<std::vector<double>> response(study_.replicates);
        bool enough = true;
        for (std::size_t d = 0; d < doses.size(); ++d) {
          const auto effects = values_.effects(p + d * stride_along(study_, a), arm, o);
          enough = enough && count_of(effects) > 1;
          for (std::size_t r = 0; r < effects.size(); ++r) response[r].push_back(effects[r]);
        }
        if (!enough) continue;
        try {
          DoseResponse curve = dose_response(doses, response, study_.seed, key_of(a, p, arm, o));
          const std::vector<double> given = given_per_cell(a, p, arm, doses.size());
          std::optional<CensoredEstimate> half;
          if (curve.half_dose && !given.empty()) half = PerCell(doses, given).at(*curve.half_dose);
          const bool of_doses = given.empty() || !(given.back() < kGrows * given.front());
          const auto last = given.empty() ? std::nullopt : std::optional(given.back());
          curves_.push_back({a, p, arm, o, std::move(curve), half, doses.back(), last, of_doses});
        } catch (const InputError&) {  // too few replicates have both ends
        }
      }
  }

  [[nodiscard]] std::string key_of(std::size_t a, std::uint64_t p, std::size_t arm, std::size_t o) const {
    return fmt::format("{} {} {} {}", study_.axes[a].name, p, study_.arms[arm], values_.outcomes()[o].name);
  }

  /// Of an arm at each dose; empty where no run has it.
  [[nodiscard]] std::vector<double> given_per_cell(std::size_t a, std::uint64_t p, std::size_t arm,
                                                   std::size_t doses) const {
    std::vector<double> given;
    const auto found = std::ranges::find(values_.outcomes(), "ev.given_per_cell", &StudyOutcome::name);
    const auto o = static_cast<std::size_t>(found - values_.outcomes().begin());
    for (std::size_t d = 0; found != values_.outcomes().end() && d < doses; ++d)
      given.push_back(mean_of(values_.values(p + d * stride_along(study_, a), arm, o)));
    return given;
  }

  const Study& study_;
  const StudyValues& values_;
  std::string_view outcomes_;
  std::vector<StudyCurve> curves_;
};

std::string interval_cells(const Estimate& e) {
  if (e.n == 0) return ",,,";
  return fmt::format("{},{},{},{}", e.n, csv_number(e.mean), csv_number(e.low), csv_number(e.high));
}

std::string number_cells(const std::optional<CensoredEstimate>& number) {
  if (!number) return ",,";
  const auto cell = [](const Censored& c) { return c.is_within() ? csv_number(c.value) : ""; };
  return fmt::format("{},{},{}", cell(number->estimate), cell(number->low), cell(number->high));
}

}  // namespace

std::string censored_cells(const std::optional<CensoredEstimate>& number) {
  if (!number) return "nowhere,,,";
  const char* where = number->estimate.is_within()                     ? "within"
                      : number->estimate.side == Censored::Side::below ? "below"
                                                                       : "above";
  return fmt::format("{},{}", where, number_cells(number));
}

std::vector<StudyCurve> curves_of(const Study& study, const StudyValues& values, std::string_view outcomes) {
  return Curves(study, values, outcomes).all();
}

std::string curves_csv(const Study& study, const StudyValues& values, const std::vector<StudyCurve>& curves) {
  if (curves.empty()) return "";
  std::string text =
      "axis,dose_unit,at_point,arm,outcome,shape,p_flat,p_monotone,half_dose_is,half_dose,half_dose_low,half_dose_high,"
      "half_ev_per_cell,half_ev_per_cell_low,half_ev_per_cell_high,emax_n,emax,emax_low,emax_high,hill_n,hill,hill_low,"
      "hill_high,largest_n,largest,largest_low,largest_high,extreme_dose\n";
  for (const StudyCurve& c : curves) {
    const DoseResponse& curve = c.response;
    const bool extreme = curve.shape == ResponseShape::peak || curve.shape == ResponseShape::trough;
    text += fmt::format("{},{},{},{},{},{},{},{},{},{},{},{},{},{}\n", csv_text(study.axes[c.axis].name),
                        csv_text(study.axes[c.axis].columns[0].unit), c.at_point, csv_text(study.arms[c.arm]),
                        csv_text(values.outcomes()[c.outcome].name), name_of(curve.shape), csv_number(curve.p_flat),
                        csv_number(curve.p_monotone), censored_cells(curve.half_dose), number_cells(c.half_per_cell),
                        interval_cells(curve.effect), interval_cells(curve.hill), interval_cells(curve.largest_effect),
                        extreme ? csv_number(curve.extreme_dose) : "");
  }
  return text;
}

}  // namespace interstice::cli
