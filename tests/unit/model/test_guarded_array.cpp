/// @file
/// Arrays that models write into: they start at 0 in every step and tell who wrote beyond their ends.
#include <gtest/gtest.h>

#include <algorithm>

#include "engine/model/guarded_array.h"

namespace interstice {
namespace {

TEST(GuardedArray, CostsNothingUntilItIsAskedForAndThenStartsAtZero) {
  GuardedArray<double> array(3);
  EXPECT_TRUE(array.asked().empty());
  EXPECT_FALSE(array.overrun().has_value());
  array.ask()[1] = 5;
  EXPECT_EQ(array.ask()[1], 5) << "asking twice in a step gives the same array";
  array.begin_step(4);
  EXPECT_TRUE(array.asked().empty());
  EXPECT_EQ(array.ask().size(), 4U);
  EXPECT_TRUE(std::ranges::all_of(array.asked(), [](double x) { return x == 0; }));
}

template <class T>
void expect_overrun(std::ptrdiff_t entry) {
  GuardedArray<T> array(10);
  std::ranges::fill(array.ask(), T{7});
  EXPECT_FALSE(array.overrun().has_value());
  array.ask().data()[entry] = T{0};
  ASSERT_TRUE(array.overrun().has_value()) << entry;
  EXPECT_EQ(*array.overrun(), entry);
}

TEST(GuardedArray, TellsWhichEntryBeyondItsEndsWasWritten) {
  for (const std::ptrdiff_t entry : {-64, -1, 10, 11, 73}) expect_overrun<double>(entry);
  for (const std::ptrdiff_t entry : {-128, -1, 10, 137}) expect_overrun<float>(entry);
  for (const std::ptrdiff_t entry : {-512, -1, 10, 521}) expect_overrun<std::uint8_t>(entry);
}

}  // namespace
}  // namespace interstice
