/// @file
/// Metrics of one run, from made-up series and traces with answers worked out by hand.
#include <gtest/gtest.h>

#include <cmath>

#include "engine/analysis/metrics_run.h"

namespace interstice {
namespace {

const PrimaryField kPrimary{"adenosine", "film", {0.3, 3.0}};

Reaction one_to_one(const char* name, unsigned from, unsigned to) {
  Reaction reaction;
  reaction.name = name;
  reaction.reactants = {{static_cast<SpeciesId>(from), 1}};
  reaction.products = {{static_cast<SpeciesId>(to), 1}};
  return reaction;
}

/// AMP -> adenosine by the host and by a model; TNF apart.
Problem small_problem() {
  Problem problem;
  problem.grid = {2, 1, 1, 10.0};
  problem.regions.regions = {{.name = "film"}, {.name = "tissue", .volume_fraction = 0.5}};
  problem.regions.of_voxel = {0, 1};
  for (const char* name : {"AMP", "TNF", "adenosine"}) {
    Species species;
    species.name = name;
    problem.species.push_back(species);
  }
  problem.chemistry.reactions = {one_to_one("CD73_host", 0, 2), one_to_one("cd73", 0, 2)};
  problem.chemistry.reactions[0].enzyme = "CD73";
  problem.vesicle_classes.resize(1);
  problem.vesicle_classes[0].name = "ev";
  problem.proteins = {"CD73", "other"};
  problem.vesicle_classes[0].proteins = {{.protein = ProteinId{0}, .mean = 5, .positive_fraction = 0.5},
                                         {.protein = ProteinId{1}, .mean = 100}};
  problem.doses.resize(1);
  ActiveModel model;
  model.name = "some_enzyme";
  model.mechanism = Mechanism::enzyme;
  model.reactions = {static_cast<ReactionId>(1)};
  model.proteins = {ProteinId{0}};
  problem.models.push_back(model);
  return problem;
}

void add(SeriesTable& series, const char* name, std::vector<double> values) {
  series.name.emplace_back(name);
  series.unit.emplace_back("");
  series.value.push_back(std::move(values));
}

RunOutcome small_run() {
  RunOutcome run;
  run.series.time = {0, 10, 100};
  add(run.series, "mean.film.adenosine", {0, 1, 2});
  add(run.series, "vesicles.ev.free", {80, 50, 30});
  add(run.series, "vesicles.ev.in_reservoir", {20, 20, 20});
  add(run.series, "vesicles.ev.adsorbed", {0, 25, 30});
  add(run.series, "vesicles.ev.released", {0, 5, 20});
  for (const char* place : {"endosomal", "degraded", "lost", "left"})
    add(run.series, ("vesicles.ev." + std::string(place)).c_str(), {0, 0, 0});
  add(run.series, "vesicles.ev.dosed", {100, 100, 100});
  add(run.series, "vesicles.ev.dosed_in_reservoirs", {20, 20, 20});
  add(run.series, "reaction.cd73", {0, 1, 3 * 6.02214076e8});
  add(run.series, "reaction.CD73_host", {0, 1, 6.02214076e8});
  add(run.series, "secreted.AMP", {0, 0, 2 * 6.02214076e8});
  add(run.series, "taken_up.adenosine", {0, 0, 6.02214076e8});
  run.amount_at_start = {8 * 6.02214076e8, 99, 0};
  run.amount_at_end = {6 * 6.02214076e8, 99, 3 * 6.02214076e8};
  return run;
}

const Metric& find(const std::vector<Metric>& metrics, const std::string& name) {
  for (const Metric& metric : metrics)
    if (metric.name() == name) return metric;
  throw std::out_of_range(name);
}

TEST(RunMetrics, AnArmIsDescribedFromItsProblem) {
  const ArmFacts facts = describe_arm(small_problem(), "emcev", &kPrimary);
  EXPECT_EQ(facts.chain, (std::vector<std::string>{"AMP", "adenosine"}));
  EXPECT_EQ(facts.made_by_ev, std::vector<std::string>{"cd73"});
  EXPECT_EQ(facts.made_by_host, std::vector<std::string>{"CD73_host"});
  ASSERT_EQ(facts.host_works.size(), 1u);
  EXPECT_EQ(facts.host_works[0], "CD73 copies on cells and in reservoirs");
  Problem lumped = small_problem();
  lumped.chemistry.reactions[0].enzyme = "";
  EXPECT_EQ(describe_arm(lumped, "emcev", &kPrimary).host_works[0], "a lumped rate everywhere");
  lumped.chemistry.reactions[0].in_region = {true, false};
  EXPECT_EQ(describe_arm(lumped, "emcev", &kPrimary).host_works[0], "a lumped rate in film");
  lumped.reservoirs.resize(1);
  EXPECT_EQ(describe_arm(lumped, "emcev", &kPrimary).host_works[0], "a lumped rate in film and reservoirs");
  EXPECT_TRUE(facts.engagement.enzymes);
  EXPECT_FALSE(facts.engagement.contact || facts.engagement.cargo);
  EXPECT_DOUBLE_EQ(facts.primary_volume, 1000);
  EXPECT_TRUE(facts.chain_ends.empty());
  EXPECT_TRUE(facts.vesicles);
}

TEST(RunMetrics, TheFastestModelSetsTheDelay) {
  Problem problem = small_problem();
  problem.models[0].reactions.clear();
  problem.models[0].mechanism = Mechanism::cargo;
  problem.models[0].delay = 14400;
  EXPECT_TRUE(describe_arm(problem, "uptake", nullptr).engagement.cargo);
  ActiveModel contact;
  contact.mechanism = Mechanism::contact;
  contact.delay = 3600;
  problem.models.push_back(contact);
  const ArmFacts facts = describe_arm(problem, "both", nullptr);
  EXPECT_EQ(facts.delay, 3600);
  EXPECT_TRUE(facts.engagement.cargo && facts.engagement.contact);
  EXPECT_FALSE(facts.engagement.enzymes);
}

TEST(RunMetrics, PrimaryField) {
  std::vector<Metric> metrics;
  measure_series(small_run(), {}, primary_metrics(kPrimary, 100), {}, metrics);
  EXPECT_DOUBLE_EQ(find(metrics, "primary.time_to.0.3uM").value.value(), 3.0);
  EXPECT_FALSE(find(metrics, "primary.time_to.3uM").value);
  EXPECT_EQ(find(metrics, "primary.time_to.3uM").note, "not within 100 s");
  EXPECT_EQ(find(metrics, "primary.time_to.3uM").status, Status::not_reached);
  EXPECT_DOUBLE_EQ(find(metrics, "primary.auc").value.value(), (5 + 135) / 60.0);
  EXPECT_DOUBLE_EQ(find(metrics, "primary.at.5s").value.value(), 0.5);
  EXPECT_THROW((void)find(metrics, "primary.at.300s"), std::out_of_range);
}

TEST(RunMetrics, FatesAreSharesOfTheDoseAndAddUpToOne) {
  const ArmFacts arm = describe_arm(small_problem(), "emcev", &kPrimary);
  std::vector<Metric> metrics;
  measure_vesicles(small_run(), arm, metrics);
  EXPECT_DOUBLE_EQ(find(metrics, "fate.ev.released").value.value(), 0.2);
  EXPECT_DOUBLE_EQ(find(metrics, "ev.given").value.value(), 100);
  double sum = 0;
  for (const Metric& metric : metrics)
    if (metric.family == Family::fate) sum += metric.value.value();
  EXPECT_NEAR(sum, 1, 1e-12);
}

TEST(RunMetrics, CarriersAreThoseWithAtLeastOneCopy) {
  EXPECT_NEAR(positive_share({.mean = 5, .positive_fraction = 0.5}), 0.5 * (1 - std::exp(-10)), 1e-12);
  EXPECT_EQ(positive_share({.mean = 0}), 0);
  // Few copies with a wide spread: 1 - E exp(-X), X log-normal with mean 0.2 and sigma 1, by an independent sum over
  // equally likely quantiles.
  double none = 0;
  constexpr int kBins = 200000;
  double z = -6;
  const double step = 12.0 / kBins;
  for (int bin = 0; bin < kBins; ++bin, z += step) {
    const double share = 0.5 * (std::erf((z + step) / std::sqrt(2.0)) - std::erf(z / std::sqrt(2.0)));
    none += share * std::exp(-0.2 * std::exp(z + 0.5 * step - 0.5));
  }
  EXPECT_NEAR(positive_share({.mean = 0.2, .sigma = 1}), 1 - none, 1e-7);
}

TEST(RunMetrics, EngagedDependsOnTheMechanism) {
  ArmFacts arm = describe_arm(small_problem(), "x", nullptr);
  const double carriers = 0.5 * (1 - std::exp(-10));  // the other protein does nothing in this arm
  EXPECT_NEAR(vesicles_engaged(small_run(), arm).value(), 80 * carriers, 1e-9);
  arm.engagement.contact = true;
  EXPECT_NEAR(vesicles_engaged(small_run(), arm).value(), 80 * carriers + 50 * (1 - carriers), 1e-9);
  arm.engagement = {.cargo = true};
  EXPECT_EQ(vesicles_engaged(small_run(), arm), 20.0);
  arm.engagement = {.contact = true};
  EXPECT_EQ(vesicles_engaged(small_run(), arm), 50.0);
  arm.engagement = {.contact = true, .cargo = true};
  EXPECT_EQ(vesicles_engaged(small_run(), arm), 50.0);
  arm.engagement = {};
  EXPECT_FALSE(vesicles_engaged(small_run(), arm));
}

// Numbers per EV of different arms are compared: all of them divide by the EVs given, whatever their mechanism.
TEST(RunMetrics, EveryArmHasTheSameDenominator) {
  Problem problem = small_problem();
  for (const Mechanism mechanism : {Mechanism::enzyme, Mechanism::binding, Mechanism::contact, Mechanism::cargo}) {
    problem.models[0].mechanism = mechanism;
    EXPECT_EQ(vesicles_given(small_run(), describe_arm(problem, "x", nullptr)), 100.0);  // 80 in the patch
  }
}

TEST(RunMetrics, EnzymesInADosedReservoirBehindAFaceCountAsEngaged) {
  Problem problem = small_problem();
  problem.reservoirs.resize(2);
  problem.reservoirs[0].volume = 3000;
  problem.reservoirs[1].volume = 1000;
  problem.doses[0].density = 1;
  problem.doses[0].reservoirs = {ReservoirId{0}, ReservoirId{1}};
  const double carriers = 0.5 * (1 - std::exp(-10));
  EXPECT_NEAR(vesicles_engaged(small_run(), describe_arm(problem, "x", nullptr)).value(), 80 * carriers, 1e-9);
  problem.walls[5] = Wall::reservoir;
  problem.reservoir_of_face[5] = ReservoirId{0};
  const ArmFacts enzymes = describe_arm(problem, "x", nullptr);
  EXPECT_NEAR(vesicles_engaged(small_run(), enzymes).value(), (80 + 0.75 * 20) * carriers, 1e-9);
  EXPECT_EQ(vesicles_given(small_run(), enzymes), 100.0);
}

TEST(RunMetrics, ApparentHalfLifeIsSeenOrExtrapolated) {
  const ArmFacts arm = describe_arm(small_problem(), "emcev", nullptr);
  RunOutcome run = small_run();  // outside cells: 100, 95, 80 at 0, 10, 100 s
  std::vector<Metric> metrics;
  measure_vesicles(run, arm, metrics);
  EXPECT_NEAR(find(metrics, "half_life.ev").value.value(), 100 * std::log(2.0) / std::log(100.0 / 80), 1e-9);
  run.series.value[1] = {80, 50, 0};  // free: now 100, 95, 50
  metrics.clear();
  measure_vesicles(run, arm, metrics);
  EXPECT_DOUBLE_EQ(find(metrics, "half_life.ev").value.value(), 100);
  run.series.value[1] = {80, 55, 50};  // nothing lost
  metrics.clear();
  measure_vesicles(run, arm, metrics);
  EXPECT_FALSE(find(metrics, "half_life.ev").value);
}

TEST(RunMetrics, FootprintOfOneVesicle) {
  const ArmFacts arm = describe_arm(small_problem(), "emcev", &kPrimary);
  const RunOutcome run = small_run();
  RunOutcome vehicle = small_run();
  vehicle.series.value[0] = {0, 0, 0};
  std::vector<Metric> metrics;
  measure_footprint(run, arm, kPrimary, {&vehicle, nullptr}, metrics);
  // Extra area 5 + 135 uM s, 1000 um^3 of film, 100 vesicles, 100 s.
  EXPECT_DOUBLE_EQ(find(metrics, "footprint.extra").value.value(), 140 * 1000 / 100.0 / 60);
  EXPECT_DOUBLE_EQ(find(metrics, "footprint.volume.0.3uM").value.value(), 140 * 1000 / 100.0 / (100 * 0.3));
}

TEST(RunMetrics, RelaysAreWhatCellsSecreteAsTheyPleaseAndSense) {
  Problem problem = small_problem();
  problem.cell_types.resize(1);
  CellType& type = problem.cell_types[0];
  type.states.resize(1);
  const std::vector<Symbol> symbols{{"AMP", {}}, {"TNF", {}}, {"adenosine", {}}, {"m1", {}}};
  Reporter reporter;
  reporter.value = Expression("TNF", symbols, "1");
  type.reporters = {reporter};
  type.states[0].secretions = {{SpeciesId{1}, Expression("2", symbols, "1")}};
  EXPECT_TRUE(describe_arm(problem, "x", nullptr).relays.empty());  // a constant rate passes nothing on
  type.states[0].secretions = {{SpeciesId{0}, Expression("2 * m1", symbols, "1")}};
  EXPECT_TRUE(describe_arm(problem, "x", nullptr).relays.empty());  // nobody senses AMP
  type.states[0].secretions = {{SpeciesId{1}, Expression("2 * m1", symbols, "1")}};
  EXPECT_EQ(describe_arm(problem, "x", nullptr).relays, std::vector<std::string>{"TNF"});
}

TEST(RunMetrics, BudgetTellsOfReactionsThatEndTheChainOrFeedIt) {
  Problem problem = small_problem();
  Reaction washout = one_to_one("washout", 0, 2), dimer = one_to_one("dimer", 0, 2),
           supply = one_to_one("supply", 0, 2);
  washout.products.clear();
  dimer.reactants[0].coefficient = 2;
  supply.reactants.clear();
  problem.chemistry.reactions.insert(problem.chemistry.reactions.end(), {washout, dimer, supply});
  const ArmFacts arm = describe_arm(problem, "emcev", &kPrimary);
  ASSERT_EQ(arm.chain_ends.size(), 3U);
  EXPECT_EQ(arm.chain_ends[0].taken, 1);
  EXPECT_EQ(arm.chain_ends[1].taken, 1);
  EXPECT_EQ(arm.chain_ends[2].taken, -1);
  RunOutcome run = small_run();  // 8 at the start and 2 released; 9 left and 1 taken up
  std::vector<Metric> open, closed;
  add(run.series, "reaction.supply", {0, 0, 6.02214076e8});
  measure_budget(run, arm, open);
  EXPECT_NEAR(find(open, "budget.residual").value.value(), 1.0 / 11, 1e-14);
  add(run.series, "reaction.washout", {0, 0, 6.02214076e8});
  measure_budget(run, arm, closed);
  EXPECT_NEAR(find(closed, "budget.residual").value.value(), 0, 1e-14);
  EXPECT_DOUBLE_EQ(find(closed, "budget.reacted.washout").value.value(), 1);
  EXPECT_DOUBLE_EQ(find(closed, "budget.reacted.dimer").value.value(), 0);
}

TEST(RunMetrics, BudgetClosesAndSplitsWhoMadeThePrimarySubstance) {
  const ArmFacts arm = describe_arm(small_problem(), "emcev", &kPrimary);
  std::vector<Metric> metrics;
  measure_budget(small_run(), arm, metrics);
  measure_series(small_run(), arm, flux_metrics(arm), {}, metrics);
  EXPECT_DOUBLE_EQ(find(metrics, "budget.at_start").value.value(), 8);
  EXPECT_DOUBLE_EQ(find(metrics, "budget.supplied").value.value(), 2);
  EXPECT_DOUBLE_EQ(find(metrics, "budget.left.adenosine").value.value(), 3);
  EXPECT_NEAR(find(metrics, "budget.residual").value.value(), 0, 1e-14);
  EXPECT_DOUBLE_EQ(find(metrics, "flux.ev_share").value.value(), 0.75);
  EXPECT_DOUBLE_EQ(find(metrics, "flux.host.CD73_host").value.value(), 1);
  EXPECT_EQ(find(metrics, "flux.host.CD73_host").label,
            "of the host: CD73_host (CD73 copies on cells and in reservoirs)");
}

/// 10 families over 1 h, a row a minute; in the first `different` of them the reporter is 1 instead of 0.
RunOutcome traced(int different) {
  RunOutcome run = small_run();
  ReporterTrace trace;
  trace.cell_type = "chondrocyte";
  trace.name = "AKT";
  for (AgentId f = 1; f <= 10; ++f) trace.family.push_back(f);
  for (int row = 0; row <= 60; ++row) {
    trace.time.push_back(60.0 * row);
    trace.mean.emplace_back(10, 0.0F);
    for (int f = 0; row > 0 && f < different; ++f) trace.mean.back()[f] = 1;
  }
  run.traces = {trace};
  return run;
}

TEST(RunMetrics, CellsInfluencedMinusShamPerVesicle) {
  const ArmFacts arm = describe_arm(small_problem(), "emcev", &kPrimary);
  const RunOutcome vehicle = traced(0), sham = traced(1), run = traced(5);
  const Pairing pairing{&vehicle, &sham};
  std::vector<Metric> metrics;
  measure_cells(run, arm, pairing, {}, noisy_reporters(std::span(&pairing, 1), {}), metrics);
  EXPECT_EQ(find(metrics, "influenced.chondrocyte.AKT").value, 5.0);
  EXPECT_EQ(find(metrics, "influenced_minus_sham.chondrocyte.AKT").value, 4.0);
  EXPECT_DOUBLE_EQ(find(metrics, "influenced_per_ev_given.chondrocyte.AKT").value.value(), 4.0 / 100);
  EXPECT_EQ(find(metrics, "time_to_50pct.chondrocyte.AKT").value, 60.0);
  EXPECT_DOUBLE_EQ(find(metrics, "mean_effect.chondrocyte.AKT").value.value(), 0.5);
  EXPECT_EQ(find(metrics, "influenced.chondrocyte.AKT").status, Status::measured);
}

TEST(RunMetrics, WhatGoesThroughOtherCellsIsTheArmLessItsDirectArm) {
  const auto metric = [](Family family, const char* subject, const char* label, std::optional<double> value,
                         const char* note = "") {
    return make_metric(family, subject, label, "1", "", value, {Status::undefined, note});
  };
  ArmFacts direct;
  direct.unresponsive = {"monocyte"};
  const std::vector<Metric> alone{metric(Family::mean_effect, "t_cd4.CD25", "mean effect at the end", -0.1),
                                  metric(Family::mean_effect, "monocyte.M2", "mean effect at the end", 0),
                                  metric(Family::influenced_minus_sham, "t_cd4.CD25", "cells", std::nullopt, "none"),
                                  metric(Family::effect, "IFNg", "IFN-g, difference", -20)};
  std::vector<Metric> all{metric(Family::mean_effect, "t_cd4.CD25", "mean effect at the end", -0.5),
                          metric(Family::mean_effect, "monocyte.M2", "mean effect at the end", 0.4),
                          metric(Family::influenced_minus_sham, "t_cd4.CD25", "cells", 7),
                          metric(Family::effect, "IFNg", "IFN-g, difference", -50),
                          metric(Family::outcome, "IFNg", "IFN-g", 100)};
  all.front().of = "t_cd4 CD25";
  measure_relay(alone, direct, all);
  ASSERT_EQ(all.size(), 8U);
  EXPECT_DOUBLE_EQ(find(all, "relayed_effect.t_cd4.CD25").value.value(), -0.4);
  EXPECT_EQ(find(all, "relayed_effect.t_cd4.CD25").full_label(),
            "mean effect at the end through other cells: t_cd4 CD25");
  EXPECT_FALSE(find(all, "relayed_cells.t_cd4.CD25").value);
  EXPECT_EQ(find(all, "relayed_cells.t_cd4.CD25").note, "none");
  EXPECT_EQ(find(all, "relayed_outcome.IFNg").value, -30.0);
  EXPECT_EQ(find(all, "relayed_outcome.IFNg").label, "IFN-g, difference through other cells");
}

TEST(RunMetrics, AnExtinctPopulationHasNoMeanEffect) {
  const ArmFacts arm = describe_arm(small_problem(), "emcev", &kPrimary);
  const RunOutcome vehicle = traced(0);
  RunOutcome run = traced(5);
  run.traces[0].mean.back().assign(10, std::nanf(""));
  std::vector<Metric> metrics;
  measure_cells(run, arm, {&vehicle, &vehicle}, {}, {}, metrics);
  EXPECT_FALSE(find(metrics, "mean_effect.chondrocyte.AKT").value);
  EXPECT_EQ(find(metrics, "mean_effect.chondrocyte.AKT").note, "no cell of the type left");
  EXPECT_DOUBLE_EQ(find(metrics, "mean_effect_largest.chondrocyte.AKT").value.value(), 0.5);
}

TEST(RunMetrics, ANoisyShamLeavesPopulationMeansOnly) {
  const ArmFacts arm = describe_arm(small_problem(), "emcev", &kPrimary);
  const RunOutcome vehicle = traced(0), sham = traced(3), run = traced(5);
  const Pairing pairing{&vehicle, &sham};
  const auto noisy = noisy_reporters(std::span(&pairing, 1), {});
  EXPECT_EQ(noisy, std::set<std::string>{"chondrocyte.AKT"});
  std::vector<Metric> metrics;
  measure_cells(run, arm, pairing, {}, noisy, metrics);
  EXPECT_FALSE(find(metrics, "influenced_minus_sham.chondrocyte.AKT").value);
  EXPECT_NE(find(metrics, "influenced_minus_sham.chondrocyte.AKT").note.find("population means only"),
            std::string::npos);
  EXPECT_DOUBLE_EQ(find(metrics, "mean_effect.chondrocyte.AKT").value.value(), 0.5);
}

TEST(RunMetrics, ARunShorterThanTheDelayIsNotObservable) {
  ArmFacts arm = describe_arm(small_problem(), "uptake", &kPrimary);
  arm.delay = 3601;
  const RunOutcome vehicle = traced(0), run = traced(0);
  std::vector<Metric> metrics;
  measure_cells(run, arm, {&vehicle, &vehicle}, {}, {}, metrics);
  EXPECT_EQ(find(metrics, "influenced.chondrocyte.AKT").status, Status::not_observable);
  EXPECT_EQ(find(metrics, "time_to_50pct.chondrocyte.AKT").status, Status::not_observable);
  EXPECT_EQ(find(metrics, "mean_effect.chondrocyte.AKT").status, Status::not_observable);
}

}  // namespace
}  // namespace interstice
