#include "engine/agents/vesicle_kernel.h"

#include <cassert>

#include "engine/core/error.h"

// Targets without fused multiply-add round differently: on x86 nothing below AVX2 is compiled, and such processors
// are refused by require_fused_multiply_add().
#if defined(__x86_64__)
#define HWY_BASELINE_TARGETS HWY_AVX2
#endif
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/agents/vesicle_kernel.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace interstice {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using D64 = hn::ScalableTag<double>;
using U64 = hn::RebindToUnsigned<D64>;
using VF = hn::Vec<D64>;
using VU = hn::Vec<U64>;

/// Four random 32-bit words, each in a 64-bit lane; the upper halves are garbage until cleaned.
struct Words {
  VU w0, w1, w2, w3;
};

HWY_INLINE VU multiply_low_halves(VU a, VU b) {
  const hn::Repartition<std::uint32_t, U64> d32;
  return hn::MulEven(hn::BitCast(d32, a), hn::BitCast(d32, b));
}

/// Philox4x32-10 of (id, step, stream and draw) under the seed; the counter layout is that of Noise::bits.
HWY_INLINE Words philox(VU id, std::uint64_t step, std::uint64_t purpose, std::uint64_t seed) {
  const U64 d;
  const VU m0 = hn::Set(d, 0xD2511F53U), m1 = hn::Set(d, 0xCD9E8D57U);
  VU c0 = id, c1 = hn::ShiftRight<32>(id), c2 = hn::Set(d, step), c3 = hn::Set(d, purpose);
  std::uint32_t k0 = static_cast<std::uint32_t>(seed), k1 = static_cast<std::uint32_t>(seed >> 32);
  for (int round = 0; round < 10; ++round) {
    const VU p0 = multiply_low_halves(m0, c0), p1 = multiply_low_halves(m1, c2);
    c0 = hn::Xor(hn::Xor(hn::ShiftRight<32>(p1), c1), hn::Set(d, k0));
    c2 = hn::Xor(hn::Xor(hn::ShiftRight<32>(p0), c3), hn::Set(d, k1));
    c1 = p1;
    c3 = p0;
    k0 += 0x9E3779B9U;
    k1 += 0xBB67AE85U;
  }
  return {c0, c1, c2, c3};
}

/// The integer value of an unsigned number below 2^52.
HWY_INLINE VF to_double(VU v) {
  const D64 d;
  const U64 u;
  return hn::Sub(hn::BitCast(d, hn::Or(v, hn::Set(u, 0x4330000000000000ULL))), hn::Set(d, 0x1p52));
}

HWY_INLINE VF low_word(VU v) { return to_double(hn::And(v, hn::Set(U64(), 0xffffffffULL))); }

template <std::size_t n>
HWY_INLINE VF polynomial(VF x, const double (&c)[n]) {
  const D64 d;
  VF sum = hn::Set(d, c[n - 1]);
  for (std::size_t i = n - 1; i-- > 0;) sum = hn::MulAdd(sum, x, hn::Set(d, c[i]));
  return sum;
}

/// pinned::log for normal positive numbers.
HWY_INLINE VF log(VF x) {
  const D64 d;
  const U64 u;
  static constexpr double kSeries[] = {6.666666666666735130e-01, 3.999999999940941908e-01, 2.857142874366239149e-01,
                                       2.222219843214978396e-01, 1.818357216161805012e-01, 1.531383769920937332e-01,
                                       1.479819860511658591e-01};
  const VU bits = hn::BitCast(u, x);
  VF k = hn::Sub(to_double(hn::ShiftRight<52>(bits)), hn::Set(d, 1023.0));
  VF m = hn::BitCast(d, hn::Or(hn::And(bits, hn::Set(u, 0x000fffffffffffffULL)), hn::Set(u, 0x3ff0000000000000ULL)));
  const auto large = hn::Gt(m, hn::Set(d, 1.41421356237309504880));
  m = hn::IfThenElse(large, hn::Mul(m, hn::Set(d, 0.5)), m);
  k = hn::IfThenElse(large, hn::Add(k, hn::Set(d, 1.0)), k);
  const VF f = hn::Sub(m, hn::Set(d, 1.0));
  const VF s = hn::Div(f, hn::Add(hn::Set(d, 2.0), f));
  const VF z = hn::Mul(s, s);
  const VF r = hn::Mul(z, polynomial(z, kSeries));
  const VF half_square = hn::Mul(hn::Mul(hn::Set(d, 0.5), f), f);
  const VF low = hn::Add(hn::Mul(s, hn::Add(half_square, r)), hn::Mul(k, hn::Set(d, 1.90821492927058770002e-10)));
  return hn::Sub(hn::Mul(k, hn::Set(d, 6.93147180369123816490e-01)), hn::Sub(hn::Sub(half_square, low), f));
}

/// pinned::sincos_2pi.
HWY_INLINE void sincos_2pi(VF turn, VF& s, VF& c) {
  const D64 d;
  const U64 u;
  static constexpr double kSin[] = {-1.66666666666666324348e-01, 8.33333333332248946124e-03,
                                    -1.98412698298579493134e-04, 2.75573137070700676789e-06,
                                    -2.50507602534068634195e-08, 1.58969099521155010221e-10};
  static constexpr double kCos[] = {4.16666666666666019037e-02, -1.38888888888741095749e-03,
                                    2.48015872894767294178e-05, -2.75573143513906633035e-07,
                                    2.08757232129817482790e-09, -1.13596475577881948265e-11};
  const VF quarter = hn::Round(hn::Mul(hn::Set(d, 4.0), turn));
  const VF t = hn::Mul(hn::Set(d, 6.28318530717958647692), hn::Sub(turn, hn::Mul(hn::Set(d, 0.25), quarter)));
  const VF z = hn::Mul(t, t);
  const VF sine = hn::MulAdd(hn::Mul(t, z), polynomial(z, kSin), t);
  const VF cosine = hn::MulAdd(hn::Mul(z, z), polynomial(z, kCos), hn::MulAdd(hn::Set(d, -0.5), z, hn::Set(d, 1.0)));
  const VU q = hn::BitCast(u, hn::Add(quarter, hn::Set(d, 0x1p52)));
  const auto odd = hn::RebindMask(d, hn::Ne(hn::And(q, hn::Set(u, 1)), hn::Zero(u)));
  const VU sine_sign = hn::ShiftLeft<62>(hn::And(q, hn::Set(u, 2)));
  const VU cosine_sign = hn::ShiftLeft<62>(hn::And(hn::Add(q, hn::Set(u, 1)), hn::Set(u, 2)));
  s = hn::BitCast(d, hn::Xor(hn::BitCast(u, hn::IfThenElse(odd, cosine, sine)), sine_sign));
  c = hn::BitCast(d, hn::Xor(hn::BitCast(u, hn::IfThenElse(odd, sine, cosine)), cosine_sign));
}

/// Four standard normal numbers from 128 bits: Box-Muller on 32-bit uniforms (tails to 6.7 standard deviations).
HWY_INLINE void four_normals(const Words& words, VF& a, VF& b, VF& c, VF& e) {
  const D64 d;
  const VF unit = hn::Set(d, 0x1p-32), half = hn::Set(d, 0.5), minus_two = hn::Set(d, -2.0);
  const auto radius = [&](VU w) {
    return hn::Sqrt(hn::Mul(minus_two, log(hn::Mul(hn::Add(low_word(w), half), unit))));
  };
  const VF r0 = radius(words.w0), r1 = radius(words.w2);
  VF s, k;
  sincos_2pi(hn::Mul(low_word(words.w1), unit), s, k);
  a = hn::Mul(r0, k);
  b = hn::Mul(r0, s);
  sincos_2pi(hn::Mul(low_word(words.w3), unit), s, k);
  c = hn::Mul(r1, k);
  e = hn::Mul(r1, s);
}

/// The float in the lower half of each lane.
HWY_INLINE VF low_float(VU v) {
  const hn::Rebind<std::uint32_t, U64> u32;
  const hn::Rebind<float, U64> f32;
  return hn::PromoteTo(D64(), hn::BitCast(f32, hn::TruncateTo(u32, v)));
}

/// Bin of a coordinate along one axis, as a whole number.
HWY_INLINE VF bin_along(VF x, double bins_per_um, int bins) {
  const D64 d;
  const VF bin = hn::Floor(hn::Mul(x, hn::Set(d, bins_per_um)));
  return hn::Min(hn::Max(bin, hn::Zero(d)), hn::Set(d, static_cast<double>(bins - 1)));
}

/// x + nx (y + ny z) of whole numbers.
HWY_INLINE VU flat_index(VF x, VF y, VF z, int nx, int ny) {
  const D64 d;
  const U64 u;
  const VF rows = hn::MulAdd(z, hn::Set(d, static_cast<double>(ny)), y);
  const VF flat = hn::MulAdd(rows, hn::Set(d, static_cast<double>(nx)), x);
  return hn::And(hn::BitCast(u, hn::Add(flat, hn::Set(d, 0x1p52))), hn::Set(u, 0x000fffffffffffffULL));
}

HWY_INLINE VF fold(VF x, double size, bool periodic) {
  const D64 d;
  const VF zero = hn::Zero(d), full = hn::Set(d, size);
  if (periodic) {
    x = hn::IfThenElse(hn::Lt(x, zero), hn::Add(x, full), x);
    return hn::IfThenElse(hn::Ge(x, full), hn::Sub(x, full), x);
  }
  x = hn::Abs(x);
  return hn::IfThenElse(hn::Gt(x, full), hn::Sub(hn::Add(full, full), x), x);
}

/// One vector of vesicles: see propose_moves.
HWY_INLINE void propose_some(MotionBlock& block, std::size_t i, const MotionTables& t) {
  const D64 d;
  const U64 u;
  const hn::RebindToSigned<D64> s64;
  constexpr std::uint64_t kPurpose = static_cast<std::uint64_t>(Stream::vesicle_motion) << 16;
  VF a, b, c, spare;
  four_normals(philox(hn::Load(u, &block.id[i]), t.step, kPurpose, t.seed), a, b, c, spare);
  hn::Store(spare, d, &block.spare[i]);
  hn::Store(a, d, &block.xi_x[i]);
  hn::Store(b, d, &block.xi_y[i]);
  hn::Store(c, d, &block.xi_z[i]);

  const VF x = hn::Load(d, &block.x[i]), y = hn::Load(d, &block.y[i]), z = hn::Load(d, &block.z[i]);
  const VF bin_x = bin_along(x, t.bins_per_um, t.bins[0]), bin_y = bin_along(y, t.bins_per_um, t.bins[1]),
           bin_z = bin_along(z, t.bins_per_um, t.bins[2]);
  const VU bin = flat_index(bin_x, bin_y, bin_z, t.bins[0], t.bins[1]);
  hn::Store(bin, u, &block.bin[i]);
  const VF part = hn::Set(d, 1.0 / t.bins_per_voxel);
  const VU voxel =
      flat_index(hn::Floor(hn::Mul(bin_x, part)), hn::Floor(hn::Mul(bin_y, part)), hn::Floor(hn::Mul(bin_z, part)),
                 t.bins[0] / t.bins_per_voxel, t.bins[1] / t.bins_per_voxel);
  const VF thinness = hn::GatherIndex(d, t.inverse_viscosity, hn::BitCast(s64, voxel));
  const VF variance = hn::Mul(hn::Mul(hn::Load(d, &block.diffusivity[i]), thinness), hn::Set(d, t.dt));
  hn::Store(variance, d, &block.variance[i]);
  const VF sigma = hn::Sqrt(hn::Add(variance, variance));
  const VF dx = hn::Mul(sigma, a), dy = hn::Mul(sigma, b), dz = hn::Mul(sigma, c);
  hn::Store(fold(hn::Add(x, dx), t.size.x, t.periodic[0]), d, &block.new_x[i]);
  hn::Store(fold(hn::Add(y, dy), t.size.y, t.periodic[1]), d, &block.new_y[i]);
  hn::Store(fold(hn::Add(z, dz), t.size.z, t.periodic[2]), d, &block.new_z[i]);

  const auto margins = hn::GatherIndex(u, reinterpret_cast<const std::uint64_t*>(t.margin), hn::BitCast(s64, bin));
  const VF meet = low_float(margins), cross = low_float(hn::ShiftRight<32>(margins));
  const VF square = hn::MulAdd(dx, dx, hn::MulAdd(dy, dy, hn::Mul(dz, dz)));
  const VF reach_square = hn::Mul(variance, hn::Set(d, kReachInRootDt * kReachInRootDt));
  const auto care = hn::Or(hn::Gt(square, hn::Mul(cross, cross)), hn::Gt(reach_square, hn::Mul(meet, meet)));
  hn::Store(hn::IfThenElse(hn::RebindMask(u, care), hn::Set(u, 1), hn::Zero(u)), u, &block.needs_care[i]);
}

void propose_all(MotionBlock& block, std::size_t count, const MotionTables& tables) {
  const std::size_t lanes = hn::Lanes(D64());
  for (std::size_t i = 0; i < count; i += lanes) propose_some(block, i, tables);
}

void uniforms_all(std::uint64_t seed, std::uint64_t purpose, std::uint64_t step, const std::uint64_t* id,
                  std::size_t count, double* out) {
  const D64 d;
  const U64 u;
  const std::size_t lanes = hn::Lanes(d);
  alignas(64) std::array<std::uint64_t, 64> ids{};
  alignas(64) std::array<double, 64> values{};
  for (std::size_t i = 0; i < count; i += lanes) {
    const std::size_t some = count - i < lanes ? count - i : lanes;
    for (std::size_t k = 0; k < some; ++k) ids[k] = id[i + k];
    const Words w = philox(hn::LoadU(u, ids.data()), step, purpose, seed);
    const VU bits = hn::Or(hn::ShiftLeft<32>(w.w1), hn::And(w.w0, hn::Set(u, 0xffffffffULL)));
    const VF value = hn::Mul(hn::Add(to_double(hn::ShiftRight<12>(bits)), hn::Set(d, 0.5)), hn::Set(d, 0x1p-52));
    hn::StoreU(value, d, values.data());
    for (std::size_t k = 0; k < some; ++k) out[i + k] = values[k];
  }
}

const char* target_name() { return hwy::TargetName(HWY_TARGET); }

}  // namespace HWY_NAMESPACE
}  // namespace interstice
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace interstice {

HWY_EXPORT(propose_all);
HWY_EXPORT(uniforms_all);
HWY_EXPORT(target_name);

void require_fused_multiply_add() {
#if HWY_ARCH_X86
  constexpr std::int64_t kFused = HWY_AVX2 | HWY_AVX3 | HWY_AVX3_DL;
  if ((hwy::SupportedTargets() & kFused) == 0)
    throw InputError(
        "this processor cannot run vesicle agents (it has no fused multiply-add, without which results would not be "
        "the same as on other machines) use a processor with AVX2, AVX-512, NEON or SVE");
#endif
}

const char* simd_target() { return HWY_DYNAMIC_DISPATCH(target_name)(); }

void propose_moves(MotionBlock& block, std::size_t count, const MotionTables& tables) {
  assert(count <= MotionBlock::kCapacity);
  HWY_DYNAMIC_DISPATCH(propose_all)(block, count, tables);
}

void keyed_uniforms(const Noise& noise, Stream stream, std::uint64_t step, std::span<const AgentId> id,
                    std::span<double> out) {
  assert(id.size() == out.size());
  HWY_DYNAMIC_DISPATCH(uniforms_all)
  (noise.seed(), static_cast<std::uint64_t>(stream) << 16, step, id.data(), id.size(), out.data());
}

}  // namespace interstice
#endif
