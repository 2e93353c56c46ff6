#include "engine/vesicles/fates.h"

#include <algorithm>

#include "engine/core/pinned_math.h"

namespace interstice {

std::uint64_t VesicleLedger::total() const {
  std::uint64_t sum = 0;
  for (const PlaceInfo& place : kPlaces) sum += place.number(*this);
  return sum;
}

Exits::Exits(const VesicleClass& klass, VesiclePlace from, bool cargo, const Surroundings& around) {
  for (std::size_t f = 0; f < kFates.size(); ++f) {
    const Fate& fate = kFates[f];
    if (fate.from != from || (fate.needs_cargo && !cargo)) continue;
    const double rate = fate.rate(klass, around);  // rounding may leave less than nothing of 1 - a - b
    if (rate > 0) exits_[count_++] = {static_cast<std::uint8_t>(f), rate, 0};
  }
  double rest = 0;
  for (std::size_t i = count_; i-- > 0;) exits_[i].rest = rest += exits_[i].rate;
}

double Exits::probability(double dt) const { return -pinned::expm1(-rate() * dt); }

/// Numbers wrap around where the sum of two steps is meant, so that one function counts both in and out.
void VesicleAccounts::add(std::size_t klass, std::uint64_t number, Whereabouts at) const {
  const PlaceInfo& place = info(at.place);
  place.number(ledger[klass]) += number;
  if (at.place == VesiclePlace::in_reservoir) reservoirs[at.of].vesicles[klass] += number;
  if (place.on_host != nullptr) (cells->*place.on_host)[at.of] += number;
}

void VesicleAccounts::move(std::size_t klass, std::uint64_t number, Whereabouts from, Whereabouts to) const {
  add(klass, 0 - number, from);
  add(klass, number, to);
  const auto arrivals = info(to.place).arrivals;
  if (from.place != to.place && arrivals != nullptr) (cells->*arrivals)[to.of] += number;
}

void VesicleAccounts::dose(std::size_t klass, std::uint64_t number, Whereabouts to) const {
  ledger[klass].dosed += number;
  if (to.place == VesiclePlace::in_reservoir) ledger[klass].dosed_in_reservoirs += number;
  add(klass, number, to);
}

}  // namespace interstice
