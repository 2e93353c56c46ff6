/// @file
/// Compiles a function twice, for AVX2 and for the base instruction set, and picks one when the program starts. Both
/// give the same bits: no fused multiply-adds (-ffp-contract=off), no re-association.
#pragma once

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__)
// flatten: what the function calls must be inlined to be compiled for the same instructions.
#define INTERSTICE_VECTOR_CLONES __attribute__((flatten, target_clones("avx2", "default")))
#else
#define INTERSTICE_VECTOR_CLONES
#endif
