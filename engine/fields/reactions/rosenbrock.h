/// @file
/// Stiff integration of one voxel's chemistry.
#pragma once

#include <array>
#include <vector>

#include "engine/fields/reactions/reaction_network.h"

namespace interstice {

/// A Rosenbrock method in the form of Hairer and Wanner (Solving ODEs II, section IV.7):
/// (1 - h gamma J) K_i = h gamma f(c + sum a_ij K_j) + gamma sum c_ij K_j,  c_new = c + sum m_i K_i,  e = sum e_i K_i.
struct RosenbrockTable {
  std::size_t stages = 2;
  double gamma = 0;
  std::array<std::array<double, 3>, 4> a{}, c{};  ///< row i: weights of the stages before it
  std::array<double, 4> m{}, e{};
  std::array<bool, 4> evaluates{};  ///< false: uses the rates of the stage before
};

/// Stiff integration by extents. Steps are controlled with RODAS3 (third order, stiffly accurate, L-stable; Sandu et
/// al., Atmos. Environ. 31, 1997) by the difference e from its embedded second-order result, relative to the
/// concentration (or a hundredth of its value at the start of the transport step, or 1e-8 uM). A single forced step is
/// ROS2 (second order, L-stable; Verwer et al., SIAM J. Sci. Comput. 20, 1999).
/// A step that would make a concentration negative is halved; where halving no longer helps, the extents that empty a
/// species are scaled down to what there is. Chemistry that has no end in sight (2 A -> 3 A grows beyond bounds in
/// finite time) leaves concentrations that are not numbers.
class StiffVoxel {
 public:
  /// Advances c by dt [s] and writes the extents of everything that happened [uM]. `largest_difference` is the e that a
  /// step may have; infinity forces a single step.
  void integrate(const Cluster& cluster, const LocalConditions& local, double dt, double largest_difference, double* c,
                 double* extents);

 private:
  void resize(const Cluster& cluster);
  [[nodiscard]] double first_step(const Cluster& cluster, const LocalConditions& local, double dt,
                                  double largest_difference, const double* c);
  void factor(const Cluster& cluster, double gamma_h);
  void solve(std::vector<double>& b) const;
  void add_implicit_part(double gamma_h, const std::vector<double>& k, std::vector<double>& extents) const;
  [[nodiscard]] double attempt(const RosenbrockTable& method, const Cluster& cluster, const LocalConditions& local,
                               double h, const double* c);
  void limit(const Cluster& cluster, const LocalConditions& local, double h, const double* c);
  void update(const Cluster& cluster, const LocalConditions& local, double h, const double* c);
  [[nodiscard]] bool any_negative() const;

  std::size_t n_ = 0, m_ = 0;
  std::vector<double> dx_, matrix_;  ///< rate_derivatives(); LU factors
  std::vector<std::size_t> pivot_;
  std::array<std::vector<double>, 4> k_, stage_;  ///< K_i [uM] and the extents behind it [uM]
  std::vector<double> rate_, stage_rate_, middle_, floor_, difference_;
  std::vector<double> step_extents_, next_;
};

/// What the embedded results may differ by for a relative error of `tolerance` in c' = -k c.
struct StepTolerance {
  explicit StepTolerance(double tolerance);
  [[nodiscard]] bool forced() const;

  double stiff = 0;         ///< RODAS3: e itself, since the order drops where it is stiff
  double third_order = 0;   ///< Shu-Osher against Heun: the error is 0.45 e^(4/3)
  double second_order = 0;  ///< Heun against Euler: the errors of a relaxation time add up to e/3
  double first_order = 0;   ///< share by which an Euler step may change a species: they add up to half of it
};

inline constexpr double kConcentrationFloor = 1e-8;  ///< below this errors do not matter [uM]

}  // namespace interstice
