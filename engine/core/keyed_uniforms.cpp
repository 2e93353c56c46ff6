#include "engine/core/keyed_uniforms.h"

#include <algorithm>
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

/// use(i, some, words) for each vector of ids: the words of `some` ids from number i on, the rest of the lanes is
/// waste.
template <class Use>
HWY_INLINE void for_words(const NoisePurpose& purpose, const AgentId* id, std::size_t count, const Use& use) {
  const NoiseKey key(purpose.seed, purpose.stream, purpose.step, purpose.draw);
  const U64 u;
  const std::size_t lanes = hn::Lanes(u);
  std::size_t i = 0;
  for (; i + lanes <= count; i += lanes) use(i, lanes, philox(hn::LoadU(u, id + i), key));
  if (i == count) return;
  alignas(64) std::array<AgentId, kMostLanes> rest{};
  for (std::size_t k = 0; i + k < count; ++k) rest[k] = id[i + k];
  use(i, count - i, philox(hn::LoadU(u, rest.data()), key));
}

void bits_all(const NoisePurpose& purpose, const AgentId* id, std::size_t count, std::array<std::uint32_t, 4>* out) {
  const hn::Half<U32> half;
  const auto low = [half](VU64 word) { return hn::LowerHalf(half, low_halves(word, word)); };
  for_words(purpose, id, count, [&](std::size_t i, std::size_t some, const WideWords& w) {
    const auto store = [&](std::uint32_t* to) {
      hn::StoreInterleaved4(low(w.w0), low(w.w1), low(w.w2), low(w.w3), half, to);
    };
    if (some == hn::Lanes(half)) return store(out[i].data());
    alignas(64) std::array<std::array<std::uint32_t, 4>, kMostLanes> words{};
    store(words[0].data());
    std::copy_n(words.data(), some, out + i);
  });
}

void uniforms_all(const NoisePurpose& purpose, const AgentId* id, std::size_t count, double* out) {
  const F64 d;
  const U64 u;
  for_words(purpose, id, count, [&](std::size_t i, std::size_t some, const WideWords& w) {
    const VU64 bits = hn::Or(hn::ShiftLeft<32>(w.w1), hn::And(w.w0, hn::Set(u, 0xffffffffULL)));
    const VF64 value = hn::Mul(hn::Add(to_double(hn::ShiftRight<12>(bits)), hn::Set(d, 0.5)), hn::Set(d, 0x1p-52));
    if (some == hn::Lanes(d)) return hn::StoreU(value, d, out + i);
    alignas(64) std::array<double, kMostLanes> values{};
    hn::StoreU(value, d, values.data());
    std::copy_n(values.data(), some, out + i);
  });
}

void normals_all(const NoisePurpose& purpose, const AgentId* id, std::size_t count, float* out) {
  const F32 d;
  for_words(purpose, id, count, [&](std::size_t i, std::size_t some, const WideWords& w) {
    VF32 first, second;
    box_muller(low_halves(w.w0, w.w0), low_halves(w.w1, w.w1), first, second);
    const hn::Half<F32> half;
    if (some == hn::Lanes(half)) return hn::StoreU(hn::LowerHalf(half, first), half, out + i);
    alignas(64) std::array<float, kMostLanes> values{};
    hn::StoreU(first, d, values.data());
    std::copy_n(values.data(), some, out + i);
  });
}

}  // namespace HWY_NAMESPACE
}  // namespace interstice
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace interstice {

HWY_EXPORT(bits_all);
HWY_EXPORT(uniforms_all);
HWY_EXPORT(normals_all);

void keyed_bits(const NoisePurpose& purpose, std::span<const AgentId> id, std::span<std::array<std::uint32_t, 4>> out) {
  assert(id.size() == out.size());
  HWY_DYNAMIC_DISPATCH(bits_all)(purpose, id.data(), id.size(), out.data());
}

void keyed_uniforms(const NoisePurpose& purpose, std::span<const AgentId> id, std::span<double> out) {
  assert(id.size() == out.size());
  HWY_DYNAMIC_DISPATCH(uniforms_all)(purpose, id.data(), id.size(), out.data());
}

void keyed_normals(const NoisePurpose& purpose, std::span<const AgentId> id, std::span<float> out) {
  assert(id.size() == out.size());
  HWY_DYNAMIC_DISPATCH(normals_all)(purpose, id.data(), id.size(), out.data());
}

}  // namespace interstice
#endif
