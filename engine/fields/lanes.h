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

}  // namespace interstice
