/// @file
/// What an arm reaches through cells that pass an effect on, apart from what vesicles do to cells directly: the arm
/// less the arm in which the cells that pass it on do not respond to EVs. Both ran with the same random numbers.
#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "engine/analysis/metrics_run.h"

namespace interstice {
namespace {

struct Kind {
  Family of, relayed;  ///< what is split, and its relayed part
  const char* label;
  bool of_cells;
};
constexpr std::array kKinds{
    Kind{Family::influenced_minus_sham, Family::relayed_cells, "cells influenced through other cells", true},
    Kind{Family::mean_effect, Family::relayed_effect, "mean effect at the end through other cells", true},
    Kind{Family::effect, Family::relayed_outcome, "through other cells", false}};

/// Cells that do not respond in the direct arm relay the effect: the difference also holds what EVs do to them by
/// touch.
bool relays_itself(const ArmFacts& direct, std::string_view reporter) {
  return std::ranges::any_of(direct.unresponsive,
                             [&](const std::string& type) { return reporter.starts_with(type + "."); });
}

}  // namespace

void measure_relay(std::span<const Metric> of_direct, const ArmFacts& direct, std::vector<Metric>& out) {
  std::vector<Metric> relayed;
  for (const Metric& metric : out)
    for (const Kind& kind : kKinds) {
      if (metric.family != kind.of || (kind.of_cells && relays_itself(direct, metric.subject))) continue;
      const auto other = std::ranges::find_if(of_direct, [&](const Metric& candidate) {
        return candidate.family == metric.family && candidate.subject == metric.subject;
      });
      if (other == of_direct.end()) continue;
      Metric part = metric;
      part.family = kind.relayed;
      part.label = kind.of_cells ? kind.label : metric.label + " " + kind.label;
      part.description = "this arm, in which effects are passed on, less its arm of direct effects";
      part.value.reset();
      if (metric.value && other->value) part.value = *metric.value - *other->value;
      if (metric.value && other->status != Status::measured) part.status = other->status, part.note = other->note;
      relayed.push_back(std::move(part));
    }
  out.insert(out.end(), std::make_move_iterator(relayed.begin()), std::make_move_iterator(relayed.end()));
}

}  // namespace interstice
