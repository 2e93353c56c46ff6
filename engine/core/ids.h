/// @file
/// Typed indices into the tables of a Problem, and the 64-bit identities of agents.
#pragma once

#include <cstddef>
#include <cstdint>

namespace interstice {

enum class SpeciesId : std::uint32_t {};
enum class ReactionId : std::uint32_t {};
enum class RegionId : std::uint8_t {};
enum class CellTypeId : std::uint8_t {};
enum class ColumnId : std::uint32_t {};   ///< a named number that every cell carries
enum class ProteinId : std::uint32_t {};  ///< a surface protein counted per vesicle
enum class VesicleClassId : std::uint8_t {};
enum class ReservoirId : std::uint8_t {};

template <class Id>
constexpr std::size_t index(Id id) {
  return static_cast<std::size_t>(id);
}

/// Identity of an agent. Cells, vesicles and recruits have separate id spaces.
using AgentId = std::uint64_t;

/// Bijective 64-bit mixer (splitmix64 finaliser, Steele et al. 2014).
constexpr std::uint64_t mix64(std::uint64_t v) {
  v = (v ^ (v >> 30)) * 0xbf58476d1ce4e5b9ULL;
  v = (v ^ (v >> 27)) * 0x94d049bb133111ebULL;
  return v ^ (v >> 31);
}

/// Id of the `ordinal`-th child of `parent`: independent of how many others were born meanwhile.
constexpr AgentId child_id(AgentId parent, std::uint64_t ordinal) {
  return mix64(mix64(parent + 0x9e3779b97f4a7c15ULL) + ordinal);
}

/// Where a vesicle is. Those that ended (see VesicleLedger) leave the arrays.
enum class VesicleState : std::uint8_t { free, adsorbed, endosomal };
inline constexpr std::uint32_t kNoHost = 0xffffffff;

}  // namespace interstice
