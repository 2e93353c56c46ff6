/// @file
/// Two models never draw the same numbers, nor the engine's; which other models are on, and in which order they are
/// listed, changes nothing for one.
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "support/run_scenario.h"

namespace interstice {
namespace {

/// Writes a random number into its column.
class Gambler final : public InteractionModel {
 public:
  void evaluate(const ModelView& view, Effects& effects) const override {
    for (std::size_t c = 0; c < view.cell_id.size(); ++c)
      effects.change(0)[c] = view.noise.uniform(3, view.cell_id[c], view.step);
  }
};

constexpr std::array kNames = {std::string_view("ann"), std::string_view("bob"), std::string_view("cleo")};
constexpr std::array kMemories = {ModelColumnSpec{"of_ann", "1", 0, "test"}, ModelColumnSpec{"of_bob", "1", 0, "test"},
                                  ModelColumnSpec{"of_cleo", "1", 0, "test"}};

/// The columns of the listed models after two steps: one model under three names.
std::vector<std::vector<double>> columns(const std::string& models, const std::vector<std::string>& names) {
  ModelRegistry registry;
  for (std::size_t k = 0; k < kNames.size(); ++k) {
    ModelDescriptor model;
    model.name = kNames[k];
    model.mechanism = Mechanism::none;
    model.columns = std::span(kMemories).subspan(k, 1);
    model.make = [](const ModelSettings&) -> std::unique_ptr<InteractionModel> { return std::make_unique<Gambler>(); };
    registry.add(model);
  }
  const std::string text =
      "{schema: 2, domain: {size: [20 um, 20 um, 20 um], spacing: 10 um},"
      "time: [{until: 2 s, transport: 1 s, vesicles: 1 s, cells: 1 s, series: 1 s}],"
      "cell_types: {a: {initial_state: alive, states: {alive: {}}}}, cells: {a: {count: 3}}, models: {" +
      models + "}}";
  Simulation simulation(build_problem(load_scenario_text(text, "test.yaml", {}, registry)), 1);
  while (!simulation.finished()) simulation.step();
  std::vector<std::vector<double>> found;
  for (const std::string& name : names)
    for (std::size_t k = 0; k < simulation.problem().columns.size(); ++k)
      if (simulation.problem().columns[k].name == "of_" + name) {
        const auto& column = simulation.state().cells.columns[k];
        found.emplace_back(column.begin(), column.end());
      }
  return found;
}

TEST(NoiseOfModels, DiffersBetweenTwoNamesOfOneModel) {
  const auto both = columns("ann: {}, bob: {}", {"ann", "bob"});
  ASSERT_EQ(both.size(), 2U);
  for (std::size_t c = 0; c < 3; ++c) EXPECT_NE(both[0][c], both[1][c]);
}

TEST(NoiseOfModels, DoesNotDependOnOtherModelsOrTheirOrder) {
  const auto alone = columns("bob: {}", {"bob"});
  ASSERT_EQ(alone.size(), 1U);
  EXPECT_EQ(columns("ann: {}, bob: {}", {"bob"}), alone);
  EXPECT_EQ(columns("bob: {}, ann: {}, cleo: {}", {"bob"}), alone);
  EXPECT_EQ(columns("cleo: {}, bob: {}, ann: {}", {"bob"}), alone);
}

TEST(NoiseOfModels, IsNoneOfTheEngines) {
  const Noise run(17);
  const ModelNoise model(run, "ann");
  for (std::uint16_t stream = 0; stream < 300; ++stream)
    EXPECT_NE(model.uniform(stream, 5, 1), run.uniform(Stream{stream}, 5, 1)) << stream;
}

TEST(NoiseOfModels, ComesOneByOneOrManyAtOnce) {
  const ModelNoise noise(Noise(17), "ann");
  const std::vector<AgentId> id = {4, 9, 2, 77, 1, 3, 5, 6, 7};
  std::vector<double> u(id.size());
  noise.uniforms(8, 12, id, u);
  for (std::size_t i = 0; i < id.size(); ++i) EXPECT_EQ(u[i], noise.uniform(8, id[i], 12));
}

}  // namespace
}  // namespace interstice
