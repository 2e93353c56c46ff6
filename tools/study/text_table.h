/// @file
/// A table for the terminal, its columns aligned.
#pragma once

#include <string>
#include <vector>

namespace interstice::cli {

class TextTable {
 public:
  explicit TextTable(std::vector<std::string> header) : rows_{std::move(header)} {}
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  [[nodiscard]] bool is_empty() const { return rows_.size() < 2; }
  /// Indented by two; "" where it has no rows.
  [[nodiscard]] std::string text() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace interstice::cli
