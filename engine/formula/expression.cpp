#include "engine/formula/expression.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "engine/formula/expression_operations.h"

namespace interstice {

std::string dimension_text(const Dimension& dimension) {
  static constexpr std::array<const char*, 8> names{"um", "s", "molecule", "kg", "K", "EV", "cell", "other"};
  static constexpr std::array<std::size_t, 8> order{2, 5, 6, 3, 0, 1, 4, 7};  // "molecule/um^3", not "um^-3 molecule"
  std::string above, below;
  for (const std::size_t i : order) {
    const int exponent = dimension.exponent[i];
    if (exponent == 0) continue;
    const int size = std::abs(exponent);
    const std::string factor = size == 1 ? names[i] : fmt::format("{}^{}", names[i], size);
    if (exponent > 0)
      above += (above.empty() ? "" : " ") + factor;
    else
      below += "/" + factor;
  }
  if (above.empty() && below.empty()) return "a pure number";
  return (above.empty() ? "1" : above) + below;
}

double Expression::operator()(std::span<const double> values) const {
  std::array<double, kMaxDepth> stack;
  if (code_.empty()) return 0;
  double* top = stack.data();
  for (const Instruction& instruction : code_) {
    switch (const auto operation = static_cast<Operation>(instruction.op)) {
      case Operation::number:
        *top++ = instruction.number;
        break;
      case Operation::symbol:
        *top++ = values[instruction.symbol] * instruction.number;
        break;
      default:
        top -= instruction.arity;
        *top = apply(operation, instruction.arity, top);
        ++top;
    }
  }
  return stack[0];
}

bool Expression::constant() const {
  return std::none_of(code_.begin(), code_.end(),
                      [](const Instruction& i) { return static_cast<Operation>(i.op) == Operation::symbol; });
}

bool Expression::same_code(const Expression& other) const {
  return std::ranges::equal(code_, other.code_, [](const Instruction& a, const Instruction& b) {
    return a.op == b.op && a.arity == b.arity && a.symbol == b.symbol && a.number == b.number;
  });
}

std::vector<std::size_t> Expression::symbols_used() const {
  std::vector<std::size_t> used;
  for (const Instruction& i : code_)
    if (static_cast<Operation>(i.op) == Operation::symbol) used.push_back(i.symbol);
  std::sort(used.begin(), used.end());
  used.erase(std::unique(used.begin(), used.end()), used.end());
  return used;
}

}  // namespace interstice
