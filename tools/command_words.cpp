#include "tools/command_words.h"

#include <CLI/CLI.hpp>
#include <utility>

#include "tools/command.h"

namespace interstice::cli {
namespace {

/// Of "WHICH:{both,all,published}".
std::vector<std::string> choices_in(const std::string& type) {
  const std::size_t begin = type.find('{'), end = type.find('}');
  std::vector<std::string> choices;
  if (begin == std::string::npos || end == std::string::npos) return choices;
  const std::string list = type.substr(begin + 1, end - begin - 1);
  for (std::size_t at = 0; at <= list.size();) {
    const std::size_t comma = std::min(list.find(',', at), list.size());
    choices.push_back(list.substr(at, comma - at));
    at = comma + 1;
  }
  return choices;
}

CommandWord word_of(const CLI::App& app, const std::string& words) {
  const std::string title = app.get_description();
  CommandWord word{.words = words,
                   .arguments = "",
                   .title = title.substr(0, title.find('\n')),
                   .footer = app.get_footer(),
                   .choices = {},
                   .options = {}};
  for (const CLI::Option* option : app.get_options()) {
    const std::string type = option->get_type_name();
    const std::string value = type.substr(0, type.find(':'));
    if (option->get_lnames().empty()) {
      word.arguments += (word.arguments.empty() ? "" : " ") + value;
      word.choices = choices_in(type);
      continue;
    }
    const bool flag = option->get_items_expected_max() == 0;
    const auto& short_names = option->get_snames();
    std::string short_name = short_names.empty() ? "" : "-" + short_names.front();
    for (const std::string& name : option->get_lnames())
      word.options.push_back({.name = "--" + name,
                              .short_name = std::exchange(short_name, ""),
                              .description = option->get_description(),
                              .value = flag ? "" : value,
                              .choices = choices_in(type)});
  }
  return word;
}

}  // namespace

std::vector<CommandWord> command_words() {
  std::vector<CommandWord> all;
  for (const Command& command : commands()) {
    CLI::App app(command.title, command.name);
    command.add_options(app);
    all.push_back(word_of(app, command.name));
    for (const CLI::App* after : app.get_subcommands([](const CLI::App*) { return true; }))
      all.push_back(word_of(*after, command.name + " " + after->get_name()));
  }
  return all;
}

}  // namespace interstice::cli
