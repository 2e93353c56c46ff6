#include "tools/bench/ceilings.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "tools/bench/timing.h"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__)
#define INTERSTICE_WIDEST __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define INTERSTICE_WIDEST
#endif

namespace interstice::bench {
namespace {

constexpr std::size_t kGrain = 1 << 15;  ///< numbers a thread takes at a time: a quarter of a megabyte

INTERSTICE_WIDEST void negate(double* x, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) x[i] = -x[i];
}

constexpr std::size_t kLanes = 128;  ///< independent chains: enough to fill every pipeline, few enough for registers

INTERSTICE_WIDEST void multiply_add(double* x, double factor, std::size_t rounds) {
  std::array<double, kLanes> sum;
  std::copy_n(x, kLanes, sum.begin());
  for (std::size_t k = 0; k < rounds; ++k)
    for (std::size_t i = 0; i < kLanes; ++i) sum[i] = __builtin_fma(sum[i], factor, 1e-9);
  std::copy_n(sum.begin(), kLanes, x);
}

}  // namespace

Copy::Copy(std::size_t bytes) : numbers_(std::max<std::size_t>(bytes / sizeof(double), 1), 1.0) {}

void Copy::pass(const Threads& threads) {
  threads.for_blocks(numbers_.size(), kGrain,
                     [&](std::size_t begin, std::size_t end) { negate(numbers_.data() + begin, end - begin); });
}

double fused_multiply_adds_per_second() {
  constexpr std::size_t kRounds = 200'000;
  std::vector<double> x(kLanes, 1.0);
  double best = 0;
  for (int attempt = 0; attempt < 5; ++attempt) {
    const double begin = processor_time();
    multiply_add(x.data(), 0.999, kRounds);
    best = std::max(best, static_cast<double>(kLanes * kRounds) / (processor_time() - begin));
  }
  return best;
}

}  // namespace interstice::bench
