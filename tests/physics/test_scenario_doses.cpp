/// @file
/// Every dose counts, whenever it is given: what metrics say of vesicles that come late, and in several doses.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "engine/analysis/metrics_run.h"
#include "engine/vesicles/fates.h"
#include "support/run_scenario.h"

namespace interstice {
namespace {

constexpr double kHalfLife = 1800;  // [s]

std::string scenario(const std::string& early, const std::string& late) {
  return fmt::format(R"(
schema: 2
domain: {{size: [100 um, 100 um, 100 um], spacing: 20 um, boundary: {{all: periodic}}}}
time: [{{until: 2 h, transport: 10 s, vesicles: 10 s, cells: 10 s, series: 1 min}}]
regions: {{fluid: {{shape: everywhere, medium: fluid, viscosity: 1, vesicle_half_life: {0} s}}}}
reservoirs: {{blood: {{volume: 1e6 um^3, vesicle_half_life: {0} s}}}}
vesicles:
  early: {{number: 1000 EV, at: {1}}}
  late: {{density: 1e-2 EV/um^3, at: {2}, in: [fluid], reservoirs: [blood], representation: counts}}
models: {{cargo_delivery: {{}}}}
)",
                     kHalfLife, early, late);
}

struct Measured {
  RunOutcome run;
  ArmFacts facts;
  std::vector<Metric> metrics;

  explicit Measured(const std::string& yaml) {
    const Scenario loaded = test::scenario_from(yaml);
    Problem problem = build_problem(loaded);
    facts = describe_arm(problem, "all", nullptr);
    Simulation simulation(std::move(problem));
    run.series = test::run_series(simulation);
    measure_vesicles(run, facts, metrics);
  }
  [[nodiscard]] double value(const std::string& name) const {
    for (const Metric& metric : metrics)
      if (metric.name() == name) return metric.value.value_or(std::nan(""));
    throw std::out_of_range(name);
  }
  /// Of a class, over the places where it can be, at the end.
  [[nodiscard]] double sum_of_fates(const std::string& klass) const {
    double sum = 0;
    for (const PlaceInfo& place : kPlaces) sum += value(fmt::format("fate.{}.{}", klass, place.name()));
    return sum;
  }
  /// At every row every dosed vesicle is in one place.
  void expect_balance() const {
    for (const ClassFacts& klass : facts.vesicle_classes)
      for (std::size_t row = 0; row < run.series.time.size(); ++row) {
        double sum = 0;
        for (const PlaceInfo& place : kPlaces)
          sum += (*run.series.find(fmt::format("vesicles.{}.{}", klass.name, place.name())))[row];
        EXPECT_EQ(sum, (*run.series.find("vesicles." + klass.name + ".dosed"))[row]) << klass.name << " row " << row;
      }
  }
};

TEST(Doses, AtTenAndSixtyMinutesOfTwoClasses) {
  const Measured m(scenario("[10 min]", "[10 min, 60 min]"));
  const auto dosed = [&](const std::string& klass) { return m.run.series.last("vesicles." + klass + ".dosed"); };
  EXPECT_EQ(m.run.series.first("vesicles.early.dosed"), 0);
  EXPECT_EQ(dosed("early"), 1000);
  EXPECT_NEAR(dosed("late"), 2 * 1e-2 * (1e6 + 1e6), 2000);
  EXPECT_NEAR(m.run.series.last("vesicles.late.dosed_in_reservoirs"), 2 * 1e-2 * 1e6, 1);
  EXPECT_EQ(m.value("ev.given"), dosed("early") + dosed("late"));
  for (const char* klass : {"early", "late"}) EXPECT_NEAR(m.sum_of_fates(klass), 1, 1e-12) << klass;
  m.expect_balance();
  // 40000 vesicles, each with a life of its own: 4 standard errors of ln N are 2 %; the
  // trapezoidal rule over rows of a minute adds 0.1 % at each dose.
  EXPECT_NEAR(m.value("half_life.late"), kHalfLife, 0.025 * kHalfLife);
  EXPECT_NEAR(m.value("fate.early.lost"), 1 - std::exp2(-(7200 - 600) / kHalfLife),
              0.035);  // 4 standard errors of 1000
}

TEST(Doses, OneDoseHasItsHalfLifeWheneverItIsGiven) {
  for (const char* at : {"[0 s]", "[15 min]", "[55 min]", "[110 min]"}) {
    const Measured m(scenario("[0 s]", at));
    const double lost = std::min(0.5, 1 - std::exp2(-(7200 - std::atof(at + 1) * 60) / kHalfLife));
    const double four_errors = 4 * std::sqrt(lost / (1 - lost) / 20000) / -std::log(1 - lost);  // of the slope of ln N
    EXPECT_NEAR(m.value("half_life.late") / kHalfLife, 1, four_errors + 10 / kHalfLife) << at;  // a step late
  }
}

TEST(Doses, FatesAddUpToOneUnderAnySchedule) {
  std::mt19937 random(5);
  const auto schedule = [&random] {
    std::string times;
    const int count = 1 + static_cast<int>(random() % 4);
    for (int k = 0; k < count; ++k) times += fmt::format("{}{} s", k == 0 ? "[" : ", ", random() % 7200);
    return times + "]";
  };
  for (int trial = 0; trial < 8; ++trial) {
    const std::string early = schedule(), late = schedule();
    const Measured m(scenario(early, late));
    m.expect_balance();
    for (const char* klass : {"early", "late"}) EXPECT_NEAR(m.sum_of_fates(klass), 1, 1e-12) << early << " " << late;
  }
}

}  // namespace
}  // namespace interstice
