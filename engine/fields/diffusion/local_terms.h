/// @file
/// What is given and taken in each voxel while a species diffuses: secretion and spills, decay, uptake.
///
/// A substep h is an exponential Rosenbrock step (Hochbruck and Ostermann, Acta Numerica 19, 2010). The mean
/// concentration in it is found with the losses linearised at its beginning (diffusion.cpp), and the losses are h times
/// their rate at this mean: exact where they are linear, of second order where uptake saturates. Where the gains and
/// losses of all voxels are in balance the mean is what is there, so that the fixed point does not depend on h.
/// Forward Euler, which is fallen back on, has losses at the level that is left (LossRule::implicit): positive at any
/// h, with the same fixed point.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/core/ids.h"
#include "engine/core/parallel.h"
#include "engine/fields/diffusion/conductance.h"
#include "engine/fields/diffusion/local_losses.h"
#include "engine/fields/exchange.h"
#include "engine/fields/granules.h"

namespace interstice {

/// Sources and losses of one species in flight.
class LocalTerms {
 public:
  /// Sets what an interval has in store. `volume`: of fluid in a voxel, per region [um^3]; `decay` [1/s].
  void load(SpeciesId species, double decay, const Exchange& exchange, std::span<const std::uint8_t> region_of_voxel,
            std::span<const double> volume, const Granules& granules, const Threads& threads);
  [[nodiscard]] bool anywhere() const { return !voxels_.empty(); }       ///< more than decay
  [[nodiscard]] double secreted() const { return secreted_; }            ///< [molecules/s]
  [[nodiscard]] double taken_at_once() const { return taken_at_once_; }  ///< of that, before it got away
  /// The fastest loss of a voxel by uptake, with its decay [1/s]; 0 where nothing takes up.
  [[nodiscard]] double fastest() const { return fastest_; }

  [[nodiscard]] bool saturates() const { return !most_.empty(); }

  /// What voxels [first, end) of a substep look at; c is by voxel, the rest from voxel `first` on.
  struct Substep {
    LossRule rule = LossRule::rate;
    double h = 0;  ///< [s]
    const double *c = nullptr, *mean = nullptr, *gain = nullptr;
    std::size_t first = 0, end = 0;
    float* change = nullptr;
    double* to = nullptr;
  };
  /// change <- gain + sources - losses, or to <- c + that (see take_losses). What was lost is weighed with the volume
  /// fractions that the operator tells apart.
  [[nodiscard]] Lost take(const Substep& substep, const Conductance& conductance) const;

  /// The uptake of small changes from c, by voxel of the grid [1/s]; null where nothing is taken up. Voxels [first,
  /// end) are set by linearise().
  [[nodiscard]] const float* linear_uptake() const { return fastest_ > 0 ? linear_uptake_.data() : nullptr; }
  void linearise(const double* c, std::size_t first, std::size_t end);

 private:
  struct ExchangeOf;
  struct Part;
  struct Block;
  [[nodiscard]] Part find(const ExchangeOf& of, std::size_t begin, std::size_t end,
                          std::span<const std::uint8_t> region_of_voxel, std::span<const double> volume) const;
  [[nodiscard]] Block spread(std::size_t first, std::size_t end, std::size_t place, std::size_t places) const;
  void take_block(const Substep& substep, std::size_t first, std::size_t end, const Block& block,
                  const Conductance& conductance, Lost& all) const;

  double decay_ = 0, Km_ = 0;            ///< [1/s]; [uM], 0 = linear
  std::vector<std::uint32_t> voxels_;    ///< ascending: where there is more than decay
  std::vector<double> source_, uptake_;  ///< there [uM/s]; [1/s], of low concentrations
  std::vector<double> most_;             ///< that is taken up there, if it saturates [uM/s]
  double secreted_ = 0, taken_at_once_ = 0, fastest_ = 0;
  std::vector<float> linear_uptake_;  ///< 0 where there is none; empty until something is taken up
};

}  // namespace interstice
