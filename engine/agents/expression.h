/// @file
/// Formulas in cell types, for example "6 [1/h] * any(H(C5a, 1 [nM]), H(TNF, 50 [pM]))". Dimensions are checked when
/// the formula is compiled, so that a concentration cannot be taken for a rate; evaluation is plain stack code on
/// doubles with pinned functions, identical on every machine.
///
/// Grammar: + - * / unary minus, < <= > >= and or not, ( ), numbers with an optional [unit], names, and
/// H(x, K[, n]) Hill; any(a, ...) = 1 - prod(1 - a); all(a, ...) = prod; min, max, clip(x, lo, hi), exp, pow(x, n).
/// Comparisons and logic give 1 or 0; a number counts as true when it is > 0.5. H is 0 for x <= 0; pow of a negative
/// base with a fractional exponent is 0 (a concentration that rounding left at -1e-20 must not poison a cell).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/units.h"

namespace interstice {

/// A name that a formula may use.
struct Symbol {
  std::string name;
  Dimension dimension;
  double scale = 1;  ///< stored value * scale = native coherent value (602.2 for a field kept in uM)
  /// Set for a named parameter: its stored value, compiled in as a literal and never looked up afterwards.
  std::optional<double> constant{};
};

/// "um/s", "molecule/um^3", or "a pure number".
std::string dimension_text(const Dimension& dimension);

/// A compiled formula. Empty expressions evaluate to 0.
class Expression {
 public:
  Expression() = default;
  /// Compiles `text`; the result must have the dimension of `unit` and is returned in it.
  /// Throws InputError with the column inside the text, what was expected, and the nearest known name.
  Expression(std::string_view text, std::span<const Symbol> symbols, std::string_view unit);

  /// values[i] belongs to symbols[i]; may be shorter than symbols where the rest are constants. No allocation.
  [[nodiscard]] double operator()(std::span<const double> values) const;
  [[nodiscard]] bool empty() const { return code_.empty(); }
  [[nodiscard]] bool constant() const;
  [[nodiscard]] const std::string& text() const { return text_; }
  /// Indices of the symbols that the formula reads.
  [[nodiscard]] std::vector<std::size_t> symbols_used() const;

 private:
  friend class ExpressionCompiler;
  struct Instruction {
    std::uint8_t op = 0;
    std::uint8_t arity = 0;
    std::uint32_t symbol = 0;
    double number = 0;
  };
  std::vector<Instruction> code_;
  std::string text_;
};

}  // namespace interstice
