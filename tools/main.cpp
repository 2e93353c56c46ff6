/// @file
/// The `interstice` command. The only place that catches and that turns errors into exit codes.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <new>

#include "engine/core/error.h"
#include "tools/commands.h"
#include "tools/help.h"

namespace {

using namespace interstice;

int fail(ExitCode code, const std::string& message) {
  std::fflush(stdout);
  fmt::print(stderr, "{} {}\n", cli::error_prefix(), message);
  return static_cast<int>(code);
}

void run_command_line(CLI::App& app, int argc, char** argv) {
  if (argc < 2) throw InputError("no command given (there is nothing to do)\n\n" + cli::overview());
  const std::string first = argv[1];
  if (first.front() != '-' && !cli::is_command(first)) throw InputError(cli::unknown_command(first));
  cli::add_run(app);
  cli::add_compare(app);
  cli::add_validate(app);
  cli::add_describe(app);
  cli::add_schema(app);
  cli::add_info(app);
  app.require_subcommand(1);
  app.set_version_flag("--version", cli::version_text());
  app.formatter_fn([](const CLI::App*, const std::string&, CLI::AppFormatMode) { return cli::overview(); });
  app.parse(argc, argv);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("", "interstice");
  try {
    run_command_line(app, argc, argv);
    return static_cast<int>(ExitCode::done);
  } catch (const CLI::Success& asked) {  // --help and --version
    app.exit(asked);
    return static_cast<int>(ExitCode::done);
  } catch (const CLI::ParseError& error) {
    return fail(ExitCode::input, std::string(error.what()) + " (see interstice --help)");
  } catch (const Error& error) {
    return fail(error.code(), error.what());
  } catch (const std::bad_alloc&) {
    return fail(ExitCode::memory, "out of memory (interstice validate FILE estimates the need)");
  } catch (const std::exception& error) {
    return fail(ExitCode::numerical, fmt::format("{} (this is a bug: please report it)", error.what()));
  }
}
