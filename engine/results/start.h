/// @file
/// Where a writer of files begins.
#pragma once

namespace interstice {

/// Whether files are begun, or go on where an earlier run left them.
enum class Start { fresh, continued };

}  // namespace interstice
