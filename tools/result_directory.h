/// @file
/// What a directory holds already when a run or a comparison is to begin there. Nothing finished is overwritten unless
/// the user says --force, and nothing that is not ours at all.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/results/provenance.h"
#include "engine/scenario/scenario.h"

namespace interstice::cli {

enum class Found { nothing, unfinished, finished, to_be_replaced };

/// What makes room for a run: nothing but an empty directory, whatever is not this very run, or that too when finished.
/// An unfinished one is gone on with in any case.
enum class Replace { nothing, others, finished_too };

/// What is about to begin.
struct Wanted {
  const RunRecord& record;
  std::vector<std::string> files;             ///< that it will leave, besides run.json and scenario.yaml
  std::vector<std::filesystem::path> inputs;  ///< that it is read from
  Replace replace = Replace::nothing;
  bool inside_ours = false;  ///< the directory is that of a run in our comparison: a user may have put files there
};

/// Looks for this very run: the same identity, and when finished by the same program with all its files. Changes
/// nothing. Throws InputError when there is anything else that may not be replaced.
Found look_into(const std::filesystem::path& directory, const Wanted& wanted);

/// The same for a comparison, whose runs are looked into one by one: where others than these arms and replicates, or
/// other outcomes, were compared, or runs alone lie in arms/, it is unfinished, for its runs may serve. Throws
/// InputError when the directory holds anything but a comparison that may not be replaced.
Found look_into_comparison(const std::filesystem::path& directory, const Wanted& wanted);

/// Whether what lies there is this run, or part of it.
[[nodiscard]] bool holds_run(const std::filesystem::path& directory, const RunRecord& wanted);

/// Throws InputError where a finished comparison is there that is not this one. For where its runs would not serve.
void refuse_another_comparison(const std::filesystem::path& directory, const RunRecord& wanted);

/// How the program or its plug-ins differ between two texts of provenance_json(); "" when they do not.
std::string other_program(const std::string& then, const std::string& now);

/// The files that the scenario is read from, includes too.
std::vector<std::filesystem::path> input_files(const Scenario& scenario);

/// Throws InputError when `directory` holds one of the files that a run is read from, under a name of ours.
void keep_inputs(const std::filesystem::path& directory, const std::vector<std::filesystem::path>& inputs);

}  // namespace interstice::cli
