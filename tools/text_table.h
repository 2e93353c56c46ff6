/// @file
/// Text that fits a terminal: tables with aligned columns, and lines that are broken between words.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace interstice::cli {

inline constexpr std::size_t kTerminalWidth = 100;

/// A line of text, broken before it is too long; what goes on is indented.
std::string wrapped(const std::string& text, std::size_t indent);

class TextTable {
 public:
  enum class Align : char { left = '<', right = '>' };
  /// `align`: of all columns but the first.
  explicit TextTable(std::vector<std::string> header, Align align = Align::left)
      : header_(std::move(header)), align_(align) {}
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  [[nodiscard]] bool is_empty() const { return rows_.empty(); }
  /// Indented by two; "" where it has no rows. Heads are broken between words; a table that is too wide goes on below,
  /// with its first column again.
  [[nodiscard]] std::string text() const;

 private:
  [[nodiscard]] std::string block(std::size_t begin, std::size_t end) const;
  [[nodiscard]] std::size_t width(std::size_t column) const;

  std::vector<std::string> header_;
  std::vector<std::vector<std::string>> rows_;
  Align align_;
};

}  // namespace interstice::cli
