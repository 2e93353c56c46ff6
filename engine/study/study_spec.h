/// @file
/// What a study file may hold: the one place that says it, as scenario_spec.h does for scenarios.
#pragma once

#include "engine/scenario/spec/spec.h"

namespace interstice {

SpecPointer study_spec();

}  // namespace interstice
