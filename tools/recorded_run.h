/// @file
/// One run in its directory: begun, or gone on with from its last checkpoint, watched, saved now and then, and recorded
/// however it ends. `run` does one of them on all its threads, `compare` several at a time.
#pragma once

#include <filesystem>
#include <functional>

#include "engine/results/provenance.h"
#include "engine/scenario/scenario.h"
#include "engine/sim/simulation.h"
#include "tools/failure.h"
#include "tools/result_directory.h"
#include "tools/run_output.h"
#include "tools/stop_requests.h"

namespace interstice::cli {

/// The record of a run that is about to begin. `problem` is its own; only its seed may be that of another replicate.
RunRecord describe_run(const Scenario& scenario, const RunVariant& variant, const Problem& problem, int threads);

struct RunSettings {
  std::filesystem::path directory;
  Extent extent = Extent::all;
  int threads = 1;
  int at_a_time = 1;        ///< runs that may have to save one after the other
  double save_every = 600;  ///< wall-clock time between checkpoints [s]
};

/// What the one who asked for a run gets to see of it.
struct RunWatch {
  std::function<void(double time)> gone_on;           ///< before the first step of a run that goes on [s]
  std::function<void()> begun_anew;                   ///< an unfinished run of which nothing was saved
  std::function<void(const Simulation&)> after_step;  ///< after every step
  std::function<void(const std::string&)> warn;       ///< what went wrong without ending the run
  std::function<void(const std::string&)> placed;     ///< doubts about where the cells of a run that begins were placed
};

/// Runs to the end and writes run.json, "finished", "stopped" or "failed", also where a plug-in ends the program. Where
/// `found` is unfinished it goes on from the newest checkpoint that can be read; what is to be replaced is removed.
/// `replace`: begin anew where none can be used. Throws Error(stopped) when `stop` says so: the run is saved then;
/// Error(cannot_go_on) when there are checkpoints, but none that this program can go on from; and whatever the run
/// fails by.
void carry_out(const Scenario& scenario, Problem problem, RunRecord& record, const RunSettings& settings, Found found,
               Replace replace, StopRequests& stop, const RunWatch& watch);

/// Does `work`, which leaves `files`, and ends the record, "failed", "stopped" or "finished"; then throws the failure
/// if there is one: whatever else goes wrong here, the user hears the first reason.
void record_work(const std::filesystem::path& directory, RunRecord& record, const std::vector<std::string>& files,
                 const std::function<void()>& work);

}  // namespace interstice::cli
