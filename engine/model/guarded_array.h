/// @file
/// An array that a model writes into. Part of the plug-in contract.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace interstice {

/// Costs nothing until it is asked for, and then starts at 0 in every step. It lies between two zones that stay as they
/// are unless somebody writes beyond its ends.
template <class T>
class GuardedArray {
 public:
  GuardedArray() = default;
  explicit GuardedArray(std::size_t length) : length_(length) {}

  void begin_step(std::size_t length) {
    length_ = length;
    asked_ = false;
  }
  [[nodiscard]] std::span<T> ask() {
    if (!asked_) {
      storage_.assign(length_ + 2 * kZone, T{0});
      std::fill_n(storage_.begin(), kZone, kUntouched);
      std::fill_n(storage_.end() - kZone, kZone, kUntouched);
    }
    asked_ = true;
    return std::span(storage_).subspan(kZone, length_);
  }
  /// Empty unless it was asked for in this step.
  [[nodiscard]] std::span<const T> asked() const {
    return asked_ ? std::span(storage_).subspan(kZone, length_) : std::span<const T>();
  }
  [[nodiscard]] std::span<T> asked() { return asked_ ? ask() : std::span<T>(); }

  /// Which entry beyond the ends was written to, the nearest one; below 0: before the first.
  [[nodiscard]] std::optional<std::ptrdiff_t> overrun() const {
    if (!asked_) return std::nullopt;
    std::size_t changed = 0;  // without a branch: vectorised
    for (std::size_t k = 0; k < kZone; ++k)
      changed += (storage_[k] != kUntouched) + (storage_[kZone + length_ + k] != kUntouched);
    if (changed == 0) return std::nullopt;
    for (std::size_t k = 0; k < kZone; ++k) {
      if (storage_[kZone + length_ + k] != kUntouched) return static_cast<std::ptrdiff_t>(length_ + k);
      if (storage_[kZone - 1 - k] != kUntouched) return -1 - static_cast<std::ptrdiff_t>(k);
    }
    return std::nullopt;
  }

 private:
  static constexpr std::size_t kZone = 512 / sizeof(T);
  static constexpr T kUntouched = static_cast<T>(173.375);  ///< exact in single precision; nobody writes it by chance

  std::size_t length_ = 0;
  std::vector<T> storage_;
  bool asked_ = false;
};

/// Arrays as long as the grid, by the index of what a model declared.
class ArraysOnDemand {
 public:
  ArraysOnDemand(std::size_t count, std::size_t length)
      : length_(length), arrays_(count, GuardedArray<double>(length)) {}

  [[nodiscard]] std::size_t count() const { return arrays_.size(); }
  [[nodiscard]] std::span<double> ask(std::size_t k) { return arrays_[k].ask(); }
  [[nodiscard]] std::span<const double> asked(std::size_t k) const { return arrays_[k].asked(); }
  [[nodiscard]] const GuardedArray<double>& operator[](std::size_t k) const { return arrays_[k]; }
  void begin_step() {
    for (auto& array : arrays_) array.begin_step(length_);
  }

 private:
  std::size_t length_;
  std::vector<GuardedArray<double>> arrays_;
};

}  // namespace interstice
