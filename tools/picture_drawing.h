/// @file
/// Pictures by interstice_render, the program beside this one that links VTK.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

namespace interstice::cli {

/// A directory for files of a moment; it goes with them. Throws DiskError where none can be made.
class Workplace {
 public:
  Workplace();
  ~Workplace();
  Workplace(const Workplace&) = delete;
  Workplace& operator=(const Workplace&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// Whether the program that draws is there: it is built where VTK is installed.
bool can_draw();

/// Draws what a job describes (viz/render/picture.h). Without a window of its own it is tried again with an X server
/// that nobody sees. Throws InputError where there is nothing to draw with, DiskError where it fails or takes too long.
void draw_pictures(const nlohmann::json& job, const Workplace& place);

}  // namespace interstice::cli
