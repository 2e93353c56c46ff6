/// @file
/// Synthetic dose-response data.
#pragma once

#include <cmath>
#include <vector>

#include "engine/core/noise.h"
#include "engine/statistics/dose_response.h"

namespace interstice::test {

/// Nine doses over five decades, 10^-2.5 .. 10^2.5.
inline std::vector<double> nine_doses() {
  std::vector<double> dose;
  for (int d = 0; d < 9; ++d) dose.push_back(std::pow(10.0, -2.5 + 5.0 * d / 8));
  return dose;
}

/// Replicates of a curve at the nine doses, each value with normal noise and each replicate with a level of its own.
inline std::vector<std::vector<double>> noisy(const Logistic& truth, std::size_t replicates, double noise, double level,
                                              std::uint64_t seed) {
  std::vector<std::vector<double>> response(replicates);
  const std::vector<double> dose = nine_doses();
  for (std::size_t r = 0; r < replicates; ++r) {
    const double own = level * Noise(seed).normals(Stream::cell_seeding, r, 1000)[0];
    for (std::size_t d = 0; d < dose.size(); ++d)
      response[r].push_back(truth.at(dose[d]) + own + noise * Noise(seed).normals(Stream::cell_seeding, r, d)[0]);
  }
  return response;
}

}  // namespace interstice::test
