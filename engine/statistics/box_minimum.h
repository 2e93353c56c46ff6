/// @file
/// The least value of a function of a few numbers within a box.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

namespace interstice {

struct BoxMinimum {
  std::vector<double> at;
  double value = 0;
  std::size_t evaluations = 0;
  bool converged = false;  ///< to the tolerance; otherwise the evaluations were used up
};

struct BoxSearch {
  double first_step = 0.1;         ///< reach of the first steps, in widths of the box
  double tolerance = 1e-8;         ///< of the place, in widths of the box
  std::size_t evaluations = 2000;  ///< at most
};

/// BOBYQA (Powell 2009, of NLopt) from `start` within low .. high: quadratic models through values of the function, no
/// derivatives, no random numbers. A dimension with low = high stays fixed. The function must be finite;
/// what it throws ends the search and is thrown on.
BoxMinimum minimise(const std::function<double(std::span<const double>)>& function, std::vector<double> start,
                    const std::vector<double>& low, const std::vector<double>& high, const BoxSearch& search = {});

}  // namespace interstice
