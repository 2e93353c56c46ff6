/// @file
/// Which of the vesicles that may have something in their way could have touched a cell: a quick look at every pair,
/// in loops without branches or chains of dependent loads. Only those go through VesicleWalk.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <span>

#include "engine/core/box.h"
#include "engine/vesicles/agents/vesicle_kernel.h"
#include "engine/vesicles/agents/vesicle_map.h"

namespace interstice {

/// Beyond this x0 x1 / s^2 the chance of a touch, exp(-x0 x1 / s^2), is below 4e-6.
inline constexpr double kNoTouch = 12.5;

/// A cell as vesicles see it: one line of cache.
struct alignas(64) WalkSphere {
  Vec3 centre;        ///< at the start of the step [um]
  Vec3 move;          ///< during the step [um]
  double radius = 0;  ///< [um]
  double wide = 0;    ///< radius, and how far the cell moves [um]
};

/// Differences of positions, wrapped along periodic axes.
class NearestImage {
 public:
  explicit NearestImage(const Box& box) : size_(box.size) {
    const auto half = [](double size, bool periodic) {
      return periodic ? 0.5 * size : std::numeric_limits<double>::infinity();
    };
    half_ = {half(size_.x, box.periodic[0]), half(size_.y, box.periodic[1]), half(size_.z, box.periodic[2])};
  }
  [[nodiscard]] Vec3 operator()(Vec3 d) const {
    return {along(d.x, size_.x, half_.x), along(d.y, size_.y, half_.y), along(d.z, size_.z, half_.z)};
  }

 private:
  static double along(double x, double size, double half) {
    return x - (x > half ? size : 0.0) + (x < -half ? size : 0.0);
  }
  Vec3 size_, half_;
};

/// Finds encounters of the careful vesicles of one block at a time.
class Encounters {
 public:
  Encounters(const VesicleMap& map, std::span<const WalkSphere> spheres, const Box& box)
      : map_(map), spheres_(spheres), nearest_image_(box) {}

  /// Is a cell within reach of vesicle number n of block.which, such that the path may have touched it?
  void find(const MotionBlock& block);
  [[nodiscard]] bool touches(std::size_t n) const { return touches_[n] != 0; }

 private:
  struct Pair {
    std::uint32_t who = 0, cell = 0;  ///< number in block.which, cell
  };
  /// First which are within reach of each other, then which of those, few, may touch.
  void look_at_pairs(const MotionBlock& block);

  static constexpr std::size_t kPairs = 512;
  const VesicleMap& map_;
  std::span<const WalkSphere> spheres_;
  NearestImage nearest_image_;
  std::array<std::uint8_t, MotionBlock::kPadded> touches_;
  std::array<double, MotionBlock::kPadded> reach_;                         ///< [um]
  std::array<std::span<const std::uint32_t>, MotionBlock::kPadded> near_;  ///< cells in the neighbourhood
  std::array<Pair, kPairs> pair_;
  std::size_t pairs_ = 0;
};

}  // namespace interstice
