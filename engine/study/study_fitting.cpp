#include "engine/study/study_fitting.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <set>

#include "engine/core/error.h"
#include "engine/core/units.h"
#include "engine/observe/observables.h"
#include "engine/scenario/build/text_table.h"
#include "engine/study/study_samples.h"

namespace interstice {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kOutcome = "outcome.", kPhenotype = "phenotype";

const SeriesMetric* find_outcome(const Scenario& scenario, const std::string& of) {
  if (!of.starts_with(kOutcome)) return nullptr;
  const auto found = std::ranges::find(scenario.compare.outcomes, of.substr(kOutcome.size()), &SeriesMetric::subject);
  return found == scenario.compare.outcomes.end() ? nullptr : &*found;
}

/// What can be measured in an arm, by name, with the unit of its rows.
std::map<std::string, std::string> measurable(const Scenario& scenario, const Problem& problem) {
  std::map<std::string, std::string> units;
  const Observables observables(problem);
  for (const auto& [name, unit] : observables.names()) units[name] = unit;
  const auto has = [&units](const std::string& column) { return units.contains(column); };
  for (const SeriesMetric& outcome : scenario.compare.outcomes)
    if (std::ranges::any_of(outcome.of, has)) units[std::string(kOutcome) + outcome.subject] = outcome.unit;
  if (scenario.compare.phenotype) units[std::string(kPhenotype)] = "1";
  return units;
}

/// Reads the table, row by row.
class DataReader {
 public:
  DataReader(const fs::path& file, const std::string& of, const Study& study, Diagnostics& diagnostics)
      : file_(std::make_shared<const std::string>(file.string())),
        of_(of),
        study_(study),
        diagnostics_(diagnostics),
        table_(read_table(file, "")) {}

  std::vector<Datum> read() {
    check_columns();
    for (std::size_t row = 0; columns_known_ && row < table_.rows(); ++row) read_row(row);
    if (columns_known_ && table_.rows() == 0)
      tell(table_.header_line, "value", "has no data (expected a row for each measured number)");
    return std::move(data_);
  }

 private:
  void tell(int line, const std::string& column, const std::string& message) {
    diagnostics_.report({file_, line, 1}, column, message);
  }

  void check_columns() {
    const std::vector<std::string> known{"time", "value", "unit", "arm", "sd", "of"};
    for (const TextTable::Column& column : table_.columns)
      if (std::ranges::find(known, column.name) == known.end())
        tell(table_.header_line, column.name,
             fmt::format("unknown column (expected {}){}", fmt::join(known, ", "), did_you_mean(column.name, known)));
      else if (std::ranges::count(table_.columns, column.name, &TextTable::Column::name) > 1)
        tell(table_.header_line, column.name, "stands in the header twice");
    const auto need = [&](const char* name, bool otherwise, const char* what) {
      if (table_.find(name) != nullptr || otherwise) return;
      tell(table_.header_line, name, fmt::format("missing (expected {})", what));
      columns_known_ = false;
    };
    const TextTable::Column* value = table_.find("value");
    need("time", false, "a column of times such as `30 s`, or of numbers below `time [s]`");
    need("value", false, "a column of what was measured");
    need("unit", value != nullptr && !value->unit.empty(), "a column of the units of `value`, or `value [uM]`");
    need("sd", false, "a column of standard deviations, in the unit of `value`");
    need("of", !of_.empty(), "a column of what was measured, or `of` in the study");
    need("arm", study_.arms.size() == 1, "a column of arms");
  }

  [[nodiscard]] std::string entry(const char* column, std::size_t row, const std::string& otherwise = "") const {
    const TextTable::Column* found = table_.find(column);
    return found == nullptr ? otherwise : found->entries[row];
  }

  void read_row(std::size_t row) {
    Datum datum{.line = table_.lines[row], .of = entry("of", row, of_), .unit = {}};
    const std::size_t before = diagnostics_.count();
    if (!find_arm_of(datum, entry("arm", row, study_.arms.front()))) return;
    const Measurable& arm = measurable_in(datum.arm);
    const auto unit = arm.units.find(datum.of);
    if (unit == arm.units.end())
      tell(datum.line, "of",
           fmt::format("arm {} has no '{}' (expected a column of timeseries.csv, outcome.NAME or phenotype){}",
                       name_of_arm(datum.arm), datum.of, did_you_mean(datum.of, arm.names)));
    read_time(datum, row, arm.end);
    if (unit != arm.units.end()) read_value(datum, row, unit->second);
    if (diagnostics_.count() == before) data_.push_back(std::move(datum));
  }

  bool find_arm_of(Datum& datum, const std::string& name) {
    const auto found = std::ranges::find(study_.arms, name);
    datum.arm = static_cast<std::size_t>(found - study_.arms.begin());
    if (found != study_.arms.end()) return true;
    tell(datum.line, "arm",
         fmt::format("unknown arm '{}' (the study has {}){}", name, fmt::join(study_.arms, ", "),
                     did_you_mean(name, study_.arms)));
    return false;
  }
  [[nodiscard]] std::string name_of_arm(std::size_t arm) const {
    return study_.arms[arm].empty() ? "(the scenario's own)" : study_.arms[arm];
  }

  void read_time(Datum& datum, std::size_t row, double end) {
    const TextTable::Column& times = *table_.find("time");
    const std::string text = times.entries[row] + (times.unit.empty() ? "" : " " + times.unit);
    try {
      datum.time = parse_quantity(text).in("s");
    } catch (const InputError&) {
      return tell(datum.line, "time",
                  fmt::format("'{}' is no time (expected such as `30 s`, or numbers below `time [s]`)", text));
    }
    if (datum.time < 0 || datum.time > end)
      tell(datum.line, "time", fmt::format("{} lies beyond the run, which ends at {:g} s", text, end));
  }

  void read_value(Datum& datum, std::size_t row, const std::string& series_unit) {
    datum.unit = entry("unit", row, table_.find("value")->unit);
    try {
      datum.per_unit = parse_quantity("1 " + datum.unit).in(series_unit);
    } catch (const InputError&) {
      return tell(datum.line, "unit",
                  fmt::format("'{}' is no unit of {} (expected one like {})", datum.unit, datum.of, series_unit));
    }
    const auto number = [&](const char* column) -> double {
      const std::string text = entry(column, row);
      try {
        return parse_quantity(text).in("1");
      } catch (const InputError&) {
        tell(datum.line, column, fmt::format("'{}' is no number (its unit stands in `unit`)", text));
        return std::nan("");
      }
    };
    datum.value = number("value");
    datum.sd = number("sd");
    if (datum.sd <= 0)
      tell(datum.line, "sd", fmt::format("{:g} tells nothing (expected a standard deviation above 0)", datum.sd));
  }

  struct Measurable {
    std::map<std::string, std::string> units;
    std::vector<std::string> names;
    double end = 0;  ///< of the run [s]
  };
  const Measurable& measurable_in(std::size_t arm) {
    const auto [found, is_new] = by_arm_.try_emplace(arm);
    if (!is_new) return found->second;
    const Problem problem = build_problem(study_.scenario, {study_.arms[arm], 0});
    found->second.units = measurable(study_.scenario, problem);
    for (const auto& [name, unit] : found->second.units) found->second.names.push_back(name);
    found->second.end = seconds(problem.schedule.end());
    return found->second;
  }

  std::shared_ptr<const std::string> file_;
  std::string of_;
  const Study& study_;
  Diagnostics& diagnostics_;
  TextTable table_;
  bool columns_known_ = true;
  std::map<std::size_t, Measurable> by_arm_;
  std::vector<Datum> data_;
};

/// As the scenario has it, where that lies within the range; else its middle.
double start_of(const FittedParameter& parameter, const std::vector<ParameterRecord>& records) {
  const auto record = std::ranges::find(records, parameter.keys.front(), &ParameterRecord::path);
  if (record != records.end()) try {
      const double value = parse_quantity(record->value).in(parameter.unit.empty() ? "1" : parameter.unit);
      if (parameter.low <= value && value <= parameter.high) return value;
    } catch (const InputError&) {  // a word
    }
  return parameter.logarithmic ? std::sqrt(parameter.low * parameter.high) : 0.5 * (parameter.low + parameter.high);
}

std::optional<FittedParameter> read_parameter(const std::string& name, const Value& value, const Study& study,
                                              Diagnostics& diagnostics) {
  const auto factor = read_factor(name, value, study.scenario.parameters, diagnostics);
  if (!factor) return std::nullopt;
  const std::string unit = factor->unit.empty() ? "1" : factor->unit;
  FittedParameter parameter{.name = name,
                            .keys = factor->keys,
                            .unit = factor->unit,
                            .low = parse_quantity(factor->low).in(unit),
                            .high = parse_quantity(factor->high).in(unit),
                            .start = 0,
                            .logarithmic = factor->marginal.is_logarithmic()};
  parameter.start = start_of(parameter, study.scenario.parameters);
  const Value& start = value["start"];
  if (!start.valid) return parameter;
  try {
    parameter.start = parse_quantity(start.text).in(unit);
  } catch (const InputError&) {
    diagnostics.report(start.place, start.path,
                       fmt::format("'{}' has another unit than '{}'", start.text, factor->low));
    return std::nullopt;
  }
  if (parameter.low <= parameter.start && parameter.start <= parameter.high) return parameter;
  diagnostics.report(start.place, start.path,
                     fmt::format("{} lies beyond its range, {} to {}", start.text, factor->low, factor->high));
  return std::nullopt;
}

}  // namespace

std::string value_text(const FittedParameter& parameter, double value) {
  return fmt::format("{:.12g}{}{}", value, parameter.unit.empty() ? "" : " ", parameter.unit);
}

StudyAxis ends_of(const FittedParameter& parameter) {
  StudyAxis ends{.name = parameter.name,
                 .columns = {{.name = parameter.name, .keys = parameter.keys, .unit = parameter.unit}},
                 .values = {}};
  for (const double value : {parameter.low, parameter.start, parameter.high})
    ends.values.push_back({value_text(parameter, value)});
  return ends;
}

std::string Datum::name() const { return fmt::format("{}@{:.12g}", of, time); }

std::vector<double> fitted_rows(const Scenario& scenario, const SeriesTable& series, const std::string& of) {
  if (of == kPhenotype && scenario.compare.phenotype) return phenotype_rows(series, *scenario.compare.phenotype);
  if (const SeriesMetric* outcome = find_outcome(scenario, of)) return rows_of(series, *outcome);
  const std::vector<double>* column = series.find(of);
  return column == nullptr ? std::vector<double>{} : *column;
}

std::optional<StudyFit> read_fit(const Value& value, const Study& study, Diagnostics& diagnostics) {
  const std::size_t before = diagnostics.count();
  StudyFit fit;
  fit.starts = value["starts"].whole;
  fit.known_errors = value["sd"].text != "relative";
  fit.add_run_noise = value["run_noise"].text != "left_out";
  std::set<std::string> keys;
  const Value& parameters = value["parameters"];
  for (std::size_t i = 0; i < parameters.items.size(); ++i) {
    auto parameter = read_parameter(parameters.keys[i], parameters.items[i], study, diagnostics);
    if (!parameter) continue;
    for (const std::string& key : parameter->keys) {
      if (!keys.insert(key).second)
        diagnostics.report(parameters.key_places[i], parameters.items[i].path,
                           fmt::format("{} is fitted twice (expected each key once)", key));
      if (key.starts_with("time."))
        diagnostics.report(
            parameters.key_places[i], parameters.items[i].path,
            fmt::format("{} cannot be fitted: data hold for the steps and the end of the scenario", key));
    }
    fit.parameters.push_back(std::move(*parameter));
  }
  if (parameters.items.empty())
    diagnostics.report(parameters.place, parameters.path, "empty (expected at least one parameter to fit)");
  const Value& data = value["data"];
  const fs::path file = fs::path(study.path).parent_path() / data.text;
  fit.file = file.string();
  try {
    fit.data = DataReader(file, value["of"].valid ? value["of"].text : "", study, diagnostics).read();
  } catch (const ScenarioErrors&) {
    throw;
  } catch (const InputError& error) {
    diagnostics.report(data.place, data.path, error.what());
  }
  if (diagnostics.count() == before && fit.data.size() <= fit.parameters.size())
    diagnostics.report(data.place, data.path,
                       fmt::format("{} data do not determine {} parameters (expected more data, or fewer parameters)",
                                   fit.data.size(), fit.parameters.size()));
  if (diagnostics.count() != before) return std::nullopt;
  return fit;
}

}  // namespace interstice
