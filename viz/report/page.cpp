#include "viz/report/page.h"

#include <fmt/format.h>

#include "viz/report/assets.h"
#include "viz/report/html.h"

namespace interstice::viz {
namespace {

/// Nothing may be loaded or sent, whatever a scenario's texts hold.
constexpr const char* kPolicy =
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'";

/// Fills of figures, by name; and the mark of the project.
constexpr const char* kPatterns = R"svg(<svg id="patterns" width="0" height="0" aria-hidden="true"><defs>
<pattern id="hatch" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
<line x1="0" y1="0" x2="0" y2="7" stroke="var(--line-strong)" stroke-width="2.4" stroke-opacity=".55"/></pattern>
</defs></svg>
)svg";
constexpr const char* kBrand =
    R"(<span class="brand"><svg width="22" height="22" viewBox="0 0 22 22" aria-hidden="true">
<circle cx="8" cy="8" r="6.2"/><circle cx="16.4" cy="15.6" r="3.6"/><circle cx="15.5" cy="6" r="1.6" class="dot"/>
<circle cx="6" cy="17.5" r="1.6" class="dot"/></svg>Interstice</span>
)";

/// JSON that can stand inside a <script> element, which `</script` ends and `<!--` changes: without any `<`.
std::string script_safe(const nlohmann::json& document) {
  std::string safe;
  for (const char c : document.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace))
    c == '<' ? safe += "\\u003c" : safe += c;
  return safe;
}

std::string head(const std::string& title) {
  return fmt::format(
             "<!DOCTYPE html>\n<!-- interstice report -->\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
             "<meta http-equiv=\"Content-Security-Policy\" content=\"{}\">\n"
             "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
             "<meta name=\"color-scheme\" content=\"light dark\">\n<title>{} – Interstice</title>\n<style>\n",
             kPolicy, title) +
         kPageStyle + "</style>\n</head>\n";
}

}  // namespace

std::string page(const Page& page) {
  std::string links;
  for (const PageLink& link : page.links) links += fmt::format("<a href=\"#{}\">{}</a>", link.id, escape(link.text));
  return head(unit_text(escape(page.title))) + "<body>\n<a class=\"skip\" href=\"#answer\">Skip to the answer</a>\n" +
         kPatterns + "<div class=\"bar\"><div class=\"wrap\">" + kBrand + "<nav aria-label=\"Sections\">" + links +
         "</nav>\n<button id=\"theme\" type=\"button\">Theme: auto</button></div></div>\n<main class=\"wrap\">\n" +
         page.body +
         "</main>\n<footer class=\"wrap\">Made by Interstice. Figures: Observable Plot 0.6.17 and D3 7.9, © Observable "
         "and Mike Bostock, ISC licence.</footer>\n<script type=\"application/json\" id=\"data\">" +
         script_safe(page.data) + "</script>\n<script>" + kCharts + "</script>\n<script>\n\"use strict\";\n(() => {\n" +
         page.script + "})();\n</script>\n</body>\n</html>\n";
}

}  // namespace interstice::viz
