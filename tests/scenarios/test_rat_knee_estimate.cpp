/// @file
// labels: slow
/// The published estimate "0.3 to 3 uM adenosine within seconds" (Giebel & Lim 2025) in the column of
/// rat_knee_amp.yaml, its harder form from ATP, and what separates both from the well-mixed calculation.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

#include "engine/scenario/scenario.h"
#include "engine/sim/simulation.h"
#include "models/builtin.h"

namespace interstice {
namespace {

/// One arm of a scenario, stepped while adenosine is watched.
class ArmRun {
 public:
  ArmRun(const std::string& file, const std::string& arm, const std::string& dose,
         const std::vector<std::string>& sets = {})
      : simulation_(build(file, arm, dose, sets)), adenosine_(species("adenosine")) {
    const RegionMap& map = simulation_.problem().regions;
    for (std::size_t v = 0; v < map.of_voxel.size(); ++v)
      (map.regions[map.of_voxel[v]].name == "film" ? film_ : tissue_).push_back(v);
  }

  /// Time [s] at which the film mean first reaches `level` [uM], interpolated within the step; infinity after `until`.
  double crossing(double level, double until) {
    double before = film();
    while (simulation_.time() < until) {
      const double start = simulation_.time();
      simulation_.step();
      if (const double now = film(); now >= level)
        return start + (simulation_.time() - start) * (level - before) / (now - before);
      before = film();
    }
    return INFINITY;
  }
  void advance(double until) {
    while (simulation_.time() < until - 1e-9) simulation_.step();
  }

  [[nodiscard]] double film() const { return mean(film_); }
  [[nodiscard]] double tissue() const { return mean(tissue_); }
  [[nodiscard]] double reservoir() const { return simulation_.state().reservoirs[0].concentration[index(adenosine_)]; }
  [[nodiscard]] double time() const { return simulation_.time(); }
  /// Leukocytes are the only cells there; how many of them fall into it is up to chance.
  [[nodiscard]] double cells_in_film() const {
    const Problem& problem = simulation_.problem();
    const Cells& cells = simulation_.state().cells;
    double count = 0;
    for (std::size_t c = 0; c < cells.size(); ++c)
      count +=
          problem.regions.regions[problem.regions.of_voxel[problem.grid.voxel_at(cells.position(c))]].name == "film";
    return count;
  }

 private:
  Simulation simulation_;
  SpeciesId adenosine_;
  std::vector<std::size_t> film_, tissue_;

  static Problem build(const std::string& file, const std::string& arm, const std::string& dose,
                       const std::vector<std::string>& sets) {
    ModelRegistry registry;
    register_builtin_models(registry);
    LoadOptions options;
    options.sets = {"vesicles.msc_sev.dose=" + dose, "vesicles.msc_sev.agents=2e4"};
    options.sets.insert(options.sets.end(), sets.begin(), sets.end());
    const std::string path = fmt::format(INTERSTICE_SOURCE_DIR "/scenarios/{}", file);
    return build_problem(load_scenario(path, options, registry), {arm, 0});
  }
  [[nodiscard]] SpeciesId species(const std::string& name) const {
    const auto& all = simulation_.problem().species;
    for (std::size_t s = 0; s < all.size(); ++s)
      if (all[s].name == name) return static_cast<SpeciesId>(s);
    throw std::out_of_range(name);
  }
  [[nodiscard]] double mean(const std::vector<std::size_t>& voxels) const {
    double sum = 0;
    for (const std::size_t v : voxels) sum += simulation_.state().fields[adenosine_][v];
    return sum / static_cast<double>(voxels.size());
  }
};

TEST(RatKneeAmp, TenMicrogramReachTheBandInASecond) {
  EXPECT_NEAR(ArmRun("rat_knee_amp.yaml", "emcev", "10 ug").crossing(0.3, 5), 1.0, 0.15);
}

TEST(RatKneeAmp, AHundredMicrogramReachItsUpperEndInASecond) {
  EXPECT_NEAR(ArmRun("rat_knee_amp.yaml", "emcev", "100 ug").crossing(3.0, 5), 1.1, 0.15 * 1.1);
}

TEST(RatKneeAmp, TheHostAloneAlsoGetsThereWithinHalfAMinute) {
  ArmRun vehicle("rat_knee_amp.yaml", "vehicle", "10 ug");
  vehicle.advance(5);
  EXPECT_LT(vehicle.film(), 0.1);
  EXPECT_GT(vehicle.film(), 0.05);
  EXPECT_NEAR(vehicle.crossing(0.3, 60), 26, 0.15 * 26);
}

TEST(RatKneeAmp, UptakeAndContactMakeNoAdenosine) {
  ArmRun vehicle("rat_knee_amp.yaml", "vehicle", "10 ug");
  vehicle.advance(5);
  for (const char* arm : {"uptake", "contact", "inert"}) {
    ArmRun run("rat_knee_amp.yaml", arm, "10 ug");
    run.advance(5);
    EXPECT_EQ(run.film(), vehicle.film()) << arm;
  }
}

TEST(RatKneeAmp, WhatIsMissingFromTheWellMixedValueHasDiffusedIntoTheTissue) {
  ArmRun with("rat_knee_amp.yaml", "emcev", "10 ug"), without("rat_knee_amp.yaml", "vehicle", "10 ug");
  with.advance(2);
  without.advance(2);
  // Well-mixed progress of the EVs' share: P + Km ln(S0/(S0 - P)) = Vmax t with Vmax = 4.632 x 100/602.214 = 0.769
  // uM/s.
  double P = 0.5;
  for (int i = 0; i < 100; ++i) {
    const double f = P + 15 * std::log(10 / (10 - P)) - 4.632 * 100 / 602.214076 * 2;
    P -= f / (1 + 15 / (10 - P));
  }
  const double in_film = with.film() - without.film(), in_reservoir = with.reservoir() - without.reservoir();
  const double in_tissue = with.tissue() - without.tissue();
  EXPECT_LT(in_film, 0.97 * P);  // the film alone falls short
  EXPECT_NEAR((1.0 * in_film + 1.5 * in_reservoir + 3.0 * in_tissue) / (2.5 * P), 1, 0.03);
}

/// ATP -> ADP -> AMP -> adenosine -> nothing in one well-mixed volume, from 6 uM ATP.
struct WellMixed {
  double k_ATP, k_ADP, k_adenosine;  ///< first order [1/s]
  double cd73, cd39;                 ///< Vmax [uM/s]

  using Pools = std::array<double, 4>;
  [[nodiscard]] Pools change(const Pools& c) const {
    const auto [atp, adp, amp, adenosine] = c;
    const double v1 = k_ATP * atp + cd39 * atp / (15 + atp);
    const double v2 = k_ADP * adp + cd39 * adp / (10 * (1 + atp / 15) + adp);
    const double v3 = cd73 * amp / (15 * (1 + adp / 0.5 + atp / 5) + amp);
    return {-v1, v1 - v2, v2 - v3, v3 - k_adenosine * adenosine};
  }

  /// Time at which adenosine reaches `level` [uM], by Runge and Kutta's method with 10 ms [s].
  [[nodiscard]] double crossing(double level) const {
    const double h = 0.01;
    Pools c{6, 0, 0, 0};
    const auto moved = [&](const Pools& rate, double by) {
      Pools to = c;
      for (std::size_t i = 0; i < to.size(); ++i) to[i] += by * rate[i];
      return to;
    };
    for (double t = 0; t < 1000; t += h) {
      const Pools a = change(c), b = change(moved(a, h / 2)), d = change(moved(b, h / 2)), e = change(moved(d, h));
      const double before = c[3];
      for (std::size_t i = 0; i < c.size(); ++i) c[i] += h / 6 * (a[i] + 2 * b[i] + 2 * d[i] + e[i]);
      if (c[3] >= level) return t + h * (level - before) / (c[3] - before);
    }
    return INFINITY;
  }
};

// CD73 on 1e13 EV/ml (100 ug in 100 ul): 10 EV/um^3 x 4.632 copies x 100 /s / 602.2 [uM/s].
constexpr double kVesicleCd73 = 10 * 4.632 * 100 / 602.214076;

// The published estimate: all hydrolysis by first-order rates in one volume.
constexpr WellMixed kEstimate{0.01, 0.02, 0.01, 0.033, 0};

// The fluid of the column by itself: its dissolved enzymes, and leukocytes per 1e6 um^3 with 1e4 CD39 (20 /s) each. The
// estimate's other share of ATP and ADP hydrolysis (1.2e-3 and 1.8e-3 /s) is on the cells of the tissue.
constexpr WellMixed fluid(double leukocytes) {
  return {8.8e-3, 0.0182, 0.01, 0.033, leukocytes * 1e4 * 20 / (1e6 * 602.214076)};
}

WellMixed with_vesicles(WellMixed host) {
  host.cd73 += kVesicleCd73;
  return host;
}

/// No purine passes between fluid and tissue.
std::vector<std::string> sealed_tissue() {
  std::vector<std::string> sets;
  for (const char* species : {"ATP", "ADP", "AMP", "adenosine", "inosine"})
    sets.push_back("species." + std::string(species) + ".diffusivity.tissue=1e-6 um^2/s");
  return sets;
}

TEST(RatKneeAtp, TheWellMixedEstimateIsHalfAMinuteWithEvsAndMinutesWithout) {
  EXPECT_NEAR(with_vesicles(kEstimate).crossing(0.3), 34, 0.02 * 34);
  EXPECT_NEAR(kEstimate.crossing(0.3), 277, 0.02 * 277);
}

TEST(RatKneeAtp, FluidCutOffFromTheTissueIsWellMixed) {
  ArmRun emcev("rat_knee_atp.yaml", "emcev", "100 ug", sealed_tissue());
  ArmRun vehicle("rat_knee_atp.yaml", "vehicle", "100 ug", sealed_tissue());
  const WellMixed alone = fluid(vehicle.cells_in_film());
  const double with = with_vesicles(alone).crossing(0.3), without = alone.crossing(0.3);
  std::printf("%g leukocytes in the film\n", vehicle.cells_in_film());
  std::printf("well-mixed fluid: %.2f s with EVs, %.1f s without\n", with, without);
  EXPECT_GT(with, 1.05 * with_vesicles(kEstimate).crossing(0.3));  // three seconds are owed to the cells in the tissue
  EXPECT_NEAR(emcev.crossing(0.3, 80) / with, 1, 0.02);
  EXPECT_NEAR(vehicle.crossing(0.3, 400) / without, 1, 0.02);
}

TEST(RatKneeAtp, TissueDelaysTheEvsByTwoSecondsAndHelpsTheHost) {
  // With EVs adenosine and AMP drain from the fluid into tissue that holds no EVs yet. Without them the tissue, where
  // most host enzymes are, is ahead of the fluid and gives.
  ArmRun with("rat_knee_atp.yaml", "emcev", "100 ug"), without("rat_knee_atp.yaml", "vehicle", "100 ug");
  EXPECT_NEAR(with.crossing(0.3, 80), 39.2, 0.03 * 39.2);
  EXPECT_LT(with.tissue(), 0.25 * with.film());
  EXPECT_NEAR(without.crossing(0.3, 400), 260, 0.03 * 260);
  EXPECT_GT(without.tissue(), 1.2 * without.film());
}

}  // namespace
}  // namespace interstice
