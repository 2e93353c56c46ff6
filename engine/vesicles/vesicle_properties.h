/// @file
/// What a vesicle is born with: size, hence diffusivity; surface proteins; how long it would escape clearance.
/// All keyed by the vesicle's id, so that a vesicle is the same in every arm of a comparison.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "engine/core/noise.h"
#include "engine/vesicles/vesicles.h"

namespace interstice {

/// Lives against clearance are counted in whole quanta, which a float holds exactly; the steps of turn_over_vesicles
/// take whole quanta away, so that small steps add up to the right rate.
inline constexpr double kClearanceQuantum = 0x1p-11;

/// D = kT / (3 pi eta d) [um^2/s] (Einstein 1905) for a diameter in nm, temperature in K, viscosity in Pa s.
double stokes_einstein(double diameter, double temperature, double viscosity);

/// Log-normal diameter [nm]. `size_bias` p draws from the distribution weighted by d^p.
double draw_diameter(const VesicleClass& klass, const Noise& noise, AgentId id, double size_bias = 0);

/// Those that diffuse into a patch arrive in proportion to sqrt(D), that is d^(-1/2).
inline constexpr double kArrivalSizeBias = -0.5;

/// Mean of sqrt(D) over the size distribution, D in water [um/sqrt(s)].
double mean_root_diffusivity(const VesicleClass& klass);

/// Mean of D over the size distribution, in water [um^2/s].
double mean_diffusivity(const VesicleClass& klass);

/// Share of their activity that enzymes on vesicles have at `time` [s].
double enzyme_activity(const VesicleClass& klass, double time);

/// Makes every array this long; what is new holds nothing yet. Grows by little more than it must.
void resize_vesicles(Vesicles& vesicles, std::size_t size);

/// Makes the vesicles from `first` on free ones with everything that follows from their ids, which is all but where
/// they are.
void make_vesicles(Vesicles& vesicles, std::size_t first, VesicleClassId klass, const VesicleClass& properties,
                   const Noise& noise, std::span<const AgentId> ids, double size_bias = 0);

/// The same of one, at a position.
void place_vesicle(Vesicles& vesicles, std::size_t v, VesicleClassId klass, const VesicleClass& properties,
                   const Noise& noise, AgentId id, Vec3 position, double size_bias = 0);

/// Appends one free vesicle.
void append_vesicle(Vesicles& vesicles, VesicleClassId klass, const VesicleClass& properties, const Noise& noise,
                    AgentId id, Vec3 position, double size_bias = 0);

/// visit(v) for those of [begin, end) that are on or in a cell. Where most are free, eight are passed over at a time.
template <class Visit>
void for_each_bound(const Vesicles& vesicles, std::size_t begin, std::size_t end, Visit visit) {
  static_assert(static_cast<int>(VesicleState::free) == 0);
  const VesicleState* state = vesicles.state.data();
  while (begin < end) {
    std::uint64_t eight = 1;
    if (end - begin >= sizeof eight) std::memcpy(&eight, state + begin, sizeof eight);
    const std::size_t stop = std::min(end, begin + sizeof eight);
    for (; eight != 0 && begin < stop; ++begin)
      if (state[begin] != VesicleState::free) visit(begin);
    begin = stop;
  }
}

/// Removes those listed, in ascending order. The last ones move into the gaps, so that the cost goes with the number
/// removed; the new order follows from the list alone.
void drop_vesicles(Vesicles& vesicles, std::span<const std::size_t> gone);
/// Keeps the vesicles with keep[v] != 0.
void keep_vesicles(Vesicles& vesicles, const std::vector<std::uint8_t>& keep);

}  // namespace interstice
