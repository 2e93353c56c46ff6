/// @file
/// Rosenbrock steps on extents.
#include "engine/fields/reactions/rosenbrock.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/core/pinned_math.h"

namespace interstice {
namespace {

constexpr double kRos2Gamma = 0.29289321881345247560;  // 1 - 1/sqrt 2
constexpr RosenbrockTable kRos2{.stages = 2,
                                .gamma = kRos2Gamma,
                                .a = {{{}, {1 / kRos2Gamma}}},
                                .c = {{{}, {-2 / kRos2Gamma}}},
                                .m = {1.5 / kRos2Gamma, 0.5 / kRos2Gamma},
                                .e = {0.5 / kRos2Gamma, 0.5 / kRos2Gamma},
                                .evaluates = {true, true}};
constexpr RosenbrockTable kRodas3{.stages = 4,
                                  .gamma = 0.5,
                                  .a = {{{}, {}, {2, 0}, {2, 0, 1}}},
                                  .c = {{{}, {4}, {1, -1}, {1, -1, -8.0 / 3}}},
                                  .m = {2, 0, 1, 1},
                                  .e = {0, 0, 0, 1},
                                  .evaluates = {true, false, true, true}};
constexpr double kSmallestPart = 1.0 / (1 << 20);  // of the transport step
// So many of the smallest steps, or such growth over them: it runs away.
constexpr int kMostSmallest = 1000;
constexpr double kMostGrowth = 1e6;

constexpr double kStiffShare = 10;  // e allowed per tolerance

}  // namespace

StepTolerance::StepTolerance(double tolerance)
    : stiff(kStiffShare * tolerance),
      third_order(std::isinf(tolerance) ? tolerance : pinned::pow(tolerance / 0.45, 3.0 / 4)),
      second_order(6 * tolerance),
      first_order(2 * tolerance) {}

bool StepTolerance::forced() const { return std::isinf(stiff); }

void StiffVoxel::resize(const Cluster& cluster) {
  n_ = cluster.size(), m_ = cluster.extents();
  dx_.resize((m_ - 2 * n_) * n_ + 2 * n_), matrix_.resize(n_ * n_), pivot_.resize(n_);
  for (auto& k : k_) k.resize(n_);
  for (auto& x : stage_) x.resize(m_);
  for (auto* v : {&middle_, &floor_, &difference_, &next_}) v->resize(n_);
  for (auto* v : {&rate_, &stage_rate_, &step_extents_}) v->resize(m_);
}

/// LU factors of 1 - h gamma N dx, with partial pivoting.
void StiffVoxel::factor(const Cluster& cluster, double gamma_h) {
  const std::size_t reactions = cluster.channels.size();
  std::fill(matrix_.begin(), matrix_.end(), 0.0);
  for (std::size_t s = 0; s < n_; ++s) {
    matrix_[s * n_ + s] = 1 + gamma_h * (dx_[reactions * n_ + s] + dx_[reactions * n_ + n_ + s]);
  }
  for (std::size_t r = 0; r < reactions; ++r) {
    for (const auto& term : cluster.channels[r].kind.net) {
      double* row = matrix_.data() + static_cast<std::size_t>(term.species) * n_;
      for (std::size_t j = 0; j < n_; ++j) row[j] -= gamma_h * term.coefficient * dx_[r * n_ + j];
    }
  }
  for (std::size_t k = 0; k < n_; ++k) {
    std::size_t best = k;
    for (std::size_t i = k + 1; i < n_; ++i) {
      if (std::abs(matrix_[i * n_ + k]) > std::abs(matrix_[best * n_ + k])) best = i;
    }
    pivot_[k] = best;
    if (best != k) std::swap_ranges(&matrix_[k * n_], &matrix_[k * n_] + n_, &matrix_[best * n_]);
    const double inverse = matrix_[k * n_ + k] = 1 / matrix_[k * n_ + k];  // solve() multiplies
    for (std::size_t i = k + 1; i < n_; ++i) {
      const double l = matrix_[i * n_ + k] *= inverse;
      if (l == 0) continue;
      for (std::size_t j = k + 1; j < n_; ++j) matrix_[i * n_ + j] -= l * matrix_[k * n_ + j];
    }
  }
}

void StiffVoxel::solve(std::vector<double>& b) const {
  for (std::size_t k = 0; k < n_; ++k) std::swap(b[k], b[pivot_[k]]);
  for (std::size_t k = 0; k < n_; ++k) {
    for (std::size_t i = k + 1; i < n_; ++i) b[i] -= matrix_[i * n_ + k] * b[k];
  }
  for (std::size_t k = n_; k-- > 0;) {
    for (std::size_t j = k + 1; j < n_; ++j) b[k] -= matrix_[k * n_ + j] * b[j];
    b[k] *= matrix_[k * n_ + k];
  }
}

/// next <- c + N extents + source h.
void StiffVoxel::update(const Cluster& cluster, const LocalConditions& local, double h, const double* c) {
  change_of(cluster, step_extents_.data(), next_.data());
  for (std::size_t s = 0; s < n_; ++s) next_[s] = c[s] + (next_[s] + h * local.source[s]);
}

bool StiffVoxel::any_negative() const {
  return std::any_of(next_.begin(), next_.end(), [](double value) { return value < 0; });
}

/// A stage K = N x + source + h gamma N dx K happens through the extents x + h gamma dx K.
void StiffVoxel::add_implicit_part(double gamma_h, const std::vector<double>& k, std::vector<double>& extents) const {
  const std::size_t reactions = m_ - 2 * n_;
  for (std::size_t r = 0; r < reactions; ++r) {
    double sum = 0;
    for (std::size_t j = 0; j < n_; ++j) sum += dx_[r * n_ + j] * k[j];
    extents[r] += gamma_h * sum;
  }
  const double* by_own = dx_.data() + reactions * n_;
  for (std::size_t i = 0; i < 2 * n_; ++i) extents[reactions + i] += gamma_h * by_own[i] * k[i < n_ ? i : i - n_];
}

/// One step of length h from c (whose rates and derivatives are known); returns the relative difference e.
double StiffVoxel::attempt(const RosenbrockTable& method, const Cluster& cluster, const LocalConditions& local,
                           double h, const double* c) {
  const double gamma_h = method.gamma * h;
  factor(cluster, gamma_h);
  std::array<double, 4> source{};  // each stage's share of the source [s]
  std::fill(step_extents_.begin(), step_extents_.end(), 0.0);
  std::fill(difference_.begin(), difference_.end(), 0.0);
  stage_rate_ = rate_;
  for (std::size_t i = 0; i < method.stages; ++i) {
    if (i > 0 && method.evaluates[i]) {
      std::copy_n(c, n_, middle_.begin());
      for (std::size_t j = 0; j < i; ++j) {
        for (std::size_t s = 0; s < n_; ++s) middle_[s] += method.a[i][j] * k_[j][s];
      }
      for (double& value : middle_) value = std::max(0.0, value);
      rates(cluster, local, middle_.data(), stage_rate_.data());
    }
    std::vector<double>&x = stage_[i], &k = k_[i];
    for (std::size_t r = 0; r < m_; ++r) x[r] = gamma_h * stage_rate_[r];
    source[i] = gamma_h;
    for (std::size_t j = 0; j < i; ++j) {
      const double weight = method.gamma * method.c[i][j];
      for (std::size_t r = 0; r < m_; ++r) x[r] += weight * stage_[j][r];
      source[i] += weight * source[j];
    }
    change_of(cluster, x.data(), k.data());
    for (std::size_t s = 0; s < n_; ++s) k[s] += source[i] * local.source[s];
    solve(k);
    add_implicit_part(gamma_h, k, x);
    for (std::size_t r = 0; r < m_; ++r) step_extents_[r] += method.m[i] * x[r];
    for (std::size_t s = 0; s < n_; ++s) difference_[s] += method.e[i] * k[s];
  }
  update(cluster, local, h, c);
  double worst = 0;
  for (std::size_t s = 0; s < n_; ++s) {
    worst = std::max(worst, std::abs(difference_[s]) / std::max({c[s], next_[s], floor_[s]}));
  }
  return worst;
}

/// Scales the extents that take more of a species than there is.
void StiffVoxel::limit(const Cluster& cluster, const LocalConditions& local, double h, const double* c) {
  const std::size_t reactions = cluster.channels.size();
  for (double& x : step_extents_) x = std::max(0.0, x);
  // First only what empties a species, counting what refills it; then, if rings of reactions are left, without that.
  const std::size_t gentle_rounds = 4 * n_;
  for (std::size_t round = 0; round <= gentle_rounds; ++round) {
    update(cluster, local, h, c);
    if (!any_negative()) return;
    for (std::size_t s = 0; s < n_; ++s) {
      if (next_[s] >= 0 && round < gentle_rounds) continue;
      double taken = step_extents_[reactions + s] + step_extents_[reactions + n_ + s];
      for (std::size_t r = 0; r < reactions; ++r) {
        for (const auto& term : cluster.channels[r].kind.net) {
          if (static_cast<std::size_t>(term.species) == s) taken += std::max(0.0, -term.coefficient) * step_extents_[r];
        }
      }
      const double there = round < gentle_rounds ? next_[s] + taken : c[s] + h * local.source[s];
      const double keep = taken > there ? std::max(0.0, there / taken) * (1 - 1e-15) : 1.0;
      step_extents_[reactions + s] *= keep;
      step_extents_[reactions + n_ + s] *= keep;
      for (std::size_t r = 0; r < reactions; ++r) {
        for (const auto& term : cluster.channels[r].kind.net) {
          if (static_cast<std::size_t>(term.species) == s && term.coefficient < 0) step_extents_[r] *= keep;
        }
      }
    }
  }
  update(cluster, local, h, c);
  for (double& value : next_) value = std::max(0.0, value);  // rounding of an exactly emptied species
}

/// A step over which Euler's method would change no species by more than the accuracy allows.
double StiffVoxel::first_step(const Cluster& cluster, const LocalConditions& local, double dt,
                              double largest_difference, const double* c) {
  rates(cluster, local, c, rate_.data());
  change_of(cluster, rate_.data(), next_.data());
  double fastest = 0;
  for (std::size_t s = 0; s < n_; ++s) {
    fastest = std::max(fastest, std::abs(next_[s] + local.source[s]) / std::max(c[s], kConcentrationFloor));
  }
  const double change = 4 * std::sqrt(largest_difference);
  return fastest * dt > change ? std::max(change / fastest, 1e-4 * dt) : dt;
}

void StiffVoxel::integrate(const Cluster& cluster, const LocalConditions& local, double dt, double largest_difference,
                           double* c, double* extents) {
  resize(cluster);
  std::fill(extents, extents + m_, 0.0);
  for (std::size_t s = 0; s < n_; ++s) floor_[s] = std::max(0.01 * c[s], kConcentrationFloor);
  const bool forced = std::isinf(largest_difference);
  int smallest_steps = 0;
  // What any species may reach in smallest steps; reactions of order zero make something of nothing.
  rates(cluster, local, c, rate_.data());
  change_of(cluster, rate_.data(), next_.data());
  double most = kConcentrationFloor;
  for (std::size_t s = 0; s < n_; ++s)
    most += kMostGrowth * (c[s] + dt * local.source[s]) + 10 * dt * std::max(0.0, next_[s]);
  double left = dt, h = forced ? dt : first_step(cluster, local, dt, largest_difference, c);
  while (left > 0) {
    rates(cluster, local, c, rate_.data());
    rate_derivatives(cluster, local, c, dx_.data());
    for (bool accepted = false; !accepted;) {
      if (h > 0.99 * left) h = left;
      const double difference = attempt(forced ? kRos2 : kRodas3, cluster, local, h, c);
      const bool negative = any_negative(), smallest = forced || h <= kSmallestPart * dt;
      // e grows with h^3: the fourth root is careful in growing, the square root in shrinking.
      const double room = largest_difference / std::max(difference, 1e-4 * largest_difference);
      const double fitting = 0.9 * (room > 1 ? std::sqrt(std::sqrt(room)) : std::sqrt(room));
      accepted = smallest || (difference <= largest_difference && !negative);
      if (accepted) {
        if (negative) limit(cluster, local, h, c);
        left = h == left ? 0.0 : left - h;
        h *= forced ? 1.0 : std::clamp(fitting, 0.2, 5.0);
      } else {
        h *= negative || !std::isfinite(fitting) ? 0.5 : std::clamp(fitting, 0.1, 0.8);
      }
      if (accepted && !forced && left > 0) smallest_steps = smallest ? smallest_steps + 1 : 0;
    }
    const bool bounded = std::ranges::all_of(
        next_, [&](double value) { return smallest_steps > 0 ? value <= most : std::isfinite(value); });
    if (!bounded || smallest_steps > kMostSmallest) {  // the simulation finds species and voxel, and says so
      *std::max_element(c, c + n_) = std::numeric_limits<double>::quiet_NaN();
      return;
    }
    for (std::size_t r = 0; r < m_; ++r) extents[r] += step_extents_[r];
    std::copy(next_.begin(), next_.end(), c);
  }
}

}  // namespace interstice
