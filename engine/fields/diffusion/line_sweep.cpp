/// @file
/// Tridiagonal kernels.
#include "engine/fields/diffusion/line_sweep.h"

#include <algorithm>
#include <utility>

#include "engine/fields/diffusion/line_strips.h"
#include "engine/fields/lanes.h"

// Targets without fused multiply-add round differently, see simd_targets.h.
#include "engine/core/simd_targets.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/fields/diffusion/line_sweep.cpp"
#include <hwy/cache_control.h>
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace interstice {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using D = hn::CappedTag<double, 8>;
using V = hn::Vec<D>;

constexpr std::size_t kMostVectors = 4;  ///< of lines solved together: as many as the registers hold
constexpr std::size_t kPrefetched = 8;   ///< positions ahead
constexpr double kVanished = 1e-100;     ///< [uM]: less is nothing; subnormal numbers would cost a hundredfold

/// Some lines of a strip, as many as Q vectors hold, of which the last may be incomplete (Tail).
struct Lines {
  std::size_t n, stride, width, lanes;
  StripCoefficients k;
  double* values;
  const double* onto;
  double* u;
  WallFlux walls;
};

/// f(0), ..., f(Q - 1) with indices known when compiled, so that arrays of vectors stay in registers.
template <class F, std::size_t... q>
HWY_INLINE void call_each(const F& f, std::index_sequence<q...>) {
  (f(std::integral_constant<std::size_t, q>()), ...);
}
template <std::size_t Q, class F>
HWY_INLINE void for_each_vector(const F& f) {
  call_each(f, std::make_index_sequence<Q>());
}
#define INTERSTICE_INLINED __attribute__((always_inline))

/// Solves Q vectors of lines. Level: all lanes have the same coefficients; Unit: and volume fraction 1; Onto: the
/// result is added to numbers that stand elsewhere.
template <std::size_t Q, bool Tail, bool Level, bool Unit, bool Onto>
class LineSweep {
 public:
  HWY_INLINE explicit LineSweep(const Lines& lines) : l_(lines), rest_(lines.lanes - (Q - 1) * hn::Lanes(D())) {}

  HWY_INLINE bool run() {
    eliminate();
    if (l_.k.cyclic != nullptr) {
      substitute();
      apply<true>();
    } else {
      apply<false>();
    }
    const hn::RebindToSigned<D> bits;
    return !hn::AllFalse(bits, hn::Lt(hn::BitCast(bits, signs_), hn::Zero(bits)));
  }

 private:
  static HWY_INLINE std::size_t lanes() { return hn::Lanes(D()); }
  [[nodiscard]] HWY_INLINE double* u(std::size_t p, std::size_t q) const { return l_.u + (p * Q + q) * lanes(); }
  /// Right-hand side of the incomplete vector: reading it again where the next position was just written is slow.
  [[nodiscard]] HWY_INLINE double* tail(std::size_t p) const { return l_.u + (l_.n * Q + p) * lanes(); }

  /// A coefficient of position p in all lanes, read once for all vectors where it is the same.
  class Coefficient {
   public:
    HWY_INLINE Coefficient(const LineSweep& sweep, const double* numbers, std::size_t p)
        : numbers_(numbers + p * sweep.l_.width), level_(Level ? hn::Set(D(), *numbers_) : hn::Zero(D())) {}
    [[nodiscard]] HWY_INLINE V operator()(std::size_t q) const {
      return Level ? level_ : hn::Load(D(), numbers_ + q * lanes());
    }

   private:
    const double* numbers_;
    V level_;
  };
  /// What position p gives to the next in the elimination, or takes from it in the substitution.
  class Carry {
   public:
    HWY_INLINE Carry(const LineSweep& sweep, std::size_t face, std::size_t pivot)
        : face_(sweep, sweep.l_.k.face, face),
          pivot_(sweep, sweep.l_.k.pivot, pivot),
          level_(Level ? hn::Mul(face_(0), pivot_(0)) : hn::Zero(D())) {}
    [[nodiscard]] HWY_INLINE V operator()(std::size_t q) const { return Level ? level_ : hn::Mul(face_(q), pivot_(q)); }

   private:
    Coefficient face_, pivot_;
    V level_;
  };
  [[nodiscard]] HWY_INLINE V load(const double* from, std::size_t q) const {
    if (Tail && q == Q - 1) return hn::MaskedLoad(hn::FirstN(D(), rest_), D(), from + q * lanes());
    return hn::LoadU(D(), from + q * lanes());
  }
  HWY_INLINE void store(V value, double* to, std::size_t q) const {
    if (Tail && q == Q - 1) {
      hn::BlendedStore(value, hn::FirstN(D(), rest_), D(), to + q * lanes());
    } else {
      hn::StoreU(value, D(), to + q * lanes());
    }
  }

  /// Positions along z lie far apart, which the processor does not foresee.
  HWY_INLINE void prefetch(std::size_t p) const {
    if constexpr (Onto) {
      for_each_vector<Q>([&](auto q) INTERSTICE_INLINED {
        hwy::Prefetch(l_.values + p * l_.stride + q * lanes());
        hwy::Prefetch(l_.onto + p * l_.stride + q * lanes());
      });
    }
  }

  HWY_INLINE void eliminate() const {
    V last[Q];
    for_each_vector<Q>([&](auto q) INTERSTICE_INLINED { last[q] = hn::Zero(D()); });
    for (std::size_t p = 0; p < l_.n; ++p) {
      prefetch(p + kPrefetched);
      const Coefficient pivot(*this, l_.k.pivot, p), mass(*this, Unit ? l_.k.pivot : l_.k.mass, p);
      const Carry carry(*this, p, p);
      for_each_vector<Q>([&](auto q) INTERSTICE_INLINED {
        V source = load(l_.values + p * l_.stride, q);
        if (Tail && q == Q - 1) hn::Store(source, D(), tail(p));
        if constexpr (!Unit) source = hn::Mul(source, mass(q));
        last[q] = hn::MulAdd(carry(q), last[q], hn::Mul(source, pivot(q)));
        hn::Store(last[q], D(), u(p, q));
      });
    }
  }

  HWY_INLINE void substitute() const {
    V above[Q];
    for_each_vector<Q>([&](auto q) INTERSTICE_INLINED { above[q] = hn::Load(D(), u(l_.n - 1, q)); });
    for (std::size_t p = l_.n - 1; p-- > 0;) {
      const Carry carry(*this, p + 1, p);
      for_each_vector<Q>([&](auto q) INTERSTICE_INLINED {
        above[q] = hn::MulAdd(carry(q), above[q], hn::Load(D(), u(p, q)));
        hn::Store(above[q], D(), u(p, q));
      });
    }
  }

  /// From the last position to the first: change = source + flux differences of u. Beyond a wall the increment is zero.
  /// u is only completed here: by substitution, or on a ring by u - s q with s = (h.u)/(1 + h.q) (Press et al.,
  /// Numerical Recipes, section 2.7).
  template <bool Ring>
  HWY_INLINE void apply() {
    V above[Q], flux_above[Q], s[Q], beyond_first[Q];
    const std::size_t end = l_.n - 1;
    const auto at = [&](const double* numbers, std::size_t p, std::size_t q) {
      return Coefficient(*this, numbers, p)(q);
    };
    for_each_vector<Q>([&](auto q) INTERSTICE_INLINED {
      above[q] = hn::Load(D(), u(end, q));
      V beyond_last = hn::Zero(D());
      beyond_first[q] = s[q] = beyond_last;
      if constexpr (Ring) {
        const V first = hn::Load(D(), u(0, q));
        s[q] = hn::Mul(hn::MulAdd(at(l_.k.cyclic_ratio, 0, q), above[q], first), at(l_.k.cyclic_scale, 0, q));
        above[q] = hn::NegMulAdd(s[q], at(l_.k.cyclic, end, q), above[q]);
        beyond_last = hn::NegMulAdd(s[q], at(l_.k.cyclic, 0, q), first);
        beyond_first[q] = above[q];
      }
      flux_above[q] = hn::Mul(at(l_.k.face, l_.n, q), hn::Sub(above[q], beyond_last));
      if (l_.walls.upper != nullptr) store(hn::Sub(load(l_.walls.upper, q), flux_above[q]), l_.walls.upper, q);
    });
    for (std::size_t p = end; p-- > 0;) {
      const Coefficient face(*this, l_.k.face, p + 1), cyclic(*this, Ring ? l_.k.cyclic : l_.k.pivot, p);
      const Carry carry(*this, p + 1, p);
      for_each_vector<Q>([&](auto q) INTERSTICE_INLINED {
        const V u_here = hn::Load(D(), u(p, q));
        const V here = Ring ? hn::NegMulAdd(s[q], cyclic(q), u_here) : hn::MulAdd(carry(q), above[q], u_here);
        const V flux = hn::Mul(face(q), hn::Sub(here, above[q]));
        write(p + 1, q, hn::Sub(flux, flux_above[q]));
        above[q] = here;
        flux_above[q] = flux;
      });
    }
    for_each_vector<Q>([&](auto q) INTERSTICE_INLINED {
      const V flux = hn::Mul(at(l_.k.face, 0, q), hn::Sub(beyond_first[q], above[q]));
      if (l_.walls.lower != nullptr) store(hn::Add(load(l_.walls.lower, q), flux), l_.walls.lower, q);
      write(0, q, hn::Sub(flux, flux_above[q]));
    });
  }

  HWY_INLINE void write(std::size_t p, std::size_t q, V gain) {
    double* values = l_.values + p * l_.stride;
    V change = Tail && q == Q - 1 ? hn::Load(D(), tail(p)) : load(values, q);
    if constexpr (Unit) {
      change = hn::Add(change, gain);
    } else {
      change = hn::MulAdd(gain, Coefficient(*this, l_.k.inverse_mass, p)(q), change);
    }
    if constexpr (Onto) {
      change = hn::Add(change, load(l_.onto + p * l_.stride, q));
      change = hn::IfThenZeroElse(hn::Lt(hn::Abs(change), hn::Set(D(), kVanished)), change);
      if (Tail && q == Q - 1) {
        signs_ = hn::Or(signs_, hn::IfThenElseZero(hn::FirstN(D(), rest_), change));
      } else {
        signs_ = hn::Or(signs_, change);
      }
    }
    store(change, values, q);
  }

  const Lines l_;
  const std::size_t rest_;
  V signs_ = hn::Zero(D());
};

template <std::size_t Q, bool Tail, bool Level, bool Unit>
bool sweep_some(const Lines& lines) {
  if (lines.onto != nullptr) return LineSweep<Q, Tail, Level, Unit, true>(lines).run();
  return LineSweep<Q, Tail, Level, Unit, false>(lines).run();
}

template <std::size_t Q, bool Tail>
bool sweep_some(const Lines& lines) {
  if (lines.k.mass != nullptr) {
    return lines.width == 1 ? sweep_some<Q, Tail, true, false>(lines) : sweep_some<Q, Tail, false, false>(lines);
  }
  return lines.width == 1 ? sweep_some<Q, Tail, true, true>(lines) : sweep_some<Q, Tail, false, true>(lines);
}

template <bool Tail>
bool sweep_some(const Lines& lines) {
  const std::size_t vectors = (lines.lanes + hn::Lanes(D()) - 1) / hn::Lanes(D());
  if (vectors == 1) return sweep_some<1, Tail>(lines);
  if (vectors == 2) return sweep_some<2, Tail>(lines);
  if (vectors == 3) return sweep_some<3, Tail>(lines);
  return sweep_some<4, Tail>(lines);
}

bool sweep_strip(const StripLines& strip, const StripCoefficients& coefficients, double* scratch) {
  bool negative = false;
  const std::size_t most = kMostVectors * hn::Lanes(D());
  for (std::size_t lane = 0; lane < strip.lanes; lane += most) {
    const std::size_t lanes = std::min(most, strip.lanes - lane);
    StripCoefficients k = coefficients;
    if (k.width > 1) {
      for (const double** array :
           {&k.face, &k.pivot, &k.cyclic, &k.cyclic_ratio, &k.cyclic_scale, &k.mass, &k.inverse_mass}) {
        if (*array != nullptr) *array += lane;
      }
    }
    const auto beside = [&](double* wall) { return wall == nullptr ? nullptr : wall + lane; };
    const Lines lines{strip.n,
                      strip.stride,
                      k.width,
                      lanes,
                      k,
                      strip.values + lane,
                      strip.onto == nullptr ? nullptr : strip.onto + lane,
                      scratch,
                      {beside(strip.walls.lower), beside(strip.walls.upper)}};
    negative |= lanes % hn::Lanes(D()) == 0 ? sweep_some<false>(lines) : sweep_some<true>(lines);
  }
  return negative;
}

/// columns[n][kRowsTogether] <- the rows that start at d, n numbers each, or back. Blocks of kVector rows and columns;
/// the last ones overlap those before, which does no harm.
template <bool Back>
HWY_INLINE void turn_rows(std::size_t n, std::size_t rows, double* d, double* columns) {
  if (n < kVector || rows < kVector) {
    for (std::size_t row = 0; row < rows; ++row) {
      for (std::size_t i = 0; i < n; ++i) {
        double &line = d[row * n + i], &column = columns[i * kRowsTogether + row];
        Back ? line = column : column = line;
      }
    }
    return;
  }
  for (std::size_t to_row = kVector; to_row < rows + kVector; to_row += kVector) {
    const std::size_t row = std::min(to_row, rows) - kVector;
    for (std::size_t to = kVector; to < n + kVector; to += kVector) {
      const std::size_t i = std::min(to, n) - kVector;
      double *line = d + row * n + i, *column = columns + i * kRowsTogether + row;
      if constexpr (Back) {
        transpose(column, kRowsTogether, line, n);
      } else {
        transpose(line, n, column, kRowsTogether);
      }
    }
  }
}

void sweep_turned(std::size_t n, std::size_t rows, const StripCoefficients& coefficients, const WallFlux& walls,
                  double* scratch, double* d) {
  double* columns = scratch + n * kStripLines * 2;
  turn_rows<false>(n, rows, d, columns);
  sweep_strip({n, rows, kRowsTogether, columns, nullptr, walls}, coefficients, scratch);
  turn_rows<true>(n, rows, d, columns);
}

}  // namespace HWY_NAMESPACE
}  // namespace interstice
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace interstice {

HWY_EXPORT(sweep_strip);
HWY_EXPORT(sweep_turned);

std::size_t sweep_scratch(std::size_t n) { return n * (2 * kStripLines + kRowsTogether); }

bool sweep_lines(const StripLines& lines, const StripCoefficients& coefficients, double* scratch) {
  return HWY_DYNAMIC_DISPATCH(sweep_strip)(lines, coefficients, scratch);
}

void sweep_rows(std::size_t n, std::size_t rows, const StripCoefficients& coefficients, const WallFlux& walls,
                double* scratch, double* d) {
  HWY_DYNAMIC_DISPATCH(sweep_turned)(n, rows, coefficients, walls, scratch, d);
}

}  // namespace interstice
#endif
