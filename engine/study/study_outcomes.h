/// @file
/// What a run of a study says in numbers by itself. What it says against the run that it is paired with is made of
/// these when results are put together.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/analysis/metric.h"
#include "engine/analysis/metrics_run.h"
#include "engine/study/study.h"

namespace interstice {

/// What an arm is ("" for the scenario's own): describe_arm with what it changes and what it is compared with.
/// `problem` is its own.
ArmFacts facts_of(const Scenario& scenario, const std::string& arm, const Problem& problem);

/// The metrics of a run that need no other: phenotype at its horizons, what the scenario names, the primary field, the
/// EVs, in all and per cell of the start. Those without a value say why.
std::vector<Metric> outcomes_of(const Scenario& scenario, const ArmFacts& arm, const RunOutcome& run);

/// What `outcomes` of a study may begin with: the families of such metrics, and the names of those that the scenario
/// declares.
[[nodiscard]] std::vector<std::string> outcome_names(const Scenario& scenario);

/// Whether a metric of this name is one that the study wants; `wanted` empty: all are.
[[nodiscard]] bool is_wanted(const std::vector<std::string>& wanted, std::string_view name);

/// The arm whose runs those of an arm are compared with: the one it names, else the first without vesicles that is no
/// sham. Empty where the study does not run it, or the arm is that one itself.
[[nodiscard]] std::optional<std::size_t> reference_of(const Study& study, std::size_t arm);

}  // namespace interstice
