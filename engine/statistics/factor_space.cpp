#include "engine/statistics/factor_space.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <numeric>
#include <set>

#include "engine/core/error.h"
#include "engine/statistics/sobol_sequence.h"

namespace interstice {

FactorSpace::FactorSpace(std::vector<Factor> factors, const std::vector<LinearConstraint>& constraints)
    : factors_(std::move(factors)) {
  if (factors_.empty()) throw InputError("a study varies nothing (it has no factor) name at least one");
  std::map<std::string, std::size_t> place;
  for (std::size_t i = 0; i < factors_.size(); ++i)
    if (!place.emplace(factors_[i].name, i).second)
      throw InputError(fmt::format("factor `{}` stands twice (which range holds?) keep one", factors_[i].name));
  for (const LinearConstraint& constraint : constraints) {
    Row row{std::vector<double>(factors_.size(), 0.0), constraint.bound};
    for (const auto& [name, coefficient] : constraint.coefficient) {
      const auto found = place.find(name);
      if (found == place.end())
        throw InputError(
            fmt::format("a constraint names `{}`, which is no factor (it does not vary) leave it out", name));
      row.coefficient[found->second] = coefficient;
    }
    constraints_.push_back(std::move(row));
  }
  if (constraints_.empty()) return;

  constexpr int kTrials = 1 << 14;
  SobolSequence sequence(names(), 0);
  int allowed = 0;
  for (int trial = 0; trial < kTrials; ++trial) allowed += allows(at(sequence.next())) ? 1 : 0;
  allowed_share_ = static_cast<double>(allowed) / kTrials;
  if (allowed_share_ < kLeastAllowed)
    throw InputError(
        fmt::format("the constraints allow {:.2g} % of all points (at least {:.0f} % are needed to sample "
                    "them) narrow the ranges",
                    100 * allowed_share_, 100 * kLeastAllowed));
}

std::vector<std::string> FactorSpace::names() const {
  std::vector<std::string> names;
  for (const Factor& factor : factors_) names.push_back(factor.name);
  return names;
}

FactorValues FactorSpace::at(std::span<const double> share) const {
  assert(share.size() == size());
  FactorValues values(size());
  for (std::size_t i = 0; i < size(); ++i) values[i] = factors_[i].marginal.quantile(share[i]);
  return values;
}

bool FactorSpace::allows(const FactorValues& values) const {
  return std::all_of(constraints_.begin(), constraints_.end(), [&](const Row& row) {
    return std::inner_product(values.begin(), values.end(), row.coefficient.begin(), 0.0) <= row.bound;
  });
}

}  // namespace interstice
