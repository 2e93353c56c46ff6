/// @file
/// Units: what the added ones mean, what is kept apart, and how mistakes are refused.

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "engine/core/error.h"
#include "engine/core/units.h"

namespace interstice {
namespace {

double convert(std::string_view text, std::string_view unit) { return parse_quantity(text).in(unit); }

TEST(Units, LengthsTimesAndPowersAreExact) {
  EXPECT_EQ(convert("10 um", "um"), 10.0);
  EXPECT_EQ(convert("0.1 mm", "um"), 100.0);
  EXPECT_EQ(convert("50 ms", "s"), 0.05);
  EXPECT_EQ(convert("30 min", "s"), 1800.0);
  EXPECT_EQ(convert("24 h", "s"), 86400.0);
  EXPECT_EQ(convert("1 day", "h"), 24.0);
  EXPECT_EQ(convert("100 ul", "um^3"), 1e11);
  EXPECT_EQ(convert("1 mL", "um^3"), 1e12);
  EXPECT_EQ(convert("1e4 /mm^3", "1/um^3"), 1e4 * 1e-9);
  EXPECT_EQ(convert("1 um^3", "um^3"), 1.0);
  EXPECT_EQ(parse_unit("um^3").scale, 1.0);
  EXPECT_EQ(parse_unit("1/h").scale, 1.0 / 3600);
  EXPECT_EQ(convert("1 %/h", "1/s"), 0.01 / 3600);
  EXPECT_EQ(convert("4 cm^2", "um^2"), 4e8);
}

TEST(Units, MolesMoleculesAndMolarConvert) {
  EXPECT_DOUBLE_EQ(parse_unit("uM").scale, 602.214076);
  EXPECT_DOUBLE_EQ(convert("1 uM", "molecule/um^3"), 602.214076);
  EXPECT_DOUBLE_EQ(convert("6.02214076e23 molecules", "mol"), 1.0);
  EXPECT_DOUBLE_EQ(convert("1 mM", "uM"), 1000.0);
  EXPECT_DOUBLE_EQ(convert("50 pM", "uM"), 50e-6);
  EXPECT_DOUBLE_EQ(convert("2 nM", "uM"), 2e-3);
  EXPECT_DOUBLE_EQ(convert("3 U", "umol/min"), 3.0);
  EXPECT_DOUBLE_EQ(convert("6.02214076e14 kDa", "ug"), 1.0);
  EXPECT_DOUBLE_EQ(convert("10 mU/ml", "uM/s"), 10e-3 / 1e-3 / 60);
  EXPECT_DOUBLE_EQ(convert("1 uM^-1 s^-1", "1/(uM s)"), 1.0);
}

TEST(Units, VesiclesCellsAndMoleculesAreDifferentThings) {
  EXPECT_EQ(convert("1e9 EV/ml", "EV/um^3"), 1e9 / 1e12);
  EXPECT_EQ(convert("1e10 EV/ug", "EV/ug"), 1e10);
  EXPECT_EQ(convert("5 cells", "cell"), 5.0);
  EXPECT_THROW(convert("1e9 cells/ml", "EV/ml"), InputError);
  EXPECT_THROW(convert("1 EV", "1"), InputError);
  EXPECT_THROW(convert("1 molecule", "EV"), InputError);
  EXPECT_THROW(convert("1 cell", "molecule"), InputError);
  EXPECT_THROW(convert("1 V", "EV"), InputError);
}

TEST(Units, TemperatureHasAnOffset) {
  EXPECT_DOUBLE_EQ(convert("37 degC", "K"), 310.15);
  EXPECT_DOUBLE_EQ(convert("310.15 K", "K"), 310.15);
  EXPECT_NEAR(convert("98.6 degF", "K"), 310.15, 1e-9);
}

TEST(Units, DimensionsMultiplyAndDivide) {
  const auto rate = parse_unit("um").dimension / parse_unit("s").dimension;
  EXPECT_EQ(rate, parse_unit("mm/h").dimension);
  EXPECT_EQ(rate * parse_unit("min").dimension, parse_unit("um").dimension);
  EXPECT_TRUE(parse_unit("%").dimension.dimensionless());
  EXPECT_TRUE(parse_unit("rad").dimension.dimensionless());
  EXPECT_FALSE(parse_unit("A").dimension.dimensionless());
}

TEST(Units, NumbersWithoutUnitAreDimensionless) {
  EXPECT_EQ(convert("0.5", "1"), 0.5);
  EXPECT_EQ(convert("-3", ""), -3.0);
  EXPECT_EQ(convert("5 %", "1"), 0.05);
  EXPECT_THROW(convert("0.5", "um"), InputError);
  EXPECT_EQ(convert("10um", "um"), 10.0);
  EXPECT_EQ(convert("1EV", "EV"), 1.0);
}

TEST(Units, NonsenseIsRefused) {
  for (const char* text :
       {"", "um", "ten um", "10 umm", "10 20 um", "100 1 um", "100 1um", "5 2/s", "10 um 3", "nan", "inf um",
        "1e999 um", "10 um since 2000", "10 lg(re 1 mW)", "--1 um", "10 degC/s @ 4", "5 (um", "3 um^999", "10 ;"})
    EXPECT_THROW(parse_quantity(text), InputError) << text;
}

TEST(Units, ErrorNamesBothUnits) {
  try {
    convert("3 h", "um");
    FAIL();
  } catch (const InputError& e) {
    EXPECT_NE(std::string(e.what()).find("'h'"), std::string::npos);
    EXPECT_NE(std::string(e.what()).find("'um'"), std::string::npos);
  }
}

TEST(Units, ManyThreadsMayAskAtOnce) {
  std::vector<std::thread> threads;
  std::vector<double> sum(8, 0.0);
  for (int t = 0; t < 8; ++t)
    threads.emplace_back([t, &sum] {
      for (int i = 1; i < 40; ++i)
        sum[t] += convert("2 um^" + std::to_string(i % 9 + 1) + "/s", "um^" + std::to_string(i % 9 + 1) + "/s");
    });
  for (auto& t : threads) t.join();
  for (const double s : sum) EXPECT_EQ(s, 78.0);
}

}  // namespace
}  // namespace interstice
