#include "engine/results/observations.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <string>
#include <utility>

#include "engine/core/constants.h"
#include "engine/core/error.h"
#include "engine/results/atomic_file.h"
#include "engine/results/hdf5/hdf5_checksums.h"
#include "engine/results/hdf5/hdf5_file.h"

namespace interstice {
namespace {

std::string trace_group(std::size_t number) { return fmt::format("/reporters/{:03}", number); }

void write_row(Hdf5File& file, const std::string& path, const std::vector<double>& values) {
  const std::uint64_t size = values.size();
  file.write(path, std::span<const double>(values), std::span(&size, 1));
}

/// Rows grow as families appear: in the file all have the width of the last, NaN where a family was not yet.
void write_trace(Hdf5File& file, const std::string& group, const ReporterTrace& trace) {
  file.create_group(group);
  file.write_text(group + "/cell_type", trace.cell_type);
  file.write_text(group + "/name", trace.name);
  file.write_scalar(group + "/range", trace.range);
  file.write_scalar(group + "/delay", trace.delay);
  file.write_scalar(group + "/receptor", static_cast<std::uint8_t>(trace.receptor));
  write_row(file, group + "/time", trace.time);
  const std::array<std::uint64_t, 2> shape{trace.time.size(), trace.family.size()};
  file.write(group + "/family", std::span<const std::uint64_t>(trace.family), std::span(&shape[1], 1));
  std::vector<float> means;
  means.reserve(shape[0] * shape[1]);
  for (const auto& row : trace.mean) {
    means.insert(means.end(), row.begin(), row.end());
    means.resize(means.size() + shape[1] - row.size(), std::nanf(""));
  }
  file.write(group + "/mean", std::span<const float>(means), shape);
}

ReporterTrace read_trace(const Hdf5File& file, const std::string& group) {
  ReporterTrace trace;
  trace.cell_type = file.read_text(group + "/cell_type");
  trace.name = file.read_text(group + "/name");
  trace.range = file.read_as<double>(group + "/range").at(0);
  trace.delay = file.read_as<double>(group + "/delay").at(0);
  trace.receptor = file.read_as<std::uint8_t>(group + "/receptor").at(0) != 0;
  trace.time = file.read_as<double>(group + "/time");
  trace.family = file.read_as<std::uint64_t>(group + "/family");
  const auto means = file.read_as<float>(group + "/mean");
  const std::size_t width = trace.family.size();
  if (means.size() != trace.time.size() * width)
    throw DiskError(
        fmt::format("{} is damaged ({} has another shape than its times and families)", file.path().string(), group));
  for (std::size_t row = 0; row < trace.time.size(); ++row) {
    const auto begin = means.begin() + static_cast<std::ptrdiff_t>(row * width);
    trace.mean.emplace_back(begin, begin + static_cast<std::ptrdiff_t>(width));
  }
  return trace;
}

}  // namespace

std::vector<double> amounts(const State& state, const Problem& problem) {
  std::vector<double> total(problem.species.size(), 0.0);
  for (std::size_t s = 0; s < total.size(); ++s) {
    const auto field = state.fields[static_cast<SpeciesId>(s)];
    double volume_times_concentration = 0;  // [um^3 uM]
    for (std::size_t v = 0; v < field.size(); ++v)
      volume_times_concentration += problem.regions.regions[problem.regions.of_voxel[v]].volume_fraction * field[v];
    volume_times_concentration *= problem.grid.voxel_volume();
    for (std::size_t r = 0; r < problem.reservoirs.size(); ++r)
      volume_times_concentration += problem.reservoirs[r].share() * state.reservoirs[r].concentration[s];
    total[s] = volume_times_concentration * kMoleculesPerUmCubedPerMicromolar;
  }
  return total;
}

void write_observations(const std::filesystem::path& path, const Observations& observations) {
  Hdf5File file = Hdf5File::create(temporary_name(path));
  for (const char* group : {"/meta", "/amounts", "/reporters"}) file.create_group(group);
  file.write_text("/meta/kind", "observations");
  write_row(file, "/amounts/start", observations.amount_at_start);
  write_row(file, "/amounts/end", observations.amount_at_end);
  for (const char* row : {"/amounts/start", "/amounts/end"}) file.set_attribute(row, "units", "molecule");
  for (std::size_t k = 0; k < observations.traces.size(); ++k)
    write_trace(file, trace_group(k), observations.traces[k]);
  write_checksums(file);
  file.close();
  commit_file(path);
}

Observations read_observations(const std::filesystem::path& path) {
  const Hdf5File file = Hdf5File::open(path);
  verify_checksums(file);
  Observations observations;
  observations.amount_at_start = file.read_as<double>("/amounts/start");
  observations.amount_at_end = file.read_as<double>("/amounts/end");
  for (std::size_t k = 0; file.exists(trace_group(k)); ++k)
    observations.traces.push_back(read_trace(file, trace_group(k)));
  return observations;
}

ObservationSink::ObservationSink(std::filesystem::path path, const Problem& problem, bool with_traces,
                                 BackgroundWriter* background)
    : path_(std::move(path)), background_(background) {
  if (with_traces) tracer_.emplace(problem);
}

ObservationSink::~ObservationSink() {
  if (background_ != nullptr) background_->settle();  // its job uses this
}

void ObservationSink::record(const State& state, const Problem& problem) {
  if (gathered_.amount_at_start.empty()) gathered_.amount_at_start = amounts(state, problem);
  if (state.clock.finished(problem.schedule)) gathered_.amount_at_end = amounts(state, problem);
  if (tracer_) tracer_->record(state, problem);
}

void ObservationSink::close() {
  if (tracer_) gathered_.traces = std::move(*tracer_).take();
  write_in_order(background_, [this] { write_observations(path_, gathered_); });
  if (background_ != nullptr) background_->finish();
}

SinkMemory ObservationSink::memory() {
  SinkMemory memory = tracer_ ? tracer_->memory() : SinkMemory{};
  memory.numbers["amount_at_start"] = gathered_.amount_at_start;
  return memory;
}

void ObservationSink::recall(const SinkMemory& memory) {
  gathered_.amount_at_start = memory.numbers.at("amount_at_start");
  if (tracer_) tracer_->recall(memory);
}

}  // namespace interstice
