/// @file
/// Keyed noise for many vesicles at once: Philox4x32-10 (Salmon et al. 2011) and single-precision normal numbers, with
/// the bits of Noise::bits and pinned::box_muller. Compiled once per instruction set (Highway's -inl.h pattern).

#if defined(INTERSTICE_VESICLE_NOISE_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef INTERSTICE_VESICLE_NOISE_INL
#undef INTERSTICE_VESICLE_NOISE_INL
#else
#define INTERSTICE_VESICLE_NOISE_INL
#endif

#include <hwy/highway.h>

#include <array>
#include <cstdint>

#include "engine/core/float_normals.h"
#include "engine/core/noise.h"

HWY_BEFORE_NAMESPACE();
namespace interstice {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using F32 = hn::ScalableTag<float>;
using U32 = hn::RebindToUnsigned<F32>;
using I32 = hn::RebindToSigned<F32>;
using F64 = hn::ScalableTag<double>;
using U64 = hn::RebindToUnsigned<F64>;
using VF32 = hn::Vec<F32>;
using VU32 = hn::Vec<U32>;
using VF64 = hn::Vec<F64>;
using VU64 = hn::Vec<U64>;

/// Four random 32-bit words, each in a 64-bit lane; the upper halves are garbage.
struct WideWords {
  VU64 w0, w1, w2, w3;
};

HWY_INLINE VU64 multiply_low_halves(VU64 a, VU64 b) {
  const U32 d32;
  return hn::MulEven(hn::BitCast(d32, a), hn::BitCast(d32, b));
}

/// What all vesicles share in one stage of one step: the keys of the rounds and half of the counter.
struct NoiseKey {
  std::array<std::uint64_t, 10> k0, k1;
  std::uint64_t step, purpose;

  NoiseKey(std::uint64_t seed, Stream stream, std::uint64_t at_step)
      : step(at_step), purpose(static_cast<std::uint64_t>(stream) << 16) {
    std::uint32_t low = static_cast<std::uint32_t>(seed), high = static_cast<std::uint32_t>(seed >> 32);
    for (std::size_t round = 0; round < 10; ++round, low += 0x9E3779B9U, high += 0xBB67AE85U)
      k0[round] = low, k1[round] = high;
  }
};

/// Philox4x32-10 with the counter layout of Noise::bits, draw 0.
HWY_INLINE WideWords philox(VU64 id, const NoiseKey& key) {
  const U64 d;
  const VU64 m0 = hn::Set(d, 0xD2511F53U), m1 = hn::Set(d, 0xCD9E8D57U);
  VU64 c0 = id, c1 = hn::ShiftRight<32>(id), c2 = hn::Set(d, key.step), c3 = hn::Set(d, key.purpose);
  for (std::size_t round = 0; round < 10; ++round) {
    const VU64 p0 = multiply_low_halves(m0, c0), p1 = multiply_low_halves(m1, c2);
    c0 = hn::Xor(hn::Xor(hn::ShiftRight<32>(p1), c1), hn::Set(d, key.k0[round]));
    c2 = hn::Xor(hn::Xor(hn::ShiftRight<32>(p0), c3), hn::Set(d, key.k1[round]));
    c1 = p1;
    c3 = p0;
  }
  return {c0, c1, c2, c3};
}

/// The low halves of the lanes of `low`, then those of `high`.
HWY_INLINE VU32 low_halves(VU64 low, VU64 high) {
  const U32 d32;
  return hn::ConcatEven(d32, hn::BitCast(d32, high), hn::BitCast(d32, low));
}

template <std::size_t n>
HWY_INLINE VF32 polynomial(VF32 x, const std::array<float, n>& c) {
  const F32 d;
  VF32 sum = hn::Set(d, c[n - 1]);
  for (std::size_t i = n - 1; i-- > 0;) sum = hn::MulAdd(sum, x, hn::Set(d, c[i]));
  return sum;
}

/// pinned::box_muller.
HWY_INLINE void box_muller(VU32 radius, VU32 angle, VF32& a, VF32& b) {
  using namespace float_normals;
  const F32 f32;
  const U32 u32;
  const I32 i32;
  const VF32 one = hn::Set(f32, 1.0F);
  const VF32 n = hn::Add(hn::ConvertTo(f32, hn::BitCast(i32, hn::ShiftRight<1>(radius))), hn::Set(f32, 0.5F));
  const VU32 bits = hn::BitCast(u32, n);
  const auto k = hn::ShiftRight<23>(hn::BitCast(i32, hn::Sub(bits, hn::Set(u32, kRootHalfBits))));
  const VU32 mantissa = hn::Sub(bits, hn::ShiftLeft<23>(hn::BitCast(u32, k)));
  const VF32 f = hn::Sub(hn::BitCast(f32, mantissa), one);
  const VF32 ln = hn::MulAdd(hn::Mul(f, f), polynomial(f, kLog), f);
  const VF32 exponent = hn::ConvertTo(f32, hn::Sub(k, hn::Set(i32, 31)));
  const VF32 r = hn::Sqrt(hn::Mul(hn::Set(f32, -2.0F), hn::MulAdd(exponent, hn::Set(f32, kLn2), ln)));

  const auto fraction = hn::BitCast(i32, hn::And(angle, hn::Set(u32, kFraction)));
  const VF32 t = hn::Mul(hn::ConvertTo(f32, fraction), hn::Set(f32, kFractionUnit));
  const VF32 z = hn::Mul(t, t);
  const VU32 sine = hn::BitCast(u32, hn::Mul(r, hn::Mul(t, polynomial(z, kSin))));
  const VU32 cosine = hn::BitCast(u32, hn::Mul(r, hn::MulAdd(z, polynomial(z, kCos), one)));
  const auto swapped = hn::TestBit(angle, hn::Set(u32, kSwap));
  const VU32 a_sign = hn::And(angle, hn::Set(u32, kCosineSign));
  const VU32 b_sign = hn::ShiftLeft<1>(hn::And(angle, hn::Set(u32, kSineSign)));
  a = hn::BitCast(f32, hn::Xor(hn::IfThenElse(swapped, sine, cosine), a_sign));
  b = hn::BitCast(f32, hn::Xor(hn::IfThenElse(swapped, cosine, sine), b_sign));
}

}  // namespace HWY_NAMESPACE
}  // namespace interstice
HWY_AFTER_NAMESPACE();

#endif
