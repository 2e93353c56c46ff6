// The vectorised kernels against the scalar definition, on every instruction set of this machine.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <memory>

#include "engine/agents/vesicle_kernel.h"
#include "engine/core/ids.h"
#include "engine/core/pinned_math.h"
#include "support/simd_targets.h"

namespace interstice {
namespace {

struct Targets : testing::Test {
  void TearDown() override { hwy::SetSupportedTargetsForTest(0); }
};

struct Lattice {
  std::vector<VesicleMap::Margin> margin;
  std::vector<double> inverse_viscosity;
  MotionTables tables;

  Lattice() {
    for (int b = 0; b < 6 * 5 * 4; ++b) {
      margin.push_back({static_cast<float>(b % 7), static_cast<float>(b % 5)});
      inverse_viscosity.push_back(1.0 / (1 + b % 3));
    }
    tables.bins = {6, 5, 4};
    tables.bins_per_um = 0.5;
    tables.margin = margin.data();
    tables.inverse_viscosity = inverse_viscosity.data();
    tables.size = {12, 10, 8};
    tables.periodic = {true, false, false};
    tables.dt = 0.25;
    tables.seed = 0x123456789abcdefULL;
    tables.step = 77;
  }
};

std::unique_ptr<MotionBlock> filled(std::size_t count) {
  auto block = std::make_unique<MotionBlock>();
  const Noise noise(3);
  for (std::size_t i = 0; i < count; ++i) {
    block->id[i] = child_id(5, i);
    block->x[i] = 12 * noise.uniform(Stream::vesicle_seeding, i, 0, 0);
    block->y[i] = 10 * noise.uniform(Stream::vesicle_seeding, i, 0, 1);
    block->z[i] = 8 * noise.uniform(Stream::vesicle_seeding, i, 0, 2);
    block->diffusivity[i] = 1 + static_cast<double>(i % 9);
  }
  return block;
}

TEST_F(Targets, ProposalsHaveTheBitsOfTheScalarFunctions) {
  const Lattice lattice;
  const std::size_t count = 251;  // not a whole number of vectors
  ASSERT_FALSE(test::simd_targets().empty());
  for (const std::int64_t target : test::simd_targets()) {
    hwy::SetSupportedTargetsForTest(target);
    const auto block = filled(count);
    propose_moves(*block, count, lattice.tables);
    for (std::size_t i = 0; i < count; ++i) {
      const auto bits = Noise(lattice.tables.seed).bits(Stream::vesicle_motion, block->id[i], 77);
      const auto radius = [](std::uint32_t b) { return std::sqrt(-2.0 * pinned::log((b + 0.5) * 0x1p-32)); };
      double s = 0, c = 0;
      pinned::sincos_2pi(bits[1] * 0x1p-32, s, c);
      ASSERT_EQ(block->xi_x[i], radius(bits[0]) * c) << hwy::TargetName(target);
      ASSERT_EQ(block->xi_y[i], radius(bits[0]) * s);
      pinned::sincos_2pi(bits[3] * 0x1p-32, s, c);
      ASSERT_EQ(block->xi_z[i], radius(bits[2]) * c);
      ASSERT_EQ(block->spare[i], radius(bits[2]) * s);

      const auto bin = static_cast<std::size_t>(block->x[i] / 2) +
                       6 * (static_cast<std::size_t>(block->y[i] / 2) + 5 * static_cast<std::size_t>(block->z[i] / 2));
      ASSERT_EQ(block->bin[i], bin);
      const double variance = block->diffusivity[i] * lattice.inverse_viscosity[bin] * 0.25;
      double x = block->x[i] + std::sqrt(variance + variance) * block->xi_x[i];
      if (x < 0) x += 12;
      if (x >= 12) x -= 12;
      ASSERT_EQ(block->new_x[i], x);
      double y = std::abs(block->y[i] + std::sqrt(variance + variance) * block->xi_y[i]);
      if (y > 10) y = 20 - y;
      ASSERT_EQ(block->new_y[i], y);
      const double meet = lattice.margin[bin].meet;
      if (kReachInRootDt * kReachInRootDt * variance > meet * meet) {
        ASSERT_NE(block->needs_care[i], 0U);
      }
    }
  }
}

TEST_F(Targets, UniformsHaveTheBitsOfNoise) {
  std::vector<AgentId> id(37);
  for (std::size_t i = 0; i < id.size(); ++i) id[i] = child_id(9, i);
  const Noise noise(0xfedcba9876543210ULL);
  for (const std::int64_t target : test::simd_targets()) {
    hwy::SetSupportedTargetsForTest(target);
    std::vector<double> u(id.size());
    keyed_uniforms(noise, Stream::vesicle_endosome, 12, id, u);
    for (std::size_t i = 0; i < id.size(); ++i) EXPECT_EQ(u[i], noise.uniform(Stream::vesicle_endosome, id[i], 12));
  }
}

TEST_F(Targets, NormalsAreStandardAndIndependent) {
  const Lattice lattice;
  double mean = 0, square = 0, fourth = 0, product = 0;
  const int rounds = 2000;
  const double n = 256.0 * rounds;
  for (int r = 0; r < rounds; ++r) {
    auto tables = lattice.tables;
    tables.step = r;
    const auto block = filled(256);
    propose_moves(*block, 256, tables);
    for (std::size_t i = 0; i < 256; ++i) {
      const double x = block->xi_z[i];
      mean += x / n;
      square += x * x / n;
      fourth += x * x * x * x / n;
      product += x * block->spare[i] / n;
    }
  }
  EXPECT_NEAR(mean, 0, 4 / std::sqrt(n));
  EXPECT_NEAR(square, 1, 4 * std::sqrt(2 / n));
  EXPECT_NEAR(fourth, 3, 4 * std::sqrt(96 / n));
  EXPECT_NEAR(product, 0, 4 / std::sqrt(n));
}

}  // namespace
}  // namespace interstice
