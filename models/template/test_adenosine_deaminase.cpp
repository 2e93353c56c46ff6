/// @file
/// The kernel with numbers, and the loop on two voxels: no engine needed.
#include <cmath>
#include <cstdio>

#include "adenosine_deaminase.cpp"

int main() {
  // 1000 copies at kcat 200 /s and Km 25 uM = 15055.4 molecules/um^3 clear 13.284 um^3/s.
  const double expected = 1000 * 200.0 / (25 * 602.214076);
  bool good = std::abs(clearance_of(1000, 200, 25) / expected - 1) < 1e-12;

  const std::array<double, 2> copies = {0, 1000}, settings = {200, 25};
  const std::array<std::span<const double>, 1> proteins = {copies};
  ArraysOnDemand clearances(1, 2);  // one species, two voxels
  ModelView view;
  view.proteins_ = proteins;
  Effects effects;
  effects.clearance_ = &clearances;
  kDescriptor.make({settings, {}})->evaluate(view, effects);
  const std::span<const double> cleared = clearances.asked(0);
  good = good && cleared.size() == 2 && cleared[0] == 0 && std::abs(cleared[1] / expected - 1) < 1e-12;

  std::puts(good ? "passed" : "FAILED");
  return good ? 0 : 1;
}
