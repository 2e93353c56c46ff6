#include "oracle/complement_ode.h"

#include <boost/numeric/odeint.hpp>
#include <cmath>
#include <cstddef>

namespace interstice::oracle {
namespace {

namespace odeint = boost::numeric::odeint;
using State = std::vector<double>;
constexpr double kPerMl = 1e-12;  // 1/ml in 1/um^3

/// Places in the state; from kCopies on, the share of EVs that are intact with 0, 1, 2, ... copies left.
enum Place : std::size_t { kC, kM7, kM8, kM9, kPores, kMade, kOwn, kBlockedOwn, kCaptured, kBlocked, kCopies };

struct Attack {
  AttackSetup p;

  void operator()(const State& y, State& dy, double t) const {
    double intact = 0;
    for (std::size_t i = kCopies; i < y.size(); ++i) intact += y[i];
    const double source = t < p.load_time ? p.input * kPerMl / p.load_time : 0;
    const double by_cells = p.k_cell * y[kC], by_ev = p.k_ev * y[kC];
    dy[kC] = source - y[kC] / p.tau7 - by_cells * p.cells * kPerMl - by_ev * intact * p.evs * kPerMl;
    const double stopped = p.kinh * y[kOwn] / p.cell_area * y[kM8];
    dy[kM7] = by_cells - p.k8 * y[kM7];
    dy[kM8] = p.k8 * y[kM7] - p.k9a * y[kM8] - stopped;
    dy[kM9] = p.k9a * y[kM8] - y[kM9] / p.pore_time;
    dy[kMade] = y[kM9] / p.pore_time;
    dy[kPores] = dy[kMade] - y[kPores] / p.pore_life;
    dy[kOwn] = -stopped;
    dy[kBlockedOwn] = stopped;
    dy[kCaptured] = by_ev * intact;
    dy[kBlocked] = 0;
    for (std::size_t i = kCopies; i < y.size(); ++i) dy[i] = -by_ev * y[i];
    for (std::size_t i = kCopies + 1; i < y.size(); ++i) {
      const double s = static_cast<double>(i - kCopies) / p.ev_area;
      const double saved = by_ev * y[i] * p.kinh * s / (p.kinh * s + p.k9a);
      dy[i - 1] += saved;
      dy[kBlocked] += saved;
    }
  }
};

State start_of(const AttackSetup& p) {
  const auto most = static_cast<std::size_t>(p.ev_cd59 + 10 * std::sqrt(p.ev_cd59) + 10);
  State y(kCopies + most + 1, 0.0);
  y[kOwn] = p.cell_cd59;
  double share = std::exp(-p.ev_cd59);
  for (std::size_t n = 0; n <= most; ++n) {
    y[kCopies + n] = share;
    share *= p.ev_cd59 / static_cast<double>(n + 1);
  }
  return y;
}

}  // namespace

std::vector<AttackPoint> attack(const AttackSetup& setup, const std::vector<double>& times) {
  State y = start_of(setup);
  auto stepper = odeint::make_controlled(1e-12, 1e-9, odeint::runge_kutta_dopri5<State>());
  std::vector<AttackPoint> points;
  double now = 0;
  const auto advance = [&](double until) {
    if (until > now) odeint::integrate_adaptive(stepper, Attack{setup}, y, now, until, 0.01);
    now = std::max(now, until);
  };
  for (const double time : times) {
    if (now < setup.load_time && time > setup.load_time) advance(setup.load_time);  // the source jumps there
    advance(time);
    AttackPoint point{time, y[kC], y[kPores], y[kMade], y[kOwn], y[kBlockedOwn], 0, y[kCaptured], y[kBlocked]};
    for (std::size_t i = kCopies; i < y.size(); ++i) point.intact += y[i];
    points.push_back(point);
  }
  return points;
}

}  // namespace interstice::oracle
