/// @file
// labels: slow
/// Cells behind and across an interface that vesicles may not pass, or hardly: agents take what counts take, whatever
/// the step, the voxels and the depth of burial, and nothing through a wall.
#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <string>

#include "engine/vesicles/counts/vesicle_counts.h"
#include "support/vesicle_world.h"

namespace interstice {
namespace {

constexpr double kEdge = 40;     ///< of the box [um]
constexpr double kSurface = 20;  ///< height of the interface: tissue below, fluid above [um]
constexpr double kRadius = 5;    ///< of the cells [um]
constexpr double kTime = 40;     ///< [s]
constexpr double kDensity = 20;  ///< of vesicles in the fluid [1/um^3]

struct Burial {
  double spacing = 10, depth = 0;       ///< of the cells' tops below the interface [um]
  double partition = 0, viscosity = 1;  ///< of the tissue
  double dt = 1;
  std::uint64_t seed = 1;
};

std::string words(const Burial& b) {
  std::string text;
  for (const auto& [name, value] : {std::pair{"spacing ", b.spacing},
                                    {", depth ", b.depth},
                                    {", K ", b.partition},
                                    {", viscosity ", b.viscosity},
                                    {", dt ", b.dt}})
    text += name + std::to_string(value);
  return text;
}

/// Four cells at one depth, and vesicles in equilibrium between fluid and tissue.
struct Tissue : VesicleWorld {
  CountsScratch counts_scratch;

  Tissue(const Burial& burial, bool counted)
      : VesicleWorld(static_cast<int>(kEdge / burial.spacing), static_cast<int>(kEdge / burial.spacing),
                     static_cast<int>(kEdge / burial.spacing), burial.spacing) {
    periodic = {true, true, false};
    noise = Noise(burial.seed);
    set_diffusivity(1);
    regions.regions.push_back({"tissue", 1.0, burial.viscosity, burial.partition, 0.0});
    for (std::size_t v = 0; v < grid.voxel_count(); ++v) regions.of_voxel[v] = grid.centre(v).z < kSurface ? 1 : 0;
    cell_types[0].contact = {0.02, std::numeric_limits<double>::infinity()};
    for (int i = 0; i < 4; ++i)
      add_cell({10.0 + 20 * (i % 2), 10.0 + 20 * (i / 2), kSurface - burial.depth - kRadius}, kRadius);
    classes[0].counted = counted;
    begin_vesicle_counts(vesicles, classes, grid.voxel_count());
    fill({1, 0}, kDensity, 0);
    if (burial.partition > 0) fill({0, 1}, kDensity * burial.partition, 1);
  }
  void fill(const std::vector<std::uint8_t>& in_region, double density, std::uint32_t ordinal) {
    VesicleDose dose;
    dose.density = density;
    dose.in_region = in_region;
    dose.ordinal = ordinal;
    seed_dose(vesicles, ledger, reservoir_states, cells, environment(), dose);
  }
};

double taken(const Burial& burial, bool counted) {
  Tissue tissue(burial, counted);
  const Threads threads(2);
  for (int i = 0; i < static_cast<int>(std::lround(kTime / burial.dt)); ++i, tissue.tick()) {
    tissue.move(burial.dt, threads);
    step_vesicle_counts(tissue.vesicles, tissue.cells, tissue.ledger, tissue.reservoir_states, tissue.environment(),
                        tissue.now, tissue.counts_scratch, threads);
  }
  EXPECT_EQ(tissue.ledger[0].total(), tissue.ledger[0].dosed);
  return static_cast<double>(tissue.ledger[0].adsorbed);
}

/// What a cell in the open takes: 4 pi R^2 kappa c / (1 + kappa R / D), after a transient of a few per cent.
double in_the_open() { return 4 * 4 * kPi * kRadius * kRadius * 0.02 * kDensity * kTime / 1.1; }

TEST(VesicleWalls, NothingIsTakenThroughAWall) {
  for (const double spacing : {2.5, 10.0})
    for (const double depth : {0.01, 1.0})
      for (const double dt : {1.0, 40.0}) {
        const Burial burial{spacing, depth, 0, 100, dt};
        EXPECT_EQ(taken(burial, false), 0) << words(burial);
        EXPECT_EQ(taken(burial, true), 0) << words(burial);
      }
}

TEST(VesicleWalls, CellsAcrossAWallTakeByTheSurfaceThatTheyShow) {
  std::mt19937 random(3);
  for (const double dt : {0.4, 2.0, 8.0, 40.0})
    for (const double spacing : {2.5, 5.0, 10.0}) {
      const Burial burial{spacing, -std::uniform_real_distribution<double>(0, 2 * kRadius)(random), 0, 100, dt};
      EXPECT_NEAR(taken(burial, false) / in_the_open(), taken(burial, true) / in_the_open(), 0.05) << words(burial);
    }
}

/// What agents take over what counts take, with as many EVs as four runs have: each takes some 3700.
double agents_over_counts(Burial burial) {
  double agents = 0, counts = 0;
  for (burial.seed = 1; burial.seed <= 4; ++burial.seed) agents += taken(burial, false), counts += taken(burial, true);
  return agents / counts;
}

TEST(VesicleWalls, CellsInTissueThatHardlyLetsVesiclesInTakeLittle) {
  std::mt19937 random(4);
  for (const double dt : {0.4, 2.0, 8.0, 40.0})
    for (const double viscosity : {1.0, 4.0}) {
      // voxels that diffusion crosses in less than the time of the run
      const double spacing = viscosity > 1 ? 2.5 : 5;
      const Burial burial{spacing, std::uniform_real_distribution<double>(0, kRadius)(random), 0.2, viscosity, dt};
      EXPECT_NEAR(agents_over_counts(burial), 1, 0.05) << words(burial);
    }
}

}  // namespace
}  // namespace interstice
