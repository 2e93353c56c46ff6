/// @file
/// Words that scenario files used before schema 2. A file that still uses one is refused with the new word named, and
/// `interstice upgrade` rewrites it; both go by the one table in former_words.cpp.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/scenario/yaml/yaml_node.h"

namespace interstice {

/// A key, or a key with its value, and what is written in its place since schema 2. `*` stands for one name.
struct FormerWord {
  std::string_view where;     ///< key path of the map that holds the key, "" = the top of the file
  std::string_view old_word;  ///< `key` or `key: value`
  std::string_view new_word;  ///< in the same form
};

/// The table.
std::span<const FormerWord> former_words();

/// A scalar of a file and what should stand there.
struct WordEdit {
  Place place;
  std::string old_text, new_text;
};

/// A former word at one place of a file.
struct FormerWordUse {
  Place place;
  std::string key_path;            ///< as written
  std::string old_word, new_word;  ///< `key` or `key: value`, with the names that `*` stood for
  std::vector<WordEdit> edits;     ///< of the key, of its value, or of both
};

/// Puts the new words into a file's tree and says where old ones were, each place once.
std::vector<FormerWordUse> replace_former_words(YamlNode& root);

/// The same for one value and its key path from the top of a file, as in --set.
std::vector<FormerWordUse> replace_former_words(std::string& key_path, YamlNode& value);

}  // namespace interstice
