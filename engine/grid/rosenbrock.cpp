/// @file
/// ROS2 on extents.
#include "engine/grid/rosenbrock.h"

#include <algorithm>
#include <cmath>

#include "engine/core/pinned_math.h"

namespace interstice {
namespace {

constexpr double kGamma = 0.29289321881345247560;  // 1 - 1/sqrt 2
constexpr double kSmallestPart = 1.0 / (1 << 20);  // of the transport step

}  // namespace

double largest_difference(double tolerance) {
  return std::isinf(tolerance) ? tolerance : pinned::pow(tolerance / 0.45, 2.0 / 3.0);
}

void StiffVoxel::resize(const Cluster& cluster) {
  n_ = cluster.size(), m_ = cluster.extents();
  dx_.resize(m_ * n_), matrix_.resize(n_ * n_), pivot_.resize(n_);
  for (auto* v : {&k1_, &k2_, &middle_, &floor_, &next_}) v->resize(n_);
  for (auto* v : {&rate_, &stage1_, &stage2_, &step_extents_}) v->resize(m_);
}

/// LU factors of 1 - gamma h N dx, with partial pivoting.
void StiffVoxel::factor(const Cluster& cluster, double h) {
  const std::size_t reactions = cluster.reactions.size();
  std::fill(matrix_.begin(), matrix_.end(), 0.0);
  for (std::size_t s = 0; s < n_; ++s) {
    matrix_[s * n_ + s] = 1 + kGamma * h * (dx_[(reactions + s) * n_ + s] + dx_[(reactions + n_ + s) * n_ + s]);
  }
  for (std::size_t r = 0; r < reactions; ++r) {
    for (const auto& term : cluster.reactions[r].net) {
      double* row = matrix_.data() + static_cast<std::size_t>(term.species) * n_;
      for (std::size_t j = 0; j < n_; ++j) row[j] -= kGamma * h * term.coefficient * dx_[r * n_ + j];
    }
  }
  for (std::size_t k = 0; k < n_; ++k) {
    std::size_t best = k;
    for (std::size_t i = k + 1; i < n_; ++i) {
      if (std::abs(matrix_[i * n_ + k]) > std::abs(matrix_[best * n_ + k])) best = i;
    }
    pivot_[k] = best;
    if (best != k) std::swap_ranges(&matrix_[k * n_], &matrix_[k * n_] + n_, &matrix_[best * n_]);
    const double inverse = 1 / matrix_[k * n_ + k];
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
    b[k] /= matrix_[k * n_ + k];
  }
}

/// next <- c + N extents + source h.
void StiffVoxel::update(const Cluster& cluster, const LocalConditions& local, double h, const double* c) {
  change_of<1>(cluster, step_extents_.data(), next_.data());
  for (std::size_t s = 0; s < n_; ++s) next_[s] = c[s] + (next_[s] + h * local.source[s]);
}

bool StiffVoxel::any_negative() const {
  return std::any_of(next_.begin(), next_.end(), [](double value) { return value < 0; });
}

/// A stage k = N x + source + gamma h N dx k happens through the extents x + gamma h dx k.
void StiffVoxel::add_implicit_part(double h, const std::vector<double>& k, std::vector<double>& extents) const {
  for (std::size_t r = 0; r < m_; ++r) {
    double sum = 0;
    for (std::size_t j = 0; j < n_; ++j) sum += dx_[r * n_ + j] * k[j];
    extents[r] += kGamma * h * sum;
  }
}

/// One step of length h from c (whose rates and derivatives are known); returns the relative difference e.
double StiffVoxel::attempt(const Cluster& cluster, const LocalConditions& local, double h, const double* c) {
  factor(cluster, h);
  change_of<1>(cluster, rate_.data(), k1_.data());
  for (std::size_t s = 0; s < n_; ++s) k1_[s] += local.source[s];
  solve(k1_);
  stage1_ = rate_;
  add_implicit_part(h, k1_, stage1_);
  for (std::size_t s = 0; s < n_; ++s) middle_[s] = std::max(0.0, c[s] + h * k1_[s]);
  rates<1>(cluster, local, middle_.data(), stage2_.data());
  for (std::size_t r = 0; r < m_; ++r) stage2_[r] -= 2 * stage1_[r];
  change_of<1>(cluster, stage2_.data(), k2_.data());
  for (std::size_t s = 0; s < n_; ++s) k2_[s] -= local.source[s];
  solve(k2_);
  add_implicit_part(h, k2_, stage2_);
  for (std::size_t r = 0; r < m_; ++r) step_extents_[r] = h * (1.5 * stage1_[r] + 0.5 * stage2_[r]);
  update(cluster, local, h, c);
  double worst = 0;
  for (std::size_t s = 0; s < n_; ++s) {
    const double scale = std::max({c[s], next_[s], floor_[s]});
    worst = std::max(worst, 0.5 * h * std::abs(k1_[s] + k2_[s]) / scale);
  }
  return worst;
}

/// Scales the extents that take more of a species than there is.
void StiffVoxel::limit(const Cluster& cluster, const LocalConditions& local, double h, const double* c) {
  const std::size_t reactions = cluster.reactions.size();
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
        for (const auto& term : cluster.reactions[r].net) {
          if (static_cast<std::size_t>(term.species) == s) taken += std::max(0.0, -term.coefficient) * step_extents_[r];
        }
      }
      const double there = round < gentle_rounds ? next_[s] + taken : c[s] + h * local.source[s];
      const double keep = taken > there ? std::max(0.0, there / taken) * (1 - 1e-15) : 1.0;
      step_extents_[reactions + s] *= keep;
      step_extents_[reactions + n_ + s] *= keep;
      for (std::size_t r = 0; r < reactions; ++r) {
        for (const auto& term : cluster.reactions[r].net) {
          if (static_cast<std::size_t>(term.species) == s && term.coefficient < 0) step_extents_[r] *= keep;
        }
      }
    }
  }
  update(cluster, local, h, c);
  for (double& value : next_) value = std::max(0.0, value);  // rounding of an exactly emptied species
}

void StiffVoxel::integrate(const Cluster& cluster, const LocalConditions& local, double dt, double first,
                           double largest_difference, double* c, double* extents) {
  resize(cluster);
  std::fill(extents, extents + m_, 0.0);
  for (std::size_t s = 0; s < n_; ++s) floor_[s] = std::max(0.01 * c[s], kConcentrationFloor);
  const bool forced = std::isinf(largest_difference);
  double left = dt, h = forced ? dt : std::min(dt, first);
  while (left > 0) {
    rates<1>(cluster, local, c, rate_.data());
    rate_derivatives(cluster, local, c, dx_.data());
    for (bool accepted = false; !accepted;) {
      if (h > 0.99 * left) h = left;
      const double difference = attempt(cluster, local, h, c);
      const bool negative = any_negative(), smallest = forced || h <= kSmallestPart * dt;
      // e grows with h^2, so the square root finds the step that would just do.
      const double fitting = 0.9 * std::sqrt(largest_difference / std::max(difference, 1e-3 * largest_difference));
      accepted = smallest || (difference <= largest_difference && !negative);
      if (accepted) {
        if (negative) limit(cluster, local, h, c);
        left = h == left ? 0.0 : left - h;
        h *= forced ? 1.0 : std::clamp(fitting, 0.2, 5.0);
      } else {
        h *= negative ? 0.5 : std::clamp(fitting, 0.1, 0.8);
      }
    }
    for (std::size_t r = 0; r < m_; ++r) extents[r] += step_extents_[r];
    std::copy(next_.begin(), next_.end(), c);
  }
}

}  // namespace interstice
