/// @file
/// The workloads of `interstice bench` are what its lines say.

#include <gtest/gtest.h>

#include "engine/fields/diffusion/diffusion.h"
#include "tools/bench/memory.h"
#include "tools/bench/rows.h"
#include "tools/bench/workloads.h"

namespace interstice::bench {
namespace {

const Threads kOne(1);

TEST(BenchWorkloads, StepsAndIntervalsOfDiffusionAreNotDivided) {
  for (const Tissue tissue : {Tissue::uniform, Tissue::two_regions}) {
    const Workload step = diffusion_step(1000, 8, tissue, kOne), interval = diffusion_interval(1000, 8, tissue, kOne);
    for (std::uint32_t s = 0; s < 8; ++s) {
      EXPECT_EQ(step.world->diffusion().substeps(SpeciesId{s}, 0.1), 1);
      EXPECT_EQ(interval.world->diffusion().substeps(SpeciesId{s}, 0.5), 1);
    }
    EXPECT_EQ(step.elements, 8000);
    EXPECT_EQ(step.bytes, 64000);
  }
}

TEST(BenchWorkloads, StagesTogetherChangeTheStateAsTheStepDoes) {
  const auto tissue = make_tissue(1000, 20000, 10, kOne);
  EXPECT_NEAR(static_cast<double>(tissue->state.vesicles.size()), 20000, 500);  // those inside cells are left out
  EXPECT_EQ(tissue->state.cells.size(), 10U);
  const double before = tissue->state.fields[SpeciesId{0}][17], x = tissue->state.vesicles.x[5];
  for (const Workload& work : {full_vesicle_step(tissue), reaction_step(tissue), exchange_step(tissue),
                               transport_step(tissue), tissue_cell_step(tissue)}) {
    work.step(kOne);
    EXPECT_GT(work.elements, 0);
    EXPECT_GT(work.bytes, 0);
  }
  EXPECT_NE(tissue->state.fields[SpeciesId{0}][17], before);
  EXPECT_NE(tissue->state.vesicles.x[5], x);
  const Nanoseconds now = tissue->state.clock.now;
  whole_step(tissue).step(kOne);
  EXPECT_EQ(tissue->state.clock.now, now + 100'000'000);
  EXPECT_EQ(tissue->state.clock.last_cells, tissue->state.clock.now);  // every stage is due
}

TEST(BenchWorkloads, MemoryGrowsWithWhatIsCounted) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "sanitizers replace the allocator, which then counts nothing";
#endif
  EXPECT_GE(memory_per_voxel(8, Tissue::uniform, 8000), 8 * 8);  // the concentrations alone
  EXPECT_LE(memory_per_voxel(1, Tissue::uniform, 8000), memory_per_voxel(8, Tissue::uniform, 8000));
  // What every vesicle is, less what the rest happens to differ by.
  EXPECT_NEAR(memory_per_vesicle(20000).state, 3 * 8 + 8 + 4 + 4 + 4 + 3, 0.5);
  EXPECT_GE(memory_per_cell(1000), 20 * 8);
}

TEST(BenchRows, ABudgetIsMetByTheValueByTheRatioByBothOrByEither) {
  using Kind = Budget::Kind;
  const auto met = [](double value, std::optional<double> ratio, Budget budget) {
    return Row{.name = "row", .value = value, .unit = "ns", .budget = budget, .ratio_to_copy = ratio, .threads = 1}
        .met();
  };
  EXPECT_EQ(met(5, {}, {.value = 5}), true);
  EXPECT_EQ(met(5.1, {}, {.value = 5}), false);
  EXPECT_EQ(met(1.7, {}, {.kind = Kind::at_least, .value = 1.8}), false);
  EXPECT_EQ(met(1.9, {}, {.kind = Kind::at_least, .value = 1.8}), true);
  EXPECT_EQ(met(100, 7, {.ratio_to_copy = 6}), false);
  EXPECT_EQ(met(100, 5, {.ratio_to_copy = 6}), true);
  EXPECT_EQ(met(100, {}, {.ratio_to_copy = 6}), false);
  EXPECT_EQ(met(2, 7, {.value = 2.5, .ratio_to_copy = 6}), false);
  EXPECT_EQ(met(2, 5, {.value = 2.5, .ratio_to_copy = 6}), true);
  EXPECT_EQ(met(3, 5, {.value = 2.5, .ratio_to_copy = 6, .either = true}), true);
  EXPECT_EQ(met(3, 7, {.value = 2.5, .ratio_to_copy = 6, .either = true}), false);
  EXPECT_EQ((Row{.name = "free", .value = 1, .unit = "ns", .budget = {}, .ratio_to_copy = {}, .threads = 1}.met()),
            std::nullopt);
}

}  // namespace
}  // namespace interstice::bench
