/// @file
/// Labels: their numbers, the places that they are seen in, and what cannot be seen that way.

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <numbers>

#include "engine/fields/regions.h"
#include "engine/scenario/build/build_problem.h"

namespace interstice {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Half-life 0 is an infinite rate, and an infinite one none.
double rate_of(const Value& half_life) {
  return half_life.number > 0 ? std::numbers::ln2 / half_life.number : kInfinity;
}

class LabelBuilder {
 public:
  LabelBuilder(const BuildContext& context, const Problem& problem)
      : context_(context), problem_(problem), reservoirs_(context.root["reservoirs"]) {
    for (const Value& v : reservoirs_.items) {
      const std::string& word = v["content"].text;
      content_.push_back(word == "cells"      ? ReservoirContent::cells
                         : word == "degraded" ? ReservoirContent::degraded
                                              : ReservoirContent::fluid);
    }
  }

  void check_reservoirs() const {
    for (std::size_t r = 0; r < content_.size(); ++r) {
      const Value& v = reservoirs_.items[r];
      const std::vector<std::string> taken = {"fluid", "bound", "cells", "on_vesicles", "off_vesicles", "micelles"};
      if (!context_.root["labels"].items.empty() && std::ranges::find(taken, reservoirs_.keys[r]) != taken.end())
        context_.diagnostics.report(reservoirs_.key_places[r], v.path,
                                    fmt::format("labels show something else under this name (their columns are {} and "
                                                "the reservoirs) choose another",
                                                fmt::join(taken, ", ")));
      if (content_[r] == ReservoirContent::fluid) continue;
      if (content_[r] == ReservoirContent::degraded &&
          (v["vesicle_half_life"].number < kInfinity || !v["vesicle_transfer"].items.empty()))
        context_.report(v["content"],
                        "vesicles cannot leave where they are degraded (it has a vesicle_half_life or a "
                        "vesicle_transfer) leave those out, or say `cells`");
      for (std::size_t face = 0; face < problem_.walls.size(); ++face)
        if (problem_.walls[face] == Wall::reservoir && index(problem_.reservoir_of_face[face]) == r)
          return context_.report(v["content"], "a reservoir behind a face is fluid: vesicles come and go");
    }
  }

  Label build(const std::string& name, const Value& v) const {
    Label label;
    label.name = name;
    label.content = content_;
    label.labelled = v["labelled"].number;
    label.fading = rate_of(v["half_life"]);
    label.loose = v["loose"].number;
    label.coming_off = rate_of(v["loose_half_life"]);
    label.in_cargo = v["carrier"].text == "cargo";
    label.after_release = rate_of(v["after_release"]);
    label.after_degradation = v.has("after_degradation") ? rate_of(v["after_degradation"])
                              : label.in_cargo           ? kInfinity
                                                         : 0;
    if (label.in_cargo) check_cargo(v, label);
    dose(v, label);
    label.dye_routes = routes(v["free_dye"]);
    if (!v.has("micelles")) return label;
    label.micelles = v["micelles"]["per_EV"].number;
    label.micelle_signal = v["micelles"]["signal"].number;
    label.micelle_routes = routes(v["micelles"]);
    return label;
  }

 private:
  void check_cargo(const Value& v, const Label& label) const {
    if (label.loose > 0)
      context_.report(
          v["loose"],
          "cargo does not come off (its signal ends with the cargo) leave it out, or use carrier: membrane");
    if (v.has("after_degradation") && label.after_degradation != kInfinity)
      context_.report(
          v["after_degradation"],
          "cargo is degraded with its vesicle (expected 0 s, or nothing) use carrier: membrane for what stays");
  }

  /// When and how many; the age of a vesicle is that of its dose, so there can be one only.
  void dose(const Value& v, Label& label) const {
    const auto klass = key_index(context_.root["vesicles"], v["vesicles"].text);
    if (!klass || !v["vesicles"].valid) return;
    label.klass = static_cast<VesicleClassId>(*klass);
    label.dosed.assign(content_.size() + 1, 0.0);
    std::size_t doses = 0;
    for (const Dose& dose : problem_.doses) {
      if (dose.klass != label.klass) continue;
      ++doses;
      label.at = dose.at;
      add(dose, label);
    }
    if (doses > 1)
      context_.report(v["vesicles"],
                      fmt::format("{} is dosed {} times (what is left of a label depends on the time since the dose) "
                                  "make each dose a class of its own, with a label of its own",
                                  v["vesicles"].text, doses));
  }

  void add(const Dose& dose, Label& label) const {
    const auto volumes = region_volumes(problem_.regions, problem_.grid);
    for (std::size_t r = 0; r < volumes.size() && r < dose.in_region.size(); ++r)
      if (dose.in_region[r] != 0 && problem_.regions.regions[r].vesicle_partition > 0)
        label.dosed.back() += dose.density * volumes[r];
    for (const ReservoirId r : dose.reservoirs)
      if (index(r) < problem_.reservoirs.size())
        label.dosed[index(r)] += dose.density * problem_.reservoirs[index(r)].share();
  }

  [[nodiscard]] std::optional<std::size_t> place(const std::string& name) const {
    if (name == "fluid") return content_.size();
    return key_index(reservoirs_, name);
  }

  [[nodiscard]] DyeRoutes routes(const Value& v) const {
    double fluid = 0;
    for (const double volume : region_volumes(problem_.regions, problem_.grid)) fluid += volume;
    DyeRoutes routes{.ways = {}, .loss = rate_of(v["half_life"]), .uptake = v["uptake"].number / std::max(fluid, 1e-9)};
    if (!v["half_life"].valid) routes.loss = 0;
    const Value& transfer = v["transfer"];
    for (std::size_t i = 0; i < transfer.items.size(); ++i) {
      const auto from = place(transfer.keys[i]);
      if (!from) continue;
      if (*from < content_.size() && content_[*from] != ReservoirContent::fluid)
        context_.report(transfer.items[i],
                        fmt::format("dye does not leave {}, which holds cells (its `content`); give rates from fluids",
                                    transfer.keys[i]));
      for (std::size_t k = 0; k < transfer.items[i].items.size(); ++k) {
        const Value& rate = transfer.items[i].items[k];
        const auto to = place(transfer.items[i].keys[k]);
        if (to == from) context_.report(rate, "dye cannot go from a place to itself");
        if (to) routes.ways.push_back({.from = *from, .to = *to, .rate = rate.number});
      }
    }
    return routes;
  }

  const BuildContext& context_;
  const Problem& problem_;
  const Value& reservoirs_;
  std::vector<ReservoirContent> content_;
};

}  // namespace

void build_labels(const BuildContext& context, Problem& problem) {
  const LabelBuilder builder(context, problem);
  builder.check_reservoirs();
  const Value& labels = context.root["labels"];
  for (std::size_t i = 0; i < labels.items.size(); ++i)
    problem.labels.push_back(builder.build(labels.keys[i], labels.items[i]));
}

}  // namespace interstice
