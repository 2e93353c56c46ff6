#include "tools/bench/texts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace interstice::bench {
namespace {

constexpr int kSpacing = 10;  ///< [um]

std::string box(std::uint64_t voxels) {
  const int length = kSpacing * edge(voxels);
  return fmt::format("domain: {{size: [{0} um, {0} um, {0} um], spacing: {1} um}}\n", length, kSpacing);
}

std::string head(std::uint64_t voxels) { return "schema: 2\ntitle: Benchmark\n" + box(voxels); }

std::string steps(double transport, double cells) {
  return fmt::format("time: [{{until: 1000 h, transport: {0} s, vesicles: {0} s, cells: {1} s, series: {1} s}}]\n",
                     transport, cells);
}

}  // namespace

int edge(std::uint64_t voxels) {
  return std::max(1, static_cast<int>(std::lround(std::cbrt(static_cast<double>(voxels)))));
}

std::string fields_text(std::uint64_t voxels, int species, Tissue tissue, double diffusivity, double dt) {
  std::string text = head(voxels) + steps(dt, dt) + "regions:\n  film: {shape: everywhere, medium: fluid}\n";
  if (tissue == Tissue::two_regions) {
    const int length = kSpacing * edge(voxels);
    text += fmt::format(
        "  gel: {{shape: {{box: {{from: [0 um, 0 um, 0 um], to: [{0} um, {0} um, {1} um]}}}}, medium: tissue}}\n",
        length, kSpacing * std::max(1, edge(voxels) / 2));
  }
  text += "species:\n";
  for (int s = 0; s < species; ++s) {
    const double fluid = diffusivity - 5 * s;  // no two share an operator
    text += fmt::format("  S{}: {{diffusivity: {{fluid: {} um^2/s, tissue: {} um^2/s}}, decay: 0.01 1/s}}\n", s, fluid,
                        fluid / 2.5);
  }
  return text;
}

std::string free_vesicles_text(std::uint64_t vesicles, std::uint64_t voxels) {
  return head(voxels) + steps(0.1, 1) + fmt::format("vesicles: {{ev: {{number: {} EV, weight: 1}}}}\n", vesicles);
}

std::string tissue_text(std::uint64_t voxels, std::uint64_t vesicles, std::uint64_t cells) {
  const int length = kSpacing * edge(voxels);
  const double density = static_cast<double>(vesicles) / std::pow(length, 3);  // [EV/um^3]
  std::string text = "include: [whole_dose.yaml]\n" + head(voxels) + steps(0.1, 0.1) + "injury:\n";
  text += fmt::format(
      "regions: {{synovium: {{shape: {{box: {{from: [0 um, 0 um, 0 um], to: [{0} um, {0} um, {1} um]}}}}}}}}\n", length,
      length * 4 / 5);
  text += fmt::format("cells: {{synoviocyte: {{count: {}}}, progenitor: {{count: {}}}}}\n", cells - cells * 3 / 10,
                      cells * 3 / 10);
  return text +
         fmt::format("vesicles: {{msc_sev: {{dose: , particles_per_ug: , volume: , density: {:.6g} EV/um^3}}}}\n",
                     density);
}

std::string walking_cells_text(std::uint64_t cells, std::uint64_t voxels) {
  return "include: [cells/neutrophil.yaml, cells/macrophage.yaml]\n" + head(voxels) + steps(0.1, 1) +
         fmt::format("cells: {{neutrophil: {{count: {}}}, macrophage: {{count: {}}}}}\n", cells - cells / 10,
                     cells / 10);
}

}  // namespace interstice::bench
