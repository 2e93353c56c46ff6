/// @file
/// Threads. Work is cut into blocks whose borders do not depend on the number of threads, so that a sum kept per
/// block and added in block order has the same bits on any machine. parallel.cpp is the only file that includes TBB.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

namespace interstice {

/// A fixed number of worker threads (TBB task arena); with one thread everything runs in the caller.
class Threads {
 public:
  explicit Threads(int count = 1);
  ~Threads();
  Threads(Threads&&) noexcept;
  Threads& operator=(Threads&&) noexcept;

  [[nodiscard]] int count() const;

  /// Calls body(begin, end) for every block [k*grain, min((k+1)*grain, n)); blocks run in any order.
  void for_blocks(std::size_t n, std::size_t grain, const std::function<void(std::size_t, std::size_t)>& body) const;

  /// Sum over blocks of body(begin, end), added in block order.
  [[nodiscard]] double sum_blocks(std::size_t n, std::size_t grain,
                                  const std::function<double(std::size_t, std::size_t)>& body) const;

  /// Calls body(row, column) for all of rows x columns, where those of (row - 1, column) and (row, column - 1) have
  /// returned. A row stays with one thread.
  void for_staircase(std::size_t rows, std::size_t columns,
                     const std::function<void(std::size_t, std::size_t)>& body) const;

  /// How many of the `count` threads have run a block so far (1 when serial).
  [[nodiscard]] int distinct_workers() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace interstice
