/// @file
/// Slow reference for complement attack: one well-mixed compartment, written from the equations alone, integrated by
/// Boost.odeint. EVs are a distribution over the CD59 copies that they have left (master equation), not agents.
#pragma once

#include <vector>

namespace interstice::oracle {

struct AttackSetup {
  double input = 2e11, load_time = 1800;       ///< C5b-6 in all [1/ml], added evenly over [s]
  double tau7 = 60;                            ///< [s]
  double cells = 2e6, evs = 1e10;              ///< [1/ml]
  double cell_cd59 = 2e4, ev_cd59 = 20;        ///< copies per cell; Poisson mean per EV
  double k_cell = 1508, k_ev = 25.8;           ///< [um^3/s]
  double kinh = 9e-4, k9a = 0.01, k8 = 0.037;  ///< [um^2/s, 1/s, 1/s]
  double cell_area = 400, ev_area = 0.0477;    ///< [um^2]
  double pore_time = 30, pore_life = 866;      ///< [s]
};

struct AttackPoint {
  double time = 0;
  double c = 0;                                                          ///< fluid C5b-7 [1/um^3]
  double pores = 0, pores_made = 0, cell_cd59 = 0, blocked_on_cell = 0;  ///< per cell
  double intact = 1;                                                     ///< share of EVs
  double captured = 0, blocked = 0;                                      ///< per EV
};

/// States at the given times [s], ascending.
std::vector<AttackPoint> attack(const AttackSetup& setup, const std::vector<double>& times);

}  // namespace interstice::oracle
