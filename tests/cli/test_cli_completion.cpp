/// @file
/// What shells complete, and the man page: all commands and options are in them, and the shells accept them.
#include <regex>
#include <sstream>

#include "cli/command.h"

namespace interstice::test {
namespace {

class Completion : public CommandTest {
 protected:
  void SetUp() override {
    CommandTest::SetUp();
    for (const char* shell : {"bash", "zsh", "fish"}) {
      const Said said = interstice(std::string("completion ") + shell);
      ASSERT_EQ(said.code, 0) << said.err;
      write(shell, said.out);
    }
  }
  /// What bash offers after these words, of which the last is being typed; in the order of its list.
  [[nodiscard]] std::string offered(const std::string& words) const {
    write("offer.sh",
          "source ./bash\nCOMP_WORDS=(" + words +
              ")\nCOMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n_interstice\necho \"${COMPREPLY[@]}\" > offered\n");
    EXPECT_EQ(interstice("--version", "bash offer.sh && ").code, 0);
    return read("offered");
  }
};

TEST_F(Completion, BashOffersCommandsOptionsAndChoices) {
  EXPECT_EQ(offered("interstice va"), "validate\n");
  EXPECT_EQ(offered("interstice re"), "report render reduce\n");
  EXPECT_EQ(offered("interstice compare --ed"), "--edges\n");
  EXPECT_EQ(offered("interstice compare --edges p"), "published\n");
  EXPECT_EQ(offered("interstice study s"), "submit status\n");
  EXPECT_EQ(offered("interstice study run --on-error c"), "continue\n");
  EXPECT_EQ(offered("interstice study run --max"), "--max-walltime\n");
  EXPECT_EQ(offered("interstice run scen"), "\n");  // files, by the shell itself
  EXPECT_EQ(offered("interstice completion z"), "zsh\n");
  EXPECT_EQ(offered("interstice compare --th"), "--threads\n");
}

TEST_F(Completion, EveryOptionOfEveryCommandIsInIt) {
  const std::string bash = read("bash"), zsh = read("zsh"), fish = read("fish"), man = interstice("man").out;
  for (const char* command : {"run", "compare", "report", "study plan", "study fit", "verdict", "validate", "info"}) {
    std::istringstream help(interstice(std::string(command) + " --help").out);
    const std::size_t line_of_command = bash.find(std::string("    '") + command + "') reply='--");
    ASSERT_NE(line_of_command, std::string::npos) << command;
    const std::string options = bash.substr(line_of_command, bash.find('\n', line_of_command) - line_of_command);
    for (std::string line; std::getline(help, line);) {
      const std::size_t at = line.find("--");
      if (at == std::string::npos || at > 6 || line[2] != '-') continue;  // no line of an option
      const std::string option = line.substr(at, line.find_first_of(" ,:", at) - at);
      EXPECT_NE(options.find(option), std::string::npos) << command << " " << option;
      EXPECT_NE(zsh.find(option + "["), std::string::npos) << option;
      EXPECT_NE(fish.find(" -l " + option.substr(2)), std::string::npos) << option;
      if (option == "--help") continue;
      const std::string dashed = std::regex_replace(option, std::regex("-"), "\\-");
      EXPECT_NE(man.find(dashed), std::string::npos) << option;
    }
  }
}

TEST_F(Completion, ShellsAndManReadIt) {
  const auto accepts = [&](const char* program, const char* command) {
    const Said said = interstice("--version", std::string("! command -v ") + program + " >/dev/null || (" + command +
                                                  ") >/dev/null 2>complaints && [ ! -s complaints ] && ");
    EXPECT_EQ(said.code, 0) << read("complaints");
  };
  write("man", interstice("man").out);
  accepts("zsh", "zsh -n ./zsh");
  accepts("fish", "fish -n ./fish");
  accepts("fish", "fish -c 'source ./fish; complete -C \"interstice study run --a\"' | grep -c -- --arm | grep -qx 0");
  accepts("groff", "groff -man -Tutf8 -ww ./man");
}

}  // namespace
}  // namespace interstice::test
