#include "tools/bench/memory.h"

#include <malloc.h>

#include <array>

#include "tools/bench/world.h"

namespace interstice::bench {
namespace {

/// What a world takes, and how much of what counts it holds.
struct Footprint {
  double seeded = 0, stepped = 0;  ///< [B]
};

/// Fields at rest ask for no memory.
enum class AtRest : bool { no, yes };

Footprint footprint_of(const std::string& scenario, AtRest at_rest = AtRest::yes) {
  const Threads threads(1);
  const double before = allocated();
  World world(scenario, threads);
  if (at_rest == AtRest::no) world.roughen_fields(0.5, 2);
  Footprint bytes;
  bytes.seeded = allocated() - before;
  world.advance(threads);
  bytes.stepped = allocated() - before;
  return bytes;
}

}  // namespace

double allocated() {
  const struct mallinfo2 info = mallinfo2();
  return static_cast<double>(info.uordblks + info.hblkhd);
}

double memory_per_voxel(int species, Tissue tissue, std::uint64_t voxels) {
  const auto bytes = [&](std::uint64_t n) {
    return footprint_of(fields_text(n, species, tissue, 500, 0.1), AtRest::no).stepped;
  };
  const auto count = [](std::uint64_t n) {
    const double length = edge(n);
    return length * length * length;
  };
  return (bytes(2 * voxels) - bytes(voxels)) / (count(2 * voxels) - count(voxels));
}

VesicleMemory memory_per_vesicle(std::uint64_t vesicles) {
  std::array<Footprint, 2> bytes;
  for (const int i : {0, 1}) bytes[i] = footprint_of(free_vesicles_text((i + 1) * vesicles, vesicles / 10));
  const auto n = static_cast<double>(vesicles);
  const double state = (bytes[1].seeded - bytes[0].seeded) / n;
  return {state, (bytes[1].stepped - bytes[0].stepped) / n - state};
}

double memory_per_cell(std::uint64_t cells) {
  const std::uint64_t voxels = 30 * cells;
  const double few = footprint_of(walking_cells_text(cells, voxels)).stepped;
  return (footprint_of(walking_cells_text(2 * cells, voxels)).stepped - few) / static_cast<double>(cells);
}

}  // namespace interstice::bench
