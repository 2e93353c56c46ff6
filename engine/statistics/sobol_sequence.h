/// @file
/// Points that fill the unit cube evenly: Sobol' sequence with the direction numbers of Joe & Kuo (2008, table of
/// Boost.Random) and nested uniform scrambling (Owen 1995), by which each point is uniformly distributed and the first
/// 2^m points still have one in every slice of width 2^-m of every axis.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace interstice {

/// The sequence of one seed. Point i is the same whatever follows it. The first point of the unscrambled sequence, the
/// origin, is kept (Owen 2020: without it the points lose their evenness).
class SobolSequence {
 public:
  /// One axis per name: a name has the same scrambling wherever it stands. Throws InputError beyond 3667 axes.
  SobolSequence(const std::vector<std::string>& axis, std::uint64_t seed);
  ~SobolSequence();
  SobolSequence(SobolSequence&&) noexcept;
  SobolSequence& operator=(SobolSequence&&) noexcept;

  /// The next point, each coordinate in (0, 1), a multiple of 2^-32 and a half.
  std::vector<double> next();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace interstice
