/// @file
/// The instruction sets that the vesicle kernels are compiled for and this processor has, one bit each. Tests force one
/// with hwy::SetSupportedTargetsForTest(bit) and give the choice back with 0.
#pragma once

#include <cstdint>
#include <vector>

// As in vesicle_kernel.cpp, so that HWY_TARGETS names the same targets.
#if defined(__x86_64__)
#define HWY_BASELINE_TARGETS HWY_AVX2
#endif
#include <hwy/targets.h>

namespace interstice::test {

inline std::vector<std::int64_t> simd_targets() { return hwy::SupportedAndGeneratedTargets(); }

}  // namespace interstice::test
