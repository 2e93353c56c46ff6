/// @file
/// A window that nobody sees: OpenGL through EGL without a surface, where neither a screen nor a graphics card is
/// there.
#pragma once

#include <vtkRenderWindow.h>
#include <vtkSmartPointer.h>

namespace interstice::render {

/// Null where EGL can give none: then an X server has to do (xvfb-run).
vtkSmartPointer<vtkRenderWindow> surfaceless_window(int width, int height);

/// By X, off the screen.
vtkSmartPointer<vtkRenderWindow> x_window(int width, int height);

}  // namespace interstice::render
