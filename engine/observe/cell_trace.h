/// @file
/// What the cells felt, over time: the reporters of every cell type as means per family (a founder and all its
/// descendants), so that paired arms can be compared although cells divide and die. A few kilobytes per run.
#pragma once

#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "engine/cells/cell_update.h"
#include "engine/core/ids.h"
#include "engine/core/parallel.h"
#include "engine/sim/problem.h"
#include "engine/sim/state_sink.h"

namespace interstice {

/// One reporter of one cell type.
struct ReporterTrace {
  std::string cell_type, name;
  double range = 1;       ///< dynamic range, in the reporter's unit
  double delay = 0;       ///< the reporter's own delay [s]
  bool receptor = false;  ///< receptor signal, else phenotype

  std::vector<double> time;              ///< [s]
  std::vector<AgentId> family;           ///< founders, in order of first appearance
  std::vector<std::vector<float>> mean;  ///< [row][family], NaN where none lives; a row knows the families so far

  /// Position of a founder in `family`, or the number of families when it never appeared.
  [[nodiscard]] std::size_t position_of(AgentId founder) const;
  /// Mean over the families alive at that row; NaN when there are none.
  [[nodiscard]] double population_mean(std::size_t row) const;
};

/// Records the reporters of every state it is shown.
class CellTracer : public StateSink {
 public:
  /// Points into `problem`, which must stay where it is.
  explicit CellTracer(const Problem& problem);
  CellTracer(const CellTracer&) = delete;
  CellTracer& operator=(const CellTracer&) = delete;

  void record(const State& state, const Problem& problem) override;
  [[nodiscard]] SinkMemory memory() override;
  void recall(const SinkMemory& memory) override;
  [[nodiscard]] const std::vector<ReporterTrace>& traces() const { return traces_; }
  [[nodiscard]] std::vector<ReporterTrace> take() && { return std::move(traces_); }

 private:
  void join_families(const Cells& cells);

  CellRules rules_;
  CellEnvironment environment_;
  Threads serial_;
  CellScratch scratch_;
  std::vector<ReporterTrace> traces_;
  std::vector<std::size_t> first_trace_;                            ///< per cell type, into traces_
  std::vector<std::unordered_map<AgentId, std::size_t>> position_;  ///< per cell type: founder -> family
  std::vector<double> values_;
};

}  // namespace interstice
