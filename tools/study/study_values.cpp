#include "tools/study/study_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "engine/core/units.h"
#include "engine/study/study_outcomes.h"

namespace interstice::cli {

StudyValues::StudyValues(const Study& study, const TaskRows& rows)
    : arms_(study.arms.size()), replicates_(study.replicates) {
  std::map<std::string, std::size_t, std::less<>> place;
  for_each_task(study, rows, [&](const StudyPoint&, const StudyTask&, const TaskRow* row) {
    if (row == nullptr) return;
    for (const TaskValue& value : row->values)
      if (is_wanted(study.outcomes, value.name) && place.emplace(value.name, outcomes_.size()).second)
        outcomes_.push_back({std::string(value.name), std::string(value.unit)});
  });
  values_.assign(study.task_count() * outcomes_.size(), std::nan(""));
  for_each_task(study, rows, [&](const StudyPoint&, const StudyTask& task, const TaskRow* row) {
    if (row == nullptr) return;
    const std::uint64_t first = ((task.point * arms_ + task.arm) * replicates_ + task.replicate) * outcomes_.size();
    for (const TaskValue& value : row->values)
      if (const auto found = place.find(value.name); found != place.end()) values_[first + found->second] = value.value;
  });
  for (std::size_t arm = 0; arm < arms_; ++arm) reference_.push_back(reference_of(study, arm));
}

std::vector<double> StudyValues::values(std::uint64_t point, std::size_t arm, std::size_t outcome) const {
  std::vector<double> all;
  for (std::uint64_t replicate = 0; replicate < replicates_; ++replicate)
    all.push_back(value(point, arm, replicate, outcome));
  return all;
}

std::vector<double> StudyValues::effects(std::uint64_t point, std::size_t arm, std::size_t outcome) const {
  std::vector<double> all = values(point, arm, outcome);
  for (std::uint64_t replicate = 0; replicate < replicates_; ++replicate)
    all[replicate] -= reference_[arm] ? value(point, *reference_[arm], replicate, outcome) : std::nan("");
  return all;
}

double number_of(const std::string& value, const std::string& unit) {
  return parse_quantity(value).in(unit.empty() ? "1" : unit);
}

std::vector<FactorValues> sampled_points(const Study& study) {
  std::vector<FactorValues> points;
  for (const auto& row : study.axes.back().values) {
    FactorValues& point = points.emplace_back();
    for (std::size_t f = 0; f < row.size(); ++f) point.push_back(number_of(row[f], study.samples->factors[f].unit));
  }
  return points;
}

std::string csv_text(const std::string& text) {
  if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? "\"\"" : std::string(1, c == '\n' || c == '\r' ? ' ' : c);
  return out + "\"";
}

std::string csv_number(double value) { return std::isfinite(value) ? fmt::format("{:.17g}", value) : ""; }

std::string csv_varied(const VariedColumn& column, const std::string& value) {
  if (!column.numeric) return csv_text(value);
  return csv_number(number_of(value, column.unit));
}

}  // namespace interstice::cli
