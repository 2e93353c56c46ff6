/// @file
/// The lines of the table that `interstice bench` prints, and what they are held against.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace interstice::bench {

/// What a line is held to: its value, its ratio to the copy, or both. Times are held by their ratio, for between
/// machines they differ twofold and the ratios by a fifth.
struct Budget {
  enum class Kind { at_most, at_least };
  Kind kind = Kind::at_most;
  std::optional<double> value = std::nullopt;
  std::optional<double> ratio_to_copy = std::nullopt;  ///< at most
  bool either = false;                                 ///< the value or the ratio will do
};

struct Row {
  std::string name;
  double value = 0;
  std::string unit;
  std::optional<Budget> budget;
  std::optional<double> ratio_to_copy;  ///< time over that of a read-write copy of the same bytes
  int threads = 1;

  /// Nothing when there is no budget.
  [[nodiscard]] std::optional<bool> met() const;
};

/// The table as text, one line per row.
std::string table_text(std::span<const Row> rows);

/// How many budgets were met, for example "23 of 25 budgets met; missed: EV full; memory cell".
std::string verdict(std::span<const Row> rows);

}  // namespace interstice::bench
