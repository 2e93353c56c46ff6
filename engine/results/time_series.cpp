#include "engine/results/time_series.h"

#include <fcntl.h>
#include <unistd.h>

#include <cassert>
#include <cerrno>
#include <charconv>
#include <utility>

#include "engine/core/error.h"
#include "engine/core/name_key.h"
#include "engine/results/atomic_file.h"

namespace interstice {

namespace {

void append_number(std::string& line, double value) {
  char digits[32];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  line.append(digits, end);
}

/// A CSV field, quoted where it must be (RFC 4180).
std::string csv_field(std::string_view text) {
  if (text.find_first_of(",\"\n") == std::string_view::npos) return std::string(text);
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? "\"\"" : std::string(1, c);
  return out + '"';
}

std::vector<std::string> split_line(std::string_view line) {
  std::vector<std::string> fields(1);
  bool inside = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == '"' && inside && i + 1 < line.size() && line[i + 1] == '"')
      fields.back() += line[i++];
    else if (c == '"')
      inside = !inside;
    else if (c == ',' && !inside)
      fields.emplace_back();
    else
      fields.back() += c;
  }
  return fields;
}

std::vector<std::string> labels_of(const Observables& observables) {
  std::vector<std::string> labels;
  for (const auto& name : observables.names()) labels.push_back(name.label());
  return labels;
}

}  // namespace

TimeSeriesWriter::TimeSeriesWriter(std::filesystem::path path, std::span<const std::string> columns, Start start)
    : path_(std::move(path)),
      descriptor_(::open(path_.c_str(), O_WRONLY | O_APPEND | (start == Start::fresh ? O_CREAT | O_TRUNC : 0), 0644)),
      columns_(columns.size()) {
  if (descriptor_ < 0) throw_disk_error(start == Start::fresh ? "create" : "open", path_, errno);
  if (start == Start::continued) return;
  std::string line = "time [s]";
  for (const auto& column : columns) line.append(",").append(csv_field(column));
  write(line + "\n");
}

TimeSeriesWriter::~TimeSeriesWriter() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void TimeSeriesWriter::append(double time, std::span<const double> values) {
  assert(values.size() == columns_);
  std::string line;
  append_number(line, time);
  for (const double value : values) {
    line += ',';
    append_number(line, value);
  }
  write(line + "\n");
}

std::uint64_t TimeSeriesWriter::flush() const {
  if (::fsync(descriptor_) != 0 && errno != EINVAL) throw_disk_error("flush", path_, errno);
  const off_t length = ::lseek(descriptor_, 0, SEEK_END);
  if (length < 0) throw_disk_error("measure", path_, errno);
  return static_cast<std::uint64_t>(length);
}

void TimeSeriesWriter::check(std::uint64_t bytes, std::uint64_t checksum) const {
  const std::string text = read_text_file(path_);
  if (text.size() < bytes)
    throw DiskError("cannot go on with " + path_.string() + " (rows of it that were written are gone)");
  if (name_key(std::string_view(text).substr(0, bytes)) != checksum)
    throw DiskError("cannot go on with " + path_.string() + " (rows of it were changed since)");
}

void TimeSeriesWriter::cut(std::uint64_t bytes, std::uint64_t checksum) {
  checksum_ = checksum;
  if (::ftruncate(descriptor_, static_cast<off_t>(bytes)) != 0) throw_disk_error("shorten", path_, errno);
}

void TimeSeriesWriter::close() {
  if (descriptor_ < 0) return;
  flush();
  if (::close(std::exchange(descriptor_, -1)) != 0) throw_disk_error("close", path_, errno);
}

void TimeSeriesWriter::write(std::string_view text) {
  checksum_ = name_key(text, checksum_);
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor_, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) throw_disk_error("write", path_, errno);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

TimeSeriesSink::TimeSeriesSink(const std::filesystem::path& path, const Problem& problem, BackgroundWriter* background,
                               Start start)
    : observables_(problem), writer_(path, labels_of(observables_), start), background_(background) {}

TimeSeriesSink::~TimeSeriesSink() {
  if (background_ != nullptr) background_->settle();  // its jobs use this
}

void TimeSeriesSink::record(const State& state, const Problem& problem) {
  std::vector<double> row(observables_.size());
  observables_.measure(state, problem, row);
  write_in_order(background_,
                 [this, time = seconds(state.clock.now), row = std::move(row)] { writer_.append(time, row); });
}

void TimeSeriesSink::close() {
  if (background_ != nullptr) background_->finish();
  writer_.close();
}

SinkMemory TimeSeriesSink::memory() {
  if (background_ != nullptr) background_->finish();
  return {.numbers = {}, .integers = {{"bytes", {writer_.flush()}}, {"checksum", {writer_.checksum()}}}};
}

void TimeSeriesSink::check(const SinkMemory& memory) const {
  writer_.check(memory.integers.at("bytes").at(0), memory.integers.at("checksum").at(0));
}

void TimeSeriesSink::recall(const SinkMemory& memory) {
  writer_.cut(memory.integers.at("bytes").at(0), memory.integers.at("checksum").at(0));
}

std::optional<std::size_t> TimeSeries::find(std::string_view name) const {
  for (std::size_t c = 0; c < labels.size(); ++c)
    if (labels[c] == name || labels[c].substr(0, labels[c].rfind(" [")) == name) return c;
  return std::nullopt;
}

const std::vector<double>& TimeSeries::operator[](std::string_view name) const {
  const auto column = find(name);
  if (!column) throw InputError("no column " + std::string(name) + " in the time series (see its first line)");
  return columns[*column];
}

TimeSeries read_time_series(const std::filesystem::path& path) {
  const std::string text = read_text_file(path);
  TimeSeries series;
  std::size_t line_number = 0;
  for (std::size_t begin = 0, end; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1) {
    const auto fields = split_line(std::string_view(text).substr(begin, end - begin));
    if (++line_number == 1) {
      series.labels.assign(fields.begin() + 1, fields.end());
      series.columns.resize(series.labels.size());
      continue;
    }
    if (fields.size() != series.labels.size() + 1)
      throw DiskError("cannot read " + path.string() + " (line " + std::to_string(line_number) +
                      " has another number of columns than the first)");
    for (std::size_t f = 0; f < fields.size(); ++f) {
      double value = 0;
      const auto [rest, error] = std::from_chars(fields[f].data(), fields[f].data() + fields[f].size(), value);
      if (error != std::errc() || rest != fields[f].data() + fields[f].size())
        throw DiskError("cannot read " + path.string() + " (line " + std::to_string(line_number) + ": '" + fields[f] +
                        "' is not a number)");
      (f == 0 ? series.time : series.columns[f - 1]).push_back(value);
    }
  }
  return series;
}

}  // namespace interstice
