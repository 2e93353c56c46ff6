/// @file
/// What a reaction network cannot change: the left null space of its stoichiometric matrix.
#pragma once

#include <vector>

#include "engine/fields/chemistry.h"

namespace interstice {

/// Stoichiometric matrix, [reaction][species], products positive.
[[nodiscard]] std::vector<std::vector<double>> stoichiometric_matrix(const Chemistry& chemistry,
                                                                     std::size_t species_count);

/// Basis of the conserved moieties: each is one weight per species whose weighted sum no reaction changes.
[[nodiscard]] std::vector<std::vector<double>> conserved_moieties(const Chemistry& chemistry,
                                                                  std::size_t species_count);

}  // namespace interstice
