/// @file
/// The chemistry of kBatch voxels at once: cheap explicit steps of as low an order as is accurate, the stiff solver
/// where they are not.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "engine/fields/reactions/reaction_network.h"
#include "engine/fields/reactions/rosenbrock.h"

namespace interstice {

inline constexpr std::size_t kBatch = 64;    ///< voxels
inline constexpr double kMostLeaving = 1e6;  ///< by transport in a step, relative to what there is

/// One number per voxel of a batch.
struct alignas(64) LaneArray {
  std::array<double, kBatch> v{};

  double& operator[](std::size_t w) { return v[w]; }
  const double& operator[](std::size_t w) const { return v[w]; }
  [[nodiscard]] double* data() { return v.data(); }
  [[nodiscard]] const double* data() const { return v.data(); }
};
using LaneArrays = std::vector<LaneArray>;

/// Fetches ahead what the next batch will find, or overwrite, in the same array.
template <class Number>
void fetch_next_batch(const Number* numbers) {
  constexpr std::size_t kPerLine = 64 / sizeof(Number);
  for (std::size_t w = kBatch; w < 2 * kBatch; w += kPerLine) __builtin_prefetch(numbers + w);
}

/// Which extents a batch can have, and what they do to each species. Follows from ReactionBatch::active.
struct ActiveExtents {
  /// Places in `terms`: losses from `first`, gains from `middle`.
  struct Range {
    std::uint32_t first = 0, middle = 0, last = 0;
  };
  /// Enzymes that follow Michaelis and Menten, and saturable uptake: factor x substrate over a constant and a sum of
  /// terms, which are [first, last) of `denominators`.
  struct Saturable {
    std::uint32_t extent = 0, substrate = 0, first = 0, last = 0;
    double constant = 1;             ///< [uM], or 1
    const double* factor = nullptr;  ///< of the batch, per voxel
  };
  std::vector<std::uint32_t> extents;  ///< all that are active
  std::vector<Saturable> saturable;
  std::vector<Channel::Term> denominators;
  std::vector<std::uint32_t> powers;                  ///< channels of mass action, or Hill's
  std::vector<std::uint32_t> linear_uptakes, decays;  ///< species
  std::vector<ExtentTerm> terms;
  std::vector<Range> species;
};

/// Working arrays for one cluster in kBatch voxels. What an active extent or a sourced species refers to must be filled
/// for all kBatch voxels, with zeros where there is none; the rest is not read.
struct ReactionBatch {
  /// Forgets what was active. A batch may serve any cluster in turn.
  void prepare(const Cluster& cluster);

  LaneArrays c;                           ///< in: start, out: end [uM]
  LaneArrays factor;                      ///< per channel, times the step [uM]
  LaneArrays source;                      ///< per species, times the step [uM]
  LaneArrays uptake;                      ///< per species, times the step
  std::vector<double> inverse_uptake_Km;  ///< per species [1/uM]
  std::vector<std::uint8_t> active;       ///< per extent (channels, uptakes, decays): can it be other than zero?
  std::vector<std::uint8_t> sourced;      ///< per species
  LaneArrays extents;                     ///< out, active ones: what happened [uM]

  /// Scratch.
  LaneArrays now, next, better;
  std::array<LaneArrays, 3> rate;
  ActiveExtents acts;
  std::vector<std::uint8_t> acts_for;  ///< the `active` that `acts` follows from
  std::vector<double> lane_factor, lane_source, lane_uptake, lane_c, lane_extents;
  StiffVoxel stiff;
};

/// Advances the first `lanes` voxels of the batch by dt [s]. The rest must hold zeros.
void react_batch(const Cluster& cluster, double dt, const StepTolerance& tolerance, std::size_t lanes,
                 ReactionBatch& batch);

/// First-order decay over a step.
struct LoneDecay {
  LoneDecay(double decay, double dt);

  double rate = 0;  ///< times the step
  double lost = 0;  ///< share that decays
  double kept = 1;  ///< share left of what comes evenly during the step
};

/// A species without channels whose losses are linear: c' = source - (uptake + decay) c, exactly.
void react_alone(const LoneDecay& decay, std::size_t lanes, ReactionBatch& batch);

}  // namespace interstice
