/// @file
/// What is to be drawn, as `interstice render` says it: pictures of panels, each from the snapshot files of a run.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace interstice::render {

/// One view: files that are "" show nothing of their kind.
struct Panel {
  std::string title, fields, cells, vesicles;
  std::string walls = "back";          ///< where the signal is drawn: back (and floor), middle, none
  bool cells_are_faint = false;        ///< outlines of cells, so that vesicles are seen
  double point_size = 2;               ///< of vesicles [pixel]
  std::optional<std::int64_t> around;  ///< id of a cell that is looked at from near
};

struct Picture {
  std::string out;  ///< .png or .jpg
  std::vector<Panel> panels;
};

struct Job {
  int width = 1600, height = 900;
  bool dark = false;
  std::string signal;  ///< array of the fields, with its unit; "" = none
  std::vector<std::string> cell_types, vesicle_states, regions;
  std::vector<Picture> pictures;
};

/// Throws nlohmann::json::exception.
Job read_job(const nlohmann::json& text);

}  // namespace interstice::render
