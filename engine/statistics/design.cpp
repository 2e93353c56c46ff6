#include "engine/statistics/design.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/core/error.h"
#include "engine/core/name_key.h"
#include "engine/core/noise.h"
#include "engine/statistics/sobol_sequence.h"

namespace interstice {
namespace {

/// At 1 % allowed, all of so many fail once in 1e43 points.
constexpr std::uint32_t kMostAttempts = 10000;

std::vector<AgentId> factor_keys(const FactorSpace& space) {
  std::vector<AgentId> keys;
  for (const Factor& factor : space.factors()) keys.push_back(name_key(factor.name));
  return keys;
}

/// Shares [point][factor] of an unconstrained hypercube.
std::vector<std::vector<double>> hypercube_shares(const FactorSpace& space, std::size_t n, const Noise& noise) {
  std::vector<std::vector<double>> share(n, std::vector<double>(space.size()));
  std::vector<std::pair<std::uint64_t, std::size_t>> shuffled(n);
  for (std::size_t f = 0; f < space.size(); ++f) {
    const AgentId id = child_id(name_key(space.factors()[f].name), n);
    for (std::size_t i = 0; i < n; ++i) {
      const auto bits = noise.bits(Stream::design, id, i);
      shuffled[i] = {(static_cast<std::uint64_t>(bits[0]) << 32) | bits[1], i};
      share[i][f] = open_unit(bits[2], bits[3]);
    }
    std::sort(shuffled.begin(), shuffled.end());
    for (std::size_t stratum = 0; stratum < n; ++stratum) {
      double& within = share[shuffled[stratum].second][f];
      within = (static_cast<double>(stratum) + within) / static_cast<double>(n);
    }
  }
  return share;
}

void refuse_constraints(const FactorSpace& space, const char* design) {
  if (space.is_constrained())
    throw InputError(
        fmt::format("a {} design cannot keep constraints between factors (its estimators need independent "
                    "factors) use random, Latin or Sobol' points and rank correlations",
                    design));
}

}  // namespace

std::vector<FactorValues> random_points(const FactorSpace& space, std::size_t n, std::uint64_t seed) {
  const Noise noise(seed);
  const std::vector<AgentId> key = factor_keys(space);
  std::vector<FactorValues> points;
  std::vector<double> share(space.size());
  for (std::size_t i = 0; i < n; ++i) {
    for (std::uint32_t attempt = 0; points.size() == i; ++attempt) {
      if (attempt == kMostAttempts)
        throw InputError("no allowed point was found (the constraints allow too few) narrow the ranges");
      for (std::size_t f = 0; f < space.size(); ++f) share[f] = noise.uniform(Stream::design, key[f], i, attempt);
      FactorValues values = space.at(share);
      if (space.allows(values)) points.push_back(std::move(values));
    }
  }
  return points;
}

std::vector<FactorValues> latin_hypercube(const FactorSpace& space, std::size_t n, std::uint64_t seed) {
  const Noise noise(seed);
  std::vector<FactorValues> points;
  for (std::size_t strata = n; points.size() < n;) {
    points.clear();
    for (const auto& share : hypercube_shares(space, strata, noise)) {
      FactorValues values = space.at(share);
      if (space.allows(values)) points.push_back(std::move(values));
    }
    const auto missing = static_cast<double>(n) - static_cast<double>(std::min(n, points.size()));
    strata += static_cast<std::size_t>(std::ceil(missing / space.allowed_share()));
  }
  points.resize(n);
  return points;
}

std::vector<FactorValues> sobol_points(const FactorSpace& space, std::size_t n, std::uint64_t seed) {
  SobolSequence sequence(space.names(), seed);
  std::vector<FactorValues> points;
  while (points.size() < n) {
    FactorValues values = space.at(sequence.next());
    if (space.allows(values)) points.push_back(std::move(values));
  }
  return points;
}

std::vector<FactorValues> full_grid(const FactorSpace& space, std::size_t levels) {
  if (levels == 0) throw InputError("a grid of no levels has no points (nothing would run) give at least one");
  std::vector<FactorValues> points{{}};
  for (const Factor& factor : space.factors()) {
    const std::size_t count = factor.marginal.count() > 0 ? factor.marginal.count() : levels;
    std::vector<FactorValues> longer;
    for (const FactorValues& point : points)
      for (std::size_t level = 0; level < count; ++level) {
        double share = (static_cast<double>(level) + 0.5) / static_cast<double>(count);
        if (factor.marginal.count() == 0 && count > 1)
          share = static_cast<double>(level) / static_cast<double>(count - 1);
        longer.push_back(point);
        longer.back().push_back(factor.marginal.quantile(share));
      }
    points = std::move(longer);
  }
  std::erase_if(points, [&](const FactorValues& values) { return !space.allows(values); });
  return points;
}

MorrisDesign morris_design(const FactorSpace& space, std::size_t trajectories, std::size_t levels, std::uint64_t seed) {
  refuse_constraints(space, "Morris");
  if (levels < 2 || levels % 2 != 0)
    throw InputError(
        fmt::format("a Morris design of {} levels (their number is even, so that each is as likely) take 4", levels));
  const Noise noise(seed);
  const std::size_t k = space.size();
  const double grid = static_cast<double>(levels - 1), step = static_cast<double>(levels) / (2 * grid);
  MorrisDesign design{.factor = space.names(), .point = {}, .move = {}, .trajectories = trajectories};
  std::vector<double> share(k);
  std::vector<std::pair<double, std::size_t>> order(k);
  for (std::size_t t = 0; t < trajectories; ++t) {
    for (std::size_t f = 0; f < k; ++f) {
      const AgentId id = name_key("morris", name_key(design.factor[f]));
      const auto level = std::floor(noise.uniform(Stream::design, id, t, 0) * static_cast<double>(levels));
      share[f] = std::min(level, grid) / grid;
      order[f] = {noise.uniform(Stream::design, id, t, 1), f};
    }
    std::sort(order.begin(), order.end());
    design.point.push_back(space.at(share));
    for (const auto& [rank, f] : order) {
      const double signed_step = share[f] < 0.5 ? step : -step;
      share[f] = std::clamp(share[f] + signed_step, 0.0, 1.0);
      design.move.push_back({f, signed_step});
      design.point.push_back(space.at(share));
    }
  }
  return design;
}

SaltelliDesign saltelli_design(const FactorSpace& space, std::size_t rows, std::uint64_t seed) {
  refuse_constraints(space, "Saltelli");
  const std::size_t k = space.size();
  std::vector<std::string> axis = space.names();
  for (const std::string& name : space.names()) axis.push_back(name + " of B");
  SobolSequence sequence(axis, seed);
  SaltelliDesign design{.factor = space.names(), .point = {}, .rows = rows};
  for (std::size_t row = 0; row < rows; ++row) {
    const std::vector<double> both = sequence.next();
    const std::span<const double> share(both);
    const FactorValues a = space.at(share.first(k)), b = space.at(share.last(k));
    design.point.push_back(a);
    design.point.push_back(b);
    for (std::size_t f = 0; f < k; ++f) {
      design.point.push_back(a);
      design.point.back()[f] = b[f];
    }
  }
  return design;
}

}  // namespace interstice
