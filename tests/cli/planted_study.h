/// @file
/// A study whose runs say what a test wants them to say: what it answers can be held against what was planted.
#pragma once

#include <fmt/format.h>

#include <cmath>
#include <functional>
#include <nlohmann/json.hpp>

#include "cli/study_test.h"
#include "engine/core/units.h"
#include "engine/results/provenance.h"
#include "engine/study/study.h"
#include "support/run_scenario.h"

namespace interstice::test {

/// A number between -1 and 1 that follows from two others.
inline double noise_of(std::uint64_t a, std::uint64_t b) {
  const double s = std::sin(12.9898 * static_cast<double>(a + 1) + 78.233 * static_cast<double>(b + 1)) * 43758.5453;
  return 2 * (s - std::floor(s)) - 1;
}

class PlantedStudy : public Study {
 protected:
  struct Run {
    std::map<std::string, double> varied;  // by column, in its unit
    std::string arm;
    std::uint64_t point = 0, replicate = 0;
  };
  using Outcomes = std::map<std::string, double>;
  using World = std::function<Outcomes(const Run&)>;

  void SetUp() override {
    Study::SetUp();
    edit("tiny.yaml", "  outcomes:",
         "  phenotype: {label: health, horizons: [1 s], terms: {made: {of: mean.film.adenosine, good: more, range: "
         "1e-3 uM}}}\n  outcomes:");
    edit("tiny.yaml", "    emcev: {models: [cd73]}",
         "    contact: {models: [surface_contact]}\n    emcev: {models: [cd73]}");
    edit("tiny.yaml", "models: {cd73: {}, cargo_delivery: {}}",
         "models: {cd73: {}, cargo_delivery: {}, surface_contact: {}}");
  }

  /// As if all runs of the study had ended with what the world says.
  void plant(const std::string& file, const std::string& directory, const World& world) const {
    const interstice::Study study = load_study((folder() / file).string(), {}, built_in_models());
    std::filesystem::create_directories(folder() / directory / "log");
    write(
        directory + "/study.json",
        nlohmann::json{{"interstice_study", 1}, {"identity", identity_of(study)}, {"program", version_line()}}.dump());
    std::string log;
    for (std::uint64_t t = 0; t < study.task_count(); ++t) {
      const StudyTask task = task_of(study, t);
      const StudyPoint point = point_of(study, task.point);
      Run run{{}, study.arms[task.arm], task.point, task.replicate};
      const auto columns = study.columns();
      for (std::size_t c = 0; c < columns.size(); ++c)
        if (columns[c].numeric)
          run.varied[columns[c].name] =
              parse_quantity(point.values[c]).in(columns[c].unit.empty() ? "1" : columns[c].unit);
      nlohmann::json values = nlohmann::json::array();
      for (const auto& [name, value] : world(run)) values.push_back({name, "1", value});
      log += nlohmann::json{{"task", name_of(study, point, task)},
                            {"status", "finished"},
                            {"exit_code", 0},
                            {"reason", ""},
                            {"seed", 1},
                            {"wall_time_s", 0.0},
                            {"processor_time_s", 0.0},
                            {"memory_bytes", 0.0},
                            {"host", "here"},
                            {"ended", ""},
                            {"values", values}}
                 .dump() +
             "\n";
    }
    write(directory + "/log/planted.jsonl", log);
  }
};

}  // namespace interstice::test
