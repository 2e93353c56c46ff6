#include "tools/bench/suite.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "engine/sim/simulation.h"
#include "tools/bench/memory.h"
#include "tools/bench/snapshots.h"
#include "tools/bench/workloads.h"

namespace interstice::bench {
namespace {

constexpr double kNanosecond = 1e-9;

class Suite {
 public:
  explicit Suite(const SuiteOptions& options) : options_(options), one_(1), all_(options.threads) {}

  [[nodiscard]] bool wanted(std::string_view name) const {
    return name.find(options_.filter) != std::string_view::npos;
  }
  [[nodiscard]] std::uint64_t sized(double full, double least) const {
    return static_cast<std::uint64_t>(std::max(least, full * options_.size));
  }
  [[nodiscard]] std::vector<Row> take() { return std::move(rows_); }

  void fields(const std::string& name, Tissue tissue);
  void interval(const std::string& name, Tissue tissue, double most_ratio);
  void free_vesicles(const std::string& name);
  void tissue();
  void cells(const std::string& name);
  void memory();
  void whole();
  void growth_of_fields(const std::string& name);
  void growth_of_vesicles(const std::string& name);

 private:
  /// One thread, all threads and their speed-up, per element in `scale` [s].
  void measure(const std::string& name, const Workload& work, std::optional<Budget> budget, double scale = kNanosecond);
  void add_growth(const std::string& name, const std::array<Timing, 2>& timing, const std::array<double, 2>& elements,
                  const std::string& unit);
  [[nodiscard]] Timing time_alone(const Workload& work) const {
    return time_in_turn(work.step, work.bytes, {&one_}, options_.patience).front();
  }

  SuiteOptions options_;
  Threads one_, all_;
  std::vector<Row> rows_;
};

void Suite::measure(const std::string& name, const Workload& work, std::optional<Budget> budget, double scale) {
  if (!wanted(name)) return;
  const bool parallel = options_.threads > 1;
  std::vector<const Threads*> threads{&one_};
  if (parallel) threads.push_back(&all_);
  const auto timing = time_in_turn(work.step, work.bytes, threads, options_.patience);
  const std::string unit = fmt::format("{} per {}",
                                       scale == kNanosecond ? "ns"
                                       : scale == 1e-6      ? "us"
                                                            : "s",
                                       work.element);
  rows_.push_back({name, timing[0].step / work.elements / scale, unit, budget, timing[0].ratio_to_copy(), 1});
  if (!parallel) return;
  rows_.push_back(
      {name, timing[1].step / work.elements / scale, unit, std::nullopt, timing[1].ratio_to_copy(), options_.threads});
  std::optional<Budget> twice;
  if (options_.threads == 2)
    twice = Budget{.kind = Budget::Kind::at_least, .value = 1.8, .ratio_to_copy = 1 / 0.8, .either = true};
  rows_.push_back({name + ", speed-up", timing[0].step / timing[1].step, "times", twice, timing[1].ratio_to_copy(),
                   options_.threads});
}

void Suite::fields(const std::string& name, Tissue tissue) {
  measure(name, diffusion_step(sized(1e6, 512), 8, tissue, all_), Budget{.ratio_to_copy = 6});
}

void Suite::interval(const std::string& name, Tissue tissue, double most_ratio) {
  measure(name, diffusion_interval(sized(1e6, 512), 8, tissue, all_), Budget{.ratio_to_copy = most_ratio});
}

void Suite::free_vesicles(const std::string& name) {
  measure(name, free_vesicle_step(sized(1e6, 1000), all_), Budget{.ratio_to_copy = 2.5});
}

void Suite::tissue() {
  const auto world = make_tissue(sized(1e6, 1000), sized(1e6, 1000), sized(1e4, 10), all_);
  measure("EV full", full_vesicle_step(world), Budget{.ratio_to_copy = 3.5});
  measure("reactions", reaction_step(world), Budget{.ratio_to_copy = 4});
  measure("models and exchange", exchange_step(world), std::nullopt);
}

void Suite::cells(const std::string& name) {
  measure(name, cell_step(sized(1e4, 20), all_), Budget{.ratio_to_copy = 90}, 1e-6);
}

void Suite::memory() {
  const auto add = [&](const std::string& name, double value, double budget, const std::string& unit) {
    if (wanted(name)) rows_.push_back({name, value, unit, Budget{.value = budget}, std::nullopt, 1});
  };
  constexpr int kSpecies = 8;
  const double per_voxel = 8.0 * (kSpecies + 3);
  if (wanted("memory voxel"))
    add("memory voxel", memory_per_voxel(kSpecies, Tissue::uniform, sized(5e5, 512)), per_voxel, "B/voxel");
  if (wanted("memory voxel, variable D"))
    add("memory voxel, variable D", memory_per_voxel(1, Tissue::two_regions, sized(5e5, 512)), 8.0 * (1 + 3) + 48,
        "B/voxel");
  if (wanted("memory EV") || wanted("memory EV scratch")) {
    const VesicleMemory bytes = memory_per_vesicle(sized(1e6, 1000));
    add("memory EV", bytes.state, 48, "B/EV");
    add("memory EV scratch", bytes.scratch, 16, "B/EV");
  }
  if (wanted("memory cell")) add("memory cell", memory_per_cell(sized(1e4, 100)), 400, "B/cell");
}

void Suite::whole() {
  const double before = allocated();
  const auto world = make_tissue(sized(1e6, 1000), sized(1e7, 1000), sized(1e4, 10), all_);
  measure("whole step", whole_step(world), Budget{.ratio_to_copy = 3.5}, 1);
  if (wanted("whole step: memory"))
    rows_.push_back({"whole step: memory", (allocated() - before) / 1e9, "GB", Budget{.value = 1.2}, std::nullopt, 1});
  if (wanted("snapshots")) {
    const double share = snapshot_share(*world, all_);
    rows_.push_back({"snapshots", 100 * share, "% of run time", Budget{.value = 3}, std::nullopt, options_.threads});
  }
  measure("whole step: models and exchange", exchange_step(world), std::nullopt);
  measure("whole step: reactions", reaction_step(world), std::nullopt);
  measure("whole step: diffusion", transport_step(world), std::nullopt);
  measure("whole step: EVs", full_vesicle_step(world), Budget{.ratio_to_copy = 3.5});
  measure("whole step: cells", tissue_cell_step(world), Budget{.ratio_to_copy = 90}, 1e-6);
}

void Suite::add_growth(const std::string& name, const std::array<Timing, 2>& timing,
                       const std::array<double, 2>& elements, const std::string& unit) {
  const double growth = timing[1].step / elements[1] / (timing[0].step / elements[0]);
  const double of_copy = timing[1].copy / elements[1] / (timing[0].copy / elements[0]);
  rows_.push_back({name, growth, unit, Budget{.value = 1.4}, growth / of_copy, 1});
}

void Suite::growth_of_fields(const std::string& name) {
  constexpr int kSpecies = 2;
  std::array<Timing, 2> timing;
  std::array<double, 2> elements{};
  for (const int i : {0, 1}) {
    const Workload work = diffusion_step(i == 0 ? sized(1e5, 512) : sized(1e7, 512), kSpecies, Tissue::uniform, all_);
    timing[i] = time_alone(work);
    elements[i] = work.elements;
  }
  add_growth(name, timing, elements, "times per voxel");
}

void Suite::growth_of_vesicles(const std::string& name) {
  std::array<Timing, 2> timing;
  std::array<double, 2> elements{};
  for (const int i : {0, 1}) {
    const double share = i == 0 ? 0.01 : 1;
    const Workload work =
        full_vesicle_step(make_tissue(sized(share * 1e6, 512), sized(share * 1e7, 1000), sized(share * 1e4, 10), all_));
    timing[i] = time_alone(work);
    elements[i] = work.elements;
  }
  add_growth(name, timing, elements, "times per EV");
}

/// Lines that share what they are measured on.
struct Group {
  std::vector<std::string> names;
  std::function<void(Suite&)> measure;
};

const std::vector<Group>& groups() {
  static const std::vector<Group> all{
      {{"diffusion"}, [](Suite& s) { s.fields("diffusion", Tissue::uniform); }},
      {{"diffusion, two regions"}, [](Suite& s) { s.fields("diffusion, two regions", Tissue::two_regions); }},
      {{"diffusion over 0.5 s"}, [](Suite& s) { s.interval("diffusion over 0.5 s", Tissue::uniform, 12); }},
      {{"diffusion over 0.5 s, two regions"},
       [](Suite& s) { s.interval("diffusion over 0.5 s, two regions", Tissue::two_regions, 22); }},
      {{"EV free"}, [](Suite& s) { s.free_vesicles("EV free"); }},
      {{"EV full", "reactions", "models and exchange"}, [](Suite& s) { s.tissue(); }},
      {{"cells"}, [](Suite& s) { s.cells("cells"); }},
      {{"memory voxel", "memory voxel, variable D", "memory EV", "memory EV scratch", "memory cell"},
       [](Suite& s) { s.memory(); }},
      {{"growth, 1e5 to 1e7 voxels"}, [](Suite& s) { s.growth_of_fields("growth, 1e5 to 1e7 voxels"); }},
      {{"growth, 1e5 to 1e7 EVs"}, [](Suite& s) { s.growth_of_vesicles("growth, 1e5 to 1e7 EVs"); }},
      {{"whole step", "whole step: memory", "snapshots", "whole step: models and exchange", "whole step: reactions",
        "whole step: diffusion", "whole step: EVs", "whole step: cells"},
       [](Suite& s) { s.whole(); }},
  };
  return all;
}

}  // namespace

double memory_estimate(const SuiteOptions& options) {
  const Suite suite(options);
  return estimate_memory(problem_of(tissue_text(suite.sized(1e6, 1000), suite.sized(1e7, 1000), suite.sized(1e4, 10))));
}

std::vector<std::string> row_names() {
  std::vector<std::string> names;
  for (const Group& group : groups()) names.insert(names.end(), group.names.begin(), group.names.end());
  return names;
}

std::vector<Row> run_suite(const SuiteOptions& options, const std::function<void(std::string_view, double)>& tell) {
  Suite suite(options);
  double done = 0;
  for (const Group& group : groups()) {
    const bool any =
        std::any_of(group.names.begin(), group.names.end(), [&](auto& name) { return suite.wanted(name); });
    tell(group.names.front(), done / static_cast<double>(groups().size()));
    if (any) group.measure(suite);
    ++done;
  }
  return suite.take();
}

}  // namespace interstice::bench
