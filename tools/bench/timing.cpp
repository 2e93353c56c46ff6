#include "tools/bench/timing.h"

#include <algorithm>
#include <cmath>
#include <ctime>

#include "tools/bench/ceilings.h"

namespace interstice::bench {
namespace {

constexpr double kLeastInterval = 1e-3;  ///< what is shorter is repeated within one measurement [s]

double read_clock(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

/// Time of one call, `times` calls long.
double time_of(const std::function<void()>& work, int times, const Threads& threads) {
  const auto now = threads.count() == 1 ? processor_time : wall_time;
  const double begin = now();
  for (int k = 0; k < times; ++k) work();
  return (now() - begin) / times;
}

int calls_per_measurement(double seconds) {
  return std::max(1, static_cast<int>(std::ceil(kLeastInterval / std::max(seconds, 1e-8))));
}

}  // namespace

double processor_time() { return read_clock(CLOCK_THREAD_CPUTIME_ID); }
double wall_time() { return read_clock(CLOCK_MONOTONIC); }

std::vector<Timing> time_in_turn(const std::function<void(const Threads&)>& step, double bytes,
                                 const std::vector<const Threads*>& threads, const Patience& patience) {
  Copy copy(static_cast<std::size_t>(bytes));
  std::vector<std::vector<double>> steps(threads.size()), copies(threads.size());
  std::vector<int> calls_of_step(threads.size()), calls_of_copy(threads.size());
  const double begin = wall_time();
  for (int repetition = -1; repetition < patience.most; ++repetition) {
    if (repetition >= patience.least && wall_time() - begin > patience.seconds) break;
    for (std::size_t k = 0; k < threads.size(); ++k) {
      const auto do_step = [&] { step(*threads[k]); };
      const auto do_copy = [&] { copy.pass(*threads[k]); };
      if (repetition < 0) {  // not counted: fills caches, and tells how long a call is
        do_step();
        do_copy();
        calls_of_step[k] = calls_per_measurement(time_of(do_step, 1, *threads[k]));
        calls_of_copy[k] = calls_per_measurement(time_of(do_copy, 1, *threads[k]));
        continue;
      }
      copies[k].push_back(time_of(do_copy, calls_of_copy[k], *threads[k]));
      steps[k].push_back(time_of(do_step, calls_of_step[k], *threads[k]));
    }
  }
  std::vector<Timing> timings;
  for (std::size_t k = 0; k < threads.size(); ++k)
    timings.push_back({median(std::move(steps[k])), median(std::move(copies[k]))});
  return timings;
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace interstice::bench
