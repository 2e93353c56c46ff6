#include "engine/results/snapshots/snapshot_names.h"

#include <algorithm>

namespace interstice {

namespace {

/// "s^2" with sign -1 -> "s-2".
std::string power(std::string_view factor, bool inverse) {
  std::string base(factor), exponent;
  if (const auto caret = base.find('^'); caret != std::string::npos) {
    exponent = base.substr(caret + 1);
    base.resize(caret);
  } else if (auto digits = base.find_last_not_of("0123456789") + 1; digits > 0 && digits < base.size()) {  // um2, s-1
    if (digits > 1 && (base[digits - 1] == '-' || base[digits - 1] == '+')) --digits;
    exponent = base.substr(digits);
    base.resize(digits);
  }
  if (!inverse) return base + exponent;
  if (exponent.empty()) return base + "-1";
  return exponent.front() == '-' ? base + exponent.substr(1) : base + "-" + exponent;
}

}  // namespace

std::string file_unit(std::string_view unit) {
  std::string out;
  bool inverse = false, inverse_group = false;  // after '/', and inside "/( ... )"
  for (std::size_t begin = 0; begin <= unit.size();) {
    const std::size_t end = std::min(unit.find_first_of(" */().", begin), unit.size());
    const auto factor = unit.substr(begin, end - begin);
    if (!factor.empty() && factor != "1")
      out.append(out.empty() ? "" : " ").append(power(factor, inverse != inverse_group));
    const char separator = end < unit.size() ? unit[end] : ' ';
    if (separator == '(' || separator == ')') inverse_group = separator == '(' && inverse;
    if (separator == '/')
      inverse = true;
    else if (!factor.empty() || separator == '(')
      inverse = false;
    begin = end + 1;
  }
  return out.empty() ? "1" : out;
}

std::string bare_file_name(std::string_view name) {
  std::string out(name);
  std::replace_if(
      out.begin(), out.end(), [](char c) { return c == '/' || c == '.'; }, '_');
  return out;
}

std::string file_name_with_unit(std::string_view name, std::string_view unit) {
  return bare_file_name(name) + " [" + file_unit(unit) + "]";
}

}  // namespace interstice
