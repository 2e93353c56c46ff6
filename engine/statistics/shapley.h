/// @file
/// Shares of switches in an effect that was measured for every subset of them: Shapley values (Shapley 1953), and
/// whether the switches can stand in for each other.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/statistics/bootstrap.h"
#include "engine/statistics/contrast.h"

namespace interstice {

/// worth[subset] with bit i set where switch i is on, all 2^n subsets. The value of switch i is what it adds, averaged
/// over all orders in which the switches may be turned on: sum over S without i of
/// |S|! (n - |S| - 1)! / n! (worth(S and i) - worth(S)). Together they add up to worth(all) - worth(none).
std::vector<double> shapley_values(std::span<const double> worth);

/// What one switch does, E being the worth less that of none.
struct SwitchShare {
  std::string name;
  Estimate shapley;     ///< Student's interval over replicates
  RatioEstimate alone;  ///< E(i alone) / E(all)
  RatioEstimate kept;   ///< E(all but i) / E(all); 1 - kept is lost when the switch is knocked out
};

struct SwitchShares {
  std::vector<SwitchShare> shares;
  Estimate all;                ///< E(all)
  std::size_t left_out = 0;    ///< replicates with a subset that has no value (NaN)
  bool redundant = false;      ///< the rule below, for the means
  double share_redundant = 0;  ///< share of draws of the means (MeanDraws) for which it holds; 0 for one replicate
};

inline constexpr double kLostAtMost = 0.3;    ///< of E(all), by each knock-out
inline constexpr double kAloneAtLeast = 0.5;  ///< of E(all), by each switch alone

/// worth[replicate][subset]. Switches are functionally redundant where every single knock-out loses less than
/// kLostAtMost of the effect of all, while each alone gives more than kAloneAtLeast of it. Throws InputError where the
/// number of subsets is not 2^names and where no replicate is complete.
SwitchShares switch_shares(const std::vector<std::string>& names, const std::vector<std::vector<double>>& worth,
                           std::uint64_t seed, std::string_view key);

}  // namespace interstice
