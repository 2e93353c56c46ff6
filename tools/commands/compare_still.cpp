#include "tools/commands/compare_still.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <exception>
#include <optional>

#include "engine/analysis/phenotype.h"
#include "engine/results/atomic_file.h"
#include "tools/picture_drawing.h"
#include "tools/progress.h"
#include "tools/snapshot_series.h"

namespace interstice::cli {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

bool acts_one_way(const Engagement& by) { return by.cargo + by.contact + (by.enzymes || by.binding) == 1; }

/// The run without vesicles, and of the arms that act in one way that with the largest effect at a horizon.
std::vector<std::string> shown_arms(const ComparisonRuns& runs, const ComparisonSummary& summary, double horizon) {
  std::vector<std::string> arms;
  std::string acting;
  double most = -1;
  for (const ArmFacts& arm : runs.arms) {
    if (!arm.vesicles && !arm.sham && arms.empty()) arms.push_back(arm.name);
    if (!acts_one_way(arm.engagement) || !arm.of.empty() || !arm.changes.empty()) continue;
    double effect = 0;
    for (const ArmMetric& value : summary.values)
      if (value.arm == arm.name && value.about.family == Family::phenotype_effect && value.estimate &&
          value.about.subject == horizon_name(horizon))
        effect = std::abs(value.estimate->mean);
    if (effect > most) acting = arm.name, most = effect;
  }
  if (!acting.empty()) arms.push_back(acting);
  return arms;
}

std::string array_of(const SnapshotSeries& series, const std::string& wanted) {
  const auto arrays = series.signals();
  for (const std::string& array : arrays)
    if (array.starts_with(wanted + " [")) return array;
  return arrays.empty() ? "" : arrays.front();
}

viz::Still draw_still(const std::vector<std::string>& arms, const ComparisonRuns& runs, double time) {
  Json job = {{"width", 1000}, {"height", 690}, {"pictures", Json::array()}};
  Json panels = Json::array();
  viz::Still still;
  for (const std::string& arm : arms) {
    const fs::path run = runs.directory / "arms" / arm / "0";
    if (!fs::exists(run)) return {};
    const SnapshotSeries series(run);
    const Snapshot snapshot = series.from(time);
    if (snapshot.files.size() < 2) return {};  // cells or fields alone, or vesicles, say little
    still.caption += fmt::format("{}{} after {}", still.caption.empty() ? "" : "; ", arm, duration_text(snapshot.time));
    Json panel = {{"title", fmt::format("{}, {}", arm, duration_text(snapshot.time))}};
    for (const auto& [kind, file] : snapshot.files) panel[kind] = fs::absolute(file).string();
    panels.push_back(std::move(panel));
    job["signal"] = array_of(series, runs.primary ? runs.primary->field : "adenosine");
    job["regions"] = series.names("regions");
    job["cell_types"] = series.names("cell_types");
    if (const auto names = series.names("vesicle_states"); !names.empty()) job["vesicle_states"] = names;
  }
  const Workplace place;
  const fs::path out = place.path() / "still.jpg";
  job["pictures"].push_back({{"out", out.string()}, {"panels", panels}});
  draw_pictures(job, place);
  still.jpeg = read_text_file(out);
  return still;
}

}  // namespace

viz::Still still_of(const ComparisonRuns& runs, const ComparisonSummary& summary) {
  const double horizon =
      runs.phenotype && !runs.phenotype->horizons.empty() ? runs.phenotype->horizons.front() : runs.end();
  const auto arms = shown_arms(runs, summary, horizon);
  if (arms.size() < 2 || runs.directory.empty()) return {};
  try {
    if (!can_draw()) return {};
    return draw_still(arms, runs, horizon);
  } catch (const std::exception&) {  // no room for it, a damaged file: the report says so elsewhere, or need not
    return {};
  }
}

}  // namespace interstice::cli
