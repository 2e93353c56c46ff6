/// @file
/// Reading .vti images: the only place of the engine that uses VTK, which is optional.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace interstice {

/// An image as it lies in its file, x fastest.
struct LabelPixels {
  std::array<std::uint64_t, 3> size{};  ///< along x, y, z
  std::vector<std::int32_t> labels;
  /// Edges of a pixel along x, y, z where the file states them, in um or in a unit that it does not name.
  std::optional<std::array<double, 3>> pixel;
  bool in_um = false;
};

/// Throws InputError, also when built without VTK.
LabelPixels read_vti(const std::filesystem::path& path, const std::string& array_name);

}  // namespace interstice
