/// @file
/// timeseries.csv reads back to the same doubles, and a file that is still growing is readable at any time.
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <limits>

#include "engine/core/error.h"
#include "engine/results/atomic_file.h"
#include "engine/results/time_series.h"
#include "unit/results/sample_state.h"

namespace interstice {
namespace {

using testing::TemporaryDirectory;

TEST(TimeSeries, RoundTripsEveryDouble) {
  const TemporaryDirectory directory;
  const auto path = directory.path() / "timeseries.csv";
  const std::vector<std::string> columns{"a [uM]", "odd, \"name\" [1]"};
  const double tiny = std::numeric_limits<double>::denorm_min(), nan = std::nan("");
  const double infinity = std::numeric_limits<double>::infinity();
  const std::vector<std::vector<double>> rows{{0.1, 1.0 / 3}, {-0.0, tiny}, {1e300, -infinity}, {nan, 123456789}};
  TimeSeriesWriter writer(path, columns);
  for (std::size_t r = 0; r < rows.size(); ++r) writer.append(0.05 * static_cast<double>(r), rows[r]);
  writer.close();
  const TimeSeries series = read_time_series(path);
  EXPECT_EQ(series.labels, columns);
  ASSERT_EQ(series.time.size(), rows.size());
  for (std::size_t r = 0; r < rows.size(); ++r) {
    EXPECT_EQ(series.time[r], 0.05 * static_cast<double>(r));
    for (std::size_t c = 0; c < 2; ++c) {
      if (std::isnan(rows[r][c]))
        EXPECT_TRUE(std::isnan(series.columns[c][r]));
      else
        EXPECT_EQ(series.columns[c][r], rows[r][c]);
      EXPECT_EQ(std::signbit(series.columns[c][r]), std::signbit(rows[r][c]));
    }
  }
  EXPECT_EQ(series.find("a"), 0U);
  EXPECT_EQ(series.find("a [uM]"), 0U);
  EXPECT_FALSE(series.find("b"));
  EXPECT_THROW(static_cast<void>(series["b"]), InputError);
}

TEST(TimeSeries, NumbersAreTheShortestThatReadBack) {
  const TemporaryDirectory directory;
  const auto path = directory.path() / "timeseries.csv";
  TimeSeriesWriter writer(path, std::vector<std::string>{"a [uM]"});
  writer.append(0.05, std::vector<double>{0.3});
  EXPECT_EQ(read_text_file(path), "time [s],a [uM]\n0.05,0.3\n");  // complete lines are there before the end
}

TEST(TimeSeries, IgnoresALineThatIsStillBeingWritten) {
  const TemporaryDirectory directory;
  const auto path = directory.path() / "timeseries.csv";
  std::ofstream(path) << "time [s],a [uM]\n0,1\n1,2\n2,3";
  EXPECT_EQ(read_time_series(path).time, (std::vector<double>{0, 1}));
}

TEST(TimeSeries, RefusesWhatIsNoTimeSeries) {
  const TemporaryDirectory directory;
  const auto path = directory.path() / "timeseries.csv";
  EXPECT_THROW(read_time_series(path), DiskError);
  std::ofstream(path) << "time [s],a [uM]\n0,1,2\n";
  EXPECT_THROW(read_time_series(path), DiskError);
  std::ofstream(path) << "time [s],a [uM]\n0,one\n";
  EXPECT_THROW(read_time_series(path), DiskError);
}

TEST(TimeSeries, FullDiskIsReported) {
  ASSERT_TRUE(std::filesystem::exists("/dev/full"));
  EXPECT_THROW(TimeSeriesWriter("/dev/full", std::vector<std::string>{"a [uM]"}), DiskError);
}

TEST(TimeSeries, SinkWritesTheObservables) {
  const TemporaryDirectory directory;
  const auto path = directory.path() / "timeseries.csv";
  const Problem problem = testing::sample_problem();
  const State state = testing::sample_state(problem);
  TimeSeriesSink sink(path, problem);
  sink.record(state, problem);
  sink.close();
  const TimeSeries series = read_time_series(path);
  ASSERT_EQ(series.labels.size(), sink.observables().size());
  EXPECT_EQ(series.time.front(), 1.5);
  std::vector<double> values(sink.observables().size());
  sink.observables().measure(state, problem, values);
  for (std::size_t c = 0; c < values.size(); ++c) {
    EXPECT_EQ(series.labels[c], sink.observables().names()[c].label());
    EXPECT_EQ(series.columns[c].front(), values[c]) << series.labels[c];
  }
}

}  // namespace
}  // namespace interstice
