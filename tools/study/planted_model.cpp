#include "tools/study/planted_model.h"

#include <Eigen/LU>
#include <algorithm>
#include <cmath>
#include <numbers>

#include "engine/core/constants.h"

namespace interstice::cli {
namespace {

template <std::size_t N>
using Numbers = std::array<double, N>;

/// Times that grow by 5 % a step and meet every horizon.
const std::vector<double>& grid() {
  static const std::vector<double> times = [] {
    std::vector<double> all{0};
    double step = 0.05;
    for (const double horizon : kPlantedHorizons) {
      while (all.back() + 1.5 * step < horizon) {
        all.push_back(all.back() + step);
        step = std::max(step, 0.05 * all.back());
      }
      all.push_back(horizon);
    }
    return all;
  }();
  return times;
}

/// Solves a x = b.
template <std::size_t N>
Numbers<N> solve(const std::array<Numbers<N>, N>& a, const Numbers<N>& b) {
  constexpr int kSize = static_cast<int>(N);
  using Matrix = Eigen::Matrix<double, kSize, kSize, Eigen::RowMajor>;
  using Vector = Eigen::Vector<double, kSize>;
  Numbers<N> x;
  Eigen::Map<Vector>(x.data()) =
      Eigen::Map<const Matrix>(a.front().data()).partialPivLu().solve(Eigen::Map<const Vector>(b.data()));
  return x;
}

/// One step of ROS2 (Verwer et al. 1999, gamma 1 + 1/sqrt 2, L-stable), Jacobian by differences. rate(y, t).
template <std::size_t N, class Rate>
Numbers<N> step(const Numbers<N>& y, double t, double h, const Rate& rate) {
  constexpr double kGamma = 1 + std::numbers::sqrt2 / 2;
  const Numbers<N> here = rate(y, t);
  std::array<Numbers<N>, N> matrix{};
  for (std::size_t j = 0; j < N; ++j) {
    Numbers<N> beside = y;
    const double small = 1e-7 * std::max(std::abs(y[j]), 1e-6);
    beside[j] += small;
    const Numbers<N> there = rate(beside, t);
    for (std::size_t i = 0; i < N; ++i) matrix[i][j] = (i == j ? 1.0 : 0.0) - kGamma * h * (there[i] - here[i]) / small;
  }
  const Numbers<N> first = solve(matrix, here);
  Numbers<N> middle = y;
  for (std::size_t i = 0; i < N; ++i) middle[i] += h * first[i];
  Numbers<N> right = rate(middle, t + h);
  for (std::size_t i = 0; i < N; ++i) right[i] -= 2 * first[i];
  const Numbers<N> second = solve(matrix, right);
  Numbers<N> next = y;
  for (std::size_t i = 0; i < N; ++i) next[i] += h * (1.5 * first[i] + 0.5 * second[i]);
  return next;
}

/// Calls visit(k, y) at each time of the grid up to `end`.
template <std::size_t N, class Rate, class Visit>
Numbers<N> integrate(Numbers<N> y, const Rate& rate, const Visit& visit, double end) {
  const auto& times = grid();
  visit(0, y);
  for (std::size_t k = 1; k < times.size() && times[k - 1] < end; ++k) {
    const double until = std::min(times[k], end);
    y = step(y, times[k - 1], until - times[k - 1], rate);
    visit(k, y);
  }
  return y;
}

/// Vmax of CD73 and CD39 of EVs that are still there [uM/s].
double on_vesicles(const PlantedParameters& p, double copies, double kcat, double t) {
  return p.vesicles * std::exp2(-t / p.half_life) * copies * kcat / kMoleculesPerUmCubedPerMicromolar;
}

auto purine_rates(const PlantedParameters& p, bool enzymes) {
  return [&p, enzymes](const Numbers<4>& y, double t) {
    const double ev73 = enzymes ? on_vesicles(p, p.copies_CD73, p.kcat_CD73, t) : 0;
    const double ev39 = enzymes ? on_vesicles(p, p.copies_CD39, p.kcat_CD39, t) : 0;
    const double source = t < p.source_time ? p.source : 0;
    const double first = p.host_ATPase * y[0] + ev39 * y[0] / (p.Km_ATP + y[0]);
    const double second = p.host_ADPase * y[1] + ev39 * y[1] / (p.Km_ADP * (1 + y[0] / p.Km_ATP) + y[1]);
    const double third = (ev73 + p.host_CD73) * y[2] / (p.Km_CD73 * (1 + y[1] / p.Ki_ADP + y[0] / p.Ki_ATP) + y[2]);
    return Numbers<4>{source - first - p.washout * y[0], first - second - p.washout * y[1],
                      second - third - p.washout * y[2], third - p.loss * y[3]};
  };
}

Numbers<4> purines_at_start(const PlantedParameters& p) { return {p.ATP, 0, p.AMP, 0.05}; }

std::vector<double> adenosine(const PlantedParameters& p, bool enzymes) {
  std::vector<double> all;
  integrate(
      purines_at_start(p), purine_rates(p, enzymes),
      [&all](std::size_t, const Numbers<4>& y) { all.push_back(std::max(y[3], 0.0)); }, grid().back());
  return all;
}

double hill(double x, double half, double exponent) {
  const double power = std::pow(std::max(x, 0.0) / half, exponent);
  return power / (1 + power);
}

/// The clearance of a sphere of 5 um by adsorption, EVs of 115 nm in synovial fluid [um^3/s].
double clearance(double reactivity) {
  constexpr double kRadius = 5, kDiffusivity = 1.14;
  return 4 * std::numbers::pi * kRadius * kRadius * reactivity / (1 + reactivity * kRadius / kDiffusivity);
}

}  // namespace

std::array<double, 4> planted_purines(const PlantedParameters& parameters, bool enzymes, double time) {
  return integrate(
      purines_at_start(parameters), purine_rates(parameters, enzymes), [](std::size_t, const Numbers<4>&) {}, time);
}

PlantedTruth::PlantedTruth(const PlantedParameters& parameters)
    : p_(parameters), host_ado_(adenosine(p_, false)), ev_ado_(adenosine(p_, true)) {
  constexpr double kBoundTime = 500, kSignalTime = 3600, kFastTime = 3600;
  const double adsorbed = clearance(p_.reactivity), loss = std::numbers::ln2 / p_.half_life;
  const double leaving = p_.lysis / (1 - std::min(p_.release + p_.recycled, 0.95));
  const double fading = std::numbers::ln2 / p_.cargo_half_life;
  // Free EVs, bound per cell, in endosomes per cell, cargo if all of it came out, EVs felt, response to them.
  const auto rates = [&](const Numbers<6>& y, double) {
    const double on = adsorbed * y[0] * (1 - y[1] / p_.sites);
    return Numbers<6>{-loss * y[0] - p_.cells * (on - p_.desorption * y[1]),
                      on - (p_.desorption + p_.internalisation) * y[1],
                      p_.internalisation * y[1] - leaving * y[2],
                      leaving * y[2] * p_.cargo - fading * y[3],
                      y[1] / kBoundTime - y[4] / kSignalTime,
                      (hill(y[4], p_.half_signal, 1) - y[5]) / kFastTime};
  };
  integrate(
      Numbers<6>{p_.vesicles, 0, 0, 0, 0, 0}, rates,
      [this](std::size_t, const Numbers<6>& y) {
        copies_.push_back(std::max(y[3], 0.0));
        touched_.push_back(y[5]);
      },
      grid().back());
  vehicle_ = phenotype(PlantedArm::vehicle, 1);
  enzymes_ = effect(PlantedArm::enzymes);
}

/// AKT follows what drives it within t_kinase; adenosine, cargo and contact add as independent activators.
AtHorizons PlantedTruth::phenotype(PlantedArm arm, double factor) const {
  const auto& times = grid();
  const auto& ado = arm == PlantedArm::enzymes ? ev_ado_ : host_ado_;
  const double release = arm == PlantedArm::uptake ? std::min(1.0, factor * p_.release) : 0;
  const double touching = arm == PlantedArm::contact ? p_.w_contact : 0;
  const auto drive = [&](std::size_t k) {
    return 1 - (1 - p_.w_A2A * hill(ado[k], p_.K_A2A, 1)) *
                   (1 - p_.w_cargo * hill(release * copies_[k], p_.threshold, 2)) * (1 - touching * touched_[k]);
  };
  AtHorizons at{};
  double akt = drive(0), before = akt;
  for (std::size_t k = 1; k < times.size(); ++k) {
    const double now = drive(k), keep = std::exp(-(times[k] - times[k - 1]) / p_.t_kinase);
    akt = akt * keep + 0.5 * (before + now) * (1 - keep);
    before = now;
    for (std::size_t h = 0; h < at.size(); ++h)
      if (times[k] == kPlantedHorizons[h]) at[h] = akt;
  }
  return at;
}

AtHorizons PlantedTruth::effect(PlantedArm arm, double factor) const {
  AtHorizons at = phenotype(arm, factor);
  for (std::size_t h = 0; h < at.size(); ++h) at[h] -= vehicle_[h];
  return at;
}

std::optional<double> PlantedTruth::break_even(std::size_t horizon, double low, double high) const {
  const double wanted = std::abs(enzymes_[horizon]);
  const auto reached = [&](double factor) { return effect(PlantedArm::uptake, factor)[horizon] >= wanted; };
  if (reached(low)) return low;
  if (!reached(high)) return std::nullopt;
  while (high / low > 1 + 1e-9) {
    const double middle = std::sqrt(low * high);
    (reached(middle) ? high : low) = middle;
  }
  return high;
}

}  // namespace interstice::cli
