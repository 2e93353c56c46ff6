/// @file
/// Points, tasks and their names. A seed and a name follow from what a point or task is, never from its number, so that
/// nothing changes when axes, arms or replicates are added.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "engine/results/provenance.h"
#include "engine/study/study.h"

namespace interstice {
namespace {

/// The first 64 bits of a SHA-256.
std::uint64_t first_bits(const std::string& sha256) {
  constexpr std::size_t kDigits = 16;
  std::uint64_t bits = 0;
  std::from_chars(sha256.data(), sha256.data() + kDigits, bits, 16);
  return bits;
}

/// By what all arms share, so that those of one point are paired along an axis of some of them too.
std::uint64_t seed_at(const Study& study, const std::vector<std::string>& sets) {
  if (sets.empty() || study.noise == NoiseOfPoints::common) return study.seed;
  return first_bits(sha256_of(fmt::format("{}\n{}", study.seed, fmt::join(sets, "\n"))));
}

void sort_by_key(std::vector<std::string>& sets) {
  std::ranges::sort(sets, {}, [](const std::string& set) { return set.substr(0, set.find('=')); });
}

}  // namespace

std::uint64_t Study::point_count() const {
  std::uint64_t count = 1;
  for (const StudyAxis& axis : axes) count *= axis.values.size();
  return count;
}

std::uint64_t Study::run_count() const {
  std::uint64_t count = 0;
  for (const std::string& arm : arms) {
    std::uint64_t points = 1;
    for (const StudyAxis& axis : axes) points *= axis.changes(arm) ? axis.values.size() : 1;
    count += points * replicates;
  }
  return count;
}

std::vector<VariedColumn> Study::columns() const {
  std::vector<VariedColumn> all;
  for (const StudyAxis& axis : axes) all.insert(all.end(), axis.columns.begin(), axis.columns.end());
  return all;
}

StudyPoint point_of(const Study& study, std::uint64_t index) {
  StudyPoint point{.index = index, .values = {}, .sets = {}};
  std::vector<std::size_t> at(study.axes.size());
  for (std::size_t a = study.axes.size(); a-- > 0; index /= study.axes[a].values.size())
    at[a] = index % study.axes[a].values.size();
  std::vector<std::string> of_all_arms;
  for (std::size_t a = 0; a < study.axes.size(); ++a) {
    const StudyAxis& axis = study.axes[a];
    for (std::size_t c = 0; c < axis.columns.size(); ++c) {
      point.values.push_back(axis.values[at[a]][c]);
      for (const std::string& key : axis.columns[c].keys) {
        point.sets.push_back(key + "=" + point.values.back());
        if (axis.arms.empty()) of_all_arms.push_back(point.sets.back());
      }
    }
  }
  sort_by_key(point.sets);
  sort_by_key(of_all_arms);
  point.seed = seed_at(study, of_all_arms);
  return point;
}

StudyTask task_of(const Study& study, std::uint64_t index) {
  StudyTask task;
  task.arm = index % study.arms.size();
  index /= study.arms.size();
  task.replicate = index % study.replicates;
  task.point = index / study.replicates;
  return task;
}

std::uint64_t point_of_run(const Study& study, const StudyTask& task) {
  std::uint64_t point = task.point, rest = task.point, stride = 1;
  for (std::size_t a = study.axes.size(); a-- > 0;) {
    const std::size_t size = study.axes[a].values.size();
    if (!study.axes[a].changes(study.arms[task.arm])) point -= rest % size * stride;
    rest /= size;
    stride *= size;
  }
  return point;
}

std::string numbering_of(const Study& study) {
  constexpr std::size_t kDigits = 12;
  std::string text = fmt::format("{}\n{}\n", fmt::join(study.arms, "\n"), study.replicates);
  for (const StudyAxis& axis : study.axes)
    for (std::size_t c = 0; c < axis.columns.size(); ++c) {
      text += fmt::format("{}\n{}\n", fmt::join(axis.columns[c].keys, "\n"), fmt::join(axis.arms, "\n"));
      for (const auto& row : axis.values) text += row[c] + "\n";
    }
  return sha256_of(text).substr(0, kDigits);
}

std::string name_of(const Study& study, const StudyPoint& point, const StudyTask& task) {
  constexpr std::size_t kDigits = 16;
  const std::uint64_t runs_at = point_of_run(study, task);
  const auto sets = runs_at == point.index ? point.sets : point_of(study, runs_at).sets;
  return sha256_of(fmt::format("{}\n{}\n{}", fmt::join(sets, "\n"), study.arms[task.arm], task.replicate))
      .substr(0, kDigits);
}

Scenario scenario_at(const Study& study, const StudyPoint& point, const LoadOptions& options,
                     const ModelRegistry& registry) {
  LoadOptions here = options;
  here.parameters = study.scenario.parameter_set;
  here.sets = study.sets;
  here.sets.insert(here.sets.end(), point.sets.begin(), point.sets.end());
  here.sets.push_back(fmt::format("seed={}", point.seed));
  return load_scenario(study.scenario.path, here, registry);
}

std::string identity_of(const Study& study) {
  const std::string run = run_identity(study.scenario, {}, build_problem(study.scenario));  // images and tables too
  return sha256_of(
      fmt::format("{}\n{}\n{}\n{}", study.seed, static_cast<int>(study.noise), study.scenario.resolved, run));
}

}  // namespace interstice
