/// @file
/// Work that must not keep the user waiting, in a process of its own.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace interstice::cli {

/// Lines that `work` says, from a copy of this process that is ended after `limit` [s]: fewer where it did not come so
/// far, or failed. Nothing else of what it does is left. No thread may run when this is called.
std::vector<std::string> said_by_child(double limit,
                                       const std::function<void(const std::function<void(const std::string&)>&)>& work);

}  // namespace interstice::cli
