/// @file
/// Twins that ship are what `interstice reduce` writes; time steps of twins; regions of several boxes.
#include <gtest/gtest.h>

#include <filesystem>

#include "engine/scenario/reduce/reduced_twin.h"
#include "engine/scenario/scenario.h"
#include "models/builtin.h"
#include "support/file_text.h"

namespace interstice {
namespace {

namespace fs = std::filesystem;

constexpr Nanoseconds kSecond = 1'000'000'000;

Scenario load_file(const fs::path& path) {
  ModelRegistry registry;
  register_builtin_models(registry);
  return load_scenario(path, {}, registry);
}

TEST(ReducedTwin, ThoseThatShipAreAsTheCommandWritesThem) {
  std::size_t found = 0;
  for (const auto& entry : fs::directory_iterator(INTERSTICE_SOURCE_DIR "/scenarios/studies")) {
    const std::string name = entry.path().stem();
    if (!name.ends_with("_twin")) continue;
    ++found;
    const std::string original = name.substr(0, name.size() - 5) + ".yaml";
    const Scenario scenario = load_file(fs::path(INTERSTICE_SOURCE_DIR "/scenarios") / original);
    EXPECT_EQ(test::file_text(entry.path()), reduced_twin(scenario, "../" + original, {}).text) << name;
  }
  EXPECT_GE(found, 3U);
}

TEST(ReducedTwin, KeepsVolumesCellsAndDosesOfTheKnee) {
  const Scenario twin = load_file(INTERSTICE_SOURCE_DIR "/scenarios/studies/rat_knee_twin.yaml"),
                 original = load_file(INTERSTICE_SOURCE_DIR "/scenarios/rat_knee.yaml");
  const Problem now = build_problem(twin, {.arm = "all"}), before = build_problem(original, {.arm = "all"});
  EXPECT_EQ(region_volumes(now.regions, now.grid), region_volumes(before.regions, before.grid));
  ASSERT_EQ(now.placements.size(), before.placements.size());
  for (std::size_t p = 0; p < now.placements.size(); ++p)
    EXPECT_EQ(now.placements[p].count, before.placements[p].count);
  ASSERT_EQ(now.doses.size(), before.doses.size());
  EXPECT_EQ(now.doses[0].density, before.doses[0].density);
  EXPECT_EQ(now.injuries.size(), before.injuries.size());
  for (std::size_t a = 0; a < original.compare.arms.size(); ++a)
    EXPECT_EQ(twin.compare.arms[a].name, original.compare.arms[a].name);
}

std::vector<Phase> phases_of(std::vector<Phase> phases, const std::vector<double>& horizons, Nanoseconds longest) {
  return longer_steps({.phases = std::move(phases)}, horizons, longest);
}

TEST(ReducedTwin, PhasesEndAtHorizonsAndAreDividedEvenly) {
  const Phase day{.until = 86400 * kSecond,
                  .transport = 5 * kSecond,
                  .vesicles = 5 * kSecond,
                  .cells = 60 * kSecond,
                  .series = 600 * kSecond};
  const auto phases = phases_of({day}, {600, 7 * 86400.0}, 300 * kSecond);
  ASSERT_EQ(phases.size(), 2U);
  EXPECT_EQ(phases[0].until, 600 * kSecond);
  EXPECT_EQ(phases[0].transport, 10 * kSecond);
  EXPECT_EQ(phases[0].cells, 60 * kSecond);
  EXPECT_EQ(phases[0].series, 600 * kSecond);
  EXPECT_EQ(phases[1].until, 86400 * kSecond);
  EXPECT_EQ(phases[1].transport, 100 * kSecond);
  EXPECT_EQ(phases[1].vesicles, 300 * kSecond);
  EXPECT_EQ(phases[1].cells, 300 * kSecond);
  Nanoseconds start = 0;
  for (const Phase& phase : phases) {
    for (const Nanoseconds step : {phase.transport, phase.vesicles, phase.series})
      EXPECT_EQ((phase.until - start) % step, 0);
    EXPECT_EQ(phase.cells % phase.transport, 0);
    start = phase.until;
  }
}

TEST(ReducedTwin, StepsAreNeverShorterThanTheOriginals) {
  const Phase coarse{.until = 100 * kSecond,
                     .transport = 7 * kSecond,
                     .vesicles = 14 * kSecond,
                     .cells = 14 * kSecond,
                     .series = 7 * kSecond};
  const auto phases = phases_of({coarse}, {50}, kSecond);
  ASSERT_EQ(phases.size(), 1U);  // left as it is, for the horizon does not divide it
  EXPECT_EQ(phases[0].transport, 7 * kSecond);
  EXPECT_EQ(phases[0].vesicles, 14 * kSecond);
}

/// 4 x 4 x 4 voxels of 10 um with one region of this shape.
Scenario with_shape(const std::string& shape) {
  ModelRegistry registry;
  register_builtin_models(registry);
  return load_scenario_text(
      "schema: 2\ndomain: {size: [40 um, 40 um, 40 um], spacing: 10 um}\n"
      "time: [{until: 1 s, transport: 1 s, series: 1 s}]\n"
      "regions: {film: {shape: everywhere}, part: {shape: " +
          shape + "}}\n",
      "boxes.yaml", {}, registry);
}

TEST(ReducedTwin, ARegionMayBeSeveralBoxes) {
  const Problem problem =
      build_problem(with_shape("{boxes: [{from: [0 um, 0 um, 0 um], to: [40 um, 40 um, 10 um]}, {from: [0 um, 0 um, 0 "
                               "um], to: [10 um, 10 um, 40 um]}]}"));
  const auto part = static_cast<std::uint8_t>(problem.regions.regions[0].name == "part" ? 0 : 1);
  EXPECT_EQ(std::ranges::count(problem.regions.of_voxel, part), 16 + 3);
  EXPECT_THROW(with_shape("{boxes: []}"), InputError);
  EXPECT_THROW(with_shape("{boxes: [{from: [0 um, 0 um, 0 um], to: [40 um, 0 um, 10 um]}]}"), InputError);
  EXPECT_THROW(with_shape("{boxes: [{from: [50 um, 0 um, 0 um], to: [60 um, 10 um, 10 um]}]}"), InputError);
}

}  // namespace
}  // namespace interstice
