/// @file
/// Exceptions to exit codes.
#include "tools/failure.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <new>
#include <system_error>

namespace interstice::cli {

std::optional<Failure> attempt(const std::function<void()>& work) {
  try {
    work();
    return std::nullopt;
  } catch (const CLI::ParseError& error) {
    return Failure{ExitCode::input, fmt::format("{} (wrong command line) see interstice --help", error.what())};
  } catch (const Error& error) {
    return Failure{error.code(), error.what()};
  } catch (const std::bad_alloc&) {
    return Failure{ExitCode::memory,
                   "out of memory (the run needs more than there is) interstice validate FILE estimates the need"};
  } catch (const std::system_error& error) {  // of files, and of writing to standard output
    return Failure{ExitCode::disk, error.what()};
  } catch (const std::exception& error) {
    return Failure{ExitCode::numerical, fmt::format("{} (this is a bug in interstice) please report it", error.what())};
  }
}

}  // namespace interstice::cli
