/// @file
/// Arrays of numbers that begin at a cache line, so that vectors at whole steps straddle no two. Large ones ask for
/// huge pages, for passes over fields touch more pages than the processor remembers the addresses of.
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>
#include <vector>

#ifdef __linux__
#include <sys/mman.h>
#include <unistd.h>
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
    void* p = ::operator new (n * sizeof(T), std::align_val_t{kAlignment});
#ifdef __linux__
    if (n * sizeof(T) >= kHugePage) {  // advice is for whole pages; the parts of pages at the ends do without
      const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
      const std::size_t to_page = (page - reinterpret_cast<std::uintptr_t>(p) % page) % page;
      madvise(static_cast<std::byte*>(p) + to_page, n * sizeof(T) - to_page, MADV_HUGEPAGE);
    }
#endif
    return static_cast<T*>(p);
  }
  void deallocate(T* p, std::size_t) { ::operator delete (p, std::align_val_t{kAlignment}); }
  friend bool operator==(const AlignedAllocator&, const AlignedAllocator&) { return true; }
};

using AlignedNumbers = std::vector<double, AlignedAllocator<double>>;
using AlignedFloats = std::vector<float, AlignedAllocator<float>>;

}  // namespace interstice
