/// @file
/// Loading models at run time: what is accepted, and that everything else is refused by name before it can do harm.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "engine/core/error.h"
#include "engine/model/abi.h"
#include "engine/model/registry.h"
#include "models/builtin.h"

namespace interstice {
namespace {

std::string plugin(const std::string& name) {
  return std::filesystem::path(INTERSTICE_BINARY_DIR).lexically_normal().string() + "/plugins/" + name + ".so";
}

std::string refusal(const std::string& path) {
  ModelRegistry registry;
  register_builtin_models(registry);
  const std::size_t built_in = registry.all().size();
  try {
    registry.load(path);
  } catch (const InputError& error) {
    EXPECT_EQ(registry.all().size(), built_in);
    return error.what();
  }
  ADD_FAILURE() << path << " was accepted";
  return {};
}

bool says(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST(PluginLoader, LoadsAModelThatThenActs) {
  ModelRegistry registry;
  registry.load(plugin("sound"));
  const RegisteredModel* model = registry.find("sound_plugin");
  ASSERT_NE(model, nullptr);
  EXPECT_EQ(model->descriptor.version, "3");
  EXPECT_EQ(model->origin, plugin("sound"));
  ASSERT_EQ(model->sha256.size(), 64U);
  EXPECT_EQ(model->sha256.find_first_not_of("0123456789abcdef"), std::string::npos);

  const std::array<AgentId, 3> ids = {1, 2, 3};
  GuardedArray<std::uint8_t> fate(3);
  ModelView view;
  view.cell_id = ids;
  Effects effects;
  effects.fate_ = &fate;
  model->descriptor.make({})->evaluate(view, effects);
  const auto asked = fate.asked();
  EXPECT_EQ(std::vector<std::uint8_t>(asked.begin(), asked.end()), (std::vector<std::uint8_t>{2, 0, 2}));
}

TEST(PluginLoader, LoadsAFileOnce) {
  ModelRegistry registry;
  registry.load(plugin("sound"));
  registry.load(plugin("../plugins/sound"));
  EXPECT_EQ(registry.all().size(), 1U);
}

TEST(PluginLoader, RefusesAnotherContractByNameWithBothNumbers) {
  const std::string text = refusal(plugin("other_contract"));
  EXPECT_TRUE(says(text, plugin("other_contract"))) << text;
  EXPECT_TRUE(says(text, "0123456789abcdef")) << text;
  EXPECT_TRUE(says(text, fmt::format("{:016x}", model_abi_number()))) << text;
}

TEST(PluginLoader, RefusesASharedObjectThatIsNoPlugin) {
  const std::string text = refusal(plugin("without_symbols"));
  EXPECT_TRUE(says(text, plugin("without_symbols") + " is not an Interstice plug-in")) << text;
}

TEST(PluginLoader, RefusesADescriptorThatIsNotSound) {
  const std::string text = refusal(plugin("bad_descriptor"));
  EXPECT_TRUE(says(text, "'bad_descriptor'") && says(text, "the default 5 of 'rate'")) << text;
}

TEST(PluginLoader, RefusesAFileThatIsNoLibraryOrNotThere) {
  const std::string path = ::testing::TempDir() + "interstice_not_a_library.so";
  std::ofstream(path) << "this is text";
  const std::string text = refusal(path);
  EXPECT_TRUE(says(text, "cannot load the plug-in " + path)) << text;
  std::filesystem::remove(path);
  EXPECT_TRUE(says(refusal(path), "cannot read the plug-in " + path));
}

}  // namespace
}  // namespace interstice
