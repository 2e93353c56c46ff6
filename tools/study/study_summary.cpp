#include "tools/study/study_summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/core/error.h"
#include "engine/results/atomic_file.h"
#include "engine/statistics/contrast.h"
#include "engine/statistics/design.h"
#include "engine/statistics/rank_correlation.h"
#include "engine/statistics/sensitivity.h"
#include "tools/study/study_answer.h"
#include "tools/study/study_points.h"

namespace interstice::cli {
namespace {

std::string cells_of(const Estimate& e) {
  if (e.n == 0) return ",,,";
  return fmt::format("{},{},{},{}", e.n, csv_number(e.mean), csv_number(e.low), csv_number(e.high));
}

/// A table as text: columns that vary, then others.
std::string header_of(const std::vector<VariedColumn>& varied, const std::string& others) {
  std::string text;
  for (const VariedColumn& column : varied) text += csv_text(column.name) + ",";
  return text + others + "\n";
}

std::string varied_cells(const std::vector<VariedColumn>& varied, const StudyPoint& point) {
  std::string text;
  for (std::size_t c = 0; c < varied.size(); ++c) text += csv_varied(varied[c], point.values[c]) + ",";
  return text;
}

/// Per point, arm and outcome: its mean, and its effect, each with Student's interval over replicates.
std::string effects_text(const Study& study, const StudyValues& values) {
  const std::vector<VariedColumn> varied = study.columns();
  std::string text = "point," + header_of(varied,
                                          "arm,outcome,unit,n,mean,low,high,effect_n,effect,effect_low,"
                                          "effect_high,gain_of_pairing,replicates_for_half_width_0.05");
  constexpr double kHalfWidth = 0.05;
  for (std::uint64_t p = 0; p < study.point_count(); ++p) {
    const StudyPoint point = point_of(study, p);
    for (std::size_t arm = 0; arm < study.arms.size(); ++arm) {
      if (point_of_run(study, {.point = p, .replicate = 0, .arm = arm}) != p) continue;
      for (std::size_t o = 0; o < values.outcomes().size(); ++o) {
        const StudyOutcome& outcome = values.outcomes()[o];
        const std::vector<double> of_arm = values.values(p, arm, o);
        if (count_of(of_arm) == 0) continue;
        text += fmt::format("{},{}{},{},{},{}", p, varied_cells(varied, point), csv_text(study.arms[arm]),
                            csv_text(outcome.name), csv_text(outcome.unit), cells_of(student_mean(of_arm)));
        const std::vector<double> effects = values.effects(p, arm, o);
        if (outcome.has_effect() && count_of(effects) > 0) {
          const bool enough = count_of(effects) > 2;
          const auto reference = values.values(p, *values.reference(arm), o);
          text += fmt::format(",{},{},{}", cells_of(student_mean(effects)),
                              enough ? csv_number(gain_of_pairing(reference, of_arm).mean) : "",
                              enough && outcome.name.starts_with("phenotype.")
                                  ? std::to_string(replicates_needed(effects, kHalfWidth))
                                  : "");
        } else {
          text += ",,,,,,";
        }
        text += '\n';
      }
    }
  }
  return text;
}

/// What was sampled against the mean effect over replicates, at each combination of the axes before it.
class Sensitivities {
 public:
  Sensitivities(const Study& study, const StudyValues& values)
      : study_(study),
        values_(values),
        samples_(*study.samples),
        space_(samples_.space()),
        points_(sampled_points(study)) {}

  [[nodiscard]] std::string text() const {
    std::string rows;
    for (std::uint64_t first = 0; first < study_.point_count(); first += points_.size())
      for (std::size_t arm = 0; arm < study_.arms.size(); ++arm)
        for (std::size_t o = 0; o < values_.outcomes().size(); ++o) {
          const StudyOutcome& outcome = values_.outcomes()[o];
          const bool effect = outcome.has_effect() && values_.reference(arm);
          std::vector<double> means;
          for (std::uint64_t p = first; p < first + points_.size(); ++p)
            means.push_back(mean_of(effect ? values_.effects(p, arm, o) : values_.values(p, arm, o)));
          if (count_of(means) < 2) continue;
          const std::string begin = fmt::format("{},{},{},", first, csv_text(study_.arms[arm]),
                                                csv_text((effect ? "effect." : "") + outcome.name));
          rows += rows_of(begin, means, fmt::format("{} {} {}", first, study_.arms[arm], outcome.name));
        }
    return rows.empty() ? "" : "from_point,arm,outcome,measure,factor,n,value,low,high\n" + rows;
  }

 private:
  static void add(std::string& rows, const std::string& begin, std::string_view measure, const std::string& factor,
                  const Estimate& e) {
    if (!std::isfinite(e.mean)) return;  // such as of an output that does not vary
    rows += fmt::format("{}{},{},{}\n", begin, measure, csv_text(factor), cells_of(e));
  }

  /// Too few points for a measure leave it out.
  [[nodiscard]] std::string rows_of(const std::string& begin, const std::vector<double>& means,
                                    const std::string& key) const {
    std::string rows;
    try {
      if (samples_.method == Samples::Method::saltelli) {
        const SaltelliDesign design = saltelli_design(space_, samples_.number, study_.seed);
        if (design.point.size() != means.size()) return "";  // a check does the first points of a design alone
        for (const SobolIndex& index : sobol_indices(design, means, study_.seed, key).index) {
          add(rows, begin, "sobol_first", index.factor, index.first);
          add(rows, begin, "sobol_total", index.factor, index.total);
        }
      } else if (samples_.method == Samples::Method::morris) {
        const MorrisDesign design = morris_design(space_, samples_.number, samples_.levels, study_.seed);
        if (design.point.size() != means.size()) return "";
        for (const MorrisEffect& effect : morris_effects(design, means).effect) {
          add(rows, begin, "morris_mu", effect.factor, effect.mu);
          add(rows, begin, "morris_mu_star", effect.factor, effect.mu_star);
          add(rows, begin, "morris_sigma", effect.factor,
              {.n = effect.mu.n, .mean = effect.sigma, .low = std::nan(""), .high = std::nan("")});
        }
      } else {
        for (const RankCorrelation& c : rank_correlations(space_.names(), points_, means).factor) {
          add(rows, begin, "spearman", c.factor, c.spearman);
          add(rows, begin, "partial_rank_correlation", c.factor, c.partial);
        }
      }
    } catch (const InputError&) {  // too few points
    }
    try {
      if (samples_.method != Samples::Method::saltelli && samples_.method != Samples::Method::morris) {
        for (const FirstOrderShare& s : first_order_shares(space_.names(), points_, means).share)
          add(rows, begin, "share_of_variance", s.factor, s.share);
      }
    } catch (const InputError&) {
    }
    return rows;
  }

  const Study& study_;
  const StudyValues& values_;
  const Samples& samples_;
  FactorSpace space_;
  std::vector<FactorValues> points_;
};

}  // namespace

void write_study_summary(const Study& study, const StudyValues& values, const StudyDirectory& directory) {
  const auto write = [&directory](const char* name, const std::string& text) {
    if (text.empty())
      std::filesystem::remove(directory.path() / name);  // of an earlier call
    else
      write_file_atomically(directory.path() / name, text);
  };
  const StudyArms arms(study, values);
  write("effects.csv", effects_text(study, values));
  write("sensitivity.csv", study.samples ? Sensitivities(study, values).text() : "");
  for (const auto& [name, text] : study_answer(arms, true).tables(arms)) write(name, text);
}

}  // namespace interstice::cli
