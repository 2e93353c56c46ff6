#include "engine/statistics/marginal.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/core/error.h"
#include "engine/core/pinned_math.h"

namespace interstice {
namespace {

void check_range(double low, double high) {
  if (!std::isfinite(low) || !std::isfinite(high) || !(low < high))
    throw InputError(
        fmt::format("{} .. {} is no range (nothing lies between) give a smaller and a larger number", low, high));
}

}  // namespace

Marginal::Marginal(Shape shape, std::vector<double> values, double low, double high)
    : shape_(shape), values_(std::move(values)), low_(low), high_(high) {}

Marginal Marginal::uniform(double low, double high) {
  check_range(low, high);
  return {Shape::uniform, {}, low, high};
}

Marginal Marginal::log_uniform(double low, double high) {
  check_range(low, high);
  if (!(low > 0))
    throw InputError(fmt::format("{} .. {} has no logarithm (low is not positive) sample it uniformly", low, high));
  return {Shape::log_uniform, {}, low, high};
}

Marginal Marginal::over_range(double low, double high) {
  return low > 0 && high > 10 * low ? log_uniform(low, high) : uniform(low, high);
}

Marginal Marginal::list(std::vector<double> values) {
  if (values.empty()) throw InputError("a list of values is empty (nothing to choose from) give at least one");
  return {Shape::list, std::move(values), 0, 0};
}

double Marginal::quantile(double u) const {
  switch (shape_) {
    case Shape::uniform:
      return low_ + u * (high_ - low_);
    case Shape::log_uniform:
      if (u == 1) return high_;
      return std::clamp(low_ * pinned::exp(u * pinned::log(high_ / low_)), low_, high_);
    case Shape::list:
      return values_[std::min(static_cast<std::size_t>(u * static_cast<double>(values_.size())), values_.size() - 1)];
  }
  return low_;
}

}  // namespace interstice
