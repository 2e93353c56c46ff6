/// @file
/// What agents and models give to and take from the fields during one transport step. Per voxel, gathered in storage
/// order. The reaction stage turns it into concentrations, never taking more than a voxel holds.
#pragma once

#include <span>
#include <vector>

#include "engine/core/ids.h"
#include "engine/grid/field_set.h"

namespace interstice {

struct Exchange {
  Exchange() = default;
  Exchange(std::size_t species, std::size_t reactions, std::size_t voxels)
      : secretion(species, voxels), clearance(species, voxels), copies(reactions, voxels) {}

  void clear() {
    for (FieldSet* set : {&secretion, &clearance, &copies}) set->fill(0.0);
  }

  FieldSet secretion;  ///< [molecules/s] per voxel, >= 0
  FieldSet clearance;  ///< first-order removal by agents [um^3/s] per voxel, >= 0 (rate = clearance * c / (alpha V))
  FieldSet copies;     ///< enzyme copies per voxel, one array per reaction (index it with SpeciesId{reaction})
  std::vector<double> clearance_Km;  ///< per species: half-saturation of the clearance [uM], 0 = linear
};

}  // namespace interstice
