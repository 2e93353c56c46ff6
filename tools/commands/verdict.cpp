/// @file
/// `interstice verdict`: what a study answers.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "engine/core/error.h"
#include "models/builtin.h"
#include "tools/command.h"
#include "tools/study/planted_worlds.h"
#include "tools/study/study_actions.h"

namespace interstice::cli {
namespace {

/// --planted and what goes with it.
void add_planted(CLI::App& command, PlantedSettings& settings) {
  CLI::Option* planted =
      command
          .add_option("--planted", settings.worlds,
                      "No study: how often verdicts and F* are right, in so many worlds of known truth")
          ->check(CLI::Range(5, 1000000))
          ->type_name("N");
  const auto whole = [&](const char* name, std::uint64_t& number, const char* what, int least, int most) {
    command.add_option(name, number, what)
        ->check(CLI::Range(least, most))
        ->capture_default_str()
        ->type_name("N")
        ->needs(planted);
  };
  whole("--seed", settings.seed, "Of these worlds", 0, 1000000000);
  whole("--points", settings.points, "Samples of the study that looks at each", 10, 100000);
  whole("--replicates", settings.replicates, "And its replicates", 2, 1000);
}

void print_planted(const PlantedSettings& settings) {
  ModelRegistry registry;
  register_builtin_models(registry);
  fmt::print("{}", planted_page(settings, try_planted_worlds(settings, registry)));
}

void add_verdict_options(CLI::App& command) {
  const auto options = std::make_shared<StudyOptions>();
  const auto planted = std::make_shared<PlantedSettings>();
  command.add_option("study", options->scenario.file, "Study file (YAML)")->type_name("FILE");
  command.add_option("-o,--output", options->output, "Where its results are (default out/<study>_study)")
      ->type_name("DIR");
  command.add_option("--include", options->scenario.includes, "Directory in which included files are looked for last")
      ->type_name("DIR")
      ->check(CLI::ExistingDirectory)
      ->allow_extra_args(false);
  add_planted(command, *planted);
  command.footer(
      "Effects on the shared phenotype, point by point: one side is preferred where it does more than three times "
      "what\n"
      "the other does in 80 % of the points; effects below 0.05 count as 0.05. Points are those of the samples, or "
      "all\n"
      "where nothing is sampled, or draws of the replicates of a single one; with axes beside the samples there is a\n"
      "verdict at each of their values. Then: effects of each arm, EVs per cell at half effect, break-even factors,\n"
      "elasticities, shares of mechanisms, what decides, the smallest change of parameters that turns the verdict,\n"
      "and a map of who wins where, as far as the study has what they need.\n\n"
      "--planted tries the same functions on worlds of a reduced model, of which it is known what acts.\n\n"
      "Examples:\n  interstice verdict scenarios/studies/dose_response_knee.yaml -o out/doses\n"
      "  interstice verdict --planted 500");
  command.callback([options, planted, &command] {
    const bool worlds = command.count("--planted") > 0;
    if (worlds != options->scenario.file.empty())
      throw InputError(
          "a study and --planted exclude each other (one of them is needed) name a study file, or say "
          "--planted 500");
    worlds ? print_planted(*planted) : verdict_of_study(*options);
  });
}

const RegisteredCommand verdict_command{
    {.position = 27,
     .name = "verdict",
     .arguments = "FILE",
     .summary = "what a study answers: by uptake and contact, or outside cells?",
     .title = "What a study answers: do vesicles work by uptake and contact, or by what they do outside cells?",
     .add_options = add_verdict_options}};

}  // namespace
}  // namespace interstice::cli
