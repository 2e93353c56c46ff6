/// @file
/// Where every molecule came from and went: cumulated since the start, patch and reservoirs together [molecules].
#pragma once

#include <vector>

namespace interstice {

struct Budget {
  std::vector<double> reacted;           ///< extent per reaction
  std::vector<double> secreted;          ///< per species, by agents and models
  std::vector<double> taken_up;          ///< per species, taken up by agents and models
  std::vector<double> decayed;           ///< per species
  std::vector<double> through_boundary;  ///< per species, net inflow through open faces (reservoirs are inside)

  void resize(std::size_t species, std::size_t reactions) {
    reacted.assign(reactions, 0.0);
    for (auto* v : {&secreted, &taken_up, &decayed, &through_boundary}) v->assign(species, 0.0);
  }
};

}  // namespace interstice
