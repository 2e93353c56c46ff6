#include "engine/scenario/build/label_image_vti.h"

#include <fmt/format.h>

#include "engine/core/error.h"
#include "engine/scenario/build/label_image.h"

#ifdef INTERSTICE_HAS_VTK
#include <vtkCellData.h>
#include <vtkCommand.h>
#include <vtkDataArray.h>
#include <vtkImageData.h>
#include <vtkNew.h>
#include <vtkObject.h>
#include <vtkPointData.h>
#include <vtkXMLImageDataReader.h>
#endif

namespace interstice {

#ifdef INTERSTICE_HAS_VTK

namespace {

/// Keeps VTK's complaints from the terminal; we say it ourselves.
class Silence : public vtkCommand {
 public:
  static Silence* New() { return new Silence; }
  void Execute(vtkObject*, unsigned long, void*) override { failed = true; }
  bool failed = false;
};

/// The wanted array, or the only one when none was named.
vtkDataArray* find_array(vtkDataSetAttributes* data, const std::string& name) {
  if (!name.empty()) return data->GetArray(name.c_str());
  return data->GetNumberOfArrays() == 1 ? data->GetArray(0) : nullptr;
}

}  // namespace

bool reads_vti() { return true; }

LabelPixels read_vti(const std::filesystem::path& path, const std::string& array_name) {
  vtkNew<Silence> silence;
  vtkNew<vtkXMLImageDataReader> reader;
  reader->AddObserver(vtkCommand::ErrorEvent, silence);
  reader->SetFileName(path.c_str());
  if (reader->CanReadFile(path.c_str()) == 0)
    throw InputError(fmt::format("{}: not a .vti image (export it from ParaView as VTK ImageData)", path.string()));
  reader->Update();
  vtkImageData* image = reader->GetOutput();
  if (silence->failed || image == nullptr)
    throw InputError(fmt::format("{}: the .vti image is damaged (export it again)", path.string()));
  const int* points = image->GetDimensions();
  bool of_cells = true;
  vtkDataArray* array = find_array(image->GetCellData(), array_name);
  if (array == nullptr) {
    array = find_array(image->GetPointData(), array_name);
    of_cells = false;
  }
  if (array == nullptr || array->GetNumberOfComponents() != 1)
    throw InputError(array_name.empty()
                         ? fmt::format("{}: which array holds the labels? (give `dataset: name`)", path.string())
                         : fmt::format("{}: no array '{}' with one number per voxel", path.string(), array_name));
  LabelPixels pixels;
  for (std::size_t a = 0; a < 3; ++a) pixels.size[a] = static_cast<std::uint64_t>(points[a] - (of_cells ? 1 : 0));
  const std::array<double, 3> spacing = {image->GetSpacing()[0], image->GetSpacing()[1], image->GetSpacing()[2]};
  if (spacing != std::array{1.0, 1.0, 1.0}) pixels.pixel = spacing;  // 1 is what VTK writes where nothing is known
  pixels.labels.reserve(static_cast<std::size_t>(array->GetNumberOfTuples()));
  for (vtkIdType i = 0; i < array->GetNumberOfTuples(); ++i) {
    const double value = array->GetComponent(i, 0);
    const auto label = static_cast<std::int32_t>(value);
    if (label != value)
      throw InputError(fmt::format("{}: {} is not a label (labels are integers)", path.string(), value));
    pixels.labels.push_back(label);
  }
  return pixels;
}

#else

bool reads_vti() { return false; }

LabelPixels read_vti(const std::filesystem::path& path, const std::string&) {
  throw InputError(
      fmt::format("{}: .vti images need VTK (this program was built without it) install libvtk9-dev and build again, "
                  "or convert the "
                  "labels to an HDF5 integer array (z, y, x)",
                  path.string()));
}

#endif

}  // namespace interstice
