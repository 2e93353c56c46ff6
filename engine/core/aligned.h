/// @file
/// Arrays of doubles that begin at a cache line, so that no vector straddles two. Large ones ask for huge pages: sweeps
/// across planes touch a page per number, more than the processor remembers the addresses of.
#pragma once

#include <cstddef>
#include <new>
#include <vector>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace interstice {

inline constexpr std::size_t kAlignment = 64;                   ///< [bytes]
inline constexpr std::size_t kHugePage = std::size_t{2} << 20;  ///< [bytes]

template <class T>
struct AlignedAllocator {
  using value_type = T;
  AlignedAllocator() = default;
  template <class U>
  AlignedAllocator(const AlignedAllocator<U>&) {}

  T* allocate(std::size_t n) {
    void* p = ::operator new(n * sizeof(T), alignment(n));
#ifdef __linux__
    // The pages at either end may hold other things, too; advice does them no harm.
    if (n * sizeof(T) >= kHugePage) madvise(p, n * sizeof(T), MADV_HUGEPAGE);
#endif
    return static_cast<T*>(p);
  }
  void deallocate(T* p, std::size_t n) { ::operator delete(p, alignment(n)); }
  friend bool operator==(const AlignedAllocator&, const AlignedAllocator&) { return true; }

 private:
  static std::align_val_t alignment(std::size_t n) {
    return std::align_val_t{n * sizeof(T) >= kHugePage ? kHugePage : kAlignment};
  }
};

using AlignedNumbers = std::vector<double, AlignedAllocator<double>>;

}  // namespace interstice
