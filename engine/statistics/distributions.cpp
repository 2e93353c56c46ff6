#include "engine/statistics/distributions.h"

#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/fisher_f.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>

namespace interstice {

double normal_quantile(double p) { return boost::math::quantile(boost::math::normal(), p); }

double student_quantile(double p, double freedom) { return boost::math::quantile(boost::math::students_t(freedom), p); }

double fisher_quantile(double p, double freedom, double freedom_below) {
  return boost::math::quantile(boost::math::fisher_f(freedom, freedom_below), p);
}

double chi_squared_quantile(double p, double freedom) {
  return boost::math::quantile(boost::math::chi_squared(freedom), p);
}

}  // namespace interstice
