/// @file
/// The list of sub-commands.
#include "tools/command.h"

#include <algorithm>
#include <utility>

namespace interstice::cli {
namespace {

/// Filled before main() begins, in whatever order the linker chose.
std::vector<Command>& registered_commands() {
  static std::vector<Command> list;
  return list;
}

}  // namespace

RegisteredCommand::RegisteredCommand(Command command) {
  auto& list = registered_commands();
  const auto after = std::upper_bound(list.begin(), list.end(), command, [](const Command& a, const Command& b) {
    return std::pair(a.position, a.name) < std::pair(b.position, b.name);
  });
  list.insert(after, std::move(command));
}

const std::vector<Command>& commands() { return registered_commands(); }

std::vector<std::string> command_names() {
  std::vector<std::string> names;
  for (const Command& command : commands()) names.push_back(command.name);
  return names;
}

}  // namespace interstice::cli
