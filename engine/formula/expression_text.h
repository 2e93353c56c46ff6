/// @file
/// The text of a formula as its compiler reads it: characters, complaints, and the functions there are.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <numeric>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/core/error.h"
#include "engine/formula/expression_operations.h"

namespace interstice {

inline constexpr int kMaxFormulaNesting = 100;   ///< brackets within brackets while reading
inline constexpr int kMaxFormulaArguments = 24;  ///< of one function

struct FormulaFunction {
  std::string_view name;
  Operation operation;
  int fewest, most;
  std::string_view usage;
};
inline constexpr std::array kFormulaFunctions{
    FormulaFunction{"H", Operation::hill, 2, 3, "H(x, K) or H(x, K, n)"},
    FormulaFunction{"any", Operation::any, 1, kMaxFormulaArguments, "any(a, b, ...)"},
    FormulaFunction{"all", Operation::all, 1, kMaxFormulaArguments, "all(a, b, ...)"},
    FormulaFunction{"min", Operation::min, 2, kMaxFormulaArguments, "min(a, b, ...)"},
    FormulaFunction{"max", Operation::max, 2, kMaxFormulaArguments, "max(a, b, ...)"},
    FormulaFunction{"clip", Operation::clip, 3, 3, "clip(x, low, high)"},
    FormulaFunction{"exp", Operation::exp, 1, 1, "exp(x)"},
    FormulaFunction{"pow", Operation::pow, 2, 2, "pow(x, n)"},
};

/// Levenshtein distance.
inline std::size_t name_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t same = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = std::exchange(row[j + 1], std::min({same, row[j] + 1, row[j + 1] + 1}));
    }
  }
  return row.back();
}

inline bool starts_name(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_'; }
inline bool continues_name(char c) { return starts_name(c) || std::isdigit(static_cast<unsigned char>(c)) != 0; }

/// Reads a text from left to right and says where it is wrong.
class FormulaText {
 protected:
  explicit FormulaText(std::string_view text) : text_(text) {}

  [[noreturn]] void fail(std::size_t at, std::string_view problem, std::string_view why_and_what) const {
    throw InputError(fmt::format("{} at column {} of \"{}\" ({})", problem, at + 1, text_, why_and_what));
  }
  static std::string_view hint_for(char c) {
    if (c == '^') return "write pow(x, n)";
    if (c == '=' || c == '!') return "formulas compare with <, <=, > and >= only";
    if (c == '[') return "a unit in brackets follows a number, as in 0.7 [uM]";
    return "an operator such as + - * / or the end of the formula was expected";
  }

  [[nodiscard]] bool at_end() const { return position_ == text_.size(); }
  void skip_space() {
    while (!at_end() && std::isspace(static_cast<unsigned char>(text_[position_])) != 0) ++position_;
  }
  bool accept(std::string_view token) {
    if (text_.substr(position_, token.size()) != token) return false;
    position_ += token.size();
    skip_space();
    return true;
  }
  bool accept_word(std::string_view word) {
    const std::size_t end = position_ + word.size();
    if (text_.substr(position_, word.size()) != word || (end < text_.size() && continues_name(text_[end])))
      return false;
    return accept(word);
  }
  void require(std::string_view token, std::string_view why) {
    if (!accept(token)) fail(position_, fmt::format("'{}' is missing", token), why);
  }

  std::string_view read_word(std::string_view what) {
    std::size_t end = position_;
    while (end < text_.size() && continues_name(text_[end])) ++end;
    if (end == position_) fail(position_, fmt::format("the name of a {} is missing", what), "write it as it stands");
    const std::string_view word = text_.substr(position_, end - position_);
    position_ = end;
    skip_space();
    return word;
  }
  std::uint32_t read_one_of(const std::vector<std::string>& known, std::string_view what) {
    const std::size_t at = position_;
    const std::string_view word = read_word(what);
    const auto found = std::ranges::find(known, word);
    if (found == known.end())
      fail(at, fmt::format("unknown {} '{}'", what, word), fmt::format("there are: {}", fmt::join(known, ", ")));
    return static_cast<std::uint32_t>(found - known.begin());
  }

  std::string_view text_;
  std::size_t position_ = 0;
};

}  // namespace interstice
