/// @file
/// Colours: those of Okabe & Ito (2008) for what has a name, viridis for signals.
#pragma once

#include <vtkLookupTable.h>
#include <vtkSmartPointer.h>

#include <array>
#include <cstddef>

namespace interstice::render {

using Colour = std::array<double, 3>;

Colour cell_colour(std::size_t type);
Colour vesicle_colour(std::size_t state, bool dark);
Colour background(bool dark);
Colour ink(bool dark);

/// Numbers 0, 1, 2 ... in the colours of their names.
vtkSmartPointer<vtkLookupTable> table_of_names(std::size_t count, Colour (*colour)(std::size_t, bool), bool dark);
vtkSmartPointer<vtkLookupTable> viridis(double low, double high);

}  // namespace interstice::render
