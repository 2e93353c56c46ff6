/// @file
/// What is given and taken in each voxel while a species diffuses: secretion and spills, decay, uptake.
///
/// In a substep h a voxel gains g = h (L c + source) + reactions, which the right-hand side finds anyway. Of the mean
/// concentration of the substep is taken what a loss k c takes:
///
///   mean = (c + theta g)/(1 + theta k h),   theta = (1/phi(k h) - 1)/(k h),   phi(x) = (1 - e^-x)/x
///   mean >= phi((k + out) h) c              what there is on average if nothing flows in; phi(x) >= 1/(1 + x)
///
/// So flat fields decay by e^-kh exactly, and the fixed point L c + source = k c is the same whatever h and k(x) are:
/// there the gain is k h c and the mean c. Of second order between. The lower bound keeps spills from being taken
/// negatively; at the fixed point it does not act. Uptake that saturates, V c/(Km + c), has the mean of a quadratic,
/// with theta of its loss per concentration at the mean. To take before the sweeps matters: taken after them, a strong
/// sink would drain its neighbours below zero.
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

namespace interstice {

/// Sources and losses of one species in flight.
class LocalTerms {
 public:
  /// Sets what an interval has in store. `volume`: of fluid in a voxel, per region [um^3]; `decay` [1/s].
  void load(SpeciesId species, double decay, const Exchange& exchange, std::span<const std::uint8_t> region_of_voxel,
            std::span<const double> volume, const Threads& threads);
  [[nodiscard]] bool anywhere() const { return !voxels_.empty(); }  ///< more than decay
  [[nodiscard]] bool none() const { return decay_ == 0 && voxels_.empty(); }
  [[nodiscard]] double secreted() const { return secreted_; }            ///< [molecules/s]
  [[nodiscard]] double taken_at_once() const { return taken_at_once_; }  ///< of that, before it got away
  /// The fastest loss of a voxel by uptake, with its decay [1/s]; 0 where nothing takes up.
  [[nodiscard]] double fastest() const { return fastest_; }

  /// For substeps of h [s], in which voxels lose up to `out` to their neighbours [1/s]. If `no_more`, losses take at
  /// most what is there and comes.
  void prepare(double h, double out, bool no_more);
  /// gain <- gain + source - losses in voxels [first, end). Returns what was lost, weighed with the volume fractions
  /// that the operator tells apart.
  [[nodiscard]] Taken take(std::size_t first, std::size_t end, const double* c, const Conductance& conductance,
                           double* gain) const;

 private:
  struct ExchangeOf;
  struct Part;
  [[nodiscard]] Part find(const ExchangeOf& of, std::size_t begin, std::size_t end,
                          std::span<const std::uint8_t> region_of_voxel, std::span<const double> volume) const;
  [[nodiscard]] std::size_t run_length(std::size_t from, std::size_t end, const Conductance& conductance) const;
  [[nodiscard]] double take_decay(std::size_t first, std::size_t end, const double* c, const Conductance& conductance,
                                  double* gain) const;

  double decay_ = 0, Km_ = 0;            ///< [1/s]; [uM], 0 = linear
  std::vector<std::uint32_t> voxels_;    ///< ascending: where there is more than decay
  std::vector<double> source_, uptake_;  ///< there [uM/s]; [1/s], of low concentrations
  std::vector<double> most_;             ///< that is taken up there, if it saturates [uM/s]
  double secreted_ = 0, taken_at_once_ = 0, fastest_ = 0;

  FirstOrderLoss elsewhere_;
  PlaceLosses losses_;
};

}  // namespace interstice
