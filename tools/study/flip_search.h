/// @file
/// The smallest change of at most a few parameters after which an answer is another.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace interstice::cli {

/// Parameters with their own values, positive, each within a range.
struct FlipSpace {
  std::vector<double> own, low, high;
};

struct FlipFound {
  double fold = 0;         ///< the largest of the changes
  std::vector<double> at;  ///< values of all parameters
};

/// For one, two, ... up to `changes` parameters at most: the smallest fold f > 1 at which `flipped` holds somewhere
/// within own / f .. own * f and the ranges. Along every direction in which parameters change by f, sqrt(f), 1, 1 /
/// sqrt(f) or 1 / f, the first change of answer is searched to 0.1 %, in steps of 5 % of the fold for one parameter, in
/// quarters of the best that is known for several; a parameter at the end of its range stays there. Three or more are
/// chosen among the first kOfMany alone: put those first that matter most.
std::vector<std::optional<FlipFound>> smallest_flips(const FlipSpace& space, std::size_t changes,
                                                     const std::function<bool(const std::vector<double>&)>& flipped);
inline constexpr std::size_t kOfMany = 16;

}  // namespace interstice::cli
