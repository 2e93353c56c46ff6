#include "engine/scenario/reduce/reduced_twin.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "engine/core/error.h"
#include "engine/scenario/scenario_text.h"
#include "engine/scenario/spec/spec.h"

namespace interstice {
namespace {

constexpr Nanoseconds kSecond = 1'000'000'000, kMinute = 60 * kSecond, kHour = 60 * kMinute;
constexpr int kStepsOfRun = 288, kStepsOfPhase = 60;  ///< at least so many, unless the original has fewer
constexpr Nanoseconds kLongestStep = 5 * kMinute;     ///< beyond it cells answer late
/// Of fields. Reactions that outrun what they live on divide longer steps anyway, and each half that is too long as
/// well was in vain.
constexpr Nanoseconds kLongestTransport = 100 * kSecond;
constexpr double kFewAgents = 1000;

/// "10 s", "5 min", "500 ms".
std::string time_text(Nanoseconds t) {
  const std::pair<Nanoseconds, const char*> units[] = {
      {kHour, "h"}, {kMinute, "min"}, {kSecond, "s"}, {1'000'000, "ms"}, {1000, "us"}};
  for (const auto& [unit, name] : units)
    if (t % unit == 0) return fmt::format("{} {}", t / unit, name);
  return fmt::format("{} ns", t);
}

std::string length_text(double um) { return fmt::format("{:.12g} um", um); }

/// The longest step of a round number that divides `length` and is not above `most`.
Nanoseconds round_step(Nanoseconds length, Nanoseconds most) {
  std::vector<Nanoseconds> round;
  for (Nanoseconds decade = 1000; decade < kSecond; decade *= 10)
    for (const int k : {1, 2, 5}) round.push_back(k * decade);
  for (const Nanoseconds unit : {kSecond, kMinute})
    for (const int k : {1, 2, 5, 10, 15, 20, 30}) round.push_back(k * unit);
  Nanoseconds best = 0;
  for (const Nanoseconds step : round)
    if (step <= most && length % step == 0) best = std::max(best, step);
  return best;
}

/// Phase `original` from `start` on, in longer steps where that is possible.
Phase in_longer_steps(const Phase& original, Nanoseconds start, Nanoseconds longest) {
  const Nanoseconds length = original.until - start;
  const Nanoseconds step = round_step(length, std::min(longest, length / kStepsOfPhase));
  if (step <= original.transport) return original;
  const auto multiple = [](Nanoseconds of, Nanoseconds wanted) { return of * std::max<Nanoseconds>(1, wanted / of); };
  Phase phase{.until = original.until, .transport = step};
  phase.vesicles = multiple(step, std::min(original.vesicles, longest));
  phase.cells = multiple(phase.vesicles, std::min(original.cells, longest));
  const Nanoseconds most = std::max(kLongestTransport, original.transport);
  for (Nanoseconds parts = 1; phase.transport > most; ++parts)
    if (step % parts == 0) phase.transport = step / parts;
  phase.series = multiple(step, original.series);
  while (phase.series > step && length % phase.series != 0) phase.series -= step;
  return phase;
}

/// Writes the twin and notes what differs.
class TwinWriter {
 public:
  TwinWriter(const Scenario& scenario, const TwinWishes& wishes)
      : scenario_(scenario),
        values_(*scenario.values),
        wishes_(wishes),
        problem_(build_problem(scenario, {.arm = scenario.arm})) {}

  ReducedTwin write(const std::string& include) {
    layout();
    space();
    time();
    vesicles();
    models();
    observations();
    ReducedTwin twin{.text = {}, .changes = changes_};
    twin.text =
        fmt::format("# A reduced twin of {}, written by `interstice reduce`, for samples of many runs.\n", include);
    for (const std::string& change : changes_) twin.text += wrapped(change);
    twin.text += fmt::format("schema: 2\ntitle: {0}\ntwin_of: {1}\ninclude: [{1}]\n\n{2}",
                             yaml_scalar(scenario_.title + ", reduced twin"), yaml_scalar(include), body_);
    return twin;
  }

 private:
  void note(std::string change) { changes_.push_back(std::move(change)); }

  /// As a comment of lines that are not too long.
  static std::string wrapped(const std::string& change) {
    constexpr std::size_t kWidth = 116;
    std::string text, line = "# -";
    for (std::size_t at = 0; at < change.size();) {
      const std::size_t end = std::min(change.find(' ', at), change.size());
      if (line.size() + 1 + end - at > kWidth) {
        text += line + "\n";
        line = "#  ";
      }
      line += " " + change.substr(at, end - at);
      at = end + 1;
    }
    return text + line + "\n";
  }

  /// The regions as they are painted: the first is everywhere.
  [[nodiscard]] const std::vector<std::string>& region_names() const { return values_["regions"].keys; }
  [[nodiscard]] std::uint8_t region_of(const std::string& name) const {
    const auto found = std::ranges::find(problem_.regions.regions, name, &Region::name);
    return static_cast<std::uint8_t>(found - problem_.regions.regions.begin());
  }

  void layout() {
    LayoutWishes wishes{.most_voxels = wishes_.most_voxels};
    for (std::size_t face = 0; face < 6; ++face) {
      wishes.periodic[face / 2] = problem_.walls[face] == Wall::periodic;
      if (problem_.walls[face] != Wall::periodic && problem_.walls[face] != Wall::reflecting)
        wishes.deep[face / 2] = true;
    }
    const auto voxels = voxels_of_regions(problem_.regions);
    for (const std::string& name : region_names())
      if (name != region_names().front() && voxels[region_of(name)] == 0)
        throw InputError(
            fmt::format("region {} has no voxel, as others are painted over it (a twin cannot keep it) "
                        "leave it out of the scenario",
                        name));
    layout_ = choose_layout(problem_.grid, problem_.regions, wishes);
  }

  void space() {
    const Grid &fine = problem_.grid, &coarse = layout_.grid;
    const auto edges = [](const Grid& g) {
      return g.cubic() ? length_text(g.spacing.x)
                       : fmt::format("{} x {} x {}", g.spacing.x, g.spacing.y, length_text(g.spacing.z));
    };
    note(fmt::format("{} voxels of {} in place of {} of {}", coarse.voxel_count(), edges(coarse), fine.voxel_count(),
                     edges(fine)));
    body_ += fmt::format("domain: {{spacing: [{}, {}, {}]}}\n", length_text(coarse.spacing.x),
                         length_text(coarse.spacing.y), length_text(coarse.spacing.z));
    if (region_names().size() < 2) return;
    body_ += "regions:\n";
    for (std::size_t i = 1; i < region_names().size(); ++i) region(region_names()[i]);
    volumes();
  }

  void region(const std::string& name) {
    const Value& was = values_["regions"][name];
    std::string dropped;
    for (const char* key : {"image", "dataset", "label"})
      if (was.has(key)) dropped += fmt::format("{}: null, ", key);
    std::string other_shapes;
    const auto boxes = boxes_of(layout_, region_of(name));
    const char* const word = boxes.size() == 1 ? "box" : "boxes";
    for (const std::string& shape : was["shape"].keys)
      if (shape != word) other_shapes += shape + ": null, ";
    std::vector<std::string> texts;
    for (const VoxelBox& box : boxes) {
      const auto corner = [&](const std::array<int, 3>& at) {
        const Vec3& h = layout_.grid.spacing;
        return fmt::format("[{}, {}, {}]", length_text(at[0] * h.x), length_text(at[1] * h.y),
                           length_text(at[2] * h.z));
      };
      texts.push_back(fmt::format("{{from: {}, to: {}}}", corner(box.from), corner(box.to)));
    }
    if (boxes.size() == 1) {
      body_ += fmt::format("  {}: {{{}shape: {{{}box: {}}}}}\n", name, dropped, other_shapes, texts.front());
      return;
    }
    body_ += fmt::format("  {}: {{{}shape: {{{}boxes: [\n      {}]}}}}\n", name, dropped, other_shapes,
                         fmt::join(texts, ",\n      "));
  }

  void volumes() {
    const RegionMap after{.regions = problem_.regions.regions, .of_voxel = layout_.of_voxel};
    const auto before = region_volumes(problem_.regions, problem_.grid), now = region_volumes(after, layout_.grid);
    std::vector<std::string> texts, parted;
    for (const std::string& name : region_names()) {
      const double was = before[region_of(name)], is = now[region_of(name)];
      texts.push_back(std::abs(is - was) < 1e-6 * was ? fmt::format("{} as before", name)
                                                      : fmt::format("{} {:.3g} um^3 (was {:.3g})", name, is, was));
    }
    note(fmt::format("fluid of regions: {}; {:.0f} % of the domain lies in another region than before",
                     fmt::join(texts, ", "), 100 * layout_.misplaced));
    for (const auto& [a, b] : layout_.parted)
      parted.push_back(fmt::format("{} and {}", problem_.regions.regions[a].name, problem_.regions.regions[b].name));
    if (layout_.torn > 0)
      note(fmt::format("regions lie in {} more pieces than before (more --voxels may help)", layout_.torn));
    if (!parted.empty())
      note(fmt::format("these regions touched and no longer do (more --voxels may help): {}", fmt::join(parted, ", ")));
  }

  void time() {
    const std::vector<double> horizons =
        scenario_.compare.phenotype ? scenario_.compare.phenotype->horizons : std::vector<double>{};
    const Nanoseconds end = problem_.schedule.end();
    const Nanoseconds longest =
        wishes_.longest_step > 0 ? wishes_.longest_step : std::min(kLongestStep, end / kStepsOfRun);
    const std::vector<Phase> phases = longer_steps(problem_.schedule, horizons, longest);
    body_ += "time:\n";
    for (const Phase& phase : phases)
      body_ += fmt::format("  - {{until: {}, transport: {}, vesicles: {}, cells: {}, series: {}}}\n",
                           time_text(phase.until), time_text(phase.transport), time_text(phase.vesicles),
                           time_text(phase.cells), time_text(phase.series));
    const auto steps = [](const std::vector<Phase>& all) {
      double sum = 0;
      Nanoseconds start = 0;
      for (const Phase& phase : all) {
        sum += seconds(phase.until - start) / seconds(std::min({phase.transport, phase.vesicles, phase.cells}));
        start = phase.until;
      }
      return sum;
    };
    note(fmt::format("{:.0f} steps of up to {} in place of {:.0f}", steps(phases),
                     time_text(std::ranges::max(phases, {}, &Phase::vesicles).vesicles),
                     steps(problem_.schedule.phases)));
  }

  void vesicles() {
    const Value& classes = values_["vesicles"];
    if (classes.keys.empty()) return;
    body_ += "vesicles:\n";
    for (std::size_t k = 0; k < classes.keys.size(); ++k) {
      const Value& was = classes.items[k];
      std::string text = wishes_.counts ? "representation: counts" : "representation: agents";
      const double agents = was.has("agents") ? std::min(was["agents"].number, kFewAgents) : kFewAgents;
      if (wishes_.counts && was.has("agents")) text += ", agents: null";
      if (!wishes_.counts) text += fmt::format(", agents: {:g}", agents);
      if (was.has("weight")) text += ", weight: null";
      body_ += fmt::format("  {}: {{{}}}\n", classes.keys[k], text);
    }
    note(wishes_.counts ? "EVs as counts: each by itself, where agents stand for several"
                        : fmt::format("EVs as at most {:g} agents of each class", kFewAgents));
  }

  /// Models that follow single vesicles cannot see counts.
  void models() {
    if (!wishes_.counts || values_["vesicles"].keys.empty()) return;
    std::set<std::string> dropped;
    for (const RegisteredModel& model : scenario_.registry->all())
      if (const std::string name(model.descriptor.name);
          !model.descriptor.vesicle_columns.empty() &&
          std::ranges::find(scenario_.models, name) != scenario_.models.end())
        dropped.insert(name);
    if (dropped.empty()) return;
    for (const Arm& arm : scenario_.compare.arms)
      if (std::ranges::any_of(arm.models, [&](const std::string& name) { return dropped.contains(name); }))
        dropped_arms_.insert(arm.name);
    drop("models", dropped);
    note(fmt::format("without models that follow single EVs ({}){}; --agents keeps them", fmt::join(dropped, ", "),
                     dropped_arms_.empty() ? "" : fmt::format(" and their arms ({})", fmt::join(dropped_arms_, ", "))));
  }

  void observations() {
    std::set<std::string> dropped;
    for (const Profile& profile : problem_.profiles)
      if (profile.width < layout_.grid.coarsest()) dropped.insert(profile.name);
    drop("profiles", dropped);
    std::set<std::string> outcomes;
    const Value& all = values_["compare"]["outcomes"];
    for (std::size_t i = 0; i < all.keys.size(); ++i)
      if (uses(all.items[i], dropped)) outcomes.insert(all.keys[i]);
    std::vector<std::string> of_compare;
    if (!dropped_arms_.empty()) of_compare.push_back("arms: " + nothing_of(dropped_arms_));
    if (!outcomes.empty()) of_compare.push_back("outcomes: " + nothing_of(outcomes));
    if (!of_compare.empty()) body_ += fmt::format("compare: {{{}}}\n", fmt::join(of_compare, ", "));
    if (!dropped.empty())
      note(fmt::format(
          "without profiles whose shells are thinner than a voxel ({}){}", fmt::join(dropped, ", "),
          outcomes.empty() ? "" : fmt::format(", and the outcomes made of them ({})", fmt::join(outcomes, ", "))));
    body_ += "output: {every: end, fields: none, cells: none, vesicles: none}\n";
    note("no snapshots");
  }

  void drop(const std::string& section, const std::set<std::string>& names) {
    if (!names.empty()) body_ += fmt::format("{}: {}\n", section, nothing_of(names));
  }

  /// "{a: null, b: null}".
  static std::string nothing_of(const std::set<std::string>& names) {
    std::vector<std::string> texts;
    for (const std::string& name : names) texts.push_back(name + ": null");
    return fmt::format("{{{}}}", fmt::join(texts, ", "));
  }

  /// Whether any text of a value begins with profile.NAME. of one of these.
  static bool uses(const Value& value, const std::set<std::string>& profiles) {
    const auto begins = [&value](const std::string& name) { return value.text.starts_with("profile." + name + "."); };
    return std::ranges::any_of(profiles, begins) ||
           std::ranges::any_of(value.items, [&](const Value& item) { return uses(item, profiles); });
  }

  const Scenario& scenario_;
  const Value& values_;
  TwinWishes wishes_;
  Problem problem_;
  RegionLayout layout_;
  std::string body_;
  std::vector<std::string> changes_;
  std::set<std::string> dropped_arms_;
};

}  // namespace

std::vector<Phase> longer_steps(const Schedule& schedule, const std::vector<double>& horizons,
                                Nanoseconds longest_step) {
  std::set<Nanoseconds> ends;
  for (const double horizon : horizons) ends.insert(std::llround(horizon * 1e9));
  std::vector<Phase> phases;
  Nanoseconds start = 0;
  for (const Phase& original : schedule.phases) {
    ends.insert(original.until);
    std::vector<Phase> parts;
    for (Nanoseconds from = start; from < original.until; from = parts.back().until) {
      Phase part = original;
      part.until = *ends.upper_bound(from);
      parts.push_back(in_longer_steps(part, from, longest_step));
    }
    const bool longer = std::ranges::any_of(parts, [&](const Phase& p) { return p.transport > original.transport; });
    if (!longer) parts = {original};
    phases.insert(phases.end(), parts.begin(), parts.end());
    start = original.until;
  }
  return phases;
}

ReducedTwin reduced_twin(const Scenario& scenario, const std::string& include, const TwinWishes& wishes) {
  return TwinWriter(scenario, wishes).write(include);
}

}  // namespace interstice
