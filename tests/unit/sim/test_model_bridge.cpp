/// @file
/// What a faulty model writes must end the run with its name, and not pass for "no effect".
#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <limits>

#include "engine/core/error.h"
#include "support/run_scenario.h"

namespace interstice {
namespace {

using Act = void (*)(const ModelView&, Effects&);
Act act = nullptr;  // what the model under test does

class Faulty final : public InteractionModel {
 public:
  void evaluate(const ModelView& view, Effects& effects) const override { act(view, effects); }
};

constexpr std::array<std::string_view, 1> kFields = {"CXCL8"};
constexpr std::array kColumns = {ModelColumnSpec{"memory", "1", 0, "test"}};

Simulation with_model(Act does, const std::string& more = {}, const std::string& origin = "built in") {
  act = does;
  ModelDescriptor model;
  model.name = "faulty";
  model.mechanism = Mechanism::none;
  model.fields = kFields;
  model.columns = kColumns;
  model.make = [](const ModelSettings&) -> std::unique_ptr<InteractionModel> { return std::make_unique<Faulty>(); };
  ModelRegistry registry;
  registry.add(model, origin);
  const std::string text =
      "{schema: 2, domain: {size: [20 um, 20 um, 20 um], spacing: 10 um},"
      "time: [{until: 1 s, transport: 1 s, vesicles: 1 s, cells: 1 s, series: 1 s}],"
      "species: {CXCL8: {diffusivity: 100 um^2/s, initial: 1 uM}}, models: {faulty: {}},"
      "cell_types: {a: {initial_state: alive, states: {alive: {}}" +
      more + "}}, cells: {a: {count: 1}}}";
  return Simulation(build_problem(load_scenario_text(text, "test.yaml", {}, registry)), 1);
}

/// Message of the error that one step throws, "" when it throws none.
template <class Expected>
std::string complaint(Act does) {
  Simulation simulation = with_model(does);
  try {
    simulation.step();
  } catch (const Expected& error) {
    return error.what();
  }
  return {};
}

bool says(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

TEST(ModelBridge, LetsASoundModelClear) {
  Simulation simulation = with_model([](const ModelView&, Effects& e) { e.clearance(0)[0] = 100; });
  simulation.step();
  EXPECT_LT(simulation.state().fields[SpeciesId{0}][0], 1);
}

TEST(ModelBridge, RefusesRatesThatAreNaNOrNegative) {
  const std::string nan = complaint<NumericalError>([](const ModelView&, Effects& e) { e.clearance(0)[3] = kNaN; });
  EXPECT_TRUE(says(nan, "'faulty' wrote nan as entry 3 of its clearance of CXCL8")) << nan;
  const std::string sink = complaint<NumericalError>([](const ModelView&, Effects& e) { e.secretion(0)[1] = -5; });
  EXPECT_TRUE(says(sink, "-5 as entry 1 of its secretion of CXCL8")) << sink;
}

TEST(ModelBridge, RefusesChangesAndDriftThatAreNotFinite) {
  EXPECT_TRUE(says(complaint<NumericalError>([](const ModelView&, Effects& e) { e.change(0)[0] = kNaN; }), "column"));
  EXPECT_TRUE(says(complaint<NumericalError>([](const ModelView&, Effects& e) { e.drift()[2] = kNaN; }), "drift"));
  EXPECT_EQ(complaint<NumericalError>([](const ModelView&, Effects& e) { e.change(0)[0] = -1; }), "");
}

TEST(ModelBridge, KeepsFromUnresponsiveCellsWhatAModelDoesToThemAndOnlyThat) {
  for (const bool unresponsive : {false, true}) {
    Simulation simulation = with_model(
        [](const ModelView&, Effects& e) {
          e.change(0)[0] = 1;
          e.drift()[0] = 2;
          e.clearance(0)[0] = 100;
        },
        unresponsive ? ", responds_to_evs: false" : "");
    simulation.step();
    const State& state = simulation.state();
    EXPECT_EQ(state.cells.columns[0][0], unresponsive ? 0 : 1);
    EXPECT_EQ(state.cells.vx[0], unresponsive ? 0 : 2);
    EXPECT_LT(state.fields[SpeciesId{0}][0], 1);
  }
}

TEST(ModelBridge, KeepsUnresponsiveCellsAlive) {
  for (const bool unresponsive : {false, true}) {
    Simulation simulation =
        with_model([](const ModelView&, Effects& e) { e.fate()[0] = static_cast<std::uint8_t>(CellFate::remove); },
                   unresponsive ? ", responds_to_evs: false" : "");
    simulation.step();
    EXPECT_EQ(simulation.state().cells.size(), unresponsive ? 1U : 0U);
  }
}

TEST(ModelBridge, RefusesWhatCannotBeMeant) {
  const auto said = [](Act does) { return complaint<NumericalError>(does); };
  const std::string fate = said([](const ModelView&, Effects& e) { e.fate()[0] = 200; });
  EXPECT_TRUE(says(fate, "'faulty' wrote 200 as entry 0 of its fate") && says(fate, "step 0")) << fate;
  EXPECT_TRUE(says(said([](const ModelView&, Effects& e) { e.drift()[1] = 21; }), "at most 20")) << "20 um in 1 s";
  EXPECT_EQ(said([](const ModelView&, Effects& e) { e.drift()[1] = -20; }), "");
  EXPECT_TRUE(says(said([](const ModelView&, Effects& e) { e.amounts(0)[2] = 1e13; }), "amounts of CXCL8"));
  EXPECT_TRUE(says(said([](const ModelView&, Effects& e) { e.secretion(0)[2] = 1e13; }), "secretion of CXCL8"));
  EXPECT_EQ(said([](const ModelView&, Effects& e) { e.secretion(0)[2] = 1e11; }), "") << "0.17 mol/l";
}

TEST(ModelBridge, TellsWhoWroteBeyondAnArray) {
  const std::string text = complaint<NumericalError>([](const ModelView&, Effects& e) { e.change(0).data()[1] = 0; });
  EXPECT_TRUE(says(text, "'faulty' wrote to entry 1 of its changes of the column memory (per cell), which has 1"))
      << text;
}

TEST(ModelBridge, NamesThePluginThatThrows) {
  Simulation simulation = with_model([](const ModelView&, Effects&) { throw 42; }, "", "/some/where.so");
  try {
    simulation.step();
    FAIL() << "no error";
  } catch (const NumericalError& error) {
    EXPECT_TRUE(
        says(error.what(), "'faulty' of /some/where.so threw a value of type int in evaluate (step 0, t = 0 s)"))
        << error.what();
  }
}

TEST(ModelBridge, RefusesAnIndexThatWasNotDeclared) {
  const std::string text = complaint<InputError>([](const ModelView&, Effects& e) { e.clearance(1)[0] = 1; });
  EXPECT_TRUE(says(text, "asks for field 1 but declares 1")) << text;
  EXPECT_NE(complaint<InputError>([](const ModelView& v, Effects&) { (void)v.exposed_copies(0); }), "");
}

}  // namespace
}  // namespace interstice
