#include "tools/commands/compare_details.h"

#include <charconv>
#include <map>
#include <string_view>

#include "engine/analysis/phenotype.h"
#include "engine/statistics/bootstrap.h"

namespace interstice::cli {
namespace {

using Json = nlohmann::ordered_json;

/// A column "profile.NAME.EDGE".
struct Shell {
  std::string profile, column, unit;
  double edge = 0;  ///< outer [um]
};

std::vector<Shell> shells_in(const SeriesTable& series) {
  constexpr std::string_view kPrefix = "profile.";
  std::vector<Shell> shells;
  for (std::size_t c = 0; c < series.name.size(); ++c) {
    const std::string& name = series.name[c];
    if (!name.starts_with(kPrefix)) continue;
    const std::size_t dot = name.find('.', kPrefix.size());
    Shell shell{name.substr(kPrefix.size(), dot - kPrefix.size()), name, series.unit[c]};
    const char* end = name.data() + name.size();
    if (dot == std::string::npos || std::from_chars(name.data() + dot + 1, end, shell.edge).ptr != end) continue;
    shells.push_back(std::move(shell));
  }
  return shells;
}

/// Adds what the replicates of an arm hold in one shell.
void add_shell(const ComparisonRuns& runs, std::size_t arm, const std::string& column, Json& shown) {
  std::vector<double> held;
  for (std::uint64_t replicate = 0; replicate < runs.replicates; ++replicate)
    if (const auto& outcome = runs.outcomes[arm * runs.replicates + replicate])
      held.push_back(outcome->series.last(column));
  if (held.empty()) return;
  double sum = 0;
  for (const double amount : held) sum += amount;
  shown["mean"].push_back(sum / static_cast<double>(held.size()));
  shown["low"].push_back(quantile(held, 0.05));
  shown["high"].push_back(quantile(held, 0.95));
}

const SeriesTable* any_series(const ComparisonRuns& runs) {
  for (const auto& outcome : runs.outcomes)
    if (outcome) return &outcome->series;
  return nullptr;
}

}  // namespace

Json replicates_json(const ComparisonRuns& runs, const ComparisonSummary& summary) {
  Json all = Json::array();
  for (const ArmMetric& value : summary.values) {
    if (value.about.family != Family::phenotype_effect) continue;
    const auto arm =
        static_cast<std::size_t>(std::ranges::find(runs.arms, value.arm, &ArmFacts::name) - runs.arms.begin());
    Json values = Json::array();
    for (std::uint64_t replicate = 0; replicate < runs.replicates; ++replicate) {
      values.push_back(nullptr);
      for (const Metric& metric : summary.runs[arm * runs.replicates + replicate])
        if (metric.name() == value.about.name() && metric.value) values.back() = *metric.value;
    }
    all.push_back({{"arm", value.arm}, {"metric", value.about.name()}, {"values", values}});
  }
  return all;
}

Json profiles_json(const ComparisonRuns& runs) {
  Json all = Json::array();
  const SeriesTable* series = any_series(runs);
  if (series == nullptr || series->time.empty()) return all;
  std::map<std::string, std::size_t> place;
  for (const Shell& shell : shells_in(*series)) {
    const auto [found, is_new] = place.try_emplace(shell.profile, all.size());
    if (is_new)
      all.push_back({{"name", shell.profile},
                     {"unit", shell.unit},
                     {"time", series->time.back()},
                     {"edges", Json::array()},
                     {"arms", Json::object()}});
    Json& profile = all[found->second];
    profile["edges"].push_back(shell.edge);
    for (std::size_t arm = 0; arm < runs.arms.size(); ++arm)
      add_shell(runs, arm, shell.column, profile["arms"][runs.arms[arm].name]);
  }
  return all;
}

}  // namespace interstice::cli
