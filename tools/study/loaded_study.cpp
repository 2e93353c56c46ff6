#include "tools/study/loaded_study.h"

#include <fmt/format.h>

#include "engine/core/error.h"
#include "engine/model/plugin_guard.h"
#include "engine/results/atomic_file.h"
#include "models/builtin.h"
#include "tools/study/study_answer.h"
#include "tools/study/study_results.h"
#include "tools/study/twin_agreement.h"
#include "viz/report/study_report.h"

namespace interstice::cli {
namespace {

namespace fs = std::filesystem;

/// Beside the study's own, where its checks are.
fs::path directory_of_check(const fs::path& directory) {
  const std::string path = directory.string();
  return path.ends_with("_check") ? path : path + "_check";
}

/// The page of a twin's study, if its effects are those of the scenario that it stands for.
std::string checked(const LoadedStudy& loaded, const StudyValues& values, const std::string& page) {
  if (loaded.is_check) return page;
  const StudyDirectory directory(directory_of_check(loaded.directory.path()));
  if (!fs::exists(directory.logs()))
    return fmt::format("No verdict: {} is a reduced twin that was not checked. Next: interstice study run {} --check\n",
                       loaded.study.scenario.path, loaded.study.path);
  const Study study = check_of(loaded.study, loaded.options, loaded.registry);
  directory.check(study);
  const auto agreement =
      agreement_of(loaded.study, values, study, StudyValues(study, read_task_logs(directory.logs())));
  const std::string how = agreement_text(study, agreement);
  return is_enough(study, agreement) ? page + "\n" + how : "No verdict: the twin is not good enough for one.\n\n" + how;
}

}  // namespace

fs::path directory_of(const StudyOptions& options, const char* ending) {
  const fs::path directory = output_path(options.output, options.scenario, ending);
  return options.check ? directory_of_check(directory) : directory;
}

std::unique_ptr<LoadedStudy> load(const StudyOptions& options, const char* ending) {
  set_plugin_time_limit(options.scenario.plugin_limit);
  auto loaded = std::make_unique<LoadedStudy>();
  register_builtin_models(loaded->registry);
  loaded->options = {options.scenario.includes, options.scenario.sets, options.scenario.parameters};
  if (!options.scenario.ignore_limits) loaded->options.most_memory = available_memory();
  loaded->study = load_study(options.scenario.file, loaded->options, loaded->registry);
  loaded->directory = StudyDirectory(directory_of(options, ending));
  if (!options.check) return loaded;
  if (loaded->study.scenario.twin_of.empty())
    throw InputError(fmt::format("--check: {} is no reduced twin, there is nothing to hold it against",
                                 loaded->study.scenario.path));
  loaded->study = check_of(loaded->study, loaded->options, loaded->registry);
  loaded->is_check = true;
  return loaded;
}

std::string answer_of(const LoadedStudy& loaded, const TaskRows& rows) {
  const Study& study = loaded.study;
  const StudyValues values(study, rows);
  const StudyArms arms(study, values);
  std::string page = answer_page(arms, study_answer(arms, false));
  if (!study.scenario.twin_of.empty()) page = checked(loaded, values, page);
  const auto missing = missing_tasks(study, rows, true).size();
  if (missing > 0)
    page += fmt::format("\n  {} of {} runs have no result: this is what the others say\n", missing, study.run_count());
  return page;
}

void write_all(const LoadedStudy& loaded, const TaskRows& rows) {
  write_study_results(loaded.study, rows, loaded.directory);
  write_answer(loaded, rows);
}

void write_answer(const LoadedStudy& loaded, const TaskRows& rows) {
  const StudyDirectory& directory = loaded.directory;
  std::string answer;
  try {
    answer = answer_of(loaded, rows);
  } catch (const Error& error) {  // of a check that is of something else: the results are there all the same
    answer = fmt::format("No verdict: {}\n", error.what());
  }
  write_file_atomically(directory.answer(), answer);
  write_file_atomically(directory.report(), viz::study_report_html(directory.path()));
}

}  // namespace interstice::cli
