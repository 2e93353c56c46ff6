/// @file
/// Compiles a function twice, for AVX2 and for the base instruction set, and picks one when the program starts. Both
/// give the same bits: no fused multiply-adds (-ffp-contract=off), no re-association. With INTERSTICE_NO_VECTOR_CLONES
/// the base version alone is compiled, against which tests/determinism/test_simd_targets.cpp holds the pair.
#pragma once

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__) && !defined(INTERSTICE_NO_VECTOR_CLONES)
// flatten: what the function calls must be inlined to be compiled for the same instructions.
#define INTERSTICE_VECTOR_CLONES __attribute__((flatten, target_clones("avx2", "default")))
#else
#define INTERSTICE_VECTOR_CLONES
#endif
