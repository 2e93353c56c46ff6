/// @file
/// Physical constants and the native units: um, s, molecules, uM for field concentrations.
#pragma once

#include <numbers>

namespace interstice {

inline constexpr double kPi = std::numbers::pi;
inline constexpr double kBoltzmann = 1.380649e-23;  ///< [J/K], exact (SI 2019)
inline constexpr double kAvogadro = 6.02214076e23;  ///< [1/mol], exact (SI 2019)
inline constexpr double kMoleculesPerFmol = kAvogadro * 1e-15;
inline constexpr double kMoleculesPerUmCubedPerMicromolar = 602.214076;  ///< 1 uM in [molecules/um^3]

}  // namespace interstice
