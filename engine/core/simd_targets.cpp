#include "engine/core/simd_targets.h"

#include <hwy/targets.h>

#include "engine/core/error.h"

namespace interstice {

void require_fused_multiply_add() {
#if HWY_ARCH_X86
  constexpr std::int64_t kFused = HWY_AVX2 | HWY_AVX3 | HWY_AVX3_DL;
  if ((hwy::SupportedTargets() & kFused) == 0)
    throw InputError(
        "this processor cannot run Interstice (it has no fused multiply-add, without which results would not be the "
        "same as on other machines) use a processor with AVX2, AVX-512, NEON or SVE");
#endif
}

}  // namespace interstice
