/// @file
/// The shape of a profile (engine/sim/profiles.h): how far a share of what it holds lies, and how fast it falls.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/analysis/metrics.h"

namespace interstice {

/// The columns of a profile, from the region or the face on.
struct ProfileShells {
  std::vector<std::string> columns;
  double width = 0;         ///< of a shell [um]
  bool depth = false;       ///< the first shell begins at a face; else it is the region itself, which has no width
  std::size_t skipped = 0;  ///< of the nearest shells: what they hold does not count
  double last = 1;          ///< how much of its width the outermost one has, which the opposite face may cut off

  /// What shell `shell` of `count` has of the width.
  [[nodiscard]] double share(std::size_t shell, std::size_t count) const { return shell + 1 == count ? last : 1; }
  [[nodiscard]] double outer_edge(std::size_t shell) const {
    return width * static_cast<double>(shell + (depth ? 1 : 0));
  }
};

/// The rows that lie in [from, until].
struct SeriesRows {
  std::size_t begin = 0, end = 0;
  SeriesRows(const SeriesTable& series, double from, double until);
  [[nodiscard]] std::span<const double> of(const std::vector<double>& values) const {
    return std::span(values).subspan(begin, end - begin);
  }
};

/// Integral of a column over these rows; the value itself where there is one row only, 0 for a column that is not
/// there.
double integral_over(const SeriesTable& series, const std::string& column, const SeriesRows& rows);

/// That of every shell over [from, until].
std::vector<double> shell_integrals(const SeriesTable& series, const ProfileShells& profile, double from, double until);

/// The distance within which this share of all amounts lies: no more than the rest lies beyond. Within a shell it
/// counts as evenly spread. Empty where the sum is not above zero.
std::optional<double> distance_holding(double share, std::span<const double> amounts, const ProfileShells& profile);

/// The length of the exponential that has the same mean depth within the same shells, which is the most likely one
/// where numbers are counted. Of a shell that is cut off it knows; what lies in the region itself does not count. Empty
/// where nothing falls.
std::optional<double> decay_length(std::span<const double> amounts, const ProfileShells& profile);

}  // namespace interstice
