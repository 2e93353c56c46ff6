// The vectorised kernels against the scalar definition, on every instruction set of this machine.
#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <vector>

#include "engine/core/ids.h"
#include "engine/core/keyed_uniforms.h"
#include "engine/vesicles/agents/vesicle_kernel.h"
#include "support/simd_targets.h"

namespace interstice {
namespace {

struct Targets : testing::Test {
  void TearDown() override { hwy::SetSupportedTargetsForTest(0); }
};

struct Lattice {
  std::vector<VesicleMap::Surroundings> surroundings;
  std::vector<float> dt_over_viscosity;
  MotionTables tables;

  Lattice() {
    for (const double viscosity : {1.0, 2.0, 3.0}) dt_over_viscosity.push_back(static_cast<float>(0.25 / viscosity));
    for (int b = 0; b < 6 * 5 * 4; ++b)
      surroundings.push_back({static_cast<std::uint8_t>(30 * (b % 7)), static_cast<std::uint8_t>(30 * (b % 5)),
                              static_cast<std::uint8_t>(b % 3), 0});
    tables.bins = {6, 5, 4};
    tables.bins_per_um = {0.5, 0.5, 0.5};
    tables.surroundings = surroundings.data();
    tables.margin_unit = 0.05F;
    tables.dt_over_viscosity = dt_over_viscosity;
    tables.size = {12, 10, 8};
    tables.periodic = {true, false, false};
    tables.seed = 0x123456789abcdefULL;
    tables.step = 77;
  }
};

/// Vesicles anywhere in the lattice, every fifth of them bound.
Vesicles scattered(std::size_t count) {
  Vesicles v;
  const Noise noise(3);
  for (std::size_t i = 0; i < count; ++i) {
    v.id.push_back(child_id(5, i));
    v.x.push_back(12 * noise.uniform(Stream::vesicle_seeding, i, 0, 0));
    v.y.push_back(10 * noise.uniform(Stream::vesicle_seeding, i, 0, 1));
    v.z.push_back(8 * noise.uniform(Stream::vesicle_seeding, i, 0, 2));
    v.diffusivity.push_back(1 + static_cast<float>(i % 9));
    v.state.push_back(i % 5 == 4 ? VesicleState::endosomal : VesicleState::free);
  }
  return v;
}

VesicleColumns columns_of(Vesicles& v) {
  return {v.x.data(), v.y.data(), v.z.data(), v.id.data(), v.diffusivity.data(), v.state.data()};
}

/// What move_free does to one vesicle, step by step.
struct ScalarStep {
  std::size_t bin = 0;
  float variance = 0, dx = 0, dy = 0, dz = 0, spare = 0;
  bool careful = false, crosses = false;
  Vec3 end;

  ScalarStep(const Vesicles& v, std::size_t i, const MotionTables& t) {
    const auto along = [](double x, int n) { return std::min(static_cast<std::size_t>(x / 2), std::size_t(n - 1)); };
    bin = along(v.x[i], 6) + 6 * (along(v.y[i], 5) + 5 * along(v.z[i], 4));
    const auto around = t.surroundings[bin];
    variance = v.diffusivity[i] * t.dt_over_viscosity[around.region];
    const float sigma = std::sqrt(variance + variance);
    const auto xi = Noise(t.seed).four_normals(Stream::vesicle_motion, v.id[i], t.step);
    dx = sigma * xi[0], dy = sigma * xi[1], dz = sigma * xi[2], spare = xi[3];
    const float meet = static_cast<float>(around.meet) * t.margin_unit;
    const float cross = static_cast<float>(around.cross) * t.margin_unit;
    const float square = std::fma(dx, dx, std::fma(dy, dy, dz * dz));
    const bool meets = variance * 25 > meet * meet;
    crosses = square > cross * cross;
    careful = crosses || meets;
    end = {v.x[i] + dx, std::abs(v.y[i] + dy), std::abs(v.z[i] + dz)};
    if (end.x < 0) end.x += 12;
    if (end.x >= 12) end.x -= 12;
    if (end.y > 10) end.y = 20 - end.y;
    if (end.z > 8) end.z = 16 - end.z;
  }
};

TEST_F(Targets, StepsHaveTheBitsOfTheScalarFunctions) {
  Lattice lattice;
  ASSERT_FALSE(test::simd_targets().empty());
  for (const std::int64_t target : test::simd_targets()) {
    hwy::SetSupportedTargetsForTest(target);
    for (const std::size_t count : {251U, 256U, 252U, 3U}) {  // mostly not a whole number of vectors
      const Vesicles before = scattered(count);
      Vesicles after = before;
      const auto block = std::make_unique<MotionBlock>();
      move_free(columns_of(after), count, lattice.tables, *block);
      std::vector<std::uint32_t> careful, stay;
      for (std::size_t i = 0; i < count; ++i) {
        const ScalarStep expected(before, i, lattice.tables);
        const bool bound = before.state[i] != VesicleState::free;
        if (!bound && expected.careful) {
          careful.push_back(static_cast<std::uint32_t>(i));
          stay.push_back(expected.crosses ? 1 : 0);
          ASSERT_EQ((Vec3{block->x[i], block->y[i], block->z[i]}), before.position(i));
          ASSERT_EQ(block->dx[i], expected.dx) << hwy::TargetName(target);
          ASSERT_EQ(block->dy[i], expected.dy);
          ASSERT_EQ(block->dz[i], expected.dz);
          ASSERT_EQ(block->spare[i], expected.spare);
          ASSERT_EQ(block->variance[i], expected.variance);
          ASSERT_EQ(block->bin[i], expected.bin);
        }
        const bool stays = bound || expected.crosses;
        ASSERT_EQ(after.position(i), stays ? before.position(i) : expected.end) << hwy::TargetName(target);
      }
      EXPECT_EQ(std::vector(block->which.begin(), block->which.begin() + block->count), careful);
      EXPECT_EQ(std::vector(block->stays.begin(), block->stays.begin() + block->count), stay);
      if (count > 200) {
        EXPECT_GT(careful.size(), count / 5);
        EXPECT_LT(careful.size(), 4 * count / 5);
      }
    }
  }
}

TEST_F(Targets, AnOpenMapIsTheSameAsOneWithNothingNear) {
  Lattice lattice;
  for (auto& around : lattice.surroundings) around = {255, 255, 0, 0};
  lattice.dt_over_viscosity.resize(1);
  lattice.tables.dt_over_viscosity = lattice.dt_over_viscosity;
  Vesicles looked_up = scattered(200), open = looked_up;
  const auto block = std::make_unique<MotionBlock>();
  move_free(columns_of(looked_up), 200, lattice.tables, *block);
  lattice.tables.open = true;
  move_free(columns_of(open), 200, lattice.tables, *block);
  EXPECT_EQ(open.x, looked_up.x);
  EXPECT_EQ(open.y, looked_up.y);
  EXPECT_EQ(open.z, looked_up.z);
}

TEST_F(Targets, VoxelsAreThoseOfTheGrid) {
  const Grid grid{6, 5, 4, 1.7};
  Vesicles v = scattered(77);
  v.x[3] = grid.size().x;  // on the far wall
  v.z[4] = 100;
  for (const std::int64_t target : test::simd_targets()) {
    hwy::SetSupportedTargetsForTest(target);
    std::vector<std::uint32_t> voxel(v.size());
    voxels_at(grid, v.x.data(), v.y.data(), v.z.data(), voxel);
    for (std::size_t i = 0; i < v.size(); ++i) EXPECT_EQ(voxel[i], grid.voxel_at(v.position(i)));
  }
}

TEST_F(Targets, KeyedNoiseHasTheBitsOfNoise) {
  std::vector<AgentId> id(37);
  for (std::size_t i = 0; i < id.size(); ++i) id[i] = child_id(9, i);
  const Noise noise(0xfedcba9876543210ULL);
  constexpr auto stream = Stream::vesicle_endosome;
  for (const std::int64_t target : test::simd_targets()) {
    hwy::SetSupportedTargetsForTest(target);
    for (const std::uint32_t draw : {0U, 3U}) {
      std::vector<std::array<std::uint32_t, 4>> bits(id.size());
      std::vector<double> u(id.size());
      std::vector<float> normal(id.size());
      keyed_bits({noise.seed(), stream, 12, draw}, id, bits);
      keyed_uniforms({noise.seed(), stream, 12, draw}, id, u);
      keyed_normals({noise.seed(), stream, 12, draw}, id, normal);
      for (std::size_t i = 0; i < id.size(); ++i) {
        EXPECT_EQ(bits[i], noise.bits(stream, id[i], 12, draw));
        EXPECT_EQ(u[i], noise.uniform(stream, id[i], 12, draw));
        EXPECT_EQ(normal[i], noise.four_normals(stream, id[i], 12, draw)[0]);
      }
    }
  }
}

}  // namespace
}  // namespace interstice
