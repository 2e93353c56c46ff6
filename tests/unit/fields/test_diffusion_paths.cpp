/// @file
/// Small grids are done as a whole, large ones plane by plane, on any number of threads. A tissue that repeats itself
/// along a ring must fare as one repeat of it, whichever way it is done; so must one in layers, whose planes are level.
#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <random>

#include "support/simd_targets.h"
#include "unit/fields/tissue.h"

namespace interstice {
namespace {

using testing::Tissue;

enum class Regions : bool { scattered, in_layers };

/// A box of 12 x 7 x 6 voxels, or many of it in a row along `axis`, which is periodic; walls of all kinds elsewhere.
struct Repeated {
  Repeated(int axis, int repeats, bool saturable, Regions regions)
      : tissue(size(axis, repeats, 0), size(axis, repeats, 1), size(axis, repeats, 2), Spacing(10)),
        secretion(1, tissue.grid.voxel_count()),
        clearance(1, tissue.grid.voxel_count()) {
    tissue.regions.regions.push_back({.name = "dense", .volume_fraction = 0.3});
    tissue.regions.regions.push_back({.name = "held"});
    Species& s = tissue.add(0);
    s.diffusivity = {500, 30, 100};
    s.held = {std::nan(""), std::nan(""), 0.7};
    s.decay = 0.2;
    s.faces = {FixedValue{1}, Permeable{3, 0.5}, NoFlux{}, FixedValue{2}, Permeable{1, 0}, NoFlux{}};
    s.faces[2 * axis] = s.faces[2 * axis + 1] = Periodic{};
    std::mt19937_64 random(5);
    std::uniform_real_distribution<double> some(0, 1);
    struct Place {
      std::uint8_t region;
      double c, given, cleared;
    };
    std::vector<Place> box;
    for (int v = 0; v < kSize[0] * kSize[1] * kSize[2]; ++v) {
      constexpr std::array<std::uint8_t, 6> layers{0, 0, 0, 1, 1, 2};
      const auto scattered = static_cast<std::uint8_t>(some(random) < 0.05 ? 2 : some(random) < 0.4 ? 1 : 0);
      const std::uint8_t region = regions == Regions::in_layers ? layers[v / (kSize[0] * kSize[1])] : scattered;
      const bool cells = some(random) < 0.2;
      box.push_back({region, region == 2 ? 0.7 : some(random) * (some(random) < 0.05 ? 50 : 1),
                     cells ? 1e4 * some(random) : 0, cells ? 5e3 * some(random) : 0});
    }
    tissue.allocate();
    for (std::size_t v = 0; v < tissue.grid.voxel_count(); ++v) {
      const Place& p = box[in_box(v)];
      tissue.regions.of_voxel[v] = p.region;
      tissue.field()[v] = p.c, secretion[SpeciesId{0}][v] = p.given, clearance[SpeciesId{0}][v] = p.cleared;
    }
    exchange.clearance_Km = {saturable ? 0.5 : 0.0};
    exchange.arrays = {{{Exchange::Kind::secretion, 0}, secretion[SpeciesId{0}]},
                       {{Exchange::Kind::clearance, 0}, clearance[SpeciesId{0}]}};
  }

  static constexpr std::array<int, 3> kSize{12, 7, 6};
  static int size(int axis, int repeats, int of) { return kSize[of] * (of == axis ? repeats : 1); }

  /// The voxel of a single box that voxel v repeats.
  [[nodiscard]] std::size_t in_box(std::size_t v) const {
    const auto n = static_cast<int>(v);
    const int nx = tissue.grid.nx, ny = tissue.grid.ny;
    const std::array<int, 3> at{n % nx % kSize[0], n / nx % ny % kSize[1], n / (nx * ny) % kSize[2]};
    return static_cast<std::size_t>((at[2] * kSize[1] + at[1]) * kSize[0] + at[0]);
  }
  void run(double dt, int threads) {
    DiffusionSolver solver = tissue.solver();
    for (int step = 0; step < 3; ++step) {
      tissue.reacted = tissue.c;  // some of it is used up meanwhile
      for (double& c : tissue.reacted[SpeciesId{0}]) c *= 0.9;
      tissue.diffuse(solver, dt, Threads(threads), exchange);
    }
  }

  Tissue tissue;
  FieldSet secretion, clearance;
  Exchange exchange;
};

void expect_many_like_one(int axis, double dt, bool saturable, Regions regions) {
  constexpr int kRepeats = 70;
  Repeated one(axis, 1, saturable, regions);
  one.run(dt, 1);
  for (const int threads : {1, 3}) {
    Repeated many(axis, kRepeats, saturable, regions);
    ASSERT_LE(one.tissue.grid.voxel_count(), kSmallGrid);
    ASSERT_GT(many.tissue.grid.voxel_count(), kSmallGrid);
    many.run(dt, threads);
    for (std::size_t v = 0; v < many.tissue.field().size(); ++v) {
      const double c = one.tissue.field()[many.in_box(v)];
      ASSERT_NEAR(many.tissue.field()[v], c, 2e-6 * (c + 0.1)) << "axis " << axis << ", " << dt << " s, " << v;
    }
    const Budget &few = one.tissue.budget, &all = many.tissue.budget;
    EXPECT_NEAR(all.taken_up[0] / (kRepeats * few.taken_up[0]), 1, 1e-5);
    EXPECT_NEAR(all.decayed[0] / (kRepeats * few.decayed[0]), 1, 1e-5);
    EXPECT_NEAR(all.through_boundary[0] / (kRepeats * few.through_boundary[0]), 1, 1e-4);
  }
}

TEST(DiffusionPaths, PlaneByPlaneItIsAsAsAWhole) {
  for (const Regions regions : {Regions::scattered, Regions::in_layers}) {
    for (const bool saturable : {false, true}) {
      for (const int axis : {0, 1, 2}) {
        for (const double dt : {0.02, 0.3, 4.0}) expect_many_like_one(axis, dt, saturable, regions);
      }
    }
  }
}

// A block of another region, so that some planes are level and others are not.
TEST(DiffusionPaths, LargeGridsHaveTheSameBitsOnAnyNumberOfThreads) {
  for (const bool ring : {false, true}) {
    const auto after_three = [ring](int threads) {
      Tissue t(41, 37, 33, 10);
      Species& s = t.add(0);
      s.diffusivity = {500, 50};
      s.decay = 0.1;
      s.faces[0] = FixedValue{1};
      if (ring) s.faces[2] = s.faces[3] = s.faces[4] = s.faces[5] = Periodic{};
      t.regions.regions.push_back({.name = "dense", .volume_fraction = 0.3});
      paint(t.regions, t.grid, RegionId{1}, BoxShape{{100, 100, 100}, {300, 200, 230}});
      t.allocate();
      std::mt19937_64 random(3);
      for (double& c : t.field()) c = std::uniform_real_distribution<double>()(random);
      DiffusionSolver solver = t.solver();
      for (int n = 0; n < 3; ++n) t.step(solver, 0.4, Threads(threads));
      return t;
    };
    Tissue alone = after_three(1);
    for (const int threads : {2, 3, 16}) {
      Tissue shared = after_three(threads);
      EXPECT_EQ(std::memcmp(shared.field().data(), alone.field().data(), alone.field().size_bytes()), 0) << threads;
      EXPECT_EQ(shared.budget.decayed, alone.budget.decayed);
      EXPECT_EQ(shared.budget.through_boundary, alone.budget.through_boundary);
    }
  }
}

TEST(DiffusionPaths, LargeGridsHaveTheSameBitsOnEveryInstructionSet) {
  for (const Regions regions : {Regions::scattered, Regions::in_layers}) {
    for (const int axis : {0, 1, 2}) {
      Repeated reference(axis, 70, true, regions);
      reference.run(0.3, 1);
      const std::span<const double> expected = reference.tissue.field();
      for (const std::int64_t target : test::simd_targets()) {
        hwy::SetSupportedTargetsForTest(target);
        Repeated other(axis, 70, true, regions);
        other.run(0.3, 1);
        hwy::SetSupportedTargetsForTest(0);
        ASSERT_EQ(std::memcmp(other.tissue.field().data(), expected.data(), expected.size_bytes()), 0)
            << hwy::TargetName(target) << ", axis " << axis;
        EXPECT_EQ(other.tissue.budget.decayed, reference.tissue.budget.decayed);
      }
    }
  }
}

}  // namespace
}  // namespace interstice
