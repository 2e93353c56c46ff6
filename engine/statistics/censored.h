/// @file
/// Numbers that were looked for within a range and may lie beyond it: a dose at half effect, a factor at which two
/// effects are equal. "More than the largest dose" is an answer, and so is an interval that ends there.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace interstice {

/// A number, or the end of the range beyond which it lies.
struct Censored {
  enum class Side : std::uint8_t { below, within, above };
  Side side = Side::within;
  double value = 0;

  static Censored below(double smallest) { return {Side::below, smallest}; }
  static Censored within(double value) { return {Side::within, value}; }
  static Censored above(double largest) { return {Side::above, largest}; }
  [[nodiscard]] bool is_within() const { return side == Side::within; }
  /// Not more than x, as far as is known: what lies above the range is more than anything.
  [[nodiscard]] bool at_most(double x) const { return side == Side::below || (side == Side::within && value <= x); }
  friend bool operator==(const Censored&, const Censored&) = default;
};

/// `12.5`, `< 0.01` or `> 1000`.
std::string text_of(const Censored& number);

/// An estimate with its 95 % interval, and the shares of the draws that lie beyond the range.
struct CensoredEstimate {
  Censored estimate, low, high;
  double share_below = 0, share_above = 0;
};

/// Quantile p in [0, 1] of numbers of which some are known only to lie beyond the range, type 7 as `quantile`. Between
/// one within and one beyond, the one further out of the middle stands. Needs at least one.
Censored quantile(std::vector<Censored> numbers, double p);

/// The 2.5 % and 97.5 % quantiles of the draws about the estimate.
CensoredEstimate censored_interval(const Censored& estimate, const std::vector<Censored>& draws);

}  // namespace interstice
