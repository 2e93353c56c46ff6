/// @file
/// Columns that a scenario can do without, and formulas without what cannot matter.
#include <gtest/gtest.h>

#include <cmath>

#include "engine/scenario/build/idle_columns.h"
#include "unit/cells/cell_world.h"

namespace interstice {
namespace {

using testing::CellWorld;
using Names = std::vector<std::string>;

/// A type whose columns are fed from each other: signal -> a -> b, with u read by b's gain only.
class FindingIdleColumns : public ::testing::Test {
 protected:
  void column(const std::string& name, const Distribution& initial, const std::string& gain, const std::string& loss) {
    const ColumnId id = world_.add_column(name);
    dynamics_.push_back({id, initial, gain, loss});
  }
  /// Formulas may name columns that come later: they are compiled once all are there.
  CellTable table(const std::string& hazard = "0 [1/s]") {
    CellType type;
    type.name = "cell";
    type.states.resize(1);
    for (const auto& [id, initial, gain, loss] : dynamics_)
      type.columns.push_back({id, initial, world_.formula(gain, "1/s"), world_.formula(loss, "1/s")});
    type.states[0].transitions.push_back({.target = 0, .hazard = world_.formula(hazard, "1/s"), .when = {}});
    return {{type}, world_.columns, world_.species.size()};
  }

  struct Text {
    ColumnId column;
    Distribution initial;
    std::string gain, loss;
  };
  CellWorld world_;
  std::vector<Text> dynamics_;
  const Distribution zero_{Distribution::Kind::constant, 0, 1};
  const Distribution uniform_{Distribution::Kind::uniform, 0, 1};
};

TEST_F(FindingIdleColumns, WhatNothingFeedsIsFoundThroughCyclesAndWhatOnlyItReadsToo) {
  column("u", uniform_, "0 [1/s]", "0 [1/s]");
  column("a", zero_, "b / 2 [s]", "1 / 3 [s]");
  column("b", zero_, "(a > 0) * (u < 0.5) / 1 [s]", "0 [1/s]");
  column("clock", zero_, "1 / 1 [s]", "0 [1/s]");
  const CellTable one = table();
  EXPECT_EQ(idle_columns({&one, 1}, {}), (Names{"a", "b", "u"}));
  EXPECT_EQ(idle_columns({&one, 1}, Names{"b"}), (Names{})) << "a model may write b, which feeds a and reads u";
  EXPECT_EQ(idle_columns({&one, 1}, Names{"u"}), (Names{"a", "b"}));
}

TEST_F(FindingIdleColumns, WhatASignalOrAFirstValueFeedsStays) {
  world_.add_species("signal");
  column("a", zero_, "H(signal, 1 [uM]) / 1 [s]", "0 [1/s]");
  column("b", zero_, "a / 1 [s]", "0 [1/s]");
  column("decays", {Distribution::Kind::constant, 2, 1}, "0 [1/s]", "1 / 1 [s]");
  column("marker", {Distribution::Kind::constant, 2, 1}, "0 [1/s]", "0 [1/s]");
  const CellTable one = table();
  EXPECT_EQ(idle_columns({&one, 1}, {}), (Names{})) << "a number that no formula names is there to be looked at";
  const CellTable read = table("marker / 1 [s]");
  EXPECT_EQ(idle_columns({&read, 1}, {}), (Names{}));
}

TEST_F(FindingIdleColumns, OnlyWhatNoArmNeedsIsLeftOut) {
  column("a", zero_, "0 [1/s]", "0 [1/s]");
  column("b", zero_, "a / 1 [s]", "0 [1/s]");
  const std::vector<CellTable> alike{table(), table()};
  EXPECT_EQ(idle_columns(alike, {}), (Names{"a", "b"}));
  CellTable treated = table();
  treated.types[0].columns[0].initial.a = 1;
  EXPECT_EQ(idle_columns(std::vector<CellTable>{table(), treated}, {}), (Names{}));
}

TEST_F(FindingIdleColumns, CountersOfDivisionsStay) {
  column("divisions", zero_, "0 [1/s]", "0 [1/s]");
  world_.columns[0].at_division = AtDivision::increment;
  const CellTable one = table("(divisions > 3) / 1 [s]");
  EXPECT_EQ(idle_columns({&one, 1}, {}), (Names{}));
}

// What newcomers bring along is no first value, nor does it change afterwards: it is neither idle nor unread.
TEST_F(FindingIdleColumns, WhatNewcomersBringStays) {
  column("licence", zero_, "0 [1/s]", "0 [1/s]");
  column("idle", zero_, "0 [1/s]", "0 [1/s]");
  column("marked", {Distribution::Kind::constant, 2, 1}, "0 [1/s]", "0 [1/s]");
  const auto with = [this](const std::string& rate, const std::string& licence) {
    CellTable one = table("licence * idle * marked / 1 [s]");
    one.types[0].states[0].recruits.push_back(
        {.type = CellTypeId{0},
         .rate = world_.formula(rate, "cell/s"),
         .bring = {{ColumnId{0}, world_.formula(licence, "1")}, {ColumnId{1}, world_.formula("idle", "1")}}});
    return one;
  };
  CellTable one = with("1 [cell/h]", "0.5");
  EXPECT_EQ(idle_columns({&one, 1}, {}), (Names{"idle", "marked"})) << "the hazard is 0 all the same";
  const CellTable nobody = with("idle * 1 [cell/h]", "0.5");
  EXPECT_EQ(idle_columns({&nobody, 1}, {}), (Names{"licence", "idle", "marked"}));
  const CellTable nothing = with("1 [cell/h]", "idle");
  EXPECT_EQ(idle_columns({&nothing, 1}, {}), (Names{"licence", "idle", "marked"}));
  EXPECT_EQ(idle_columns(std::vector<CellTable>{nothing, one}, {}), (Names{"idle", "marked"})) << "all arms count";
  drop_columns(one.types, one.columns, one.species, Names{"idle", "marked"});
  ASSERT_EQ(one.types[0].states[0].recruits[0].bring.size(), 1u);
  EXPECT_EQ(index(one.types[0].states[0].recruits[0].bring[0].column), 0u);
}

TEST_F(FindingIdleColumns, DroppingKeepsWhatIsLeftInPlace) {
  world_.add_species("signal");
  column("a", zero_, "0 [1/s]", "0 [1/s]");
  column("b", zero_, "(H(signal, 1 [uM]) + a * age_in_state / 1 [s]) / 2 [s]", "1 / 4 [s]");
  column("c", zero_, "any(a, b) / 1 [s]", "a / 1 [s]");
  CellTable one = table("(b + c*contacts_cell) / 1 [s]");
  one.types[0].states[0].transitions.push_back({.target = 0, .hazard = world_.formula("a / 1 [s]", "1/s"), .when = {}});
  drop_columns(one.types, one.columns, one.species, Names{"a"});
  ASSERT_EQ(one.columns.size(), 2u);
  const CellType& type = one.types[0];
  ASSERT_EQ(type.columns.size(), 2u);
  EXPECT_EQ(index(type.columns[1].column), 1u);
  // signal, b, c, ev_bound, ev_internal, age, state, time, x, y, z, contacts
  const std::vector<double> values{1, 0.25, 0.5, 0, 0, 99, 0, 0, 0, 0, 0, 4};
  EXPECT_EQ(type.columns[0].gain(values), 0.25);
  EXPECT_EQ(type.columns[1].gain(values), 0.25);
  EXPECT_TRUE(type.columns[1].loss.always_zero());
  ASSERT_EQ(type.states[0].transitions.size(), 1u) << "a hazard that is always 0 goes";
  EXPECT_EQ(type.states[0].transitions[0].hazard(values), 2.25);
}

// Formulas of every operation, with each of their symbols 0 in turn: simplified, they give what they gave.
TEST(SimplifiedFormula, GivesTheSameNumber) {
  CellWorld world;
  for (const char* name : {"a", "b", "c"}) world.add_column(name);
  std::vector<double> values(world.columns.size() + 9, 0.0);
  for (const char* text : {"a + b*c",
                           "a - b - c",
                           "(a + b) * c",
                           "a / (1 + b) - c/2",
                           "any(a, b, c)",
                           "all(a, b, 1 - c)",
                           "min(a, b, c)",
                           "max(a, b) - c",
                           "clip(a, b, 1 + c)",
                           "H(a, 1 + b, 1 + c)",
                           "H(1 + a, b + 0.5)",
                           "exp(a*b) - c",
                           "pow(a + b, 2)",
                           "a > b and c > 0",
                           "a > b or not (c > 0)",
                           "-a + (b <= c)",
                           "1*a*1 + 0*b + c/1",
                           "any(a, 0) + all(b, 1)",
                           "0 / (1 + a) + b",
                           "(1 - 0.7*a) * (1 - 0.7*b) * (c >= 0.5)"})
    for (int zeros = 0; zeros < 8; ++zeros) {
      std::vector<char> flags;
      for (int k = 0; k < 3; ++k) {
        flags.push_back((zeros >> k & 1) != 0);
        values[static_cast<std::size_t>(k)] = flags.back() != 0 ? 0 : 0.3 + 0.21 * k;
      }
      const Expression formula = world.formula(text, "1"), simple = formula.simplified(flags);
      EXPECT_EQ(formula(values), simple(values)) << text << " " << zeros;
      for (const std::size_t symbol : simple.symbols_used()) EXPECT_EQ(flags[symbol], 0) << text << " " << zeros;
      EXPECT_EQ(simple.text(), text);
    }
}

TEST(SimplifiedFormula, DropsWhatAZeroDecidesAndNoMore) {
  CellWorld world;
  for (const char* name : {"a", "b"}) world.add_column(name);
  const std::vector<char> flags{1, 0};
  const auto simple = [&](const char* text) { return world.formula(text, "1").simplified(flags); };
  for (const char* text : {"a*b", "b*a*exp(b)", "a/b", "H(a, 1 + b)", "all(b, a)", "a and b", "(a > 0)*(b < 0.5)"})
    EXPECT_TRUE(simple(text).always_zero()) << text;
  for (const char* text : {"a + b", "b/(1 + a)", "any(a, b)", "min(a, b)", "a or b", "H(b, 1 + a)", "a < b"})
    EXPECT_FALSE(simple(text).constant()) << text;
  EXPECT_FALSE(std::isfinite(simple("1 / a")(std::vector<double>{0, 0}))) << "told when it is evaluated";
}

}  // namespace
}  // namespace interstice
