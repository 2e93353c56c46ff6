/// @file
/// What a scenario gives of substances: doses, fields by formula, regions held at a value, faces with a permeability.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>

#include "engine/core/constants.h"
#include "support/restarts.h"
#include "support/run_scenario.h"

namespace interstice {
namespace {

constexpr double kPerMicromolar = kMoleculesPerUmCubedPerMicromolar;

std::string given_scenario(const std::string& transport, const std::string& species, const std::string& more = "",
                           const std::string& diffusivity = "100 um^2/s") {
  return fmt::format(R"(
schema: 2
domain: {{size: [100 um, 60 um, 40 um], spacing: 10 um}}
time: [{{until: 21 s, transport: {0}, vesicles: {0}, cells: {0}, series: {0}}}]
regions:
  tissue: {{shape: everywhere, medium: tissue, volume_fraction: 0.25}}
  vessel: {{shape: {{box: {{from: [0 um, 0 um, 0 um], to: [20 um, 60 um, 40 um]}}}}}}
species: {{A: {{diffusivity: {3}, {1}}}}}
{2}
)",
                     transport, species, more, diffusivity);
}
constexpr double kTissueFluid = 80 * 60 * 40 * 0.25, kVesselFluid = 20 * 60 * 40;  // fluid [um^3]

/// All there is in the patch and in one patch's share of the reservoirs [molecules].
double all_molecules(const Simulation& simulation) {
  const Problem& p = simulation.problem();
  const auto field = simulation.state().fields[SpeciesId{0}];
  double sum = 0;
  for (std::size_t v = 0; v < field.size(); ++v)
    sum += field[v] * p.regions.regions[p.regions.of_voxel[v]].volume_fraction * p.grid.voxel_volume();
  for (std::size_t r = 0; r < p.reservoirs.size(); ++r)
    sum += simulation.state().reservoirs[r].concentration[0] * p.reservoirs[r].share();
  return sum * kPerMicromolar;
}

Simulation run_through(const std::string& yaml) {
  Simulation simulation(test::problem_from(yaml));
  while (!simulation.finished()) simulation.step();
  return simulation;
}

/// What is there is what was given and came in, at every step.
void expect_exact_balance(const std::string& yaml) {
  Simulation simulation(test::problem_from(yaml));
  const double start = all_molecules(simulation) - simulation.state().budget.dosed[0];  // what is held is there at once
  while (!simulation.finished()) {
    simulation.step();
    const Budget& b = simulation.state().budget;
    const double given = start + b.dosed[0] + b.through_boundary[0] - b.decayed[0];
    EXPECT_NEAR(all_molecules(simulation) / given, 1, 1e-12) << simulation.time() << " s";
  }
}

// Infusions begin and end within steps of any length; every molecule of them is given.
TEST(SpeciesDoses, AmountsAreExactWhateverTheStep) {
  constexpr double kGiven = 5e6;
  for (const char* transport : {"0.1 s", "0.7 s", "3 s", "7 s"}) {
    for (const char* dose : {"amount: 5e6 molecule, over: 4.3 s, at: [1.123456 s]",
                             "amount: 1e6 molecule, at: [0 s, 1.05 s, 3 s, 7.1 s, 20.9 s]",
                             "amount: 1e6 molecule, over: 900 ms, at: [0 s, 1 s, 1.1 s, 2 s, 20.1 s]",
                             "amount: 5e6 molecule, in: vessel, over: 17 s, at: [2.5 s]",
                             "amount: 5e6 molecule, in: [], reservoirs: [plasma], over: 17 s, at: [2.5 s]"}) {
      const std::string yaml =
          given_scenario(transport, fmt::format("doses: {{{}}}", dose), "reservoirs: {plasma: {volume: 1e6 um^3}}");
      const Simulation s = run_through(yaml);
      EXPECT_NEAR(s.state().budget.dosed[0] / kGiven, 1, 1e-12) << dose << " " << transport;
      EXPECT_NEAR(all_molecules(s) / kGiven, 1, 1e-12) << dose << " " << transport;
    }
    expect_exact_balance(given_scenario(transport,
                                        "decay: 0.05 1/s, initial: 1 uM, doses: [{concentration: 2 uM, at: [3 s]}, "
                                        "{amount: 10 fmol, in: vessel, over: 9.99 s}]"));
  }
}

TEST(SpeciesDoses, AConcentrationIsAddedWhereItIsGiven) {
  const std::string yaml = given_scenario("1 s",
                                          "initial: {vessel: 3 uM, plasma: 5 uM}, doses: {concentration: 2 uM, in: "
                                          "vessel, reservoirs: [plasma]}",
                                          "reservoirs: {plasma: {volume: 1e6 um^3, represents: 10}}");
  const Simulation s(test::problem_from(yaml));
  const Problem& p = s.problem();
  for (std::size_t v = 0; v < p.grid.voxel_count(); ++v)
    EXPECT_EQ(s.state().fields[SpeciesId{0}][v], p.grid.centre(v).x < 20 ? 5 : 0);
  EXPECT_EQ(s.state().reservoirs[0].concentration[0], 7);
  EXPECT_NEAR(s.state().budget.dosed[0], 2 * (kVesselFluid + 1e5) * kPerMicromolar, 1e-6);
}

// A constant infusion against decay: c = (rate/k)(1 - exp(-k t)), of second order in the step.
TEST(SpeciesDoses, AnInfusionAgainstDecay) {
  const double k = 0.2, rate = 1e6, exact = rate / k * (1 - std::exp(-k * 21));
  double before = 0;
  for (const double dt : {3.0, 1.5, 0.75}) {
    const Simulation s = run_through(
        given_scenario(fmt::format("{} s", dt), "decay: 0.2 1/s, doses: {amount: 21e6 molecule, over: 21 s}"));
    const double error = std::abs(all_molecules(s) / exact - 1);
    EXPECT_LT(error, 0.01 * dt * dt);
    if (before > 0) {
      EXPECT_NEAR(before / error, 4, 0.5);
    }
    before = error;
  }
}

TEST(InitialFormula, IsEvaluatedInEveryVoxel) {
  const auto expected = [](Vec3 p) { return 5 * std::exp(-p.x / 30) + 0.01 * p.y * (p.z > 20 ? 1 : 0); };
  const std::string formula = "{formula: \"5 [uM]*exp(-x/(30 [um])) + 0.01 [uM/um]*y*(z > 20 [um])\"}";
  const Simulation all(test::problem_from(given_scenario("1 s", "initial: " + formula)));
  const Simulation part(test::problem_from(given_scenario("1 s", "initial: {vessel: " + formula + ", default: 2 uM}")));
  const Simulation rest(test::problem_from(given_scenario("1 s", "initial: {default: " + formula + ", vessel: 3 uM}")));
  const Grid& grid = all.problem().grid;
  for (std::size_t v = 0; v < grid.voxel_count(); ++v) {
    const Vec3 p = grid.centre(v);
    EXPECT_NEAR(all.state().fields[SpeciesId{0}][v], expected(p), 1e-13);
    EXPECT_NEAR(part.state().fields[SpeciesId{0}][v], p.x < 20 ? expected(p) : 2, 1e-13);
    EXPECT_NEAR(rest.state().fields[SpeciesId{0}][v], p.x < 20 ? 3 : expected(p), 1e-13);
  }
}

// From the surface of the held region through 80 um of tissue to a wall at 0: the steady flux is
// exact whatever the step.
TEST(FixedRegion, HoldsAndBooksWhatItGives) {
  const double alpha = 0.25, flux = 8 / (80 / (alpha * 100.0)) * 60 * 40;
  for (const char* transport : {"0.05 s", "1 s", "7 s"}) {
    const std::string yaml = given_scenario(transport, "fixed: {vessel: 8 uM}, boundary: {x_max: {fixed: 0 uM}}");
    Simulation s(test::problem_from(yaml, {"time.0.until=700 s"}));
    while (!s.finished()) s.step();
    for (std::size_t v = 0; v < 2; ++v) EXPECT_EQ(s.state().fields[SpeciesId{0}][v], 8);
    const Grid& grid = s.problem().grid;
    const double last = s.state().fields[SpeciesId{0}][grid.voxel_at({95, 30, 20})];
    EXPECT_NEAR(last * alpha * 100 / 5 * 60 * 40 / flux, 1, 1e-9) << transport;
    EXPECT_NEAR((8 * kVesselFluid * kPerMicromolar + s.state().budget.through_boundary[0]) / all_molecules(s), 1,
                1e-12);
    expect_exact_balance(given_scenario(transport, "decay: 0.25 1/s, fixed: {vessel: 8 uM}, initial: 20 uM"));
    expect_exact_balance(given_scenario(transport,
                                        "decay: 0.25 1/s, fixed: {vessel: 0 uM}, initial: 20 uM, boundary: {x_max: "
                                        "{reservoir: plasma}}, doses: {amount: 1 fmol, over: 20 s}",
                                        "reservoirs: {plasma: {volume: 1e6 um^3, represents: 3}}"));
  }
}

// What a reaction takes from the held region is given again at once: outside nothing changes, and the budget knows.
TEST(FixedRegion, GivesWhatReactionsTakeThere) {
  for (const char* transport : {"0.05 s", "1 s", "7 s"}) {
    const auto run = [&](const char* k) {
      return run_through(
          given_scenario(transport, "fixed: {vessel: 8 uM}",
                         fmt::format("reactions: {{eaten: {{equation: \"A ->\", k: {}, in: [vessel]}}}}", k)));
    };
    const Simulation idle = run("0 1/s"), eaten = run("0.1 1/s");
    for (std::size_t v = 0; v < eaten.problem().grid.voxel_count(); ++v)
      ASSERT_NEAR(eaten.state().fields[SpeciesId{0}][v], idle.state().fields[SpeciesId{0}][v], 1e-9) << v;
    const double given = eaten.state().budget.through_boundary[0] - idle.state().budget.through_boundary[0];
    EXPECT_NEAR(given / (8 * kVesselFluid * kPerMicromolar * 0.1 * 21), 1, transport[0] == '7' ? 0.4 : 0.06)
        << transport;
    EXPECT_NEAR(given / eaten.state().budget.reacted[0], 1, 1e-9) << transport;
  }
}

// Two well-mixed sides of a face: the difference fades with P A (1/V + 1/W).
TEST(PermeableFace, ToAReservoir) {
  const double p = 0.05, area = 60 * 40, volume = kTissueFluid + kVesselFluid, other = 2e5;
  const auto run = [&](const std::string& face) {
    return run_through(
        given_scenario("0.7 s", fmt::format("initial: {{default: 1 uM, plasma: 0 uM}}, boundary: {{x_min: {}}}", face),
                       "reservoirs: {plasma: {volume: 4e5 um^3, represents: 2}}", "1e4 um^2/s"));
  };
  const Simulation s = run("{reservoir: plasma, permeability: 0.05 um/s}");
  const double end = volume / (volume + other), fades = std::exp(-p * area * (1 / volume + 1 / other) * 21);
  EXPECT_NEAR(s.state().reservoirs[0].concentration[0], end * (1 - fades), 0.002 * end * (1 - fades));
  EXPECT_NEAR(all_molecules(s) / (volume * kPerMicromolar), 1, 1e-12);
  const Simulation closed = run("{reservoir: plasma, permeability: 0 um/s}");
  EXPECT_EQ(closed.state().reservoirs[0].concentration[0], 0);
  const Simulation open = run("{reservoir: plasma}");
  EXPECT_NEAR(open.state().reservoirs[0].concentration[0], end, 0.02 * end);
}

TEST(GivenSpecies, GoOnAfterAnyRestart) {
  test::expect_same_after_restarts(
      test::problem_from(given_scenario(
          "0.7 s",
          "fixed: {vessel: 8 uM}, initial: {default: {formula: \"1 [uM/um]*y\"}, plasma: 0 uM}, doses: [{amount: "
          "1e6 molecule, at: [3 s, 7.77 s]}, {concentration: 2 uM, over: 11.1 s, "
          "reservoirs: [plasma]}], boundary: {z_max: {reservoir: plasma, permeability: "
          "0.5 um/s}}",
          "reservoirs: {plasma: {volume: 4e5 um^3}}")),
      5);
}

}  // namespace
}  // namespace interstice
