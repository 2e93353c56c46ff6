/// @file
/// What a descriptor must satisfy, and what the registry refuses.
#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "engine/core/error.h"
#include "engine/model/registry.h"
#include "models/builtin.h"

namespace interstice {
namespace {

/// Message of the InputError that `act` throws, "" when it throws none.
std::string refusal(const std::function<void()>& act) {
  try {
    act();
  } catch (const InputError& error) {
    return error.what();
  }
  return {};
}

bool says(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

ParameterSpec parameter(std::string_view name) { return {name, "1", 1, 0, 2, "text", "source", "A"}; }

ModelDescriptor sound() {
  ModelDescriptor model;
  model.name = "sound";
  model.mechanism = Mechanism::none;
  model.make = [](const ModelSettings&) -> std::unique_ptr<InteractionModel> { return nullptr; };
  return model;
}

TEST(ModelRegistry, HoldsTheBuiltInModels) {
  ModelRegistry registry;
  register_builtin_models(registry);
  for (const std::string_view name : {"cargo_delivery", "surface_contact", "cd73", "cd39", "cd59", "ligand_sink"}) {
    ASSERT_NE(registry.find(name), nullptr) << name;
    EXPECT_EQ(registry.find(name)->origin, "built in");
  }
  EXPECT_EQ(registry.all().size(), 6U);
  EXPECT_EQ(registry.find("cd37"), nullptr);
}

TEST(ModelRegistry, RefusesASecondModelOfTheSameName) {
  ModelRegistry registry;
  register_builtin_models(registry);
  const std::string text = refusal([&] { register_builtin_models(registry); });
  EXPECT_TRUE(says(text, "'cargo_delivery'")) << text;
}

TEST(ModelRegistry, RefusesAColumnThatAnotherModelOwns) {
  static constexpr std::array columns = {ModelColumnSpec{"R_cargo", "1", 0, ""}};
  ModelRegistry registry;
  register_builtin_models(registry);
  ModelDescriptor model = sound();
  model.columns = columns;
  const std::string text = refusal([&] { registry.add(model); });
  EXPECT_TRUE(says(text, "'cargo_delivery'") && says(text, "'sound'") && says(text, "'R_cargo'")) << text;
}

TEST(CheckDescriptor, AcceptsSoundOnes) {
  EXPECT_EQ(refusal([] { check_descriptor(sound()); }), "");
  for (const auto* model : {&models::cargo_delivery(), &models::surface_contact(), &models::cd73(), &models::cd39()})
    EXPECT_EQ(refusal([&] { check_descriptor(*model); }), "") << model->name;
}

std::string refusal_of(const std::vector<ParameterSpec>& parameters) {
  return refusal([&] {
    ModelDescriptor model = sound();
    model.parameters = parameters;
    check_descriptor(model);
  });
}

TEST(CheckDescriptor, NamesTheModelAndTheProblem) {
  EXPECT_TRUE(says(refusal_of({parameter("a"), parameter("a")}),
                   "'sound' cannot be used (the parameter or choice 'a' stands twice)"));
  EXPECT_TRUE(says(refusal_of({parameter("library")}), "'library' is reserved"));
  EXPECT_TRUE(says(refusal_of({parameter("")}), "has no name"));
  ParameterSpec p = parameter("a");
  p.default_value = 3;
  EXPECT_TRUE(says(refusal_of({p}), "the default 3 of 'a' is outside its range 0 to 2"));
  p = parameter("a");
  p.default_value = std::numeric_limits<double>::quiet_NaN();
  EXPECT_TRUE(says(refusal_of({p}), "the default of 'a' is not a number"));
  p = parameter("a");
  p.unit = "";
  EXPECT_TRUE(says(refusal_of({p}), "'a' has no unit"));
  p.unit = "um per s and cell";
  EXPECT_TRUE(says(refusal_of({p}), "'a': unknown unit 'um per s and cell'"));
  p = parameter("a");
  p.mark = "X";
  EXPECT_TRUE(says(refusal_of({p}), "the mark 'X' of 'a'"));
}

TEST(CheckDescriptor, WantsAMechanism) {
  ModelDescriptor model = sound();
  for (const int which : {0, 6, 200}) {
    model.mechanism = static_cast<Mechanism>(which);
    const std::string text = refusal([&] { check_descriptor(model); });
    EXPECT_TRUE(says(text, "does not say its mechanism")) << text;
  }
  model.mechanism = Mechanism::cargo;
  EXPECT_EQ(refusal([&] { check_descriptor(model); }), "");
}

TEST(CheckDescriptor, WantsNameFactoryAndDeclaredParametersOfReactions) {
  ModelDescriptor model = sound();
  model.name = "";
  EXPECT_TRUE(says(refusal([&] { check_descriptor(model); }), "it has no name"));
  model = sound();
  model.make = nullptr;
  EXPECT_TRUE(says(refusal([&] { check_descriptor(model); }), "no make function"));

  static constexpr std::array parameters = {ParameterSpec{"kcat", "1/s", 1, 0, 2, "", "s", "A"}};
  static constexpr std::array reactions = {ModelReactionSpec{"A", "B", "kcat", "Km", {}}};
  model = sound();
  model.parameters = parameters;
  model.reactions = reactions;
  EXPECT_TRUE(says(refusal([&] { check_descriptor(model); }), "names the parameter 'Km'"));
}

}  // namespace
}  // namespace interstice
