/// @file
/// Reads the formulas of a cell type, and turns what their compiler says into complaints about places in the file.
#pragma once

#include <fmt/format.h>

#include <cstdlib>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/core/error.h"
#include "engine/formula/expression.h"
#include "engine/scenario/build/build_problem.h"

namespace interstice {

/// Compiles the formulas of one cell type; a mistake points at its column in the file.
class FormulaReader {
 public:
  /// Without cells it is a formula of something else.
  FormulaReader(const BuildContext& context, std::vector<Symbol> symbols, std::optional<FormulaCells> cells = {})
      : context_(context), symbols_(std::move(symbols)), cells_(std::move(cells)) {}

  std::vector<Gathering> take_gatherings() { return std::move(cells_->gatherings); }

  Expression read(const Value& v, const std::string& unit) {
    if (!v.valid) return {};
    try {
      return Expression(v.text, symbols_, unit, cells_ ? &*cells_ : nullptr);
    } catch (const InputError& e) {
      report(v, e.what());
      return {};
    }
  }

 private:
  // The compiler writes: <problem> at column <n> of "<formula>" (<what to do>)
  void report(const Value& v, std::string message) const {
    Place place = v.place;
    const std::string quoted = fmt::format(" of \"{}\"", v.text);
    const auto end = message.find(quoted), start = message.rfind(" at column ", end);
    if (end != std::string::npos && start != std::string::npos) {
      const int column = std::atoi(message.c_str() + start + 11);
      message.erase(start, end + quoted.size() - start);
      if (place.line > 0 && v.style != '|' && v.style != '>') place.column += column - 1 + (v.style == ' ' ? 0 : 1);
    }
    // a name may be unknown because the file that defines it could not be read
    if (context_.diagnostics.incomplete && message.starts_with("unknown name")) return;
    context_.diagnostics.report(place, v.path, std::move(message));
  }

  const BuildContext& context_;
  std::vector<Symbol> symbols_;
  std::optional<FormulaCells> cells_;
};

}  // namespace interstice
