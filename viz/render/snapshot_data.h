/// @file
/// Snapshot files as VTK reads them.
#pragma once

#include <vtkDataSet.h>
#include <vtkSmartPointer.h>

#include <array>
#include <optional>
#include <string>

#include "viz/render/picture.h"

namespace interstice::render {

/// Throws std::runtime_error where it cannot be read.
vtkSmartPointer<vtkDataSet> read_snapshot(const std::string& path);

/// Moves vesicles on or in cells beside these where a periodic wall of a domain with these bounds parts them.
void join_hosts(vtkDataSet* vesicles, vtkDataSet* cells, const std::array<double, 6>& bounds);

/// Range of the signal over all files of a job; none where no file has it.
std::optional<std::array<double, 2>> signal_range(const Job& job);

}  // namespace interstice::render
