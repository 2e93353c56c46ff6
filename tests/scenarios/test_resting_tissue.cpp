/// @file
// labels: slow
/// Tissue that nobody hurts rests, comes back to rest from full inflammation, and calms down after its injury: in the
/// arms `quiet` and `vehicle` of each tissue scenario, with steps as long as its fields allow. Two seeds; eight by
///
///     INTERSTICE_REST_SEEDS=8 build/ci/bin/test_resting_tissue
///
/// and points of a Latin hypercube over the declared ranges of what decides whether tissue rests by
///
///     INTERSTICE_REST_SAMPLES=20 build/ci/bin/test_resting_tissue --gtest_filter='*Hypercube*'
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <numeric>
#include <random>
#include <regex>
#include <string>
#include <vector>

#include "engine/core/units.h"
#include "support/run_scenario.h"

namespace interstice {
namespace {

using Sets = std::vector<std::string>;

constexpr double kDay = 86400;
constexpr double kFullM1 = 0.667;       ///< what a full drive ends at: t_off/(t_on + t_off)
constexpr double kQuietM1 = 0.1;        ///< below it macrophages count as at rest
constexpr double kQuietPicomolar = 10;  ///< TNF and IFN-g at rest, at most

/// Doses later than the end of a run are refused, in arms without vesicles too.
constexpr const char* kOneDose = "[{value: 0 s, mark: A, source: test}]";

/// A tissue with what there is to look at, and what makes a run of some weeks short.
struct Tissue {
  const char* file;
  const char* region;               ///< where macrophages are
  int days;                         ///< that it must stay quiet for
  std::vector<std::string> kept;    ///< cells that must not be lost
  std::vector<std::string> scored;  ///< cells with an M1 score at the start
  const char* step;                 ///< of transport
  Sets injured;                     ///< makes the acute injury, where `vehicle` has none
};

void PrintTo(const Tissue& t, std::ostream* out) { *out << t.file; }

const std::vector<Tissue> kTissues{
    {"rat_knee_repair", "synovium", 28, {"chondrocyte", "progenitor"}, {"macrophage"}, "30 s", {}},
    {"stroke_penumbra", "cortex", 7, {"neuron", "astrocyte", "neural_progenitor"}, {"microglia"}, "20 s", {}},
    // Two thirds of the crypt stay, a third bursts, then one in a hundred per hour for a day; no donor T cells.
    {"agvhd_crypt",
     "lamina_propria",
     28,
     {"crypt_stem", "crypt_cell"},
     {"macrophage", "dendritic_cell"},
     "20 s",
     {"cell_types.endothelium.parameters.graft=0 cell",
      "injury=[{cell: crypt_cell, to: necrotic, at_start: {count: 80, nearest: crypt}, hazard: 1 %/h, until: 24 h, "
      "in: [crypt]}]"}}};

int asked(const char* variable, int otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::atoi(text);
}

std::uint64_t seeds() { return static_cast<std::uint64_t>(asked("INTERSTICE_REST_SEEDS", 2)); }

SeriesTable run(const Tissue& tissue, const std::string& arm, double days, std::uint64_t seed, const Sets& more = {},
                const std::string& parameters = "") {
  Sets sets{fmt::format("time=[{{until: {} days, transport: {}, vesicles: 300 s, cells: 300 s, series: 2 h}}]", days,
                        tissue.step),
            fmt::format("vesicles.msc_sev.at={}", kOneDose)};
  sets.insert(sets.end(), more.begin(), more.end());
  const Scenario scenario =
      load_scenario(fmt::format(INTERSTICE_SOURCE_DIR "/scenarios/{}.yaml", tissue.file),
                    {.include_directories = {}, .sets = sets, .parameters = parameters}, test::built_in_models());
  Simulation simulation(build_problem(scenario, {.arm = arm, .replicate = seed}), 1);
  return test::run_series(simulation);
}

std::vector<double> column(const SeriesTable& series, const std::string& name) {
  const auto* found = series.find(name);
  return found == nullptr ? std::vector<double>(series.time.size(), 0.0) : *found;
}

std::vector<double> picomolar(const SeriesTable& series, const Tissue& tissue, const std::string& species) {
  auto values = column(series, fmt::format("mean.{}.{}", tissue.region, species));
  for (double& v : values) v *= 1e6;
  return values;
}

/// Mean M1 score of macrophages, microglia and monocytes together.
std::vector<double> m1(const SeriesTable& series) {
  std::vector<double> sum(series.time.size(), 0), cells(series.time.size(), 0);
  for (const std::string type : {"macrophage", "microglia", "monocyte"}) {
    const auto alive = column(series, "cells." + type + ".alive"), score = column(series, "column." + type + ".m1");
    for (std::size_t i = 0; i < sum.size(); ++i) {
      if (alive[i] == 0) continue;
      sum[i] += alive[i] * score[i];
      cells[i] += alive[i];
    }
  }
  for (std::size_t i = 0; i < sum.size(); ++i) sum[i] = cells[i] == 0 ? 0 : sum[i] / cells[i];
  return sum;
}

/// Cells that came from blood: monocytes, macrophages that were monocytes, neutrophils.
std::vector<double> recruited(const SeriesTable& series) {
  auto sum = column(series, "cells.monocyte.alive");
  const auto macrophages = column(series, "cells.macrophage.alive"),
             resident = column(series, "column.macrophage.resident");
  for (std::size_t i = 0; i < sum.size(); ++i)
    if (macrophages[i] > 0) sum[i] += macrophages[i] * (1 - resident[i]);
  for (const std::string& name : series.name)
    if (name.starts_with("cells.neutrophil.")) {
      const auto more = column(series, name);
      std::transform(sum.begin(), sum.end(), more.begin(), sum.begin(), std::plus<>());
    }
  return sum;
}

/// Values of the rows from one day to another.
std::vector<double> between(const SeriesTable& series, const std::vector<double>& values, double from, double to) {
  std::vector<double> part;
  for (std::size_t i = 0; i < values.size(); ++i)
    if (series.time[i] >= from * kDay - 1 && series.time[i] <= to * kDay + 1) part.push_back(values[i]);
  return part;
}

double largest(const std::vector<double>& values) { return *std::max_element(values.begin(), values.end()); }

double mean(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

void report(const char* what, const Tissue& tissue, std::uint64_t seed, const SeriesTable& series) {
  std::string line = fmt::format("{} {} seed {}: M1, TNF [pM], recruited on day", what, tissue.file, seed);
  const auto score = m1(series), tnf = picomolar(series, tissue, "TNF"), came = recruited(series);
  for (const double day : {1, 3, 7, 14, 28})
    if (series.time.back() >= day * kDay - 1)
      line += fmt::format(" {:g}: {:.3f} {:.2f} {:.0f};", day, between(series, score, day, day + 0.1)[0],
                          between(series, tnf, day, day + 0.1)[0], between(series, came, day, day + 0.1)[0]);
  std::printf("%s peak of M1 %.3f\n", line.c_str(), largest(score));
}

class RestingTissue : public testing::TestWithParam<Tissue> {};

TEST_P(RestingTissue, StaysQuietWithoutInjury) {
  const Tissue& tissue = GetParam();
  for (std::uint64_t seed = 0; seed < seeds(); ++seed) {
    SCOPED_TRACE(seed);
    const SeriesTable series = run(tissue, "quiet", tissue.days, seed);
    report("quiet", tissue, seed, series);
    EXPECT_LT(largest(m1(series)), kQuietM1);
    EXPECT_LE(largest(picomolar(series, tissue, "TNF")), kQuietPicomolar);
    EXPECT_LE(largest(picomolar(series, tissue, "IFNg")), kQuietPicomolar);
    for (const std::string& type : tissue.kept) {  // a crypt replaces what it sheds: 5 % are its own fluctuation
      const auto alive = column(series, "cells." + type + ".alive");
      EXPECT_GE(between(series, alive, tissue.days, tissue.days)[0], 0.95 * alive[0]) << type;
    }
    // As many come as leave: the last two quarters differ by less than three times the square root of a number.
    const auto came = recruited(series);
    const double before = mean(between(series, came, 0.5 * tissue.days, 0.75 * tissue.days)),
                 after = mean(between(series, came, 0.75 * tissue.days, tissue.days));
    EXPECT_LT(std::abs(after - before), 3 * std::sqrt(std::max(1.0, before)));
  }
}

TEST_P(RestingTissue, ComesBackFromFullInflammation) {
  const Tissue& tissue = GetParam();
  Sets inflamed;
  for (const std::string& type : tissue.scored)
    for (const char* score : {"m1", "late"})
      inflamed.push_back(fmt::format("cell_types.{}.columns.{}.initial={}", type, score, kFullM1));
  for (std::uint64_t seed = 0; seed < seeds(); ++seed) {
    SCOPED_TRACE(seed);
    const SeriesTable series = run(tissue, "quiet", 7, seed, inflamed);
    report("from full M1", tissue, seed, series);
    EXPECT_GT(m1(series)[0], 0.6);
    EXPECT_LT(largest(between(series, m1(series), 5, 7)), kQuietM1);
    EXPECT_LE(largest(between(series, picomolar(series, tissue, "TNF"), 5, 7)), kQuietPicomolar);
  }
}

TEST_P(RestingTissue, CalmsDownAfterItsInjury) {
  const Tissue& tissue = GetParam();
  for (std::uint64_t seed = 0; seed < seeds(); ++seed) {
    SCOPED_TRACE(seed);
    const SeriesTable series = run(tissue, "vehicle", 16, seed, tissue.injured);
    report("injured", tissue, seed, series);
    const auto score = m1(series);
    const auto peak = std::max_element(score.begin(), score.end()) - score.begin();
    EXPECT_GT(score[static_cast<std::size_t>(peak)], kQuietM1) << "the injury is felt";
    EXPECT_LE(series.time[static_cast<std::size_t>(peak)], 3 * kDay);
    EXPECT_LT(largest(between(series, score, 14, 16)), kQuietM1);
    if (series.find("mean.cortex.DNA") != nullptr) {  // 10 ug/ml are 77 nM of nucleosomes
      EXPECT_LT(mean(between(series, column(series, "mean.cortex.DNA"), 0, 3)), 0.077);
    }
  }
}

// What the corrections are for: with the values of before the same knee inflames itself within a week.
TEST(UncorrectedTissue, InflamesItself) {
  const SeriesTable series = run(kTissues[0], "quiet", 7, 0, {}, "uncorrected");
  report("uncorrected", kTissues[0], 0, series);
  EXPECT_GT(m1(series).back(), 0.3);
  EXPECT_LT(series.last("cells.chondrocyte.alive"), 0.9 * column(series, "cells.chondrocyte.alive")[0]);
}

// Psoriasis is driven: no attack, no IL-17; and it ends with the attack. There are no macrophages in this piece of
// skin.
TEST(PsoriaticSkin, RestsWithoutComplementAndSettlesWhenItEnds) {
  const Tissue skin{"topical_psoriasis", "dermis", 7, {"keratinocyte"}, {}, "20 s", {}};
  const SeriesTable quiet = run(skin, "quiet", 4, 0);
  EXPECT_EQ(largest(picomolar(quiet, skin, "IL17")), 0);
  EXPECT_LE(largest(picomolar(quiet, skin, "TNF")), kQuietPicomolar);
  EXPECT_EQ(quiet.last("cells.keratinocyte.alive"), column(quiet, "cells.keratinocyte.alive")[0]);
  EXPECT_LE(largest(between(quiet, recruited(quiet), 1, 4)), recruited(quiet)[0]);

  const SeriesTable driven =
      run(skin, "vehicle", 5, 0, {"reactions.C5b6_reagent.until=24 h", "reactions.C5b6_dermis.until=24 h"});
  const auto il17 = picomolar(driven, skin, "IL17");
  std::printf("skin: IL-17 in the dermis at most %.3g pM, on day 5 %.3g pM\n", largest(il17), il17.back());
  EXPECT_GT(largest(il17), 0);
  EXPECT_LT(il17.back(), 0.01 * largest(il17));
}

/// One parameter of the hypercube: where it is (several types that share it) and how it is drawn.
struct Axis {
  Sets paths;
  double low = 0, high = 0;
  std::string unit;
};

/// What decides whether tissue rests: the declared ranges of its inflammatory cells and of the decay of their signals.
/// Macrophages, microglia, monocytes and dendritic cells share a value, as they share their equations.
std::vector<Axis> axes(const Scenario& scenario) {
  static const std::regex decides(
      R"(cell_types\.(macrophage|microglia|astrocyte|monocyte|dendritic_cell|neutrophil|endothelium|synoviocyte)\.(parameters\.\w+|uptake\.TNF)|species\.(TNF|IL1b|IL6|IL10|CXCL8|CCL2|HMGB1|PGE2)\.decay)");
  static const std::regex conditions(R"(.*\.(blood_\w+|T_\w+|CD4_share|stimulus|makes_IL17|room|MyD88|attack|first))");
  static const std::regex shared(R"(^cell_types\.(macrophage|microglia|monocyte|dendritic_cell)\.)");
  std::map<std::string, Axis> found;
  for (const ParameterRecord& p : scenario.parameters) {
    const auto to = p.range.find(" to ");
    if (to == std::string::npos || !std::regex_match(p.path, decides) || std::regex_match(p.path, conditions)) continue;
    const Quantity low = parse_quantity(p.range.substr(0, to)), high = parse_quantity(p.range.substr(to + 4));
    const bool own =  // of each type by itself
        p.path.ends_with(".lifespan") || p.path.ends_with(".v") || p.path.ends_with(".niche");
    Axis& axis = found[own ? p.path : std::regex_replace(p.path, shared, "cell_types.myeloid.")];
    const std::string unit = high.unit_text.empty() ? "1" : high.unit_text;
    if (axis.paths.empty()) axis = {{}, low.in(unit), high.in(unit), unit};
    axis.paths.push_back(p.path);
  }
  std::vector<Axis> all;
  for (auto& [name, axis] : found) all.push_back(std::move(axis));
  return all;
}

/// Point `i` of `n`: one value from each of n equal slices of every axis, logarithmic where the range allows.
std::vector<Sets> latin_hypercube(const std::vector<Axis>& axes, int n) {
  std::mt19937_64 random(13);
  std::uniform_real_distribution<double> unit(0, 1);
  std::vector<Sets> points(static_cast<std::size_t>(n));
  std::vector<int> slice(points.size());
  std::iota(slice.begin(), slice.end(), 0);
  for (const Axis& axis : axes) {
    std::shuffle(slice.begin(), slice.end(), random);
    for (std::size_t i = 0; i < points.size(); ++i) {
      const double u = (slice[i] + unit(random)) / n;
      double value =
          axis.low > 0 ? axis.low * std::pow(axis.high / axis.low, u) : axis.low + (axis.high - axis.low) * u;
      if (axis.paths[0].ends_with(".niche")) value = std::round(value);
      for (const std::string& path : axis.paths)
        points[i].push_back(fmt::format("{}={:.6g}{}", path, value, axis.unit == "1" ? "" : " " + axis.unit));
    }
  }
  return points;
}

// Nine samples in ten rest in a well-mixed calculation with the same ranges; here four in five must, for tissue has
// voxels, single cells and chance. With one point, as without being asked for more, that one must.
TEST_P(RestingTissue, RestsAtMostPointsOfTheHypercube) {
  const Tissue& tissue = GetParam();
  const int samples = asked("INTERSTICE_REST_SAMPLES", 1);
  const Scenario scenario =
      load_scenario(fmt::format(INTERSTICE_SOURCE_DIR "/scenarios/{}.yaml", tissue.file), {}, test::built_in_models());
  const auto dimensions = axes(scenario);
  int resting = 0, point = 0;
  for (const Sets& sets : latin_hypercube(dimensions, samples)) {
    const SeriesTable series = run(tissue, "quiet", tissue.days, 0, sets);
    const double half = 0.5 * tissue.days, most = largest(between(series, m1(series), half, tissue.days)),
                 tnf = largest(between(series, picomolar(series, tissue, "TNF"), half, tissue.days));
    const bool rests = most < kQuietM1 && tnf <= kQuietPicomolar;
    resting += rests ? 1 : 0;
    std::printf("%s point %d: M1 at most %.3f, TNF %.2f pM in the second half%s\n", tissue.file, point++, most, tnf,
                rests ? "" : ": does not rest");
    std::fflush(stdout);
  }
  std::printf("%s: %d of %d points over %zu parameters rest\n", tissue.file, resting, samples, dimensions.size());
  EXPECT_GE(resting, 0.8 * samples);
}

INSTANTIATE_TEST_SUITE_P(All, RestingTissue, testing::ValuesIn(kTissues),
                         [](const testing::TestParamInfo<Tissue>& info) { return std::string(info.param.file); });

}  // namespace
}  // namespace interstice
