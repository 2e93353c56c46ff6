#include "oracle/purine_rosenbrock.h"

#include <boost/numeric/odeint/integrate/integrate_adaptive.hpp>
#include <boost/numeric/odeint/stepper/generation.hpp>
#include <boost/numeric/odeint/stepper/rosenbrock4.hpp>
#include <boost/numeric/odeint/stepper/rosenbrock4_controller.hpp>
#include <utility>

namespace interstice::oracle {
namespace {

namespace ublas = boost::numeric::ublas;
using Vector = ublas::vector<double>;
using Matrix = ublas::matrix<double>;

// CD39: Km 15 uM for ATP, 10 uM for ADP with ATP competing. CD73: Km 15 uM, Ki 0.5 uM ADP, 5 uM ATP.
struct Rates {
  PurineKinetics p;
  void operator()(const Vector& y, Vector& d, double) const {
    const double v39 = p.k_ATP * y[0] + p.cd39 * y[0] / (15 + y[0]);
    const double v39b = p.k_ADP * y[1] + p.cd39 * y[1] / (10 * (1 + y[0] / 15) + y[1]);
    const double v73 = p.cd73 * y[2] / (15 * (1 + y[1] / 0.5 + y[0] / 5) + y[2]);
    d[0] = -v39;
    d[1] = v39 - v39b;
    d[2] = v39b - v73;
    d[3] = v73 - p.k_ado * y[3];
  }
};

struct Jacobian {
  PurineKinetics p;
  void operator()(const Vector& y, Matrix& j, double, Vector& dfdt) const {
    const double n39b = 10 * (1 + y[0] / 15) + y[1], n73 = 15 * (1 + y[1] / 0.5 + y[0] / 5) + y[2];
    const double v39_atp = p.k_ATP + p.cd39 * 15 / ((15 + y[0]) * (15 + y[0]));
    const double v39b_atp = -p.cd39 * y[1] * (10.0 / 15) / (n39b * n39b);
    const double v39b_adp = p.k_ADP + p.cd39 * (n39b - y[1]) / (n39b * n39b);
    const double v73_atp = -p.cd73 * y[2] * 3 / (n73 * n73), v73_adp = -p.cd73 * y[2] * 30 / (n73 * n73);
    const double v73_amp = p.cd73 * (n73 - y[2]) / (n73 * n73);
    j = ublas::zero_matrix<double>(4, 4);
    j(0, 0) = -v39_atp;
    j(1, 0) = v39_atp - v39b_atp;
    j(1, 1) = -v39b_adp;
    j(2, 0) = v39b_atp - v73_atp;
    j(2, 1) = v39b_adp - v73_adp;
    j(2, 2) = -v73_amp;
    j(3, 0) = v73_atp;
    j(3, 1) = v73_adp;
    j(3, 2) = v73_amp;
    j(3, 3) = -p.k_ado;
    dfdt = ublas::zero_vector<double>(4);
  }
};

}  // namespace

std::array<double, 4> integrate(const PurineKinetics& kinetics, std::array<double, 4> start, double time) {
  namespace odeint = boost::numeric::odeint;
  Vector y(4);
  for (std::size_t s = 0; s < 4; ++s) y[s] = start[s];
  odeint::integrate_adaptive(odeint::make_controlled<odeint::rosenbrock4<double>>(1e-12, 1e-9),
                             std::make_pair(Rates{kinetics}, Jacobian{kinetics}), y, 0.0, time, 1e-8);
  return {y[0], y[1], y[2], y[3]};
}

}  // namespace interstice::oracle
