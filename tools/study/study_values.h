/// @file
/// The numbers of a study in memory, by point, arm, replicate and outcome.
#pragma once

#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "engine/study/study.h"
#include "tools/study/task_log.h"

namespace interstice::cli {

struct StudyOutcome {
  std::string name, unit;
  [[nodiscard]] bool has_effect() const { return name.starts_with("phenotype.") || name.starts_with("outcome."); }
};

class StudyValues {
 public:
  /// The outcomes that the study wants, in the order in which they first stand in rows.
  StudyValues(const Study& study, const TaskRows& rows);

  [[nodiscard]] const std::vector<StudyOutcome>& outcomes() const { return outcomes_; }
  /// NaN where the run has none, failed or is missing.
  [[nodiscard]] double value(std::uint64_t point, std::size_t arm, std::uint64_t replicate, std::size_t outcome) const {
    return values_[((point * arms_ + arm) * replicates_ + replicate) * outcomes_.size() + outcome];
  }
  /// Of all replicates.
  [[nodiscard]] std::vector<double> values(std::uint64_t point, std::size_t arm, std::size_t outcome) const;
  /// Less the run that it is paired with; all NaN for an arm that is compared with none.
  [[nodiscard]] std::vector<double> effects(std::uint64_t point, std::size_t arm, std::size_t outcome) const;
  [[nodiscard]] std::optional<std::size_t> reference(std::size_t arm) const { return reference_[arm]; }

 private:
  std::size_t arms_ = 1;
  std::uint64_t replicates_ = 1;
  std::vector<StudyOutcome> outcomes_;
  std::vector<std::optional<std::size_t>> reference_;
  std::vector<double> values_;
};

/// visit(point, task, row) for every task, in order; row null where there is none.
template <class Visit>
void for_each_task(const Study& study, const TaskRows& rows, const Visit& visit) {
  StudyPoint point = point_of(study, 0);
  for (std::uint64_t index = 0; index < study.task_count(); ++index) {
    const StudyTask task = task_of(study, index);
    if (task.point != point.index) point = point_of(study, task.point);
    const auto row = rows.find(name_of(study, point, task));
    visit(point, task, row == rows.end() ? nullptr : &row->second);
  }
}

/// The same, where an axis that leaves an arm alone has one run for all its values.
template <class Visit>
void for_each_run(const Study& study, const TaskRows& rows, const Visit& visit) {
  for_each_task(study, rows, [&](const StudyPoint& point, const StudyTask& task, const TaskRow* row) {
    if (point_of_run(study, task) == task.point) visit(point, task, row);
  });
}

/// A value as a number in the unit of its column ("" for plain numbers).
double number_of(const std::string& value, const std::string& unit);
/// What was sampled at each point of the design, in the units of the factors; the study has samples.
std::vector<FactorValues> sampled_points(const Study& study);

/// For a table of comma-separated values.
std::string csv_text(const std::string& text);
/// "" where it is not finite.
std::string csv_number(double value);
/// The value of column c of a point, as the table shows it.
std::string csv_varied(const VariedColumn& column, const std::string& value);

}  // namespace interstice::cli
