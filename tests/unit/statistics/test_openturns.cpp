/// @file
/// Sensitivities and rank correlations against those that OpenTURNS computes from the same points and values.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdlib>
#include <fstream>
#include <iomanip>

#include "engine/statistics/rank_correlation.h"
#include "engine/statistics/sensitivity.h"
#include "support/temporary_directory.h"
#include "unit/statistics/known_functions.h"

namespace interstice {
namespace {

using test::values_of;

/// A table with all digits: the factors of each point, then what belongs to it.
void write_points(const std::filesystem::path& path, const std::vector<FactorValues>& points,
                  const std::vector<double>& value) {
  std::ofstream file(path);
  file << std::setprecision(17);
  for (std::size_t p = 0; p < points.size(); ++p) {
    for (const double x : points[p]) file << x << ',';
    file << value[p] << '\n';
  }
}

/// tests/unit/statistics/check_openturns.py over the tables of a directory; Debian's Python has Debian's modules.
int exit_code_of_check(const std::filesystem::path& directory) {
  const std::string script = INTERSTICE_SOURCE_DIR "/tests/unit/statistics/check_openturns.py";
  return WEXITSTATUS(std::system(("/usr/bin/python3 " + script + " " + directory.string()).c_str()));
}

void write_indices(const std::filesystem::path& path, const SobolIndices& indices) {
  std::ofstream file(path);
  file << std::setprecision(17) << indices.variance << ",0\n";
  for (const SobolIndex& index : indices.index) file << index.first.mean << ',' << index.total.mean << '\n';
}

/// Tables of a design, its values and what this engine makes of them.
void write_tables(const std::filesystem::path& directory) {
  const SaltelliDesign design = saltelli_design(test::g_space(), 300, 4);
  const std::vector<double> value = values_of(test::g_function, design.point);
  write_points(directory / "saltelli.csv", design.point, value);
  write_indices(directory / "saltelli_indices.csv", sobol_indices(design, value, 1, "g", FirstOrder::saltelli));
  write_indices(directory / "jansen_indices.csv", sobol_indices(design, value, 1, "g", FirstOrder::jansen));

  const FactorSpace space = test::ishigami_space();
  const std::vector<FactorValues> points = latin_hypercube(space, 200, 2);
  const std::vector<double> output = values_of(test::ishigami, points);
  write_points(directory / "ranked.csv", points, output);
  std::ofstream file(directory / "ranked_correlations.csv");
  file << std::setprecision(17);
  for (const RankCorrelation& factor : rank_correlations(space.names(), points, output).factor)
    file << factor.spearman.mean << ',' << factor.partial.mean << '\n';
}

TEST(OpenTurns, FindsTheSameSensitivities) {
  const test::TemporaryDirectory directory;
  write_tables(directory.path());
  const int code = exit_code_of_check(directory.path());
  if (code == 77 && std::getenv("CI") == nullptr) GTEST_SKIP() << "python3-openturns is not installed";
  EXPECT_EQ(code, 0);
}

TEST(OpenTurns, SeesAWrongIndex) {
  const test::TemporaryDirectory directory;
  write_tables(directory.path());
  std::ofstream(directory.path() / "ranked_correlations.csv") << "0.1,0.1\n0.1,0.1\n0.1,0.1\n";
  const int code = exit_code_of_check(directory.path());
  if (code == 77 && std::getenv("CI") == nullptr) GTEST_SKIP() << "python3-openturns is not installed";
  EXPECT_EQ(code, 1);
}

}  // namespace
}  // namespace interstice
