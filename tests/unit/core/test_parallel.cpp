#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "engine/core/parallel.h"

namespace interstice {
namespace {

TEST(Threads, CoverEveryElementOnceOnAnyNumberOfThreads) {
  for (const int count : {1, 2, 3, 8, 16}) {
    const Threads threads(count);
    std::vector<int> visits(10007, 0);
    threads.for_blocks(visits.size(), 64, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) ++visits[i];
    });
    EXPECT_EQ(visits, std::vector<int>(10007, 1)) << count << " threads";
  }
}

TEST(Threads, ClimbAStaircaseAfterWhatIsLeftAndBelow) {
  constexpr std::size_t rows = 23, columns = 17;
  for (const int count : {1, 2, 3, 8, 16}) {
    std::vector<int> steps(rows * columns, 0);  // of the longest way there
    Threads(count).for_staircase(rows, columns, [&](std::size_t row, std::size_t column) {
      const int below = row > 0 ? steps[(row - 1) * columns + column] : 0,
                left = column > 0 ? steps[row * columns + column - 1] : 0;
      steps[row * columns + column] = 1 + std::max(below, left);
    });
    for (std::size_t i = 0; i < steps.size(); ++i)
      ASSERT_EQ(steps[i], static_cast<int>(1 + i / columns + i % columns)) << count << " threads";
  }
}

TEST(Threads, SeeWhatTheCallerWroteAndShowWhatTheyWrote) {
  const Threads threads(4);
  std::vector<double> from(5000), to(5000);
  for (int round = 0; round < 100; ++round) {
    for (std::size_t i = 0; i < from.size(); ++i) from[i] = static_cast<double>(i) + round;
    threads.for_blocks(to.size(), 16, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) to[i] = from[from.size() - 1 - i];
    });
    ASSERT_EQ(to.front(), from.back());
    ASSERT_EQ(to.back(), from.front());
  }
}

TEST(Threads, SumHasTheSameBitsOnAnyNumberOfThreads) {
  std::vector<double> values(100003);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = 1.0 / static_cast<double>(i * i + 1);
  const auto sum = [&](int count) {
    return Threads(count).sum_blocks(values.size(), 128, [&](std::size_t begin, std::size_t end) {
      double block = 0;
      for (std::size_t i = begin; i < end; ++i) block += values[i];
      return block;
    });
  };
  const double serial = sum(1);
  for (const int count : {2, 3, 8, 16}) EXPECT_EQ(sum(count), serial) << count << " threads";
}

TEST(Threads, AllRunWhetherOrNotThereIsACoreForEach) {
  // A block returns only once as many threads as were asked for have come, so that none can do the work of another.
  for (const int count : {2, 8, 16}) {
    const Threads threads(count);
    std::mutex mutex;
    std::condition_variable arrival;
    std::set<std::thread::id> present;
    bool all = false, in_vain = false;
    threads.for_blocks(64 * count, 1, [&](std::size_t, std::size_t) {
      std::unique_lock lock(mutex);
      present.insert(std::this_thread::get_id());
      all |= present.size() == static_cast<std::size_t>(count);
      if (all) arrival.notify_all();
      in_vain |= !arrival.wait_for(lock, std::chrono::seconds(30), [&] { return all || in_vain; });
    });
    EXPECT_TRUE(all) << count << " threads";
    EXPECT_EQ(threads.distinct_workers(), count);
  }
}

}  // namespace
}  // namespace interstice
