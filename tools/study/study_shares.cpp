#include "tools/study/study_shares.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <bit>
#include <map>
#include <set>

#include "engine/analysis/phenotype.h"
#include "engine/core/error.h"
#include "tools/study/study_points.h"
#include "tools/text_table.h"

namespace interstice::cli {
namespace {

/// Arms by their models.
std::map<std::set<std::string>, std::string> arms_by_models(const std::vector<ArmFacts>& arms, bool published) {
  std::map<std::set<std::string>, std::string> by_models;
  for (const ArmFacts& arm : arms) {
    if (!arm.vesicles || !arm.changes.empty() || !arm.control.empty()) continue;
    const bool has_twin = std::ranges::find(arms, arm.name, &ArmFacts::of) != arms.end();
    if (published ? has_twin : !arm.of.empty()) continue;
    by_models.emplace(std::set(arm.models.begin(), arm.models.end()), arm.name);
  }
  return by_models;
}

/// Models that are in the same arms.
std::vector<std::set<std::string>> mechanisms_of(const std::map<std::set<std::string>, std::string>& by_models) {
  std::map<std::string, std::set<std::string>> arms_with;  // a model
  for (const auto& [models, arm] : by_models)
    for (const std::string& model : models) arms_with[model].insert(arm);
  std::map<std::set<std::string>, std::set<std::string>> together;
  for (const auto& [model, arms] : arms_with) together[arms].insert(model);
  std::vector<std::set<std::string>> mechanisms;
  for (const auto& [arms, models] : together) mechanisms.push_back(models);
  std::ranges::sort(mechanisms);
  return mechanisms;
}

std::string ratio_text(const RatioEstimate& e) {
  switch (e.shape) {
    case RatioEstimate::Shape::interval:
      return fmt::format("{:.2f} ({:.2f} to {:.2f})", e.ratio, e.low, e.high);
    case RatioEstimate::Shape::outside:
      return fmt::format("{:.2f} (< {:.2f} or > {:.2f})", e.ratio, e.low, e.high);
    case RatioEstimate::Shape::anything:
      break;
  }
  return fmt::format("{:.2f} (anything)", e.ratio);
}

std::string ratio_cells(const RatioEstimate& e) {
  const bool interval = e.shape == RatioEstimate::Shape::interval;
  return fmt::format("{},{},{}", csv_number(e.ratio), interval ? csv_number(e.low) : "",
                     interval ? csv_number(e.high) : "");
}

std::string value_text(const Estimate& e) {
  if (!std::isfinite(e.low)) return fmt::format("{:+.3f}", e.mean);
  return fmt::format("{:+.3f} ({:+.3f} to {:+.3f})", e.mean, e.low, e.high);
}

}  // namespace

SwitchArms switch_arms(const std::vector<ArmFacts>& arms, bool published) {
  constexpr std::size_t kMostMechanisms = 8;
  const auto by_models = arms_by_models(arms, published);
  const std::vector<std::set<std::string>> mechanisms = mechanisms_of(by_models);
  SwitchArms switches;
  if (mechanisms.size() < 2 || mechanisms.size() > kMostMechanisms) return switches;
  for (std::size_t subset = 0; subset < std::size_t{1} << mechanisms.size(); ++subset) {
    std::set<std::string> models;
    for (std::size_t i = 0; i < mechanisms.size(); ++i)
      if ((subset >> i & 1) != 0) models.insert(mechanisms[i].begin(), mechanisms[i].end());
    const auto found = by_models.find(models);
    if (found == by_models.end() && !models.empty()) return {};
    switches.arm.push_back(found == by_models.end() ? "" : found->second);
  }
  for (std::size_t i = 0; i < mechanisms.size(); ++i) switches.names.push_back(switches.arm[std::size_t{1} << i]);
  return switches;
}

std::vector<StudyShares> shares_of(const StudyArms& arms) {
  const Study& study = arms.study();
  std::vector<StudyShares> all;
  for (const bool published : {false, true}) {
    const SwitchArms switches = switch_arms(arms.facts(), published);
    if (switches.names.empty()) continue;
    if (published && (switches.arm == switch_arms(arms.facts(), false).arm || !arms.published_not_run().empty()))
      continue;
    for (const double horizon : arms.horizons())
      for (std::uint64_t begin = 0; begin < study.point_count(); begin += samples_per_place(study)) {
        if (!is_as_it_is(study, begin)) continue;
        const std::size_t o = *arms.phenotype_at(horizon);
        // Rows are what differs by chance: samples, of which replicates share the parameters, or else replicates.
        const bool sampled = samples_per_place(study) > 1;
        std::vector<std::vector<double>> worth;
        for (std::uint64_t p = begin; p < begin + samples_per_place(study); ++p) {
          const std::size_t first = worth.size();
          worth.resize(first + (sampled ? 1 : study.replicates));
          for (const std::string& arm : switches.arm) {
            std::vector<double> effects =
                arm.empty() ? std::vector<double>(study.replicates, 0.0) : arms.values().effects(p, arms.index(arm), o);
            if (sampled) effects = {mean_of(effects)};
            for (std::size_t r = 0; r < effects.size(); ++r) worth[first + r].push_back(effects[r]);
          }
        }
        try {
          all.push_back(
              {horizon, published, where_of(study, begin),
               switch_shares(switches.names, worth, study.seed, fmt::format("shares {} {}", horizon, begin))});
        } catch (const InputError&) {  // no replicate is complete
        }
      }
  }
  return all;
}

std::string shares_csv(const std::vector<StudyShares>& shares) {
  if (shares.empty()) return "";
  std::string text =
      "horizon_s,edges,where,mechanism,n,shapley,shapley_low,shapley_high,share_of_all,alone_over_all,alone_low,"
      "alone_high,kept_without,kept_low,kept_high,all,all_low,all_high,redundant,share_redundant\n";
  for (const StudyShares& s : shares)
    for (const SwitchShare& one : s.shares.shares)
      text += fmt::format(
          "{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}\n", csv_number(s.horizon), s.published ? "published" : "all",
          csv_text(s.where), csv_text(one.name), one.shapley.n, csv_number(one.shapley.mean),
          csv_number(one.shapley.low), csv_number(one.shapley.high), csv_number(one.shapley.mean / s.shares.all.mean),
          ratio_cells(one.alone), ratio_cells(one.kept), csv_number(s.shares.all.mean), csv_number(s.shares.all.low),
          csv_number(s.shares.all.high), s.shares.redundant ? "yes" : "no", csv_number(s.shares.share_redundant));
  return text;
}

std::string shares_text(const std::vector<StudyShares>& shares) {
  std::string text;
  for (const StudyShares& s : shares) {
    text += fmt::format("\n  Shares in the effect of all mechanisms together, {}, after {}, {} edges{}\n",
                        value_text(s.shares.all), horizon_text(s.horizon), s.published ? "published" : "all",
                        s.where.empty() ? "" : ", at " + s.where);
    if (std::abs(s.shares.all.mean) < kNegligible) {
      text += fmt::format("  none is told: it is nothing that counts (< {})\n", kNegligible);
      continue;
    }
    TextTable table({"mechanism", "Shapley value (95 %)", "of all", "alone / all", "without it / all"});
    for (const SwitchShare& one : s.shares.shares)
      table.add({one.name, value_text(one.shapley), fmt::format("{:.0f} %", 100 * one.shapley.mean / s.shares.all.mean),
                 ratio_text(one.alone), ratio_text(one.kept)});
    text += table.text();
    text += fmt::format(
        "  {}: each alone gives more than {:.0f} % of it and each knock-out loses less than {:.0f} % in {:.0f} % of "
        "draws\n",
        s.shares.redundant ? "Redundant" : "Not redundant", 100 * kAloneAtLeast, 100 * kLostAtMost,
        100 * s.shares.share_redundant);
  }
  return text;
}

}  // namespace interstice::cli
