/// @file
/// Small pieces of HTML.
#include "viz/report/html.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <cctype>
#include <cmath>

namespace interstice::viz {

std::string escape(std::string_view text) {
  std::string out;
  for (const char c : text) switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  return out;
}

std::string base64(std::string_view bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');  // and the zero that OpenSSL writes
  const int size =
      ::EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                        reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

std::string number(double value) {
  if (!std::isfinite(value)) return "–";
  if (value == 0) return "0";
  const double size = std::abs(value);
  if (size < 1e-3 || size >= 99999.5) {
    const std::string text = fmt::format("{:.2e}", value);
    const auto e = text.find('e');
    const int power = std::stoi(text.substr(e + 1));
    return fmt::format("{:.3g} × 10<sup>{}{}</sup>", std::stod(text.substr(0, e)), power < 0 ? "−" : "",
                       std::abs(power));
  }
  if (size >= 999.5) return fmt::format("{:.0f}", value);
  return fmt::format("{:.3g}", value);
}

std::string signed_number(double value) { return (value > 0 ? "+" : value < 0 ? "−" : "") + number(std::abs(value)); }

std::string signed_share(double value) {
  const std::string digits = fmt::format("{:.3f}", std::abs(value));
  return digits == "0.000" ? digits : (value > 0 ? "+" : "−") + digits;
}

std::string listed(const std::vector<std::string>& words) {
  std::string out;
  for (std::size_t k = 0; k < words.size(); ++k)
    out += (k == 0 ? "" : k + 1 == words.size() ? " and " : ", ") + words[k];
  return out;
}

TimeUnit time_unit(double seconds) {
  if (seconds < 120) return {1, "s"};
  if (seconds < 3600) return {60, "min"};
  if (seconds < 3 * 86400) return {3600, "h"};
  return {86400, "days"};
}

std::string time_text(double seconds) {
  const TimeUnit unit = time_unit(seconds);
  return number(seconds / unit.seconds) + " " + unit.name;
}

std::string unit_text(std::string_view unit) {
  std::string out(unit);
  for (const std::string_view micro : {"uM", "um", "ul", "ug"})
    for (auto at = out.find(micro); at != std::string::npos; at = out.find(micro, at + 1)) {
      const bool in_a_word = at > 0 && std::isalpha(static_cast<unsigned char>(out[at - 1])) != 0;  // such as "lumped"
      const bool goes_on = at + micro.size() < out.size() &&
                           std::isalpha(static_cast<unsigned char>(out[at + micro.size()])) != 0;  // such as "ultra"
      if (!in_a_word && !goes_on) out.replace(at, 1, "µ");
    }
  const auto raise = [&out](std::string_view power, std::string_view shown) {
    for (auto at = out.find(power); at != std::string::npos; at = out.find(power, at))
      out.replace(at, power.size(), shown);
  };
  raise("^2", "²");
  raise("^3", "³");
  return out;
}

std::string joined(const std::vector<std::string>& words, std::string_view separator) {
  std::string out;
  for (std::size_t k = 0; k < words.size(); ++k) out.append(k == 0 ? "" : separator).append(words[k]);
  return out;
}

std::string table(const std::vector<std::string>& head, const std::vector<std::vector<std::string>>& rows,
                  const std::vector<std::size_t>& numeric, std::string_view id) {
  const auto attributes = [&](std::size_t column) {
    return std::find(numeric.begin(), numeric.end(), column) != numeric.end() ? " class=\"n\"" : "";
  };
  std::string out = id.empty() ? "<div class=\"scroll\" tabindex=\"0\"><table>"
                               : fmt::format("<div class=\"scroll\" tabindex=\"0\"><table id=\"{}\">", id);
  out += "\n<thead><tr>";
  for (std::size_t c = 0; c < head.size(); ++c) out += fmt::format("<th{}>{}</th>", attributes(c), head[c]);
  out += "</tr></thead>\n<tbody>\n";
  for (const auto& row : rows) {
    out += "<tr>";
    for (std::size_t c = 0; c < row.size(); ++c) out += fmt::format("<td{}>{}</td>", attributes(c), row[c]);
    out += "</tr>\n";
  }
  return out + "</tbody></table></div>\n";
}

}  // namespace interstice::viz
