/// @file
/// Includes: where files are looked for, who wins, what may not be contradicted.

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "engine/scenario/yaml/yaml_include.h"

namespace interstice {
namespace {

namespace fs = std::filesystem;

class Includes : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("interstice_include_" + std::to_string(::getpid()));
    fs::create_directories(folder_ / "sub");
    fs::create_directories(folder_ / "elsewhere");
  }
  void TearDown() override { fs::remove_all(folder_); }

  void write(const std::string& name, const std::string& text) const { std::ofstream(folder_ / name) << text; }
  YamlNode read(const std::string& name) {
    return read_with_includes((folder_ / name).string(), nullptr, {(folder_ / "elsewhere").string()}, files_,
                              diagnostics_);
  }
  static std::string text(const YamlNode& node, std::initializer_list<const char*> path) {
    const YamlNode* n = &node;
    for (const char* key : path) {
      n = n->find(key);
      if (n == nullptr) return "(absent)";
    }
    return n->text;
  }

  fs::path folder_;
  std::vector<SourceFile> files_;
  Diagnostics diagnostics_;
};

TEST_F(Includes, MapsMergeAndTheIncludingFileWins) {
  write("sub/a.yaml", "m: {x: 1, y: 2, deep: {p: 1}}\nonly_a: 5\nlist: [1, 2]");
  write("main.yaml", "include: sub/a.yaml\nm: {y: 3, deep: {q: 2}}\nlist: [9]");
  const YamlNode root = read("main.yaml");
  EXPECT_TRUE(diagnostics_.empty());
  EXPECT_EQ(text(root, {"m", "x"}), "1");
  EXPECT_EQ(text(root, {"m", "y"}), "3");
  EXPECT_EQ(text(root, {"m", "deep", "p"}), "1");
  EXPECT_EQ(text(root, {"m", "deep", "q"}), "2");
  EXPECT_EQ(text(root, {"only_a"}), "5");
  EXPECT_EQ(root.find("list")->items.size(), 1u);
  EXPECT_EQ(root.find("include"), nullptr);
  ASSERT_EQ(files_.size(), 2u);
  EXPECT_EQ(files_[1].included_as, "sub/a.yaml");
  EXPECT_EQ(files_[1].included_by, files_[0].path);
  EXPECT_EQ(*root.find("only_a")->place.file, files_[1].path);
  EXPECT_EQ(root.find("only_a")->place.line, 2);
}

TEST_F(Includes, AnnotatedNumbersAreReplacedWhole) {
  write("a.yaml", "k: {value: 1 um, range: [0 um, 2 um], source: old}");
  write("main.yaml", "include: [a.yaml]\nk: {value: 5 um}");
  EXPECT_EQ(text(read("main.yaml"), {"k", "source"}), "(absent)");
}

TEST_F(Includes, WhatHasNothingInCommonWithANumberTakesItsPlace) {
  write("a.yaml", "k: {value: 1, source: old}\nl: {value: 1}\nm: {uniform: [0, 1], x: 1}\nn: {value: m1, kind: a}");
  write("main.yaml", "include: [a.yaml]\nk: {integers: [1, 12]}\nl: {source: new}\nm: {x: 2}\nn: {delay: 1 h}");
  const YamlNode root = read("main.yaml");
  EXPECT_EQ(text(root, {"k", "value"}), "(absent)");
  EXPECT_EQ(root.find("k")->find("integers")->items.size(), 2u);
  EXPECT_EQ(text(root, {"l", "value"}), "1") << "a new source alone";
  EXPECT_EQ(text(root, {"l", "source"}), "new");
  EXPECT_NE(root.find("m")->find("uniform"), nullptr) << "maps are merged";
  EXPECT_EQ(text(root, {"n", "value"}), "m1") << "this is no number";
}

TEST_F(Includes, EmptyValueTakesAKeyAway) {
  write("a.yaml", "m: {x: 1, y: 2}\ngone: 3");
  write("main.yaml", "include: [a.yaml]\nm: {x: }\ngone:");
  const YamlNode root = read("main.yaml");
  EXPECT_EQ(text(root, {"m", "x"}), "(absent)");
  EXPECT_EQ(text(root, {"m", "y"}), "2");
  EXPECT_EQ(text(root, {"gone"}), "(absent)");
}

TEST_F(Includes, SiblingsMustNotDisagree) {
  write("a.yaml", "m: {x: 1, same: 4}");
  write("b.yaml", "m: {x: 2, same: 4}");
  write("main.yaml", "include: [a.yaml, b.yaml]");
  read("main.yaml");
  ASSERT_EQ(diagnostics_.count(), 1u);
  EXPECT_EQ(diagnostics_.complaints()[0].key_path, "m.x");
  EXPECT_NE(diagnostics_.complaints()[0].message.find("a.yaml:1:8"), std::string::npos);
}

TEST_F(Includes, TheIncludingFileMayDecideBetweenSiblings) {
  write("a.yaml", "m: {x: 1}\nt: {u: 1}");
  write("b.yaml", "m: {x: 2}\nt: {u: 2}");
  write("main.yaml", "include: [a.yaml, b.yaml]\nm: {x: 3}\nt: gone");
  EXPECT_EQ(text(read("main.yaml"), {"m", "x"}), "3");
  EXPECT_TRUE(diagnostics_.empty());
}

TEST_F(Includes, DiamondsAreReadOnce) {
  write("base.yaml", "m: 1");
  write("a.yaml", "include: [base.yaml]\na: 1");
  write("b.yaml", "include: [base.yaml]\nb: 1");
  write("main.yaml", "include: [a.yaml, b.yaml]");
  read("main.yaml");
  EXPECT_TRUE(diagnostics_.empty());
  EXPECT_EQ(files_.size(), 4u);
}

TEST_F(Includes, CyclesAreRefused) {
  write("a.yaml", "include: [b.yaml]");
  write("b.yaml", "include: [a.yaml]");
  read("a.yaml");
  ASSERT_EQ(diagnostics_.count(), 1u);
  EXPECT_NE(diagnostics_.complaints()[0].message.find("includes itself"), std::string::npos);
}

TEST_F(Includes, SearchOrderIsBesideThenModelsThenInclude) {
  write("elsewhere/extra.yaml", "from: elsewhere");
  write("main.yaml", "include: [extra.yaml, chemistry/purinergic.yaml]");
  const YamlNode root = read("main.yaml");
  EXPECT_TRUE(diagnostics_.empty());
  EXPECT_EQ(text(root, {"from"}), "elsewhere");
  EXPECT_NE(root.find("species"), nullptr);  // from models/ of the source tree
  write("extra.yaml", "from: beside");
  EXPECT_EQ(text(read("main.yaml"), {"from"}), "beside");
}

TEST_F(Includes, ASyntaxErrorEndsItsOwnFileOnly) {
  write("a.yaml", "good: 1\nbad: [1, 2\n");
  write("main.yaml", "include: [a.yaml]\nmine: 2");
  const YamlNode root = read("main.yaml");
  ASSERT_EQ(diagnostics_.count(), 1u);
  EXPECT_EQ(*diagnostics_.complaints()[0].place.file, (folder_ / "a.yaml").string());
  EXPECT_EQ(text(root, {"mine"}), "2");
  EXPECT_EQ(text(root, {"good"}), "1");
  EXPECT_TRUE(diagnostics_.incomplete);
}

TEST(YamlNodes, KeepPlacesAndStyles) {
  Diagnostics d;
  const YamlNode root = parse_yaml("a: 1\nb:\n  - \"x\"\n  - 'y'\n  - |\n    z\n", "f", d);
  EXPECT_TRUE(d.empty());
  EXPECT_EQ(root.find("a")->place.column, 4);
  EXPECT_EQ(root.find("a")->style, ' ');
  const auto& list = root.find("b")->items;
  EXPECT_EQ(list[0].style, '"');
  EXPECT_EQ(list[1].style, '\'');
  EXPECT_EQ(list[2].style, '|');
  EXPECT_EQ(list[1].place.line, 4);
}

TEST(Suggestions, AreNearAndNotSilly) {
  EXPECT_EQ(edit_distance("abcd", "abdc"), 1u);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
  EXPECT_EQ(edit_distance("", "abc"), 3u);
  const std::vector<std::string> known{"adenosine", "ATP", "ADP"};
  EXPECT_EQ(did_you_mean("adenosin", known), " did you mean 'adenosine'?");
  EXPECT_EQ(did_you_mean("atp", known), " did you mean 'ATP'?");
  EXPECT_EQ(did_you_mean("glucose", known), "");
  EXPECT_EQ(did_you_mean("Maximum", std::vector<std::string>{"mean", "max", "min"}), " did you mean 'max'?");
  EXPECT_EQ(did_you_mean("closed", std::vector<std::string>{"periodic", "no_flux"}), " did you mean 'no_flux'?");
}

TEST_F(Includes, AreLookedForBesideALinkAndBesideItsFile) {
  write("sub/main.yaml", "include: [here.yaml, there.yaml]");
  write("sub/here.yaml", "a: 1\nfrom: file");
  write("sub/there.yaml", "b: 2");
  write("here.yaml", "a: 1\nfrom: link");
  fs::create_symlink("sub/main.yaml", folder_ / "linked.yaml");
  const YamlNode root = read("linked.yaml");
  EXPECT_TRUE(diagnostics_.empty());
  EXPECT_EQ(text(root, {"from"}), "link");
  EXPECT_EQ(text(root, {"b"}), "2");
}

}  // namespace
}  // namespace interstice
