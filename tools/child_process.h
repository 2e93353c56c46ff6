/// @file
/// Work that must not keep the user waiting, in a process of its own.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tools/failure.h"

namespace interstice::cli {

using Say = std::function<void(const std::string& line)>;

/// What a child process said, and how it failed; neither where it was ended before it came so far.
struct FromChild {
  std::vector<std::string> lines;
  std::optional<Failure> failure;
};

/// Does `work` in a copy of this process that is ended after `limit` [s]. Nothing is left of it but what it says, line
/// by line. Threads of this process do not go on in the copy.
FromChild do_in_child(double limit, const std::function<void(const Say&)>& work);

}  // namespace interstice::cli
