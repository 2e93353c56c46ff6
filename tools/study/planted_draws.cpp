/// @file
/// Which worlds are planted: parameters from their ranges, until one way of acting does what its kind says.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/core/error.h"
#include "engine/core/name_key.h"
#include "engine/core/noise.h"
#include "engine/statistics/marginal.h"
#include "tools/study/planted_worlds.h"

namespace interstice::cli {
namespace {

struct Ranged {
  double PlantedParameters::*member;
  double low, high;
};

/// As the scenarios of joints, wells and tissue have them.
constexpr std::array kRanges{
    Ranged{&PlantedParameters::vesicles, 1e-3, 10},     Ranged{&PlantedParameters::half_life, 7.2e3, 1.2e6},
    Ranged{&PlantedParameters::cells, 1e-6, 2e-4},      Ranged{&PlantedParameters::copies_CD73, 0.5, 50},
    Ranged{&PlantedParameters::kcat_CD73, 10, 500},     Ranged{&PlantedParameters::Km_CD73, 3, 60},
    Ranged{&PlantedParameters::Ki_ADP, 0.05, 5},        Ranged{&PlantedParameters::Ki_ATP, 0.4, 10},
    Ranged{&PlantedParameters::copies_CD39, 0.02, 5},   Ranged{&PlantedParameters::kcat_CD39, 5, 300},
    Ranged{&PlantedParameters::host_CD73, 3e-4, 0.3},   Ranged{&PlantedParameters::host_ATPase, 1e-3, 0.3},
    Ranged{&PlantedParameters::host_ADPase, 2e-3, 0.6}, Ranged{&PlantedParameters::loss, 1e-3, 0.1},
    Ranged{&PlantedParameters::washout, 1e-5, 2e-3},    Ranged{&PlantedParameters::ATP, 0.1, 20},
    Ranged{&PlantedParameters::AMP, 0.01, 10},          Ranged{&PlantedParameters::source, 1e-4, 0.05},
    Ranged{&PlantedParameters::source_time, 600, 1e6},  Ranged{&PlantedParameters::K_A2A, 0.1, 3},
    Ranged{&PlantedParameters::t_kinase, 180, 1800},    Ranged{&PlantedParameters::reactivity, 2e-4, 0.6},
    Ranged{&PlantedParameters::desorption, 1e-4, 1e-2}, Ranged{&PlantedParameters::internalisation, 1e-4, 5e-3},
    Ranged{&PlantedParameters::lysis, 8e-6, 1.9e-4},    Ranged{&PlantedParameters::release, 1e-3, 0.3},
    Ranged{&PlantedParameters::recycled, 0, 0.6},       Ranged{&PlantedParameters::cargo, 0.1, 100},
    Ranged{&PlantedParameters::threshold, 100, 1e4},    Ranged{&PlantedParameters::half_signal, 5, 500}};

constexpr int kMostTries = 5000;
constexpr std::size_t kLate = 1;  ///< the horizon by which a kind is judged

/// Uniform numbers of one world.
class Draws {
 public:
  Draws(std::string_view what, std::uint64_t seed, std::uint64_t index)
      : noise_(seed), id_(name_key(what)), index_(index) {}
  [[nodiscard]] double uniform(int attempt, std::size_t which) const {
    return noise_.uniform(Stream::design, child_id(id_, index_), static_cast<std::uint64_t>(attempt),
                          static_cast<std::uint32_t>(which));
  }
  [[nodiscard]] PlantedParameters parameters(int attempt) const {
    PlantedParameters p;
    for (std::size_t k = 0; k < kRanges.size(); ++k)
      p.*kRanges[k].member = Marginal::over_range(kRanges[k].low, kRanges[k].high).quantile(uniform(attempt, k));
    return p;
  }
  /// Replicates of joints scatter by 0.01 after a day, by less within minutes, and effects by some per cent.
  void add_noise(PlantedWorld& world) const {
    const auto within = [this](double low, double high, std::size_t which) {
      return low * std::pow(high / low, uniform(kMostTries, which));
    };
    world.noise = {within(3e-4, 0.01, 0), within(3e-3, 0.05, 1)};
    world.scatter = within(0.02, 0.2, 2);
  }

 private:
  Noise noise_;
  AgentId id_;
  std::uint64_t index_;
};

double size_of(const PlantedTruth& truth, PlantedArm arm) { return std::abs(truth.effect(arm)[kLate]); }

/// Cargo per EV with which uptake does as much as enzymes do; false where none within its range does.
bool balance(PlantedParameters& p) {
  const double wanted = size_of(PlantedTruth(p), PlantedArm::enzymes);
  if (wanted < 0.05) return false;
  // More cargo per EV is a larger factor of release where release can grow so far: found without solving anew.
  PlantedParameters scaled = p;
  scaled.cargo = 100;
  const PlantedTruth most(scaled);
  const auto factor = most.break_even(kLate, 1e-3, 1);
  if (!factor || *factor <= 1e-3) return false;
  p.cargo = 100 * *factor;
  return true;
}

/// Leaves the ways of a kind; false where they do too little, or too much for `none`.
bool make(PlantedKind kind, PlantedParameters& p) {
  constexpr double kCounts = 0.05, kNothing = 0.04;
  if (kind == PlantedKind::none) {
    const PlantedTruth truth(p);
    return std::max({size_of(truth, PlantedArm::uptake), size_of(truth, PlantedArm::contact),
                     size_of(truth, PlantedArm::enzymes)}) < kNothing;
  }
  if (kind != PlantedKind::uptake && kind != PlantedKind::both) p.w_cargo = 0;
  if (kind != PlantedKind::contact) p.w_contact = 0;
  if (kind != PlantedKind::extracellular && kind != PlantedKind::both) p.w_A2A = 0;
  if (kind == PlantedKind::both) return balance(p);
  constexpr std::array kArms{PlantedArm::uptake, PlantedArm::contact, PlantedArm::enzymes};
  return size_of(PlantedTruth(p), kArms.at(static_cast<std::size_t>(kind))) >= kCounts;
}

template <class Accept>
PlantedWorld draw(std::string_view what, std::uint64_t seed, std::uint64_t index, const Accept& accept) {
  const Draws draws(what, seed, index);
  for (int attempt = 0; attempt < kMostTries; ++attempt) {
    PlantedWorld world{.centre = draws.parameters(attempt)};
    if (!accept(world.centre)) continue;
    draws.add_noise(world);
    return world;
  }
  throw InputError(
      fmt::format("no world of the kind {} was found (in {} tries) take another --seed", what, kMostTries));
}

}  // namespace

PlantedWorld draw_world(PlantedKind kind, std::uint64_t seed, std::uint64_t index) {
  constexpr std::array<std::string_view, kPlantedKinds> kNames{"uptake", "contact", "extracellular", "none", "both"};
  PlantedWorld world = draw(kNames.at(static_cast<std::size_t>(kind)), seed, index,
                            [kind](PlantedParameters& p) { return make(kind, p); });
  world.kind = kind;
  return world;
}

PlantedWorld draw_break_even_world(std::uint64_t seed, std::uint64_t index) {
  PlantedWorld world = draw("break-even", seed, index, [](PlantedParameters& p) {
    p.w_contact = 0;
    const PlantedTruth truth(p);
    if (size_of(truth, PlantedArm::enzymes) < 0.05) return false;
    const auto factor = truth.break_even(kLate, kLeastFactor, kMostFactor);
    return factor && *factor > kLeastFactor;
  });
  world.kind = PlantedKind::both;
  return world;
}

}  // namespace interstice::cli
