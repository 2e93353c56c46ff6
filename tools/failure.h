/// @file
/// How an attempt ended. The one place where exceptions become exit codes and messages: main() asks it once, and a
/// comparison asks it for each of its runs, so that one failed run does not end the others.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "engine/core/error.h"

namespace interstice::cli {

struct Failure {
  ExitCode code = ExitCode::done;
  std::string message;
};

/// Runs `work`; says what went wrong, or nothing when all went well.
std::optional<Failure> attempt(const std::function<void()>& work);

}  // namespace interstice::cli
