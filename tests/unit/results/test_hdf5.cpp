/// @file
/// Arrays deflated by ISA-L read back through the stock HDF5 filters, bit for bit; errors name path and reason.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <cstring>
#include <fstream>
#include <random>

#include "engine/core/error.h"
#include "engine/results/hdf5/hdf5_deflate.h"
#include "engine/results/hdf5/hdf5_file.h"
#include "support/file_text.h"
#include "unit/results/sample_state.h"

namespace interstice {
namespace {

using testing::TemporaryDirectory;
using Shape = std::vector<std::uint64_t>;

std::size_t count_of(const Shape& shape) {
  std::size_t n = 1;
  for (const auto extent : shape) n *= extent;
  return n;
}

/// Random bits: NaNs, denormals and all.
template <class T>
std::vector<T> noise(std::size_t n, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<T> values(n);
  for (T& value : values) {
    const std::uint64_t bits = random();
    std::memcpy(&value, &bits, sizeof value);
  }
  return values;
}

template <class T>
void expect_round_trip(const Shape& shape, const std::vector<T>& values) {
  const TemporaryDirectory directory;
  const auto path = directory.path() / "a.hdf";
  auto file = Hdf5File::create(path);
  file.write<T>("/a", values, shape);
  const auto checksum = file.checksums().at("/a");
  file.close();
  const auto opened = Hdf5File::open(path);
  const Hdf5Array read = opened.read("/a");
  EXPECT_EQ(read.shape, shape);
  ASSERT_EQ(read.bytes.size(), values.size() * sizeof(T));
  EXPECT_EQ(std::memcmp(read.bytes.data(), values.data(), read.bytes.size()), 0);
  EXPECT_EQ(array_checksum("/a", read), checksum);
}

template <class T>
class Hdf5RoundTrip : public ::testing::Test {};
using ElementTypes = ::testing::Types<float, double, std::int32_t, std::int64_t, std::uint8_t, std::uint16_t,
                                      std::uint32_t, std::uint64_t>;
TYPED_TEST_SUITE(Hdf5RoundTrip, ElementTypes);

TYPED_TEST(Hdf5RoundTrip, IncompressibleArraysOfUnevenShapes) {
  for (const Shape& shape : {Shape{600011}, Shape{70001, 3}, Shape{67, 101, 130}, Shape{3, 5}, Shape{1}, Shape{}})
    expect_round_trip(shape, noise<TypeParam>(count_of(shape), 1));
}

TYPED_TEST(Hdf5RoundTrip, ConstantAndCountingArrays) {
  expect_round_trip(Shape{64, 100, 50}, std::vector<TypeParam>(320000, TypeParam(3)));
  std::vector<TypeParam> counting(500000);
  for (std::size_t i = 0; i < counting.size(); ++i) counting[i] = static_cast<TypeParam>(i);
  expect_round_trip(Shape{500000}, counting);
}

TEST(Hdf5, CompressedArraysUseTheBuiltInFiltersOnly) {
  const TemporaryDirectory directory;
  const auto path = directory.path() / "a.hdf";
  auto file = Hdf5File::create(path);
  file.write<float>("/a", std::vector<float>(100 * 100 * 100, 1.5F), Shape{100, 100, 100});
  file.close();
  EXPECT_LT(std::filesystem::file_size(path), 100000U);  // 4 MB as they are
  const Hdf5Handle opened(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
  const Hdf5Handle dataset(H5Dopen2(opened.get(), "/a", H5P_DEFAULT), H5Dclose);
  const Hdf5Handle creation(H5Dget_create_plist(dataset.get()), H5Pclose);
  ASSERT_EQ(H5Pget_nfilters(creation.get()), 2);
  unsigned flags = 0, config = 0;
  std::size_t parameters = 0;
  EXPECT_EQ(H5Pget_filter2(creation.get(), 0, &flags, &parameters, nullptr, 0, nullptr, &config), H5Z_FILTER_SHUFFLE);
  parameters = 0;
  EXPECT_EQ(H5Pget_filter2(creation.get(), 1, &flags, &parameters, nullptr, 0, nullptr, &config), H5Z_FILTER_DEFLATE);
  hsize_t chunk[3];
  ASSERT_EQ(H5Pget_chunk(creation.get(), 3, chunk), 3);
  for (const auto extent : chunk) EXPECT_EQ(100 % extent, 0U);
}

TEST(Hdf5, ChunksDivideExtentsOrPadLessThanOnePerChunk) {
  EXPECT_EQ(chunk_shape(Shape{100, 100, 400}), (std::vector<hsize_t>{50, 50, 50}));
  EXPECT_EQ(chunk_shape(Shape{1000000, 3})[1], 3U);
  for (std::uint64_t n : {1ULL, 7ULL, 262144ULL, 262145ULL, 1000003ULL}) {
    const auto chunk = chunk_shape(Shape{n})[0];
    const auto pieces = (n + chunk - 1) / chunk;
    EXPECT_LT(pieces * chunk - n, pieces) << n;
    EXPECT_LE(chunk, 262144U) << n;
  }
}

TEST(Hdf5, DirectWriteSaysWhenItCannot) {
  const std::vector<float> values(2000, 1.0F);
  EXPECT_FALSE(write_deflated(-1, values.data(), Shape{2000}, std::vector<hsize_t>{2000}, sizeof(float)));
}

TEST(Hdf5, TextsAttributesLinksAndScales) {
  const TemporaryDirectory directory;
  const auto path = directory.path() / "a.hdf";
  auto file = Hdf5File::create(path);
  file.create_group("/g");
  file.write<double>("/g/a", std::vector<double>{1, 2, 3, 4, 5, 6}, Shape{2, 3});
  file.write<double>("/x", std::vector<double>{5, 15, 25}, Shape{3});
  file.set_attribute("/g/a", "units", "uM");
  file.attach_scale("/g/a", 1, "/x");
  file.link("/g/a", "/alias");
  file.write_text("/text", "caf\xc3\xa9");
  file.write_text("/empty", "");
  file.close();
  const auto opened = Hdf5File::open(path);
  EXPECT_EQ(opened.text_attribute("/alias", "units"), "uM");
  EXPECT_EQ(opened.read_text("/text"), "caf\xc3\xa9");
  EXPECT_EQ(opened.read_text("/empty"), "");
  EXPECT_EQ(opened.read_as<double>("/alias")[5], 6.0);
  EXPECT_EQ(opened.datasets(), (std::vector<std::string>{"/alias", "/empty", "/g/a", "/text", "/x"}));
  EXPECT_TRUE(opened.exists("/g/a"));
  EXPECT_FALSE(opened.exists("/nowhere/a"));
  EXPECT_FALSE(opened.is_integer("/x"));
}

std::string message_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const DiskError& error) {
    return error.what();
  }
  return "no DiskError";
}

TEST(Hdf5, ErrorsNamePathAndReason) {
  const TemporaryDirectory directory;
  const auto missing = directory.path() / "missing.hdf";
  const std::string open_error = message_of([&] { Hdf5File::open(missing); });
  EXPECT_NE(open_error.find(missing.string()), std::string::npos) << open_error;
  EXPECT_NE(open_error.find("No such file or directory"), std::string::npos) << open_error;
  const auto nowhere = directory.path() / "nowhere" / "a.hdf";
  const std::string create_error = message_of([&] { Hdf5File::create(nowhere); });
  EXPECT_NE(create_error.find(nowhere.string()), std::string::npos) << create_error;
  const auto garbage = directory.path() / "garbage.hdf";
  std::ofstream(garbage) << "not HDF5 at all";
  EXPECT_NE(message_of([&] { Hdf5File::open(garbage); }).find("(file signature not found)"), std::string::npos)
      << message_of([&] { Hdf5File::open(garbage); });
}

/// The library keeps small arrays and attributes to itself until they are closed.
TEST(Hdf5, AFullDiskIsAnErrorOfTheArrayThatDidNotFit) {
  const TemporaryDirectory directory;
  auto file = Hdf5File::create(directory.path() / "a.hdf");
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  const rlimit none{0, before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &none);
  const std::string error = message_of([&] { file.write<double>("/x", std::vector<double>(3, 1.0), Shape{3}); });
  setrlimit(RLIMIT_FSIZE, &before);
  EXPECT_NE(error.find("/x"), std::string::npos) << error;
}

TEST(Hdf5, EqualContentGivesEqualFiles) {
  const TemporaryDirectory directory;
  std::array<std::string, 2> content;
  for (auto& text : content) {
    const auto path = directory.path() / "a.hdf";
    auto file = Hdf5File::create(path);
    file.create_group("/g");
    file.write<double>("/g/a", noise<double>(5000, 3), Shape{5000});
    file.close();
    text = test::file_text(path);
    if (&text == &content[0]) sleep(1);  // object headers would hold the second of their creation
  }
  EXPECT_EQ(content[0], content[1]);
}

}  // namespace
}  // namespace interstice
