/// @file
/// Keys of names. Ids of agents and the keys of their noise hash what things are called, never where they stand in a
/// list: another order of a list, or a further entry that has a name, changes no random number. Doses of a class and
/// placements of a cell type have no names: they are counted, the doses in the order of their times.
#pragma once

#include <string_view>

#include "engine/core/ids.h"

namespace interstice {

/// Every byte is mixed in turn; `key` is that of what stands before. Part of the results: never change it.
constexpr std::uint64_t name_key(std::string_view name, std::uint64_t key = 0) {
  for (const char c : name) key = mix64(key + static_cast<unsigned char>(c) + 1);
  return key;
}

}  // namespace interstice
