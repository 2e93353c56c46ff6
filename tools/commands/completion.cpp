/// @file
/// `interstice completion` and `interstice man`: what a shell completes, and the man page, from the options themselves.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "engine/results/provenance.h"
#include "tools/command.h"
#include "tools/command_words.h"
#include "tools/shell_command.h"

namespace interstice::cli {
namespace {

/// `text` with `by` in place of each `what`.
std::string replaced(std::string text, const std::string& what, const std::string& by) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
    text.replace(at, what.size(), by);
  return text;
}

std::string first_word(const std::string& words) { return words.substr(0, words.find(' ')); }
std::string second_word(const std::string& words) { return words.substr(words.find(' ') + 1); }
bool is_pair(const CommandWord& word) { return word.words.find(' ') != std::string::npos; }

/// Commands that a second word follows.
std::vector<std::string> with_words_after(const std::vector<CommandWord>& all) {
  std::set<std::string> found;
  for (const CommandWord& word : all)
    if (is_pair(word)) found.insert(first_word(word.words));
  return {found.begin(), found.end()};
}

std::string words_after(const std::vector<CommandWord>& all, const std::string& command) {
  std::string words;
  for (const CommandWord& word : all)
    if (is_pair(word) && first_word(word.words) == command)
      words += (words.empty() ? "" : " ") + second_word(word.words);
  return words;
}

std::string for_bash(const std::vector<CommandWord>& all) {
  std::string commands, seconds, options, choices, arguments;
  for (const CommandWord& word : all) {
    if (!is_pair(word)) commands += (commands.empty() ? "" : " ") + word.words;
    std::string names;
    for (const OptionWord& option : word.options) {
      names += " " + option.name;
      if (!option.choices.empty())
        choices += fmt::format("    '{} {}') reply='{}' ;;\n", word.words, option.name, fmt::join(option.choices, " "));
    }
    options += fmt::format("    '{}') reply='{}' ;;\n", word.words, names.empty() ? "" : names.substr(1));
    if (!word.choices.empty())
      arguments += fmt::format("    '{}') reply='{}' ;;\n", word.words, fmt::join(word.choices, " "));
  }
  for (const std::string& command : with_words_after(all))
    seconds += fmt::format("    {}) second='{}' ;;\n", command, words_after(all, command));
  return fmt::format(R"sh(# Completion of interstice in bash: source <(interstice completion bash)
_interstice() {{
  local current=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD - 1]}} words=${{COMP_WORDS[1]}} second='' reply=''
  case $words in
{1}  esac
  if [ "$COMP_CWORD" = 1 ]; then
    reply='{0}'
  elif [ -n "$second" ] && [ "$COMP_CWORD" = 2 ]; then
    reply=$second
  else
    [ -n "$second" ] && words="$words ${{COMP_WORDS[2]}}"
    case "$words $before" in
{2}    esac
    if [ -z "$reply" ] && [ "${{current:0:1}}" = - ]; then
      case $words in
{3}      esac
    elif [ -z "$reply" ]; then
      case $words in
{4}      esac
    fi
  fi
  COMPREPLY=($(compgen -W "$reply" -- "$current"))
}}
complete -o bashdefault -o default -F _interstice interstice
)sh",
                     commands, seconds, choices, options, arguments);
}

/// A colon or bracket ends a part of what zsh is told.
std::string zsh_text(const std::string& text) {
  return replaced(replaced(replaced(text, "[", "\\["), "]", "\\]"), ":", "\\:");
}

std::string for_zsh(const std::vector<CommandWord>& all) {
  std::string commands, seconds, options;
  for (const CommandWord& word : all) {
    if (!is_pair(word)) commands += "    " + in_shell(word.words + ":" + word.title) + "\n";
    options += fmt::format("    '{}') _arguments", word.words);
    for (const OptionWord& option : word.options) {
      const std::string list = option.choices.empty() ? "_files" : fmt::format("({})", fmt::join(option.choices, " "));
      const std::string value = option.value.empty() ? "" : ":" + zsh_text(option.value) + ":" + list;
      options += " " + in_shell("*" + option.name + "[" + zsh_text(option.description) + "]" + value);
    }
    options += word.choices.empty() ? " '*:file:_files' ;;\n"
                                    : fmt::format(" '1:{}:({})' ;;\n", word.arguments, fmt::join(word.choices, " "));
  }
  for (const std::string& command : with_words_after(all))
    seconds += fmt::format("    {}) second=({}) ;;\n", command, words_after(all, command));
  return fmt::format(R"sh(#compdef interstice
# Completion of interstice in zsh: interstice completion zsh > ~/.zfunc/_interstice, with that folder in fpath
_interstice() {{
  local -a commands second
  commands=(
{0}  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local key=$words[2]
  case $key in
{1}  esac
  if (( $#second )); then
    if (( CURRENT == 3 )); then
      compadd -a second
      return
    fi
    key="$key $words[3]"
    shift words
    (( CURRENT-- ))
  fi
  shift words
  (( CURRENT-- ))
  case $key in
{2}  esac
}}
if [ "$funcstack[1]" = _interstice ]; then _interstice "$@"; else compdef _interstice interstice; fi
)sh",
                     commands, seconds, options);
}

std::string for_fish(const std::vector<CommandWord>& all) {
  std::string out =
      "# Completion of interstice in fish: interstice completion fish > ~/.config/fish/completions/interstice.fish\n";
  for (const CommandWord& word : all) {
    std::string when = "__fish_seen_subcommand_from " + first_word(word.words);
    if (is_pair(word)) {
      out += fmt::format("complete -c interstice -n '{}; and not __fish_seen_subcommand_from {}' -a {} -d {}\n", when,
                         words_after(all, first_word(word.words)), second_word(word.words), in_shell(word.title));
      when += "; and __fish_seen_subcommand_from " + second_word(word.words);
    } else {
      out += fmt::format("complete -c interstice -f -n __fish_use_subcommand -a {} -d {}\n", word.words,
                         in_shell(word.title));
      for (const std::string& other : with_words_after(all))  // `run` is a word after `study` too
        if (other != word.words) when += "; and not __fish_seen_subcommand_from " + other;
    }
    if (!word.choices.empty())
      out += fmt::format("complete -c interstice -f -n '{}' -a '{}'\n", when, fmt::join(word.choices, " "));
    for (const OptionWord& option : word.options) {
      out += fmt::format("complete -c interstice -n '{}' -l {}", when, option.name.substr(2));
      if (!option.short_name.empty()) out += " -s " + option.short_name.substr(1);
      if (!option.value.empty()) out += " -r";
      if (!option.choices.empty()) out += fmt::format(" -f -a '{}'", fmt::join(option.choices, " "));
      out += " -d " + in_shell(option.description) + "\n";
    }
  }
  return out;
}

/// In a man page: no line begins with a dot, and a dash is a minus.
std::string roff(const std::string& text) {
  std::string out = replaced(replaced(text, "\\", "\\e"), "-", "\\-");
  out = replaced(replaced(out, "\n.", "\n\\&."), "\n'", "\n\\&'");
  return out.starts_with('.') || out.starts_with('\'') ? "\\&" + out : out;
}

std::string man_page(const std::vector<CommandWord>& all) {
  std::string out = fmt::format(R"(.TH INTERSTICE 1 "" "{}" "User Commands"
.SH NAME
interstice \- simulates injured tissue dosed with extracellular vesicles and compares how they may act
.SH SYNOPSIS
.B interstice
.I COMMAND
[\fIARGUMENTS\fR] [\fIOPTIONS\fR]
.SH DESCRIPTION
A scenario is a YAML file. \fBinterstice new\fR writes one to start from; \fBinterstice compare\fR runs it under each
hypothesis of how extracellular vesicles act, with the same random numbers, and writes a report.
.SH COMMANDS
)",
                                roff(version_line()));
  for (const CommandWord& word : all) {
    out += fmt::format(".SS interstice {} {}\n{}\n", word.words, roff(word.arguments), roff(word.title));
    for (const OptionWord& option : word.options) {
      if (option.name == "--help") continue;
      const std::string name = option.short_name.empty() ? option.name : option.short_name + ", " + option.name;
      out += fmt::format(".TP\n\\fB{}\\fR{}\n{}\n", roff(name),
                         option.value.empty() ? "" : " \\fI" + roff(option.value) + "\\fR", roff(option.description));
      if (!option.choices.empty())
        out += fmt::format("(one of {})\n", roff(fmt::format("{}", fmt::join(option.choices, ", "))));
    }
    if (!word.footer.empty()) out += ".PP\n.nf\n" + roff(word.footer) + "\n.fi\n";
  }
  return out + R"(.SH EXIT STATUS
0 done, 2 wrong input, 3 numerical failure, 4 disk, 5 cannot go on, 6 out of memory, 7 directory in use, 75 stopped and
saved (the same command goes on), 130 killed by a second Ctrl\-C
)";
}

void add_completion_options(CLI::App& command) {
  auto shell = std::make_shared<std::string>();
  command.add_option("shell", *shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}))
      ->type_name("SHELL");
  command.footer("Example, for bash:\n  source <(interstice completion bash)");
  command.callback([shell] {
    const auto all = command_words();
    fmt::print("{}", *shell == "bash" ? for_bash(all) : *shell == "zsh" ? for_zsh(all) : for_fish(all));
  });
}

void add_man_options(CLI::App& command) {
  command.footer("Example:\n  interstice man | man -l -");
  command.callback([] { fmt::print("{}", man_page(command_words())); });
}

const RegisteredCommand completion_command{{.position = 80,
                                            .name = "completion",
                                            .arguments = "SHELL",
                                            .summary = "",  // of the first screen: it is typed once
                                            .title = "What bash, zsh or fish complete, as a script for it.",
                                            .add_options = add_completion_options}};
const RegisteredCommand man_command{{.position = 81,
                                     .name = "man",
                                     .arguments = "",
                                     .summary = "",
                                     .title = "The man page: all commands and options.",
                                     .add_options = add_man_options}};

}  // namespace
}  // namespace interstice::cli
