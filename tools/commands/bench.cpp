/// @file
/// `interstice bench`: how fast this machine runs the engine, held against the budgets and against a copy in memory.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "engine/core/error.h"
#include "engine/results/atomic_file.h"
#include "engine/sim/simulation.h"
#include "tools/bench/machine.h"
#include "tools/bench/suite.h"
#include "tools/command.h"
#include "tools/progress.h"

namespace interstice::cli {
namespace {

using Json = nlohmann::ordered_json;

struct BenchOptions {
  bench::SuiteOptions suite;
  std::string json;
  bool quick = false, quiet = false;
};

constexpr double kQuickSize = 0.05;
constexpr double kCeilingBytes = 256e6;

/// The head of the table.
std::string machine_text(const bench::Machine& m, int threads) {
  std::string text =
      fmt::format("{}\n{} core{} ({}), threads not bound to cores; SIMD {}; caches {}, {}, {}; memory {}\n",
                  m.processor, m.cores, m.cores == 1 ? "" : "s", fmt::join(m.bound_to, ","), m.simd_target,
                  bytes_text(m.caches[0]), bytes_text(m.caches[1]), bytes_text(m.caches[2]), bytes_text(m.memory));
  text += fmt::format("{}, {}, {}\n", m.program, m.compiler, m.flags);
  text += fmt::format(
      "ceilings: copy {:.1f} GB/s on one thread, {:.1f} GB/s on {}; {:.1f} billion fused multiply-adds/s on one "
      "thread\n",
      m.copy_one_thread / 1e9, m.copy_all_threads / 1e9, threads, m.multiply_adds / 1e9);
  if (m.load > 0.5)
    text += fmt::format("the machine was busy when this began (load {:.1f}): times of several threads will be long\n",
                        m.load);
  return text;
}

Json json_of(const bench::Row& row) {
  const auto number_or_null = [](const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); };
  Json json{{"name", row.name}, {"value", row.value}, {"unit", row.unit}};
  json["budget"] = row.budget ? number_or_null(row.budget->value) : Json(nullptr);
  json["budget_kind"] =
      row.budget ? Json(row.budget->kind == bench::Budget::Kind::at_most ? "at most" : "at least") : Json(nullptr);
  json["ratio_to_copy"] = number_or_null(row.ratio_to_copy);
  json["budget_ratio_to_copy"] = row.budget ? number_or_null(row.budget->ratio_to_copy) : Json(nullptr);
  json["threads"] = row.threads;
  const auto met = row.met();
  json["met"] = met ? Json(*met) : Json(nullptr);
  return json;
}

std::string json_text(const bench::Machine& m, const BenchOptions& options, double memory,
                      const std::vector<bench::Row>& rows) {
  Json json{{"machine",
             {{"processor", m.processor},
              {"cores", m.cores},
              {"caches_bytes", m.caches},
              {"memory_bytes", m.memory},
              {"load_before", m.load},
              {"simd_target", m.simd_target},
              {"copy_bytes_per_second", {{"one_thread", m.copy_one_thread}, {"all_threads", m.copy_all_threads}}},
              {"fused_multiply_adds_per_second", m.multiply_adds}}},
            {"build", {{"program", m.program}, {"compiler", m.compiler}, {"flags", m.flags}}},
            {"threads", options.suite.threads},
            {"thread_binding", {{"bound", false}, {"allowed_cores", m.bound_to}}},
            {"size", options.suite.size},
            {"memory_estimate_bytes", memory},
            {"rows", Json::array()}};
  for (const bench::Row& row : rows) json["rows"].push_back(json_of(row));
  return json.dump(1) + "\n";
}

void measure(BenchOptions options) {
  if (options.quick) {
    options.suite.size = std::min(options.suite.size, kQuickSize);
    options.suite.patience = {.seconds = 0.3, .least = 3};
  }
  const auto names = bench::row_names();
  if (std::none_of(names.begin(), names.end(),
                   [&](auto& name) { return name.find(options.suite.filter) != std::string::npos; }))
    throw InputError(fmt::format("no line of the table contains '{}' (its lines are {}) choose a part of one of these",
                                 options.suite.filter, fmt::join(names, "; ")));
  const bool json_alone = options.json == "-";
  bench::Machine machine = bench::describe_machine();
  bench::measure_ceilings(machine, Threads(1), Threads(options.suite.threads), kCeilingBytes * options.suite.size);
  const double memory = bench::memory_estimate(options.suite);
  if (!json_alone)
    fmt::print("{}memory: about {} for the whole step, by the engine's estimate\n",
               machine_text(machine, options.suite.threads), bytes_text(memory));
  Progress progress("Measuring", options.quiet || json_alone);
  const auto rows = bench::run_suite(options.suite, [&](std::string_view name, double done) {
    progress.update(done, [&] { return std::string(name); });
  });
  progress.finish();
  const std::string json = json_text(machine, options, memory, rows);
  if (json_alone) return fmt::print("{}", json);
  fmt::print("\n{}\n{} (in {})\n", bench::table_text(rows), bench::verdict(rows), duration_text(progress.elapsed()));
  if (!options.json.empty()) write_file_atomically(options.json, json);
}

void add_bench_options(CLI::App& command) {
  auto options = std::make_shared<BenchOptions>();
  command.add_option("--filter", options->suite.filter, "Only lines whose name contains TEXT")->type_name("TEXT");
  command.add_option("--threads", options->suite.threads, "Threads, besides one")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  command.add_flag("--quick", options->quick, "A twentieth of the size, for a first look: 20 s instead of minutes");
  command.add_option("--size", options->suite.size, "Size of the workloads, relative to the budget's")
      ->check(CLI::Range(1e-4, 1.0))
      ->type_name("SHARE");
  command.add_option("--json", options->json, "Write the lines to FILE too, or to standard output alone (-)")
      ->type_name("FILE|-");
  command.add_flag("--quiet", options->quiet, "No progress");
  command.footer(
      "Examples:\n  interstice bench\n  interstice bench --quick --filter EV\n  interstice bench --threads 4 --json "
      "bench.json\n\nExit code 0 when all lines were measured, also where a budget is missed: the table says which.");
  command.callback([options] { measure(*options); });
}

const RegisteredCommand bench_command{
    {.position = 70,
     .name = "bench",
     .summary = "how fast this machine is, against the budgets and against a copy in memory",
     .title = "How fast this machine is, line by line of the budget.",
     .add_options = add_bench_options}};

}  // namespace
}  // namespace interstice::cli
