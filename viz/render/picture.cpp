#include "viz/render/picture.h"

namespace interstice::render {
namespace {

Panel read_panel(const nlohmann::json& text) {
  Panel panel;
  panel.title = text.value("title", "");
  panel.fields = text.value("fields", "");
  panel.cells = text.value("cells", "");
  panel.vesicles = text.value("vesicles", "");
  panel.walls = text.value("walls", panel.walls);
  panel.cells_are_faint = text.value("cells_are_faint", false);
  panel.point_size = text.value("point_size", panel.point_size);
  if (text.contains("around")) panel.around = text.at("around").get<std::int64_t>();
  return panel;
}

}  // namespace

Job read_job(const nlohmann::json& text) {
  Job job;
  job.width = text.value("width", job.width);
  job.height = text.value("height", job.height);
  job.dark = text.value("dark", false);
  job.signal = text.value("signal", "");
  job.cell_types = text.value("cell_types", job.cell_types);
  job.vesicle_states = text.value("vesicle_states", job.vesicle_states);
  job.regions = text.value("regions", job.regions);
  for (const auto& entry : text.at("pictures")) {
    Picture picture{entry.at("out"), {}};
    for (const auto& panel : entry.at("panels")) picture.panels.push_back(read_panel(panel));
    job.pictures.push_back(std::move(picture));
  }
  return job;
}

}  // namespace interstice::render
