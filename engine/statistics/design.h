/// @file
/// Designs: at which values of its factors a study runs. Every number is a pure function of (seed, name of the factor,
/// number of the point); so a longer design begins with the shorter one, and a further factor leaves the others where
/// they were. Latin hypercubes are the exception: they are fixed by (seed, n).
///
/// Constraints. Random points are drawn again until they keep them. Sobol' points that do not are passed over, so that
/// the rest stay evenly spread over what is allowed. A Latin hypercube is made with as many strata m >= n as it takes
/// to have n allowed points: no two of them share one of m strata. A grid loses what is not allowed. Morris and
/// Saltelli designs change one factor at a time between all values of its range, and variances have parts by factor
/// only where factors are independent: they refuse constraints (InputError).
#pragma once

#include <cstdint>

#include "engine/statistics/factor_space.h"

namespace interstice {

/// n independent points.
std::vector<FactorValues> random_points(const FactorSpace& space, std::size_t n, std::uint64_t seed);

/// n points, one in each of n equally likely strata of every factor (McKay, Beckman & Conover 1979).
std::vector<FactorValues> latin_hypercube(const FactorSpace& space, std::size_t n, std::uint64_t seed);

/// The first n allowed points of the scrambled sequence (sobol_sequence.h). Most even where n is a power of two.
std::vector<FactorValues> sobol_points(const FactorSpace& space, std::size_t n, std::uint64_t seed);

/// All combinations of `levels` values from end to end of each range, evenly by its marginal (a logarithmic one by
/// equal factors), and of all values of each list. The last factor changes fastest.
std::vector<FactorValues> full_grid(const FactorSpace& space, std::size_t levels);

/// Trajectories through a grid of an even number p of levels (Morris 1991): each starts anywhere and changes every
/// factor once, in random order, by p / (2 (p - 1)) of its range, in the one direction in which that is possible.
struct MorrisDesign {
  struct Move {
    std::size_t factor = 0;
    double step = 0;  ///< signed, of the share of the marginal
  };
  std::vector<std::string> factor;
  std::vector<FactorValues> point;  ///< trajectory after trajectory, factors + 1 points each
  std::vector<Move> move;           ///< move m of trajectory t leads from point t (factors + 1) + m to the next
  std::size_t trajectories = 0;
};
MorrisDesign morris_design(const FactorSpace& space, std::size_t trajectories, std::size_t levels, std::uint64_t seed);

/// Rows of a point A, an independent point B, and A with each factor in turn taken from B (Saltelli et al. 2010), from
/// one scrambled Sobol' sequence. Costs rows * (factors + 2) runs.
struct SaltelliDesign {
  std::vector<std::string> factor;
  std::vector<FactorValues> point;  ///< row after row: A, B, A with factor 0 of B, A with factor 1 of B, ...
  std::size_t rows = 0;
  [[nodiscard]] std::size_t a(std::size_t row) const { return row * (factor.size() + 2); }
  [[nodiscard]] std::size_t b(std::size_t row) const { return a(row) + 1; }
  [[nodiscard]] std::size_t ab(std::size_t row, std::size_t i) const { return a(row) + 2 + i; }
};
SaltelliDesign saltelli_design(const FactorSpace& space, std::size_t rows, std::uint64_t seed);

}  // namespace interstice
