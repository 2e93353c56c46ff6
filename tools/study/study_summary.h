/// @file
/// What the runs of a study say together: effects with intervals, dose-response curves along its axes, and which of
/// what was sampled matters.
#pragma once

#include "engine/study/study.h"
#include "tools/study/study_directory.h"
#include "tools/study/study_values.h"

namespace interstice::cli {

/// Writes effects.csv, and dose_response.csv and sensitivity.csv where the study has what they need. Throws DiskError.
void write_study_summary(const Study& study, const StudyValues& values, const StudyDirectory& directory);

}  // namespace interstice::cli
