/// @file
/// The purine network written out by hand and integrated by Boost.odeint's rosenbrock4, an implicit method of its own.
/// A separate library in C++17, because uBLAS of Boost 1.74 does not compile as C++20.
#pragma once

#include <array>

namespace interstice::oracle {

/// Rate constants of ATP -> ADP -> AMP -> adenosine -> gone.
struct PurineKinetics {
  double k_ATP = 0, k_ADP = 0, k_ado = 0;  ///< first order [1/s]
  double cd39 = 0, cd73 = 0;               ///< vmax [uM/s]
};

/// ATP, ADP, AMP and adenosine [uM] after `time` [s], at relative tolerance 1e-9.
std::array<double, 4> integrate(const PurineKinetics& kinetics, std::array<double, 4> start, double time);

}  // namespace interstice::oracle
