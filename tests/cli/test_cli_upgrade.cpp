/// @file
/// `interstice upgrade`: files of schema 1 are refused until it has rewritten them.
#include <sys/stat.h>

#include <functional>

#include "cli/command.h"

namespace interstice::test {
namespace {

using CliUpgrade = CommandTest;

/// The tiny scenario in words of schema 1; its cell type stands in a file of its own.
void write_schema_1(const std::string& tiny, const std::function<void(const std::string&, const std::string&)>& write) {
  std::string text = tiny;
  const auto replace = [&text](const std::string& part, const std::string& by) {
    ASSERT_NE(text.find(part), std::string::npos) << part;
    text.replace(text.find(part), part.size(), by);
  };
  replace("schema: 2", "schema: 1  # as it was\ninclude: cells/sentinel.yaml");
  replace("reduce: max", "take: peak");
  const std::size_t begin = text.find("cell_types:"), end = text.find("\ncells:") + 1;
  std::string cells = text.substr(begin, end - begin);
  text.erase(begin, end - begin);
  cells.replace(cells.find("reporters"), 9, "read_outs");
  write("old.yaml", text);
  write("cells/sentinel.yaml", cells);
}

TEST_F(CliUpgrade, RewritesWhatWasRefused) {
  std::filesystem::create_directories(folder() / "cells");
  write_schema_1(kTinyScenario, [this](const std::string& name, const std::string& text) { write(name, text); });
  const Said refused = interstice("validate old.yaml --quiet");
  EXPECT_EQ(refused.code, 2);
  for (const char* part :
       {"old.yaml:1:9: schema", "`take` is called `reduce`", "`reduce: peak` is called `reduce: max`",
        "`interstice upgrade old.yaml` rewrites it", "cells/sentinel.yaml:9:5", "`read_outs` is called `reporters`"})
    EXPECT_TRUE(has(refused.err, part)) << part << "\n" << refused.err;
  EXPECT_FALSE(has(refused.err, "unknown")) << refused.err;

  ::chmod((folder() / "old.yaml").c_str(), 0600);
  std::filesystem::create_symlink("old.yaml", folder() / "link.yaml");
  const Said upgraded = interstice("upgrade link.yaml cells/sentinel.yaml");
  EXPECT_EQ(upgraded.code, 0) << upgraded.err;
  EXPECT_TRUE(has(upgraded.out, "link.yaml:1:9: schema: 1 -> schema: 2\n")) << upgraded.out;
  EXPECT_TRUE(has(upgraded.out, "cells/sentinel.yaml:9:5: read_outs -> reporters\n")) << upgraded.out;
  EXPECT_TRUE(std::filesystem::is_symlink(folder() / "link.yaml"));
  EXPECT_EQ(std::filesystem::status(folder() / "old.yaml").permissions(), std::filesystem::perms(0600));
  EXPECT_TRUE(has(read("old.yaml"), "schema: 2  # as it was\n"));
  EXPECT_EQ(interstice("validate old.yaml --quiet").code, 0);

  const std::string text = read("old.yaml");
  const Said again = interstice("upgrade old.yaml");
  EXPECT_EQ(again.code, 0);
  EXPECT_TRUE(has(again.out, "old.yaml: left as it is, it holds no word of schema 1")) << again.out;
  EXPECT_EQ(read("old.yaml"), text);
}

TEST_F(CliUpgrade, RefusesWhatIsNotYamlAndGoesOnWithTheOthers) {
  write("broken.yaml", "schema: 1\ncells: [\n");
  write("old.yaml", "schema: 1\n");
  const Said said = interstice("upgrade broken.yaml missing.yaml old.yaml");
  EXPECT_EQ(said.code, 2);
  EXPECT_TRUE(has(said.err, "broken.yaml:3:1")) << said.err;
  EXPECT_TRUE(has(said.err, "'missing.yaml' cannot be upgraded")) << said.err;
  EXPECT_EQ(read("broken.yaml"), "schema: 1\ncells: [\n");
  EXPECT_EQ(read("old.yaml"), "schema: 2\n");
}

TEST_F(CliUpgrade, FormerWordsOnTheCommandLineAreRefused) {
  const Said said = interstice("validate tiny.yaml --quiet --set compare.outcomes.made.take=mean");
  EXPECT_EQ(said.code, 2);
  EXPECT_TRUE(has(said.err, "--set: compare.outcomes.made.take: `take` is called `reduce` since schema 2")) << said.err;
}

}  // namespace
}  // namespace interstice::test
