#include "tools/study/study_results.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "engine/results/atomic_file.h"
#include "engine/results/hdf5/hdf5_checksums.h"
#include "tools/study/study_summary.h"
#include "tools/study/study_values.h"

namespace interstice::cli {
namespace {

namespace fs = std::filesystem;

using Cell = std::variant<std::string, double, std::uint64_t>;

/// A run that became something, and where it stands in the study.
struct Done {
  const StudyPoint& point;
  const StudyTask& task;
  const TaskRow& row;
};

struct ResultColumn {
  std::string name, unit, meaning;
  std::function<Cell(const Done&)> cell;
};

class ResultsTable {
 public:
  ResultsTable(const Study& study, const TaskRows& rows, const StudyValues& values)
      : study_(study), rows_(rows), values_(values) {
    add_what_it_is();
    add_outcomes();
    add_what_it_took();
  }

  [[nodiscard]] std::string text() const {
    std::string out;
    for (const ResultColumn& column : columns_) out += (out.empty() ? "" : ",") + csv_text(column.name);
    out += '\n';
    for_each_row([&](const Done& done) {
      for (std::size_t c = 0; c < columns_.size(); ++c) out += (c == 0 ? "" : ",") + csv_cell(columns_[c].cell(done));
      out += '\n';
    });
    return out;
  }

  [[nodiscard]] std::string columns_text() const {
    std::string out = "column,unit,meaning\n";
    for (const ResultColumn& column : columns_)
      out += fmt::format("{},{},{}\n", csv_text(column.name), csv_text(column.unit), csv_text(column.meaning));
    return out;
  }

  /// An array per column in the group "results": numbers, NaN where there is none, whole numbers, texts.
  void write_arrays(const fs::path& path) const {
    std::vector<Values> all(columns_.size());
    for_each_row([&](const Done& done) {
      for (std::size_t c = 0; c < columns_.size(); ++c) all[c].add(columns_[c].cell(done));
    });
    Hdf5File file = Hdf5File::create(path);
    file.create_group("/results");
    file.create_group("/meta");
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      std::string name = columns_[c].name;
      std::ranges::replace(name, '/', '_');  // which would be a group
      name.insert(0, "/results/");
      if (!all[c].write(file, name)) continue;
      if (!columns_[c].unit.empty()) file.set_attribute(name, "units", columns_[c].unit);
      file.set_attribute(name, "long_name", columns_[c].meaning);
    }
    write_checksums(file);
    file.close();
  }

 private:
  /// Of a column, all of one kind.
  struct Values {
    std::vector<std::string> texts;
    std::vector<double> numbers;
    std::vector<std::uint64_t> wholes;

    void add(const Cell& cell) {
      if (const auto* number = std::get_if<double>(&cell)) return numbers.push_back(*number);
      if (const auto* whole = std::get_if<std::uint64_t>(&cell)) return wholes.push_back(*whole);
      texts.push_back(std::get<std::string>(cell));
    }
    /// False if there is nothing.
    bool write(Hdf5File& file, const std::string& name) const {
      const auto row = [&]<class T>(const std::vector<T>& values) {
        const std::uint64_t count = values.size();
        file.write<T>(name, values, {&count, 1});
      };
      if (!numbers.empty()) row(numbers);
      if (!wholes.empty()) row(wholes);
      if (!texts.empty()) file.write_texts(name, texts);
      return !numbers.empty() || !wholes.empty() || !texts.empty();
    }
  };

  static std::string csv_cell(const Cell& cell) {
    if (const auto* number = std::get_if<double>(&cell)) return csv_number(*number);
    if (const auto* whole = std::get_if<std::uint64_t>(&cell)) return std::to_string(*whole);
    return csv_text(std::get<std::string>(cell));
  }

  void add(std::string name, std::string unit, std::string meaning, std::function<Cell(const Done&)> cell) {
    columns_.push_back({std::move(name), std::move(unit), std::move(meaning), std::move(cell)});
  }

  void add_what_it_is() {
    add("task", "", "name of the run; it stays when the study grows", [](const Done& d) { return d.row.task; });
    add("point", "", "number of the point, from 0", [](const Done& d) { return d.task.point; });
    const std::vector<VariedColumn> varied = study_.columns();
    for (std::size_t c = 0; c < varied.size(); ++c)
      add(varied[c].name, varied[c].unit, fmt::format("{}", fmt::join(varied[c].keys, ", ")),
          [c, column = varied[c]](const Done& d) -> Cell {
            const std::string& value = d.point.values[c];
            if (column.numeric) return number_of(value, column.unit);
            return value;
          });
    add("arm", "", "arm of the comparison", [this](const Done& d) { return study_.arms[d.task.arm]; });
    add("replicate", "", "replicate, from 0; runs of a point and replicate share their noise",
        [](const Done& d) { return d.task.replicate; });
    add("seed", "", "seed of the run; 0 where it was not begun", [](const Done& d) { return d.row.seed; });
    add("status", "", "finished, failed (by itself), killed (by a signal) or broken off (for lack of disk or memory)",
        [](const Done& d) { return d.row.status; });
    add("exit_code", "", "as of `interstice run`; 128 + signal where it was killed",
        [](const Done& d) { return static_cast<std::uint64_t>(d.row.exit_code); });
    add("reason", "", "why it is not finished", [](const Done& d) { return d.row.reason; });
  }

  void add_outcomes() {
    const std::vector<StudyOutcome>& outcomes = values_.outcomes();
    for (std::size_t o = 0; o < outcomes.size(); ++o) {
      const auto value = [this, o](const Done& d, std::size_t arm) {
        return values_.value(d.task.point, arm, d.task.replicate, o);
      };
      add(outcomes[o].name, outcomes[o].unit, "of the run itself",
          [value](const Done& d) { return value(d, d.task.arm); });
      if (!outcomes[o].has_effect()) continue;
      add("effect." + outcomes[o].name, outcomes[o].unit, "less that of the paired run without vesicles",
          [this, value](const Done& d) {
            const auto reference = values_.reference(d.task.arm);
            return reference ? value(d, d.task.arm) - value(d, *reference) : std::nan("");
          });
    }
  }

  void add_what_it_took() {
    const auto milliseconds = [](double time) { return std::round(time * 1000) / 1000; };
    add("wall_time", "s", "that the run took, its last attempt",
        [milliseconds](const Done& d) { return milliseconds(d.row.wall_time); });
    add("processor_time", "s", "the same",
        [milliseconds](const Done& d) { return milliseconds(d.row.processor_time); });
    add("memory", "bytes", "the most that its process held so far",
        [](const Done& d) { return static_cast<std::uint64_t>(d.row.memory); });
    add("host", "", "where it ran", [](const Done& d) { return d.row.host; });
    add("ended", "", "when, UTC", [](const Done& d) { return d.row.ended; });
  }

  template <class Visit>
  void for_each_row(const Visit& visit) const {
    for_each_run(study_, rows_, [&visit](const StudyPoint& point, const StudyTask& task, const TaskRow* row) {
      if (row != nullptr) visit(Done{point, task, *row});
    });
  }

  const Study& study_;
  const TaskRows& rows_;
  const StudyValues& values_;
  std::vector<ResultColumn> columns_;
};

}  // namespace

void write_study_results(const Study& study, const TaskRows& rows, const StudyDirectory& directory) {
  const StudyValues values(study, rows);
  const ResultsTable table(study, rows, values);
  write_file_atomically(directory.columns(), table.columns_text());
  write_file_atomically(directory.results(), table.text());
  write_study_summary(study, values, directory);
  table.write_arrays(temporary_name(directory.arrays()));
  commit_file(directory.arrays());
}

std::string describe_strangers(const Study& study, const TaskRows& rows) {
  std::set<const TaskRow*> ours;
  for_each_task(study, rows, [&](const StudyPoint&, const StudyTask&, const TaskRow* row) { ours.insert(row); });
  const auto strangers = std::ranges::count_if(
      rows, [&](const auto& entry) { return entry.second.status == "finished" && !ours.contains(&entry.second); });
  if (strangers == 0) return "";
  return fmt::format(
      "{} finished runs belong to no point of the study any more (values, samples, arms or replicates were changed); "
      "they are not in results.csv, but kept in log/: they count again when the change is undone",
      strangers);
}

std::string describe_progress(const Study& study, const TaskRows& rows) {
  constexpr std::size_t kMostReasons = 5;
  std::map<std::string, std::uint64_t> by_status, reasons;
  for_each_run(study, rows, [&](const StudyPoint&, const StudyTask&, const TaskRow* row) {
    ++by_status[row == nullptr ? "missing" : row->status];
    if (row != nullptr && row->status != "finished") ++reasons[row->reason];
  });
  std::string text = fmt::format("{} of {} runs finished", by_status["finished"], study.run_count());
  for (const char* status : {"failed", "killed", "broken off", "missing"})
    if (by_status[status] > 0) text += fmt::format(", {} {}", by_status[status], status);
  text += '\n';
  std::size_t told = 0;
  for (const auto& [reason, times] : reasons)
    if (told++ < kMostReasons) text += fmt::format("  {} x {}\n", times, reason);
  return text;
}

}  // namespace interstice::cli
