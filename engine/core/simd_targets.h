/// @file
/// To be included before Highway's foreach_target.h by every file with vector kernels: only targets with fused
/// multiply-add, because the others round differently. On x86 nothing below AVX2 is compiled, and such processors are
/// refused by require_fused_multiply_add().
#pragma once

#if defined(__x86_64__) && !defined(HWY_BASELINE_TARGETS)
#define HWY_BASELINE_TARGETS HWY_AVX2
#endif

namespace interstice {

/// Throws InputError on a processor without fused multiply-add, where results would differ.
void require_fused_multiply_add();

}  // namespace interstice
