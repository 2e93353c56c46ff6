/// @file
/// Reading what of a scenario is sampled.
#pragma once

#include <optional>

#include "engine/scenario/spec/spec.h"
#include "engine/study/study.h"

namespace interstice {

/// `value`: of `samples`. `parameters`: the table of the scenario, for the ranges. Mistakes go to `diagnostics`.
std::optional<Samples> read_samples(const Value& value, const std::vector<ParameterRecord>& parameters,
                                    Diagnostics& diagnostics);

/// One of its factors: a key with a range, that of the parameter table where nothing is said.
std::optional<SampledFactor> read_factor(const std::string& name, const Value& value,
                                         const std::vector<ParameterRecord>& parameters, Diagnostics& diagnostics);

}  // namespace interstice
