/// @file
/// How the cost of every stage grows with its size, on one thread and on two: the workloads of `interstice bench` from
/// small to large. Time is that of a step; counters give the time per element and its ratio to a read-write copy of the
/// same bytes, measured in turn with it.
///
///   build/release/bin/benchmarks --benchmark_filter=diffusion
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <functional>
#include <optional>
#include <string>

#include "tools/bench/ceilings.h"
#include "tools/bench/timing.h"
#include "tools/bench/workloads.h"

namespace interstice::bench {
namespace {

/// Worlds take long to set up and much room, and each is asked for several times in a row: the last one is kept.
const Workload& prepared(const std::string& name, const std::function<Workload(const Threads&)>& make) {
  static std::string last;
  static std::optional<Workload> work;
  if (name == last) return *work;
  work.reset();
  work = make(Threads(2));
  last = name;
  return *work;
}

/// Times steps and copies in turn: by processor time on one thread, as other programs do not count then, else by the
/// clock.
void measure(benchmark::State& state, std::int64_t thread_count, const Workload& work) {
  const Threads threads(static_cast<int>(thread_count));
  const auto now = threads.count() == 1 ? processor_time : wall_time;
  Copy copy(static_cast<std::size_t>(work.bytes));
  work.step(threads);
  copy.pass(threads);
  double stepping = 0, copying = 0;
  for ([[maybe_unused]] const auto iteration : state) {
    const double begin = now();
    work.step(threads);
    const double middle = now();
    copy.pass(threads);
    copying += now() - middle;
    stepping += middle - begin;
    state.SetIterationTime(middle - begin);
  }
  using benchmark::Counter;
  state.counters["per_element"] = Counter(work.elements, Counter::kIsIterationInvariantRate | Counter::kInvert);  // [s]
  state.counters["x_copy"] = stepping / copying;
  state.SetLabel("per " + work.element);
}

void diffusion(benchmark::State& state, Tissue tissue) {
  const auto voxels = state.range(0), species = state.range(1);
  const auto make = [&](auto& threads) { return diffusion_step(voxels, static_cast<int>(species), tissue, threads); };
  measure(state, state.range(2),
          prepared(fmt::format("diffusion {} {} {}", tissue == Tissue::uniform, voxels, species), make));
}

void free_vesicles(benchmark::State& state) {
  const std::uint64_t n = state.range(0);
  const auto make = [n](auto& threads) { return free_vesicle_step(n, threads); };
  measure(state, state.range(1), prepared(fmt::format("free vesicles {}", n), make));
}

/// Ten vesicles a voxel and a hundred voxels a cell, as in whole_dose.yaml.
std::shared_ptr<World> dosed_tissue(std::uint64_t vesicles, const Threads& threads) {
  return make_tissue(vesicles / 10, vesicles, vesicles / 1000, threads);
}

void vesicles(benchmark::State& state) {
  const std::uint64_t n = state.range(0);
  const auto make = [n](auto& threads) { return full_vesicle_step(dosed_tissue(n, threads)); };
  measure(state, state.range(1), prepared(fmt::format("vesicles {}", n), make));
}

void whole(benchmark::State& state) {
  const std::uint64_t n = state.range(0);
  const auto make = [n](auto& threads) { return whole_step(dosed_tissue(n, threads)); };
  measure(state, state.range(1), prepared(fmt::format("whole {}", n), make));
}

/// One vesicle a voxel.
void reactions(benchmark::State& state) {
  const std::uint64_t n = state.range(0);
  const auto make = [n](auto& threads) { return reaction_step(make_tissue(n, n, n / 100, threads)); };
  measure(state, state.range(1), prepared(fmt::format("reactions {}", n), make));
}

void cells(benchmark::State& state) {
  const std::uint64_t n = state.range(0);
  const auto make = [n](auto& threads) { return cell_step(n, threads); };
  measure(state, state.range(1), prepared(fmt::format("cells {}", n), make));
}

void voxels_and_species(benchmark::internal::Benchmark* b) {
  b->ArgNames({"voxels", "species", "threads"});
  for (const int species : {1, 2, 4, 8})
    for (const int voxels : {10'000, 100'000, 1'000'000})
      for (const int threads : {1, 2}) b->Args({voxels, species, threads});
  for (const int threads : {1, 2}) b->Args({10'000'000, 2, threads});
}

const auto kUnit = benchmark::kMillisecond;

BENCHMARK_CAPTURE(diffusion, uniform, Tissue::uniform)->Apply(voxels_and_species)->UseManualTime()->Unit(kUnit);
BENCHMARK_CAPTURE(diffusion, two_regions, Tissue::two_regions)->Apply(voxels_and_species)->UseManualTime()->Unit(kUnit);
BENCHMARK(reactions)
    ->ArgNames({"voxels", "threads"})
    ->ArgsProduct({{10'000, 100'000, 1'000'000}, {1, 2}})
    ->UseManualTime()
    ->Unit(kUnit);
BENCHMARK(free_vesicles)
    ->ArgNames({"EVs", "threads"})
    ->ArgsProduct({{100'000, 1'000'000, 10'000'000}, {1, 2}})
    ->UseManualTime()
    ->Unit(kUnit);
BENCHMARK(vesicles)
    ->ArgNames({"EVs", "threads"})
    ->ArgsProduct({{100'000, 1'000'000, 10'000'000}, {1, 2}})
    ->UseManualTime()
    ->Unit(kUnit);
BENCHMARK(cells)
    ->ArgNames({"cells", "threads"})
    ->ArgsProduct({{1'000, 10'000, 100'000}, {1, 2}})
    ->UseManualTime()
    ->Unit(kUnit);
BENCHMARK(whole)
    ->ArgNames({"EVs", "threads"})
    ->ArgsProduct({{100'000, 1'000'000, 10'000'000}, {1, 2}})
    ->UseManualTime()
    ->Unit(kUnit);

}  // namespace
}  // namespace interstice::bench

BENCHMARK_MAIN();
