/// @file
/// Which of two ways of acting does more: effects on the shared phenotype over paired replicates, compared by their
/// bootstrap samples.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace interstice {

/// In the order in which it is asked. What an answer needs must hold in kMostSamples of the bootstrap samples.
enum class Preference : std::uint8_t {
  neither,       ///< both effects are below kNegligible
  first,         ///< the first is more than kClearly times the second
  second,        ///< the other way round
  equivalent,    ///< neither is
  undetermined,  ///< none of these, or a single replicate
};
std::string_view name_of(Preference preference);

inline constexpr double kNegligible = 0.05;  ///< effect that counts as none; smaller ones count as this in ratios
inline constexpr double kClearly = 3;        ///< ratio
inline constexpr double kMostSamples = 0.8;  ///< share

/// Which of two sizes of effects is more, by the rule above; never undetermined.
[[nodiscard]] Preference answer_of(double first, double second);

/// The effect of an arm in each replicate: signed, of the phenotype.
using ArmEffects = std::vector<double>;

struct Judgement {
  Preference preference = Preference::undetermined;
  double share = 0;              ///< of the samples that say so; of an undetermined one, the largest of any answer
  double first = 0, second = 0;  ///< mean effect of the strongest arm of each side, signed
  double ratio = 1;              ///< of their sizes, first over second, median of the samples
  std::size_t replicates = 0;
};

/// The strongest arm of a side, in each sample, stands for it. All arms have the same replicates in the same order,
/// which are drawn together (2000 resamples, a pure function of seed and key). Needs an arm on each side and a
/// replicate.
Judgement judge(std::span<const ArmEffects> first, std::span<const ArmEffects> second, std::uint64_t seed,
                std::string_view key);

}  // namespace interstice
