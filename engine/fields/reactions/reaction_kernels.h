/// @file
/// What the chemistry does to the kBatch voxels of a batch at once (reaction_batch.h), with the same bits for every
/// instruction set. Rates are those of a whole substep, so that they are extents.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/fields/reactions/reaction_batch.h"

namespace interstice {

inline constexpr double kUsualTurnover = 0.14;  ///< share consumed at which the error of a decay is 2e-5

/// x <- extents of a substep of h [s] at the rates of c.
void evaluate(const Cluster& cluster, double h, const ReactionBatch& b, const LaneArray* c, LaneArray* x);

/// What an Euler substep showed.
struct Pace {
  bool moved = false;  ///< some species by more than the limit: Euler's method is too coarse
  bool fast = false;   ///< some species would be consumed by more than the usual share
};

/// next <- Euler step from now with the extents rate[0], not below zero.
[[nodiscard]] Pace euler(const ReactionBatch& b, double limit, const LaneArray* now, LaneArray* next);

/// to <- from + N x + source; says whether that is negative or differs from `other` by more than `limit`, relative to
/// the larger of old and new concentration.
[[nodiscard]] bool advance(const ReactionBatch& b, const LaneArray* from, const LaneArray* x, double limit,
                           const LaneArray* other, LaneArray* to);

/// x <- weight (x + share y), active extents.
void combine(const ReactionBatch& b, double weight, double share, LaneArrays& x, const LaneArrays& y);

/// Largest share of any species that each voxel would consume by the extents rate[0].
void turnover_of(const ReactionBatch& b, const LaneArray* now, LaneArray& turnover);

/// middle <- the mean of now and better, not below zero.
void to_middle(const ReactionBatch& b, const LaneArray* now, LaneArray* middle);

/// Multiplies those of the arrays that are wanted (wanted[offset] belongs to the first).
void scale(LaneArrays& arrays, const std::vector<std::uint8_t>& wanted, std::size_t offset, double by);

/// A lone species that no agent takes up.
void decay_with_source(const LoneDecay& decay, ReactionBatch& b);

}  // namespace interstice
