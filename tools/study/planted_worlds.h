/// @file
/// Trials of the answers of studies on worlds of which the truth is known: in each, one way of acting makes the
/// effects, with parameters drawn from their ranges; they are measured with the scatter of replicates, as the runs of a
/// study are; and the functions that make verdicts and break-even factors of studies are applied to what was measured.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "engine/model/registry.h"
#include "engine/study/study.h"
#include "tools/study/planted_model.h"

namespace interstice::cli {

struct PlantedSettings {
  std::uint64_t worlds = 500, seed = 1;
  std::uint64_t points = 20, replicates = 4;  ///< of the study that looks at each
};

/// Which way of acting makes the effects.
enum class PlantedKind : std::uint8_t { uptake, contact, extracellular, none, both };
inline constexpr std::size_t kPlantedKinds = 5;

/// Between which factors of release a study looks for F*.
inline constexpr double kLeastFactor = 0.01, kMostFactor = 1000;

struct PlantedWorld {
  PlantedKind kind = PlantedKind::none;
  PlantedParameters centre;  ///< samples lie within threefold of it
  AtHorizons noise{};        ///< standard deviation between replicates of one arm, at the horizons
  double scatter = 0;        ///< of the size of effects between replicates, log-normal
};

/// World number `index` of its kind. Throws InputError where none can be found.
PlantedWorld draw_world(PlantedKind kind, std::uint64_t seed, std::uint64_t index);
/// A world in which uptake and enzymes both act, so that there is a break-even factor within the axis.
PlantedWorld draw_break_even_world(std::uint64_t seed, std::uint64_t index);

struct VerdictCounts {
  std::size_t right = 0, undetermined = 0, wrong = 0;
  [[nodiscard]] std::size_t all() const { return right + undetermined + wrong; }
};

struct PlantedCounts {
  std::array<VerdictCounts, kPlantedKinds> headline{};  ///< uptake or contact against the rest at the last horizon
  VerdictCounts contests;                               ///< all contests at all horizons
  std::map<std::string, std::size_t> mistakes;          ///< of the headline: what was said, and what is
  std::size_t intervals = 0, holding = 0, open = 0;     ///< of F*; open at an end
  double median_fold = 0;                               ///< upper over lower end of those that are closed
};

/// Plants worlds and counts how often the answers are true. A verdict is wrong where it names another hypothesis than
/// that of the exact effects at the same points, or, where those are undetermined, than what was planted.
PlantedCounts try_planted_worlds(const PlantedSettings& settings, const ModelRegistry& registry);

/// For the terminal.
std::string planted_page(const PlantedSettings& settings, const PlantedCounts& counts);

}  // namespace interstice::cli
