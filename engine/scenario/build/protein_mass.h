/// @file
/// What surface proteins weigh, as models/proteins.yaml says.
#pragma once

#include <string_view>

namespace interstice {

/// Mass of one copy [kDa]. Throws InputError when the file is missing or cannot be read.
double protein_mass(std::string_view protein);

}  // namespace interstice
