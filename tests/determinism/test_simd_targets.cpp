/// @file
/// Whole runs give the same bits with every instruction set: the kernels of vesicles, diffusion and chemistry with each
/// target that Highway may choose on this processor, the loading and booking of the chemistry with AVX2 and with the
/// base set.
#include <gtest/gtest.h>

#include <cstdio>
#include <set>

#include "engine/vesicles/agents/vesicle_kernel.h"
#include "support/short_knee.h"
#include "support/simd_targets.h"

namespace interstice {
namespace {

using test::hash_of, test::run, test::short_knee;

struct SimdTargets : testing::Test {
  void TearDown() override { hwy::SetSupportedTargetsForTest(0); }
};

TEST_F(SimdTargets, EveryHighwayKernelGivesTheSameBits) {
  const std::string reference = hash_of(run(short_knee()));  // with the best target
  std::set<std::string> tried;
  for (const std::int64_t target : test::simd_targets()) {
    hwy::SetSupportedTargetsForTest(target);
    ASSERT_STREQ(simd_target(), hwy::TargetName(target)) << "the target was not forced";
    const Simulation simulation = run(short_knee());
    EXPECT_GT(simulation.state().ledger[0].adsorbed, 0U);
    EXPECT_EQ(hash_of(simulation), reference) << simd_target();
    tried.insert(simd_target());
  }
  ASSERT_FALSE(tried.empty());
#if defined(__x86_64__) && !defined(HWY_COMPILE_ONLY_STATIC)  // sanitized builds have one target only
  const bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
                      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw");
  EXPECT_GE(tried.size(), avx512 ? 2U : 1U);
#endif
}

#ifdef INTERSTICE_RUN_WITHOUT_CLONES
std::string hash_without_clones(const std::vector<std::string>& sets) {
  std::string command = INTERSTICE_RUN_WITHOUT_CLONES;
  for (const auto& set : sets) command += " '" + set + "'";
  FILE* pipe = popen(command.c_str(), "r");
  std::string printed;
  for (int c = 0; (c = std::fgetc(pipe)) != EOF;)
    if (c != '\n') printed += static_cast<char>(c);
  EXPECT_EQ(pclose(pipe), 0) << command;
  return printed;
}

TEST_F(SimdTargets, ChemistryGivesTheBitsOfTheBaseInstructionSet) {
#ifdef __x86_64__
  if (!__builtin_cpu_supports("avx2")) GTEST_SKIP() << "this processor has the base set only";
#endif
  const std::vector<std::vector<std::string>> variants{
      {},  // one volume fraction: unit mass
      {"regions.synovium.volume_fraction=0.2", "regions.film.volume_fraction=0.9"},
      {"domain.boundary.x=no_flux", "species.ATP.boundary={z_max: {fixed: 1 uM}}"}};
  std::set<std::string> hashes;
  for (const auto& sets : variants) {
    const std::string hash = hash_of(run(short_knee("all", sets)));
    EXPECT_EQ(hash, hash_without_clones(sets));
    hashes.insert(hash);
  }
  EXPECT_EQ(hashes.size(), variants.size());
}
#endif

}  // namespace
}  // namespace interstice
