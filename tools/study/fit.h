/// @file
/// A fit of parameters of a scenario to data: the search, what the data say about each parameter, and the tables and
/// the page that tell it.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/statistics/least_squares.h"
#include "tools/study/fit_runs.h"
#include "tools/study/study_directory.h"

namespace interstice::cli {

struct FitResult {
  Fit fit;
  std::vector<ParameterProfile> profiles;  ///< in the order of the parameters
  std::vector<std::string> why;            ///< per parameter: what its interval follows from, or why there is none
  Prediction best;                         ///< what the runs say there
  std::vector<double> sd;                  ///< per datum, with the noise of runs where it is added
};

/// Searches from several starts, adds the noise of runs, and follows the profile of each parameter; where that finds a
/// better fit it begins there anew. `tell` hears of each stage. Throws what FitRuns::at throws, and InputError where
/// the runs fail at every start.
FitResult fit_parameters(const StudyFit& fit, std::uint64_t seed, FitRuns& runs,
                         const std::function<void(const std::string&)>& tell);

/// fit.csv, fit_residuals.csv and fit_profiles.csv. Throws DiskError.
void write_fit(const Study& study, const FitResult& result, const StudyDirectory& directory);

/// What it says, for the terminal.
std::string fit_page(const Study& study, const FitResult& result, const FitRuns& runs);

}  // namespace interstice::cli
