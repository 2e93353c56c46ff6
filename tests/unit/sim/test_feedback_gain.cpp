/// @file
/// The gain of inflammatory feedback against equations that can be solved by hand.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "engine/core/constants.h"
#include "engine/sim/feedback/feedback_gain.h"
#include "support/run_scenario.h"

namespace interstice {
namespace {

/// Cells with a score m' = (tone + w H(c)) (1 - m)/t_on - m/t_off that secrete s m of TNF.
struct Loop {
  double cells = 10, s = 2, t_on = 12, t_off = 24, tone = 0, w = 1, K = 50, n = 1;  // molecules/s, h, pM
  double decay = 1e-3, uptake = 0, fluid = 1;                                       // 1/s, um^3/s, share
  static constexpr double kVolume = 1e6;                                            // um^3

  [[nodiscard]] double H(double c) const { return c > 0 ? std::pow(c, n) / (std::pow(K, n) + std::pow(c, n)) : 0; }
  [[nodiscard]] double m(double c) const {
    const double drive = (tone + w * H(c)) / t_on;
    return drive / (drive + 1 / t_off);
  }
  /// Concentration that so much secretion keeps up [pM].
  [[nodiscard]] double kept(double c) const {
    const double per_pM =
        (decay + uptake * cells / (kVolume * fluid)) * kVolume * fluid * kMoleculesPerUmCubedPerMicromolar * 1e-6;
    return cells * s * m(c) / per_pM;
  }
  /// The lowest fixed point, from below [pM].
  [[nodiscard]] double rest() const {
    double c = 0;
    for (double next = kept(c); std::abs(next - c) > 1e-11 * next; next = kept(c)) c = next;
    return c;
  }
  /// Relative rise of the source for a signal that is 1 % higher, or the limit for a little of it.
  [[nodiscard]] double gain() const {
    const double c = rest();
    return c > 1e-9 ? (kept(1.01 * c) / kept(c) - 1) / 0.01 : kept(1e-6) / 1e-6;
  }
  [[nodiscard]] std::string cell(const std::string& name, const std::string& heeds, const std::string& gives) const {
    return fmt::format(R"(
  {}:
    radius: 5 um
    uptake: {{{}: {} um^3/s}}
    parameters: {{K: {} pM, t_on: {} h, t_off: {} h, s: {} molecule/s}}
    columns:
      m: {{gain: "({} + {}*H({}, K, {}))/t_on", loss: "({} + {}*H({}, K, {}))/t_on + 1/t_off"}}
    initial_state: alive
    states: {{alive: {{secretes: {{{}: "s*m"}}}}}}
)",
                       name, gives, uptake, K, t_on, t_off, s, tone, w, heeds, n, tone, w, heeds, n, gives);
  }
  [[nodiscard]] std::string species(const std::string& name) const {
    return fmt::format("  {}: {{diffusivity: 100 um^2/s, decay: {} 1/s}}\n", name, decay);
  }
};

std::string frame(const std::string& species, const std::string& types, const std::string& cells, double fluid) {
  return fmt::format(R"(
schema: 2
title: loop
domain: {{size: [100 um, 100 um, 100 um], spacing: 50 um}}
time: [{{until: 10 s, transport: 1 s, vesicles: 1 s, cells: 10 s, series: 10 s}}]
regions: {{gut: {{shape: everywhere, medium: tissue, volume_fraction: {}, viscosity: 20}}}}
species:
{}cell_types:{}cells: {{{}}}
)",
                     fluid, species, types, cells);
}

FeedbackGain gain_of(const Loop& loop) {
  return feedback_gain(test::problem_from(frame(loop.species("TNF"), loop.cell("mac", "TNF", "TNF"),
                                                fmt::format("mac: {{count: {}, in: gut}}", loop.cells), loop.fluid)));
}

/// Largest share of a small rise that comes back, on the way up to c. Above 1 the program says that.
template <class Tissue>
double steepest(const Tissue& tissue, double c) {
  double most = 0;
  for (double x = 1e-3 * c; x < c; x *= 1.05)
    most = std::max(most, (tissue.kept(1.01 * x) - tissue.kept(x)) / (0.01 * x));
  return most;
}

/// Draws between two bounds, evenly in the logarithm.
class Draw {
 public:
  double operator()(double low, double high) {
    return low * std::pow(high / low, std::uniform_real_distribution<>()(random_));
  }

 private:
  std::mt19937_64 random_{20261129};
};

Loop random_loop(Draw& draw) {
  Loop loop;
  loop.cells = std::round(draw(1, 200));
  loop.t_on = draw(1, 50), loop.t_off = draw(1, 50);
  loop.K = draw(10, 500), loop.decay = draw(1e-4, 1e-2), loop.uptake = draw(1, 1000), loop.fluid = draw(0.1, 1);
  return loop;
}

TEST(FeedbackGain, IsThatOfTheEquationsWhereNothingIsThereAtRest) {
  Draw draw;
  for (int k = 0; k < 120; ++k) {
    Loop loop = random_loop(draw);
    loop.s = 1;
    loop.s = draw(0.05, 5) / loop.gain();
    const double expected = loop.kept(1e-6) / 1e-6;
    const FeedbackGain found = gain_of(loop);
    ASSERT_TRUE(found.gain) << found.why_none;
    EXPECT_NEAR(*found.gain, expected, 0.01 * expected) << found.text();
    EXPECT_EQ(feedback_warning(found).has_value(), expected > 1) << found.text();
    EXPECT_EQ(found.through, "TNF");
    EXPECT_EQ(found.regions, std::vector<std::string>{"gut"});
  }
}

TEST(FeedbackGain, IsThatOfTheEquationsAtAStateThatAToneKeepsUp) {
  Draw draw;
  int judged = 0;
  while (judged < 120) {
    Loop loop = random_loop(draw);
    loop.tone = draw(1e-3, 0.1), loop.w = draw(0.1, 1), loop.n = draw(1, 3), loop.s = draw(0.1, 10);
    const double expected = loop.gain(), c = loop.rest();
    if (expected > 0.9 || expected < 0.01) continue;
    if (steepest(loop, c) > 0.95) continue;
    ++judged;
    const FeedbackGain found = gain_of(loop);
    ASSERT_TRUE(found.gain) << found.why_none;
    EXPECT_NEAR(*found.gain, expected, 0.01 * expected + 1e-4) << found.text();
    EXPECT_NEAR(found.quiet.front().value * (found.quiet.front().unit == " nM" ? 1e3 : 1), c, 0.01 * c) << found.text();
    EXPECT_FALSE(feedback_warning(found));
  }
}

TEST(FeedbackGain, OfTwoIsFoundWhateverToneAndSteepness) {
  Loop loop;
  loop.s = 1;
  loop.s = 2 / loop.gain();
  EXPECT_NEAR(gain_of(loop).gain.value_or(0), 2, 0.02);
  for (const double tone : {1e-4, 1e-3, 1e-2}) {  // now rest is an inflamed state, with a gain below 1
    loop.tone = tone;
    const FeedbackGain found = gain_of(loop);
    EXPECT_GT(found.gain.value_or(0), 1.5) << found.text();
    EXPECT_TRUE(feedback_warning(found));
  }
}

TEST(FeedbackGain, OfSeveralCellTypesAddsUp) {
  Draw draw;
  for (int k = 0; k < 20; ++k) {
    Loop one = random_loop(draw), other = random_loop(draw);
    one.uptake = other.uptake = 0;
    other.decay = one.decay, other.fluid = one.fluid;
    one.s = other.s = 1;
    one.s = draw(0.05, 0.4) / one.gain();
    other.s = draw(0.05, 0.4) / other.gain();
    const double expected = one.gain() + other.gain();
    const FeedbackGain found = feedback_gain(test::problem_from(frame(
        one.species("TNF"), one.cell("mac", "TNF", "TNF") + other.cell("syn", "TNF", "TNF"),
        fmt::format("mac: {{count: {}, in: gut}}, syn: {{count: {}, in: gut}}", one.cells, other.cells), one.fluid)));
    EXPECT_NEAR(found.gain.value_or(0), expected, 0.01 * expected) << found.text();
  }
}

TEST(FeedbackGain, OfALoopOverTwoSignalsIsTheProductOfItsParts) {
  Draw draw;
  for (int k = 0; k < 20; ++k) {
    Loop one = random_loop(draw), other = random_loop(draw);
    one.uptake = other.uptake = 0;
    other.fluid = one.fluid, one.s = other.s = 1;
    one.s = draw(0.2, 3) / one.gain();
    other.s = draw(0.2, 3) / other.gain();
    // one heeds IL1b and gives TNF, other the reverse; both are diluted and lost by the numbers of what they give
    const double expected = one.gain() * other.gain();
    const FeedbackGain found = feedback_gain(test::problem_from(frame(
        one.species("TNF") + other.species("IL1b"), one.cell("mac", "IL1b", "TNF") + other.cell("syn", "TNF", "IL1b"),
        fmt::format("mac: {{count: {}, in: gut}}, syn: {{count: {}, in: gut}}", one.cells, other.cells), one.fluid)));
    if (expected < 1)
      EXPECT_NEAR(found.gain.value_or(0), expected, 0.02 * expected) << found.text();
    else
      EXPECT_NEAR(found.together, std::sqrt(expected), 0.02 * expected) << found.text();
    EXPECT_EQ(feedback_warning(found).has_value(), expected > 1) << found.text();
  }
}

/// A vessel lets cells in where CCL2 is, which give CCL2 and leave after a while.
struct Recruiting {
  double entry = 2, K = 800, stay = 100, s = 1, own = 5, decay = 2e-4;  // cell/h, pM, h, molecules/s, 1/s

  [[nodiscard]] double cells(double c) const { return entry * stay * c / (c + K); }
  [[nodiscard]] double kept(double c) const {
    return (own + s * cells(c)) / (decay * 1e6 * kMoleculesPerUmCubedPerMicromolar * 1e-6);
  }
  [[nodiscard]] double rest() const {
    double c = 0;
    for (double next = kept(c); std::abs(next - c) > 1e-11 * next; next = kept(c)) c = next;
    return c;
  }
  [[nodiscard]] FeedbackGain found(const std::string& more = "",
                                   const std::string& ripe = "becomes: macrophage") const {
    const std::string types = fmt::format(R"(
  vessel:
    radius: 5 um
    mobile: false
    parameters: {{K: {} pM, own: {} molecule/s, entry: {} cell/h}}
    initial_state: resting
    states: {{resting: {{secretes: {{CCL2: own}}, recruits: {{monocyte: "entry*H(CCL2, K){}"}}}}}}
  monocyte:
    radius: 5 um
    parameters: {{s: {} molecule/s, ripe: {} h, leaves: {} h}}
    initial_state: alive
    states:
      alive: {{secretes: {{CCL2: s}}, transitions: [{{to: ripe, hazard: 1/ripe}}]}}
      ripe: {{{}}}
  macrophage:
    radius: 5 um
    parameters: {{s: {} molecule/s, leaves: {} h}}
    initial_state: alive
    states: {{alive: {{secretes: {{CCL2: s}}, transitions: [{{to: gone, hazard: 1/leaves}}]}}, gone: {{removed: true}}}}
)",
                                          K, own, entry, more, s, 0.25 * stay, stay, ripe, s, 0.75 * stay);
    return feedback_gain(
        test::problem_from(frame(fmt::format("  CCL2: {{diffusivity: 100 um^2/s, decay: {} 1/s}}\n", decay), types,
                                 "vessel: {count: 1, in: gut}", 1)));
  }
};

TEST(FeedbackGain, CountsCellsThatComeInAndLeave) {
  Draw draw;
  for (int judged = 0; judged < 40;) {
    Recruiting vessel;
    vessel.entry = draw(0.1, 3), vessel.K = draw(100, 2000), vessel.stay = draw(10, 200), vessel.own = draw(0.5, 10);
    vessel.decay = draw(1e-4, 1e-3);
    vessel.s = draw(0.01, 0.3);
    const double c = vessel.rest(), expected = (vessel.kept(1.01 * c) / vessel.kept(c) - 1) / 0.01;
    if (expected > 0.9 || vessel.cells(c) > 500 || steepest(vessel, c) > 0.95) continue;
    ++judged;
    const FeedbackGain found = vessel.found();
    ASSERT_TRUE(found.gain) << found.why_none;
    EXPECT_NEAR(*found.gain, expected, 0.01 * expected) << found.text();
    EXPECT_FALSE(feedback_warning(found)) << found.text();
  }
}

TEST(FeedbackGain, OfRecruitmentThatStopsWhenThePlaceIsFull) {
  Recruiting vessel;
  vessel.entry = 5, vessel.own = 200;
  const FeedbackGain found = vessel.found(" * (total(monocyte) < 40)", "removed: true");
  EXPECT_LT(found.gain.value_or(0), 0.1) << found.text();  // no more can come
  EXPECT_EQ(found.text().find("no quiet state"), std::string::npos) << found.text();
}

TEST(FeedbackGain, SaysWhyThereIsNone) {
  Loop loop;
  loop.w = 0, loop.tone = 0.01;
  EXPECT_NE(gain_of(loop).text().find("feedback: none"), std::string::npos) << gain_of(loop).text();
  EXPECT_FALSE(feedback_warning(gain_of(loop)));
  Recruiting vessel;
  vessel.stay = 1e9;  // those who come never leave
  EXPECT_NE(vessel.found().text().find("there is no quiet state"), std::string::npos) << vessel.found().text();
  loop.w = 1, loop.decay = 0;  // nothing takes the signal away
  EXPECT_FALSE(gain_of(loop).gain) << gain_of(loop).text();
}

}  // namespace
}  // namespace interstice
