#include "engine/scenario/build/by_name.h"

#include <algorithm>
#include <numeric>
#include <type_traits>
#include <utility>

namespace interstice {

Value sorted_by_name(Value value) {
  for (Value& item : value.items) item = sorted_by_name(std::move(item));
  if (value.spec == nullptr || value.spec->kind != Spec::Kind::map) return value;
  std::vector<std::size_t> order(value.keys.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&value](std::size_t i) -> const std::string& { return value.keys[i]; });
  const auto arrange = [&order](auto& entries) {
    std::remove_reference_t<decltype(entries)> arranged;
    for (const std::size_t i : order) arranged.push_back(std::move(entries[i]));
    entries = std::move(arranged);
  };
  arrange(value.key_places);
  arrange(value.items);
  std::ranges::sort(value.keys);
  return value;
}

}  // namespace interstice
