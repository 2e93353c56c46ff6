/// @file
/// Linked from the whole engine with its field kernels compiled for the base instruction set alone: runs the short knee
/// with each argument as a setting and prints the hash of the final state.
#include <cstdio>

#include "support/short_knee.h"

#ifndef INTERSTICE_NO_VECTOR_CLONES
#error "this program is the reference without clones"
#endif

int main(int argc, char** argv) {
  using namespace interstice::test;
  std::puts(hash_of(run(short_knee("all", {argv + 1, argv + argc}))).c_str());
}
