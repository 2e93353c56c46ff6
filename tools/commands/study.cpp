/// @file
/// `interstice study`: many runs of a scenario as one command.
#include <CLI/CLI.hpp>
#include <memory>

#include "tools/command.h"
#include "tools/study/study_actions.h"

namespace interstice::cli {
namespace {

using Options = std::shared_ptr<StudyOptions>;

/// A word after `study`, with the options that all have.
CLI::App& add_word(CLI::App& study, const std::string& name, const std::string& summary, const Options& options,
                   void (*act)(const StudyOptions&)) {
  CLI::App& command = *study.add_subcommand(name, summary);
  command.add_option("study", options->scenario.file, "Study file (YAML)")->required()->type_name("FILE");
  command.add_option("-o,--output", options->output, "Where results are (default out/<study>_study)")->type_name("DIR");
  command.add_option("--include", options->scenario.includes, "Directory in which included files are looked for last")
      ->type_name("DIR")
      ->check(CLI::ExistingDirectory)
      ->allow_extra_args(false);
  command.add_flag("--check", options->check,
                   "The runs that check a reduced twin, in the scenario that it stands for, in place of its own");
  add_limits(command, options->scenario);
  command.callback([options, act] { act(*options); });
  return command;
}

void add_jobs(CLI::App& command, const Options& options) {
  command.add_option("-j,--jobs", options->settings.jobs, "Runs at a time, one thread each")
      ->check(CLI::Range(1, 4096))
      ->capture_default_str();
}

void add_work(CLI::App& command, const Options& options) {
  add_jobs(command, options);
  command.add_option("--on-error", options->on_error, "After a run that failed: `stop`, or `continue` with the others")
      ->check(CLI::IsMember({"stop", "continue"}))
      ->capture_default_str();
  command.add_option("--retry", options->settings.retries, "How often a run that failed is tried again")
      ->check(whole_number())
      ->capture_default_str()
      ->type_name("N");
  add_keeping_options(command, options->keeping);
}

void add_where(CLI::App& command, const Options& options) {
  command.add_flag("--failed-too", options->settings.failed_too, "Do again what failed in an earlier call");
  command
      .add_option("--scratch", options->scratch,
                  "Where runs are done until they end, such as a disk of the node: '$TMPDIR'")
      ->type_name("DIR");
  command.add_flag("--quiet", options->settings.quiet, "No progress, no summary");
}

void add_plan(CLI::App& study) {
  const auto options = std::make_shared<StudyOptions>();
  CLI::App& command =
      add_word(study, "plan", "Runs, time, memory and disk, before anything runs", options, plan_of_study);
  add_jobs(command, options);
}

void add_run(CLI::App& study) {
  const auto options = std::make_shared<StudyOptions>();
  CLI::App& command =
      add_word(study, "run", "Do all runs that are missing, and put the results together", options, run_study);
  add_work(command, options);
  add_where(command, options);
  command.footer(
      "The same command goes on with what is missing; runs under way go on from their last checkpoint.\n"
      "A run that fails or is killed takes no other with it; the table says why.");
}

void add_submit(CLI::App& study) {
  const auto options = std::make_shared<StudyOptions>();
  CLI::App& command =
      add_word(study, "submit", "The same as one job array of Slurm: does what is missing", options, submit_study);
  command.add_option("--partition", options->array.partition, "As of sbatch")->type_name("NAME");
  command.add_option("--time", options->array.time, "That an element may take, as of sbatch; by default by the plan");
  command.add_option("--chunk", options->array.chunk, "Runs of an element; by default half an hour's")
      ->check(CLI::PositiveNumber)
      ->type_name("N");
  command
      .add_option("--sbatch", options->array.more, "A further option of sbatch, such as --account=NAME (repeatable)")
      ->allow_extra_args(false);
  command.add_flag("--only-write", options->only_write, "Write the script and submit nothing");
  add_where(command, options);
  command.footer("The script is kept as array.sh beside the results. Other batch systems: see `study task`.");
}

void add_task(CLI::App& study) {
  const auto options = std::make_shared<StudyOptions>();
  CLI::App& command = add_word(study, "task", "Some runs by their numbers, for job arrays", options, do_tasks_of_study);
  command.add_option("--index", options->index, "Number of a run from 0, or first and last as in 0-99")
      ->required()
      ->type_name("A[-B]");
  command
      .add_option("--numbering", options->numbering,
                  "Refuse where runs are numbered otherwise than when this was written, as `study submit` does")
      ->type_name("DIGITS");
  options->settings.jobs = 1;
  add_work(command, options);
  add_where(command, options);
  command.footer(
      "`study submit --only-write` must have made the directory. No lock is taken: no two at once may do the same\n"
      "runs. Afterwards `study collect` puts the results together.\n\n"
      "Example, in an array of PBS with 100 runs per element:\n"
      "  first=$((PBS_ARRAY_INDEX * 100))\n"
      "  interstice study task my.yaml --numbering DIGITS --index $first-$((first + 99))\n"
      "`study submit --only-write` says the digits.");
}

void add_fit(CLI::App& study) {
  const auto options = std::make_shared<StudyOptions>();
  CLI::App& command =
      add_word(study, "fit", "Fit parameters to your data, and say which of them the data know", options, fit_study);
  command.get_option("--output")->description("Where results are (default out/<study>_fit)");
  add_jobs(command, options);
  command.add_option("--max-walltime", options->keeping.walltime_text, "Stop before this, such as 1h")
      ->type_name("TIME");
  command.add_flag("--quiet", options->settings.quiet, "No progress, only what the fit says");
  command.footer(
      "The block `fit` of the study names the data (CSV: time, value, unit, arm, sd, of) and the parameters with "
      "their\n"
      "ranges. Searches from several starts, then the profile likelihood of each parameter: a 95 % interval, or \"not\n"
      "identifiable\" with what makes up for it. All values are tried under one noise. The same command goes on.\n"
      "Writes fit.csv, fit_residuals.csv and fit_profiles.csv.\n\n"
      "Example:\n  interstice study fit scenarios/studies/fit_purines.yaml -o out/fit");
}

void add_study_options(CLI::App& command) {
  command.require_subcommand(1);
  add_plan(command);
  add_run(command);
  add_submit(command);
  add_task(command);
  add_fit(command);
  const auto of_status = std::make_shared<StudyOptions>(), of_collect = std::make_shared<StudyOptions>();
  add_word(command, "status", "How many runs are done, failed, missing, and why", of_status, study_status);
  add_word(command, "collect", "Put together the table of results, of what is there so far", of_collect, collect_study);
  command.footer(
      "Examples:\n  interstice study plan scenarios/studies/dose_response_knee.yaml\n"
      "  interstice study run scenarios/studies/dose_response_knee.yaml -o out/doses");
}

const RegisteredCommand study_command{{.position = 25,
                                       .name = "study",
                                       .arguments = "WHAT FILE",
                                       .summary = "many runs: doses, samples, replicates -> out/<study>_study/",
                                       .title = "Many runs of one scenario, declared in a file.",
                                       .add_options = add_study_options}};

}  // namespace
}  // namespace interstice::cli
