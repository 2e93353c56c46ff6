/// @file
/// How often something happened, with its exact interval.
#pragma once

#include <cstddef>

#include "engine/statistics/bootstrap.h"

namespace interstice {

/// count / n with the interval of Clopper & Pearson (1934), 95 %: it holds the true share at least as often. n above 0.
Estimate binomial_share(std::size_t count, std::size_t n);

}  // namespace interstice
