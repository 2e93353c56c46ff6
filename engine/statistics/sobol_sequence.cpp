#include "engine/statistics/sobol_sequence.h"

#include <array>
#include <boost/random/sobol.hpp>

#include "engine/core/error.h"
#include "engine/core/name_key.h"
#include "engine/core/noise.h"

namespace interstice {
namespace {

constexpr std::size_t kBits = 32;
constexpr std::size_t kMostAxes = boost::random::default_sobol_table::max_dimension;
constexpr std::uint64_t kScrambling = 0xffffffff;  // a step that no point of a design has

using DigitKeys = std::array<std::uint64_t, kBits>;

/// Every digit is flipped or not, by a hash of the digits before it: a random tree of permutations.
std::uint32_t scrambled(std::uint32_t digits, const DigitKeys& key) {
  std::uint32_t flips = 0;
  for (std::size_t k = 0; k < kBits; ++k) {
    const std::uint64_t before = k == 0 ? 0 : digits >> (kBits - k);
    flips |= static_cast<std::uint32_t>(mix64(key[k] + before) >> 63) << (kBits - 1 - k);
  }
  return digits ^ flips;
}

DigitKeys digit_keys(const std::string& axis, std::uint64_t seed) {
  const Noise noise(seed);
  DigitKeys key{};
  for (std::size_t k = 0; k < kBits; ++k) {
    const auto bits = noise.bits(Stream::design, name_key(axis), kScrambling, static_cast<std::uint32_t>(k));
    key[k] = (static_cast<std::uint64_t>(bits[0]) << 32) | bits[1];
  }
  return key;
}

}  // namespace

struct SobolSequence::Impl {
  explicit Impl(std::size_t axes) : engine(axes) {}
  boost::random::sobol_engine<std::uint32_t, kBits> engine;
  std::vector<DigitKeys> key;
  bool at_origin = true;
};

SobolSequence::SobolSequence(const std::vector<std::string>& axis, std::uint64_t seed) {
  if (axis.empty() || axis.size() > kMostAxes)
    throw InputError("a Sobol' sequence has 1 to " + std::to_string(kMostAxes) + " axes, not " +
                     std::to_string(axis.size()) + " (no direction numbers are known) sample at random");
  impl_ = std::make_unique<Impl>(axis.size());
  for (const std::string& name : axis) impl_->key.push_back(digit_keys(name, seed));
}

SobolSequence::~SobolSequence() = default;
SobolSequence::SobolSequence(SobolSequence&&) noexcept = default;
SobolSequence& SobolSequence::operator=(SobolSequence&&) noexcept = default;

std::vector<double> SobolSequence::next() {
  std::vector<double> point;
  for (const DigitKeys& key : impl_->key) {
    const std::uint32_t digits = impl_->at_origin ? 0 : impl_->engine();  // Boost begins after the origin
    point.push_back((static_cast<double>(scrambled(digits, key)) + 0.5) * 0x1p-32);
  }
  impl_->at_origin = false;
  return point;
}

}  // namespace interstice
