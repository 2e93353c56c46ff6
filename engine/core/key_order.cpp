#include "engine/core/key_order.h"

#include <numeric>
#include <utility>

namespace interstice {
namespace {

constexpr std::size_t kMostBuckets = 1U << 12;  ///< ranges of keys that are sorted separately

class KeySort {
 public:
  KeySort(std::span<const std::uint32_t> keys, std::size_t keys_below, const Threads& threads)
      : size_(keys.size()), key_(keys), order_(size_), threads_(threads) {
    while ((keys_below - 1) >> shift_ >= kMostBuckets) ++shift_;
    buckets_ = ((keys_below - 1) >> shift_) + 1;
    start_.assign((size_ + kOrderGrain - 1) / kOrderGrain * buckets_ + 1, 0);
    threads_.for_blocks(size_, kOrderGrain, [&](std::size_t begin, std::size_t end) {
      std::uint32_t* count = &start_[begin / kOrderGrain * buckets_];
      for (std::size_t v = begin; v < end; ++v) ++count[key_[v] >> shift_];
    });
    spread();
    threads_.for_blocks(buckets_, 64, [&](std::size_t begin, std::size_t end) {
      for (std::size_t bucket = begin; bucket < end; ++bucket) sort_bucket(bucket);
    });
  }

  [[nodiscard]] std::vector<std::uint32_t> take_order() { return std::move(order_); }

 private:
  /// Turns the counts of every block and bucket into places, and puts the things there.
  void spread() {
    const std::size_t blocks = (size_ + kOrderGrain - 1) / kOrderGrain;
    std::uint32_t next = 0;
    bucket_start_.resize(buckets_ + 1);
    for (std::size_t bucket = 0; bucket < buckets_; ++bucket) {
      bucket_start_[bucket] = next;
      for (std::size_t block = 0; block < blocks; ++block) {
        std::uint32_t& at = start_[block * buckets_ + bucket];
        const std::uint32_t count = at;
        at = next;
        next += count;
      }
    }
    bucket_start_[buckets_] = next;
    threads_.for_blocks(size_, kOrderGrain, [&](std::size_t begin, std::size_t end) {
      std::uint32_t* at = &start_[begin / kOrderGrain * buckets_];
      for (std::size_t v = begin; v < end; ++v) order_[at[key_[v] >> shift_]++] = static_cast<std::uint32_t>(v);
    });
  }

  void sort_bucket(std::size_t bucket) {
    const std::uint32_t begin = bucket_start_[bucket], end = bucket_start_[bucket + 1];
    const std::uint32_t mask = (1U << shift_) - 1;
    const std::vector<std::uint32_t> unsorted(&order_[0] + begin, &order_[0] + end);
    std::vector<std::uint32_t> at((std::size_t{1} << shift_) + 1, 0);
    for (const std::uint32_t v : unsorted) ++at[(key_[v] & mask) + 1];
    std::partial_sum(at.begin(), at.end(), at.begin());
    for (const std::uint32_t v : unsorted) order_[begin + at[key_[v] & mask]++] = v;
  }

  std::size_t size_;
  std::span<const std::uint32_t> key_;
  std::vector<std::uint32_t> order_;
  std::vector<std::uint32_t> start_, bucket_start_;  ///< [block][bucket]; [bucket]
  std::size_t buckets_ = 1;
  int shift_ = 0;
  const Threads& threads_;
};

}  // namespace

std::vector<std::uint32_t> key_order(std::span<const std::uint32_t> keys, std::size_t keys_below,
                                     const Threads& threads) {
  return KeySort(keys, keys_below, threads).take_order();
}

}  // namespace interstice
