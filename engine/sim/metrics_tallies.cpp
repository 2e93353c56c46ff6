/// @file
/// Metrics of one run: what its models have counted.
#include "engine/sim/metrics_run.h"

namespace interstice {

void measure_tallies(const RunOutcome& run, std::vector<Metric>& out) {
  for (std::size_t k = 0; k < run.series.name.size(); ++k) {
    const std::string& name = run.series.name[k];
    if (!name.starts_with("model.") || run.series.value[k].empty()) continue;
    out.push_back({name, "counted by " + name.substr(6), run.series.unit[k], "by the end of the run",
                   run.series.value[k].back(), ""});
  }
}

}  // namespace interstice
