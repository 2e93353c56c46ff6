/// @file
/// Formulas: values, dimensions, messages, and random formulas against an independent evaluator.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <random>

#include "engine/cells/cell_symbols.h"
#include "engine/core/error.h"
#include "engine/formula/expression.h"

namespace interstice {
namespace {

const double kMicromolar = parse_unit("uM").scale;

std::vector<Symbol> symbols() {
  const std::vector<std::string> species{"adenosine", "TNF"}, types{"cell", "macrophage"};
  const std::vector<ColumnSpec> columns{{"akt", "1", 0, ""}, {"held", "h", 0, ""}};
  auto all = cell_symbols(species, columns, types);
  all.push_back({"K_A2A", parse_unit("uM").dimension, parse_unit("uM").scale, 0.7});
  return all;
}

/// Values in the order of symbols(): adenosine 1.4 uM, TNF 2e-5 uM, akt 0.25, held 3 h, 50 EV, 7 EV, 30 s, state 1,
/// 60 s, a place, and contacts 2 and 1.
const std::vector<double> kValues{1.4, 2e-5, 0.25, 3, 50, 7, 30, 1, 60, 10, 20, 30, 2, 1};

double value(const std::string& text, const std::string& unit = "1") {
  return Expression(text, symbols(), unit)(kValues);
}

std::string message(const std::string& text, const std::string& unit = "1") {
  try {
    const Expression compiled(text, symbols(), unit);
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

TEST(Expression, ComputesWithTheUsualPrecedence) {
  EXPECT_DOUBLE_EQ(value("1 + 2 * 3 - 4 / 2"), 5);
  EXPECT_DOUBLE_EQ(value("-(1 + 2) * -3"), 9);
  EXPECT_DOUBLE_EQ(value("2 - 3 - 4"), -5);
  EXPECT_DOUBLE_EQ(value("16 / 4 / 2"), 2);
  EXPECT_DOUBLE_EQ(value("1 < 2 and not 2 < 1 or 1 > 2"), 1);
  EXPECT_DOUBLE_EQ(value("not (1 >= 1) or 3 <= 2"), 0);
  EXPECT_DOUBLE_EQ(value("2 * akt < 1"), 1);
}

TEST(Expression, EmptyFormulaIsZero) {
  EXPECT_EQ(Expression()(kValues), 0);
  EXPECT_TRUE(Expression().empty());
}

TEST(Expression, GivesHillOccupancy) {
  EXPECT_DOUBLE_EQ(value("H(adenosine, 0.7 [uM])"), 2.0 / 3);
  EXPECT_DOUBLE_EQ(value("H(adenosine, K_A2A)"), 2.0 / 3);
  EXPECT_DOUBLE_EQ(value("H(adenosine, 700 [nM], 2)"), 0.8);
  EXPECT_NEAR(value("H(adenosine, 0.7 [uM], 3)"), 8.0 / 9, 1e-14);
  EXPECT_NEAR(value("H(adenosine, 2.8 [uM], 1.5)"), std::pow(0.5, 1.5) / (1 + std::pow(0.5, 1.5)), 1e-14);
  EXPECT_DOUBLE_EQ(value("H(TNF, 20 [pM])"), 0.5);
  EXPECT_DOUBLE_EQ(value("H(ev_bound, 50 [EV])"), 0.5);
  EXPECT_DOUBLE_EQ(value("H(adenosine - 2 [uM], 1 [uM])"), 0) << "rounding below zero counts as nothing";
  EXPECT_NEAR(value("H(1e200, 1, 4)"), 1, 1e-15) << "no overflow";
}

TEST(Expression, CombinesSignals) {
  EXPECT_DOUBLE_EQ(value("any(0.5, akt, 0.5)"), 1 - 0.5 * 0.75 * 0.5);
  EXPECT_DOUBLE_EQ(value("all(0.5, akt)"), 0.125);
  EXPECT_DOUBLE_EQ(value("min(akt, 0.1, 3)"), 0.1);
  EXPECT_DOUBLE_EQ(value("max(akt, 0.1)"), 0.25);
  EXPECT_DOUBLE_EQ(value("clip(akt, 0.3, 1)"), 0.3);
  EXPECT_DOUBLE_EQ(value("clip(2, 0.3, 1)"), 1);
  EXPECT_NEAR(value("exp(-akt)"), std::exp(-0.25), 1e-15);
  EXPECT_NEAR(value("pow(akt, 1.5)"), 0.125, 1e-15);
  EXPECT_DOUBLE_EQ(value("pow(-2, 3)"), -8);
  EXPECT_DOUBLE_EQ(value("pow(-2, 0.5)"), 0);
}

TEST(Expression, ConvertsUnits) {
  EXPECT_DOUBLE_EQ(value("6 [1/h] * any(0.5)", "1/s"), 3.0 / 3600);
  EXPECT_DOUBLE_EQ(value("10 [um/min]", "um/s"), 10.0 / 60);
  EXPECT_NEAR(value("adenosine", "uM"), 1.4, 1e-15);
  EXPECT_NEAR(value("adenosine", "nM"), 1400, 1e-12);
  EXPECT_NEAR(value("adenosine + 600 [nM]", "uM"), 2, 1e-14);
  EXPECT_DOUBLE_EQ(value("held", "min"), 180);
  EXPECT_DOUBLE_EQ(value("held >= 3 [h]"), 1);
  EXPECT_DOUBLE_EQ(value("age_in_state > 1 [min]"), 0);
  EXPECT_DOUBLE_EQ(value("0.02 [1/h] * contacts_macrophage", "1/h"), 0.02);
  EXPECT_DOUBLE_EQ(value("5 [molecule/s] * akt", "molecule/s"), 1.25);
  EXPECT_NEAR(value("pow(adenosine, 2) / (1 [uM])", "uM"), 1.96, 1e-14);
  EXPECT_DOUBLE_EQ(value("1 [%/h]", "1/h"), 0.01);
}

TEST(Expression, FoldsConstantsAndKnowsWhatItReads) {
  const Expression folded("2 * H(1 [nM], 500 [pM]) - any(0.5) + K_A2A / (0.7 [uM])", symbols(), "1");
  EXPECT_TRUE(folded.constant());
  EXPECT_NEAR(folded({}), 2 * 2.0 / 3 - 0.5 + 1, 1e-14);
  const Expression reading("akt * akt + H(TNF, 1 [nM])", symbols(), "1");
  EXPECT_FALSE(reading.constant());
  EXPECT_EQ(reading.symbols_used(), (std::vector<std::size_t>{1, 2}));
}

void expect_words(const std::string& text, const std::string& unit, std::initializer_list<const char*> words) {
  const std::string said = message(text, unit);
  for (const char* word : words) EXPECT_NE(said.find(word), std::string::npos) << "'" << word << "' not in: " << said;
}

TEST(Expression, NamesColumnExpectedAndFound) {
  expect_words("adenosine * 2", "1/s", {"column 1", "molecule/um^3", "where 1/s is expected"});
  expect_words("1 + adenosine", "1", {"column 5", "molecule/um^3", "where a pure number"});
  expect_words("H(adenosine, 0.7)", "1", {"column 14", "argument 2 of H", "a pure number where molecule/um^3"});
  expect_words("10 [um/min]", "1", {"um/s where a pure number"});
  expect_words("exp(TNF)", "1", {"column 5", "argument 1 of exp"});
  expect_words("akt < TNF", "1", {"column 7", "comparison"});
  expect_words("min(akt, TNF)", "1", {"column 10", "argument 2 of min"});
  expect_words("akt and TNF", "1", {"column 9", "and/or"});
}

TEST(Expression, SuggestsTheNearestName) {
  expect_words("H(adenosin, 1 [uM])", "1", {"column 3", "unknown name 'adenosin'", "did you mean 'adenosine'?"});
  expect_words("clamp(akt, 0, 1)", "1", {"column 1", "unknown name 'clamp'"});
  expect_words("Max(akt, 1)", "1", {"did you mean 'max'?"});
  expect_words("contact_cell", "1", {"did you mean 'contacts_cell'?"});
  expect_words("zzzzzz", "1", {"unknown name 'zzzzzz'", "no species"});
}

TEST(Expression, RefusesMalformedText) {
  expect_words("", "1", {"empty"});
  expect_words("1 +", "1", {"column 4", "ends where"});
  expect_words("(1 + 2", "1", {"column 7", "')' is missing"});
  expect_words("1 2", "1", {"column 3", "unexpected '2'"});
  expect_words("akt ^ 2", "1", {"column 5", "pow(x, n)"});
  expect_words("akt == 2", "1", {"column 5", "compare with"});
  expect_words("1 < 2 < 3", "1", {"column 7", "unexpected '<'"});
  expect_words("H(akt)", "1", {"H has 1 arguments", "H(x, K)"});
  expect_words("H()", "1", {"H has 0 arguments"});
  expect_words("3 [parsec per fortnite]", "1", {"column 4", "is not a unit"});
  expect_words("3 [um", "1", {"']' is missing"});
  expect_words("3 [degC]", "1", {"use K"});
  expect_words("1 / 0", "1", {"not a finite number"});
  expect_words("1e999", "1", {"not a number"});
  expect_words("pow(adenosine, akt)", "1", {"exponent", "constant"});
  expect_words("pow(adenosine, 0.4)", "1", {"no whole unit"});
  expect_words(std::string(200, '(') + "1" + std::string(200, ')'), "1", {"nested too deeply"});
}

TEST(Expression, RefusesTwoMeaningsOfOneName) {
  const std::vector<std::string> species{"akt"}, types{"cell"};
  const std::vector<ColumnSpec> columns{{"akt", "1", 0, ""}};
  EXPECT_THROW(cell_symbols(species, columns, types), InputError);
}

/// Random formulas together with their value by the C++ compiler's own arithmetic.
class RandomFormula {
 public:
  explicit RandomFormula(unsigned seed) : random_(seed) {}

  struct Piece {
    std::string text;
    double value;
  };
  /// A pure number.
  Piece number(int depth) {
    if (depth == 0) return leaf();
    switch (pick(12)) {
      case 0:
        return binary(depth, "+", [](double a, double b) { return a + b; });
      case 1:
        return binary(depth, "-", [](double a, double b) { return a - b; });
      case 2:
        return binary(depth, "*", [](double a, double b) { return a * b; });
      case 3: {
        const Piece a = number(depth - 1), b = number(depth - 1);
        return {"(" + a.text + ") / (1 + pow(" + b.text + ", 2))", a.value / (1 + b.value * b.value)};
      }
      case 4: {
        const Piece a = concentration(depth - 1), b = concentration(depth - 1);
        const double n = 1 + pick(6) * 0.5;
        const double x = std::pow(a.value, n), k = std::pow(b.value, n);
        return {fmt::format("H({}, {}, {})", a.text, b.text, n), x / (x + k)};
      }
      case 5: {
        const Piece a = number(depth - 1), b = number(depth - 1), c = number(depth - 1);
        return {fmt::format("any({}, {}, {})", a.text, b.text, c.text),
                1 - (1 - a.value) * (1 - b.value) * (1 - c.value)};
      }
      case 6: {
        const Piece a = number(depth - 1), b = number(depth - 1);
        return {fmt::format("all({}, {})", a.text, b.text), a.value * b.value};
      }
      case 7: {
        const Piece a = number(depth - 1), b = number(depth - 1);
        return {fmt::format("(min({0}, {1}) - max({0}, {1}))", a.text, b.text), -std::abs(a.value - b.value)};
      }
      case 8: {
        const Piece a = number(depth - 1);
        return {"exp(-pow(" + a.text + ", 2))", std::exp(-a.value * a.value)};
      }
      case 9: {
        const Piece a = concentration(depth - 1), b = concentration(depth - 1);
        return {"(" + a.text + " < " + b.text + ")", a.value < b.value ? 1.0 : 0.0};
      }
      case 10: {
        const Piece a = number(depth - 1), b = number(depth - 1);
        const bool either = (a.value > 0.5) || !(b.value > 0.5);
        return {"(" + a.text + " or not " + b.text + ")", either ? 1.0 : 0.0};
      }
      default: {
        const Piece a = number(depth - 1);
        return {"clip(" + a.text + ", -1, 2)", std::clamp(a.value, -1.0, 2.0)};
      }
    }
  }

 private:
  unsigned pick(unsigned n) { return std::uniform_int_distribution<unsigned>(0, n - 1)(random_); }

  Piece leaf() {
    switch (pick(4)) {
      case 0:
        return {"akt", kValues[2]};
      case 1:
        return {"(held / (1 [h]))", kValues[3]};
      case 2:
        return {"(contacts_macrophage)", kValues.back()};
      default: {
        const double x = 0.25 * (1 + pick(8));
        return {fmt::format("{}", x), x};
      }
    }
  }
  /// A positive concentration, its value in uM.
  Piece concentration(int depth) {
    switch (pick(depth == 0 ? 3 : 4)) {
      case 0:
        return {"adenosine", kValues[0]};
      case 1:
        return {"K_A2A", 0.7};
      case 2: {
        const double x = 0.1 * (1 + pick(40));
        return {fmt::format("{} [nM]", 1000 * x), x};
      }
      default: {
        const Piece a = concentration(depth - 1), b = number(depth - 1);
        return {fmt::format("(TNF + {} * max(0.01, {}))", a.text, b.text),
                kValues[1] + a.value * std::max(0.01, b.value)};
      }
    }
  }
  Piece binary(int depth, const char* sign, const std::function<double(double, double)>& operation) {
    const Piece a = number(depth - 1), b = number(depth - 1);
    return {"(" + a.text + " " + sign + " " + b.text + ")", operation(a.value, b.value)};
  }

  std::mt19937 random_;
};

TEST(Expression, AgreesWithAnIndependentEvaluatorOnRandomFormulas) {
  const auto known = symbols();
  int compared = 0;
  for (unsigned seed = 0; seed < 3000; ++seed) {
    const auto piece = RandomFormula(seed).number(1 + static_cast<int>(seed % 4));
    if (std::abs(piece.value) > 1e6) continue;
    const double found = Expression(piece.text, known, "1")(kValues);
    ASSERT_NEAR(found, piece.value, 1e-10 * (1 + std::abs(piece.value))) << piece.text;
    ++compared;
  }
  EXPECT_GT(compared, 2500);
}

TEST(Expression, HoldsMicromolarAtItsMoleculeDensity) { EXPECT_NEAR(kMicromolar, 602.214076, 1e-9); }

/// Two types; the formula is of the second, "macrophage".
FormulaCells two_types() {
  const CellSymbolLayout layout{2, 2, 2};
  FormulaCells cells;
  cells.types = {"cell", "macrophage"};
  cells.states = {{"naive", "cycling"}, {"resting", "m1", "m2"}};
  cells.own = 1;
  cells.state_symbol = layout.state();
  cells.first_gathered = layout.gathered(0);
  return cells;
}

TEST(Expression, AsksForTheStateOfTheCell) {
  FormulaCells cells = two_types();  // kValues: state 1
  EXPECT_EQ(Expression("in_state(m1)", symbols(), "1", &cells)(kValues), 1);
  EXPECT_EQ(Expression("in_state(resting, m2)", symbols(), "1", &cells)(kValues), 0);
  EXPECT_EQ(Expression("3 * in_state(resting, m1, m2)", symbols(), "1", &cells)(kValues), 3);
  EXPECT_THROW(Expression("in_state(naive)", symbols(), "1", &cells), InputError);
  EXPECT_THROW(Expression("in_state()", symbols(), "1", &cells), InputError);
  EXPECT_THROW(value("in_state(m1)"), InputError);
}

TEST(Expression, GathersFromOtherCells) {
  FormulaCells cells = two_types();
  const Expression f("touching(cell, held * in_state(cycling)) / 2 + total(cell, held * in_state(cycling)) + held",
                     symbols(), "h", &cells);
  ASSERT_EQ(cells.gatherings.size(), 2u);
  EXPECT_EQ(cells.gatherings[0].from, Gathering::From::touching);
  EXPECT_EQ(cells.gatherings[1].from, Gathering::From::all);
  EXPECT_EQ(cells.gatherings[0].type, 0u);
  EXPECT_EQ(cells.gatherings[0].offer(kValues), 3 * 3600.0);  // state 1 of a cell is cycling; coherent units
  auto values = kValues;
  values.insert(values.end(), {4 * 3600.0, 10 * 3600.0});
  EXPECT_DOUBLE_EQ(f(values), 4 / 2.0 + 10 + 3);
  const Expression again("touching(cell) * touching(cell, held*in_state(cycling))", symbols(), "h", &cells);
  EXPECT_EQ(cells.gatherings.size(), 3u);                                                // one is known
  EXPECT_THROW(Expression("touching(cell, held)", symbols(), "1", &cells), InputError);  // unit
  EXPECT_THROW(Expression("touching(cell, touching(cell))", symbols(), "1", &cells), InputError);
  EXPECT_THROW(Expression("touching(cel)", symbols(), "1", &cells), InputError);
  EXPECT_THROW(Expression("total(cell, in_state(m1))", symbols(), "1", &cells), InputError);
}

TEST(Expression, ChoosesAmongTheCellsThatItGathersFrom) {
  FormulaCells cells = two_types();
  const Expression f("touching(cell, held, in_state(cycling) = 2 * in_state(m1)) + total(cell, held)", symbols(), "h",
                     &cells);
  ASSERT_EQ(cells.gatherings.size(), 2u);
  EXPECT_TRUE(cells.gatherings[0].chooses());
  EXPECT_FALSE(cells.gatherings[1].chooses());
  EXPECT_EQ(cells.gatherings[0].theirs(kValues), 1) << "state 1 of the other cell is cycling";
  EXPECT_EQ(cells.gatherings[0].own(kValues), 2) << "state 1 of the cell that asks is m1";
  auto values = kValues;
  values.insert(values.end(), {4 * 3600.0, 10 * 3600.0});
  EXPECT_DOUBLE_EQ(f(values), 4 + 10);
  const auto compile = [&](const char* text) { return Expression(text, symbols(), "h", &cells); };
  compile("touching(cell, held, in_state(cycling) = 2 * in_state(m1))");
  EXPECT_EQ(cells.gatherings.size(), 2u) << "one is known";
  compile("touching(cell, held, in_state(cycling) = 3 * in_state(m1))");
  EXPECT_EQ(cells.gatherings.size(), 3u) << "another choice is another sum";
  EXPECT_THROW(compile("touching(cell, held, held)"), InputError) << "equal to what?";
  EXPECT_THROW(compile("touching(cell, held, held == held)"), InputError);
  EXPECT_THROW(compile("touching(cell, held, held = 1)"), InputError) << "a time is no number";
  EXPECT_THROW(compile("touching(cell, held, 1 = touching(cell))"), InputError);
  EXPECT_THROW(compile("touching(cell, held, in_state(m1) = 1)"), InputError) << "m1 is no state of theirs";
}

/// Two reservoirs over two species and a vesicle class.
FormulaCells with_reservoirs() {
  FormulaCells cells = two_types();
  const auto all = symbols();
  cells.reservoirs = {"plasma", "lymph"};
  cells.held = {all[0], all[1], {.name = "sev", .dimension = parse_unit("EV/um^3").dimension}};
  cells.first_held = kValues.size();
  cells.models = {"cd73", "surface_contact"};
  cells.active_models = {"surface_contact"};
  return cells;
}

TEST(Expression, ReadsWhatReservoirsHold) {
  FormulaCells cells = with_reservoirs();
  auto values = kValues;
  values.insert(values.end(), {1, 2, 3, 4, 5, 6});
  const std::string second = symbols()[1].name;
  EXPECT_EQ(Expression("in_reservoir(plasma, sev)", symbols(), "EV/um^3", &cells)(values), 3);
  EXPECT_EQ(Expression("in_reservoir(lymph, sev) * 2 [um^3/EV]", symbols(), "1", &cells)(values), 12);
  EXPECT_NEAR(Expression("in_reservoir(lymph, " + second + ")", symbols(), "nM", &cells)(values), 5000, 1e-9);
  for (const char* wrong : {"in_reservoir(blood, sev)", "in_reservoir(plasma, msc)", "in_reservoir(plasma)",
                            "in_reservoir(plasma, sev, sev)", "in_reservoir(plasma, state)"})
    EXPECT_THROW(Expression(wrong, symbols(), "EV/um^3", &cells), InputError) << wrong;
  EXPECT_THROW(Expression("in_reservoir(plasma, sev)", symbols(), "uM", &cells), InputError) << "another unit";
}

TEST(Expression, KnowsWhichModelsAct) {
  FormulaCells cells = with_reservoirs();
  EXPECT_EQ(Expression("active(surface_contact)", symbols(), "1", &cells)(kValues), 1);
  EXPECT_TRUE(Expression("3 * active(cd73)", symbols(), "1", &cells).always_zero()) << "known before the run";
  EXPECT_THROW(Expression("active(cd37)", symbols(), "1", &cells), InputError);
}

}  // namespace
}  // namespace interstice
