/// @file
/// Where every molecule came from and went: cumulated since the start, patch and reservoirs together [molecules].
#pragma once

#include <tuple>
#include <vector>

#include "engine/core/state_row.h"

namespace interstice {

struct Budget {
  std::vector<double> reacted;           ///< extent per reaction
  std::vector<double> secreted;          ///< per species, by agents and models
  std::vector<double> taken_up;          ///< per species, taken up by agents and models
  std::vector<double> decayed;           ///< per species
  std::vector<double> through_boundary;  ///< per species, net inflow through open faces and where it is held
  std::vector<double> dosed;             ///< per species; follows from the schedule of doses, so no hash needs it

  void resize(std::size_t species, std::size_t reactions) {
    reacted.assign(reactions, 0.0);
    for (auto* v : {&secreted, &taken_up, &decayed, &through_boundary, &dosed}) v->assign(species, 0.0);
  }
};

/// Named as the columns of the time series.
inline constexpr auto kBudgetRows = std::tuple(row({"reaction", "molecule", Per::reaction}, &Budget::reacted),
                                               row({"secreted", "molecule", Per::species}, &Budget::secreted),
                                               row({"taken_up", "molecule", Per::species}, &Budget::taken_up),
                                               row({"decayed", "molecule", Per::species}, &Budget::decayed),
                                               row({"boundary", "molecule", Per::species}, &Budget::through_boundary),
                                               row({"dosed", "molecule", Per::species, Hashed::no}, &Budget::dosed));
static_assert(bytes_listed(kBudgetRows) == sizeof(Budget), "every member has a row");

}  // namespace interstice
