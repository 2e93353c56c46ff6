#include <gtest/gtest.h>

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

TEST(Threads, MoreThreadsThanCoresReallyRun) {
  const Threads threads(8);
  for (int round = 0; round < 200 && threads.distinct_workers() < 3; ++round) {
    threads.for_blocks(64, 1, [](std::size_t, std::size_t) {
      double busy = 1;
      for (int i = 0; i < 100000; ++i) busy = busy * 1.0000001 + 1e-9;
      volatile double sink = busy;
      static_cast<void>(sink);
    });
  }
  EXPECT_GE(threads.distinct_workers(), 3);
}

}  // namespace
}  // namespace interstice
