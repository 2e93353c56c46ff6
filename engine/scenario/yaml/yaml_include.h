/// @file
/// One tree from a scenario and the files it includes.
#pragma once

#include <string>
#include <vector>

#include "engine/scenario/yaml/diagnostics.h"
#include "engine/scenario/yaml/yaml_node.h"

namespace interstice {

/// A file that took part, and who asked for it.
struct SourceFile {
  std::string path;
  std::string included_as;  ///< as written, "" for the scenario itself
  std::string included_by;  ///< path, "" for the scenario itself
};

/// Reads `path` (or `text` in its place) and everything it includes. Included files are looked for beside the file
/// that names them (of a symbolic link: beside the link, then beside the file it points to), then among the models and
/// scenarios that ship (source tree or installed share), then in `include_directories`. The including file wins over
/// what it includes; two included files must not disagree.
YamlNode read_with_includes(const std::string& path, const std::string* text,
                            const std::vector<std::string>& include_directories, std::vector<SourceFile>& files,
                            Diagnostics& diagnostics);

/// Puts `over` on `base`, map by map; `over` wins, and an empty value drops the key. {value, range, ...} counts as one
/// value, so that no old range or source stays with a new number.
void overlay(YamlNode& base, const YamlNode& over);

/// Folders that hold the cell types and chemistries that ship with the program.
std::vector<std::string> model_directories();

}  // namespace interstice
