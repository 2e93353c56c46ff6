/// @file
/// Scenario files of schema 1 rewritten in the words of schema 2, as text: comments, order and layout stay.
#pragma once

#include <string>
#include <vector>

#include "engine/scenario/yaml/former_words.h"

namespace interstice {

struct UpgradedText {
  std::string text;
  std::vector<FormerWordUse> changes;  ///< in order of the text; none: it holds no word of schema 1
};

/// The text with its former words replaced (former_words.h). Throws ScenarioErrors where it is not valid YAML, or where
/// replacing the words would change what else it says.
UpgradedText upgraded_text(const std::string& text, const std::string& file);

}  // namespace interstice
