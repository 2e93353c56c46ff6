/// @file
/// Small pieces of HTML: escaped text, numbers as a reader likes them, tables.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace interstice::viz {

/// Text with &, <, >, " and ' escaped.
std::string escape(std::string_view text);

/// Bytes as text (RFC 4648).
std::string base64(std::string_view bytes);

/// Three significant digits; powers of ten outside 0.001 ... 99999, as HTML.
std::string number(double value);

/// "12.5 s", "3.4 min", "2.1 h".
std::string time_text(double seconds);

/// Several times in the unit that suits the first: "12.5 s [11, 13]" needs one unit only.
struct TimeUnit {
  double seconds = 1;
  std::string name = "s";
};
TimeUnit time_unit(double seconds);

/// "uM" as "µM", "um" as "µm".
std::string unit_text(std::string_view unit);

/// A share of a range with its sign and three digits after the point: "+0.116", "−0.004".
std::string signed_share(double value);

/// As `number`, with its sign.
std::string signed_number(double value);

/// "a, b and c".
std::string listed(const std::vector<std::string>& words);

/// The words with `separator` between them.
std::string joined(const std::vector<std::string>& words, std::string_view separator);

/// A table; cells are HTML. Columns in `numeric` are set flush right.
std::string table(const std::vector<std::string>& head, const std::vector<std::vector<std::string>>& rows,
                  const std::vector<std::size_t>& numeric, std::string_view id = {});

}  // namespace interstice::viz
