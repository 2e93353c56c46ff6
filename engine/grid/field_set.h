/// @file
/// Concentrations of all species on the grid: one contiguous array of doubles per species.
#pragma once

#include <span>
#include <vector>

#include "engine/core/ids.h"

namespace interstice {

/// species_count arrays of voxel_count numbers, x fastest. Species concentrations in uM of extracellular volume.
class FieldSet {
 public:
  FieldSet() = default;
  FieldSet(std::size_t species_count, std::size_t voxel_count)
      : species_count_(species_count), voxel_count_(voxel_count), data_(species_count * voxel_count, 0.0) {}

  [[nodiscard]] std::size_t species_count() const { return species_count_; }
  [[nodiscard]] std::size_t voxel_count() const { return voxel_count_; }
  [[nodiscard]] std::span<double> operator[](SpeciesId s) {
    return {data_.data() + index(s) * voxel_count_, voxel_count_};
  }
  [[nodiscard]] std::span<const double> operator[](SpeciesId s) const {
    return {data_.data() + index(s) * voxel_count_, voxel_count_};
  }
  void fill(double value) { std::fill(data_.begin(), data_.end(), value); }

 private:
  std::size_t species_count_ = 0, voxel_count_ = 0;
  std::vector<double> data_;
};

}  // namespace interstice
