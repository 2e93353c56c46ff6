#include "viz/render/snapshot_data.h"

#include <vtkDataArray.h>
#include <vtkExecutive.h>
#include <vtkHDFReader.h>
#include <vtkNew.h>
#include <vtkPointData.h>

#include <algorithm>
#include <stdexcept>

namespace interstice::render {

vtkSmartPointer<vtkDataSet> read_snapshot(const std::string& path) {
  vtkNew<vtkHDFReader> reader;
  reader->SetFileName(path.c_str());
  if (reader->CanReadFile(path.c_str()) == 0 || reader->GetExecutive()->Update() == 0)
    throw std::runtime_error(path + " cannot be read: it is damaged or not a snapshot");
  return vtkDataSet::SafeDownCast(reader->GetOutputDataObject(0));
}

std::optional<std::array<double, 2>> signal_range(const Job& job) {
  std::optional<std::array<double, 2>> all;
  for (const Picture& picture : job.pictures)
    for (const Panel& panel : picture.panels) {
      if (panel.fields.empty() || panel.walls == "none") continue;
      const auto data = read_snapshot(panel.fields);
      vtkDataArray* array = data ? data->GetPointData()->GetArray(job.signal.c_str()) : nullptr;
      if (array == nullptr) continue;
      std::array<double, 2> range{};
      array->GetRange(range.data());
      all = all ? std::array{std::min((*all)[0], range[0]), std::max((*all)[1], range[1])} : range;
    }
  if (!all) return all;
  auto& [low, high] = *all;
  constexpr double kNearlyConstant = 0.1;  // what hardly differs shall not look as if it did
  if (high - low < kNearlyConstant * high) low = 0;
  if (!(high > low)) high = low + 1;
  return all;
}

}  // namespace interstice::render
