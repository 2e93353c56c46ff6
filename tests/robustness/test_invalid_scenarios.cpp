/// @file
/// Every mistake is refused before anything runs, at its line, with its key path and a hint; all mistakes at once; and
/// nothing but ScenarioErrors comes out, whatever the text.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "engine/scenario/scenario.h"
#include "robustness/invalid_combinations.h"
#include "support/file_text.h"
#include "support/run_scenario.h"

namespace interstice {
namespace {

using test::InvalidCase;

const std::string kPath = INTERSTICE_SOURCE_DIR "/tests/robustness/base.yaml";

const std::string& base() {
  static const std::string text = test::file_text(kPath);
  return text;
}

std::vector<InvalidCase> cases() {
  auto all = test::kInvalidValues;
  const auto& more = test::kInvalidCombinations;
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

std::vector<Complaint> complaints(const std::string& text) {
  try {
    load_scenario_text(text, kPath, {}, test::built_in_models());
  } catch (const ScenarioErrors& e) {
    EXPECT_EQ(e.code(), ExitCode::input);
    return e.complaints();
  }
  return {};
}

std::string all(const std::vector<Complaint>& list) {
  std::string text;
  for (const Complaint& c : list) text += c.text() + "\n";
  return text;
}

std::string edited(std::string text, const InvalidCase& c) {
  const auto at = text.find(c.find);
  EXPECT_NE(at, std::string::npos) << c.name << ": '" << c.find << "' is not in base.yaml";
  return at == std::string::npos ? text : text.replace(at, c.find.size(), c.replace);
}

int line_of(const std::string& text, std::size_t at) {
  return 1 + static_cast<int>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
}

int expected_line(const std::string& text, const InvalidCase& c) {
  const std::size_t at = text.find(c.at.empty() ? c.replace : c.at);
  EXPECT_NE(at, std::string::npos) << c.name << ": marker";
  // the replaced text may begin with the line before
  return line_of(text, at + (c.at.empty() ? c.replace.find_first_not_of(" \n") : 0));
}

TEST(InvalidScenarios, TheBaseIsValid) { EXPECT_EQ(all(complaints(base())), ""); }

TEST(InvalidScenarios, AreAtLeastSixty) { EXPECT_GE(cases().size(), 60u); }

TEST(InvalidScenarios, EachMistakeIsToldAtItsLineWithAHint) {
  for (const InvalidCase& c : cases()) {
    SCOPED_TRACE(c.name);
    const std::string text = edited(base(), c);
    const auto found = complaints(text);
    EXPECT_FALSE(found.empty()) << "accepted";
    const int line = expected_line(text, c);
    bool told = false;
    for (const Complaint& complaint : found) {
      bool words = c.key_path.empty() || complaint.key_path == c.key_path;
      for (const std::string& word : c.words) words = words && complaint.message.find(word) != std::string::npos;
      told = told || (words && (complaint.place.line == line || c.key_path.empty()));
      EXPECT_GE(complaint.message.size(), 10u);
    }
    EXPECT_TRUE(told) << "expected line " << line << ", " << c.key_path << "; told:\n" << all(found);
    if (!c.key_path.empty() && !c.felt_elsewhere) {
      EXPECT_EQ(found.size(), 1u) << all(found);
    }
  }
}

TEST(InvalidScenarios, TenMistakesAreTenComplaints) {
  const std::vector<std::pair<std::string, std::string>> mistakes{
      {"seed: 7", "seed: seven"},
      {"spacing: 10 um", "spacing: 10"},
      {"until: 2 min", "until: 2 um"},
      {"volume_fraction: 0.2", "volume_fraction: 3"},
      {"decay: 0.001", "decai: 0.001"},
      {"kcat: 100 1/s", "kcat: 100 uM"},
      {"to: dying, hazard", "to: dyin, hazard"},
      {"w*R_cargo", "w*R_cargp"},
      {"gsd: 1.3", "gsd: 13"},
      {"replicates: 4", "replicates: four"},
  };
  std::string text = base();
  for (const auto& [good, bad] : mistakes) {
    ASSERT_NE(text.find(good), std::string::npos);
    text.replace(text.find(good), good.size(), bad);
  }
  const auto found = complaints(text);
  EXPECT_EQ(found.size(), 10u) << all(found);
  for (std::size_t i = 1; i < found.size(); ++i) EXPECT_LE(found[i - 1].place.line, found[i].place.line);
}

TEST(InvalidScenarios, ColumnsPointIntoFormulasAndEquations) {
  const auto column = [](const std::string& find, const std::string& replace, const std::string& wrong) {
    std::string text = base();
    text.replace(text.find(find), find.size(), replace);
    const auto found = complaints(text);
    EXPECT_EQ(found.size(), 1u) << all(found);
    const std::size_t at = text.find(wrong), start = text.rfind('\n', at);
    return std::pair(found.at(0).place.column, static_cast<int>(at - start));
  };
  for (const auto& [told, right] : {column("w*R_cargo", "w*R_cargp", "R_cargp"), column("+ AMP,", "+ AMPX,", "AMPX"),
                                    column("to: dying, hazard", "to: dyin, hazard", "dyin")})
    EXPECT_EQ(told, right);
}

TEST(InvalidScenarios, OverridesPointAtTheCommandLine) {
  for (const char* set : {"seed=x", "sed=1", "vesicles.sevv.weight=1", "time.9.until=1 s", "noequals", "seed=[",
                          "models.cd7.kcat=3", "species.ATP.decay.value.x=3", "cell_types.watcher.radius=3", "=3"}) {
    try {
      load_scenario(kPath, {.include_directories = {}, .sets = {set}, .parameters = ""}, test::built_in_models());
      ADD_FAILURE() << set << " was accepted";
    } catch (const ScenarioErrors& e) {
      ASSERT_EQ(e.complaints().size(), 1u) << set << "\n" << e.what();
      EXPECT_EQ(*e.complaints()[0].place.file, "--set") << set;
    }
  }
}

// What the library would have brought (its keys, columns, proteins, its place in the arms) is not held against the
// rest.
TEST(InvalidScenarios, ALibraryThatDoesNotLoadIsOneMistake) {
  std::string text = base();
  const auto put = [&text](const std::string& find, const std::string& replace) {
    ASSERT_NE(text.find(find), std::string::npos) << find;
    text.replace(text.find(find), find.size(), replace);
  };
  put("  cd39:\n", "  cd39:\n  scavenger: {library: ./libnowhere.so, strength: 1 1/s}\n");
  put("CD39: {mean: 0.2}}", "CD39: {mean: 0.2}, scavenger_receptor: {mean: 2}}");
  put("w*R_cargo", "w*scavenged");
  put("models: [cargo_delivery, cd73, cd39]", "models: [cargo_delivery, cd73, cd39, scavenger]");
  put("models.cd73.kcat: 14 1/s", "models.cd73.kcat: 14 1/s, models.scavenger.strength: 2 1/s");
  try {
    load_scenario_text(text, kPath,
                       {.include_directories = {}, .sets = {"models.scavenger.strength=3 1/s"}, .parameters = ""},
                       test::built_in_models());
    FAIL() << "accepted";
  } catch (const ScenarioErrors& e) {
    ASSERT_EQ(e.complaints().size(), 1u) << e.what();
    EXPECT_EQ(e.complaints()[0].key_path, "models.scavenger.library");
    EXPECT_NE(e.complaints()[0].message.find("libnowhere.so"), std::string::npos);
  }
}

TEST(InvalidScenarios, MissingFileIsAnInputError) {
  EXPECT_THROW(load_scenario("/nowhere/at/all.yaml", {}, test::built_in_models()), ScenarioErrors);
  EXPECT_THROW(load_scenario("/tmp", {}, test::built_in_models()), ScenarioErrors);
  EXPECT_THROW(load_scenario(std::string(5000, 'x'), {}, test::built_in_models()), ScenarioErrors);
  EXPECT_THROW(load_scenario("", {}, test::built_in_models()), ScenarioErrors);
}

TEST(InvalidScenarios, HostileTextIsRefusedQuickly) {
  std::string bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n";
  for (char c = 'b'; c < 'k'; ++c)
    bomb +=
        fmt::format("{0}: &{0} [*{1}, *{1}, *{1}, *{1}, *{1}, *{1}, *{1}, *{1}, *{1}]\n", c, static_cast<char>(c - 1));
  const std::string deep = "schema: " + std::string(20000, '['), deep_maps = "schema: " + std::string(400, '{');
  for (const std::string& text :
       {bomb, deep, deep_maps, std::string("&a [*a]"), std::string("a: &a {b: *a}"), std::string(100000, 'x'),
        std::string("\0\0\0", 3), std::string("\xff\xfe\x00s", 4), std::string("- a\n- b"), std::string()})
    EXPECT_FALSE(complaints(text).empty()) << text.substr(0, 30);
}

// Latin-1 in a text would pass every check and spoil each file that is written about the run.
TEST(InvalidScenarios, TextThatIsNotUtf8IsRefusedAtItsPlace) {
  const std::string title = "title: Small and complete";
  const auto told = [&](const std::string& bytes) {
    std::string text = base();
    return complaints(text.replace(text.find(title), title.size(), "title: \xc3\xa9" + bytes));
  };
  for (const char* good : {"", "\xe2\x82\xac", "\xf0\x9f\x90\x80", "\xed\x9f\xbf", "\xf4\x8f\xbf\xbf"})
    EXPECT_EQ(all(told(good)), "") << good;
  for (const char* bad :
       {"\xe9 ", "\xe9", "\x80", "\xc0\xaf", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xff"}) {
    const auto found = told(bad);
    ASSERT_EQ(found.size(), 1u) << all(found);
    EXPECT_EQ(found[0].place.line, 3);
    EXPECT_EQ(found[0].place.column, 9);  // after "title: " and one letter of two bytes
    EXPECT_NE(found[0].message.find("UTF-8"), std::string::npos);
  }
  EXPECT_THROW(load_scenario(kPath, {.include_directories = {}, .sets = {"title=caf\xe9"}, .parameters = ""},
                             test::built_in_models()),
               ScenarioErrors);
}

// Each of these once passed and ended the program when the vesicles were counted.
TEST(InvalidScenarios, MoreVesiclesThanCanBeCountedAreRefused) {
  for (const auto& [set, where] :
       std::vector<std::pair<std::string, std::string>>{{"vesicles.sev.dose=1e30 ug", "in the patch"},
                                                        {"vesicles.sev.particles_per_ug=1e34 EV/ug", "in the patch"},
                                                        {"vesicles.sev.volume=1e-40 ul", "in the patch"},
                                                        {"reservoirs.bath.volume=1e20 um^3", "in a reservoir"}}) {
    try {
      load_scenario(kPath, {.include_directories = {}, .sets = {set}, .parameters = ""}, test::built_in_models());
      ADD_FAILURE() << set << " was accepted";
    } catch (const ScenarioErrors& e) {
      EXPECT_NE(std::string(e.what()).find(where), std::string::npos) << set << ": " << e.what();
    }
  }
  std::string text = base();
  text.replace(text.find("    agents: 1e4\n"), 16, "");
  text.replace(text.find("dose: 1 ug"), 10, "dose: 1e8 ug");
  EXPECT_NE(all(complaints(text)).find("agents (expected at most 1e+09)"), std::string::npos) << all(complaints(text));
}

// Mutants of the base: anything may be wrong with them, but only ScenarioErrors may come out.
TEST(InvalidScenarios, RandomEditsNeverEscape) {
  std::mt19937 random(20240601);
  const std::string alphabet = "{}[]:,-# \n\"'&*!|>%@`abcXYZ0123456789.+/^()~=_\t";
#if defined(__SANITIZE_ADDRESS__)  // ten times slower
  constexpr int kTrials = 500;
#else
  constexpr int kTrials = 1500;
#endif
  int refused = 0;
  for (int trial = 0; trial < kTrials; ++trial) {
    std::string text = base();
    for (int edits = 1 + static_cast<int>(random() % 4); edits > 0; --edits) {
      const std::size_t at = random() % text.size(), length = random() % 12;
      switch (random() % 4) {
        case 0:
          text.erase(at, length);
          break;
        case 1:
          text.insert(at, 1, alphabet[random() % alphabet.size()]);
          break;
        case 2:
          text[at] = alphabet[random() % alphabet.size()];
          break;
        default:
          text.insert(at, text.substr(random() % text.size(), length));
      }
    }
    try {
      load_scenario_text(text, kPath, {}, test::built_in_models());
    } catch (const ScenarioErrors&) {
      ++refused;
    } catch (const std::exception& e) {
      FAIL() << e.what() << "\n" << text;
    }
  }
  EXPECT_GT(refused, kTrials / 2 - 50);
}

}  // namespace
}  // namespace interstice
