#include "tools/study/study_points.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "engine/core/error.h"
#include "engine/core/units.h"
#include "tools/study/study_values.h"

namespace interstice::cli {

std::vector<double> growing_numbers(const StudyAxis& axis) {
  if (axis.columns.size() != 1 || !axis.columns[0].numeric) return {};
  std::vector<double> numbers;
  for (const auto& row : axis.values) numbers.push_back(number_of(row[0], axis.columns[0].unit));
  const bool grow = std::ranges::adjacent_find(numbers, std::greater_equal<>()) == numbers.end();
  return grow && !numbers.empty() && numbers.front() >= 0 ? numbers : std::vector<double>{};
}

std::uint64_t stride_along(const Study& study, std::size_t a) {
  std::uint64_t points = 1;
  for (std::size_t b = a + 1; b < study.axes.size(); ++b) points *= study.axes[b].values.size();
  return points;
}

std::size_t place_along(const Study& study, std::size_t a, std::uint64_t point) {
  return point / stride_along(study, a) % study.axes[a].values.size();
}

bool is_as_it_is(const Study& study, std::uint64_t point, std::optional<std::size_t> but) {
  for (std::size_t a = 0; a < study.axes.size(); ++a)
    if (a != but && !study.axes[a].arms.empty() && place_along(study, a, point) != 0) return false;
  return true;
}

bool starts_along(const Study& study, std::size_t a, std::uint64_t point) {
  return place_along(study, a, point) == 0 && is_as_it_is(study, point, a);
}

std::size_t axes_beside_samples(const Study& study) { return study.axes.size() - (study.samples ? 1 : 0); }

std::uint64_t samples_per_place(const Study& study) { return study.samples ? study.axes.back().values.size() : 1; }

std::string where_of(const Study& study, std::uint64_t point, std::optional<std::size_t> but) {
  std::string text;
  for (std::size_t a = 0; a < axes_beside_samples(study); ++a) {
    if (a == but || !study.axes[a].arms.empty()) continue;
    const StudyAxis& axis = study.axes[a];
    const auto& row = axis.values[place_along(study, a, point)];
    text += fmt::format("{}{} {}{}", text.empty() ? "" : ", ", axis.name, row.front(), row.size() > 1 ? " ..." : "");
  }
  return text;
}

std::optional<double> own_value(const Study& study, const std::string& key, const std::string& unit) {
  const auto found = std::ranges::find(study.scenario.parameters, key, &ParameterRecord::path);
  if (found == study.scenario.parameters.end()) return std::nullopt;
  try {
    return number_of(found->value, unit);
  } catch (const InputError&) {
    return std::nullopt;
  }
}

std::uint64_t point_nearest_to_own(const Study& study) {
  std::uint64_t point = 0;
  for (std::size_t a = 0; a < axes_beside_samples(study); ++a) {
    const StudyAxis& axis = study.axes[a];
    if (!axis.arms.empty()) continue;
    const auto own = own_value(study, axis.columns[0].keys.front(), axis.columns[0].unit);
    if (!own || !axis.columns[0].numeric) continue;
    std::size_t nearest = 0;
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t v = 0; v < axis.values.size(); ++v) {
      const double value = number_of(axis.values[v][0], axis.columns[0].unit);
      const bool ratios = value > 0 && *own > 0;
      const double distance = ratios ? std::abs(std::log(value / *own)) : 1e3 + std::abs(value - *own);
      if (distance < least) least = distance, nearest = v;
    }
    point += nearest * stride_along(study, a);
  }
  return point;
}

std::size_t count_of(const std::vector<double>& values) {
  return static_cast<std::size_t>(std::ranges::count_if(values, [](double v) { return std::isfinite(v); }));
}

double mean_of(const std::vector<double>& values) {
  double sum = 0;
  for (const double v : values)
    if (std::isfinite(v)) sum += v;
  const std::size_t n = count_of(values);
  return n == 0 ? std::nan("") : sum / static_cast<double>(n);
}

}  // namespace interstice::cli
