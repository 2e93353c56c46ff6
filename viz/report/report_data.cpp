#include "viz/report/report_data.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "viz/report/report_parts.h"

namespace interstice::viz {
namespace {

using Json = nlohmann::json;

/// Four digits are more than a figure can show; of a band three are.
constexpr int kDigits = 4, kDigitsOfBand = 3;

Json rounded(const Json& value, int digits = kDigits) {
  if (!value.is_number_float()) return value;
  const double number = value;
  if (number == 0 || !std::isfinite(number)) return value;
  const double scale = std::pow(10.0, digits - 1 - std::floor(std::log10(std::abs(number))));
  return std::isfinite(scale) && scale > 0 ? std::round(number * scale) / scale : number;
}

Json arms_of(const Comparison& comparison) {
  Json arms = Json::array();
  for (const ArmInfo& arm : comparison.arms())
    arms.push_back({{"name", arm.name},
                    {"side", arm.side},
                    {"of", comparison.is_second_run(arm) ? arm.of : ""},
                    {"vesicles", arm.vesicles},
                    {"reference", arm.name == comparison.reference()},
                    {"changed", !arm.changes.empty()},
                    {"delay", arm.delay}});
  return arms;
}

/// Lines by what is in them, each once; of those with more points than a figure shows, so many, the last included.
class Lines {
 public:
  explicit Lines(std::size_t arms) : most_(std::clamp<std::size_t>(1000 / std::max<std::size_t>(arms, 1), 50, 100)) {}
  std::size_t index_of(const Json& numbers, int digits = kDigits) {
    const std::size_t step = 1 + numbers.size() / most_;
    Json line = Json::array();
    for (std::size_t k = (numbers.size() + step - 1) % step; k < numbers.size(); k += step)
      line.push_back(rounded(numbers[k], digits));
    const auto [found, is_new] = indices_.try_emplace(line.dump(), lines_.size());
    if (is_new) lines_.push_back(std::move(line));
    return found->second;
  }
  [[nodiscard]] const Json& lines() const { return lines_; }

 private:
  std::size_t most_;  ///< points: fewer where arms are many
  Json lines_ = Json::array();
  std::map<std::string, std::size_t> indices_;
};

/// What a curve shows of a cell, where it does: whether a receptor's read-out, and how long that takes [s].
void add_reporter(const Comparison& comparison, Json& curve) {
  for (const Json& reporter : comparison.document().at("reporters"))
    if (curve.at("name") ==
        "reporter." + reporter.at("cell_type").get<std::string>() + "." + reporter.at("name").get<std::string>()) {
      curve["receptor"] = reporter.at("receptor");
      curve["delay"] = reporter.at("delay");
    }
}

void add_curves(const Comparison& comparison, Json& data) {
  Lines lines(comparison.arms().size());
  data["curves"] = Json::array();
  for (const Json& curve : comparison.document().at("curves")) {
    Json shown = {{"name", curve.at("name")}, {"label", curve.at("label")}, {"unit", curve.at("unit")}};
    shown["time"] = lines.index_of(curve.at("time"));
    for (const auto& [arm, values] : curve.at("arms").items())
      for (const char* key : {"mean", "low", "high"})
        shown["arms"][arm][key] =
            lines.index_of(values.at(key), std::string_view(key) == "mean" ? kDigits : kDigitsOfBand);
    add_reporter(comparison, shown);
    data["curves"].push_back(std::move(shown));
  }
  data["lines"] = lines.lines();
}

/// Of the families that are drawn.
void add_metrics(const Comparison& comparison, Json& data) {
  static const std::set<std::string> kDrawn{"phenotype_effect",
                                            "outcome",
                                            "effect",
                                            "influenced_per_ev_given",
                                            "influenced_minus_sham",
                                            "influenced_per_ev_engaged",
                                            "primary.time_to",
                                            "time_to_50pct",
                                            "fate",
                                            "budget",
                                            "flux"};
  std::set<std::string> drawn;
  data["metrics"] = Json::array();
  for (const Json& metric : comparison.document().at("metrics")) {
    if (!kDrawn.contains(metric.at("family"))) continue;
    Json shown = {{"receptor", is_receptor(comparison, metric.at("name").get<std::string>())}};
    for (const char* key : {"name", "family", "subject", "label", "unit"}) shown[key] = metric.at(key);
    drawn.insert(metric.at("name"));
    data["metrics"].push_back(std::move(shown));
  }
  data["values"] = Json::array();
  for (const Json& value : comparison.document().at("values")) {
    if (!drawn.contains(value.at("metric")) || value.at("mean").is_null()) continue;
    data["values"].push_back({value.at("arm"), value.at("metric"), value.at("n"), rounded(value.at("mean")),
                              rounded(value.at("low")), rounded(value.at("high")), value.at("status")});
  }
}

/// Of single replicates and of profiles, where a document has them.
void add_details(const Comparison& comparison, Json& data) {
  data["replicate_values"] = Json::array();
  for (const Json& entry : comparison.document().value("replicate_values", Json::array())) {
    Json values = Json::array();
    for (const Json& value : entry.at("values")) values.push_back(rounded(value));
    data["replicate_values"].push_back({entry.at("arm"), entry.at("metric"), std::move(values)});
  }
  data["profiles"] = comparison.document().value("profiles", Json::array());
  for (Json& profile : data["profiles"])
    for (Json& arm : profile.at("arms"))
      for (Json& line : arm)
        for (Json& value : line) value = rounded(value, kDigitsOfBand);
}

}  // namespace

Json figure_data(const Comparison& comparison) {
  const Json& document = comparison.document();
  Json data = {{"arms", arms_of(comparison)},
               {"horizon", document.at("horizon")},
               {"primary", document.at("primary")},
               {"vesicles", document.at("vesicles")},
               {"phenotype", document.at("phenotype")}};
  if (!data["phenotype"].is_null()) data["phenotype"].erase("terms");
  add_curves(comparison, data);
  add_metrics(comparison, data);
  add_details(comparison, data);
  return data;
}

}  // namespace interstice::viz
