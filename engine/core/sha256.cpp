#include "engine/core/sha256.h"

#include <openssl/evp.h>

#include <array>
#include <bit>
#include <stdexcept>

namespace interstice {

static_assert(std::endian::native == std::endian::little, "digests are defined over little-endian numbers");

struct Sha256::Impl {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  ~Impl() { EVP_MD_CTX_free(context); }
};

Sha256::Sha256() : impl_(std::make_unique<Impl>()) {
  if (EVP_DigestInit_ex(impl_->context, EVP_sha256(), nullptr) != 1) throw std::runtime_error("OpenSSL has no SHA-256");
}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;

void Sha256::add_bytes(const void* data, std::size_t size) { EVP_DigestUpdate(impl_->context, data, size); }
void Sha256::add(std::string_view text) {
  add(static_cast<std::uint64_t>(text.size()));
  add_bytes(text.data(), text.size());
}
void Sha256::add(double value) { add_bytes(&value, sizeof value); }
void Sha256::add(std::uint64_t value) { add_bytes(&value, sizeof value); }
void Sha256::add(std::span<const double> values) { add_bytes(values.data(), values.size_bytes()); }

std::string Sha256::hex_digest() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int length = 0;
  EVP_DigestFinal_ex(impl_->context, digest.data(), &length);
  std::string hex;
  for (unsigned int i = 0; i < length; ++i) {
    hex += "0123456789abcdef"[digest[i] >> 4];
    hex += "0123456789abcdef"[digest[i] & 15];
  }
  return hex;
}

}  // namespace interstice
