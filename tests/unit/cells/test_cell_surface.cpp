/// @file
/// How much of their surface cells hide, against points thrown onto their surfaces.
#include <gtest/gtest.h>

#include <random>

#include "engine/cells/cell_surface.h"
#include "engine/core/constants.h"

namespace interstice {
namespace {

constexpr double kSize = 100;

/// Cells of given places and radii in a box with walls, or without along x.
class Placed {
 public:
  explicit Placed(bool wraps = false) : wraps_(wraps) {
    types_.resize(1);
    types_[0].name = "ball";
    types_[0].radius = 20;
    types_[0].states.push_back({.name = "alive"});
    rules_.emplace(types_, std::span<const Species>{}, std::span<const ColumnSpec>{}, Chemistry{});
  }
  void add(Vec3 p, double radius) {
    for_each_array(cells_, std::span<const ColumnSpec>{}, [](const RowInfo&, auto& values) { values.emplace_back(); });
    cells_.x.back() = p.x, cells_.y.back() = p.y, cells_.z.back() = p.z, cells_.radius.back() = radius;
  }
  [[nodiscard]] HiddenSurface hidden(double most = 0.05) const {
    CellEnvironment environment;
    environment.box = {.size = {kSize, kSize, kSize}, .periodic = {wraps_, false, false}};
    environment.types = types_;
    environment.rules = &*rules_;
    return hidden_surface(cells_, environment, most).front();
  }

 private:
  bool wraps_;
  std::vector<CellType> types_;
  std::optional<CellRules> rules_;
  Cells cells_;
};

TEST(CellSurface, OfTwoSpheresIsTheCapThatEachHidesInTheOther) {
  std::mt19937_64 random(3);
  std::uniform_real_distribution<> unit(0, 1);
  for (int k = 0; k < 200; ++k) {
    const double r = 3 + 10 * unit(random), R = 3 + 10 * unit(random), d = 25 * unit(random);
    const Vec3 direction = unit_vector(unit(random), unit(random)), a{50, 50, 50}, b = a + d * direction;
    Placed two;
    two.add(a, r);
    two.add(b, R);
    const auto share_within = [&](Vec3 p, double own, Vec3 q, double other) {
      constexpr int kPoints = 4000;
      int within = 0;
      for (int i = 0; i < kPoints; ++i) {
        const Vec3 s = p + own * unit_vector((i + 0.5) / kPoints, std::fmod(i * 0.6180339887, 1));  // evenly spread
        within += norm(s - q) < other;
      }
      return static_cast<double>(within) / kPoints;
    };
    EXPECT_NEAR(two.hidden().share_in_others, (share_within(a, r, b, R) + share_within(b, R, a, r)) / 2, 0.01);
    EXPECT_EQ(two.hidden().outside, 0U);
  }
}

TEST(CellSurface, BeyondWallsIsHiddenUnlessTheyWrap) {
  for (const double depth : {0.0, 0.4, 2.0, 5.0}) {
    Placed one;
    one.add({5 - depth, 50, 50}, 5);
    EXPECT_NEAR(one.hidden().share_outside, depth / 10, 1e-12);
    EXPECT_EQ(one.hidden().outside, depth > 0.5 ? 1U : 0U);
    EXPECT_EQ(one.hidden().in_others, 0U);
  }
  Placed across(true);
  across.add({1, 50, 50}, 5);
  EXPECT_EQ(across.hidden().share_outside, 0);
  across.add({99, 50, 50}, 5);  // 2 um apart across the face
  EXPECT_NEAR(across.hidden().share_in_others, 0.4, 1e-12);
  EXPECT_EQ(across.hidden().in_others, 2U);
}

TEST(CellSurface, IsHiddenOnceAtMost) {
  Placed heap;
  for (int k = 0; k < 20; ++k) heap.add({50, 50, 50 + 0.01 * k}, 5);
  EXPECT_EQ(heap.hidden().share_in_others, 1);
  EXPECT_EQ(heap.hidden().in_others, 20U);
  EXPECT_EQ(Placed().hidden().cells, 0U);
}

}  // namespace
}  // namespace interstice
