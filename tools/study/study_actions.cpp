#include "tools/study/study_actions.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>

#include "engine/model/plugin_guard.h"
#include "engine/results/atomic_file.h"
#include "engine/results/provenance.h"
#include "engine/sim/simulation.h"
#include "engine/study/study_outcomes.h"
#include "tools/directory_lock.h"
#include "tools/disk_space.h"
#include "tools/progress.h"
#include "tools/shell_command.h"
#include "tools/standard_streams.h"
#include "tools/study/fit.h"
#include "tools/study/loaded_study.h"
#include "tools/study/study_plan.h"
#include "tools/study/study_results.h"

namespace interstice::cli {
namespace {

namespace fs = std::filesystem;

constexpr double kAnswerTime = 15;  ///< of a plan, by and large [s]

StudySettings settings_of(const StudyOptions& options, const LoadedStudy& loaded) {
  StudySettings settings = options.settings;
  settings.options = loaded.options;
  settings.save_every = options.keeping.save_every();
  settings.stop_on_error = options.on_error == "stop";
  settings.scratch = options.scratch;
  return settings;
}

struct Range {
  std::uint64_t first = 0, last = std::numeric_limits<std::uint64_t>::max();
};

/// Tells what is wrong with the tasks that are there; the exit code is that of the first.
void report_failures(const Study& study, const TaskRows& rows, const Range& among = {}) {
  std::uint64_t wrong = 0;
  const TaskRow* first = nullptr;
  for (const std::uint64_t index : missing_tasks(study, rows, true)) {
    if (index < among.first || index > among.last) continue;
    const StudyTask task = task_of(study, index);
    const auto row = rows.find(name_of(study, point_of(study, task.point), task));
    if (row == rows.end()) continue;
    ++wrong;
    if (first == nullptr) first = &row->second;
  }
  if (first == nullptr) return;
  const bool by_signal = first->exit_code > 128;
  throw Error(
      by_signal ? (first->status == "killed" ? ExitCode::memory : ExitCode::numerical)
                : static_cast<ExitCode>(std::max(first->exit_code, 1)),
      fmt::format("{} of {} runs have no result\n{}", wrong, study.run_count(), describe_progress(study, rows)));
}

/// Reads what was recorded, and warns of what cannot be read, or belongs to the study no more.
TaskRows recorded(const LoadedStudy& loaded) {
  std::vector<std::string> warnings;
  TaskRows rows = read_task_logs(loaded.directory.logs(), &warnings);
  if (const std::string strangers = describe_strangers(loaded.study, rows); !strangers.empty())
    warnings.push_back(strangers);
  print_warnings(warnings);
  return rows;
}

/// What makes a study say less than one expects.
void warn_of_arms(const Study& study) {
  for (std::size_t arm = 0; arm < study.arms.size(); ++arm)
    if (reference_of(study, arm)) return;
  print_warnings(
      {"no arm is compared with another (expected one without EVs, such as vehicle): there will be no effects "
       "and no verdict"});
}

void refuse_fit(const StudyOptions& options, const Study& study) {
  if (study.fit)
    throw InputError(
        fmt::format("{} is a fit (there is nothing else to run) use `interstice study fit`", options.scenario.file));
}

/// A word of a command that can be pasted.
std::string word(const std::string& text) {
  const bool plain =
      text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-") == std::string::npos;
  return plain ? text : in_shell(text);
}

/// The job of the array that was submitted last; "" where there was none.
std::string submitted_job(const StudyDirectory& directory) {
  if (!fs::exists(directory.submission())) return "";
  const auto text = nlohmann::json::parse(read_text_file(directory.submission()), nullptr, false);
  return text.is_object() ? text.value("job", "") : "";
}

void refuse_while_submitted(const StudyDirectory& directory) {
  const std::string job = submitted_job(directory);
  if (!job.empty() && is_queued(job))
    throw Error(ExitCode::directory_in_use,
                fmt::format("job {} works on {} (two would do the same runs) wait for it, or `scancel {}` first", job,
                            directory.path().string(), job));
}

void announce(const Study& study, std::size_t todo, const StudySettings& settings, const StudyDirectory& directory) {
  if (settings.quiet) return;
  say("{}: {} x {} x {} = {} runs, {} to do on {} -> {}\n", study.title, counted(study.point_count(), "point"),
      counted(study.arms.size(), "arm"), counted(study.replicates, "replicate"), study.run_count(), todo,
      counted(static_cast<std::uint64_t>(settings.jobs), "processor"), directory.path().string());
}

/// As many processes as there are tasks for, and as memory allows. Throws Error where even one would not fit, or the
/// results not on the disk.
int fitting_jobs(const Study& study, std::size_t tasks, int asked, bool ignore_limits, const fs::path& directory,
                 const fs::path& scratch) {
  int jobs = static_cast<int>(std::clamp<std::size_t>(tasks, 1, static_cast<std::size_t>(asked)));
  if (ignore_limits) return jobs;
  double memory = 0, under_way = 0;
  for (const std::string& arm : study.arms) {
    const Problem problem = build_problem(study.scenario, {arm, 0});
    memory = std::max(memory, estimate_memory(problem));
    under_way = std::max(under_way, disk_space(study.scenario, problem, Extent::series));
  }
  const double results = results_space(study) * static_cast<double>(tasks) / static_cast<double>(study.run_count());
  if (const double disk = available_disk(directory); results > disk)
    throw Error(ExitCode::disk, fmt::format("its results would need {} ({} are free in {}) put them elsewhere with -o, "
                                            "or do fewer runs; --ignore-limits tries it all the same",
                                            bytes_text(results), bytes_text(disk), directory.string()));
  print_warnings(check_room({.threads = 1, .memory = memory, .disk = jobs * under_way},
                            fs::exists(scratch) ? scratch : directory));
  const int fits = static_cast<int>(std::min(1e6, available_memory() / std::max(1.0, memory)));
  if (fits >= jobs) return jobs;
  print_warnings({fmt::format("{} runs at a time in place of {}: each needs {} of memory, {} can be had", fits, jobs,
                              bytes_text(memory), bytes_text(available_memory()))});
  return std::max(1, fits);
}

Range range_of(const std::string& text) {
  Range range;
  const char *begin = text.data(), *end = begin + text.size();
  auto [rest, error] = std::from_chars(begin, end, range.first);
  range.last = range.first;
  if (error == std::errc() && rest != end && *rest == '-') {
    const auto second = std::from_chars(rest + 1, end, range.last);
    rest = second.ptr, error = second.ec;
  }
  if (error != std::errc() || rest != end || range.last < range.first)
    throw InputError(fmt::format("--index {} names no tasks (expected a number from 0, or two as in 0-99)", text));
  return range;
}

/// A checked twin may answer now: its page says so at once, unless its study runs and will say so itself.
void renew_answer_of_twin(StudyOptions options) {
  options.check = false;
  static_cast<void>(attempt([&] {
    const auto loaded = load(options);
    if (!fs::exists(loaded->directory.results())) return;
    loaded->directory.check(loaded->study);
    const DirectoryLock lock(loaded->directory.path());
    write_answer(*loaded, recorded(*loaded));
  }));
}

}  // namespace

void plan_of_study(const StudyOptions& options) {
  const auto loaded = load(options);
  const TaskRows rows = read_task_logs(loaded->directory.logs());
  const auto missing = missing_tasks(loaded->study, rows, false);
  if (!loaded->study.fit) warn_of_arms(loaded->study);
  const StudyPlan plan =
      plan_study(loaded->study, loaded->registry, missing, settings_of(options, *loaded), kAnswerTime);
  fmt::print("{}\n{}", loaded->study.title, plan.text(loaded->study));
}

void study_status(const StudyOptions& options) {
  const auto loaded = load(options);
  loaded->directory.check(loaded->study);
  fmt::print("{}", describe_progress(loaded->study, recorded(*loaded)));
  const std::string owner = DirectoryLock::owner_of_itself(loaded->directory.path());
  if (!owner.empty()) fmt::print("  {} works on it\n", owner);
  const std::string job = submitted_job(loaded->directory);
  if (!job.empty() && is_queued(job)) fmt::print("  job {} works on it\n", job);
}

void collect_study(const StudyOptions& options) {
  const auto loaded = load(options);
  loaded->directory.check(loaded->study);
  const DirectoryLock lock(loaded->directory.path());
  merge_task_logs(loaded->directory.logs());
  const TaskRows rows = recorded(*loaded);
  loaded->directory.remove_leftovers(rows);
  write_all(*loaded, rows);
  if (options.check) renew_answer_of_twin(options);
  fmt::print("{}Results: {}\nReport: {}\n", describe_progress(loaded->study, rows),
             loaded->directory.results().string(), loaded->directory.report().string());
}

void run_study(const StudyOptions& options) {
  StopRequests stop(directory_of(options), options.keeping.walltime());
  const auto loaded = load(options);
  const Study& study = loaded->study;
  refuse_fit(options, study);
  const StudyDirectory& directory = loaded->directory;
  StudySettings settings = settings_of(options, *loaded);
  const DirectoryLock lock(directory.path());
  directory.open(study);
  refuse_while_submitted(directory);
  warn_of_arms(study);
  const auto tasks = missing_tasks(study, recorded(*loaded), settings.failed_too);
  settings.jobs = fitting_jobs(study, tasks.size(), settings.jobs, options.scenario.ignore_limits, directory.path(),
                               options.scratch);
  settings.there = study.run_count() - tasks.size();
  announce(study, tasks.size(), settings, directory);
  const auto failure = attempt([&] {
    TaskLog log(directory.logs() / "local.jsonl");
    do_study_tasks(study, loaded->registry, tasks, directory, settings, log, stop);
  });
  stop.obeyed();
  const TaskRows rows = read_task_logs(directory.logs());
  directory.remove_leftovers(rows);
  const auto unwritten = attempt([&] { write_all(*loaded, rows); });
  if (failure) throw Error(failure->code, failure->message);
  if (unwritten) throw Error(unwritten->code, unwritten->message);
  if (options.check) renew_answer_of_twin(options);
  report_failures(study, rows);
  if (!settings.quiet) say("Results: {}\nReport: {}\n", directory.results().string(), directory.report().string());
}

void do_tasks_of_study(const StudyOptions& options) {
  StopRequests stop(directory_of(options), options.keeping.walltime());
  const auto loaded = load(options);
  const StudyDirectory& directory = loaded->directory;
  const StudySettings settings = settings_of(options, *loaded);
  directory.check(loaded->study);
  if (!options.numbering.empty() && options.numbering != numbering_of(loaded->study))
    throw Error(ExitCode::cannot_go_on,
                fmt::format("{} has changed since its runs were numbered (arms, replicates or values of axes) undo the "
                            "change until the array is done, or end the array and submit again",
                            options.scenario.file));
  const Range range = range_of(options.index);
  if (range.first >= loaded->study.task_count())
    throw InputError(fmt::format("--index {} is beyond the last run (the study has {}, from 0 to {})", options.index,
                                 loaded->study.task_count(), loaded->study.task_count() - 1));
  auto tasks = missing_tasks(loaded->study, read_task_logs(directory.logs()), settings.failed_too);
  std::erase_if(tasks, [&](std::uint64_t task) { return task < range.first || task > range.last; });
  announce(loaded->study, tasks.size(), settings, directory);
  if (tasks.empty()) return;
  TaskLog log(directory.logs() / fmt::format("{}_{}_{}.jsonl", options.index, host_name(), ::getpid()));
  do_study_tasks(loaded->study, loaded->registry, tasks, directory, settings, log, stop);
  report_failures(loaded->study, read_task_logs(directory.logs()), range);
}

void submit_study(const StudyOptions& options) {
  const auto loaded = load(options);
  refuse_fit(options, loaded->study);
  const StudyDirectory& directory = loaded->directory;
  const DirectoryLock lock(directory.path());
  directory.open(loaded->study);
  refuse_while_submitted(directory);
  merge_task_logs(directory.logs());
  const auto missing = missing_tasks(loaded->study, read_task_logs(directory.logs()), options.settings.failed_too);
  if (missing.empty()) return say("nothing is missing: `interstice study collect` puts the results together\n");
  StudySettings settings = settings_of(options, *loaded);
  settings.jobs = 1;
  const StudyPlan plan = plan_study(loaded->study, loaded->registry, missing, settings, kAnswerTime);
  const JobArray array = size_array(plan, loaded->study.task_count(), missing, options.array);
  fs::create_directories(directory.path() / "slurm");
  std::string task_options;
  if (!options.scratch.empty())
    task_options += " --scratch \"" + options.scratch + "\"";  // a variable of the node may stand in it
  task_options += " --numbering " + numbering_of(loaded->study);
  if (options.check) task_options += " --check";
  if (options.settings.failed_too) task_options += " --failed-too";
  if (options.scenario.ignore_limits) task_options += " --ignore-limits";
  if (options.scenario.plugin_limit != kPluginTimeLimit)
    task_options += fmt::format(" --plugin-limit {:g}", options.scenario.plugin_limit);
  for (const std::string& include : options.scenario.includes)
    task_options += " --include " + in_shell(fs::absolute(include).string());
  const fs::path script = directory.path() / "array.sh";
  write_file_atomically(script, array_script(array, options.array, fs::read_symlink("/proc/self/exe"),
                                             fs::absolute(options.scenario.file),
                                             StudyDirectory(fs::absolute(directory.path())), task_options));
  if (!options.settings.quiet)
    say("{}{} of {} each, with {} and {} at most -> {}\n", plan.text(loaded->study),
        counted(array.elements.size(), "element"), counted(array.chunk, "run"), bytes_text(array.memory),
        options.array.time.empty() ? duration_text(array.time) : options.array.time, script.string());
  if (options.only_write) {
    if (!options.settings.quiet)
      say("Next: sbatch {}, or `interstice study task {} -o {} --numbering {} --index A-B` for runs 0 to {}; then "
          "`interstice study collect`\n",
          word(script.string()), word(options.scenario.file), word(directory.path().string()),
          numbering_of(loaded->study), loaded->study.task_count() - 1);
    return;
  }
  const std::string job = submit_script(script);
  write_file_atomically(directory.submission(),
                        nlohmann::json{{"job", job}, {"elements", array.range()}, {"submitted", now_text()}}.dump(1));
  if (!options.settings.quiet)
    say("Submitted as job {}: `interstice study status {}` says how far it is, `study collect` puts the results "
        "together, `study submit` again does what is missing\n",
        job, options.scenario.file);
}

void fit_study(const StudyOptions& options) {
  StopRequests stop(output_path(options.output, options.scenario, "_fit"), options.keeping.walltime());
  const auto loaded = load(options, "_fit");
  const Study& study = loaded->study;
  if (!study.fit)
    throw InputError(
        fmt::format("{} says nothing of a fit (there is no `fit`) write which parameters are fitted to "
                    "which data, as scenarios/studies/fit_purines.yaml does",
                    options.scenario.file));
  const StudySettings settings = settings_of(options, *loaded);
  const DirectoryLock lock(loaded->directory.path());
  loaded->directory.open(study);
  TaskRows known = read_task_logs(loaded->directory.logs());
  TaskLog log(loaded->directory.logs() / "fit.jsonl", TaskLog::Lasting::in_file);
  FitRuns runs(study, loaded->registry, settings, std::move(known), log, stop);
  const auto tell = [&](const std::string& stage) {
    if (!settings.quiet) say("{} runs done: {}\n", runs.runs_done(), stage);
  };
  std::optional<FitResult> result;
  const auto failure = attempt([&] { result = fit_parameters(*study.fit, study.seed, runs, tell); });
  stop.obeyed();
  if (failure) throw Error(failure->code, failure->message);
  write_fit(study, *result, loaded->directory);
  fmt::print("{}", fit_page(study, *result, runs));
  if (!settings.quiet) say("Results: {}\n", (loaded->directory.path() / "fit.csv").string());
}

void verdict_of_study(const StudyOptions& options) {
  const auto loaded = load(options);
  loaded->directory.check(loaded->study);
  fmt::print("{}", answer_of(*loaded, read_task_logs(loaded->directory.logs())));
}

}  // namespace interstice::cli
