/// @file
/// Units through UDUNITS-2. Its database knows moles but counts of molecules, cells and vesicles not, or not exactly;
/// they are added here. The library is not re-entrant: one mutex guards every call, and units read once are remembered.

#include "engine/core/units.h"

#include <fmt/format.h>
#include <udunits2.h>

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <stdexcept>

#include "engine/core/constants.h"
#include "engine/core/error.h"

namespace interstice {

Dimension operator*(Dimension a, const Dimension& b) {
  for (std::size_t i = 0; i < a.exponent.size(); ++i)
    a.exponent[i] = static_cast<std::int8_t>(a.exponent[i] + b.exponent[i]);
  return a;
}

Dimension operator/(Dimension a, const Dimension& b) {
  for (std::size_t i = 0; i < a.exponent.size(); ++i)
    a.exponent[i] = static_cast<std::int8_t>(a.exponent[i] - b.exponent[i]);
  return a;
}

namespace {

enum Base : std::size_t { length, time_, amount, mass, temperature, vesicle, cell, other };

struct FreeUnit {
  void operator()(ut_unit* u) const { ut_free(u); }
};
using UnitPointer = std::unique_ptr<ut_unit, FreeUnit>;

/// The unit system: UDUNITS' own database with the counts of biology added.
class UnitSystem {
 public:
  UnitSystem() {
    ut_set_error_message_handler(ut_ignore);
    system_ = ut_read_xml(nullptr);
    if (system_ == nullptr)
      throw Error(ExitCode::input, "the unit database of UDUNITS-2 cannot be read; install libudunits2-data");
    vesicle_.reset(ut_new_base_unit(system_));
    cell_.reset(ut_new_base_unit(system_));
    name(vesicle_.get(), {"EV", "EVs", "vesicle", "vesicles"});
    name(cell_.get(), {"cell", "cells"});
    define("mol/l", {"M", "molar"});
    define("umol/min", {"U"});
    // exact since the SI of 2019; the database holds an older value of the Avogadro constant
    name(UnitPointer(ut_scale(1 / kAvogadro, UnitPointer(parse("mol")).get())).get(), {"molecule", "molecules"});
    name(UnitPointer(ut_scale(1 / kAvogadro, UnitPointer(parse("g")).get())).get(), {"Da", "dalton"});
  }

  [[nodiscard]] ut_unit* parse(const std::string& text) const { return ut_parse(system_, text.c_str(), UT_UTF8); }

  [[nodiscard]] Base base_of(const ut_unit* basic) const {
    if (ut_compare(basic, vesicle_.get()) == 0) return vesicle;
    if (ut_compare(basic, cell_.get()) == 0) return cell;
    const char* symbol = ut_get_symbol(basic, UT_ASCII);
    const std::string s = symbol == nullptr ? "" : symbol;
    if (s == "m") return length;
    if (s == "s") return time_;
    if (s == "mol") return amount;
    if (s == "kg") return mass;
    if (s == "K") return temperature;
    return other;
  }

 private:
  void define(const char* definition, std::initializer_list<const char*> names) {
    name(UnitPointer(parse(definition)).get(), names);
  }
  void name(const ut_unit* unit, std::initializer_list<const char*> names) {
    for (const char* n : names) {
      ut_unmap_name_to_unit(system_, n, UT_ASCII);
      ut_unmap_symbol_to_unit(system_, n, UT_ASCII);
      ut_map_symbol_to_unit(n, UT_ASCII, unit);
    }
  }

  ut_system* system_ = nullptr;  ///< lives as long as the program
  UnitPointer vesicle_, cell_;
};

/// What a walk through a UDUNITS unit collects.
struct Walk {
  const UnitSystem* system;
  Unit unit;
};

ut_status visit_galilean(const ut_unit*, double scale, const ut_unit* underlying, double offset, void* arg);

ut_status visit_basic(const ut_unit* basic, void* arg) {
  auto& walk = *static_cast<Walk*>(arg);
  if (ut_is_dimensionless(basic) == 0) ++walk.unit.dimension.exponent[walk.system->base_of(basic)];
  return UT_SUCCESS;
}

ut_status visit_product(const ut_unit*, int count, const ut_unit* const* basics, const int* powers, void* arg) {
  auto& walk = *static_cast<Walk*>(arg);
  for (int i = 0; i < count; ++i) {
    if (ut_is_dimensionless(basics[i]) != 0) continue;  // radian
    if (std::abs(powers[i]) > 60) return UT_BAD_ARG;
    auto& e = walk.unit.dimension.exponent[walk.system->base_of(basics[i])];
    e = static_cast<std::int8_t>(e + powers[i]);
  }
  return UT_SUCCESS;
}

constexpr ut_visitor kVisitor{visit_basic, visit_product, visit_galilean,
                              [](const ut_unit*, const ut_unit*, double, void*) { return UT_MEANINGLESS; },
                              [](const ut_unit*, double, const ut_unit*, void*) { return UT_MEANINGLESS; }};

// UDUNITS defines the value in the underlying unit as scale * (value + offset/scale): offset is in the underlying unit
// before scaling back, so that degC reads scale 1, offset 273.15.
ut_status visit_galilean(const ut_unit*, double scale, const ut_unit* underlying, double offset, void* arg) {
  auto& walk = *static_cast<Walk*>(arg);
  walk.unit.offset += walk.unit.scale * scale * offset;
  walk.unit.scale *= scale;
  return ut_accept_visitor(underlying, &kVisitor, arg);
}

/// Removes the rounding of products of powers of ten, so that um^3 is 1 and not 0.9999999999999999.
double tidy(double scale) {
  const auto shortened = [](double v) { return std::strtod(fmt::format("{:.11e}", v).c_str(), nullptr); };
  const auto close = [](double a, double b) { return std::abs(a - b) <= 4e-15 * std::abs(b); };
  if (const double s = shortened(scale); close(s, scale)) return s;
  if (const double s = shortened(1 / scale); close(s, 1 / scale)) return 1 / s;
  return scale;
}

double native_factor(const Dimension& d) {
  double f = 1;
  for (int i = 0; i < std::abs(d.exponent[length]); ++i) f *= 1e6;  // exact up to 1e22
  if (d.exponent[length] < 0) f = 1 / f;
  for (int i = 0; i < std::abs(d.exponent[amount]); ++i) f = d.exponent[amount] > 0 ? f * kAvogadro : f / kAvogadro;
  return f;
}

/// A number inside a unit ("20 um") is almost always a mistake: only a leading 1 (of 1/s) and exponents are allowed.
bool has_stray_number(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (std::isdigit(static_cast<unsigned char>(text[i])) == 0) continue;
    std::size_t end = i;
    while (end < text.size() && (std::isdigit(static_cast<unsigned char>(text[end])) != 0 || text[end] == '.')) ++end;
    std::size_t before = i;
    if (before > 0 && (text[before - 1] == '-' || text[before - 1] == '+')) --before;
    const char previous = before > 0 ? text[before - 1] : ' ';
    const bool exponent = previous == '^' || std::isalpha(static_cast<unsigned char>(previous)) != 0 ||
                          (previous == '*' && before > 1 && text[before - 2] == '*');
    const std::string_view after = text.substr(std::min(text.find_first_not_of(' ', end), text.size()));
    const bool leading_one = before == 0 && text.substr(i, end - i) == "1" && (after.empty() || after.starts_with('/'));
    if (!exponent && !leading_one) return true;
    i = end;
  }
  return false;
}

std::string_view trim(std::string_view s) {
  const auto space = [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; };
  while (!s.empty() && space(s.front())) s.remove_prefix(1);
  while (!s.empty() && space(s.back())) s.remove_suffix(1);
  return s;
}

[[noreturn]] void refuse(std::string_view text, std::string_view why) {
  throw InputError(fmt::format("unknown unit '{}' ({})", text, why));
}

Unit read_unit(std::string_view text) {
  static const UnitSystem system;  // guarded by the caller's mutex
  if (text.size() > 200) refuse(text.substr(0, 40), "too long");
  if (text.find('\0') != std::string_view::npos) refuse("", "it holds a zero byte");
  if (has_stray_number(text)) refuse(text, "a number inside the unit; write one number, then its unit");
  const std::string full = fmt::format("{}{}", text.front() == '/' ? "1" : "", text);
  const UnitPointer parsed(system.parse(full));
  if (!parsed) refuse(text, "units are for example um, s, uM, EV/ml, um^2/s, 1/h, %");
  Walk walk{&system, {}};
  if (ut_accept_visitor(parsed.get(), &kVisitor, &walk) != UT_SUCCESS)
    refuse(text, "neither dates nor logarithms can be used here");
  Unit& unit = walk.unit;
  Dimension kelvin;
  kelvin.exponent[temperature] = 1;
  if (unit.offset != 0 && !(unit.dimension == kelvin)) refuse(text, "only temperatures may have an offset");
  unit.scale = tidy(unit.scale * native_factor(unit.dimension));
  if (!std::isfinite(unit.scale) || unit.scale == 0) refuse(text, "its size cannot be expressed");
  return unit;
}

}  // namespace

Unit parse_unit(std::string_view text) {
  text = trim(text);
  if (text.empty() || text == "1") return {};
  static std::mutex mutex;
  static std::map<std::string, Unit, std::less<>> known;
  const std::lock_guard lock(mutex);
  if (const auto it = known.find(text); it != known.end()) return it->second;
  return known.emplace(std::string(text), read_unit(text)).first->second;
}

double Quantity::in(std::string_view target) const {
  const Unit to = parse_unit(target);
  if (!(to.dimension == unit.dimension))
    throw InputError(fmt::format("'{}' is not a unit like '{}'", unit_text.empty() ? "1" : unit_text,
                                 target.empty() ? "1" : target));
  if (to.scale == unit.scale && to.offset == unit.offset) return value;
  return (value * unit.scale + unit.offset - to.offset) / to.scale;
}

Quantity parse_quantity(std::string_view text) {
  text = trim(text);
  std::string_view digits = text;
  if (!digits.empty() && digits.front() == '+') digits.remove_prefix(1);
  Quantity q;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), q.value);
  if (error == std::errc::result_out_of_range) throw InputError(fmt::format("'{}' is too large or too small", text));
  const bool starts_well = !digits.empty() && (std::isdigit(static_cast<unsigned char>(digits.front())) != 0 ||
                                               digits.front() == '-' || digits.front() == '.');
  if (error != std::errc{} || !starts_well || !std::isfinite(q.value))
    throw InputError(fmt::format("'{}' is not a number with a unit (for example 10 um)", text.substr(0, 60)));
  q.unit_text = std::string(trim({end, static_cast<std::size_t>(digits.data() + digits.size() - end)}));
  q.unit = parse_unit(q.unit_text);
  return q;
}

}  // namespace interstice
