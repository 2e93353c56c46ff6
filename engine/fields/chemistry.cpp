/// @file
/// Reactions that run for a while or fade.
#include "engine/fields/chemistry.h"

#include <algorithm>
#include <cmath>

#include "engine/core/pinned_math.h"

namespace interstice {

bool ReactionTiming::always() const { return from <= 0 && std::isinf(until) && std::isinf(half_life); }

double ReactionTiming::mean_strength(double time, double dt) const {
  const double begin = std::max(time, from), end = std::min(time + dt, until);
  if (!(end > begin)) return 0;
  if (std::isinf(half_life)) return (end - begin) / dt;
  const double rate = pinned::log(2.0) / half_life;  // exp(-rate (t - from)), integrated
  return pinned::exp(-rate * (begin - from)) * -pinned::expm1(-rate * (end - begin)) / (rate * dt);
}

void Chemistry::mean_strengths(double time, double dt, std::vector<double>& strength) const {
  strength.clear();
  if (std::ranges::all_of(reactions, [](const Reaction& r) { return r.timing.always(); })) return;
  for (const Reaction& r : reactions) strength.push_back(r.timing.mean_strength(time, dt));
}

}  // namespace interstice
