/// @file
/// SHA-256 (OpenSSL) over numbers in little-endian order.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace interstice {

class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;

  void add_bytes(const void* data, std::size_t size);
  void add(std::string_view text);  ///< length, then the characters
  void add(double value);
  void add(std::uint64_t value);
  void add(std::span<const double> values);
  /// 64 hexadecimal digits; the object is spent afterwards.
  [[nodiscard]] std::string hex_digest();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace interstice
