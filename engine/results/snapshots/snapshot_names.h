/// @file
/// How arrays are called in result files: ParaView allows neither '/' nor '.' in a name, so units are written with
/// exponents ("um s-1"), which UDUNITS reads too.
#pragma once

#include <string>
#include <string_view>

namespace interstice {

/// "um^2/s" -> "um2 s-1", "1/h" -> "h-1", "1" -> "1".
std::string file_unit(std::string_view unit);

/// "adenosine [uM]", with characters that are not allowed replaced by '_'.
std::string file_name_with_unit(std::string_view name, std::string_view unit);

/// The name without its unit.
std::string bare_file_name(std::string_view name);

}  // namespace interstice
