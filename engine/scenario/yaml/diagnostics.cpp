/// @file
/// Collection, order and wording of complaints.

#include "engine/scenario/yaml/diagnostics.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

namespace interstice {

std::string Place::text() const {
  if (!file) return "scenario";
  return line > 0 ? fmt::format("{}:{}:{}", *file, line, column) : *file;
}

std::string Complaint::text() const {
  if (key_path.empty()) return fmt::format("{}: {}", place.text(), message);
  return fmt::format("{}: {}: {}", place.text(), key_path, message);
}

namespace {

std::string list(const std::vector<Complaint>& complaints) {
  std::string all;
  for (const Complaint& c : complaints) all += c.text() + "\n";
  return all + fmt::format("{} mistake{}; nothing was run", complaints.size(), complaints.size() == 1 ? "" : "s");
}

}  // namespace

ScenarioErrors::ScenarioErrors(std::vector<Complaint> complaints)
    : InputError(list(complaints)), complaints_(std::move(complaints)) {}

void Diagnostics::report(const Place& place, std::string key_path, std::string message) {
  complaints_.push_back({place, std::move(key_path), std::move(message)});
}

void Diagnostics::warn(const Place& place, std::string key_path, std::string message) {
  warnings_.push_back({place, std::move(key_path), std::move(message)});
}

void Diagnostics::throw_if_any() const {
  if (complaints_.empty()) return;
  auto sorted = complaints_;
  const auto key = [](const Complaint& c) {
    return std::tuple(c.place.file ? *c.place.file : std::string(), c.place.line, c.place.column);
  };
  std::ranges::stable_sort(sorted, [&key](const auto& a, const auto& b) { return key(a) < key(b); });
  const auto same = [](const Complaint& a, const Complaint& b) { return a.text() == b.text(); };
  const auto repeated = std::ranges::unique(sorted, same);
  sorted.erase(repeated.begin(), repeated.end());
  throw ScenarioErrors(std::move(sorted));
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replace = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, replace});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

namespace {

/// What others call what we call the second.
constexpr std::array<std::pair<std::string_view, std::string_view>, 35> kSynonyms{{{"maximum", "max"},
                                                                                   {"peak", "max"},
                                                                                   {"minimum", "min"},
                                                                                   {"average", "mean"},
                                                                                   {"final", "last"},
                                                                                   {"end", "last"},
                                                                                   {"auc", "area"},
                                                                                   {"closed", "no_flux"},
                                                                                   {"reflecting", "no_flux"},
                                                                                   {"neumann", "no_flux"},
                                                                                   {"open", "absorbing"},
                                                                                   {"dirichlet", "fixed"},
                                                                                   {"concentration", "initial"},
                                                                                   {"diffusion", "diffusivity"},
                                                                                   {"decay_rate", "decay"},
                                                                                   {"rate", "hazard"},
                                                                                   {"quantity", "number"},
                                                                                   {"dx", "spacing"},
                                                                                   {"dt", "transport"},
                                                                                   {"yes", "true"},
                                                                                   {"yes", "all"},
                                                                                   {"on", "true"},
                                                                                   {"no", "false"},
                                                                                   {"off", "false"},
                                                                                   {"max", "reduce"},
                                                                                   {"min", "reduce"},
                                                                                   {"mean", "reduce"},
                                                                                   {"concentration", "density"},
                                                                                   {"density", "concentration"},
                                                                                   {"density", "initial"},
                                                                                   {"amount", "dose"},
                                                                                   {"count", "number"},
                                                                                   {"number", "count"},
                                                                                   {"d", "diffusivity"},
                                                                                   {"nearest", "around"}}};

}  // namespace

std::string did_you_mean(std::string_view wrong, std::span<const std::string> known) {
  if (wrong.size() > 100) return "";
  std::string lower(wrong);
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
  for (const auto& [theirs, ours] : kSynonyms)
    if (lower == theirs && std::ranges::find(known, ours) != known.end())
      return fmt::format(" did you mean '{}'?", ours);
  const std::string* best = nullptr;
  std::size_t best_distance = std::max<std::size_t>(2, wrong.size() / 3) + 1;
  for (const std::string& name : known) {
    std::string name_lower(name);
    std::ranges::transform(name_lower, name_lower.begin(), [](unsigned char c) { return std::tolower(c); });
    std::size_t distance = edit_distance(wrong, name);
    distance = std::min(distance, edit_distance(lower, name_lower) + (name == wrong ? 0 : 1));
    if (lower.size() >= 3 && name_lower.starts_with(lower)) distance = std::min<std::size_t>(distance, 2);
    if (distance < best_distance && distance < std::max(wrong.size(), name.size())) {
      best = &name;
      best_distance = distance;
    }
  }
  return best == nullptr ? "" : fmt::format(" did you mean '{}'?", *best);
}

}  // namespace interstice
