/// @file
/// Tables that Interstice wrote as CSV (RFC 4180).
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace interstice::viz {

/// The number that a cell is; empty where it is none.
std::optional<double> number_in(std::string_view cell);

struct CsvTable {
  std::vector<std::string> head;
  std::vector<std::vector<std::string>> rows;  ///< each as long as the head; shorter ones are filled up

  CsvTable() = default;
  explicit CsvTable(std::string_view text);

  /// Throws std::runtime_error where there is no such column.
  [[nodiscard]] std::size_t column(std::string_view name) const;
  /// {"head": [...], "rows": [[...], ...]}: numbers as numbers, empty cells as null.
  [[nodiscard]] nlohmann::json json() const;
};

}  // namespace interstice::viz
