/// @file
/// Conserved moieties by exact elimination.
#include "engine/fields/reactions/conserved.h"

#include <Eigen/Dense>

namespace interstice {

std::vector<std::vector<double>> stoichiometric_matrix(const Chemistry& chemistry, std::size_t species_count) {
  std::vector<std::vector<double>> matrix;
  for (const Reaction& reaction : chemistry.reactions) {
    std::vector<double>& row = matrix.emplace_back(species_count, 0.0);
    for (const Stoichiometry& reactant : reaction.reactants) row[index(reactant.species)] -= reactant.coefficient;
    for (const Stoichiometry& product : reaction.products) row[index(product.species)] += product.coefficient;
  }
  return matrix;
}

std::vector<std::vector<double>> conserved_moieties(const Chemistry& chemistry, std::size_t species_count) {
  const auto rows = stoichiometric_matrix(chemistry, species_count);
  const auto n = static_cast<Eigen::Index>(species_count);
  // One row of zeros keeps Eigen away from empty matrices: without reactions every species is conserved.
  Eigen::MatrixXd matrix = Eigen::MatrixXd::Zero(static_cast<Eigen::Index>(rows.size()) + 1, n);
  for (std::size_t r = 0; r < rows.size(); ++r) {
    for (Eigen::Index s = 0; s < n; ++s) matrix(static_cast<Eigen::Index>(r), s) = rows[r][static_cast<std::size_t>(s)];
  }
  const Eigen::FullPivLU<Eigen::MatrixXd> lu(matrix);
  std::vector<std::vector<double>> moieties;
  if (lu.dimensionOfKernel() == 0) return moieties;
  const Eigen::MatrixXd kernel = lu.kernel();
  for (Eigen::Index k = 0; k < kernel.cols(); ++k) {
    moieties.emplace_back(kernel.col(k).data(), kernel.col(k).data() + n);
  }
  return moieties;
}

}  // namespace interstice
