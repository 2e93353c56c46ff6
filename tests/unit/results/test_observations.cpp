/// @file
/// What observations.hdf gives back, and what it is made of.
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "engine/core/error.h"
#include "engine/results/observations.h"
#include "support/file_text.h"
#include "support/short_knee.h"
#include "unit/results/sample_state.h"

namespace interstice {
namespace {

using testing::sample_problem, testing::TemporaryDirectory;

TEST(Observations, AmountsCountVolumeFractionsAndReservoirs) {
  Problem problem = sample_problem({2, 1, 1, 10});
  problem.regions.of_voxel = {0, 1};
  problem.reservoirs[0].volume = 2000;
  State state;
  state.fields = FieldSet(2, 2);
  state.fields[SpeciesId{0}][0] = 1;
  state.fields[SpeciesId{0}][1] = 4;
  state.reservoirs.resize(1);
  state.reservoirs[0].concentration = {0.5, 0};
  EXPECT_NEAR(amounts(state, problem)[0], 602.214076 * (1000 * 1 + 1000 * 0.5 * 4 + 2000 * 0.5), 1e-6);
}

TEST(Observations, AreReadAsTheyWereWritten) {
  const TemporaryDirectory directory;
  Observations written{.amount_at_start = {1, 2.5}, .amount_at_end = {0.1, 1e300}, .traces = {}};
  ReporterTrace trace;
  trace.cell_type = "macrophage";
  trace.name = "felt";
  trace.range = 0.3;
  trace.delay = 3600;
  trace.receptor = true;
  trace.time = {0, 1, 2};
  trace.family = {~AgentId{0}, 7};
  trace.mean = {{0.25F}, {0.5F, 1.0F}, {std::nanf(""), 2.0F}};  // the second family comes later, the first dies out
  written.traces = {trace, {}};
  written.traces[1].time = {0, 1, 2};  // of a type without cells
  written.traces[1].mean.resize(3);
  write_observations(directory.path() / "o.hdf", written);
  const Observations read = read_observations(directory.path() / "o.hdf");
  EXPECT_EQ(read.amount_at_start, written.amount_at_start);
  EXPECT_EQ(read.amount_at_end, written.amount_at_end);
  ASSERT_EQ(read.traces.size(), 2U);
  EXPECT_EQ(read.traces[0].cell_type, "macrophage");
  EXPECT_EQ(read.traces[0].name, "felt");
  EXPECT_EQ(read.traces[0].range, 0.3);
  EXPECT_EQ(read.traces[0].delay, 3600);
  EXPECT_TRUE(read.traces[0].receptor);
  EXPECT_EQ(read.traces[0].time, trace.time);
  EXPECT_EQ(read.traces[0].family, trace.family);
  for (std::size_t row = 0; row < 3; ++row) EXPECT_EQ(read.traces[0].population_mean(row), trace.population_mean(row));
  EXPECT_TRUE(std::isnan(read.traces[0].mean[0][1]));
  EXPECT_TRUE(std::isnan(read.traces[0].mean[2][0]));
  EXPECT_TRUE(std::isnan(read.traces[1].population_mean(1)));
}

TEST(Observations, DamageIsFound) {
  const TemporaryDirectory directory;
  const auto path = directory.path() / "o.hdf";
  write_observations(path, {.amount_at_start = std::vector<double>(100, 1.5), .amount_at_end = {}, .traces = {}});
  std::string bytes = test::file_text(path);
  const double value = 1.5;
  const std::string one(reinterpret_cast<const char*>(&value), sizeof value);
  bytes[bytes.find(one) + 3] ^= 4;
  std::ofstream(path, std::ios::binary) << bytes;
  EXPECT_THROW(read_observations(path), DiskError);
}

TEST(Observations, OfARunThatWentOnAreThoseOfAWholeOne) {
  const TemporaryDirectory directory;
  const Problem problem = test::short_knee();
  std::string bytes[2];
  for (const bool stopped : {false, true}) {
    const auto path = directory.path() / (stopped ? "stopped.hdf" : "whole.hdf");
    Simulation simulation(problem, 1);
    auto sink = std::make_unique<ObservationSink>(path, simulation.problem(), true);
    Observer observer{sink.get(), Occasion::cell_step};
    Agenda agenda;
    const bool finished = run_to_end(simulation, std::span(&observer, 1), 0, agenda,
                                     [&](const Simulation& now) { return !stopped || now.state().clock.step != 7; });
    EXPECT_EQ(finished, !stopped);
    if (stopped) {
      const SinkMemory memory = sink->memory();
      simulation = Simulation(problem, State(simulation.state()), 1);
      sink = std::make_unique<ObservationSink>(path, simulation.problem(), true);
      sink->recall(memory);
      observer.sink = sink.get();
      EXPECT_TRUE(run_to_end(simulation, std::span(&observer, 1), 0, agenda));
    }
    sink->close();
    bytes[stopped ? 1 : 0] = test::file_text(path);
  }
  EXPECT_FALSE(bytes[0].empty());
  EXPECT_TRUE(bytes[0] == bytes[1]);
}

}  // namespace
}  // namespace interstice
