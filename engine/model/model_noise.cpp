#include "engine/model/model_noise.h"

#include "engine/core/keyed_uniforms.h"

namespace interstice {

namespace {

/// FNV-1a, 64 bits.
std::uint64_t hash_of(std::string_view name) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return hash;
}

}  // namespace

ModelNoise::ModelNoise(const Noise& run, std::string_view model) : noise_(child_id(run.seed(), hash_of(model))) {}

void ModelNoise::uniforms(std::uint16_t stream, std::uint64_t step, std::span<const AgentId> id,
                          std::span<double> out) const {
  keyed_uniforms({noise_.seed(), Stream{stream}, step}, id, out);
}

}  // namespace interstice
