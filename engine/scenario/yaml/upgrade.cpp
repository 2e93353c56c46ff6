#include "engine/scenario/yaml/upgrade.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <ranges>
#include <string_view>

namespace interstice {
namespace {

/// What replaces a piece of the text.
struct Replacement {
  std::size_t length = 0;
  std::string text;
};

/// Where every line begins; a byte order mark before the first one does not count.
std::vector<std::size_t> starts_of_lines(std::string_view text) {
  std::vector<std::size_t> starts{text.starts_with("\xEF\xBB\xBF") ? 3U : 0U};
  for (std::size_t at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1))
    starts.push_back(at + 1);
  return starts;
}

/// Where a scalar's own characters begin: behind its anchor, its tag and its opening quote.
std::size_t begin_of_scalar(std::string_view text, std::size_t at) {
  while (at < text.size() && (text[at] == '&' || text[at] == '!')) {
    at = std::min(text.find_first_of(" \t\r\n", at), text.size());
    at = std::min(text.find_first_not_of(" \t\r\n", at), text.size());
  }
  return at < text.size() && (text[at] == '"' || text[at] == '\'') ? at + 1 : at;
}

/// By where they begin; an edit whose old text does not stand at its place is reported.
std::map<std::size_t, Replacement> replacements(std::string_view text, const std::vector<FormerWordUse>& uses,
                                                Diagnostics& diagnostics) {
  const std::vector<std::size_t> starts = starts_of_lines(text);
  std::map<std::size_t, Replacement> all;
  for (const FormerWordUse& use : uses)
    for (const WordEdit& edit : use.edits) {
      const auto line = static_cast<std::size_t>(edit.place.line) - 1;
      const std::size_t at = begin_of_scalar(text, starts.at(line) + static_cast<std::size_t>(edit.place.column) - 1);
      if (text.substr(std::min(at, text.size())).starts_with(edit.old_text))
        all[at] = {edit.old_text.size(), edit.new_text};
      else
        diagnostics.report(edit.place, use.key_path,
                           fmt::format("`{}` is written in a way that cannot be replaced (expected the plain word) "
                                       "write `{}` by hand",
                                       use.old_word, use.new_word));
    }
  return all;
}

}  // namespace

UpgradedText upgraded_text(const std::string& text, const std::string& file) {
  Diagnostics diagnostics;
  YamlNode wanted = parse_yaml(text, file, diagnostics);
  if (diagnostics.empty() && !wanted.is_map() && wanted.kind != YamlNode::Kind::null)
    diagnostics.report(wanted.place, "", "a scenario is a map (expected lines such as 'title: ...')");
  diagnostics.throw_if_any();
  UpgradedText upgraded{text, replace_former_words(wanted)};
  std::ranges::stable_sort(upgraded.changes, {},
                           [](const FormerWordUse& use) { return std::pair(use.place.line, use.place.column); });
  const auto all = replacements(text, upgraded.changes, diagnostics);
  diagnostics.throw_if_any();
  for (const auto& [at, by] : std::views::reverse(all)) upgraded.text.replace(at, by.length, by.text);
  Diagnostics again;
  if (const YamlNode found = parse_yaml(upgraded.text, file, again); !again.empty() || !same_content(found, wanted))
    diagnostics.report({wanted.place.file, 1, 1}, "",
                       "its words of schema 1 cannot be replaced one by one (is a new word there already, or does an "
                       "anchor serve two purposes?) rewrite them by hand");
  diagnostics.throw_if_any();
  return upgraded;
}

}  // namespace interstice
