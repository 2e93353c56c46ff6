#include "engine/scenario/build/protein_mass.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include "engine/core/error.h"
#include "engine/core/units.h"
#include "engine/scenario/yaml/yaml_include.h"

namespace interstice {
namespace {

struct Masses {
  std::map<std::string, double, std::less<>> known;  ///< [kDa]
  double other = 0;                                  ///< [kDa]
};

std::filesystem::path masses_file() {
  std::error_code ignored;
  for (const std::filesystem::path folder : model_directories())
    if (std::filesystem::is_regular_file(folder / "proteins.yaml", ignored)) return folder / "proteins.yaml";
  throw InputError("proteins.yaml is not among the models (the installation is incomplete) install it again");
}

double mass_of(const YamlNode* entry, const std::string& name, const std::string& file) {
  for (const char* key : {"mass", "value"}) entry = entry == nullptr ? nullptr : entry->find(key);
  if (entry == nullptr) throw InputError(fmt::format("{} has no {{mass: {{value: ...}}}} for {}", file, name));
  return parse_quantity(entry->text).in("kDa");
}

Masses read_masses() {
  const std::string path = masses_file().string();
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  Diagnostics diagnostics;
  const YamlNode root = parse_yaml(text.str(), path, diagnostics);
  diagnostics.throw_if_any();
  Masses masses;
  masses.other = mass_of(root.find("other"), "other proteins", path);
  if (const YamlNode* proteins = root.find("proteins"))
    for (std::size_t i = 0; i < proteins->items.size(); ++i)
      masses.known[proteins->keys[i]] = mass_of(&proteins->items[i], proteins->keys[i], path);
  return masses;
}

}  // namespace

double protein_mass(std::string_view protein) {
  static const Masses masses = read_masses();
  const auto found = masses.known.find(protein);
  return found == masses.known.end() ? masses.other : found->second;
}

}  // namespace interstice
