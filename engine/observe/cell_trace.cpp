/// @file
/// Family means of the reporters.
#include "engine/observe/cell_trace.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "engine/sim/workspace.h"

namespace interstice {

std::size_t ReporterTrace::position_of(AgentId founder) const {
  return static_cast<std::size_t>(std::find(family.begin(), family.end(), founder) - family.begin());
}

double ReporterTrace::population_mean(std::size_t row) const {
  double sum = 0;
  std::size_t alive = 0;
  for (const float value : mean[row]) {
    if (std::isnan(value)) continue;
    sum += static_cast<double>(value);
    ++alive;
  }
  return alive == 0 ? std::nan("") : sum / static_cast<double>(alive);
}

CellTracer::CellTracer(const Problem& problem)
    : rules_(problem.cell_types, problem.species, problem.columns, problem.chemistry, problem.reservoirs.size(),
             problem.vesicle_classes.size()),
      environment_(cell_environment_of(problem, rules_)),
      position_(problem.cell_types.size()) {
  for (const CellType& type : problem.cell_types) {
    first_trace_.push_back(traces_.size());
    for (const Reporter& reporter : type.reporters) {
      ReporterTrace trace;
      trace.cell_type = type.name;
      trace.name = reporter.name;
      trace.range = reporter.range;
      trace.delay = reporter.delay;
      trace.receptor = reporter.receptor;
      traces_.push_back(std::move(trace));
    }
  }
}

namespace {

std::string key_of(const ReporterTrace& trace, const char* what) {
  return trace.cell_type + "." + trace.name + "." + what;
}

}  // namespace

SinkMemory CellTracer::memory() {
  SinkMemory memory;
  for (const ReporterTrace& trace : traces_) {
    memory.numbers[key_of(trace, "time")] = trace.time;
    memory.integers[key_of(trace, "family")] = trace.family;
    auto& lengths = memory.integers[key_of(trace, "row_lengths")];
    auto& values = memory.numbers[key_of(trace, "mean")];
    for (const auto& row : trace.mean) {
      lengths.push_back(row.size());
      values.insert(values.end(), row.begin(), row.end());
    }
  }
  return memory;
}

void CellTracer::recall(const SinkMemory& memory) {
  for (ReporterTrace& trace : traces_) {
    trace.time = memory.numbers.at(key_of(trace, "time"));
    trace.family = memory.integers.at(key_of(trace, "family"));
    trace.mean.clear();
    auto value = memory.numbers.at(key_of(trace, "mean")).begin();
    for (const std::uint64_t length : memory.integers.at(key_of(trace, "row_lengths"))) {
      const auto end = value + static_cast<std::ptrdiff_t>(length);
      auto& row = trace.mean.emplace_back();
      std::transform(value, end, std::back_inserter(row), [](double mean) { return static_cast<float>(mean); });
      value = end;
    }
  }
  for (std::size_t type = 0; type < position_.size(); ++type) {
    position_[type].clear();
    if (environment_.types[type].reporters.empty()) continue;
    for (const AgentId founder : traces_[first_trace_[type]].family)
      position_[type].emplace(founder, position_[type].size());
  }
}

void CellTracer::join_families(const Cells& cells) {
  for (std::size_t c = 0; c < cells.size(); ++c) {
    const std::size_t type = index(cells.type[c]);
    auto& positions = position_[type];
    if (!positions.try_emplace(cells.ancestor[c], positions.size()).second) continue;
    for (std::size_t r = 0; r < environment_.types[type].reporters.size(); ++r)
      traces_[first_trace_[type] + r].family.push_back(cells.ancestor[c]);
  }
}

void CellTracer::record(const State& state, const Problem&) {
  const double now = seconds(state.clock.now);
  if (!traces_.empty() && !traces_[0].time.empty() && traces_[0].time.back() == now) return;  // seen already
  join_families(state.cells);
  scratch_.around.see_reservoirs(state.reservoirs, environment_);
  evaluate_reporters(state.cells, state.fields, environment_, now, values_, scratch_, serial_);

  std::vector<std::vector<double>> sum(traces_.size());
  std::vector<std::vector<std::uint32_t>> alive(traces_.size());
  for (std::size_t t = 0; t < traces_.size(); ++t) {
    sum[t].resize(traces_[t].family.size());
    alive[t].resize(traces_[t].family.size());
  }
  const std::size_t width = rules_.most_reporters();
  for (std::size_t c = 0; c < state.cells.size(); ++c) {
    const std::size_t type = index(state.cells.type[c]);
    const std::size_t family = position_[type].at(state.cells.ancestor[c]);
    for (std::size_t r = 0; r < environment_.types[type].reporters.size(); ++r) {
      sum[first_trace_[type] + r][family] += values_[c * width + r];
      ++alive[first_trace_[type] + r][family];
    }
  }
  for (std::size_t t = 0; t < traces_.size(); ++t) {
    std::vector<float> row(sum[t].size(), std::nanf(""));
    for (std::size_t f = 0; f < row.size(); ++f)
      if (alive[t][f] > 0) row[f] = static_cast<float>(sum[t][f] / alive[t][f]);
    traces_[t].time.push_back(now);
    traces_[t].mean.push_back(std::move(row));
  }
}

}  // namespace interstice
