/// @file
/// Counting what is written.
#include "tools/disk_space.h"

#include <algorithm>

#include "engine/observe/observables.h"
#include "engine/sim/simulation.h"

namespace interstice::cli {
namespace {

constexpr double kBytesPerNumber = 4;  ///< snapshots hold float32; compression makes them smaller
constexpr double kBytesPerCsvNumber = 12;

double series_rows(const Schedule& schedule) {
  double rows = 1;
  Nanoseconds begin = 0;
  for (const Phase& phase : schedule.phases) {
    if (phase.series > 0) rows += static_cast<double>(phase.until - begin) / static_cast<double>(phase.series);
    begin = phase.until;
  }
  return rows;
}

}  // namespace

double disk_space(const Scenario& scenario, const Problem& problem, Extent extent) {
  double cells = 0, agents = 0;
  for (const CellPlacement& placement : problem.placements) cells += static_cast<double>(placement.count);
  for (const Dose& dose : problem.doses) {
    if (problem.vesicle_classes[index(dose.klass)].counted) continue;
    double volume = 0;
    for (const std::uint8_t region : problem.regions.of_voxel)
      if (dose.in_region[region] != 0) volume += problem.grid.voxel_volume();
    agents += dose.density * volume / problem.vesicle_classes[index(dose.klass)].weight;
  }
  agents = std::min(agents, static_cast<double>(scenario.output.vesicle_sample));
  const Nanoseconds whole = scenario.output.every > 0 ? problem.schedule.end() / scenario.output.every : 1;
  const double snapshots = 1 + static_cast<double>(whole);
  const double per_snapshot = static_cast<double>(problem.grid.voxel_count() * scenario.output.fields.size()) +
                              (scenario.output.cells ? cells * static_cast<double>(problem.columns.size() + 12) : 0) +
                              agents * static_cast<double>(problem.proteins.size() + 8);
  const double rows = series_rows(problem.schedule) * static_cast<double>(Observables(problem).size());
  return (extent == Extent::all ? snapshots * per_snapshot * kBytesPerNumber : 0) + rows * kBytesPerCsvNumber;
}

double checkpoint_space(const Problem& problem) {
  constexpr double kCheckpoints = 3;  // two are kept while the next is written
  return kCheckpoints * estimate_memory(problem);
}

}  // namespace interstice::cli
