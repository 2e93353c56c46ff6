/// @file
/// The `interstice` command: reads the command line, runs one command, returns its exit code.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstdio>
#include <system_error>

#include "tools/command.h"
#include "tools/failure.h"
#include "tools/help.h"
#include "tools/standard_streams.h"

namespace {

using namespace interstice;

void run_command_line(int argc, char** argv) {
  if (argc < 2) throw InputError("no command given (there is nothing to do)\n\n" + cli::overview());
  const std::string first = argv[1];
  if (first == "--help" || first == "-h" || first == "help") return fmt::print("{}", cli::overview());
  if (first == "--version") return fmt::print("{}", cli::version_text());
  if (!cli::is_command(first)) throw InputError(cli::unknown_command(first));
  CLI::App app("", "interstice");
  app.require_subcommand(1);
  for (const cli::Command& command : cli::commands())
    command.add_options(*app.add_subcommand(command.name, command.title));
  const CLI::App* command = app.get_subcommand(first);
  std::string before = "interstice";
  for (const CLI::App* word : command->get_subcommands([](const CLI::App*) { return true; }))
    if (argc > 2 && word->get_name() == argv[2]) {
      before += " " + first;
      command = word;
      break;
    }
  for (int k = 2; k < argc; ++k)
    if (argv[k] == std::string("--help") || argv[k] == std::string("-h"))
      return fmt::print("{}", command->help(before));
  app.parse(argc, argv);
}

}  // namespace

int main(int argc, char** argv) {
  cli::prepare_streams();
  const auto failure = cli::attempt([&] {
    try {
      run_command_line(argc, argv);
    } catch (const std::system_error& error) {  // of standard output: whoever read it, such as head, has enough
      if (error.code() != std::errc::broken_pipe) throw;
    }
    if (std::fflush(stdout) != 0 && errno != EPIPE)
      throw DiskError("cannot write to standard output (is the disk full?)");
  });
  if (!failure) return static_cast<int>(ExitCode::done);
  std::fflush(stdout);
  const bool wrong = failure->code != ExitCode::stopped;  // a stop was asked for
  cli::complain(fmt::format("{}{}\n", wrong ? cli::error_prefix() + " " : "", failure->message));
  return static_cast<int>(failure->code);
}
