/// @file
/// Family means of the read-outs.
#include "engine/sim/cell_trace.h"

#include <algorithm>
#include <cmath>

namespace interstice {

std::size_t ReadOutTrace::position_of(AgentId founder) const {
  return static_cast<std::size_t>(std::find(family.begin(), family.end(), founder) - family.begin());
}

double ReadOutTrace::population_mean(std::size_t row) const {
  double sum = 0;
  std::size_t alive = 0;
  for (const float value : mean[row]) {
    if (std::isnan(value)) continue;
    sum += static_cast<double>(value);
    ++alive;
  }
  return alive == 0 ? std::nan("") : sum / static_cast<double>(alive);
}

}  // namespace interstice
