/// @file
/// What a cell takes, and what it reads of its own secretion, does not depend on the voxels: radii of 3.5 to 10 um on
/// voxels of 2.5 to 40 um, anywhere in the grid, in the middle of a cube of fluid with fixed walls. 200 random cases;
/// and 30 on voxels whose edges differ by up to nine times.
///
/// There a sphere of radius R has the resistance 1/(4 pi D R) - M/(4 pi D L): the images of a point in the middle of a
/// cube of edge L are a crystal of rock salt, M = 1.7475646 (Madelung's constant).
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <random>
#include <string>

#include "engine/cells/cell_exchange.h"
#include "engine/core/constants.h"
#include "engine/fields/diffusion/diffusion.h"
#include "unit/cells/cell_world.h"

namespace interstice {
namespace {

using testing::CellWorld;

constexpr double kMadelung = 1.747564594633182;

/// One immobile cell in a box of fluid.
struct LoneCell {
  double D, alpha, radius;
  CellWorld world;
  Exchange exchange;
  Budget budget;

  LoneCell(double D_, double alpha_, double radius_) : D(D_), alpha(alpha_), radius(radius_) {}
  void put(const Grid& grid, const std::array<FaceCondition, 6>& faces, Vec3 place, double outside, double uptake,
           double secretion) {
    world.grid = grid;
    world.periodic = {false, false, false};
    world.regions.regions.push_back({.name = "tissue", .volume_fraction = alpha});
    const SpeciesId s = world.add_species("A");
    world.species[0].diffusivity = {D};
    world.species[0].faces = faces;
    CellType& type = world.add_type();
    type.mobile = false;
    type.radius = radius;
    if (uptake > 0) type.uptake.push_back({s, uptake});
    if (secretion > 0)
      type.states[0].secretions.push_back(
          {s, world.formula(std::to_string(secretion) + " [molecule/s]", "molecule/s")});
    const ColumnId seen = world.add_column("seen", "uM");
    type.columns.push_back({seen, {}, world.formula("A / 1 [s]", "uM/s"), world.formula("1 / 1 [s]", "1/s")});
    world.build();
    for (double& c : world.fields[s]) c = outside;
    world.put({place});
    for (double& r : world.cells.radius) r = radius;
    budget.resize(1, 0);
  }
  /// Until nothing changes; returns what is taken up in the last second [uM um^3].
  double settle() {
    DiffusionSolver solver(world.grid, world.regions, world.species, {});
    const double coarsest = world.grid.coarsest(), dt = 2 * coarsest * coarsest / D;
    const double edges = world.grid.size().x / coarsest;
    FieldSet nothing = FieldSet::empty(1, world.fields.voxel_count());
    double flux = 0;
    for (int k = 0; k < 4000; ++k) {
      exchange.clear();
      add_cell_exchange(world.cells, world.fields, world.environment(), {0, 0, dt}, exchange, world.scratch,
                        world.threads);
      const double before = budget.taken_up[0];
      const SpeciesId which[] = {SpeciesId{0}};
      solver.diffuse(which, {.dt = dt, .exchange = exchange, .reacted_reservoirs = {}, .supply = {}}, world.fields,
                     nothing, {}, budget, world.threads);
      const double last = flux;
      flux = (budget.taken_up[0] - before) / dt / kMoleculesPerUmCubedPerMicromolar;
      const double c = world.fields[SpeciesId{0}][world.grid.voxel_at(world.cells.position(0))];
      if (k > edges && std::abs(flux - last) <= 1e-7 * flux && std::abs(c - at_cell) <= 1e-7 * c) break;
      at_cell = c;
    }
    return flux;
  }
  /// Concentration at the surface, as formulas read it.
  double seen() {
    world.update_only({0, 0, 1e6});
    return world.cells.columns[0][0];
  }
  double at_cell = -1;
};

/// In the middle voxel of a cube with fixed walls.
struct CellInACube : LoneCell {
  double edge;
  /// `least`: voxels of the coarsest edge along the cube's.
  CellInACube(double D_, double alpha_, double radius_, Spacing spacing, Vec3 off_centre, double wall, double uptake,
              double secretion, int least = 17)
      : LoneCell(D_, alpha_, radius_) {
    const double coarsest = Grid{.spacing = spacing}.coarsest();
    edge = coarsest * (coarsest < radius ? 2 * static_cast<int>(std::ceil(4 * radius / coarsest)) + 1 : least);
    const auto voxels = [&](double h) { return static_cast<int>(std::lround(edge / h)); };
    std::array<FaceCondition, 6> faces;
    faces.fill(FixedValue{wall});
    put({voxels(spacing.x), voxels(spacing.y), voxels(spacing.z), spacing}, faces,
        0.5 * edge * Vec3{1, 1, 1} + by_axis(spacing, off_centre), wall, uptake, secretion);
  }
  [[nodiscard]] double resistance() const { return (1 / radius - kMadelung / edge) / (4 * kPi * alpha * D); }
};

struct Case {
  double D, alpha, radius, spacing;
  Vec3 off;
};
Case random_case(std::mt19937_64& random) {
  const auto uniform = [&](double a, double b) { return std::uniform_real_distribution<double>(a, b)(random); };
  const double spacings[] = {2.5, 5, 10, 20, 40};
  return {std::exp(uniform(std::log(50.0), std::log(1000.0))),
          uniform(0.2, 1),
          uniform(3.5, 10),
          spacings[random() % 5],
          {uniform(-0.5, 0.5), uniform(-0.5, 0.5), uniform(-0.5, 0.5)}};
}

/// Of what it takes up.
double uptake_error(CellInACube& cube, double uptake) { return cube.settle() * (1 / uptake + cube.resistance()) - 1; }
/// Of what it reads of the 1000 molecules/s that it secretes.
double secretion_error(CellInACube& cube, double uptake) {
  cube.settle();
  const double secretion = 1000 / kMoleculesPerUmCubedPerMicromolar;
  return cube.seen() * (uptake + 1 / cube.resistance()) / secretion - 1;
}

TEST(CellsOnGrid, UptakeDoesNotDependOnTheVoxel) {
  std::mt19937_64 random(5);
  double worst = 0;
  for (int k = 0; k < 100; ++k) {
    const Case c = random_case(random);
    const double perfect = 4 * kPi * c.alpha * c.D * c.radius;
    const double uptake = perfect * std::pow(10, std::uniform_real_distribution<double>(-2, 0)(random));
    CellInACube cube(c.D, c.alpha, c.radius, c.spacing, c.off, 1, uptake, 0);
    const double error = uptake_error(cube, uptake);
    EXPECT_NEAR(error, 0, 0.02) << c.radius << " um on " << c.spacing << " um, " << uptake / perfect;
    worst = std::max(worst, std::abs(error));
  }
  RecordProperty("worst", std::to_string(worst));
}

TEST(CellsOnGrid, OwnSecretionDoesNotDependOnTheVoxel) {
  std::mt19937_64 random(6);
  double worst = 0;
  for (int k = 0; k < 100; ++k) {
    const Case c = random_case(random);
    const double uptake = k % 2 == 0 ? 0 : 4 * kPi * c.alpha * c.D * c.radius;
    CellInACube cube(c.D, c.alpha, c.radius, c.spacing, c.off, 0, uptake, 1000);
    const double error = secretion_error(cube, uptake);
    EXPECT_NEAR(error, 0, 0.02) << c.radius << " um on " << c.spacing << " um, takes up " << (k % 2);
    worst = std::max(worst, std::abs(error));
  }
  RecordProperty("worst", std::to_string(worst));
}

enum class Beyond { tissue, held_tissue, wall };

/// A cell that secretes beside an interface, in a cube whose upper half has another diffusivity, or is held at 0, or is
/// not there; `gap` from its centre to the interface, `across` where it lies in its voxel. The image of the cell has
/// (D - D')/(D + D') of its strength, or -1, and on average over a sphere a field is what it is in the middle. Far away
/// the cell and its image are a source in fluid of mean diffusivity, or nothing.
double error_beside(Beyond what, double D, double beyond, double radius, double dx, double gap, Vec3 across) {
  const int n = 2 * static_cast<int>(std::ceil(std::max(12.0, 6 * radius / dx)));
  CellWorld world;
  world.grid = {n, n, what == Beyond::wall ? n / 2 : n, dx};
  world.periodic = {false, false, false};
  world.regions.regions.push_back({.name = "below"});
  world.regions.regions.push_back({.name = "above"});
  for (std::size_t v = 0; v < world.grid.voxel_count(); ++v)
    world.regions.of_voxel.push_back(world.grid.centre(v).z > 0.5 * n * dx ? 1 : 0);
  const SpeciesId s = world.add_species("A");
  world.species[0].diffusivity = {D, beyond};
  if (what == Beyond::held_tissue) world.species[0].held = {std::nan(""), 0};
  world.species[0].faces.fill(FixedValue{0});
  CellType& type = world.add_type();
  type.mobile = false;
  type.radius = radius;
  type.states[0].secretions.push_back({s, world.formula("1000 [molecule/s]", "molecule/s")});
  const ColumnId seen = world.add_column("seen", "uM");
  type.columns.push_back({seen, {}, world.formula("A / 1 [s]", "uM/s"), world.formula("1 / 1 [s]", "1/s")});
  world.build();
  world.put({0.5 * n * dx * Vec3{1, 1, 1} + Vec3{across.x * dx, across.y * dx, -gap}});
  world.cells.radius[0] = radius;
  Exchange exchange;
  DiffusionSolver solver(world.grid, world.regions, world.species, {});
  FieldSet nothing = FieldSet::empty(1, world.fields.voxel_count());
  Budget budget;
  budget.resize(1, 0);
  const double dt = 4 * dx * dx / std::max(D, beyond);
  const SpeciesId which[] = {s};
  const std::size_t middle = world.grid.voxel_at(world.cells.position(0));
  for (double last = -1; std::abs(world.fields[s][middle] - last) > 1e-7 * last;) {
    last = world.fields[s][middle];
    exchange.clear();
    add_cell_exchange(world.cells, world.fields, world.environment(), {0, 0, dt}, exchange, world.scratch,
                      world.threads);
    for (int k = 0; k < 10; ++k)
      solver.diffuse(which, {.dt = dt, .exchange = exchange, .reacted_reservoirs = {}, .supply = {}}, world.fields,
                     nothing, {}, budget, world.threads);
  }
  world.update_only({0, 0, 1e6});
  const double image = what == Beyond::tissue ? (D - beyond) / (D + beyond) : -1;
  const double far = what == Beyond::tissue ? kMadelung / (n * dx) * 2 / (D + beyond) : 0;
  const double resistance = ((1 / radius + image / (2 * gap)) / D - far) / (4 * kPi);
  return world.cells.columns[0][0] / (1000 / kMoleculesPerUmCubedPerMicromolar * resistance) - 1;
}

TEST(CellsOnGrid, InterfacesMirrorThem) {
  std::mt19937_64 random(8);
  const auto uniform = [&](double a, double b) { return std::uniform_real_distribution<double>(a, b)(random); };
  double worst = 0;
  for (int k = 0; k < 60; ++k) {
    const Case c = random_case(random);
    const double ratio = k < 20 ? (k % 2 == 0 ? 0.2 : 5) : std::pow(5, uniform(-1, 1));
    const double gap = c.radius * uniform(1, 2);
    const double error = error_beside(Beyond::tissue, c.D, c.D * ratio, c.radius, c.spacing, gap, c.off);
    EXPECT_NEAR(error, 0, 0.1) << c.radius << " um on " << c.spacing << " um, " << gap << " um from " << ratio;
    worst = std::max(worst, std::abs(error));
  }
  RecordProperty("worst", std::to_string(worst));
}

TEST(CellsOnGrid, HeldConcentrationsMirrorThem) {
  std::mt19937_64 random(9);
  for (int k = 0; k < 40; ++k) {
    const Case c = random_case(random);
    const double gap = c.radius * std::uniform_real_distribution<double>(1, 2)(random);
    const Beyond what = k % 2 == 0 ? Beyond::wall : Beyond::held_tissue;
    const double error = error_beside(what, c.D, c.D / 3, c.radius, c.spacing, gap, c.off);
    EXPECT_NEAR(error, 0, what == Beyond::wall ? 0.1 : 0.12)
        << c.radius << " um on " << c.spacing << " um, " << gap << " um from " << (k % 2 == 0 ? "a wall" : "tissue");
  }
}

/// On voxels whose edges differ by 3, 5 or 9 times, the coarsest up to 100 um.
struct FlatCase : Case {
  Spacing edges = 1;
};
FlatCase random_flat_case(std::mt19937_64& random) {
  FlatCase c{random_case(random)};
  const double coarsest[] = {10, 20, 40, 100}, finer[] = {3, 5, 9};
  std::array<double, 3> edge{};
  edge.fill(coarsest[random() % 4]);
  const std::size_t first = random() % 3;
  edge[first] /= finer[random() % 3];
  if (random() % 2 == 0) edge[(first + 1) % 3] /= finer[random() % 3];
  c.edges = Vec3{edge[0], edge[1], edge[2]};
  return c;
}
std::string said(const FlatCase& c) {
  return std::to_string(c.radius) + " um on " + std::to_string(c.edges.x) + " x " + std::to_string(c.edges.y) + " x " +
         std::to_string(c.edges.z) + " um";
}

TEST(CellsOnGrid, UptakeDoesNotDependOnEdgesThatDiffer) {
  std::mt19937_64 random(15);
  double worst = 0;
  for (int k = 0; k < 15; ++k) {
    const FlatCase c = random_flat_case(random);
    const double perfect = 4 * kPi * c.alpha * c.D * c.radius;
    const double uptake = perfect * std::pow(10, std::uniform_real_distribution<double>(-2, 0)(random));
    CellInACube cube(c.D, c.alpha, c.radius, c.edges, c.off, 1, uptake, 0, 9);
    const double error = uptake_error(cube, uptake);
    EXPECT_NEAR(error, 0, 0.02) << said(c) << ", " << uptake / perfect;
    worst = std::max(worst, std::abs(error));
  }
  RecordProperty("worst", std::to_string(worst));
}

TEST(CellsOnGrid, OwnSecretionDoesNotDependOnEdgesThatDiffer) {
  std::mt19937_64 random(16);
  double worst = 0;
  for (int k = 0; k < 15; ++k) {
    const FlatCase c = random_flat_case(random);
    const double uptake = k % 2 == 0 ? 0 : 4 * kPi * c.alpha * c.D * c.radius;
    CellInACube cube(c.D, c.alpha, c.radius, c.edges, c.off, 0, uptake, 1000, 9);
    const double error = secretion_error(cube, uptake);
    EXPECT_NEAR(error, 0, 0.02) << said(c) << ", takes up " << (k % 2);
    worst = std::max(worst, std::abs(error));
  }
  RecordProperty("worst", std::to_string(worst));
}

/// In a layer of 30 um between closed walls, 300 um wide between fixed ones, `coarse` voxels along x and y and `fine`
/// ones across.
struct CellInALayer : LoneCell {
  CellInALayer(int coarse, int fine, double radius_, Vec3 place, double outside, double uptake, double secretion)
      : LoneCell(100, 0.8, radius_) {
    std::array<FaceCondition, 6> faces;
    faces.fill(FixedValue{outside});
    faces[4] = faces[5] = NoFlux{};
    put({coarse, coarse, fine, Vec3{300.0 / coarse, 300.0 / coarse, 30.0 / fine}}, faces, place, outside, uptake,
        secretion);
  }
};

TEST(CellsOnGrid, LayersOfFlatVoxelsAreThoseOfCubes) {
  std::mt19937_64 random(17);
  const auto uniform = [&](double a, double b) { return std::uniform_real_distribution<double>(a, b)(random); };
  double worst = 0;
  for (const auto& [coarse, fine] : {std::array{5, 5}, std::array{5, 3}, std::array{10, 10}, std::array{15, 15}}) {
    const double radius = uniform(3.5, 8);
    const Vec3 place{uniform(120, 180), uniform(120, 180), uniform(radius, 30 - radius)};
    const double uptake = 4 * kPi * 0.8 * 100 * radius * uniform(0.1, 1);
    const double taken = CellInALayer(60, 6, radius, place, 1, uptake, 0).settle();
    const double error = CellInALayer(coarse, fine, radius, place, 1, uptake, 0).settle() / taken - 1;
    CellInALayer cubes(60, 6, radius, place, 0, 0, 1000), flat(coarse, fine, radius, place, 0, 0, 1000);
    cubes.settle(), flat.settle();
    const double seen = flat.seen() / cubes.seen() - 1;
    EXPECT_NEAR(error, 0, 0.05) << radius << " um in " << coarse << " x " << fine;
    EXPECT_NEAR(seen, 0, 0.05) << radius << " um in " << coarse << " x " << fine;
    worst = std::max({worst, std::abs(error), std::abs(seen)});
  }
  RecordProperty("worst", std::to_string(worst));
}

/// Around a point that gives 1 molecule/s in fluid that loses k c, summed over the images of a cube of edge L whose
/// walls are closed and in whose corner the point lies [uM].
double yukawa(Vec3 p, double D, double k, double L) {
  double sum = 0;
  const double lambda = std::sqrt(D / k);
  for (const double x : {-2 * L, 0.0, 2 * L})
    for (const double y : {-2 * L, 0.0, 2 * L})
      for (const double z : {-2 * L, 0.0, 2 * L}) {
        const double r = norm(p - Vec3{x, y, z});
        sum += std::exp(-r / lambda) / (4 * kPi * D * r);
      }
  return sum / kMoleculesPerUmCubedPerMicromolar;
}

TEST(CellsOnGrid, SecretionThatDecaysReachesAsFarAsItShould) {
  // An eighth of space: the walls mirror the cell, which gives its 1000 molecules/s into this part alone.
  constexpr double D = 100, decay = 0.25, dx = 2;
  constexpr int n = 60;
  CellWorld world;
  world.grid = {n, n, n, dx};
  world.periodic = {false, false, false};
  const SpeciesId s = world.add_species("A");
  world.species[0].diffusivity = {D};
  world.species[0].decay = decay;
  CellType& type = world.add_type();
  type.mobile = false;
  type.radius = 2;
  type.states[0].secretions.push_back({s, world.formula("1000 [molecule/s]", "molecule/s")});
  world.build();
  world.put({{0, 0, 0}});
  world.cells.radius[0] = 2;
  Exchange exchange;
  add_cell_exchange(world.cells, world.fields, world.environment(), {0, 0, 10}, exchange, world.scratch, world.threads);
  DiffusionSolver solver(world.grid, world.regions, world.species, {});
  FieldSet nothing = FieldSet::empty(1, world.fields.voxel_count());
  Budget budget;
  budget.resize(1, 0);
  const SpeciesId which[] = {s};
  for (int step = 0; step < 5; ++step)
    solver.diffuse(which, {.dt = 10, .exchange = exchange, .reacted_reservoirs = {}, .supply = {}}, world.fields,
                   nothing, {}, budget, world.threads);
  for (const double r : {8.0, 40.0, 90.0}) {
    double sum = 0, expected = 0;
    for (std::size_t v = 0; v < world.grid.voxel_count(); ++v) {
      const Vec3 p = world.grid.centre(v);
      if (std::abs(norm(p) - r) > dx / 2) continue;
      sum += world.fields[s][v];
      expected += 8000 * yukawa(p, D, decay, n * dx);
    }
    EXPECT_NEAR(sum / expected, 1, 0.01) << r << " um";
    RecordProperty("error_at_" + std::to_string(static_cast<int>(r)), std::to_string(sum / expected - 1));
  }
}

}  // namespace
}  // namespace interstice
