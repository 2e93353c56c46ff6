#include "engine/core/keyed_uniforms.h"

#include <cassert>

#include "engine/core/simd_targets.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/core/keyed_uniforms.cpp"

#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "engine/core/noise_vectors.inc"

HWY_BEFORE_NAMESPACE();
namespace interstice {
namespace HWY_NAMESPACE {

constexpr std::size_t kMostLanes = 64;

void uniforms_all(std::uint64_t seed, Stream stream, std::uint64_t step, const std::uint64_t* id, std::size_t count,
                  double* out) {
  const NoiseKey key(seed, stream, step);
  const F64 d;
  const U64 u;
  const std::size_t lanes = hn::Lanes(d);
  alignas(64) std::array<std::uint64_t, kMostLanes> ids{};
  alignas(64) std::array<double, kMostLanes> values{};
  for (std::size_t i = 0; i < count; i += lanes) {
    const std::size_t some = count - i < lanes ? count - i : lanes;
    for (std::size_t k = 0; k < some; ++k) ids[k] = id[i + k];
    const WideWords w = philox(hn::LoadU(u, ids.data()), key);
    const VU64 bits = hn::Or(hn::ShiftLeft<32>(w.w1), hn::And(w.w0, hn::Set(u, 0xffffffffULL)));
    const VF64 value = hn::Mul(hn::Add(to_double(hn::ShiftRight<12>(bits)), hn::Set(d, 0.5)), hn::Set(d, 0x1p-52));
    hn::StoreU(value, d, values.data());
    for (std::size_t k = 0; k < some; ++k) out[i + k] = values[k];
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace interstice
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace interstice {

HWY_EXPORT(uniforms_all);

void keyed_uniforms(const Noise& noise, Stream stream, std::uint64_t step, std::span<const AgentId> id,
                    std::span<double> out) {
  assert(id.size() == out.size());
  HWY_DYNAMIC_DISPATCH(uniforms_all)
  (noise.seed(), stream, step, id.data(), id.size(), out.data());
}

}  // namespace interstice
#endif
