/// @file
/// Formulas without what cannot matter, once some symbols are known to be 0 (expression.h).
#include <algorithm>
#include <array>
#include <cmath>

#include "engine/formula/expression.h"
#include "engine/formula/expression_operations.h"

namespace interstice {

namespace {

/// Whether a 0 at this place of the arguments makes the result 0.
bool zero_at(Operation operation, std::size_t place) {
  switch (operation) {
    case Operation::multiply:
    case Operation::both:
    case Operation::all:
      return true;
    case Operation::divide:
    case Operation::hill:
      return place == 0;
    default:
      return false;
  }
}

/// The argument at this place that changes nothing, where there is one.
std::optional<double> neutral_at(Operation operation, std::size_t place) {
  switch (operation) {
    case Operation::add:
    case Operation::any:
      return 0;
    case Operation::subtract:
      return place == 1 ? std::optional(0.0) : std::nullopt;
    case Operation::multiply:
    case Operation::all:
      return 1;
    case Operation::divide:
      return place == 1 ? std::optional(1.0) : std::nullopt;
    default:
      return std::nullopt;
  }
}

bool takes_any_number(Operation operation) { return operation == Operation::any || operation == Operation::all; }

}  // namespace

/// Writes stack code as the compiler does, and knows where the code of each operand begins.
class ExpressionSimplifier {
 public:
  using Instruction = Expression::Instruction;

  void number(double value) {
    begins_.push_back(code_.size());
    code_.push_back({static_cast<std::uint8_t>(Operation::number), 0, 0, value});
  }
  void symbol(const Instruction& instruction) {
    begins_.push_back(code_.size());
    code_.push_back(instruction);
  }
  void operate(const Instruction& instruction) {
    const auto operation = static_cast<Operation>(instruction.op);
    first_ = begins_.size() - instruction.arity;
    if (fold(operation, instruction.arity)) return;
    drop_neutral(operation);
    const std::size_t left = begins_.size() - first_;
    if (left > 1 || takes_any_number(operation) || left == instruction.arity) {
      code_.push_back(instruction);
      code_.back().arity = static_cast<std::uint8_t>(left);
    }
    begins_.resize(first_ + 1);
  }
  std::vector<Instruction> take() { return std::move(code_); }

 private:
  [[nodiscard]] std::optional<double> number_at(std::size_t operand) const {
    const std::size_t end = operand + 1 < begins_.size() ? begins_[operand + 1] : code_.size();
    const Instruction& only = code_[begins_[operand]];
    if (end - begins_[operand] != 1 || only.op != static_cast<std::uint8_t>(Operation::number)) return std::nullopt;
    return only.number;
  }

  void replace_by(double value) {
    code_.resize(begins_[first_]);
    begins_.resize(first_);
    number(value);
  }

  /// All operands are numbers, or one of them is a 0 that decides.
  bool fold(Operation operation, std::size_t arity) {
    std::array<double, kMaxDepth> values{};
    bool known = true;
    for (std::size_t i = 0; i < arity; ++i) {
      const auto value = number_at(first_ + i);
      if (value == 0.0 && zero_at(operation, i)) return replace_by(0), true;
      known = known && value;
      values[i] = value.value_or(0);
    }
    if (!known) return false;
    const double value = apply(operation, static_cast<int>(arity), values.data());
    if (!std::isfinite(value)) return false;  // told when it is evaluated
    return replace_by(value), true;
  }

  void drop_neutral(Operation operation) {
    for (std::size_t i = begins_.size(); i-- > first_ && begins_.size() - first_ > 1;) {
      const auto value = number_at(i);
      if (!value || value != neutral_at(operation, i - first_)) continue;
      code_.erase(code_.begin() + static_cast<std::ptrdiff_t>(begins_[i]));
      begins_.erase(begins_.begin() + static_cast<std::ptrdiff_t>(i));
      for (std::size_t k = i; k < begins_.size(); ++k) --begins_[k];
    }
  }

  std::vector<Instruction> code_;
  std::vector<std::size_t> begins_;  ///< of the operands on the stack
  std::size_t first_ = 0;            ///< operand of the operation at hand
};

Expression Expression::simplified(std::span<const char> zero) const {
  ExpressionSimplifier simple;
  for (const Instruction& instruction : code_) {
    const auto operation = static_cast<Operation>(instruction.op);
    if (operation == Operation::number)
      simple.number(instruction.number);
    else if (operation != Operation::symbol)
      simple.operate(instruction);
    else if (instruction.symbol < zero.size() && zero[instruction.symbol] != 0)
      simple.number(0);
    else
      simple.symbol(instruction);
  }
  Expression result;
  result.text_ = text_;
  result.code_ = simple.take();
  return result;
}

void Expression::renumber(std::span<const std::size_t> place) {
  for (Instruction& i : code_)
    if (static_cast<Operation>(i.op) == Operation::symbol) i.symbol = static_cast<std::uint32_t>(place[i.symbol]);
}

bool Expression::always_zero() const {
  return code_.empty() ||
         (code_.size() == 1 && static_cast<Operation>(code_[0].op) == Operation::number && code_[0].number == 0);
}

}  // namespace interstice
