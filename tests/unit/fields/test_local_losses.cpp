#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

#include "engine/fields/diffusion/local_losses.h"

namespace interstice {
namespace {

constexpr std::size_t kPlaces = 7;  // four at once and three by themselves

struct Places {
  double h = 0, decay = 0;
  std::vector<double> source, uptake, most, c, mean, gain;
};

Places some_places(std::mt19937& random, int trial) {
  const auto some = [&](double from, double to) {
    return from * std::pow(to / from, std::uniform_real_distribution(0.0, 1.0)(random));
  };
  Places p;
  p.h = some(1e-3, 100), p.decay = trial % 3 == 0 ? 0 : some(1e-5, 1);
  for (std::size_t i = 0; i < kPlaces; ++i) {
    p.uptake.push_back(some(1e-5, 10));
    p.most.push_back(p.uptake.back() * some(0.01, 10));
    p.c.push_back(some(1e-9, 100));
    p.mean.push_back(p.c.back() * some(0.5, 2));
    p.gain.push_back((trial % 2 == 0 ? 1 : -0.5) * p.c.back() * some(0.01, 1));
    p.source.push_back(some(1e-6, 1));
  }
  p.most[trial % kPlaces] = 0;  // takes nothing up: decay is left
  return p;
}

double uptake_rate(const Places& p, std::size_t i, bool saturates, double level) {
  if (!saturates) return p.uptake[i] * level;
  return p.most[i] == 0 ? 0 : p.most[i] * level / (p.most[i] / p.uptake[i] + level);
}

/// The level that losses at that level leave of `all`, by bisection.
double level_left(const Places& p, std::size_t i, bool saturates, double all) {
  double low = 0, high = all;
  for (int pass = 0; pass < 200; ++pass) {
    const double level = (low + high) / 2;
    (level + p.h * (p.decay * level + uptake_rate(p, i, saturates, level)) > all ? high : low) = level;
  }
  return low;
}

void compare(const Places& p, bool saturates, LossRule rule) {
  std::vector<double> to(kPlaces), expected(kPlaces);
  std::vector<float> change(kPlaces);
  Taken taken;
  for (std::size_t i = 0; i < kPlaces; ++i) {
    const double all = p.c[i] + p.gain[i] + p.h * p.source[i], there = std::max(all, 0.0);
    const double level = rule == LossRule::implicit ? level_left(p, i, saturates, there) : p.mean[i];
    Taken here{p.h * p.decay * level, p.h * uptake_rate(p, i, saturates, level)};
    if (rule == LossRule::bounded) {
      here.decayed = std::min(here.decayed, there);
      here.taken_up = std::min(here.taken_up, there - here.decayed);
    }
    taken += here;
    expected[i] = all - here.decayed - here.taken_up;
  }
  const Lost lost = take_losses(rule, p.h, p.decay,
                                {.n = kPlaces,
                                 .source = p.source.data(),
                                 .uptake = p.uptake.data(),
                                 .most = saturates ? p.most.data() : nullptr,
                                 .c = p.c.data(),
                                 .mean = p.mean.data(),
                                 .gain = p.gain.data(),
                                 .change = rule == LossRule::rate ? change.data() : nullptr,
                                 .to = rule == LossRule::rate ? nullptr : to.data()});
  EXPECT_NEAR(lost.taken.decayed, taken.decayed, 1e-9 * taken.decayed);
  EXPECT_NEAR(lost.taken.taken_up, taken.taken_up, 1e-9 * taken.taken_up);
  for (std::size_t i = 0; i < kPlaces; ++i) {
    const double scale = p.c[i] + std::abs(p.gain[i]) + p.h * p.source[i] + std::abs(expected[i]);
    if (rule == LossRule::rate) {
      EXPECT_NEAR(static_cast<double>(change[i]), expected[i] - p.c[i], 1e-7 * scale) << i;
    } else {
      EXPECT_NEAR(to[i], expected[i], 1e-9 * scale) << i;
      EXPECT_GE(to[i], 0) << i;
    }
  }
  EXPECT_FALSE(lost.negative);
}

TEST(LocalLosses, AreThoseOfTheirRule) {
  std::mt19937 random(1);
  for (int trial = 0; trial < 300; ++trial) {
    const Places p = some_places(random, trial);
    for (const bool saturates : {false, true})
      for (const LossRule rule : {LossRule::rate, LossRule::bounded, LossRule::implicit}) compare(p, saturates, rule);
  }
}

TEST(LocalLosses, OfDecayAloneNeedNoPlaces) {
  const std::vector<double> c{1, 2, 0, 0.5, 7}, gain{0.1, -0.2, 1, 0, -8}, mean{1, 2, 0.5, 0.5, 4};
  std::vector<double> to(5);
  const Lost lost = take_losses(LossRule::bounded, 2, 0.1,
                                {.n = 5, .c = c.data(), .mean = mean.data(), .gain = gain.data(), .to = to.data()});
  EXPECT_DOUBLE_EQ(to[1], 2 - 0.2 - 0.4);
  EXPECT_DOUBLE_EQ(lost.taken.decayed, 0.2 * (1 + 2 + 0.5 + 0.5)) << "nothing is left to decay in the last";
  EXPECT_DOUBLE_EQ(to[4], -1);
  EXPECT_TRUE(lost.negative);
}

}  // namespace
}  // namespace interstice
