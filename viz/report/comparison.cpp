/// @file
/// Reading compare.json.
#include "viz/report/comparison.h"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace interstice::viz {
namespace {

Status status_of(const std::string& word) {
  constexpr std::pair<const char*, Status> kWords[] = {{"measured", Status::measured},
                                                       {"not_reached", Status::not_reached},
                                                       {"not_observable", Status::not_observable},
                                                       {"no_mechanism", Status::no_mechanism},
                                                       {"undefined", Status::undefined}};
  for (const auto& [name, status] : kWords)
    if (word == name) return status;
  throw std::runtime_error("a value has the unknown status '" + word + "'");
}

}  // namespace

Comparison::Comparison(nlohmann::json document) : document_(std::move(document)) {
  if (document_.value("format", "") != "interstice comparison" || document_.value("version", 0) != 4)
    throw std::runtime_error("not a comparison that this version reads (format or version differ)");
  for (const auto& arm : document_.at("arms")) {
    arms_.push_back({arm.at("name"), arm.at("vesicles"), arm.at("sham"), arm.at("models"), arm.at("delay"),
                     arm.value("changes", std::vector<std::string>{}), arm.value("control", ""),
                     arm.value("direct", ""), arm.value("of", ""),
                     arm.value("edges_left_out", std::vector<std::string>{}), arm.value("side", "")});
    if (reference_.empty() && !arms_.back().vesicles && !arms_.back().sham) reference_ = arms_.back().name;
  }
}

Comparison Comparison::read(const std::filesystem::path& path) {
  std::ifstream file(path);
  if (!file)
    throw std::filesystem::filesystem_error("cannot read", path, std::error_code(errno, std::generic_category()));
  return Comparison(nlohmann::json::parse(file));
}

bool Comparison::is_second_run(const ArmInfo& arm) const {
  return !arm.of.empty() && std::ranges::find(arms_, arm.of, &ArmInfo::name) != arms_.end();
}

std::optional<ArmValue> Comparison::value(std::string_view arm, std::string_view metric) const {
  for (const auto& entry : document_.at("values")) {
    if (entry.at("arm") != arm || entry.at("metric") != metric) continue;
    ArmValue value;
    value.n = entry.at("n");
    value.note = entry.at("note");
    value.status = status_of(entry.at("status").get<std::string>());
    if (!entry.at("mean").is_null()) {
      value.mean = entry.at("mean").get<double>();
      value.low = entry.at("low");
      value.high = entry.at("high");
    }
    return value;
  }
  return std::nullopt;
}

std::vector<std::string> Comparison::metrics(std::initializer_list<std::string_view> families) const {
  std::vector<std::string> names;
  for (const std::string_view family : families)
    for (const auto& metric : document_.at("metrics"))
      if (metric.at("family") == family) names.push_back(metric.at("name"));
  return names;
}

std::string Comparison::about(std::string_view metric, const char* key) const {
  for (const auto& entry : document_.at("metrics"))
    if (entry.at("name") == metric) return entry.at(key);
  return {};
}

std::string Comparison::subject(std::string_view metric) const { return about(metric, "subject"); }
std::string Comparison::label(std::string_view metric) const { return about(metric, "label"); }
std::string Comparison::of(std::string_view metric) const { return about(metric, "of"); }
std::string Comparison::unit(std::string_view metric) const { return about(metric, "unit"); }
std::string Comparison::description(std::string_view metric) const { return about(metric, "description"); }

}  // namespace interstice::viz
