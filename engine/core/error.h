/// @file
/// The three kinds of error: what a user got wrong, what went wrong in the numbers, what the machine refused.
/// A bug in the program is an assertion. Only main() catches.
#pragma once

#include <stdexcept>
#include <string>

namespace interstice {

/// Exit codes of the `interstice` program; documented in README.md.
enum class ExitCode : int {
  done = 0,
  input = 2,
  numerical = 3,
  disk = 4,
  cannot_go_on = 5,
  memory = 6,
  directory_in_use = 7,
  stopped = 75,  ///< EX_TEMPFAIL: asked to stop, saved; the same command goes on
  killed = 130,  ///< by a second Ctrl-C
};

class Error : public std::runtime_error {
 public:
  Error(ExitCode code, const std::string& message) : std::runtime_error(message), code_(code) {}
  [[nodiscard]] ExitCode code() const { return code_; }

 private:
  ExitCode code_;
};

/// The user asked for something that cannot be. The text reads "<problem> (<why>) <what to do>".
class InputError : public Error {
 public:
  explicit InputError(const std::string& message) : Error(ExitCode::input, message) {}
};

/// The numbers left their domain: names step, field and voxel.
class NumericalError : public Error {
 public:
  explicit NumericalError(const std::string& message) : Error(ExitCode::numerical, message) {}
};

/// A file could not be written or read: names the path and the system's reason.
class DiskError : public Error {
 public:
  explicit DiskError(const std::string& message) : Error(ExitCode::disk, message) {}
};

}  // namespace interstice
