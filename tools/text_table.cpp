#include "tools/text_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

namespace interstice::cli {
namespace {

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

std::size_t longest(const std::vector<std::string>& all) {
  std::size_t most = 0;
  for (const std::string& text : all) most = std::max(most, text.size());
  return most;
}

/// Words in as few lines as fit the width.
std::vector<std::string> lines_of(const std::vector<std::string>& words, std::size_t width) {
  std::vector<std::string> lines;
  for (const std::string& word : words) {
    if (lines.empty() || lines.back().size() + 1 + word.size() > width)
      lines.push_back(word);
    else
      lines.back() += " " + word;
  }
  return lines;
}

std::string without_spaces_at_end(const std::string& line) { return line.substr(0, line.find_last_not_of(' ') + 1); }

}  // namespace

std::string wrapped(const std::string& text, std::size_t indent) {
  const std::size_t begin = std::min(text.find_first_not_of(' '), text.size());
  std::string out;
  for (const std::string& line : lines_of(words_of(text), kTerminalWidth - std::max(begin, indent)))
    out += std::string(out.empty() ? begin : indent, ' ') + line + "\n";
  return out;
}

std::size_t TextTable::width(std::size_t column) const {
  std::size_t most = column == 0 ? header_[0].size() : longest(words_of(header_[column]));
  for (const auto& row : rows_)
    if (column < row.size()) most = std::max(most, row[column].size());
  return most;
}

std::string TextTable::block(std::size_t begin, std::size_t end) const {
  std::vector<std::size_t> columns{0};
  for (std::size_t c = begin; c < end; ++c) columns.push_back(c);
  std::vector<std::vector<std::string>> heads;
  std::size_t height = 0;
  for (const std::size_t c : columns) {
    heads.push_back(lines_of(words_of(header_[c]), width(c)));
    height = std::max(height, heads.back().size());
  }
  std::string text;
  const auto add_line = [&](const auto& cell_of) {
    std::string line;
    for (std::size_t k = 0; k < columns.size(); ++k) {
      const bool right = k > 0 && align_ == Align::right;
      line += right ? fmt::format("  {:>{}}", cell_of(k), width(columns[k]))
                    : fmt::format("  {:<{}}", cell_of(k), width(columns[k]));
    }
    text += without_spaces_at_end(line) + "\n";
  };
  for (std::size_t l = 0; l < height; ++l)
    add_line([&](std::size_t k) {
      const std::size_t above = height - heads[k].size();
      return l < above ? std::string() : heads[k][l - above];
    });
  for (const auto& row : rows_)
    add_line([&](std::size_t k) { return columns[k] < row.size() ? row[columns[k]] : std::string(); });
  return text;
}

std::string TextTable::text() const {
  if (is_empty()) return "";
  std::string text;
  std::size_t begin = 1;
  do {
    std::size_t end = begin, used = 2 + width(0);
    while (end < header_.size() && (end == begin || used + 2 + width(end) <= kTerminalWidth)) used += 2 + width(end++);
    text += (text.empty() ? "" : "\n") + block(begin, end);
    begin = end;
  } while (begin < header_.size());
  return text;
}

}  // namespace interstice::cli
