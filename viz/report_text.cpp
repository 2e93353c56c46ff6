/// @file
/// The sentences of the report.
#include "viz/report_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "viz/html.h"

namespace interstice::viz {
namespace {

/// "a, b and c"
std::string list(const std::vector<std::string>& words) {
  std::string out;
  for (std::size_t k = 0; k < words.size(); ++k)
    out += (k == 0 ? "" : k + 1 == words.size() ? " and " : ", ") + words[k];
  return out;
}

std::string bold(const std::string& arm) { return "<b>" + escape(arm) + "</b>"; }

/// Arms that cross at about the same time (2 %) are told together.
struct Crossing {
  double time = 0, low = 0, high = 0;
  std::vector<std::string> arms;
};

std::string metric_of(const Comparison& comparison, double threshold) {
  return fmt::format("primary.time_to.{:g}{}", threshold,
                     comparison.document().at("primary").at("unit").get<std::string>());
}

std::string crossing_sentence(const Comparison& comparison, double threshold) {
  const auto& primary = comparison.document().at("primary");
  std::vector<Crossing> crossings;
  std::vector<std::string> never;
  for (const auto& arm : comparison.arms()) {
    const auto value = comparison.value(arm.name, metric_of(comparison, threshold));
    if (!value || !value->mean) {
      never.push_back(bold(arm.name));
      continue;
    }
    const auto same = std::find_if(crossings.begin(), crossings.end(),
                                   [&](const Crossing& c) { return std::abs(c.time - *value->mean) <= 0.02 * c.time; });
    if (same != crossings.end())
      same->arms.push_back(bold(arm.name));
    else
      crossings.push_back({*value->mean, value->low, value->high, {bold(arm.name)}});
  }
  std::sort(crossings.begin(), crossings.end(), [](const auto& a, const auto& b) { return a.time < b.time; });
  const std::string level = fmt::format("{} {}", number(threshold), unit_text(primary.at("unit").get<std::string>()));
  if (crossings.empty()) return fmt::format("No arm reaches {} within {}. ", level, time_text(comparison.horizon()));
  std::vector<std::string> parts;
  for (const auto& crossing : crossings) {
    const TimeUnit unit = time_unit(crossing.time);
    std::string interval;
    if (crossing.low < crossing.high)
      interval = fmt::format(" (95 % CI {}–{} {})", number(crossing.low / unit.seconds),
                             number(crossing.high / unit.seconds), unit.name);
    parts.push_back(fmt::format("{} after {}{}", list(crossing.arms), time_text(crossing.time), interval));
  }
  std::string sentence = fmt::format("Mean {} in the {} reaches {}: {}", escape(primary.at("field").get<std::string>()),
                                     escape(primary.at("region").get<std::string>()), level, joined(parts, "; "));
  if (!never.empty()) sentence += fmt::format("; not within {}: {}", time_text(comparison.horizon()), list(never));
  return sentence + ". ";
}

std::string key_of(const nlohmann::json& read_out) {
  return read_out.at("cell_type").get<std::string>() + "." + read_out.at("name").get<std::string>();
}

/// For one read-out: which arms influenced how many cells beyond the sham. Empty when none did.
std::string influence_sentence(const Comparison& comparison, const nlohmann::json& read_out) {
  std::vector<std::string> found;
  for (const auto& arm : comparison.arms()) {
    const auto count = comparison.value(arm.name, "influenced_minus_sham." + key_of(read_out));
    if (arm.models.empty() || !count || !count->mean || count->low <= 0) continue;
    found.push_back(
        fmt::format("{} {} [{}, {}]", bold(arm.name), number(*count->mean), number(count->low), number(count->high)));
  }
  if (found.empty()) return {};
  return fmt::format("{} {} ({}): {}", escape(read_out.at("cell_type").get<std::string>()),
                     escape(read_out.at("name").get<std::string>()),
                     read_out.at("receptor").get<bool>() ? "receptor" : "phenotype", list(found));
}

std::string read_out_count(std::size_t count) { return fmt::format("{} read-out{}", count, count == 1 ? "" : "s"); }

std::string influence_sentences(const Comparison& comparison) {
  std::vector<std::string> found;
  std::size_t silent = 0, too_slow = 0;
  for (const auto& read_out : comparison.document().at("read_outs")) {
    const std::string sentence = influence_sentence(comparison, read_out);
    if (!sentence.empty())
      found.push_back(sentence);
    else
      ++(read_out.at("delay").get<double>() > comparison.horizon() ? too_slow : silent);
  }
  std::string text;
  if (!found.empty()) text = "Cells influenced beyond the sham (mean, 95 % CI): " + joined(found, "; ") + ". ";
  if (silent > 0)
    text += fmt::format("In {}{} no arm that can be judged differed detectably from the sham within {}. ",
                        found.empty() ? "" : "a further ", read_out_count(silent), time_text(comparison.horizon()));
  if (too_slow > 0)
    text += fmt::format("{} of cells answer{} later than this run lasts: not observable in this horizon. ",
                        read_out_count(too_slow), too_slow == 1 ? "s" : "");
  return text;
}

std::string unobservable_sentence(const Comparison& comparison) {
  std::vector<std::string> arms;
  for (const auto& arm : comparison.arms())
    if (!arm.models.empty() && arm.delay > comparison.horizon())
      arms.push_back(fmt::format("{} (own delay {})", bold(arm.name), time_text(arm.delay)));
  if (arms.empty()) return {};
  return fmt::format(
      "<b>Not observable in this horizon</b> of {}: effects of {} – the run ends before the mechanism's own "
      "delay, so nothing can be said about them. ",
      time_text(comparison.horizon()), list(arms));
}

std::string basis_sentence(const Comparison& comparison) {
  const std::size_t recommended = comparison.document().at("recommended_replicates");
  std::string sentence = fmt::format("This rests on {} paired replicate{} per arm", comparison.replicates(),
                                     comparison.replicates() == 1 ? "" : "s");
  if (comparison.replicates() < recommended)
    sentence += fmt::format(" – a quick default with fewer than the {} wanted for publication", recommended);
  sentence += ". ";
  for (const auto& vesicles : comparison.document().at("vesicles")) {
    const double weight = vesicles.at("weight");
    sentence += fmt::format("Each simulated {} agent stands for {} real EV{} ({} dosed). ",
                            escape(vesicles.at("class").get<std::string>()), number(weight), weight == 1 ? "" : "s",
                            number(vesicles.at("dosed")));
  }
  const auto& failures = comparison.document().at("failures");
  if (!failures.empty())
    sentence += fmt::format("<b>{} run(s) failed</b> and are left out; see Provenance. ", failures.size());
  return sentence;
}

}  // namespace

std::string value_text(const std::optional<ArmValue>& value, const std::string& unit) {
  if (!value) return "–";
  if (!value->mean) return value->note.empty() ? "–" : "<i>" + escape(value->note) + "</i>";
  if (!value->observable && value->low <= 0 && value->high >= 0) return "<i>not observable in this horizon</i>";
  const TimeUnit scale = unit == "s" ? time_unit(*value->mean) : TimeUnit{1, ""};
  const auto show = [&](double v) { return number(v / scale.seconds); };
  std::string text = show(*value->mean) + (scale.name.empty() ? "" : " " + scale.name);
  if (show(value->low) != show(*value->mean) || show(value->high) != show(*value->mean))
    text += fmt::format(" <span class=\"ci\">[{}, {}]</span>", show(value->low), show(value->high));
  if (!value->note.empty()) text += fmt::format(" <span class=\"note\">{}</span>", escape(value->note));
  return text;
}

std::string answer(const Comparison& comparison) {
  std::string text = "<p class=\"answer\">";
  const auto& primary = comparison.document().at("primary");
  if (!primary.is_null())
    for (const double threshold : primary.at("thresholds")) text += crossing_sentence(comparison, threshold);
  for (const auto& sentence :
       {influence_sentences(comparison), unobservable_sentence(comparison), basis_sentence(comparison)})
    if (!sentence.empty()) text += "<br>\n" + sentence;
  return text + "</p>\n";
}

std::string leanings(const Comparison& comparison) {
  std::string sets;
  for (const auto& name : comparison.document().at("parameter_sets"))
    sets += fmt::format("{}<code>--parameters {}</code>", sets.empty() ? "" : ", ", escape(name.get<std::string>()));
  const std::string others = sets.empty() ? "The scenario has no sets to try instead: vary what is marked A."
                                          : "Its sets (" + sets + ") show how much the answer depends on it.";
  return fmt::format(R"(<p>In general; the parameters below say what holds here.</p>
<ul>
<li><b>Towards extracellular modulation:</b> AMP that is there before the vesicles; a small released fraction of
endosomal cargo (f_release); enzymes fully active while a vesicle is adsorbed.</li>
<li><b>Towards uptake and contact:</b> free access of vesicles to every cell; the same contact reach for all cells of a
type.</li>
<li><b>“One EV – many cells” is a collective statement.</b> In cell-dense tissue one CD73-bearing EV does not by itself
raise adenosine over a threshold: it adds a little to very many cells inside its screening length, and the sum of all
EVs acts. It becomes literally true per EV only where cells take up adenosine slowly (≤ 10 µm³/s per cell) and CD73 and
AMP are rich.</li>
<li><b>Equal ceilings:</b> every mechanism may act on a cell with the same default ceiling; mechanisms differ by reach.</li>
<li>Parameter set of this comparison: <b>{}</b>. {}</li>
</ul>
)",
                     escape(comparison.document().at("parameter_set").get<std::string>()), others);
}

}  // namespace interstice::viz
