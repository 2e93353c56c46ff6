/// @file
/// Reads formulas and checks their dimensions; expression.h has the grammar.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <numeric>
#include <utility>

#include "engine/core/error.h"
#include "engine/formula/expression.h"
#include "engine/formula/expression_operations.h"
#include "engine/formula/expression_text.h"

namespace interstice {

/// Recursive descent over the text, writing stack code as it goes. Each rule returns the dimension of what it read;
/// operations on constants are carried out at once.
class ExpressionCompiler : FormulaText {
 public:
  ExpressionCompiler(std::string_view text, std::span<const Symbol> symbols, FormulaCells* cells)
      : FormulaText(text), symbols_(symbols), cells_(cells), states_of_(cells == nullptr ? 0 : cells->own) {}

  std::vector<Expression::Instruction> take() { return std::move(code_); }

  void compile(std::string_view unit_text) {
    skip_space();
    if (at_end()) fail(position_, "the formula is empty", "write 0 with its unit if nothing is meant");
    const std::size_t start = position_;
    const Dimension found = read_or();
    if (!at_end()) fail(position_, fmt::format("unexpected '{}'", text_[position_]), hint_for(text_[position_]));
    const Unit unit = parse_unit(unit_text);
    expect(found, unit.dimension, start, "the formula");
    if (unit.scale != 1) {
      push(unit.scale, start);
      operate(Operation::divide, 2, start);
    }
  }

 private:
  void expect(const Dimension& found, const Dimension& expected, std::size_t at, std::string_view what) const {
    if (found == expected) return;
    fail(at, fmt::format("{} is {} where {} is expected", what, dimension_text(found), dimension_text(expected)),
         "units must agree; give numbers their unit in brackets");
  }
  void expect_pure(const Dimension& found, std::size_t at, std::string_view what) const {
    expect(found, Dimension{}, at, what);
  }

  // ---- code ----
  void push(double value, std::size_t at) {
    code_.push_back({static_cast<std::uint8_t>(Operation::number), 0, 0, value});
    deepen(at);
  }
  void deepen(std::size_t at) {
    if (++depth_ > kMaxDepth) fail(at, "the formula is nested too deeply", "use a column for an intermediate value");
  }
  [[nodiscard]] bool constant(std::size_t from_end) const {
    return code_.size() >= from_end &&
           code_[code_.size() - from_end].op == static_cast<std::uint8_t>(Operation::number);
  }
  void operate(Operation operation, int arity, std::size_t at) {
    depth_ -= arity - 1;
    bool fold = true;
    for (int i = 1; i <= arity; ++i) fold = fold && constant(i);
    if (!fold) {
      code_.push_back({static_cast<std::uint8_t>(operation), static_cast<std::uint8_t>(arity), 0, 0});
      return;
    }
    std::array<double, kMaxFormulaArguments> arguments{};
    for (int i = 0; i < arity; ++i) arguments[i] = code_[code_.size() - arity + i].number;
    const double value = apply(operation, arity, arguments.data());
    if (!std::isfinite(value)) fail(at, "a constant part of the formula is not a finite number", "is it divided by 0?");
    code_.resize(code_.size() - arity);
    code_.push_back({static_cast<std::uint8_t>(Operation::number), 0, 0, value});
  }

  // ---- grammar, loosest binding first ----
  Dimension read_or() {
    const std::size_t start = position_;
    if (++nesting_ > kMaxFormulaNesting)
      fail(start, "the formula is nested too deeply", "use a column for a part of it");
    const Dimension left = read_and();
    while (accept_word("or")) logical(left, start, Operation::either, &ExpressionCompiler::read_and);
    --nesting_;
    return left;
  }
  Dimension read_and() {
    const std::size_t start = position_;
    const Dimension left = read_not();
    while (accept_word("and")) logical(left, start, Operation::both, &ExpressionCompiler::read_not);
    return left;
  }
  void logical(const Dimension& left, std::size_t start, Operation operation,
               Dimension (ExpressionCompiler::*right)()) {
    expect_pure(left, start, "what stands before and/or");
    const std::size_t at = position_;
    expect_pure((this->*right)(), at, "what stands after and/or");
    operate(operation, 2, start);
  }
  Dimension read_not() {
    bool inverted = false, any = false;
    for (; accept_word("not"); any = true) inverted = !inverted;
    const std::size_t start = position_;
    const Dimension found = read_comparison();
    if (!any) return found;
    expect_pure(found, start, "what stands after not");
    operate(Operation::negation, 1, start);
    if (!inverted) operate(Operation::negation, 1, start);
    return found;
  }
  Dimension read_comparison() {
    static constexpr std::array<std::pair<std::string_view, Operation>, 4> comparisons{
        {{"<=", Operation::less_equal},
         {">=", Operation::greater_equal},
         {"<", Operation::less},
         {">", Operation::greater}}};
    const std::size_t start = position_;
    const Dimension left = read_sum();
    for (const auto& [token, operation] : comparisons) {
      if (!accept(token)) continue;
      const std::size_t at = position_;
      expect(read_sum(), left, at, "the right side of the comparison");
      operate(operation, 2, start);
      return {};
    }
    return left;
  }
  Dimension read_sum() {
    const std::size_t start = position_;
    const Dimension left = read_product();
    while (!at_end() && (text_[position_] == '+' || text_[position_] == '-')) {
      const auto operation = text_[position_] == '+' ? Operation::add : Operation::subtract;
      accept(text_.substr(position_, 1));
      const std::size_t at = position_;
      expect(read_product(), left, at, "this term of the sum");
      operate(operation, 2, start);
    }
    return left;
  }
  Dimension read_product() {
    const std::size_t start = position_;
    Dimension product = read_unary();
    while (!at_end() && (text_[position_] == '*' || text_[position_] == '/')) {
      const bool times = text_[position_] == '*';
      accept(text_.substr(position_, 1));
      const Dimension factor = read_unary();
      product = times ? product * factor : product / factor;
      operate(times ? Operation::multiply : Operation::divide, 2, start);
    }
    return product;
  }
  Dimension read_unary() {
    const std::size_t start = position_;
    bool negative = false;
    for (;;) {
      if (accept("-"))
        negative = !negative;
      else if (!accept("+"))
        break;
    }
    const Dimension found = read_primary();
    if (negative) operate(Operation::negate, 1, start);
    return found;
  }
  Dimension read_primary() {
    if (at_end()) fail(position_, "the formula ends where a number, a name or '(' is expected", "complete it");
    const char c = text_[position_];
    if (accept("(")) {
      const Dimension inside = read_or();
      require(")", "every '(' needs its ')'");
      return inside;
    }
    if (std::isdigit(static_cast<unsigned char>(c)) != 0 || c == '.') return read_number();
    if (starts_name(c)) return read_name();
    fail(position_, fmt::format("unexpected '{}'", c), hint_for(c));
  }

  Dimension read_number() {
    const std::size_t start = position_;
    double value = 0;
    const auto [end, error] = std::from_chars(text_.data() + position_, text_.data() + text_.size(), value);
    if (error != std::errc{}) fail(start, "this is not a number", "write for example 0.7 or 1e-3");
    position_ = static_cast<std::size_t>(end - text_.data());
    skip_space();
    if (!accept("[")) {
      push(value, start);
      return {};
    }
    const std::size_t unit_start = position_, unit_end = text_.find(']', position_);
    if (unit_end == std::string_view::npos) fail(unit_start, "']' is missing", "a unit ends with ']'");
    const Unit unit = read_unit(text_.substr(unit_start, unit_end - unit_start), unit_start);
    position_ = unit_end;
    accept("]");
    push(value * unit.scale, start);
    return unit.dimension;
  }
  [[nodiscard]] Unit read_unit(std::string_view unit_text, std::size_t at) const {
    try {
      const Unit unit = parse_unit(unit_text);
      if (unit.offset == 0) return unit;
    } catch (const InputError& error) {
      fail(at, fmt::format("[{}] is not a unit", unit_text), error.what());
    }
    fail(at, fmt::format("[{}] has a zero point of its own", unit_text), "use K for temperatures in formulas");
  }

  Dimension read_name() {
    const std::size_t start = position_;
    std::size_t end = start;
    while (end < text_.size() && continues_name(text_[end])) ++end;
    const std::string_view name = text_.substr(start, end - start);
    position_ = end;
    skip_space();
    if (accept("(")) return read_call(name, start);
    for (std::size_t i = 0; i < symbols_.size(); ++i) {
      const Symbol& symbol = symbols_[i];
      if (symbol.name != name) continue;
      if (symbol.constant) {
        push(*symbol.constant * symbol.scale, start);
      } else {
        push_symbol(i, symbol.scale, start);
      }
      return symbol.dimension;
    }
    unknown(name, start);
  }
  [[noreturn]] void unknown(std::string_view name, std::size_t at) const {
    std::string_view nearest;
    std::size_t distance = std::max<std::size_t>(1, name.size() / 3) + 1;
    const auto consider = [&](std::string_view candidate) {
      const std::size_t d = name_distance(name, candidate);
      if (d < distance) nearest = candidate, distance = d;
    };
    for (const Symbol& symbol : symbols_) consider(symbol.name);
    for (const FormulaFunction& function : kFormulaFunctions) consider(function.name);
    fail(at, fmt::format("unknown name '{}'", name),
         nearest.empty() ? "it is no species, column, parameter or contact of this scenario"
                         : fmt::format("did you mean '{}'?", nearest));
  }

  // ---- cells ----
  void push_symbol(std::size_t symbol, double scale, std::size_t at) {
    code_.push_back({static_cast<std::uint8_t>(Operation::symbol), 0, static_cast<std::uint32_t>(symbol), scale});
    deepen(at);
  }

  Dimension read_in_state(std::size_t start) {
    int terms = 0;
    do {
      const std::uint32_t state = read_one_of(cells_->states[states_of_], "state");
      push_symbol(cells_->state_symbol, 1, start);
      push(state, start);
      operate(Operation::equal, 2, start);
      if (++terms > 1) operate(Operation::add, 2, start);
    } while (accept(","));
    require(")", "in_state ends with ')'");
    return {};
  }

  Dimension read_in_reservoir(std::size_t start) {
    const std::uint32_t reservoir = read_one_of(cells_->reservoirs, "reservoir");
    require(",", "in_reservoir is used as in_reservoir(reservoir, species or vesicle class)");
    std::vector<std::string> names;
    for (const Symbol& thing : cells_->held) names.push_back(thing.name);
    const std::uint32_t k = read_one_of(names, "species or vesicle class");
    require(")", "in_reservoir ends with ')'");
    push_symbol(cells_->first_held + reservoir * names.size() + k, cells_->held[k].scale, start);
    return cells_->held[k].dimension;
  }
  Dimension read_active(std::size_t start) {
    const std::string& model = cells_->models[read_one_of(cells_->models, "interaction model")];
    require(")", "active ends with ')'");
    push(std::ranges::count(cells_->active_models, model) > 0 ? 1 : 0, start);
    return {};
  }

  /// A part of the formula that becomes one of its own, of a cell of that type.
  Dimension read_apart(std::uint32_t type, Expression& part) {
    std::vector<Expression::Instruction> outside = std::exchange(code_, {});
    const int depth = std::exchange(depth_, 0);
    const std::uint32_t states_of = std::exchange(states_of_, type);
    const std::size_t begin = position_;
    const Dimension dimension = read_or();
    states_of_ = states_of;
    depth_ = depth;
    code_.swap(outside);
    part.code_ = std::move(outside);
    part.text_ = std::string(text_.substr(begin, position_ - begin));
    return dimension;
  }
  /// touching(type, x, theirs = own) or total(...); `x` and what follows it may be left out.
  Dimension read_gathering(Gathering::From from, std::size_t start) {
    if (gathering_) fail(start, "a sum over cells within a sum over cells", "give the other cell a column for it");
    gathering_ = true;
    Gathering gathering{.from = from, .type = read_one_of(cells_->types, "cell type"), .offer = {}};
    gathering.offer.code_ = {{static_cast<std::uint8_t>(Operation::number), 0, 0, 1}};
    const Dimension dimension = accept(",") ? read_apart(gathering.type, gathering.offer) : Dimension{};
    if (accept(",")) read_choice(gathering);
    require(")", "touching and total end with ')'");
    gathering_ = false;
    push_symbol(cells_->first_gathered + place_of(std::move(gathering)), 1, start);
    return dimension;
  }
  void read_choice(Gathering& gathering) {
    const Dimension theirs = read_apart(gathering.type, gathering.theirs);
    require("=", "the third part chooses among the cells, as in donor = answers: theirs, then this cell's own");
    const Dimension own = read_apart(cells_->own, gathering.own);
    expect(own, theirs, position_, "what stands after =");
  }
  std::size_t place_of(Gathering wanted) {
    auto& all = cells_->gatherings;
    const auto known = std::ranges::find_if(all, [&wanted](const Gathering& one) {
      return one.from == wanted.from && one.type == wanted.type && one.offer.same_code(wanted.offer) &&
             one.theirs.same_code(wanted.theirs) && one.own.same_code(wanted.own);
    });
    if (known != all.end()) return static_cast<std::size_t>(known - all.begin());
    all.push_back(std::move(wanted));
    return all.size() - 1;
  }

  Dimension read_call(std::string_view name, std::size_t start) {
    if (cells_ != nullptr && name == "in_state") return read_in_state(start);
    if (cells_ != nullptr && name == "touching") return read_gathering(Gathering::From::touching, start);
    if (cells_ != nullptr && name == "total") return read_gathering(Gathering::From::all, start);
    if (cells_ != nullptr && name == "in_reservoir") return read_in_reservoir(start);
    if (cells_ != nullptr && name == "active") return read_active(start);
    const auto function =
        std::find_if(kFormulaFunctions.begin(), kFormulaFunctions.end(), [&](auto& f) { return f.name == name; });
    if (function == kFormulaFunctions.end()) unknown(name, start);
    std::vector<Dimension> arguments;
    std::vector<std::size_t> at;
    if (!accept(")")) {
      do {
        at.push_back(position_);
        arguments.push_back(read_or());
      } while (accept(","));
      require(")", fmt::format("{} ends with ')'", function->usage));
    }
    const int arity = static_cast<int>(arguments.size());
    if (arity < function->fewest || arity > function->most)
      fail(start, fmt::format("{} has {} arguments", name, arity), fmt::format("it is used as {}", function->usage));
    const Dimension result = check_arguments(*function, arguments, at);
    operate(function->operation, arity, start);
    return result;
  }
  Dimension check_arguments(const FormulaFunction& function, const std::vector<Dimension>& arguments,
                            const std::vector<std::size_t>& at) const {
    const auto label = [&](std::size_t i) { return fmt::format("argument {} of {}", i + 1, function.name); };
    switch (function.operation) {
      case Operation::hill:
        expect(arguments[1], arguments[0], at[1], label(1));
        if (arguments.size() > 2) expect_pure(arguments[2], at[2], label(2));
        return {};
      case Operation::min:
      case Operation::max:
      case Operation::clip:
        for (std::size_t i = 1; i < arguments.size(); ++i) expect(arguments[i], arguments[0], at[i], label(i));
        return arguments[0];
      case Operation::pow:
        expect_pure(arguments[1], at[1], label(1));
        return raised(arguments[0], at[1]);
      default:
        for (std::size_t i = 0; i < arguments.size(); ++i) expect_pure(arguments[i], at[i], label(i));
        return {};
    }
  }
  [[nodiscard]] Dimension raised(Dimension base, std::size_t at) const {
    if (base.dimensionless()) return base;
    if (!constant(1)) fail(at, "the exponent of a quantity with a unit varies", "it must be a constant");
    for (auto& exponent : base.exponent) {
      const double product = exponent * code_.back().number;
      if (product != std::floor(product) || std::abs(product) > 100)
        fail(at, "the exponent gives no whole unit", "use one such as 2 that does");
      exponent = static_cast<std::int8_t>(product);
    }
    return base;
  }

  std::span<const Symbol> symbols_;
  FormulaCells* cells_;
  std::uint32_t states_of_;  ///< type whose states in_state means
  bool gathering_ = false;   ///< inside touching or total
  std::vector<Expression::Instruction> code_;
  int depth_ = 0, nesting_ = 0;
};

Expression::Expression(std::string_view text, std::span<const Symbol> symbols, std::string_view unit,
                       FormulaCells* cells)
    : text_(text) {
  ExpressionCompiler compiler(text, symbols, cells);
  compiler.compile(unit);
  code_ = compiler.take();
}

}  // namespace interstice
