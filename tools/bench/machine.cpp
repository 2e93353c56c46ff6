#include "tools/bench/machine.h"

#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "engine/results/provenance.h"
#include "engine/vesicles/agents/vesicle_kernel.h"
#include "tools/bench/ceilings.h"
#include "tools/bench/timing.h"

namespace interstice::bench {
namespace {

std::string processor_name() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("model name") || line.starts_with("CPU part"))
      if (const auto colon = line.find(": "); colon != std::string::npos) return line.substr(colon + 2);
  return "unknown";
}

std::vector<int> allowed_cores() {
  std::vector<int> cores;
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) == 0)
    for (int core = 0; core < CPU_SETSIZE; ++core)
      if (CPU_ISSET(core, &set)) cores.push_back(core);
  return cores;
}

double system_number(int name) { return std::max(0.0, static_cast<double>(sysconf(name))); }

}  // namespace

Machine describe_machine() {
  const BuildInfo& build = build_info();
  Machine machine;
  machine.processor = processor_name();
  machine.bound_to = allowed_cores();
  machine.cores = static_cast<int>(machine.bound_to.size());
  machine.caches = {system_number(_SC_LEVEL1_DCACHE_SIZE), system_number(_SC_LEVEL2_CACHE_SIZE),
                    system_number(_SC_LEVEL3_CACHE_SIZE)};
  machine.memory = system_number(_SC_PHYS_PAGES) * system_number(_SC_PAGESIZE);
  if (getloadavg(&machine.load, 1) != 1) machine.load = 0;
  machine.simd_target = simd_target();
  machine.program = version_line();
  machine.compiler = build.compiler;
  machine.flags = build.build_type + " " + build.flags;
  return machine;
}

void measure_ceilings(Machine& machine, const Threads& one, const Threads& all, double bytes) {
  const auto nothing = [](const Threads&) {};
  const auto timings = time_in_turn(nothing, bytes, {&one, &all}, {.seconds = 1});
  machine.copy_one_thread = 2 * bytes / timings[0].copy;
  machine.copy_all_threads = 2 * bytes / timings[1].copy;
  machine.multiply_adds = fused_multiply_adds_per_second();
}

}  // namespace interstice::bench
