/// @file
/// Four doubles in one variable (a GCC and Clang extension; without AVX the compiler makes two halves of it). Elements
/// never mix, so that results do not depend on the instruction set.
#pragma once

#include <cstddef>

namespace interstice {

inline constexpr std::size_t kVector = 4;  ///< doubles handled together

using Lanes = double __attribute__((vector_size(kVector * sizeof(double)), aligned(sizeof(double)), may_alias));

inline Lanes& lanes(double* p) { return *reinterpret_cast<Lanes*>(p); }
inline const Lanes& lanes(const double* p) { return *reinterpret_cast<const Lanes*>(p); }

/// to[4][to_stride] <- transpose of from[4][from_stride].
inline void transpose(const double* from, std::size_t from_stride, double* to, std::size_t to_stride) {
  const Lanes a = lanes(from), b = lanes(from + from_stride);
  const Lanes c = lanes(from + 2 * from_stride), d = lanes(from + 3 * from_stride);
  const Lanes even_ab = __builtin_shufflevector(a, b, 0, 4, 2, 6), odd_ab = __builtin_shufflevector(a, b, 1, 5, 3, 7);
  const Lanes even_cd = __builtin_shufflevector(c, d, 0, 4, 2, 6), odd_cd = __builtin_shufflevector(c, d, 1, 5, 3, 7);
  lanes(to) = __builtin_shufflevector(even_ab, even_cd, 0, 1, 4, 5);
  lanes(to + to_stride) = __builtin_shufflevector(odd_ab, odd_cd, 0, 1, 4, 5);
  lanes(to + 2 * to_stride) = __builtin_shufflevector(even_ab, even_cd, 2, 3, 6, 7);
  lanes(to + 3 * to_stride) = __builtin_shufflevector(odd_ab, odd_cd, 2, 3, 6, 7);
}

}  // namespace interstice
