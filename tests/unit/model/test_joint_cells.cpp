/// @file
/// The formulas of the joint's cell types, as a scenario loads them, against the published equations written out here
/// by hand: many random surroundings, and a day of m1 and m2 against a Runge-Kutta integration.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "engine/cells/cell_symbols.h"
#include "engine/scenario/scenario.h"
#include "models/builtin.h"

namespace interstice {
namespace {

constexpr double kHour = 3600;

double hill(double x, double K, double n = 1) { return std::pow(x, n) / (std::pow(K, n) + std::pow(x, n)); }

/// Formulas of rat_knee_short.yaml over named values.
class Joint {
 public:
  Joint() {
    ModelRegistry registry;
    register_builtin_models(registry);
    problem_ = build_problem(load_scenario(INTERSTICE_SOURCE_DIR "/scenarios/rat_knee_short.yaml", {}, registry));
    layout_ = {problem_.species.size(), problem_.columns.size(), problem_.cell_types.size()};
    values_.assign(layout_.count(), 0);
  }

  void set(const std::string& name, double value) { values_[place(name)] = value; }

  [[nodiscard]] const CellType& type(const std::string& name) const {
    return *std::find_if(problem_.cell_types.begin(), problem_.cell_types.end(),
                         [&](const CellType& t) { return t.name == name; });
  }
  [[nodiscard]] const ColumnDynamics& column(const std::string& type_name, const std::string& name) const {
    const auto& columns = type(type_name).columns;
    return *std::find_if(columns.begin(), columns.end(),
                         [&](const ColumnDynamics& c) { return problem_.columns[index(c.column)].name == name; });
  }
  [[nodiscard]] const CellState& state(const std::string& type_name, const std::string& name) const {
    const auto& states = type(type_name).states;
    return *std::find_if(states.begin(), states.end(), [&](const CellState& s) { return s.name == name; });
  }
  [[nodiscard]] double secretion(const std::string& type_name, const std::string& state_name,
                                 const std::string& species) const {
    for (const Secretion& s : state(type_name, state_name).secretions)
      if (problem_.species[index(s.species)].name == species) return s.rate(values_);
    return NAN;
  }
  [[nodiscard]] double spill(const std::string& type_name, const std::string& state_name,
                             const std::string& species) const {
    for (const Spill& s : state(type_name, state_name).spills)
      if (problem_.species[index(s.species)].name == species) return s.amount;
    return NAN;
  }
  [[nodiscard]] double gain(const std::string& t, const std::string& c) const { return column(t, c).gain(values_); }
  [[nodiscard]] double loss(const std::string& t, const std::string& c) const { return column(t, c).loss(values_); }
  [[nodiscard]] double eval(const Expression& e) const { return e(values_); }
  [[nodiscard]] const Problem& problem() const { return problem_; }

 private:
  Problem problem_;
  CellSymbolLayout layout_;
  std::vector<double> values_;

  [[nodiscard]] std::size_t place(const std::string& name) const {
    for (std::size_t i = 0; i < problem_.species.size(); ++i)
      if (problem_.species[i].name == name) return i;
    for (std::size_t i = 0; i < problem_.columns.size(); ++i)
      if (problem_.columns[i].name == name) return layout_.column(i);
    for (std::size_t i = 0; i < problem_.cell_types.size(); ++i)
      if ("contacts_" + problem_.cell_types[i].name == name) return layout_.contacts(i);
    throw std::out_of_range(name);
  }
};

/// Surroundings drawn log-uniformly around the thresholds [uM], columns uniformly.
std::map<std::string, double> surroundings(std::mt19937& random) {
  std::uniform_real_distribution<double> decades(-2, 2), unit(0, 1);
  const auto around = [&](double K) { return K * std::pow(10, decades(random)); };
  return {{"adenosine", around(0.7)}, {"ATP", around(30)},        {"TNF", around(50e-6)},  {"IL1b", around(10e-6)},
          {"IL10", around(1e-4)},     {"HMGB1", around(1e-3)},    {"CXCL8", around(2e-3)}, {"R_cargo", unit(random)},
          {"ev_fast", unit(random)},  {"ev_slow", unit(random)},  {"m1", unit(random)},    {"m2", unit(random)},
          {"late", unit(random)},     {"eats", 3 * unit(random)}, {"act", unit(random)},   {"akt", unit(random)},
          {"erk", unit(random)},      {"erk_slow", unit(random)}};
}

struct Drives {
  double E1, E2;
};
/// Macrophage: danger drives, TNF and IL-1b amplify; activators combined as 1 - prod(1 - w H).
Drives macrophage_drives(const std::map<std::string, double>& x) {
  const double ado = x.at("adenosine"), ATP = x.at("ATP");
  const double tnf = hill(x.at("TNF"), 50e-6), danger = hill(x.at("HMGB1"), 1e-3), il10 = hill(x.at("IL10"), 1e-4);
  const double amplified = (1 - 0.3 * hill(x.at("TNF"), 50e-6, 2)) * (1 - 0.3 * hill(x.at("IL1b"), 10e-6, 2));
  const double E1 = (1 - (1 - 0.01) * amplified * (1 - hill(x.at("HMGB1"), 1e-3, 2)) * (1 - hill(ATP, 300, 2)) *
                             (1 - 0.3 * hill(ATP, 10, 2))) *
                    (1 - 0.7 * hill(ado, 0.7)) * (1 - 0.6 * hill(x.at("IL10"), 5e-6));
  const double E2 = 1 - (1 - 0.5 * hill(ado, 24)) * (1 - 0.5 * hill(ado, 0.7) * std::min(tnf + danger, 1.0)) *
                            (1 - 0.7 * std::max(x.at("ev_fast"), x.at("ev_slow"))) * (1 - 0.5 * il10) *
                            (1 - 0.7 * x.at("R_cargo"));
  return {E1, E2};
}

class JointCells : public ::testing::Test {
 protected:
  Joint joint;

  void in_random_surroundings(const std::function<void(const std::map<std::string, double>&)>& check) {
    std::mt19937 random(11);
    for (int i = 0; i < 200; ++i) {
      const auto x = surroundings(random);
      for (const auto& [name, value] : x) joint.set(name, value);
      check(x);
    }
  }
  static void near(double found, double expected, const char* what) {
    EXPECT_NEAR(found, expected, 1e-12 * std::max(std::abs(expected), 1e-9)) << what;
  }
};

TEST_F(JointCells, MacrophageScores) {
  in_random_surroundings([&](const auto& x) {
    const Drives E = macrophage_drives(x);
    near(joint.gain("macrophage", "m1"), E.E1 / (12 * kHour), "m1 gain");
    const double eaten = 0.5 * x.at("eats") / kHour, on = E.E2 / (12 * kHour) + 0.7 * eaten;
    near(joint.loss("macrophage", "m1"), E.E1 / (12 * kHour) + 1 / (24 * kHour) + eaten, "m1 loss");
    near(joint.gain("macrophage", "m2"), on, "m2 gain");
    near(joint.loss("macrophage", "m2"), on + 1 / (24 * kHour), "m2 loss");
    near(joint.gain("macrophage", "late"), x.at("m1") / (16 * kHour), "late");
  });
}

TEST_F(JointCells, MacrophageSecretion) {
  in_random_surroundings([&](const auto& x) {
    const double m1 = x.at("m1"), m2 = x.at("m2"), f = x.at("ev_fast");
    const auto secretes = [&](const char* species) { return joint.secretion("macrophage", "alive", species); };
    const double released = m1 * (1 - 0.9 * hill(x.at("IL10"), 5e-6));
    near(secretes("TNF"), 0.67 * released, "TNF");
    near(secretes("IL6"), 10 * released, "IL6");
    near(secretes("CXCL8"), 9 * released, "CXCL8");
    near(secretes("CCL2"), 0.1 + 9 * m1, "CCL2");
    near(secretes("IL1b"), 0.5 * released * std::max(0.1, hill(x.at("ATP"), 300, 2)), "IL1b");
    near(secretes("PGE2"), 50 * m2, "PGE2");
    near(secretes("IL10"), 0.4 * std::max({m2, f, x.at("late")}), "IL10");
    near(secretes("TGFb"), std::max(m2, f), "TGFb");
  });
}

TEST_F(JointCells, MacrophageScoresOverADay) {
  std::mt19937 random(5);
  const auto x = surroundings(random);
  for (const auto& [name, value] : x) joint.set(name, value);
  joint.set("eats", 0);
  const Drives E = macrophage_drives(x);
  const auto reference = [](double y, double drive) {  // Runge-Kutta, one minute
    const auto slope = [drive](double v) { return drive * (1 - v) / (12 * kHour) - v / (24 * kHour); };
    for (int i = 0; i < 24 * 60; ++i) {
      const double k1 = slope(y), k2 = slope(y + 30 * k1), k3 = slope(y + 30 * k2), k4 = slope(y + 60 * k3);
      y += 10 * (k1 + 2 * k2 + 2 * k3 + k4);
    }
    return y;
  };
  const auto stepped = [&](double y, const char* name) {  // as the engine advances a column, 30 s a step
    const double gain = joint.gain("macrophage", name), loss = joint.loss("macrophage", name);
    for (int i = 0; i < 24 * 120; ++i) y = gain / loss + (y - gain / loss) * std::exp(-loss * 30);
    return y;
  };
  EXPECT_NEAR(stepped(0.1, "m1"), reference(0.1, E.E1), 1e-9);
  EXPECT_NEAR(stepped(0.05, "m2"), reference(0.05, E.E2), 1e-9);
}

TEST_F(JointCells, ScoresEndAtTwoThirdsUnderFullDrive) {
  for (const char* name : {"TNF", "IL1b", "HMGB1"}) joint.set(name, 1e6);
  EXPECT_NEAR(joint.gain("macrophage", "m1") / joint.loss("macrophage", "m1"), 2.0 / 3, 1e-6);
}

TEST_F(JointCells, ChondrocyteKinasesAndMatrix) {
  for (const char* type : {"chondrocyte", "progenitor"})
    in_random_surroundings([&](const auto& x) {
      const double ado = x.at("adenosine"), il1 = hill(x.at("IL1b"), 10e-6);
      const double drive = 1 - (1 - 0.7 * hill(ado, 0.7)) * (1 - 0.7 * x.at("R_cargo")) * (1 - 0.7 * x.at("ev_fast")) *
                                   (1 - 0.3 * hill(ado, 0.3));
      for (const char* kinase : {"akt", "erk"}) {
        near(joint.gain(type, kinase), drive / 600, kinase);
        near(joint.loss(type, kinase), 1.0 / 600, kinase);
      }
      near(joint.gain(type, "erk_slow"), x.at("erk") / (6 * kHour), "erk_slow");
      near(joint.gain(type, "col2"), (1 + x.at("akt") - 0.5 * il1) / (24 * kHour), "col2");
      near(joint.gain(type, "sgag"), (1 + 0.5 * x.at("erk_slow") - 0.5 * il1) / (24 * kHour), "sgag");
      near(joint.gain(type, "a2a"), hill(ado, 0.7) / 180, "a2a");
      const auto& ways_out = joint.state(type, "alive").transitions;
      // A cytokine that does not kill is no way out: chondrocytes die of the injury, progenitors only divide.
      ASSERT_EQ(ways_out.size(), 1U);
      if (ways_out[0].divides)
        near(joint.eval(ways_out[0].hazard), (1 + x.at("akt")) / (48 * kHour), "division");
      else
        near(joint.eval(ways_out[0].hazard), 0.01 * (1 - 0.7 * x.at("akt")) / kHour, "death");
      EXPECT_EQ(ways_out[0].divides, std::string(type) == "progenitor");
    });
}

TEST_F(JointCells, SynoviocyteActivation) {
  in_random_surroundings([&](const auto& x) {
    near(joint.gain("synoviocyte", "act"),
         std::min(hill(x.at("TNF"), 50e-6) + hill(x.at("IL1b"), 10e-6), 1.0) / (6 * kHour), "act");
    near(joint.secretion("synoviocyte", "alive", "IL6"), 5 * x.at("act"), "IL6");
    near(joint.secretion("synoviocyte", "alive", "CXCL8"), 2 * x.at("act"), "CXCL8");
    near(joint.secretion("synoviocyte", "alive", "CCL2"), 2 * x.at("act"), "CCL2");
  });
}

TEST_F(JointCells, NeutrophilPrimingAndChemotaxis) {
  joint.set("contacts_macrophage", 2);
  in_random_surroundings([&](const auto& x) {
    const double ado = x.at("adenosine");
    const double signal = 1 - (1 - hill(x.at("TNF"), 50e-6)) * (1 - 0.5 * hill(x.at("ATP"), 0.3));
    const auto hazard = [&](const char* state, const char* to) {
      const auto& states = joint.type("neutrophil").states;
      for (const Transition& way : joint.state("neutrophil", state).transitions)
        if (states[way.target].name == to) return joint.eval(way.hazard);
      ADD_FAILURE() << "no way from " << state << " to " << to;
      return 0.0;
    };
    near(hazard("resting", "bursting"), 6 * signal / kHour, "priming");
    near(hazard("primed", "calmed"), signal < 0.1 ? 1 / kHour : 0, "calming");
    near(hazard("resting", "dying"), 1 / (24 * kHour * (1 + 0.5 * hill(x.at("CXCL8"), 2e-3))), "apoptosis");
    near(hazard("apoptotic", "gone"), 2 * 2 / kHour, "eaten by two macrophages");
    near(hazard("apoptotic", "decayed"), 1 / (24 * kHour), "secondary necrosis");
    near(joint.eval(joint.type("neutrophil").motility.gain), (1 + 0.5 * hill(ado, 0.01)) * (1 - 0.7 * hill(ado, 0.7)),
         "chemotactic gain");
  });
}

TEST_F(JointCells, NecrosisSpillsThreeMillimolarOfTheCellsVolume) {
  for (const char* type : {"chondrocyte", "progenitor", "synoviocyte", "macrophage"}) {
    const double R = joint.type(type).radius;
    EXPECT_NEAR(joint.spill(type, "necrotic", "ATP") / (4.0 / 3 * M_PI * R * R * R * 3000 * 602.214076), 1, 2e-3);
    EXPECT_EQ(joint.state(type, "necrotic").duration->a, 60);
  }
  // 21 chondrocytes make 6 uM in 5.5e6 um^3.
  EXPECT_NEAR(21 * joint.spill("chondrocyte", "necrotic", "ATP") / (602.214076 * 5.5e6), 6.0, 0.01);
}

TEST_F(JointCells, StickinessRanksTheCells) {
  const std::map<std::string, double> expected = {
      {"chondrocyte", 0.02}, {"progenitor", 0.02}, {"synoviocyte", 0.02}, {"neutrophil", 0.04}, {"macrophage", 0.6}};
  for (const auto& [name, kappa] : expected) {
    EXPECT_DOUBLE_EQ(joint.type(name).contact.adsorption, kappa) << name;
    EXPECT_DOUBLE_EQ(joint.type(name).contact.sites_per_area, 5) << name;
    ASSERT_EQ(joint.type(name).uptake.size(), name == "macrophage" ? 2U : 1U) << name;  // that takes in TNF, too
    for (const auto& taken : joint.type(name).uptake) EXPECT_DOUBLE_EQ(taken.clearance, 100) << name;
    for (const SurfaceEnzyme& enzyme : joint.type(name).enzymes)
      EXPECT_DOUBLE_EQ(enzyme.copies, enzyme.protein == "CD73" ? 3600 : 1e4) << name;
  }
}

}  // namespace
}  // namespace interstice
