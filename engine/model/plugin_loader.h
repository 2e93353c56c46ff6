/// @file
/// Opens a shared object that holds an interaction model. It is never closed: the run keeps pointers into it.
#pragma once

#include <string>

#include "engine/model/interaction_model.h"

namespace interstice {

struct LoadedPlugin {
  const ModelDescriptor* descriptor = nullptr;
  std::string path;    ///< absolute
  std::string sha256;  ///< of the file
};

/// Throws InputError naming the file when it cannot be opened, is not a plug-in, or has another contract number.
LoadedPlugin load_plugin(const std::string& path);

}  // namespace interstice
