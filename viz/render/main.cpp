/// @file
/// interstice_render: draws the pictures that standard input describes (viz/render/picture.h); `interstice render`
/// starts it. A line per picture that is done; 75 where EGL gives no window, so that it can be tried with an X server.
#include <vtkErrorCode.h>
#include <vtkJPEGWriter.h>
#include <vtkNew.h>
#include <vtkPNGWriter.h>
#include <vtkRendererCollection.h>
#include <vtkWindowToImageFilter.h>

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <stdexcept>
#include <string_view>

#include "viz/render/offscreen.h"
#include "viz/render/palette.h"
#include "viz/render/scene.h"
#include "viz/render/snapshot_data.h"

namespace interstice::render {
namespace {

constexpr int kNoWindow = 75;
constexpr double kLegend = 230;  ///< width of the strip of names [pixel]

/// As its name ends: .jpg, or else PNG.
void write_image(vtkRenderWindow* window, const std::string& path) {
  vtkNew<vtkWindowToImageFilter> shot;
  shot->SetInput(window);
  shot->ReadFrontBufferOff();
  shot->Update();
  vtkSmartPointer<vtkImageWriter> writer = vtkSmartPointer<vtkPNGWriter>::New();
  if (path.ends_with(".jpg")) {
    auto jpeg = vtkSmartPointer<vtkJPEGWriter>::New();
    jpeg->SetQuality(74);
    writer = jpeg;
  }
  writer->SetFileName(path.c_str());
  writer->SetInputConnection(shot->GetOutputPort());
  writer->Write();
  if (writer->GetErrorCode() != vtkErrorCode::NoError) throw std::runtime_error("cannot write " + path);
}

/// So many that panels, which are as wide for their height as the tissue looks, are largest.
int best_columns(const Picture& picture, double width, double height) {
  const Panel& first = picture.panels.front();
  const auto data = read_snapshot(!first.fields.empty()  ? first.fields
                                  : !first.cells.empty() ? first.cells
                                                         : first.vesicles);
  std::array<double, 6> b{};
  if (data) data->GetBounds(b.data());
  std::array<double, 3> length{b[1] - b[0], b[3] - b[2], b[5] - b[4]};
  std::ranges::sort(length);
  const double aspect = length[1] > 0 ? 0.9 * length[2] / length[1] : 1;  // seen from the side and from above
  const auto count = static_cast<int>(picture.panels.size());
  const auto size_with = [&](int columns) {
    const int rows = (count + columns - 1) / columns;
    return std::min((width / columns - 2 * kMargin) / aspect, height / rows - 2 * kMargin);
  };
  int best = 1;
  for (int columns = 2; columns <= count; ++columns)
    if (size_with(columns) > 1.001 * size_with(best)) best = columns;
  return best;
}

void draw(vtkRenderWindow* window, const Job& job, const Picture& picture, const std::array<double, 2>& range) {
  while (vtkRenderer* old = window->GetRenderers()->GetFirstRenderer()) window->RemoveRenderer(old);
  const double right = 1 - kLegend / job.width;
  const auto count = static_cast<int>(picture.panels.size());
  const int columns = best_columns(picture, right * job.width, job.height), rows = (count + columns - 1) / columns;
  for (int k = 0; k < count; ++k) {
    const PanelSize size{right * job.width / columns, static_cast<double>(job.height) / rows};
    const auto scene = scene_of(picture.panels[static_cast<std::size_t>(k)], job, range, size);
    const int row = k / columns, column = k % columns;
    scene->SetViewport(right * column / columns, 1 - (row + 1.0) / rows, right * (column + 1) / columns,
                       1 - static_cast<double>(row) / rows);
    window->AddRenderer(scene);
  }
  const Colour ground = background(job.dark);
  for (int k = count; k < rows * columns; ++k) {  // what is left of the last row
    vtkNew<vtkRenderer> empty;
    empty->SetBackground(ground[0], ground[1], ground[2]);
    empty->SetViewport(right * (k % columns) / columns, 0, right * (k % columns + 1) / columns, 1.0 / rows);
    window->AddRenderer(empty);
  }
  const auto legend = legend_of(job, picture, range);
  legend->SetViewport(right, 0, 1, 1);
  window->AddRenderer(legend);
  window->Render();
  write_image(window, picture.out);
}

int run(bool by_x) {
  const Job job = read_job(nlohmann::json::parse(std::cin));
  const auto window = by_x ? x_window(job.width, job.height) : surfaceless_window(job.width, job.height);
  if (!window) return kNoWindow;
  window->SetMultiSamples(0);
  const auto range = signal_range(job).value_or(std::array{0.0, 1.0});
  for (const Picture& picture : job.pictures) {
    draw(window, job, picture, range);
    std::cout << picture.out << std::endl;
  }
  return EXIT_SUCCESS;
}

}  // namespace
}  // namespace interstice::render

int main(int count, char** words) {
  try {
    return interstice::render::run(count > 1 && std::string_view(words[1]) == "--x");
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return EXIT_FAILURE;
  }
}
