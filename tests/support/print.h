/// @file
/// How GoogleTest shows the engine's small types in names and failures; it prints bytes otherwise.
#pragma once

#include <ostream>

#include "engine/core/vec3.h"

namespace interstice {

inline void PrintTo(const Vec3& v, std::ostream* out) { *out << '(' << v.x << ", " << v.y << ", " << v.z << ')'; }

}  // namespace interstice
