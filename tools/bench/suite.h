/// @file
/// Which lines there are, what each is held against, and measuring those that were asked for.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/parallel.h"
#include "tools/bench/rows.h"
#include "tools/bench/timing.h"

namespace interstice::bench {

struct SuiteOptions {
  std::string filter;  ///< only lines whose name contains it
  double size = 1;     ///< of every workload, relative to the budget's
  Patience patience;   ///< for each line
  int threads = 2;     ///< besides one
};

/// Measures; `tell` is called with the name of what comes next and with how much of all is done.
std::vector<Row> run_suite(const SuiteOptions& options, const std::function<void(std::string_view, double)>& tell);

/// What the largest world that is measured should take, by the engine's own estimate [B].
double memory_estimate(const SuiteOptions& options);

/// The names that a filter is matched with.
std::vector<std::string> row_names();

}  // namespace interstice::bench
