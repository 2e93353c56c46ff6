#include "engine/statistics/box_minimum.h"

#include <algorithm>
#include <exception>
#include <nlopt.hpp>

namespace interstice {
namespace {

/// The function over those dimensions of the box that have a width, scaled to 0 .. 1. NLopt alone calls it.
struct ScaledFunction {
  const std::function<double(std::span<const double>)>& function;
  const std::vector<double>&low, &high;
  std::vector<std::size_t> free;  ///< dimensions
  BoxMinimum best;
  std::vector<double> trial;
  std::exception_ptr thrown{};  ///< by the function: NLopt would swallow what it is

  double operator()(const std::vector<double>& share) {
    for (std::size_t i = 0; i < free.size(); ++i) {
      const std::size_t f = free[i];
      trial[f] = std::clamp(low[f] + share[i] * (high[f] - low[f]), low[f], high[f]);
    }
    const double value = function(trial);
    ++best.evaluations;
    if (best.evaluations == 1 || value < best.value) {
      best.value = value;
      best.at = trial;
    }
    return value;
  }
};

double call(const std::vector<double>& share, std::vector<double>& /*gradient*/, void* data) {
  auto& scaled = *static_cast<ScaledFunction*>(data);
  try {
    return scaled(share);
  } catch (...) {
    scaled.thrown = std::current_exception();
    throw nlopt::forced_stop();
  }
}

}  // namespace

BoxMinimum minimise(const std::function<double(std::span<const double>)>& function, std::vector<double> start,
                    const std::vector<double>& low, const std::vector<double>& high, const BoxSearch& search) {
  ScaledFunction scaled{function, low, high, {}, {}, start, {}};
  std::vector<double> share;
  for (std::size_t f = 0; f < start.size(); ++f) {
    if (!(low[f] < high[f])) continue;
    scaled.free.push_back(f);
    share.push_back(std::clamp((start[f] - low[f]) / (high[f] - low[f]), 0.0, 1.0));
  }
  if (share.empty()) {
    scaled(share);
    scaled.best.converged = true;
    return scaled.best;
  }
  // BOBYQA needs two dimensions; Brent's method is not offered, and COBYLA has no such limit.
  nlopt::opt solver(share.size() > 1 ? nlopt::LN_BOBYQA : nlopt::LN_COBYLA, static_cast<unsigned>(share.size()));
  solver.set_lower_bounds(0.0);
  solver.set_upper_bounds(1.0);
  solver.set_initial_step(search.first_step);
  solver.set_xtol_abs(search.tolerance);
  solver.set_maxeval(static_cast<int>(search.evaluations));
  solver.set_min_objective(call, &scaled);
  double least = 0;
  try {
    scaled.best.converged = solver.optimize(share, least) != nlopt::MAXEVAL_REACHED;
  } catch (const nlopt::roundoff_limited&) {
    scaled.best.converged = true;  // as exact as rounding allows
  } catch (const nlopt::forced_stop&) {
    std::rethrow_exception(scaled.thrown);
  }
  return scaled.best;
}

}  // namespace interstice
