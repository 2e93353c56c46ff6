/// @file
/// From YAML to Problem: what the numbers become, what arms and replicates change, and that the resolved text is the
/// same scenario.

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "engine/core/error.h"
#include "engine/fields/regions.h"
#include "engine/scenario/build/build_problem.h"
#include "engine/scenario/describe.h"
#include "engine/scenario/scenario.h"
#include "support/problem_dump.h"
#include "support/resolved.h"
#include "support/run_scenario.h"

namespace interstice {
namespace {

using test::expect_same_after_resolving, test::ProblemDump;

const std::string kBase = INTERSTICE_SOURCE_DIR "/tests/robustness/base.yaml";

const std::string kPlain =
    "schema: 2\ndomain: {size: [10 um, 10 um, 10 um], spacing: 10 um}\n"
    "time: [{until: 1 s, transport: 1 s, vesicles: 1 s, cells: 1 s, series: 1 s}]\n";

Scenario base(std::vector<std::string> sets = {}) {
  return load_scenario(kBase, {.include_directories = {}, .sets = std::move(sets), .parameters = ""},
                       test::built_in_models());
}

const Reaction& reaction(const Problem& p, const std::string& name) {
  for (const auto& r : p.chemistry.reactions)
    if (r.name == name) return r;
  throw std::runtime_error("no reaction " + name);
}

/// Regions of base.yaml, in the order of their names.
enum BaseRegion : std::uint8_t { ball, fluid_space, plug, tissue_block };
/// Its species, likewise.
enum BaseSpecies : std::uint8_t { ADP, AMP, ATP, CXCL8, adenosine };

TEST(Scenario, SpaceAndWalls) {
  const Problem p = build_problem(base());
  EXPECT_EQ(p.grid.nx, 10);
  EXPECT_EQ(p.grid.ny, 6);
  EXPECT_EQ(p.grid.nz, 8);
  EXPECT_EQ(p.grid.spacing, (Vec3{10, 10, 10}));
  const std::array<Wall, 6> walls{Wall::reflecting, Wall::reflecting, Wall::periodic,
                                  Wall::periodic,   Wall::absorbing,  Wall::reservoir};
  EXPECT_EQ(p.walls, walls);
  EXPECT_EQ(p.reservoirs[0].volume, 1e6);
  EXPECT_EQ(p.reservoirs[0].represents, 2.0);
  EXPECT_DOUBLE_EQ(p.reservoirs[0].vesicle_clearance, std::numbers::ln2 / 86400);
  ASSERT_EQ(p.regions.regions.size(), 4u);
  EXPECT_EQ(p.regions.regions[tissue_block].volume_fraction, 0.2);
  EXPECT_EQ(p.regions.of_voxel[p.grid.voxel_at({25, 25, 25})], tissue_block);
  EXPECT_EQ(p.regions.of_voxel[p.grid.voxel_at({80, 30, 60})], ball);
  EXPECT_EQ(p.regions.of_voxel[p.grid.voxel_at({5, 5, 75})], fluid_space);
  EXPECT_EQ(p.regions.regions[fluid_space].vesicle_clearance, 0.0);
}

TEST(Scenario, ReactiveWallTakesVesiclesAndIsClosedToSpecies) {
  const Problem p = build_problem(base({"domain.boundary.z_min={reactive: 36 um/h}"}));
  EXPECT_EQ(p.walls[4], Wall::reactive);
  EXPECT_DOUBLE_EQ(p.reactivity_of_face[4], 0.01);
  EXPECT_TRUE(std::holds_alternative<NoFlux>(p.species[0].faces[4]));
}

TEST(Scenario, Schedule) {
  const Problem p = build_problem(base());
  ASSERT_EQ(p.schedule.phases.size(), 2u);
  EXPECT_EQ(p.schedule.phases[0].transport, 50'000'000);
  EXPECT_EQ(p.schedule.phases[0].until, 10'000'000'000);
  EXPECT_EQ(p.schedule.end(), 120'000'000'000);
  EXPECT_EQ(base().output.every, 10'000'000'000);
}

TEST(Scenario, SpeciesPerRegionReservoirAndFace) {
  const Problem p = build_problem(base());
  EXPECT_EQ(p.species[ATP].diffusivity, (std::vector<double>{500, 500, 200, 200}));
  EXPECT_EQ(p.species[AMP].initial, (std::vector<double>{1, 1, 1, 5}));
  EXPECT_EQ(p.species[AMP].reservoir_initial, (std::vector<double>{2}));
  const auto& atp = p.species[ATP].faces;
  EXPECT_TRUE(std::holds_alternative<NoFlux>(atp[0]));
  EXPECT_TRUE(std::holds_alternative<Periodic>(atp[2]));
  EXPECT_EQ(std::get<FixedValue>(atp[4]).concentration, 0.0);  // absorbing for the domain
  EXPECT_EQ(std::get<FixedValue>(atp[5]).concentration, 0.0);  // its own
  EXPECT_TRUE(std::holds_alternative<ToReservoir>(p.species[ADP].faces[5]));
  EXPECT_DOUBLE_EQ(std::get<Permeable>(p.species[ADP].faces[0]).outside, 2e-3);
  EXPECT_EQ(p.clearance_Km, (std::vector<double>{0, 0, 0, 0, 25}));
}

TEST(Scenario, ReactionsOfEveryLaw) {
  const Problem p = build_problem(base());
  EXPECT_EQ(reaction(p, "hydrolysis").mass_action.k, 8.8e-3);
  EXPECT_EQ(reaction(p, "hydrolysis").in_region, (std::vector<bool>{false, true, false, false}));
  const Reaction& pairing = reaction(p, "pairing");
  EXPECT_EQ(pairing.reactants[0].coefficient, 2);
  EXPECT_EQ(pairing.products.size(), 2u);
  EXPECT_DOUBLE_EQ(pairing.mass_action.k, 1e-3);
  EXPECT_TRUE(pairing.in_region.empty());
  EXPECT_TRUE(reaction(p, "hydrolysis").in_reservoirs) << "they react as the region does that is painted first";
  const Reaction& host = reaction(p, "host");
  EXPECT_EQ(host.enzyme, "CD73");
  EXPECT_EQ(host.michaelis_menten.kcat, 100.0);
  EXPECT_EQ(host.michaelis_menten.inhibitors[0].Ki, 0.5);
  EXPECT_DOUBLE_EQ(reaction(p, "slow").hill.vmax, 1e-3);
  EXPECT_EQ(p.reservoirs[0].enzyme_copies, (std::vector<double>{1000, 0, 0, 0, 0, 0, 0}));
}

TEST(Scenario, ModelsAddReactionsAndColumns) {
  const Problem p = build_problem(base());
  ASSERT_EQ(p.models.size(), 3u);
  EXPECT_EQ(p.models[0].name, "cargo_delivery");
  EXPECT_EQ(p.models[1].name, "cd39");
  EXPECT_EQ(p.models[1].reactions.size(), 2u);
  EXPECT_EQ(p.models[2].reactions.size(), 1u);
  EXPECT_EQ(reaction(p, "cd73").michaelis_menten.kcat, 14.0);  // the parameter set in force
  EXPECT_EQ(p.chemistry.reactions[index(p.models[2].reactions[0])].name, "cd73");
  EXPECT_EQ(p.models[0].columns.size(), 3u);
  EXPECT_EQ(p.columns[index(p.models[0].columns[2])].name, "R_cargo");
  EXPECT_NE(p.models[0].model, nullptr);
}

TEST(Scenario, ColumnsOfModelsExistInEveryArm) {
  const Problem p = build_problem(base(), {.arm = "vehicle"});
  const auto has = [&p](const std::string& name) {
    for (const auto& c : p.columns)
      if (c.name == name) return true;
    return false;
  };
  for (const char* name : {"R_cargo", "akt"}) EXPECT_TRUE(has(name)) << name;
  EXPECT_FALSE(has("ev_fast")) << "its model is not listed";
}

TEST(Scenario, CellsAreData) {
  const Problem p = build_problem(base());
  ASSERT_EQ(p.cell_types.size(), 1u);
  const CellType& t = p.cell_types[0];
  EXPECT_EQ(t.states.size(), 3u);
  EXPECT_EQ(t.states[1].duration->a, 60.0);
  EXPECT_EQ(t.states[1].then, 2);
  EXPECT_EQ(t.states[1].spills[0].amount, 1e6);
  EXPECT_TRUE(t.states[2].removed);
  EXPECT_TRUE(t.states[0].transitions[0].divides) << "hazards stand in the order of their targets";
  EXPECT_EQ(t.columns[0].initial.kind, Distribution::Kind::uniform);
  EXPECT_EQ(t.columns[0].initial.b, 0.1);
  EXPECT_DOUBLE_EQ(t.columns[0].loss({}), 1.0 / 600);
  EXPECT_DOUBLE_EQ(t.motility.speed({}), 10.0 / 60);
  EXPECT_DOUBLE_EQ(t.motility.signals[0].Kd, 2e-3);
  EXPECT_DOUBLE_EQ(t.reporters[0].delay, 600.0);
  // parameters are constants: gain at adenosine = K_A2A and no cargo is w/2 per 10 min
  std::vector<double> symbols(p.species.size() + p.columns.size() + 4, 0.0);
  symbols[adenosine] = 0.7;
  EXPECT_NEAR(t.columns[0].gain(symbols), 0.35 / 600, 1e-15);
}

TEST(Scenario, PlacementsAndInjuries) {
  const Problem p = build_problem(base());
  ASSERT_EQ(p.placements.size(), 2u);
  EXPECT_EQ(p.placements[0].count, 20u);
  std::size_t voxels = 0;
  for (const auto r : p.regions.of_voxel) voxels += r == plug || r == ball ? 1 : 0;
  EXPECT_EQ(p.placements[1].count,
            static_cast<std::uint64_t>(std::lround(1e4 * 1e-9 * static_cast<double>(voxels) * 1000)));
  EXPECT_EQ(p.placements[1].in_region, (std::vector<std::uint8_t>{1, 0, 1, 0}));
  EXPECT_EQ(p.injuries[0].count_at_start, 3u);
  EXPECT_EQ(index(*p.injuries[0].near), std::size_t{plug});
  EXPECT_DOUBLE_EQ(p.injuries[0].hazard, 0.01 / 3600);
}

TEST(Scenario, DoseIsMassTimesParticlesOverVolume) {
  const Problem p = build_problem(base());
  ASSERT_EQ(p.doses.size(), 1u);
  EXPECT_DOUBLE_EQ(p.doses[0].density, 1e10 / 1e11);  // 1 ug x 1e10 EV/ug in 100 ul = 1e11 um^3
  const double film = region_volumes(p.regions, p.grid)[fluid_space];
  EXPECT_EQ(static_cast<double>(p.vesicle_classes[0].weight), std::max(1.0, std::round(0.1 * film / 1e4)));
  const VesicleClass& v = p.vesicle_classes[0];
  EXPECT_EQ(v.released_fraction, 0.3);  // the parameter set in force
  EXPECT_DOUBLE_EQ(v.endosome_exit, std::numbers::ln2 / 14400 / (1 - 0.3 - 0.3));
  EXPECT_EQ(p.proteins, (std::vector<std::string>{"CD39", "CD73"}));
}

TEST(Scenario, TheSameDoseSaidInThreeWays) {
  const double by_mass = build_problem(base()).doses[0].density;
  const std::vector<std::string> number{"vesicles.sev={dose: ~, number: 1e10 EV}"};
  const std::vector<std::string> density{"vesicles.sev={dose: ~, volume: ~, density: 1e11 EV/ml}"};
  EXPECT_DOUBLE_EQ(build_problem(base(number)).doses[0].density, by_mass);
  EXPECT_DOUBLE_EQ(build_problem(base(density)).doses[0].density, by_mass);
}

TEST(Scenario, ADoseInAWrongUnitIsOneMistakeWithAHint) {
  const auto told = [](const std::string& set) -> std::string {
    try {
      (void)base({set});
    } catch (const InputError& error) {
      return error.what();
    }
    return "";
  };
  for (const char* density : {"10 ug/ml", "5 cell/ml", "1e9 /ml"})
    EXPECT_NE(told(std::string("vesicles.sev={dose: ~, volume: ~, density: ") + density + "}")
                  .find("did you mean a number of EV/ml?"),
              std::string::npos);
  const std::string dose = told("vesicles.sev={dose: 1e9 EV, volume: ~}");
  EXPECT_NE(dose.find("did you mean 'number: 1e9 EV'?"), std::string::npos) << dose;
  EXPECT_EQ(dose.find("needs the `volume`"), std::string::npos) << dose;
}

TEST(Scenario, AReservoirThatIsNamedTwiceIsDosedOnce) {
  const Problem p = build_problem(base({"vesicles.sev.reservoirs=[bath, bath]"}));
  EXPECT_EQ(p.doses.at(0).reservoirs.size(), 1u);
}

TEST(Scenario, AFieldThatIsListedTwiceIsWrittenOnce) {
  EXPECT_EQ(base({"output.fields=[ATP, ADP, ATP]"}).output.fields, (std::vector<std::string>{"ADP", "ATP"}));
}

TEST(Scenario, FusogenShiftsSharesNotTime) {
  const VesicleClass plain = build_problem(base()).vesicle_classes[0];
  const VesicleClass fused = build_problem(base({"vesicles.sev.fusogen={uptake: 5, release: 2}"})).vesicle_classes[0];
  EXPECT_EQ(fused.endosome_exit, plain.endosome_exit);
  EXPECT_DOUBLE_EQ(fused.released_fraction, 0.6);
  EXPECT_DOUBLE_EQ(fused.recycled_fraction, 0.3 * (1 - 0.6) / (1 - 0.3));
  EXPECT_EQ(fused.fusogen_uptake, 5.0);
}

TEST(Scenario, ViscosityOfWater) {
  EXPECT_NEAR(water_viscosity(310.15), 6.913e-4, 1e-3 * 6.913e-4);
  EXPECT_NEAR(water_viscosity(293.15), 1.002e-3, 1e-12);
  EXPECT_NEAR(water_viscosity(298.15), 8.90e-4, 1e-6);
}

TEST(Scenario, ArmsSwitchDosesModelsAndSham) {
  const Scenario s = base();
  const Problem vehicle = build_problem(s, {.arm = "vehicle"}), inert = build_problem(s, {.arm = "inert"}),
                sham = build_problem(s, {.arm = "sham"});
  EXPECT_TRUE(vehicle.doses.empty());
  EXPECT_TRUE(vehicle.models.empty());
  EXPECT_EQ(inert.doses.size(), 1u);
  EXPECT_TRUE(inert.models.empty());
  EXPECT_TRUE(sham.doses.empty());
  EXPECT_NE(sham.chemotaxis_variant, vehicle.chemotaxis_variant);
  EXPECT_EQ(vehicle.vesicle_classes.size(), 1u);
  EXPECT_EQ(vehicle.columns.size(), build_problem(s).columns.size());
  EXPECT_EQ(ProblemDump::of(build_problem(s)), ProblemDump::of(build_problem(s, {.arm = "all"})));  // arm: all
  EXPECT_THROW(build_problem(s, {.arm = "al"}), InputError);
}

TEST(Scenario, ReplicatesDifferInTheirSeedOnly) {
  const Scenario s = base();
  EXPECT_EQ(build_problem(s).noise.seed(), 7u);
  const auto one = build_problem(s, {.arm = "", .replicate = 1}), two = build_problem(s, {.arm = "", .replicate = 2});
  EXPECT_NE(one.noise.seed(), two.noise.seed());
  EXPECT_NE(one.noise.seed(), 7u);
  EXPECT_EQ(build_problem(s, {.arm = "inert", .replicate = 1}).noise.seed(), one.noise.seed());
}

TEST(Scenario, ParameterSetsAndOverrides) {
  const auto released = [](const Scenario& s) { return build_problem(s).vesicle_classes[0].released_fraction; };
  EXPECT_EQ(released(base()), 0.3);
  EXPECT_EQ(released(load_scenario(kBase, {.include_directories = {}, .sets = {}, .parameters = "other"},
                                   test::built_in_models())),
            0.05);
  EXPECT_EQ(
      load_scenario(kBase, {.include_directories = {}, .sets = {}, .parameters = "other"}, test::built_in_models())
          .seed,
      8u);
  EXPECT_EQ(released(base({"vesicles.sev.endosome.released_fraction=0.2"})), 0.2);  // --set comes last
  EXPECT_EQ(base({"seed=99"}).seed, 99u);
  EXPECT_EQ(build_problem(base({"time.1.until=3 min"})).schedule.end(), 180'000'000'000);
}

TEST(Scenario, OverridesPutAnotherKindOfDistributionInThePlaceOfOne) {
  const auto initial = [](const std::string& value) {
    const std::string path = "cell_types.watcher.columns.akt.initial=";
    return build_problem(base({path + value})).cell_types[0].columns[0].initial;
  };
  EXPECT_EQ(initial("{value: 3, mark: A, source: test}").kind, Distribution::Kind::constant);
  EXPECT_EQ(initial("{value: 3, mark: A, source: test}").a, 3);
  EXPECT_EQ(initial("{integers: [1, 12]}").kind, Distribution::Kind::integers);
  EXPECT_EQ(initial("{uniform: [1, 2]}").a, 1);
}

TEST(Scenario, OverridesDropAKeyOnlyWhereToldSo) {
  EXPECT_EQ(base({"seed=null"}).seed, 1u);  // the default again
  for (const char* unset : {"seed=", "seed= "}) {
    try {
      base({unset});
      ADD_FAILURE() << "accepted '" << unset << "'";
    } catch (const InputError& e) {
      EXPECT_NE(std::string(e.what()).find("seed: nothing stands here"), std::string::npos) << e.what();
    }
  }
}

TEST(Scenario, OutputAndCompareSettings) {
  const Scenario s = base();
  EXPECT_EQ(s.output.fields, (std::vector<std::string>{"ATP", "adenosine"}));
  EXPECT_EQ(s.output.vesicle_sample, 100000u);
  EXPECT_EQ(s.compare.replicates, 4u);
  ASSERT_EQ(s.compare.arms.size(), 4u);
  EXPECT_EQ(s.compare.arms[3].models, (std::vector<std::string>{"cargo_delivery", "cd39", "cd73"}));
  EXPECT_EQ(s.compare.primary->thresholds, (std::vector<double>{0.3, 3}));
  EXPECT_EQ(s.models, (std::vector<std::string>{"cargo_delivery", "cd39", "cd73"}));
}

TEST(Scenario, ParameterTableKnowsWhereNumbersComeFrom) {
  const Scenario s = base({"vesicles.sev.agents=2e4"});
  const auto find = [&s](const std::string& path) {
    for (const auto& p : s.parameters)
      if (p.path == path) return p;
    return ParameterRecord{};
  };
  const auto d = find("species.CXCL8.diffusivity");
  EXPECT_EQ(d.value, "150 um^2/s");
  EXPECT_EQ(d.range, "50 um^2/s to 200 um^2/s");
  EXPECT_EQ(d.mark, "L");
  EXPECT_EQ(d.source, "small protein");
  EXPECT_NE(d.where.find("base.yaml:29"), std::string::npos) << d.where;
  EXPECT_EQ(find("models.cd73.Km").where, "default");
  EXPECT_EQ(find("models.cd73.Km").range, "3 uM to 60 uM");
  EXPECT_EQ(find("vesicles.sev.agents").where, "--set");
}

TEST(Scenario, ResolvedTextIsTheSameScenario) {
  expect_same_after_resolving(base());
  expect_same_after_resolving(base({"title='a: \"b\" # c'", "seed=3"}));
}

TEST(Scenario, TheResolvedTextNamesTheParameterSet) {
  const auto under = [](const std::string& set) {
    return load_scenario(kBase, {.include_directories = {}, .sets = {}, .parameters = set}, test::built_in_models());
  };
  EXPECT_NE(base().resolved.find("# Parameter set: sceptic\n"), std::string::npos);  // the file's own choice
  EXPECT_NE(under("other").resolved.find("# Parameter set: other\n"), std::string::npos);
  EXPECT_EQ(
      load_scenario_text(under("other").resolved, "/nowhere/resolved.yaml", {}, test::built_in_models()).parameter_set,
      "other");
  EXPECT_EQ(
      load_scenario_text(kPlain, "/nowhere/plain.yaml", {}, test::built_in_models()).resolved.find("Parameter set"),
      std::string::npos);
}

TEST(Scenario, OverridesMayLeaveARangeAndAreTold) {
  const Scenario inside = base({"species.CXCL8.diffusivity=200 um^2/s"});
  EXPECT_TRUE(inside.warnings.empty());
  const Scenario outside = base({"species.CXCL8.diffusivity=300 um^2/s"});
  EXPECT_EQ(build_problem(outside).species[CXCL8].diffusivity[0], 300.0);
  ASSERT_EQ(outside.warnings.size(), 1u);
  EXPECT_NE(outside.warnings[0].find("species.CXCL8.diffusivity: 300 um^2/s is outside its range 50 um^2/s to 200"),
            std::string::npos)
      << outside.warnings[0];
  EXPECT_NE(describe(outside, "parameters").find("OUTSIDE its range 50 um^2/s"), std::string::npos);
  EXPECT_EQ(describe(inside, "parameters").find("OUTSIDE"), std::string::npos);
  expect_same_after_resolving(outside);
  EXPECT_EQ(base({"species.CXCL8.diffusivity={value: 300 um^2/s}"}).warnings.size(), 1u);
  EXPECT_TRUE(base({"species.CXCL8.diffusivity={value: 300 um^2/s, range: [1 um^2/s, 400 um^2/s]}"}).warnings.empty());
  EXPECT_THROW(base({"species.CXCL8.diffusivity={value: 300 um^2/s, range: [1 um^2/s, 2 um^2/s]}"}), ScenarioErrors);
  EXPECT_EQ(load_scenario_text(outside.resolved, "/nowhere/resolved.yaml", {}, test::built_in_models()).warnings.size(),
            1u);
}

TEST(Scenario, TheInfluenceRuleIsAKey) {
  const InfluenceRule usual = base().compare.influenced, built_in;
  EXPECT_EQ(usual.share_of_range, built_in.share_of_range);
  EXPECT_EQ(usual.hold, built_in.hold);
  EXPECT_EQ(usual.hold_share, built_in.hold_share);
  const InfluenceRule own =
      base({"compare.influenced={hold: 1 min, hold_share: 0.5, difference: 0.05}"}).compare.influenced;
  EXPECT_EQ(own.share_of_range, 0.05);
  EXPECT_EQ(own.hold, 60.0);
  EXPECT_EQ(own.hold_share, 0.5);
  EXPECT_NE(describe("compare.influenced", test::built_in_models(), {}).find("hold_share"), std::string::npos);
}

/// 1e10 EV/ug leave 6.02e4 kDa of protein per vesicle: 926 copies of CD73 (65 kDa in models/proteins.yaml), 1038 of
/// CD39 (58 kDa), unless the scenario gives a mass.
TEST(Scenario, VesiclesHoldNoMoreThanTheirProtein) {
  const std::string protein = "vesicles.sev.proteins.";
  EXPECT_TRUE(base().warnings.empty());
  EXPECT_TRUE(base({protein + "CD73.mean=46"}).warnings.empty());  // 5.0 % with CD39
  const auto rich = base({protein + "CD73.mean=47"}).warnings;
  ASSERT_EQ(rich.size(), 1u);
  EXPECT_NE(rich[0].find("vesicles.sev.proteins: they are 5 % of all protein"), std::string::npos) << rich[0];
  EXPECT_EQ(base({protein + "CD73.mean=463"}).warnings.size(), 1u);  // half of the vesicles carry 926
  EXPECT_THROW(base({protein + "CD73.mean=464"}), ScenarioErrors);
  EXPECT_EQ(base({protein + "CD39.mean=1026"}).warnings.size(), 1u);  // 99.4 % with CD73
  EXPECT_THROW(base({protein + "CD39.mean=1034"}), ScenarioErrors);   // 100.1 % with CD73
  EXPECT_THROW(base({protein + "CD39.mean=1026", protein + "CD39.mass=61 kDa"}), ScenarioErrors);
  EXPECT_EQ(base({protein + "CD39.mean=1190", protein + "CD39.mass=50 kDa"}).warnings.size(), 1u);  // 99.3 % with CD73
  EXPECT_THROW(base({protein + "CD73.mean=50", "vesicles.sev.particles_per_ug=2e11 EV/ug"}), ScenarioErrors);
}

}  // namespace
}  // namespace interstice
