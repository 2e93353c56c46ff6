/// @file
/// The strip at the right of a picture: what colours mean.
#include <vtkActor2D.h>
#include <vtkCellArray.h>
#include <vtkCoordinate.h>
#include <vtkNew.h>
#include <vtkPoints.h>
#include <vtkPolyData.h>
#include <vtkPolyDataMapper2D.h>
#include <vtkProperty2D.h>
#include <vtkScalarBarActor.h>
#include <vtkTextActor.h>
#include <vtkTextProperty.h>

#include <algorithm>

#include "viz/render/palette.h"
#include "viz/render/scene.h"

namespace interstice::render {
namespace {

class Legend {
 public:
  /// For so many names and heads; where a picture is low they stand closer.
  Legend(bool dark, int height, std::size_t lines)
      : ink_(ink(dark)), line_(std::min(28.0 / height, 0.6 / static_cast<double>(lines))) {
    const Colour ground = background(dark);
    renderer_->SetBackground(ground[0], ground[1], ground[2]);
    renderer_->InteractiveOff();
  }

  void head(const std::string& text) {
    y_ -= 0.5 * line_;
    write(text, 0.05, 16, true);
    y_ -= line_;
  }
  void name(const std::string& text, const Colour& colour) {
    square(colour);
    write(text, 0.2, 15, false);
    y_ -= line_;
  }
  void bar(vtkLookupTable* table, const std::string& title) {
    head(title);
    y_ -= 0.6 * line_;
    vtkNew<vtkScalarBarActor> bar;
    bar->SetLookupTable(table);
    bar->SetNumberOfLabels(5);
    bar->SetTitle("");
    bar->SetLabelFormat("%.3g");
    bar->UnconstrainedFontSizeOn();
    style(bar->GetLabelTextProperty(), 14);
    bar->GetPositionCoordinate()->SetCoordinateSystemToNormalizedViewport();
    const double height = std::clamp(y_ - 0.05, 0.15, 0.35);
    bar->SetPosition(0.05, y_ + 0.02 - height);
    bar->SetWidth(0.6);
    bar->SetHeight(height);
    bar->SetBarRatio(0.2);
    renderer_->AddActor2D(bar);
  }
  [[nodiscard]] vtkSmartPointer<vtkRenderer> renderer() const { return renderer_; }

 private:
  void style(vtkTextProperty* text, int size) const {
    text->SetFontFamilyToArial();
    text->SetItalic(0);
    text->SetBold(0);
    text->SetShadow(0);
    text->SetFontSize(size);
    text->SetColor(ink_[0], ink_[1], ink_[2]);
  }
  void write(const std::string& text, double x, int size, bool bold) {
    vtkNew<vtkTextActor> actor;
    actor->SetInput(text.c_str());
    style(actor->GetTextProperty(), size);
    actor->GetTextProperty()->SetBold(bold ? 1 : 0);
    actor->GetTextProperty()->SetVerticalJustificationToCentered();
    actor->GetPositionCoordinate()->SetCoordinateSystemToNormalizedViewport();
    actor->SetPosition(x, y_);
    renderer_->AddActor2D(actor);
  }
  void square(const Colour& colour) {
    vtkNew<vtkPoints> points;
    for (const auto& [x, y] : {std::pair{0.05, -0.3}, {0.13, -0.3}, {0.13, 0.3}, {0.05, 0.3}})
      points->InsertNextPoint(x, y_ + y * line_, 0);
    vtkNew<vtkCellArray> cells;
    cells->InsertNextCell({0, 1, 2, 3});
    vtkNew<vtkPolyData> shape;
    shape->SetPoints(points);
    shape->SetPolys(cells);
    vtkNew<vtkCoordinate> coordinate;
    coordinate->SetCoordinateSystemToNormalizedViewport();
    vtkNew<vtkPolyDataMapper2D> mapper;
    mapper->SetInputData(shape);
    mapper->SetTransformCoordinate(coordinate);
    vtkNew<vtkActor2D> actor;
    actor->SetMapper(mapper);
    actor->GetProperty()->SetColor(colour[0], colour[1], colour[2]);
    renderer_->AddActor2D(actor);
  }

  Colour ink_;
  double line_;  ///< share of the height
  vtkSmartPointer<vtkRenderer> renderer_ = vtkSmartPointer<vtkRenderer>::New();
  double y_ = 0.96;
};

}  // namespace

vtkSmartPointer<vtkRenderer> legend_of(const Job& job, const Picture& picture, const std::array<double, 2>& range) {
  const auto any = [&](std::string Panel::*file) {
    return std::ranges::any_of(picture.panels, [&](const Panel& panel) { return !(panel.*file).empty(); });
  };
  const bool walls = std::ranges::any_of(picture.panels, [](const Panel& panel) { return panel.walls != "none"; });
  Legend legend(job.dark, job.height, job.cell_types.size() + job.vesicle_states.size() + 5);
  if (any(&Panel::cells) && !job.cell_types.empty()) {
    legend.head("cells");
    for (std::size_t k = 0; k < job.cell_types.size(); ++k) legend.name(job.cell_types[k], cell_colour(k));
  }
  if (any(&Panel::vesicles) && !job.vesicle_states.empty()) {
    legend.head("EVs");
    for (std::size_t k = 0; k < job.vesicle_states.size(); ++k)
      legend.name(job.vesicle_states[k], vesicle_colour(k, job.dark));
  }
  if (any(&Panel::fields) && walls && !job.signal.empty()) legend.bar(viridis(range[0], range[1]), job.signal);
  return legend.renderer();
}

}  // namespace interstice::render
