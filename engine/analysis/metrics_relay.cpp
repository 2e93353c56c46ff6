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
  std::string_view prefix, relayed, label;  ///< of the metric that is split; name and label of its relayed part
  bool of_cells;
};
constexpr std::array kKinds{
    Kind{"influenced_minus_sham.", "relayed_cells.", "cells influenced through other cells", true},
    Kind{"mean_effect.", "relayed_effect.", "mean effect at the end through other cells", true},
    Kind{"effect.", "relayed_outcome.", "through other cells", false}};

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
      if (!metric.name.starts_with(kind.prefix)) continue;
      const std::string rest = metric.name.substr(kind.prefix.size());
      if (kind.of_cells && relays_itself(direct, rest)) continue;
      const auto other = std::ranges::find(of_direct, metric.name, &Metric::name);
      if (other == of_direct.end()) continue;
      Metric part = metric;
      part.name = std::string(kind.relayed) + rest;
      const std::size_t colon = std::min(metric.label.find(": "), metric.label.size());
      part.label = kind.of_cells ? std::string(kind.label) + metric.label.substr(colon)
                                 : metric.label + " " + std::string(kind.label);
      part.description = "this arm, in which effects are passed on, less its arm of direct effects";
      part.value.reset();
      if (metric.value && other->value)
        part.value = *metric.value - *other->value;
      else if (metric.value)
        part.note = other->note;
      part.observable = metric.observable && other->observable;
      relayed.push_back(std::move(part));
    }
  out.insert(out.end(), std::make_move_iterator(relayed.begin()), std::make_move_iterator(relayed.end()));
}

}  // namespace interstice
