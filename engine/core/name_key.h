/// @file
/// Keys of names. Ids of agents and the keys of their noise hash what things are called, never where they stand in a
/// list: adding an entry to a scenario, or listing entries in another order, changes no random number.
#pragma once

#include <string_view>

#include "engine/core/ids.h"

namespace interstice {

/// Every byte is mixed in turn. Part of the results: never change it.
constexpr std::uint64_t name_key(std::string_view name) {
  std::uint64_t key = 0;
  for (const char c : name) key = mix64(key + static_cast<unsigned char>(c) + 1);
  return key;
}

}  // namespace interstice
