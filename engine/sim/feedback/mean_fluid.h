/// @file
/// The fluid of a domain, well mixed: one concentration per species, with the scenario's own chemistry. For the quiet
/// state of feedback_gain.h, not for runs.
#pragma once

#include <span>
#include <vector>

#include "engine/fields/reactions/reaction_network.h"
#include "engine/sim/problem.h"

namespace interstice {

/// What cells do to the fluid.
struct GivenToFluid {
  std::vector<double> secreted;   ///< per species, spills included [molecules/s]
  std::vector<double> clearance;  ///< per species [um^3/s]
  std::vector<double> copies;     ///< of the enzyme of each reaction, on cells

  void clear(std::size_t species, std::size_t reactions);
};

/// Voxels and the reservoirs that they border on. Reactions run at the strength that they have in the end, so that
/// those with an end or a half-life are over.
class MeanFluid {
 public:
  explicit MeanFluid(const Problem& problem);

  [[nodiscard]] double space() const { return space_; }  ///< of the domain, cells and fluid [um^3]
  [[nodiscard]] std::vector<double> start() const;       ///< mean initial concentrations [uM]
  /// Species that react with others, or are made by reactions.
  [[nodiscard]] bool reacts(std::size_t species) const { return reacts_[species] != 0; }

  /// c <- where an implicit Euler step of dt [s] leads; species in `held` stay. Keeps what reactions conserve, and has
  /// the fixed points of the equations whatever dt is.
  void advance(std::vector<double>& c, const GivenToFluid& given, std::span<const char> held, double dt) const;

  /// What leaves of a species without the help of those who secrete it: decay, uptake, reactions and walls, less what
  /// reactions and walls bring [molecules/s].
  [[nodiscard]] std::vector<double> net_losses(const std::vector<double>& c, const GivenToFluid& given) const;

 private:
  /// change <- dc/dt of the species of a cluster without secretion [uM/s].
  void change(const Cluster& cluster, const std::vector<double>& c, const GivenToFluid& given,
              std::vector<double>& change) const;
  void mix_regions(const Problem& problem);
  void open_walls(const Problem& problem);
  void open_transfers(const Problem& problem);

  std::vector<double> share_;          ///< of the fluid, per reservoir, then per region
  std::vector<double> runs_in_;        ///< per reaction: share of the fluid in which it runs
  std::vector<double> in_reservoirs_;  ///< copies of the enzyme of each reaction in reservoirs
  std::vector<double> outflow_;        ///< per species, through walls and transfers [1/s]
  std::vector<double> inflow_;         ///< the same [uM/s]
  std::vector<double> initial_, inverse_Km_;
  std::vector<char> reacts_;
  std::vector<Cluster> clusters_;
  double space_ = 0, fluid_ = 0;  ///< [um^3]
};

}  // namespace interstice
