/// @file
/// Key paths such as species.ATP.decay.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace interstice {

inline std::vector<std::string> split_key_path(std::string_view path) {
  std::vector<std::string> parts(1);
  for (const char c : path) {
    if (c == '.')
      parts.emplace_back();
    else
      parts.back() += c;
  }
  return parts;
}

inline std::string joined_key_path(const std::vector<std::string>& parts) {
  std::string path;
  for (const std::string& part : parts) path += (path.empty() ? "" : ".") + part;
  return path;
}

}  // namespace interstice
