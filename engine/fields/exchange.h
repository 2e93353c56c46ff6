/// @file
/// What agents and models give to and take from the fields during one transport step. Cells are few, so theirs is kept
/// for the voxels that hold any; vesicles and models may act everywhere, in arrays that the exchange refers to. The
/// reaction stage turns it all into concentrations, never taking more than a voxel holds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/core/ids.h"

namespace interstice {

struct Exchange {
  enum class Kind : std::uint8_t {
    secretion,  ///< of a species [molecules/s] per voxel, >= 0
    clearance,  ///< of a species: first-order removal [um^3/s] per voxel, >= 0 (rate = clearance * c / (alpha V))
    capacity,   ///< of a species whose clearance saturates: the most that is removed [uM um^3/s] per voxel
    copies      ///< of the enzyme of a reaction, per voxel
  };
  struct Quantity {
    Kind kind = Kind::secretion;
    std::uint32_t of = 0;  ///< species or reaction
    bool operator==(const Quantity&) const = default;
  };
  /// One number per voxel; its owner keeps it until the reaction stage is done.
  struct Array {
    Quantity quantity;
    std::span<const double> values;
  };

  /// Forgets what was given; the quantities of the cells stay.
  void clear() {
    voxels.clear();
    amounts.clear();
    taken_at_once.clear();
    arrays.clear();
  }

  std::vector<Quantity> quantities;   ///< that cells can give or take
  std::vector<std::uint32_t> voxels;  ///< where there are cells, ascending
  std::vector<double> amounts;        ///< [place in `voxels`][quantity], summed over the cells of the voxel
  std::vector<double> taken_at_once;  ///< per species: secreted and taken up by the same cell [molecules/s]; or empty
  std::vector<Array> arrays;          ///< from vesicles and models; several of one quantity add up
  std::vector<double> clearance_Km;   ///< per species: half-saturation of the clearance [uM], 0 = linear
  std::vector<double> strength;       ///< per reaction: how strong it is in this step; empty = all at 1

  [[nodiscard]] double strength_of(std::size_t reaction) const { return strength.empty() ? 1.0 : strength[reaction]; }
};

}  // namespace interstice
