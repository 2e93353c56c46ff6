#include "tools/study/study_verdict.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "engine/analysis/phenotype.h"
#include "engine/core/error.h"
#include "engine/statistics/bootstrap.h"
#include "tools/study/study_points.h"

namespace interstice::cli {
namespace {

constexpr std::array kAnswers{Preference::neither, Preference::first, Preference::second, Preference::equivalent};
constexpr std::size_t kMostDeciders = 8;

/// Where the points lie along a contest.
class Field {
 public:
  Field(const StudyArms& arms, std::size_t outcome) : arms_(arms), outcome_(outcome) {}

  /// Fills in what points [begin, end) say.
  void judge(std::uint64_t begin, std::uint64_t end, StudyVerdict& verdict) const {
    std::array<std::size_t, 5> answers{};
    std::vector<std::uint64_t> judged;
    std::vector<double> first, second, ratios, log_ratios(end - begin, std::nan(""));
    for (std::uint64_t p = begin; p < end; ++p) {
      if (!is_as_it_is(arms_.study(), p)) continue;
      const auto a = arms_.strongest(verdict.first, p, outcome_), b = arms_.strongest(verdict.second, p, outcome_);
      if (!a || !b) continue;
      judged.push_back(p);
      first.push_back(a->effect), second.push_back(b->effect);
      const double x = std::max(std::abs(a->effect), kNegligible), y = std::max(std::abs(b->effect), kNegligible);
      ratios.push_back(x / y);
      log_ratios[p - begin] = std::log(x / y);
      ++answers[static_cast<std::size_t>(answer_of(std::abs(a->effect), std::abs(b->effect)))];
    }
    verdict.points = ratios.size();
    if (ratios.empty()) return;
    conclude(answers, verdict);
    if (judged.size() == 1) {
      verdict.judged =
          arms_.judge_replicates(verdict.first, verdict.second, judged.front(), outcome_, verdict.first.name);
      if (verdict.judged) verdict.preference = verdict.judged->preference;
    }
    verdict.first_median = quantile(first, 0.5), verdict.second_median = quantile(second, 0.5);
    verdict.ratio_low = quantile(ratios, 0.05), verdict.ratio = quantile(ratios, 0.5);
    verdict.ratio_high = quantile(ratios, 0.95);
    find_deciders(log_ratios, verdict);
  }

 private:
  static void conclude(std::array<std::size_t, 5> answers, StudyVerdict& verdict) {
    for (const std::size_t count : answers)
      verdict.share.push_back(static_cast<double>(count) / static_cast<double>(verdict.points));
    // Two that are negligible at some points and about equal at others differ at none.
    auto counted = verdict.share;
    counted[static_cast<std::size_t>(Preference::equivalent)] += counted[static_cast<std::size_t>(Preference::neither)];
    for (const Preference answer : kAnswers)
      if (counted[static_cast<std::size_t>(answer)] >= kMostSamples) {
        verdict.preference = answer;
        return;
      }
  }

  void find_deciders(const std::vector<double>& log_ratios, StudyVerdict& verdict) const {
    const Study& study = arms_.study();
    if (!study.samples) return;
    try {
      verdict.deciders = rank_correlations(study.samples->space().names(), sampled_points(study), log_ratios).factor;
    } catch (const InputError&) {  // too few points
      return;
    }
    std::erase_if(verdict.deciders, [](const RankCorrelation& c) { return !std::isfinite(c.partial.mean); });
    std::ranges::sort(verdict.deciders, std::greater<>(),
                      [](const RankCorrelation& c) { return std::abs(c.partial.mean); });
    if (verdict.deciders.size() > kMostDeciders) verdict.deciders.resize(kMostDeciders);
  }

  const StudyArms& arms_;
  std::size_t outcome_;
};

/// With published edges, where no assumed edge acts in its arms.
bool is_the_same_with_all_edges(const StudyVerdict& v, const std::vector<StudyVerdict>& verdicts) {
  return v.published && std::ranges::any_of(verdicts, [&v](const StudyVerdict& other) {
           return !other.published && other.horizon == v.horizon && other.begin == v.begin &&
                  other.first.name == v.first.name && other.first.arms == v.first.arms &&
                  other.second.arms == v.second.arms;
         });
}

std::string percent(double share) { return fmt::format("{:.0f} %", 100 * share); }

}  // namespace

std::string StudyVerdict::text() const {
  if (points == 0) return "not observable";
  switch (preference) {
    case Preference::first:
      return fmt::format("{} over {}", first.name, second.name);
    case Preference::second:
      return fmt::format("{} over {}", second.name, first.name);
    default:
      return std::string(name_of(preference));
  }
}

std::vector<StudyVerdict> verdicts_of(const StudyArms& arms) {
  const Study& study = arms.study();
  std::vector<StudyVerdict> all;
  const std::uint64_t together = study.samples ? samples_per_place(study) : study.point_count();
  for (const double horizon : arms.horizons()) {
    const Field field(arms, *arms.phenotype_at(horizon));
    for (const bool published : {false, true}) {
      if (study.scenario.compare.edges == (published ? Edges::all : Edges::published)) continue;
      for (const auto& [first, second] : arms.contests(published)) {
        if (first.arms.empty() || second.arms.empty()) continue;
        for (std::uint64_t begin = 0; begin < study.point_count(); begin += together) {
          if (!is_as_it_is(study, begin)) continue;
          StudyVerdict verdict;
          verdict.horizon = horizon;
          verdict.published = published;
          verdict.first = first;
          verdict.second = second;
          verdict.begin = begin;
          if (together < study.point_count()) verdict.where = where_of(study, begin);
          field.judge(begin, begin + together, verdict);
          all.push_back(std::move(verdict));
        }
      }
    }
  }
  return all;
}

const StudyVerdict* headline(const Study& study, const std::vector<StudyVerdict>& verdicts) {
  const std::uint64_t own = study.samples ? point_nearest_to_own(study) : 0;
  const StudyVerdict* best = nullptr;
  for (const StudyVerdict& v : verdicts)
    if (v.points > 0 && v.first.name == "uptake or contact" && v.begin == own &&
        (best == nullptr || v.horizon > best->horizon ||
         (v.horizon == best->horizon && best->published && !v.published)))
      best = &v;
  return best;
}

std::string sentence_of(const Study& study, const StudyVerdict& v) {
  const std::string at =
      fmt::format("{} after {}, {} edges{}", study.scenario.compare.phenotype->label, horizon_text(v.horizon),
                  v.published ? "published" : "all", v.where.empty() ? "" : ", " + v.where);
  const auto share = [&](Preference p) {
    return percent(v.judged ? v.judged->share : v.share[static_cast<std::size_t>(p)]);
  };
  const std::string of = v.judged ? fmt::format("draws of {} replicates ({})", v.judged->replicates, at)
                                  : fmt::format("{} points ({})", v.points, at);
  switch (v.preference) {
    case Preference::first:
      return fmt::format("Uptake or contact does more than three times what EVs do outside cells in {} of {}.",
                         share(v.preference), of);
    case Preference::second:
      return fmt::format("What EVs do outside cells is more than three times what uptake or contact does in {} of {}.",
                         share(v.preference), of);
    case Preference::neither:
      return fmt::format("Neither does anything that counts in {} of {}.", share(v.preference), of);
    case Preference::equivalent:
      return fmt::format("Neither is three times the other in {} of {}.",
                         v.judged ? share(v.preference) : percent(v.share[3] + v.share[0]), of);
    case Preference::undetermined:
      break;
  }
  if (v.judged && v.judged->replicates < 2)
    return fmt::format("Undetermined: a single replicate of a single point decides nothing ({}).", at);
  if (v.judged) return fmt::format("Undetermined: no answer has 80 % of {}.", of);
  return fmt::format("Undetermined: uptake or contact in {}, outside cells in {}, neither in {} of {}.",
                     share(Preference::first), share(Preference::second), share(Preference::neither), of);
}

std::string verdict_lines(const std::vector<StudyVerdict>& verdicts, const StudyVerdict& main) {
  std::string out;
  for (const StudyVerdict& v : verdicts) {
    if (v.points == 0 || v.begin != main.begin || is_the_same_with_all_edges(v, verdicts)) continue;
    out += fmt::format("  {:>7}, {:<15} {:<17} against {}{}: {}\n", horizon_text(v.horizon),
                       v.published ? "published edges" : "all edges", v.first.name, v.second.name,
                       v.where.empty() ? "" : " at " + v.where, v.text());
    const std::string sizes =
        fmt::format("effects {:+.2g} and {:+.2g}, ratio {:.2g}", v.first_median, v.second_median, v.ratio);
    if (v.judged && v.judged->replicates < 2)
      out += fmt::format("{:27}one replicate, which decides nothing; {}\n", "", sizes);
    else if (v.judged)
      out += fmt::format("{:27}{} of draws of {} replicates; {}\n", "", percent(v.judged->share), v.judged->replicates,
                         sizes);
    else
      out += fmt::format("{:27}{} points: first {}, second {}, equivalent {}, neither {}; {} ({:.2g} to {:.2g})\n", "",
                         v.points, percent(v.share[1]), percent(v.share[2]), percent(v.share[3]), percent(v.share[0]),
                         sizes, v.ratio_low, v.ratio_high);
  }
  if (std::ranges::any_of(verdicts, [&](const StudyVerdict& v) { return is_the_same_with_all_edges(v, verdicts); }))
    out += "  With published edges alone the same, where it is not told: no assumed edge acts in these arms\n";
  return out;
}

std::string verdict_csv(const std::vector<StudyVerdict>& verdicts) {
  std::string out =
      "horizon_s,edges,first,second,where,verdict,points,share_first,share_second,share_equivalent,share_neither,"
      "share_of_draws,first_median,second_median,ratio_5,ratio,ratio_95\n";
  for (const StudyVerdict& v : verdicts) {
    out +=
        fmt::format("{},{},{},{},{},{},{}", csv_number(v.horizon), v.published ? "published" : "all",
                    csv_text(v.first.name), csv_text(v.second.name), csv_text(v.where), csv_text(v.text()), v.points);
    const auto share = [&v](Preference p) {
      return v.share.empty() ? std::string() : csv_number(v.share[static_cast<std::size_t>(p)]);
    };
    for (const Preference p : {Preference::first, Preference::second, Preference::equivalent, Preference::neither})
      out += "," + share(p);
    out += "," + (v.judged && v.judged->replicates > 1 ? csv_number(v.judged->share) : std::string());
    for (const double x : {v.first_median, v.second_median, v.ratio_low, v.ratio, v.ratio_high})
      out += "," + (v.points == 0 ? std::string() : csv_number(x));
    out += '\n';
  }
  return out;
}

}  // namespace interstice::cli
