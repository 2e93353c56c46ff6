/// @file
/// What agents and models give to and take from the fields during one transport step. Cells are few, so theirs is kept
/// cell by cell, with the voxels that each meets; vesicles and models may act everywhere, in arrays that the exchange
/// refers to. The reaction stage turns it all into concentrations, never taking more than a voxel holds.
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
  /// One number per voxel; its owner keeps it until the transport step is done.
  struct Array {
    Quantity quantity;
    std::span<const double> values;
  };

  /// A cell's part in a voxel. Parts are counted, so that those of a cell make a whole to the last bit.
  struct Share {
    static constexpr double kWhole = 0x1p31;
    std::uint32_t cell : 31;
    std::uint32_t centre : 1;  ///< the cell's centre is in this voxel
    std::uint32_t parts;       ///< of kWhole: weight of the voxel in the cell's footprint
  };

  /// Forgets what was given; the quantities of the cells stay.
  void clear() {
    voxels = first = {};
    shares = {};
    given = {};
    any_given = {};
    arrays.clear();
    taken_at_once.clear();
  }

  std::vector<Quantity> quantities;       ///< that cells can give or take
  std::vector<std::uint8_t> spread;       ///< per quantity: over a cell's footprint, or all in the voxel of its centre
  std::span<const std::uint32_t> voxels;  ///< that meet cells, ascending
  std::span<const std::uint32_t> first;   ///< per place in `voxels`: where its shares begin; then their number
  std::span<const Share> shares;          ///< cells of a voxel in storage order
  std::span<const double> given;          ///< [cell][quantity]
  std::span<const std::uint8_t> any_given;  ///< per quantity: is one of them not 0? Empty: maybe
  std::vector<double> taken_at_once;  ///< per species: secreted and taken up by the same cell [molecules/s]; or empty
  std::vector<Array> arrays;          ///< from vesicles and models; several of one quantity add up
  std::vector<double> clearance_Km;   ///< per species: half-saturation of the clearance [uM], 0 = linear
  std::vector<double> strength;       ///< per reaction: how strong it is in this step; empty = all at 1

  [[nodiscard]] bool anyone_gives(std::size_t quantity) const {
    return !shares.empty() && (any_given.empty() || any_given[quantity] != 0);
  }
  /// What cells give and take in a voxel.
  [[nodiscard]] double amount(std::size_t place, std::size_t quantity) const {
    const std::size_t width = quantities.size(), end = first[place + 1];
    const double* of = given.data() + quantity;
    double sum = 0;
    if (spread[quantity] != 0) {
      for (std::size_t k = first[place]; k < end; ++k) sum += shares[k].parts * of[shares[k].cell * width];
      return sum / Share::kWhole;
    }
    for (std::size_t k = first[place]; k < end; ++k) sum += shares[k].centre * of[shares[k].cell * width];
    return sum;
  }
  [[nodiscard]] double strength_of(std::size_t reaction) const { return strength.empty() ? 1.0 : strength[reaction]; }
};

}  // namespace interstice
