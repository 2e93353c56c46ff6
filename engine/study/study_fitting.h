/// @file
/// Reading what is fitted, and the table of what was measured.
#pragma once

#include <optional>

#include "engine/scenario/spec/spec.h"
#include "engine/study/study.h"

namespace interstice {

/// `value`: of `fit`; the study has its scenario and arms. Mistakes go to `diagnostics`, those of the table with its
/// own lines.
std::optional<StudyFit> read_fit(const Value& value, const Study& study, Diagnostics& diagnostics);

/// Its low end, start and high end as values of an axis, to be tried.
StudyAxis ends_of(const FittedParameter& parameter);

}  // namespace interstice
