/// @file
/// Stiff integration of one voxel's chemistry.
#pragma once

#include <vector>

#include "engine/grid/reaction_network.h"

namespace interstice {

/// Two-stage L-stable Rosenbrock method ROS2 with gamma = 1 - 1/sqrt 2 (Verwer et al., SIAM J. Sci. Comput. 20, 1999),
/// written for extents, with step control by the embedded first-order result.
///
/// The difference e between the two results is of second order; for c' = -k c the error of the second-order result is
/// 0.43 e^1.5, and that is what is held to the tolerance, relative to the concentration (or a hundredth of its value
/// at the start of the transport step, or 1e-8 uM). A step that would make a concentration negative is halved; where
/// halving no longer helps, the extents that empty a species are scaled down to what there is.
class StiffVoxel {
 public:
  /// Advances c by dt [s] and writes the extents of everything that happened [uM]. `first` is the first step tried,
  /// `largest_difference` the e that a step may have (infinity forces single steps).
  void integrate(const Cluster& cluster, const LocalConditions& local, double dt, double first,
                 double largest_difference, double* c, double* extents);

 private:
  void resize(const Cluster& cluster);
  void factor(const Cluster& cluster, double h);
  void solve(std::vector<double>& b) const;
  void add_implicit_part(double h, const std::vector<double>& k, std::vector<double>& extents) const;
  [[nodiscard]] double attempt(const Cluster& cluster, const LocalConditions& local, double h, const double* c);
  void limit(const Cluster& cluster, const LocalConditions& local, double h, const double* c);
  void update(const Cluster& cluster, const LocalConditions& local, double h, const double* c);
  [[nodiscard]] bool any_negative() const;

  std::size_t n_ = 0, m_ = 0;
  std::vector<double> dx_, matrix_;  ///< derivatives [extent][species]; LU factors
  std::vector<std::size_t> pivot_;
  std::vector<double> rate_, k1_, k2_, stage1_, stage2_, middle_, floor_;
  std::vector<double> step_extents_, next_;
};

/// The e that belongs to a relative error of `tolerance`: both this method and Heun's are wrong by 0.45 e^1.5.
[[nodiscard]] double largest_difference(double tolerance);

inline constexpr double kConcentrationFloor = 1e-8;  ///< below this errors do not matter [uM]

}  // namespace interstice
