/// @file
/// What the cells felt, over time: the read-outs of every cell type as means per family (a founder and all its
/// descendants), so that paired arms can be compared although cells divide and die. A few kilobytes per run.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "engine/core/ids.h"
#include "engine/sim/problem.h"

namespace interstice {

/// One read-out of one cell type.
struct ReadOutTrace {
  std::string cell_type, name;
  double range = 1;       ///< dynamic range, in the read-out's unit
  double delay = 0;       ///< the read-out's own delay [s]
  bool receptor = false;  ///< receptor signal, else phenotype

  std::vector<double> time;              ///< [s]
  std::vector<AgentId> family;           ///< founders, in order of first appearance
  std::vector<std::vector<float>> mean;  ///< [row][family], NaN where none lives; a row knows the families so far

  /// Position of a founder in `family`, or the number of families when it never appeared.
  [[nodiscard]] std::size_t position_of(AgentId founder) const;
  /// Mean over the families alive at that row; NaN when there are none.
  [[nodiscard]] double population_mean(std::size_t row) const;
};

/// Records read-outs whenever it is called: once at the start, and after every cell step.
class CellTracer {
 public:
  explicit CellTracer(const Problem& problem);
  void record(const State& state);
  [[nodiscard]] const std::vector<ReadOutTrace>& traces() const { return traces_; }

 private:
  const Problem* problem_;
  std::vector<std::size_t> first_trace_;  ///< per cell type, into traces_
  std::vector<ReadOutTrace> traces_;
  std::vector<std::unordered_map<AgentId, std::size_t>> position_;  ///< per cell type: founder -> family
};

}  // namespace interstice
