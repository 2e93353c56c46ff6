/// @file
/// Units of the user's numbers (UDUNITS-2 with cells, EV, molecules, M/uM/nM, U and Da added).
/// EV and cell are base units of their own, so cells/ml is refused where EV/ml is meant.
/// Native coherent system: um, s, molecule, kg, K, EV, cell. Fields are kept in uM, which is 602.2 molecule/um^3.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace interstice {

/// Exponents of length, time, amount (molecules), mass, temperature, EV, cell, other.
struct Dimension {
  std::array<std::int8_t, 8> exponent{};

  friend bool operator==(const Dimension&, const Dimension&) = default;
  friend Dimension operator*(Dimension a, const Dimension& b);
  friend Dimension operator/(Dimension a, const Dimension& b);
  [[nodiscard]] bool dimensionless() const { return *this == Dimension{}; }
};

/// native value = scale * value + offset (offset only for temperatures such as degC).
struct Unit {
  Dimension dimension;
  double scale = 1;
  double offset = 0;
};

/// Reads a unit such as "um^2/s", "nM", "EV/ml", "1/h", "%". Throws InputError naming the text.
Unit parse_unit(std::string_view text);

/// A number with its unit as the user wrote it.
struct Quantity {
  double value = 0;
  std::string unit_text;
  Unit unit;

  /// The number in `target`; throws InputError when the dimensions differ.
  [[nodiscard]] double in(std::string_view target) const;
};

/// Reads "10 um", "1e4 /mm^3", "0.5" (dimensionless). Throws InputError.
Quantity parse_quantity(std::string_view text);

}  // namespace interstice
