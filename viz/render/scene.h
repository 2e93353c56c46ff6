/// @file
/// A panel as VTK draws it.
#pragma once

#include <vtkRenderer.h>
#include <vtkSmartPointer.h>

#include "viz/render/picture.h"

namespace interstice::render {

constexpr double kMargin = 34;  ///< of a panel: for the title above, and for the length below the scale bar [pixel]

struct PanelSize {
  double width = 1, height = 1;  ///< [pixel]
};

/// Cells as spheres of their true radius, vesicles as points, the signal on walls, outlines of regions, a scale bar,
/// the title; the camera looks across the longest axis.
vtkSmartPointer<vtkRenderer> scene_of(const Panel& panel, const Job& job, const std::array<double, 2>& range,
                                      const PanelSize& size);

/// Names of colours, and the bar of the signal.
vtkSmartPointer<vtkRenderer> legend_of(const Job& job, const Picture& picture, const std::array<double, 2>& range);

}  // namespace interstice::render
