/// @file
/// Tridiagonal kernels.
#include "engine/grid/line_sweep.h"

#include <algorithm>

#include "engine/grid/lanes.h"
#include "engine/grid/vector_clones.h"

namespace interstice {
namespace {

constexpr std::size_t kMostVectors = 4;  ///< of lines solved together: as many as the registers hold

/// Neighbouring lines of one group: coefficients, right-hand side and where the solution goes.
struct Lines {
  std::size_t n = 1, width = 0, stride = 0;
  bool periodic = false;
  const double *face, *pivot, *cyclic, *cyclic_ratio, *cyclic_scale, *mass, *inverse_mass;
  const double* source = nullptr;
  double* target = nullptr;
  double* u = nullptr;
  WallFlux walls;
};

/// Solves Q vectors of lines.
template <std::size_t Q, bool UnitMass, bool Accumulate>
class LineSweep {
 public:
  explicit LineSweep(const Lines& lines) : l_(lines) {}

  void run() const {
    eliminate();
    if (l_.periodic && l_.n > 1) {
      substitute();
      apply<true>();
    } else {
      apply<false>();
    }
  }

 private:
  [[nodiscard]] double* u(std::size_t p, std::size_t q) const { return l_.u + (p * Q + q) * kVector; }
  [[nodiscard]] const Lanes& at(const double* coefficient, std::size_t p, std::size_t q) const {
    return lanes(coefficient + p * l_.width + q * kVector);
  }

  void eliminate() const {
    Lanes last[Q] = {};
    for (std::size_t p = 0; p < l_.n; ++p) {
      for (std::size_t q = 0; q < Q; ++q) {
        const Lanes pivot = at(l_.pivot, p, q);
        Lanes source = lanes(l_.source + p * l_.stride + q * kVector);
        if constexpr (!UnitMass) source *= at(l_.mass, p, q);
        last[q] = source * pivot + at(l_.face, p, q) * pivot * last[q];
        lanes(u(p, q)) = last[q];
      }
    }
  }

  /// u_p <- u_p + (what it takes from the position above).
  void substitute() const {
    Lanes above[Q];
    for (std::size_t q = 0; q < Q; ++q) above[q] = lanes(u(l_.n - 1, q));
    for (std::size_t p = l_.n - 1; p-- > 0;) {
      for (std::size_t q = 0; q < Q; ++q) {
        above[q] = lanes(u(p, q)) + at(l_.face, p + 1, q) * at(l_.pivot, p, q) * above[q];
        lanes(u(p, q)) = above[q];
      }
    }
  }

  /// From the last position to the first: change = source + flux differences of u. Beyond a wall the increment is zero.
  /// u is only completed here: by substitution, or on a ring by u - s q with s = (h.u)/(1 + h.q) (Press et al.,
  /// Numerical Recipes, section 2.7).
  template <bool Ring>
  void apply() const {
    Lanes above[Q], flux_above[Q], s[Q], beyond_last[Q], beyond_first[Q];
    const std::size_t end = l_.n - 1;
    for (std::size_t q = 0; q < Q; ++q) {
      above[q] = lanes(u(end, q));
      beyond_last[q] = beyond_first[q] = s[q] = Lanes{};
      if constexpr (Ring) {
        const Lanes first = lanes(u(0, q));
        s[q] = (first + at(l_.cyclic_ratio, 0, q) * above[q]) * at(l_.cyclic_scale, 0, q);
        above[q] -= s[q] * at(l_.cyclic, end, q);
        beyond_last[q] = first - s[q] * at(l_.cyclic, 0, q);
        beyond_first[q] = above[q];
      }
      flux_above[q] = at(l_.face, l_.n, q) * (above[q] - beyond_last[q]);
      if (l_.walls.upper != nullptr) lanes(l_.walls.upper + q * kVector) -= flux_above[q];
    }
    for (std::size_t p = end; p-- > 0;) {
      for (std::size_t q = 0; q < Q; ++q) {
        const Lanes face = at(l_.face, p + 1, q);
        Lanes here = lanes(u(p, q));
        if constexpr (Ring) {
          here -= s[q] * at(l_.cyclic, p, q);
        } else {
          here += face * at(l_.pivot, p, q) * above[q];
        }
        const Lanes flux = face * (here - above[q]);
        write(p + 1, q, flux - flux_above[q]);
        above[q] = here;
        flux_above[q] = flux;
      }
    }
    for (std::size_t q = 0; q < Q; ++q) {
      const Lanes flux = at(l_.face, 0, q) * (beyond_first[q] - above[q]);
      if (l_.walls.lower != nullptr) lanes(l_.walls.lower + q * kVector) += flux;
      write(0, q, flux - flux_above[q]);
    }
  }

  void write(std::size_t p, std::size_t q, const Lanes& gain) const {
    const std::size_t i = p * l_.stride + q * kVector;
    Lanes change = gain;
    if constexpr (!UnitMass) change *= at(l_.inverse_mass, p, q);
    change += lanes(l_.source + i);
    if constexpr (Accumulate) change += lanes(l_.target + i);
    lanes(l_.target + i) = change;
  }

  const Lines l_;
};

template <bool UnitMass, bool Accumulate>
void sweep_vectors(const Lines& lines, std::size_t vectors) {
  if (vectors == 1) LineSweep<1, UnitMass, Accumulate>(lines).run();
  if (vectors == 2) LineSweep<2, UnitMass, Accumulate>(lines).run();
  if (vectors == 3) LineSweep<3, UnitMass, Accumulate>(lines).run();
  if (vectors == 4) LineSweep<4, UnitMass, Accumulate>(lines).run();
}

/// All lines of a group.
template <bool Accumulate>
void sweep_group(const LineCoefficients& c, std::size_t group, std::size_t stride, const WallFlux& walls,
                 double* scratch, const double* source, double* target) {
  const auto n = static_cast<std::size_t>(c.n);
  const std::size_t set = c.set_of[group];
  for (std::size_t lane = 0; lane < c.width; lane += kMostVectors * kVector) {
    const auto from = [&](const double* array, std::size_t positions) {
      return array == nullptr ? nullptr : array + set * positions * c.width + lane;
    };
    const auto beside = [&](double* wall) { return wall == nullptr ? nullptr : wall + lane; };
    const Lines lines{n,
                      c.width,
                      stride,
                      c.periodic,
                      from(c.face, n + 1),
                      from(c.pivot, n),
                      from(c.cyclic, n),
                      from(c.cyclic_ratio, 1),
                      from(c.cyclic_scale, 1),
                      from(c.mass, n),
                      from(c.inverse_mass, n),
                      source + lane,
                      target + lane,
                      scratch,
                      {beside(walls.lower), beside(walls.upper)}};
    const std::size_t vectors = std::min(kMostVectors, (c.width - lane) / kVector);
    if (c.mass == nullptr) {
      sweep_vectors<true, Accumulate>(lines, vectors);
    } else {
      sweep_vectors<false, Accumulate>(lines, vectors);
    }
  }
}

}  // namespace

std::size_t sweep_scratch(const LineCoefficients& coefficients) {
  const auto n = static_cast<std::size_t>(coefficients.n);
  return n * kMostVectors * kVector + round_up(n + 2, kVector) * kBundle;
}

INTERSTICE_VECTOR_CLONES void sweep_lines(const LineCoefficients& coefficients, std::size_t group, std::size_t stride,
                                          const WallFlux& walls, double* scratch, double* d) {
  sweep_group<false>(coefficients, group, stride, walls, scratch, d, d);
}

INTERSTICE_VECTOR_CLONES void sweep_lines_onto(const LineCoefficients& coefficients, std::size_t group,
                                               std::size_t stride, const WallFlux& walls, double* scratch,
                                               const double* d, double* target) {
  sweep_group<true>(coefficients, group, stride, walls, scratch, d, target);
}

INTERSTICE_VECTOR_CLONES void sweep_rows(const LineCoefficients& coefficients, std::size_t group, std::size_t pitch,
                                         const WallFlux& walls, double* scratch, double* d) {
  double* columns = scratch + static_cast<std::size_t>(coefficients.n) * kMostVectors * kVector;
  for (std::size_t row = 0; row < kBundle; row += kVector) {
    for (std::size_t i = 0; i < pitch; i += kVector) {
      transpose(d + row * pitch + i, pitch, columns + i * kBundle + row, kBundle);
    }
  }
  double* first = columns + kBundle;  // past the ghosts
  sweep_group<false>(coefficients, group, kBundle, walls, scratch, first, first);
  for (std::size_t row = 0; row < kBundle; row += kVector) {
    for (std::size_t i = 0; i < pitch; i += kVector) {
      transpose(columns + i * kBundle + row, kBundle, d + row * pitch + i, pitch);
    }
  }
}

}  // namespace interstice
