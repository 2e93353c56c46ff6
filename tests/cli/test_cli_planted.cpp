// labels: slow
/// @file
/// Verdicts and break-even factors of studies on worlds of which the truth is known: as often right as they say.
#include <regex>

#include "cli/command.h"
#include "engine/statistics/proportion.h"

namespace interstice::test {
namespace {

class PlantedWorlds : public CommandTest {};

/// The number before this text in what was said.
double number_before(const std::string& text, const std::string& what) {
  std::smatch found;
  EXPECT_TRUE(std::regex_search(text, found, std::regex("([0-9.]+) " + what))) << what << "\n" << text;
  return found.empty() ? -1 : std::stod(found[1]);
}

// With N worlds a count is outside the bounds where its exact interval leaves no share that is allowed.
TEST_F(PlantedWorlds, SeldomMakeVerdictsWrongAndHoldTheirFactors) {
  const Said said = interstice("verdict --planted 150 --seed 3");
  ASSERT_EQ(said.code, 0) << said.err;
  std::smatch found;
  ASSERT_TRUE(std::regex_search(said.out, found, std::regex("^([0-9]+) of ([0-9]+) verdicts on planted worlds")))
      << said.out;
  const Estimate wrong = binomial_share(std::stoul(found[1]), std::stoul(found[2]));
  EXPECT_EQ(wrong.n, 150U);
  EXPECT_LE(wrong.low, 0.05) << said.out;
  ASSERT_TRUE(std::regex_search(said.out, found, std::regex("true one in ([0-9]+) of ([0-9]+)"))) << said.out;
  const Estimate holding = binomial_share(std::stoul(found[1]), std::stoul(found[2]));
  EXPECT_EQ(holding.n, 150U);
  EXPECT_GE(holding.high, 0.93) << said.out;
  EXPECT_LE(holding.low, 0.97) << said.out;
  EXPECT_GE(number_before(said.out, "of 150 verdicts are determined"), 50) << said.out;  // they answer, too
}

TEST_F(PlantedWorlds, AreTheSameForTheSameSeed) {
  const std::string once = interstice("verdict --planted 10 --seed 5").out;
  EXPECT_EQ(interstice("verdict --planted 10 --seed 5").out, once);
  EXPECT_NE(interstice("verdict --planted 10 --seed 6").out, once);
}

TEST_F(PlantedWorlds, AreNoStudy) {
  EXPECT_EQ(interstice("verdict").code, 2);
  EXPECT_EQ(interstice("verdict tiny.yaml --planted 10").code, 2);
  EXPECT_EQ(interstice("verdict --seed 3").code, 2);
  EXPECT_TRUE(has(interstice("verdict").err, "one of them is needed"));
}

}  // namespace
}  // namespace interstice::test
