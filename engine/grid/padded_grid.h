/// @file
/// The layout in which diffusion works: rows along x with one ghost voxel at either end, their length rounded up so
/// that a row is a whole number of vectors.
#pragma once

#include <cstddef>
#include <vector>

#include "engine/grid/grid.h"

namespace interstice {

inline constexpr std::size_t kVector = 4;  ///< doubles handled together
inline constexpr std::size_t kBundle = 8;  ///< rows whose lines along x are solved together

constexpr std::size_t round_up(std::size_t n, std::size_t to) { return (n + to - 1) / to * to; }

/// Row (j, k) starts at row(j, k) with a ghost, voxel i is at 1 + i. The number of rows is rounded up to whole bundles.
struct PaddedGrid {
  std::size_t nx = 0, ny = 0, nz = 0, pitch = 0;

  PaddedGrid() = default;
  explicit PaddedGrid(const Grid& grid)
      : nx(static_cast<std::size_t>(grid.nx)),
        ny(static_cast<std::size_t>(grid.ny)),
        nz(static_cast<std::size_t>(grid.nz)),
        pitch(round_up(nx + 2, kVector)) {}

  [[nodiscard]] std::size_t plane() const { return ny * pitch; }
  [[nodiscard]] std::size_t rows() const { return ny * nz; }
  [[nodiscard]] std::size_t row(std::size_t j, std::size_t k) const { return (k * ny + j) * pitch; }
};

/// One number per voxel and ghost; the numbers just before the first and after the last row may be read too.
class PaddedField {
 public:
  PaddedField() = default;
  explicit PaddedField(const PaddedGrid& g) : data_(round_up(g.rows(), kBundle) * g.pitch + 2 * kVector, 0.0) {}

  [[nodiscard]] double* data() { return data_.data() + kVector; }
  [[nodiscard]] const double* data() const { return data_.data() + kVector; }

 private:
  std::vector<double> data_;
};

}  // namespace interstice
