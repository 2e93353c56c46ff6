/// @file
/// Where the results of a study are: study.json says which study it is, log/ what became of its tasks, running/ holds
/// what is under way, results.csv puts it together.
#pragma once

#include <filesystem>
#include <string>

#include "engine/study/study.h"
#include "tools/study/task_log.h"

namespace interstice::cli {

class StudyDirectory {
 public:
  explicit StudyDirectory(std::filesystem::path path) : path_(std::move(path)) {}

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::filesystem::path logs() const { return path_ / "log"; }
  [[nodiscard]] std::filesystem::path running() const { return path_ / "running"; }
  [[nodiscard]] std::filesystem::path results() const { return path_ / "results.csv"; }
  [[nodiscard]] std::filesystem::path arrays() const { return path_ / "results.hdf"; }
  [[nodiscard]] std::filesystem::path columns() const { return path_ / "results_columns.csv"; }
  [[nodiscard]] std::filesystem::path answer() const { return path_ / "answer.txt"; }
  [[nodiscard]] std::filesystem::path report() const { return path_ / "report.html"; }
  [[nodiscard]] std::filesystem::path submission() const { return path_ / "submission.json"; }

  /// Makes it that of this study, or finds that it is. Throws InputError where it holds anything else, or results of
  /// another scenario or seed; Error(cannot_go_on) where another program began it; DiskError.
  void open(const Study& study) const;
  /// The same where something must be there already.
  void check(const Study& study) const;
  /// Removes what was left under way of tasks whose rows are recorded: of a program killed in between.
  void remove_leftovers(const TaskRows& rows) const;

 private:
  [[nodiscard]] std::filesystem::path record() const { return path_ / "study.json"; }
  void begin(const Study& study) const;

  std::filesystem::path path_;
};

}  // namespace interstice::cli
