/// @file
/// Quantiles of the distributions that intervals need (Boost.Math).
#pragma once

namespace interstice {

double normal_quantile(double p);
double student_quantile(double p, double freedom);
double fisher_quantile(double p, double freedom, double freedom_below);
double chi_squared_quantile(double p, double freedom);

}  // namespace interstice
