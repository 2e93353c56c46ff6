#include "viz/render/scene.h"

#include <vtkActor.h>
#include <vtkBillboardTextActor3D.h>
#include <vtkCamera.h>
#include <vtkCellData.h>
#include <vtkDataArray.h>
#include <vtkDataSetMapper.h>
#include <vtkExtractVOI.h>
#include <vtkFeatureEdges.h>
#include <vtkGeometryFilter.h>
#include <vtkGlyph3D.h>
#include <vtkImageData.h>
#include <vtkLineSource.h>
#include <vtkMatrix4x4.h>
#include <vtkNew.h>
#include <vtkOutlineSource.h>
#include <vtkPointData.h>
#include <vtkPolyDataMapper.h>
#include <vtkProperty.h>
#include <vtkSphereSource.h>
#include <vtkTextActor.h>
#include <vtkTextProperty.h>
#include <vtkThreshold.h>
#include <vtkUnstructuredGrid.h>

#include <algorithm>
#include <cmath>

#include "viz/render/axes.h"
#include "viz/render/palette.h"
#include "viz/render/snapshot_data.h"

namespace interstice::render {
namespace {

constexpr const char* kRadius = "radius [um]";
constexpr double kBarBelow = 0.05;  ///< the scale bar lies so far below the box, over its longest side
constexpr double kBehind = 0.53;  ///< voxels from the middle of the last to its wall: just behind outlines on its face

Colour colour_of_cell(std::size_t type, bool /*dark*/) { return cell_colour(type); }

/// Draws one panel.
class Scene {
 public:
  Scene(const Panel& panel, const Job& job, const std::array<double, 2>& range, const PanelSize& size)
      : panel_(panel), job_(job), range_(range), size_(size), ink_(ink(job.dark)) {
    const Colour ground = background(job.dark);
    renderer_->SetBackground(ground[0], ground[1], ground[2]);
  }

  vtkSmartPointer<vtkRenderer> draw() {
    vtkSmartPointer<vtkDataSet> fields = panel_.fields.empty() ? nullptr : read_snapshot(panel_.fields);
    vtkSmartPointer<vtkDataSet> cells = panel_.cells.empty() ? nullptr : read_snapshot(panel_.cells);
    vtkSmartPointer<vtkDataSet> vesicles = panel_.vesicles.empty() ? nullptr : read_snapshot(panel_.vesicles);
    for (vtkDataSet* data : {fields.Get(), cells.Get(), vesicles.Get()}) {
      if (data == nullptr || data->GetNumberOfPoints() == 0) continue;
      grow(data);
      if (data == fields.Get()) break;  // the whole domain: the same at all times, whatever reaches out of it
    }
    axes_ = axes_of(bounds_);
    if (auto* image = vtkImageData::SafeDownCast(fields)) draw_fields(image);
    if (cells) draw_cells(cells);
    if (vesicles && cells) join_hosts(vesicles, cells, bounds_);
    if (vesicles) draw_vesicles(vesicles);
    draw_box();
    if (!panel_.around) draw_scale_bar();
    draw_title();
    look(cells);
    return renderer_;
  }

 private:
  void grow(vtkDataSet* data) {
    std::array<double, 6> b{};
    data->GetBounds(b.data());
    if (auto* image = vtkImageData::SafeDownCast(data))  // points are middles of voxels
      for (int a = 0; a < 3; ++a) {
        b[2 * a] -= 0.5 * image->GetSpacing()[a];
        b[2 * a + 1] += 0.5 * image->GetSpacing()[a];
      }
    for (int a = 0; a < 3; ++a) {
      bounds_[2 * a] = known_ ? std::min(bounds_[2 * a], b[2 * a]) : b[2 * a];
      bounds_[2 * a + 1] = known_ ? std::max(bounds_[2 * a + 1], b[2 * a + 1]) : b[2 * a + 1];
    }
    known_ = true;
  }

  void add(vtkMapper* mapper, const Colour* colour = nullptr, double opacity = 1, double width = 1) {
    vtkNew<vtkActor> actor;
    actor->SetMapper(mapper);
    if (colour != nullptr) actor->GetProperty()->SetColor((*colour)[0], (*colour)[1], (*colour)[2]);
    actor->GetProperty()->SetOpacity(opacity);
    actor->GetProperty()->SetLineWidth(static_cast<float>(width));
    if (colour != nullptr) actor->GetProperty()->LightingOff();
    renderer_->AddActor(actor);
  }

  // ---- signals

  void draw_fields(vtkImageData* image) {
    draw_regions(image);
    if (panel_.walls == "none" || image->GetPointData()->GetArray(job_.signal.c_str()) == nullptr) return;
    const int* size = image->GetDimensions();
    if (panel_.walls == "middle") return draw_wall(image, axes_.away, size[axes_.away] / 2, 0);
    const bool last = axes_.sight() > 0;
    draw_wall(image, axes_.away, last ? size[axes_.away] - 1 : 0, last ? kBehind : -kBehind);
    draw_wall(image, axes_.up, 0, -kBehind);
  }

  /// A layer of voxels, moved by a share of a voxel onto the face of the domain.
  void draw_wall(vtkImageData* image, int axis, int layer, double moved) {
    std::array<int, 6> voi{};
    image->GetExtent(voi.data());
    voi[2 * axis] = voi[2 * axis + 1] = voi[2 * axis] + layer;
    vtkNew<vtkExtractVOI> cut;
    cut->SetInputData(image);
    cut->SetVOI(voi.data());
    vtkNew<vtkDataSetMapper> mapper;
    mapper->SetInputConnection(cut->GetOutputPort());
    mapper->SetScalarModeToUsePointFieldData();
    mapper->SelectColorArray(job_.signal.c_str());
    mapper->SetLookupTable(viridis(range_[0], range_[1]));
    mapper->UseLookupTableScalarRangeOn();
    mapper->InterpolateScalarsBeforeMappingOn();
    vtkNew<vtkActor> actor;
    actor->SetMapper(mapper);
    std::array<double, 3> shift{}, stretch{1, 1, 1}, middle{};
    shift[axis] = moved * image->GetSpacing()[axis];
    for (int a = 0; a < 3; ++a) {  // from the middles of the outer voxels to the faces of the domain
      middle[a] = 0.5 * (bounds_[2 * a] + bounds_[2 * a + 1]);
      const int n = image->GetDimensions()[a];
      if (a != axis && n > 1) stretch[a] = static_cast<double>(n) / (n - 1);
    }
    actor->SetOrigin(middle.data());
    actor->SetScale(stretch.data());
    actor->SetPosition(shift.data());
    actor->GetProperty()->LightingOff();
    renderer_->AddActor(actor);
  }

  /// Voxels as cells, so that outlines lie on their faces and not in their middles.
  static vtkSmartPointer<vtkImageData> voxels_of(vtkImageData* image) {
    auto voxels = vtkSmartPointer<vtkImageData>::New();
    std::array<double, 3> origin{};
    std::array<int, 3> size{};
    for (int a = 0; a < 3; ++a) {
      origin[a] = image->GetOrigin()[a] - 0.5 * image->GetSpacing()[a];
      size[a] = image->GetDimensions()[a] + 1;
    }
    voxels->SetOrigin(origin.data());
    voxels->SetSpacing(image->GetSpacing());
    voxels->SetDimensions(size.data());
    voxels->GetCellData()->AddArray(image->GetPointData()->GetArray("region"));
    return voxels;
  }

  void draw_regions(vtkImageData* image) {
    if (image->GetPointData()->GetArray("region") == nullptr) return;
    const auto voxels = voxels_of(image);
    const Colour soft = job_.dark ? Colour{0.55, 0.6, 0.66} : Colour{0.35, 0.4, 0.45};
    for (std::size_t k = 0; k < job_.regions.size(); ++k) {
      vtkNew<vtkThreshold> part;
      part->SetInputData(voxels);
      part->SetInputArrayToProcess(0, 0, 0, vtkDataObject::FIELD_ASSOCIATION_CELLS, "region");
      part->SetThresholdFunction(vtkThreshold::THRESHOLD_BETWEEN);
      part->SetLowerThreshold(static_cast<double>(k) - 0.5);
      part->SetUpperThreshold(static_cast<double>(k) + 0.5);
      vtkNew<vtkGeometryFilter> surface;
      surface->SetInputConnection(part->GetOutputPort());
      vtkNew<vtkFeatureEdges> edges;
      edges->SetInputConnection(surface->GetOutputPort());
      edges->NonManifoldEdgesOff();
      edges->ColoringOff();
      vtkNew<vtkPolyDataMapper> mapper;
      mapper->SetInputConnection(edges->GetOutputPort());
      mapper->ScalarVisibilityOff();
      add(mapper, &soft, 0.7, 1.5);
    }
  }

  // ---- agents

  void draw_cells(vtkDataSet* cells) {
    if (cells->GetPointData()->GetArray(kRadius) == nullptr) return;
    vtkNew<vtkThreshold> there;  // one with id -1 and no radius stands for none
    there->SetInputData(cells);
    there->SetInputArrayToProcess(0, 0, 0, vtkDataObject::FIELD_ASSOCIATION_POINTS, kRadius);
    there->SetThresholdFunction(vtkThreshold::THRESHOLD_UPPER);
    there->SetUpperThreshold(1e-6);
    vtkNew<vtkSphereSource> ball;
    const int fine = cells->GetNumberOfPoints() < 3000 ? 24 : cells->GetNumberOfPoints() < 30000 ? 12 : 6;
    ball->SetRadius(1);
    ball->SetThetaResolution(fine);
    ball->SetPhiResolution(fine);
    vtkNew<vtkGlyph3D> spheres;
    spheres->SetInputConnection(there->GetOutputPort());
    spheres->SetSourceConnection(ball->GetOutputPort());
    spheres->SetInputArrayToProcess(0, 0, 0, vtkDataObject::FIELD_ASSOCIATION_POINTS, kRadius);
    spheres->SetInputArrayToProcess(3, 0, 0, vtkDataObject::FIELD_ASSOCIATION_POINTS, "type");
    spheres->SetScaleModeToScaleByScalar();
    spheres->SetColorModeToColorByScalar();
    vtkNew<vtkPolyDataMapper> mapper;
    mapper->SetInputConnection(spheres->GetOutputPort());
    mapper->SetScalarModeToUsePointFieldData();
    mapper->SelectColorArray("type");
    mapper->SetColorModeToMapScalars();  // bytes would be taken for colours
    mapper->SetLookupTable(table_of_names(job_.cell_types.size(), colour_of_cell, job_.dark));
    mapper->UseLookupTableScalarRangeOn();
    vtkNew<vtkActor> actor;
    actor->SetMapper(mapper);
    actor->GetProperty()->SetOpacity(panel_.cells_are_faint ? 0.15 : 1);
    actor->GetProperty()->SetSpecular(0.1);
    actor->GetProperty()->SetAmbient(0.15);
    actor->GetProperty()->SetDiffuse(0.85);
    renderer_->AddActor(actor);
  }

  void draw_vesicles(vtkDataSet* vesicles) {
    vtkNew<vtkGeometryFilter> points;
    points->SetInputData(vesicles);
    vtkNew<vtkPolyDataMapper> mapper;
    mapper->SetInputConnection(points->GetOutputPort());
    mapper->SetScalarModeToUsePointFieldData();
    mapper->SelectColorArray("state");
    mapper->SetColorModeToMapScalars();
    mapper->SetLookupTable(table_of_names(job_.vesicle_states.size(), vesicle_colour, job_.dark));
    mapper->UseLookupTableScalarRangeOn();
    vtkNew<vtkActor> actor;
    actor->SetMapper(mapper);
    actor->GetProperty()->SetPointSize(static_cast<float>(panel_.point_size));
    constexpr double kMostSolid = 4000;  // more would hide what is behind them
    actor->GetProperty()->SetOpacity(std::clamp(kMostSolid / (1.0 + vesicles->GetNumberOfPoints()), 0.15, 1.0));
    actor->GetProperty()->LightingOff();
    renderer_->AddActor(actor);
  }

  // ---- frame

  void draw_box() {
    vtkNew<vtkOutlineSource> box;
    box->SetBounds(bounds_.data());
    vtkNew<vtkPolyDataMapper> mapper;
    mapper->SetInputConnection(box->GetOutputPort());
    add(mapper, &ink_, 0.5, 1);
  }

  /// A round length of about a quarter of the longest axis, below the box.
  void draw_scale_bar() {
    const double longest = bounds_[2 * axes_.right + 1] - bounds_[2 * axes_.right], wanted = 0.25 * longest;
    const double power = std::pow(10.0, std::floor(std::log10(wanted)));
    const double length = wanted >= 5 * power ? 5 * power : wanted >= 2 * power ? 2 * power : power;
    std::array<double, 3> from{};
    from[axes_.right] = bounds_[2 * axes_.right];
    from[axes_.up] = bounds_[2 * axes_.up] - kBarBelow * longest;
    from[axes_.away] = bounds_[2 * axes_.away + (axes_.sight() > 0 ? 0 : 1)];
    std::array<double, 3> to = from, middle = from;
    to[axes_.right] += length;
    middle[axes_.right] += 0.5 * length;
    middle[axes_.up] -= 0.015 * longest;
    vtkNew<vtkLineSource> line;
    line->SetPoint1(from.data());
    line->SetPoint2(to.data());
    vtkNew<vtkPolyDataMapper> mapper;
    mapper->SetInputConnection(line->GetOutputPort());
    add(mapper, &ink_, 1, 3);
    vtkNew<vtkBillboardTextActor3D> text;
    const std::string label = std::to_string(static_cast<int>(std::round(length))) + " µm";
    text->SetInput(label.c_str());
    text->SetPosition(middle.data());
    style(text->GetTextProperty(), 15);
    text->GetTextProperty()->SetJustificationToCentered();
    text->GetTextProperty()->SetVerticalJustificationToTop();
    renderer_->AddActor(text);
  }

  void style(vtkTextProperty* text, int size) const {
    text->SetFontFamilyToArial();
    text->SetFontSize(size);
    text->SetColor(ink_[0], ink_[1], ink_[2]);
  }

  void draw_title() {
    if (panel_.title.empty()) return;
    vtkNew<vtkTextActor> title;
    title->SetInput(panel_.title.c_str());
    style(title->GetTextProperty(), 18);
    title->GetTextProperty()->SetVerticalJustificationToTop();
    const Colour ground = background(job_.dark);
    title->GetTextProperty()->SetBackgroundColor(ground[0], ground[1], ground[2]);
    title->GetTextProperty()->SetBackgroundOpacity(panel_.around ? 0.8 : 0);
    title->GetPositionCoordinate()->SetCoordinateSystemToNormalizedViewport();
    title->SetPosition(0.02, 0.97);
    renderer_->AddActor(title);
  }

  void look(vtkDataSet* cells) {
    std::array<double, 3> centre{}, position{}, up{};
    double radius = 0;
    for (int a = 0; a < 3; ++a) {
      centre[a] = 0.5 * (bounds_[2 * a] + bounds_[2 * a + 1]);
      radius = std::max(radius, bounds_[2 * a + 1] - bounds_[2 * a]);
    }
    const bool flat = panel_.walls == "middle";
    position = centre;
    position[axes_.away] -= 3 * radius * axes_.sight();
    if (!flat) {
      position[axes_.up] += 1.0 * radius;
      position[axes_.right] += 0.9 * radius;
    }
    up[axes_.up] = 1;
    vtkCamera* camera = renderer_->GetActiveCamera();
    camera->SetParallelProjection(flat ? 1 : 0);
    camera->SetFocalPoint(centre.data());
    camera->SetPosition(position.data());
    camera->SetViewUp(up.data());
    camera->SetViewAngle(18);
    if (panel_.around && cells != nullptr && look_at_cell(cells, camera)) return;
    renderer_->ResetCamera();
    fill(camera);
  }

  /// Draws near until the box, with its scale bar, fills the panel.
  void fill(vtkCamera* camera) {
    vtkMatrix4x4* projection = camera->GetCompositeProjectionTransformMatrix(size_.width / size_.height, -1, 1);
    const double right = 1 - 2 * kMargin / size_.width, up = 1 - 2 * kMargin / size_.height;
    const double longest = bounds_[2 * axes_.right + 1] - bounds_[2 * axes_.right];
    double most = 0;
    for (int corner = 0; corner < 8; ++corner) {
      std::array<double, 4> at{0, 0, 0, 1};
      for (int a = 0; a < 3; ++a) at[a] = bounds_[2 * a + (corner >> a & 1)];
      if ((corner >> axes_.up & 1) == 0) at[axes_.up] -= kBarBelow * longest;
      projection->MultiplyPoint(at.data(), at.data());
      most = std::max({most, std::abs(at[0] / at[3]) / right, std::abs(at[1] / at[3]) / up});
    }
    if (most > 0) camera->Zoom(1 / most);
  }

  /// From near: seven radii of the cell fill the picture.
  bool look_at_cell(vtkDataSet* cells, vtkCamera* camera) {
    vtkDataArray *ids = cells->GetPointData()->GetArray("id"), *radii = cells->GetPointData()->GetArray(kRadius);
    for (vtkIdType k = 0; ids != nullptr && radii != nullptr && k < cells->GetNumberOfPoints(); ++k) {
      if (ids->GetTuple1(k) != static_cast<double>(*panel_.around)) continue;
      std::array<double, 3> at{}, position{};
      cells->GetPoint(k, at.data());
      camera->GetPosition(position.data());
      for (int a = 0; a < 3; ++a) position[a] += at[a] - camera->GetFocalPoint()[a];
      camera->SetFocalPoint(at.data());
      camera->SetPosition(position.data());
      camera->SetParallelProjection(1);
      camera->SetParallelScale(5 * radii->GetTuple1(k));
      mark(at, radii->GetTuple1(k));
      renderer_->ResetCameraClippingRange();
      return true;
    }
    return false;
  }

  /// A halo around the cell that is looked at.
  void mark(const std::array<double, 3>& at, double radius) {
    vtkNew<vtkSphereSource> halo;
    halo->SetCenter(at.data());
    halo->SetRadius(1.12 * radius);
    halo->SetThetaResolution(32);
    halo->SetPhiResolution(32);
    vtkNew<vtkPolyDataMapper> mapper;
    mapper->SetInputConnection(halo->GetOutputPort());
    add(mapper, &ink_, 0.25);
  }

  const Panel& panel_;
  const Job& job_;
  const std::array<double, 2>& range_;
  PanelSize size_;
  Colour ink_;
  vtkSmartPointer<vtkRenderer> renderer_ = vtkSmartPointer<vtkRenderer>::New();
  std::array<double, 6> bounds_{0, 1, 0, 1, 0, 1};
  bool known_ = false;
  Axes axes_;
};

}  // namespace

vtkSmartPointer<vtkRenderer> scene_of(const Panel& panel, const Job& job, const std::array<double, 2>& range,
                                      const PanelSize& size) {
  return Scene(panel, job, range, size).draw();
}

}  // namespace interstice::render
