#include "engine/statistics/proportion.h"

#include <boost/math/special_functions/beta.hpp>
#include <cassert>

namespace interstice {

Estimate binomial_share(std::size_t count, std::size_t n) {
  assert(n > 0 && count <= n);
  const auto k = static_cast<double>(count), total = static_cast<double>(n);
  return {.n = n,
          .mean = k / total,
          .low = count == 0 ? 0 : boost::math::ibeta_inv(k, total - k + 1, 0.025),
          .high = count == n ? 1 : boost::math::ibeta_inv(k + 1, total - k, 0.975)};
}

}  // namespace interstice
