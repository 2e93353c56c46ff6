#include "engine/study/study_samples.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "engine/core/error.h"
#include "engine/core/units.h"
#include "engine/statistics/design.h"

namespace interstice {
namespace {

using Method = Samples::Method;

constexpr std::array<std::pair<std::string_view, Method>, 5> kMethods{{{"random", Method::random},
                                                                       {"latin_hypercube", Method::latin_hypercube},
                                                                       {"sobol", Method::sobol},
                                                                       {"morris", Method::morris},
                                                                       {"saltelli", Method::saltelli}}};

/// Its row in the table of parameters; null with a complaint where `whose` needs one.
const ParameterRecord* record_of(const std::string& key, const Value& whose,
                                 const std::vector<ParameterRecord>& parameters, Diagnostics& diagnostics) {
  const auto found = std::ranges::find(parameters, key, &ParameterRecord::path);
  if (found != parameters.end() && !found->low.empty()) return &*found;
  std::vector<std::string> known;
  for (const ParameterRecord& record : parameters)
    if (!record.low.empty()) known.push_back(record.path);
  diagnostics.report(whose.place, whose.path,
                     fmt::format("{} has no range in the scenario (expected `from` and `to`){}", key,
                                 found == parameters.end() ? did_you_mean(key, known) : ""));
  return nullptr;
}

/// With its distribution over its range.
std::optional<SampledFactor> spread(SampledFactor factor, const std::string& scale, const Value& where,
                                    Diagnostics& diagnostics) {
  try {
    const Quantity low = parse_quantity(factor.low);
    factor.unit = low.unit_text;
    const double high = parse_quantity(factor.high).in(low.unit_text.empty() ? "1" : low.unit_text);
    factor.marginal = scale == "log"      ? Marginal::log_uniform(low.value, high)
                      : scale == "linear" ? Marginal::uniform(low.value, high)
                                          : Marginal::over_range(low.value, high);
    return factor;
  } catch (const InputError& error) {
    diagnostics.report(where.place, where.path,
                       fmt::format("cannot vary from {} to {} ({})", factor.low, factor.high, error.what()));
    return std::nullopt;
  }
}

class SamplesReader {
 public:
  SamplesReader(const Value& value, const std::vector<ParameterRecord>& parameters, Diagnostics& diagnostics)
      : value_(value), parameters_(parameters), diagnostics_(diagnostics) {}

  std::optional<Samples> read() {
    const std::size_t before = diagnostics_.count();
    const auto method = std::ranges::find(kMethods, value_["method"].text, &decltype(kMethods)::value_type::first);
    if (method != kMethods.end()) samples_.method = method->second;
    samples_.number = value_["number"].whole;
    samples_.levels = value_["levels"].whole;
    if (samples_.levels % 2 != 0) tell(value_["levels"], "is odd (expected an even number of levels)");
    const Value& factors = value_["factors"];
    for (std::size_t i = 0; i < factors.items.size(); ++i) add(factors.keys[i], factors.items[i]);
    add_by_marks();
    if (samples_.factors.empty() && diagnostics_.count() == before)
      tell(value_, "samples nothing (expected `factors`, or `marks` that parameters with a range have)");
    for (const Value& limit : value_["limits"].items) add_limit(limit);
    if (diagnostics_.count() != before) return std::nullopt;
    return std::move(samples_);
  }

 private:
  void tell(const Value& where, const std::string& what) { diagnostics_.report(where.place, where.path, what); }

  void add(const std::string& name, const Value& value) {
    if (auto factor = read_factor(name, value, parameters_, diagnostics_)) samples_.factors.push_back(*factor);
  }

  [[nodiscard]] bool is_sampled(const std::string& key) const {
    return std::ranges::any_of(samples_.factors, [&key](const SampledFactor& factor) {
      return std::ranges::find(factor.keys, key) != factor.keys.end();
    });
  }

  void add_by_marks() {
    const auto among = [this](const std::string& path) {
      const auto& wanted = value_["among"].items;
      return wanted.empty() ||
             std::ranges::any_of(wanted, [&path](const Value& one) { return path.starts_with(one.text); });
    };
    for (const Value& mark : value_["marks"].items)
      for (const ParameterRecord& record : parameters_)
        if (record.mark == mark.text && !record.low.empty() && among(record.path) && !is_sampled(record.path))
          if (auto factor = spread(
                  {.name = record.path, .keys = {record.path}, .low = record.low, .high = record.high, .unit = {}}, "",
                  mark, diagnostics_))
            samples_.factors.push_back(*factor);
  }

  void add_limit(const Value& limit) {
    LinearConstraint constraint{.coefficient = {}, .bound = limit["at_most"].number};
    const Value& sum = limit["sum"];
    std::vector<std::string> known;
    for (const SampledFactor& factor : samples_.factors) known.push_back(factor.name);
    for (std::size_t i = 0; i < sum.items.size(); ++i) {
      constraint.coefficient[sum.keys[i]] = sum.items[i].number;
      if (std::ranges::find(known, sum.keys[i]) == known.end())
        diagnostics_.report(sum.key_places[i], sum.path,
                            fmt::format("unknown factor '{}'{}", sum.keys[i], did_you_mean(sum.keys[i], known)));
    }
    samples_.limits.push_back(std::move(constraint));
  }

  const Value& value_;
  const std::vector<ParameterRecord>& parameters_;
  Diagnostics& diagnostics_;
  Samples samples_;
};

std::vector<FactorValues> points_of(const Samples& samples, std::uint64_t seed) {
  const FactorSpace space = samples.space();
  switch (samples.method) {
    case Method::random:
      return random_points(space, samples.number, seed);
    case Method::latin_hypercube:
      return latin_hypercube(space, samples.number, seed);
    case Method::sobol:
      return sobol_points(space, samples.number, seed);
    case Method::morris:
      return morris_design(space, samples.number, samples.levels, seed).point;
    case Method::saltelli:
      return saltelli_design(space, samples.number, seed).point;
  }
  return {};
}

}  // namespace

std::optional<SampledFactor> read_factor(const std::string& name, const Value& value,
                                         const std::vector<ParameterRecord>& parameters, Diagnostics& diagnostics) {
  SampledFactor factor{.name = name, .keys = {}, .low = value["from"].text, .high = value["to"].text, .unit = {}};
  for (const Value& key : value["key"].items) factor.keys.push_back(key.text);
  if (factor.keys.empty()) factor.keys.push_back(value["key"].text);
  if (value.has("from") != value.has("to")) {
    diagnostics.report(value.place, value.path, "has one end (expected `from` and `to`, or neither)");
    return std::nullopt;
  }
  if (!value.has("from")) {
    const ParameterRecord* record = record_of(factor.keys.front(), value["key"], parameters, diagnostics);
    if (record == nullptr) return std::nullopt;
    factor.low = record->low, factor.high = record->high;
  }
  return spread(std::move(factor), value["scale"].text, value, diagnostics);
}

std::optional<Samples> read_samples(const Value& value, const std::vector<ParameterRecord>& parameters,
                                    Diagnostics& diagnostics) {
  return SamplesReader(value, parameters, diagnostics).read();
}

FactorSpace Samples::space() const {
  std::vector<Factor> all;
  for (const SampledFactor& factor : factors) all.push_back({factor.name, factor.marginal});
  return FactorSpace(std::move(all), limits);
}

StudyAxis axis_of(const Samples& samples, std::uint64_t seed) {
  StudyAxis axis{.name = "sample", .columns = {}, .values = {}};
  for (const SampledFactor& factor : samples.factors)
    axis.columns.push_back({.name = factor.name, .keys = factor.keys, .unit = factor.unit, .numeric = true});
  for (const FactorValues& point : points_of(samples, seed)) {
    std::vector<std::string> row;
    for (std::size_t f = 0; f < point.size(); ++f)
      row.push_back(
          fmt::format("{:.9g}{}{}", point[f], samples.factors[f].unit.empty() ? "" : " ", samples.factors[f].unit));
    axis.values.push_back(std::move(row));
  }
  return axis;
}

}  // namespace interstice
