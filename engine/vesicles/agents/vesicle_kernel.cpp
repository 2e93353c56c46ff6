#include "engine/vesicles/agents/vesicle_kernel.h"

#include <hwy/cache_control.h>

#include <algorithm>
#include <cassert>

#include "engine/core/simd_targets.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/vesicles/agents/vesicle_kernel.cpp"

#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "engine/core/noise_vectors.inc"

HWY_BEFORE_NAMESPACE();
namespace interstice {
namespace HWY_NAMESPACE {

constexpr std::size_t kMostLanes = 64;

/// A number per lane of F32, in double precision.
struct Doubles {
  VF64 low, high;
};

HWY_INLINE Doubles load(const double* p) {
  const F64 d;
  return {hn::LoadU(d, p), hn::LoadU(d, p + hn::Lanes(d))};
}

HWY_INLINE void store(const Doubles& v, double* p) {
  const F64 d;
  hn::StoreU(v.low, d, p);
  hn::StoreU(v.high, d, p + hn::Lanes(d));
}

/// Cell of a lattice along one axis: the whole part of x * per_um, at most n - 1; x is not negative.
HWY_INLINE hn::Vec<I32> along(const Doubles& x, double per_um, int n) {
  const I32 d;
  const hn::Half<I32> half;
  const VF64 scale = hn::Set(F64(), per_um);
  const auto cell =
      hn::Combine(d, hn::DemoteTo(half, hn::Mul(x.high, scale)), hn::DemoteTo(half, hn::Mul(x.low, scale)));
  return hn::Min(cell, hn::Set(d, n - 1));
}

/// i + nx (j + ny k).
HWY_INLINE VU32 flat_index(const Doubles& x, const Doubles& y, const Doubles& z, const Vec3& per_um,
                           const std::array<int, 3>& n) {
  const I32 d;
  const auto rows = hn::Add(hn::Mul(along(z, per_um.z, n[2]), hn::Set(d, n[1])), along(y, per_um.y, n[1]));
  return hn::BitCast(U32(), hn::Add(hn::Mul(rows, hn::Set(d, n[0])), along(x, per_um.x, n[0])));
}

HWY_INLINE VF64 fold(VF64 x, double size, bool periodic) {
  const F64 d;
  const VF64 full = hn::Set(d, size);
  if (periodic) {
    x = hn::IfThenElse(hn::Lt(x, hn::Zero(d)), hn::Add(x, full), x);
    return hn::IfThenElse(hn::Ge(x, full), hn::Sub(x, full), x);
  }
  x = hn::Abs(x);
  return hn::Min(x, hn::Sub(hn::Add(full, full), x));
}

HWY_INLINE Doubles moved(const Doubles& x, VF32 by, double size, bool periodic) {
  const F64 d;
  const hn::Half<F32> half;
  return {fold(hn::Add(x.low, hn::PromoteTo(d, hn::LowerHalf(half, by))), size, periodic),
          fold(hn::Add(x.high, hn::PromoteTo(d, hn::UpperHalf(half, by))), size, periodic)};
}

/// One byte of each lane, as a number.
template <int byte>
HWY_INLINE VF32 byte_of(VU32 v) {
  const VU32 field = hn::And(hn::ShiftRight<8 * byte>(v), hn::Set(U32(), 0xffU));
  return hn::ConvertTo(F32(), hn::BitCast(I32(), field));
}

/// What a vector of vesicles finds where it is.
struct Outlook {
  VU32 bin;
  VF32 meet, cross;        ///< lower bounds of distances, see VesicleMap::Surroundings [um]
  VF32 dt_over_viscosity;  ///< [s]
};

/// dt over the viscosity of the region that byte 2 names.
HWY_INLINE VF32 of_region(VU32 around, const MotionTables& t) {
  const F32 d;
  const U32 u;
  const auto& values = t.dt_over_viscosity;
  VF32 value = hn::Set(d, values[0]);
  if (values.size() == 1) return value;
  const VU32 region = hn::And(hn::ShiftRight<16>(around), hn::Set(u, 0xffU));
  constexpr std::size_t kFew = 4;  // as fast as looking up
  if (values.size() > kFew) return hn::GatherIndex(d, values.data(), hn::BitCast(I32(), region));
  for (std::size_t r = 1; r < values.size(); ++r) {
    const auto here = hn::RebindMask(d, hn::Eq(region, hn::Set(u, static_cast<std::uint32_t>(r))));
    value = hn::IfThenElse(here, hn::Set(d, values[r]), value);
  }
  return value;
}

/// `open`: the map has nothing on it, so that there is no need to look where on it a vesicle is.
template <bool open>
HWY_INLINE Outlook look_around(const Doubles& x, const Doubles& y, const Doubles& z, const MotionTables& t) {
  const F32 d;
  const U32 u;
  const I32 i32;
  const VF32 unit = hn::Set(d, t.margin_unit);
  const VF32 uniform = hn::Set(d, t.dt_over_viscosity[0]);
  if constexpr (open) {
    const VF32 far = hn::Mul(hn::Set(d, 255.0F), unit);
    return {hn::Zero(u), far, far, uniform};
  }
  const VU32 bin = flat_index(x, y, z, t.bins_per_um, t.bins);
  const auto* surroundings = reinterpret_cast<const std::uint32_t*>(t.surroundings);
  const VU32 around = hn::GatherIndex(u, surroundings, hn::BitCast(i32, bin));
  return {bin, hn::Mul(byte_of<0>(around), unit), hn::Mul(byte_of<1>(around), unit), of_region(around, t)};
}

HWY_INLINE hn::Mask<U32> bound(const VesicleState* state) {
  const U32 u;
  const hn::Rebind<std::uint8_t, U32> u8;
  return hn::Ne(hn::PromoteTo(u, hn::LoadU(u8, reinterpret_cast<const std::uint8_t*>(state))), hn::Zero(u));
}

// A step is done in three loops over the block, not in one: the chain of operations from the noise to the end of the
// step is so long that a processor cannot work on two vectors of it at once.

/// Random words, in place of the normal numbers that they will become.
HWY_INLINE void draw_words(const VesicleColumns& c, std::size_t at, const NoiseKey& key, MotionBlock& block,
                           std::size_t i) {
  // Meanwhile the columns that the third loop reads come from memory.
  for (const double* column : {c.x, c.y, c.z}) {
    hwy::Prefetch(column + at);
    hwy::Prefetch(column + at + hn::Lanes(F64()));
  }
  hwy::Prefetch(c.diffusivity + at);
  const U64 d;
  const U32 u;
  const WideWords low = philox(hn::LoadU(d, c.id + at), key);
  const WideWords high = philox(hn::LoadU(d, c.id + at + hn::Lanes(d)), key);
  const auto put = [&](VU64 first, VU64 second, std::array<float, MotionBlock::kPadded>& to) {
    hn::StoreU(low_halves(first, second), u, reinterpret_cast<std::uint32_t*>(&to[i]));
  };
  put(low.w0, high.w0, block.dx);
  put(low.w1, high.w1, block.dy);
  put(low.w2, high.w2, block.dz);
  put(low.w3, high.w3, block.spare);
}

HWY_INLINE void words_to_normals(MotionBlock& block, std::size_t i) {
  const F32 d;
  const auto pair = [&](float* a, float* b) {
    VF32 first, second;
    box_muller(hn::BitCast(U32(), hn::LoadU(d, a)), hn::BitCast(U32(), hn::LoadU(d, b)), first, second);
    hn::StoreU(first, d, a);
    hn::StoreU(second, d, b);
  };
  pair(&block.dx[i], &block.dy[i]);
  pair(&block.dz[i], &block.spare[i]);
}

/// Steps of the vesicles at `at`, number i and on in the block.
template <bool open>
HWY_INLINE void step(const VesicleColumns& c, std::size_t at, const MotionTables& t, MotionBlock& block,
                     std::size_t i) {
  const F32 d;
  const U32 u;
  const auto held = bound(c.state + at);
  const Doubles x = load(c.x + at), y = load(c.y + at), z = load(c.z + at);
  const Outlook outlook = look_around<open>(x, y, z, t);
  const VF32 variance = hn::Mul(hn::LoadU(d, c.diffusivity + at), outlook.dt_over_viscosity);
  const VF32 sigma = hn::Sqrt(hn::Add(variance, variance));
  const VF32 dx = hn::Mul(sigma, hn::LoadU(d, &block.dx[i]));
  const VF32 dy = hn::Mul(sigma, hn::LoadU(d, &block.dy[i]));
  const VF32 dz = hn::Mul(sigma, hn::LoadU(d, &block.dz[i]));

  const VF32 square = hn::MulAdd(dx, dx, hn::MulAdd(dy, dy, hn::Mul(dz, dz)));
  const VF32 reach_square = hn::Mul(variance, hn::Set(d, kReachInRootDt * kReachInRootDt));
  const auto meets = hn::Gt(reach_square, hn::Mul(outlook.meet, outlook.meet));
  const auto crosses = hn::Gt(square, hn::Mul(outlook.cross, outlook.cross));
  const auto stays = hn::Or(crosses, hn::RebindMask(d, held));
  const auto care = hn::AndNot(held, hn::RebindMask(u, hn::Or(meets, crosses)));
  if (!hn::AllFalse(u, care)) {
    store(x, &block.x[i]), store(y, &block.y[i]), store(z, &block.z[i]);
    hn::StoreU(dx, d, &block.dx[i]);
    hn::StoreU(dy, d, &block.dy[i]);
    hn::StoreU(dz, d, &block.dz[i]);
    hn::StoreU(variance, d, &block.variance[i]);
    hn::StoreU(outlook.bin, u, &block.bin[i]);
    const VU32 place = hn::Iota(u, static_cast<std::uint32_t>(i));
    hn::CompressStore(hn::IfThenElseZero(hn::RebindMask(u, crosses), hn::Set(u, 1)), care, u,
                      &block.stays[block.count]);
    block.count += hn::CompressStore(place, care, u, &block.which[block.count]);
  }
  // Folding leaves alone what lies inside, so that a displacement of zero changes nothing.
  const VF32 zero = hn::Zero(d);
  store(moved(x, hn::IfThenElse(stays, zero, dx), t.size.x, t.periodic[0]), c.x + at);
  store(moved(y, hn::IfThenElse(stays, zero, dy), t.size.y, t.periodic[1]), c.y + at);
  store(moved(z, hn::IfThenElse(stays, zero, dz), t.size.z, t.periodic[2]), c.z + at);
}

/// Whole vectors: those at `begin` are number `first` of the block.
HWY_INLINE void move_vectors(const VesicleColumns& c, std::size_t begin, std::size_t end, const MotionTables& t,
                             MotionBlock& block, std::size_t first) {
  const std::size_t lanes = hn::Lanes(F32());
  const NoiseKey key(t.seed, Stream::vesicle_motion, t.step);
  alignas(64) std::array<std::uint32_t, MotionBlock::kCapacity> some_free;  // first of each vector that has any
  std::size_t vectors = 0;
  for (std::size_t i = begin; i < end; i += lanes) {
    some_free[vectors] = static_cast<std::uint32_t>(i);
    vectors += hn::AllTrue(U32(), bound(c.state + i)) ? 0 : 1;
  }
  const auto each = [&](auto act) {
    for (std::size_t k = 0; k < vectors; ++k) act(some_free[k], some_free[k] - begin + first);
  };
  each([&](std::size_t at, std::size_t i) { draw_words(c, at, key, block, i); });
  each([&](std::size_t, std::size_t i) { words_to_normals(block, i); });
  if (t.open)
    each([&](std::size_t at, std::size_t i) { step<true>(c, at, t, block, i); });
  else
    each([&](std::size_t at, std::size_t i) { step<false>(c, at, t, block, i); });
}

/// The vesicles left over from whole vectors, in a vector filled up with bound ones.
HWY_NOINLINE void move_rest(const VesicleColumns& c, std::size_t at, std::size_t count, const MotionTables& t,
                            MotionBlock& block) {
  alignas(64) std::array<double, kMostLanes> x{}, y{}, z{};
  alignas(64) std::array<std::uint64_t, kMostLanes> id{};
  alignas(64) std::array<float, kMostLanes> diffusivity{};
  alignas(64) std::array<VesicleState, kMostLanes> state;
  state.fill(VesicleState::adsorbed);
  const std::size_t rest = count - at;
  for (std::size_t k = 0; k < rest; ++k) {
    x[k] = c.x[at + k], y[k] = c.y[at + k], z[k] = c.z[at + k];
    id[k] = c.id[at + k];
    diffusivity[k] = c.diffusivity[at + k];
    state[k] = c.state[at + k];
  }
  const VesicleColumns copies{x.data(), y.data(), z.data(), id.data(), diffusivity.data(), state.data()};
  move_vectors(copies, 0, hn::Lanes(F32()), t, block, at);
  for (std::size_t k = 0; k < rest; ++k) c.x[at + k] = x[k], c.y[at + k] = y[k], c.z[at + k] = z[k];
}

void move_all(const VesicleColumns& columns, std::size_t count, const MotionTables& tables, MotionBlock& block) {
  const std::size_t lanes = hn::Lanes(F32()), whole = count / lanes * lanes;
  block.count = 0;
  move_vectors(columns, 0, whole, tables, block, 0);
  if (whole < count) move_rest(columns, whole, count, tables, block);
}

VoxelRange voxels_all(const Vec3& per_um, const std::array<int, 3>& n, const double* x, const double* y,
                      const double* z, std::size_t count, std::uint32_t* out) {
  const U32 u;
  const std::size_t lanes = hn::Lanes(u);
  VoxelRange range;
  VU32 first = hn::Set(u, range.first), last = hn::Set(u, range.last);
  std::size_t i = 0;
  constexpr std::size_t kAhead = 512;  // other work between the calls gives time for what comes next to arrive
  for (; i + lanes <= count; i += lanes) {
    for (const double* column : {x, y, z}) {
      hwy::Prefetch(column + i + kAhead);
      hwy::Prefetch(column + i + kAhead + lanes / 2);
    }
    const VU32 voxel = flat_index(load(x + i), load(y + i), load(z + i), per_um, n);
    hn::StoreU(voxel, u, out + i);
    first = hn::Min(first, voxel);
    last = hn::Max(last, voxel);
  }
  range = {hn::GetLane(hn::MinOfLanes(u, first)), hn::GetLane(hn::MaxOfLanes(u, last))};
  if (i == count) return range;
  std::array<double, kMostLanes> rx{}, ry{}, rz{};
  std::array<std::uint32_t, kMostLanes> rest{};
  for (std::size_t k = i; k < count; ++k) rx[k - i] = x[k], ry[k - i] = y[k], rz[k - i] = z[k];
  hn::StoreU(flat_index(load(rx.data()), load(ry.data()), load(rz.data()), per_um, n), u, rest.data());
  for (std::size_t k = i; k < count; ++k) {
    out[k] = rest[k - i];
    range = {std::min(range.first, out[k]), std::max(range.last, out[k])};
  }
  return range;
}

const char* target_name() { return hwy::TargetName(HWY_TARGET); }

}  // namespace HWY_NAMESPACE
}  // namespace interstice
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace interstice {

HWY_EXPORT(move_all);
HWY_EXPORT(voxels_all);
HWY_EXPORT(target_name);

const char* simd_target() { return HWY_DYNAMIC_DISPATCH(target_name)(); }

void move_free(const VesicleColumns& columns, std::size_t count, const MotionTables& tables, MotionBlock& careful) {
  assert(count <= MotionBlock::kCapacity);
  HWY_DYNAMIC_DISPATCH(move_all)(columns, count, tables, careful);
}

VoxelRange voxels_at(const Grid& grid, const double* x, const double* y, const double* z,
                     std::span<std::uint32_t> out) {
  return HWY_DYNAMIC_DISPATCH(voxels_all)(grid.voxels_per_um(), {grid.nx, grid.ny, grid.nz}, x, y, z, out.size(),
                                          out.data());
}

}  // namespace interstice
#endif
