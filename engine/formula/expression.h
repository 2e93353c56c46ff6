/// @file
/// Formulas in cell types, for example "6 [1/h] * any(H(C5a, 1 [nM]), H(TNF, 50 [pM]))". Dimensions are checked when
/// the formula is compiled, so that a concentration cannot be taken for a rate; evaluation is plain stack code on
/// doubles with pinned functions, identical on every machine.
///
/// Grammar: + - * / unary minus, < <= > >= and or not, ( ), numbers with an optional [unit], names, and
/// H(x, K[, n]) Hill; any(a, ...) = 1 - prod(1 - a); all(a, ...) = prod; min, max, clip(x, lo, hi), exp, pow(x, n).
/// Within a cell type also in_state(a, ...) = 1 in one of these states of its own, touching(type, x) = sum of x over
/// the cells of a type that it touches, total(type, x) = sum over all of them; in x every name is the other cell's, but
/// for parameters; with a third part, touching(type, x, theirs = own), only those count whose `theirs`, a formula of
/// the other cell, equals `own`, one of the cell that asks; in_reservoir(reservoir, x) = concentration of a species or
/// vesicle class there; active(model) = 1 while the interaction model acts in the run, else 0. Comparisons and logic
/// give 1 or 0; a number counts as true when it is > 0.5. H is 0 for x <= 0; pow of a negative base with a fractional
/// exponent is 0 (a concentration that rounding left at -1e-20 must not poison a cell).
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

struct FormulaCells;

/// "um/s", "molecule/um^3", or "a pure number".
std::string dimension_text(const Dimension& dimension);

/// A compiled formula. Empty expressions evaluate to 0.
class Expression {
 public:
  Expression() = default;
  /// Compiles `text`; the result must have the dimension of `unit` and is returned in it.
  /// Throws InputError with the column inside the text, what was expected, and the nearest known name.
  /// `cells`: what in_state, touching, total, in_reservoir and active refer to; without it they are unknown names.
  Expression(std::string_view text, std::span<const Symbol> symbols, std::string_view unit,
             FormulaCells* cells = nullptr);

  /// values[i] belongs to symbols[i]; may be shorter than symbols where the rest are constants. No allocation.
  [[nodiscard]] double operator()(std::span<const double> values) const;
  [[nodiscard]] bool empty() const { return code_.empty(); }
  [[nodiscard]] bool constant() const;
  /// Whether it gives 0 whatever its symbols are.
  [[nodiscard]] bool always_zero() const;
  /// The same formula where symbols flagged in `zero` are 0, without the parts that then do not matter: a product with
  /// 0 is 0. Gives the same bits, but for the sign of a zero and where such a part is not finite.
  [[nodiscard]] Expression simplified(std::span<const char> zero) const;
  /// Symbol i becomes symbol place[i].
  void renumber(std::span<const std::size_t> place);
  [[nodiscard]] const std::string& text() const { return text_; }
  /// Indices of the symbols that the formula reads.
  [[nodiscard]] std::vector<std::size_t> symbols_used() const;

 private:
  friend class ExpressionCompiler;
  friend class ExpressionSimplifier;
  struct Instruction {
    std::uint8_t op = 0;
    std::uint8_t arity = 0;
    std::uint32_t symbol = 0;
    double number = 0;
  };
  [[nodiscard]] bool same_code(const Expression& other) const;
  std::vector<Instruction> code_;
  std::string text_;
};

/// What a formula gathers from other cells: each of them offers a number, which is summed.
struct Gathering {
  enum class From : std::uint8_t { touching, all } from = From::touching;
  std::uint32_t type = 0;  ///< cells of this type offer ...
  Expression offer;        ///< ... this, of their own symbols, in coherent units
  Expression theirs{};     ///< if not empty: those alone for whom this, of their own symbols, equals ...
  Expression own{};        ///< ... this, of the symbols of the cell that gathers

  [[nodiscard]] bool chooses() const { return !theirs.empty(); }
};

/// The cells, reservoirs and models that a formula may ask about, and what it asks.
struct FormulaCells {
  std::vector<std::string> types;                ///< names of all cell types
  std::vector<std::vector<std::string>> states;  ///< of each type
  std::uint32_t own = 0;                         ///< type whose formula it is
  std::size_t state_symbol = 0;                  ///< place of the index of a cell's state among the symbols
  std::size_t first_gathered = 0;                ///< place of the first gathering's sum
  std::vector<Gathering> gatherings{};           ///< of the type, filled while its formulas are compiled
  std::vector<std::string> reservoirs{};         ///< names
  std::vector<Symbol> held{};                    ///< what each of them holds: species, then vesicle classes
  std::size_t first_held = 0;                    ///< place of what the first reservoir holds
  std::vector<std::string> models{}, active_models{};
};

}  // namespace interstice
