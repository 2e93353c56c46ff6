/// @file
/// What is wrong with a scenario, and where: all mistakes of all files are collected and told at once.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/error.h"

namespace interstice {

/// A place in a file (or on the command line, where line is 0).
struct Place {
  std::shared_ptr<const std::string> file;  ///< path, or "--set" and the like; null where nothing was written
  int line = 0, column = 0;                 ///< counted from 1

  [[nodiscard]] std::string text() const;  ///< file:line:column
};

/// One mistake.
struct Complaint {
  Place place;
  std::string key_path;  ///< for example species.ATP.decay
  std::string message;   ///< problem (expected ...) did you mean '...'?

  [[nodiscard]] std::string text() const;
};

/// Everything that is wrong with a scenario; what() lists it line by line.
class ScenarioErrors : public InputError {
 public:
  explicit ScenarioErrors(std::vector<Complaint> complaints);
  [[nodiscard]] const std::vector<Complaint>& complaints() const { return complaints_; }

 private:
  std::vector<Complaint> complaints_;
};

/// Collects complaints while a scenario is read.
class Diagnostics {
 public:
  void report(const Place& place, std::string key_path, std::string message);
  /// Worth saying, but no mistake.
  void warn(const Place& place, std::string key_path, std::string message);
  [[nodiscard]] const std::vector<Complaint>& warnings() const { return warnings_; }
  [[nodiscard]] bool empty() const { return complaints_.empty(); }
  [[nodiscard]] std::size_t count() const { return complaints_.size(); }
  [[nodiscard]] const std::vector<Complaint>& complaints() const { return complaints_; }
  /// Throws ScenarioErrors with the complaints sorted by file and position; returns when there are none.
  void throw_if_any() const;

  /// Set when a file could not be read to its end, or a library not loaded: what it would have defined must not be
  /// reported as unknown.
  bool incomplete = false;

 private:
  std::vector<Complaint> complaints_, warnings_;
};

/// Restricted Damerau-Levenshtein distance: insertions, deletions, replacements, swaps of neighbours.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// " did you mean 'x'?" for the known name nearest to `wrong`, or "" when none is near.
std::string did_you_mean(std::string_view wrong, std::span<const std::string> known);

}  // namespace interstice
