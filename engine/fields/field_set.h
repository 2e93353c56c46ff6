/// @file
/// Concentrations of all species on the grid: one contiguous array of doubles per species.
#pragma once

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "engine/core/aligned.h"
#include "engine/core/ids.h"

namespace interstice {

/// Up to this many voxels all fields of a run stay in the cache: species are worked on together, beyond it in turn.
inline constexpr std::size_t kSmallGrid = 32768;

/// One number per voxel, x fastest. A few numbers before the first and after the last may be read (they are 0), so that
/// stencils need no special case at the ends.
class VoxelArray {
 public:
  static constexpr std::size_t kMargin = 8;

  VoxelArray() = default;
  explicit VoxelArray(std::size_t voxel_count) : data_(voxel_count + 2 * kMargin, 0.0) {}

  [[nodiscard]] std::size_t size() const { return data_.empty() ? 0 : data_.size() - 2 * kMargin; }
  [[nodiscard]] double* data() { return data_.data() + kMargin; }
  [[nodiscard]] const double* data() const { return data_.data() + kMargin; }
  [[nodiscard]] std::span<double> values() { return {data(), size()}; }
  [[nodiscard]] std::span<const double> values() const { return {data(), size()}; }

 private:
  AlignedNumbers data_;
};

/// species_count fields of voxel_count numbers. Species concentrations in uM of extracellular volume.
class FieldSet {
 public:
  FieldSet() = default;
  FieldSet(std::size_t species_count, std::size_t voxel_count)
      : voxel_count_(voxel_count), fields_(species_count, VoxelArray(voxel_count)) {}
  /// No species has a field yet.
  static FieldSet empty(std::size_t species_count, std::size_t voxel_count) {
    FieldSet set;
    set.voxel_count_ = voxel_count;
    set.fields_.resize(species_count);
    return set;
  }

  [[nodiscard]] std::size_t species_count() const { return fields_.size(); }
  [[nodiscard]] std::size_t voxel_count() const { return voxel_count_; }
  [[nodiscard]] std::span<double> operator[](SpeciesId s) { return fields_[index(s)].values(); }
  [[nodiscard]] std::span<const double> operator[](SpeciesId s) const { return fields_[index(s)].values(); }
  [[nodiscard]] VoxelArray& field(SpeciesId s) { return fields_[index(s)]; }

  /// From now on only these species have a field, with any values. Fields that others had are used again, and kept for
  /// that: giving a field back and taking it anew would cost as much as a pass over it.
  void hold_only(std::span<const SpeciesId> species) {
    for (VoxelArray& field : fields_)
      if (field.size() > 0) spare_.push_back(std::exchange(field, VoxelArray()));
    for (const SpeciesId s : species) {
      if (spare_.empty()) spare_.emplace_back(voxel_count_);
      fields_[index(s)] = std::move(spare_.back());
      spare_.pop_back();
    }
  }
  void fill(double value) {
    for (VoxelArray& field : fields_) std::fill(field.values().begin(), field.values().end(), value);
  }

 private:
  std::size_t voxel_count_ = 0;
  std::vector<VoxelArray> fields_, spare_;
};

}  // namespace interstice
