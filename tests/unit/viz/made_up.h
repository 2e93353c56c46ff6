/// @file
/// A made-up comparison: seven arms, one primary field, two reporters; nothing was simulated.
#pragma once

#include <cmath>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace interstice::viz {
using nlohmann::json;

struct MadeUpArm {
  const char* name;
  bool vesicles, sham;
  std::vector<std::string> models;
  double delay, rate;  ///< [s], adenosine made [uM/s]
};

inline const std::vector<MadeUpArm> kArms{
    {"vehicle", false, false, {}, 0, 0.011},
    {"inert", true, false, {}, 0, 0.011},
    {"sham", false, true, {}, 0, 0.0112},
    {"uptake", true, false, {"cargo_delivery"}, 14400, 0.011},
    {"contact", true, false, {"surface_contact"}, 3600, 0.011},
    {"emcev", true, false, {"cd39", "cd73"}, 0, 0.31},
    {"all", true, false, {"cargo_delivery", "cd39", "cd73", "surface_contact"}, 0, 0.31}};

/// A metric as compare.json has it; its family is the first word of its name, or primary.time_to.
inline json metric_entry(const std::string& name, const std::string& label, const std::string& unit,
                         const std::string& description = "") {
  const std::size_t dot = name.find('.', name.starts_with("primary.time_to.") ? 9 : 0);
  return {
      {"name", name}, {"family", name.substr(0, dot)}, {"subject", name.substr(dot + 1)}, {"label", label}, {"of", ""},
      {"unit", unit}, {"description", description}};
}

/// A measured value.
inline json value_entry(const std::string& arm, const std::string& metric, double mean, double low, double high) {
  return {{"arm", arm},   {"metric", metric},     {"n", 8},    {"mean", mean}, {"low", low},
          {"high", high}, {"status", "measured"}, {"note", ""}};
}

class MadeUp {
 public:
  MadeUp() {
    document_ = {{"format", "interstice comparison"},
                 {"version", 4},
                 {"title", "Rat knee <10 ug>"},
                 {"description", "A made-up comparison.\nNothing here was simulated."},
                 {"horizon", 1800.0},
                 {"replicates", 8},
                 {"recommended_replicates", 20},
                 {"parameter_set", "papers"},
                 {"parameter_sets", {"papers", "sceptic"}},
                 {"failures", json::array()},
                 {"warnings", json::array()},
                 {"arms", json::array()},
                 {"values", json::array()},
                 {"metrics", json::array()},
                 {"phenotype", nullptr},
                 {"verdicts", json::array()},
                 {"edges", json::array()}};
    document_["vesicles"] = {{{"class", "msc_sev"}, {"counted", false}, {"weight", 10.0}, {"dosed", 1e6}}};
    document_["primary"] = {{"field", "adenosine"},
                            {"region", "film"},
                            {"series", "mean.film.adenosine"},
                            {"unit", "uM"},
                            {"thresholds", {0.3, 3.0}}};
    document_["reporters"] = {
        {{"cell_type", "chondrocyte"}, {"name", "A2A"}, {"receptor", true}, {"range", 1.0}, {"delay", 0.0}},
        {{"cell_type", "chondrocyte"}, {"name", "AKT"}, {"receptor", false}, {"range", 0.7}, {"delay", 600.0}}};
    document_["influenced"] = {{"difference", 0.25}, {"hold", 120.0}, {"hold_share", 0.4}};
    document_["provenance"] = {{"version", "interstice 0.1.0"}, {"commit", "abcdef"}, {"seed", 1}};
    document_["parameters"] = {parameter("models.cd73.kcat", "100 1/s", "10 ... 500 1/s", "L", "Zimmermann 2012"),
                               parameter("models.cd73.copies", "5", "0.5 ... 50", "A", "f = 0.5 % of protein"),
                               parameter("domain.spacing", "10 um", "", "", ""),
                               parameter("species.ATP.diffusivity", "500 um^2/s", "", "V", "paper 3")};
    for (const auto& arm : kArms)
      document_["arms"].push_back({{"name", arm.name},
                                   {"vesicles", arm.vesicles},
                                   {"sham", arm.sham},
                                   {"models", arm.models},
                                   {"delay", arm.delay},
                                   {"relays", json::array()}});
    add_curve();
    add_metrics();
  }
  [[nodiscard]] const json& document() const { return document_; }
  json& document() { return document_; }

 private:
  static json parameter(const char* path, const char* value, const char* range, const char* mark, const char* source) {
    return {{"path", path},     {"value", value},      {"range", range},  {"mark", mark},
            {"source", source}, {"where", "x.yaml:3"}, {"outside", false}};
  }
  static double level(const MadeUpArm& arm, double t) { return 6 * (1 - std::exp(-arm.rate * t / 6)); }

  void add_curve() {
    json curve = {
        {"name", "mean.film.adenosine"}, {"label", "adenosine, film"}, {"unit", "uM"}, {"time", json::array()}};
    for (int k = 0; k <= 120; ++k)
      curve["time"].push_back(k == 0 ? 0.0 : 0.05 * std::pow(1800 / 0.05, (k - 1) / 119.0));
    for (const auto& arm : kArms) {
      json& values = curve["arms"][arm.name];
      for (const double t : curve["time"]) {
        values["mean"].push_back(level(arm, t));
        values["low"].push_back(0.9 * level(arm, t));
        values["high"].push_back(1.1 * level(arm, t));
      }
    }
    document_["curves"].push_back(curve);
  }
  void metric(const std::string& name, const std::string& unit, const std::string& description) {
    document_["metrics"].push_back(metric_entry(name, "the " + name, unit, description));
    if (name.ends_with("A2A")) document_["metrics"].back()["of"] = "chondrocyte A2A (receptor)";
  }
  void value(const MadeUpArm& arm, const std::string& name, double mean, double half, bool observable = true) {
    document_["values"].push_back(value_entry(arm.name, name, mean, mean - half, mean + half));
    if (!observable && mean <= half) document_["values"].back()["status"] = "not_observable";
  }
  void never(const MadeUpArm& arm, const std::string& name) {
    json entry = value_entry(arm.name, name, 0, 0, 0);
    entry["n"] = 0;
    entry["mean"] = entry["low"] = entry["high"] = nullptr;
    entry["status"] = "not_reached";
    entry["note"] = "never";
    document_["values"].push_back(std::move(entry));
  }
  void add_metrics();

  json document_;
};

inline void MadeUp::add_metrics() {
  metric("primary.peak", "uM", "largest value");
  metric("primary.time_to.0.3uM", "s", "first time at 0.3 uM");
  metric("primary.time_to.3uM", "s", "first time at 3 uM");
  for (const char* reporter : {"chondrocyte.A2A", "chondrocyte.AKT"})
    for (const char* kind : {"influenced.", "influenced_minus_sham.", "influenced_per_ev_given.",
                             "influenced_per_ev_engaged.", "time_to_50pct."})
      metric(std::string(kind) + reporter, std::string(kind).starts_with("time") ? "s" : "cell",
             "about " + std::string(reporter));
  for (const char* fate : {"free", "adsorbed", "endosomal", "in_reservoir", "released", "degraded", "lost", "left"})
    metric(std::string("fate.msc_sev.") + fate, "1", "share of the dose");
  for (const char* sink : {"supplied", "left.ATP", "left.AMP", "left.adenosine", "taken_up.adenosine"})
    metric(std::string("budget.") + sink, "fmol", "amount");
  metric("flux.made_by_EVs", "fmol", "extent");
  metric("flux.made_by_host", "fmol", "extent");
  for (const auto& arm : kArms) {
    value(arm, "primary.peak", level(arm, 1800), 0.05);
    for (const double threshold : {0.3, 3.0}) {
      const double t = -6 / arm.rate * std::log(1 - threshold / 6);
      const std::string name = threshold < 1 ? "primary.time_to.0.3uM" : "primary.time_to.3uM";
      t < 200 ? value(arm, name, t, 0.03 * t) : never(arm, name);
    }
    for (const char* reporter : {"chondrocyte.A2A", "chondrocyte.AKT"}) {
      const std::string key = reporter;
      const bool acts = arm.rate > 0.1;
      if (!arm.vesicles) continue;
      value(arm, "influenced." + key, acts ? 150 : 2, 1);
      value(arm, "influenced_minus_sham." + key, acts ? 148 : 0, acts ? 3 : 1, arm.delay < 1800);
      value(arm, "influenced_per_ev_given." + key, acts ? 1.5e-4 : 0, acts ? 3e-6 : 1e-6, arm.delay < 1800);
      value(arm, "influenced_per_ev_engaged." + key, acts ? 1.5e-4 : 0, acts ? 3e-6 : 1e-6, arm.delay < 1800);
      acts ? value(arm, "time_to_50pct." + key, key.ends_with("AKT") ? 700 : 5, 1) : never(arm, "time_to_50pct." + key);
    }
    if (arm.vesicles) {
      const double shares[] = {0.7, 0.01, 0.02, 0.25, 1e-4, 1e-3, 0.0189, 0};
      int k = 0;
      for (const char* fate : {"free", "adsorbed", "endosomal", "in_reservoir", "released", "degraded", "lost", "left"})
        value(arm, std::string("fate.msc_sev.") + fate, shares[k++], 0);
    }
    const double made = level(arm, 1800);
    value(arm, "budget.supplied", 24, 0);
    value(arm, "budget.left.ATP", 1, 0);
    value(arm, "budget.left.AMP", 17 - 2 * made, 0.2);
    value(arm, "budget.left.adenosine", 2 * made, 0.2);
    value(arm, "budget.taken_up.adenosine", 6, 0.2);
    value(arm, "flux.made_by_EVs", arm.rate > 0.1 ? 10 : 0, 0.1);
    value(arm, "flux.made_by_host", 3, 0.1);
  }
}

}  // namespace interstice::viz
