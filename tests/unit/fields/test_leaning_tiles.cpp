#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "engine/fields/diffusion/leaning_tiles.h"

namespace interstice {
namespace {

/// A plane of n[0] x n[1] voxels, of which two arrays hold the stages that were made last; -1 is what is there before.
struct Plane {
  std::array<int, 2> n{};
  std::array<bool, 2> ring{};
  std::array<std::vector<int>, 2> stage;

  [[nodiscard]] std::size_t index(std::array<int, 2> at) const {
    return static_cast<std::size_t>(at[1] * n[0] + at[0]);
  }
  /// Whether the voxel and those beside it are at stage s - 1 in the one array, so that s can be written to the other.
  [[nodiscard]] bool ready(int s, std::array<int, 2> at) const {
    const auto& before = stage[(s + 1) % 2];
    bool all = s == 0 || before[index(at)] == s - 1;
    for (const int axis : {0, 1}) {
      for (const int step : {-1, 1}) {
        auto beside = at;
        beside[axis] += step;
        if (ring[axis]) beside[axis] = (beside[axis] + n[axis]) % n[axis];
        if (beside[axis] < 0 || beside[axis] >= n[axis] || s == 0) continue;
        all = all && before[index(beside)] == s - 1;
      }
    }
    return all;
  }
};

void expect_order(std::array<int, 2> n, std::array<bool, 2> ring, std::array<std::size_t, 2> length, int stages) {
  const auto size = static_cast<std::size_t>(n[0] * n[1]);
  Plane plane{n, ring, {std::vector(size, -1), std::vector(size, -1)}};
  const LeaningTiles x(static_cast<std::size_t>(n[0]), ring[0], length[0]),
      y(static_cast<std::size_t>(n[1]), ring[1], length[1]);
  const auto all = static_cast<std::size_t>(stages);
  ASSERT_LE(all, std::min(x.most_stages(), y.most_stages()));
  std::size_t made = 0;
  const auto make = [&](int s, std::array<int, 2> at) {
    for (const int axis : {0, 1}) at[axis] = (at[axis] + n[axis]) % n[axis];
    ASSERT_TRUE(plane.ready(s, at)) << "stage " << s << " of " << at[0] << ", " << at[1];
    plane.stage[s % 2][plane.index(at)] = s;
    ++made;
  };
  for (std::size_t part_x = 0; part_x < x.parts(); ++part_x) {
    for (std::size_t part_y = 0; part_y < y.parts(); ++part_y) {
      for (std::size_t a = 0; a < x.number(part_x, all); ++a) {
        for (std::size_t b = 0; b < y.number(part_y, all); ++b) {
          for (int s = 0; s < stages; ++s) {
            const Range columns = x.at(part_x, static_cast<std::size_t>(s), a),
                        rows = y.at(part_y, static_cast<std::size_t>(s), b);
            for (auto j = rows.first; j < rows.end; ++j)
              for (auto i = columns.first; i < columns.end; ++i) make(s, {static_cast<int>(i), static_cast<int>(j)});
          }
        }
      }
    }
  }
  EXPECT_EQ(made, size * all) << "each stage of each voxel once";
}

TEST(LeaningTiles, FindWhatTheyNeedInTwoArrays) {
  for (const std::size_t length : {1, 2, 3, 5, 100}) {
    for (const int stages : {1, 2, 5, 6}) {
      expect_order({10, 13}, {false, false}, {length, 3}, stages);
      expect_order({10, 13}, {true, false}, {length, 2}, stages);
      expect_order({10, 11}, {true, true}, {length, 4}, stages);
    }
  }
  expect_order({1, 4}, {false, false}, {3, 2}, 30);
  expect_order({1, 2}, {true, true}, {2, 1}, 1);
}

}  // namespace
}  // namespace interstice
