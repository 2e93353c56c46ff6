#include "viz/render/snapshot_data.h"

#include <vtkDataArray.h>
#include <vtkExecutive.h>
#include <vtkHDFReader.h>
#include <vtkMath.h>
#include <vtkNew.h>
#include <vtkPointData.h>
#include <vtkPointSet.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <unordered_map>

namespace interstice::render {

vtkSmartPointer<vtkDataSet> read_snapshot(const std::string& path) {
  vtkNew<vtkHDFReader> reader;
  reader->SetFileName(path.c_str());
  if (reader->CanReadFile(path.c_str()) == 0 || reader->GetExecutive()->Update() == 0)
    throw std::runtime_error(path + " cannot be read: it is damaged or not a snapshot");
  return vtkDataSet::SafeDownCast(reader->GetOutputDataObject(0));
}

constexpr double kNearHost = 1.5;  // radii: a vesicle that is bound lies no farther from the middle of its cell

void join_hosts(vtkDataSet* vesicles, vtkDataSet* cells, const std::array<double, 6>& bounds) {
  auto* points = vtkPointSet::SafeDownCast(vesicles);
  vtkDataArray *ids = cells->GetPointData()->GetArray("id"), *radii = cells->GetPointData()->GetArray("radius [um]"),
               *hosts = vesicles->GetPointData()->GetArray("host");
  if (points == nullptr || points->GetPoints() == nullptr || ids == nullptr || radii == nullptr || hosts == nullptr)
    return;
  std::unordered_map<double, vtkIdType> place;
  for (vtkIdType k = 0; k < cells->GetNumberOfPoints(); ++k) place.emplace(ids->GetTuple1(k), k);
  for (vtkIdType k = 0; k < points->GetNumberOfPoints(); ++k) {
    const auto host = place.find(hosts->GetTuple1(k));
    if (host == place.end() || host->first < 0) continue;
    std::array<double, 3> at{}, cell{};
    points->GetPoint(k, at.data());
    cells->GetPoint(host->second, cell.data());
    const double radius = radii->GetTuple1(host->second);
    if (vtkMath::Distance2BetweenPoints(at.data(), cell.data()) < kNearHost * kNearHost * radius * radius) continue;
    for (int a = 0; a < 3; ++a)
      if (const double length = bounds[2 * a + 1] - bounds[2 * a]; std::abs(at[a] - cell[a]) > 0.5 * length)
        at[a] += at[a] < cell[a] ? length : -length;
    points->GetPoints()->SetPoint(k, at.data());
  }
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
