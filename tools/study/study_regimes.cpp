#include "tools/study/study_regimes.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "engine/analysis/phenotype.h"
#include "tools/study/study_points.h"

namespace interstice::cli {
namespace {

std::size_t axes_with_several(const Study& study) {
  std::size_t n = 0;
  for (std::size_t a = 0; a < axes_beside_samples(study); ++a) n += study.axes[a].values.size() > 1 ? 1 : 0;
  return n;
}

char letter_of(Preference preference, const std::string& winner_acts_by) {
  switch (preference) {
    case Preference::first:
      return winner_acts_by == "uptake" ? 'U' : winner_acts_by == "contact" ? 'C' : 'B';
    case Preference::second:
      return 'E';
    case Preference::equivalent:
      return '=';
    case Preference::neither:
      return '.';
    case Preference::undetermined:
      break;
  }
  return '?';
}

class Regimes {
 public:
  explicit Regimes(const StudyArms& arms) : arms_(arms), study_(arms.study()) {}

  [[nodiscard]] Regime by_samples(const StudyVerdict& verdict) const {
    Regime regime = begun(verdict.horizon, verdict.published, verdict.begin);
    if (verdict.points == 0) return regime;
    regime.preference = verdict.preference;
    regime.samples = verdict.points;
    regime.first = verdict.first_median, regime.second = verdict.second_median;
    regime.share = verdict.share[static_cast<std::size_t>(verdict.preference)];
    if (verdict.preference == Preference::equivalent)  // as the verdict counts them
      regime.share += verdict.share[static_cast<std::size_t>(Preference::neither)];
    std::map<std::string, std::size_t> times;
    for (std::uint64_t p = verdict.begin; p < verdict.begin + samples_per_place(study_); ++p)
      if (const auto most = arms_.strongest(winning(regime, verdict), p, *arms_.phenotype_at(verdict.horizon)))
        ++times[most->arm];
    const auto most = std::ranges::max_element(times, {}, [](const auto& one) { return one.second; });
    if (most != times.end()) name(regime, most->first);
    return regime;
  }

  /// Of one point.
  [[nodiscard]] Regime by_replicates(const StudyVerdict& of, std::uint64_t point) const {
    Regime regime = begun(of.horizon, of.published, point);
    const std::size_t o = *arms_.phenotype_at(of.horizon);
    const auto judgement = arms_.judge_replicates(of.first, of.second, point, o,
                                                  fmt::format("regime {} {} {}", of.horizon, of.published, point));
    if (!judgement) return regime;
    regime.samples = judgement->replicates;
    regime.first = judgement->first, regime.second = judgement->second;
    regime.preference = judgement->preference, regime.share = judgement->share;
    if (regime.samples == 1) {
      regime.preference = answer_of(std::abs(regime.first), std::abs(regime.second));
      regime.share = 1;
    }
    const auto most = arms_.strongest(winning(regime, of), point, o);
    name(regime, most ? most->arm : "");
    return regime;
  }

 private:
  static Regime begun(double horizon, bool published, std::uint64_t begin) {
    Regime regime;
    regime.horizon = horizon, regime.published = published, regime.begin = begin;
    return regime;
  }
  static const Side& winning(const Regime& regime, const StudyVerdict& of) {
    return regime.preference == Preference::second ? of.second : of.first;
  }
  void name(Regime& regime, const std::string& winner) const {
    const bool wins = regime.preference == Preference::first || regime.preference == Preference::second;
    if (wins) regime.winner = winner;
    regime.letter = letter_of(regime.preference, wins ? acts_by(arms_.facts(winner)) : "");
  }
  const StudyArms& arms_;
  const Study& study_;
};

/// How the values of an axis are told on a map.
std::vector<std::string> labels_of(const StudyAxis& axis) {
  std::vector<std::string> labels;
  for (const auto& row : axis.values) labels.push_back(row[0]);
  return labels;
}

/// One map: rows along an axis, columns along the next, from a point on.
std::string map_text(const Study& study, const std::map<std::uint64_t, char>& letters, std::uint64_t from,
                     std::size_t down, std::size_t across) {
  const std::vector<std::string> rows = labels_of(study.axes[down]), columns = labels_of(study.axes[across]);
  std::size_t margin = study.axes[down].name.size();
  for (const std::string& row : rows) margin = std::max(margin, row.size());
  std::string text = fmt::format("  {:>{}}", study.axes[down].name, margin);
  for (const std::string& column : columns) text += "  " + column;
  text += fmt::format("  {}\n", study.axes[across].name);
  for (std::size_t r = 0; r < rows.size(); ++r) {
    text += fmt::format("  {:>{}}", rows[r], margin);
    for (std::size_t c = 0; c < columns.size(); ++c) {
      const auto found = letters.find(from + r * stride_along(study, down) + c * stride_along(study, across));
      text += fmt::format("  {:^{}}", found == letters.end() ? ' ' : found->second, columns[c].size());
    }
    text = text.substr(0, text.find_last_not_of(' ') + 1) + "\n";
  }
  return text;
}

std::string maps_text(const Study& study, const std::map<std::uint64_t, char>& letters) {
  const std::size_t axes = axes_beside_samples(study), down = axes - 2, across = axes - 1;
  if (axes == 2) return map_text(study, letters, 0, down, across);
  std::string text;
  for (std::size_t v = 0; v < study.axes[0].values.size(); ++v)
    text += fmt::format("  {} {}\n", study.axes[0].name, study.axes[0].values[v][0]) +
            map_text(study, letters, v * stride_along(study, 0), down, across);
  return text;
}

}  // namespace

std::vector<Regime> regimes_of(const StudyArms& arms, const std::vector<StudyVerdict>& verdicts) {
  const Study& study = arms.study();
  std::vector<Regime> all;
  const bool of_all_arms = std::ranges::all_of(study.axes, [](const StudyAxis& axis) { return axis.arms.empty(); });
  if (axes_with_several(study) < 2 || !of_all_arms) return all;
  const Regimes regimes(arms);
  for (const StudyVerdict& verdict : verdicts) {
    if (verdict.first.name != "uptake or contact") continue;
    if (study.samples)
      all.push_back(regimes.by_samples(verdict));
    else
      for (std::uint64_t p = 0; p < study.point_count(); ++p) all.push_back(regimes.by_replicates(verdict, p));
  }
  return all;
}

std::string regimes_csv(const StudyArms& arms, const std::vector<Regime>& regimes) {
  if (regimes.empty()) return "";
  const Study& study = arms.study();
  std::vector<VariedColumn> varied = study.columns();
  if (study.samples) varied.resize(varied.size() - study.samples->factors.size());
  std::string text = "horizon_s,edges,point";
  for (const VariedColumn& column : varied) text += "," + csv_text(column.name);
  text += ",answer,winner,letter,samples,share,first_effect,second_effect\n";
  for (const Regime& r : regimes) {
    const StudyPoint point = point_of(study, r.begin);
    text += fmt::format("{},{},{}", csv_number(r.horizon), r.published ? "published" : "all", r.begin);
    for (std::size_t c = 0; c < varied.size(); ++c) text += "," + csv_varied(varied[c], point.values[c]);
    const char* answer = r.samples == 0                       ? "no result"
                         : r.preference == Preference::first  ? "uptake or contact"
                         : r.preference == Preference::second ? "extracellular"
                                                              : name_of(r.preference).data();
    text += fmt::format(",{},{},{},{},{},{},{}\n", answer, csv_text(r.winner), r.letter, r.samples, csv_number(r.share),
                        csv_number(r.first), csv_number(r.second));
  }
  return text;
}

std::string regimes_text(const StudyArms& arms, const std::vector<Regime>& regimes) {
  const Study& study = arms.study();
  const std::size_t axes = axes_beside_samples(study);
  if (regimes.empty() || axes > 3) return "";
  std::map<std::pair<double, bool>, std::map<std::uint64_t, char>> maps;  // by horizon and edges
  for (const Regime& r : regimes) maps[{r.horizon, r.published}][r.begin] = r.letter;
  std::string text = fmt::format("\n  Regime map: {}\n", kRegimeLegend);
  if (!study.samples && study.replicates == 1) text += "  One replicate at each place: chance is not told apart\n";
  for (const auto& [of, letters] : maps) {
    const auto& [horizon, published] = of;
    const auto other = maps.find({horizon, false});
    const bool same = published && other != maps.end() && other->second == letters;
    text += fmt::format("\n  after {}, {} edges{}\n", horizon_text(horizon), published ? "published" : "all",
                        same ? ": the same map" : "");
    if (!same) text += maps_text(study, letters);
  }
  return text;
}

}  // namespace interstice::cli
