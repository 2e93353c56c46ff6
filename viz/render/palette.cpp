#include "viz/render/palette.h"

#include <algorithm>

namespace interstice::render {
namespace {

constexpr Colour rgb(unsigned hex) {
  return {((hex >> 16) & 255) / 255.0, ((hex >> 8) & 255) / 255.0, (hex & 255) / 255.0};
}

constexpr Colour kCells[] = {rgb(0xE69F00), rgb(0x56B4E9), rgb(0x009E73), rgb(0xF0E442),
                             rgb(0x0072B2), rgb(0xD55E00), rgb(0x999999), rgb(0x4D4D4D)};
constexpr Colour kVesicles[] = {rgb(0x7F8A95), rgb(0x000000), rgb(0xCC79A7)};
constexpr Colour kVesiclesOnDark[] = {rgb(0xB9C4D2), rgb(0xFFFFFF), rgb(0xE6A9CA)};
constexpr Colour kViridis[] = {rgb(0x440154), rgb(0x472D7B), rgb(0x3B528B), rgb(0x2C728E), rgb(0x21918C),
                               rgb(0x28AE80), rgb(0x5EC962), rgb(0xADDC30), rgb(0xFDE725)};

}  // namespace

Colour cell_colour(std::size_t type) { return kCells[type % std::size(kCells)]; }
Colour vesicle_colour(std::size_t state, bool dark) {
  return (dark ? kVesiclesOnDark : kVesicles)[state % std::size(kVesicles)];
}
Colour background(bool dark) { return dark ? rgb(0x0B0F15) : rgb(0xFFFFFF); }
Colour ink(bool dark) { return dark ? rgb(0xEEF1F4) : rgb(0x14181D); }

vtkSmartPointer<vtkLookupTable> table_of_names(std::size_t count, Colour (*colour)(std::size_t, bool), bool dark) {
  auto table = vtkSmartPointer<vtkLookupTable>::New();
  const auto size = static_cast<vtkIdType>(std::max<std::size_t>(count, 1));
  table->SetNumberOfTableValues(size);
  table->SetTableRange(-0.5, static_cast<double>(size) - 0.5);
  for (vtkIdType k = 0; k < size; ++k) {
    const Colour c = colour(static_cast<std::size_t>(k), dark);
    table->SetTableValue(k, c[0], c[1], c[2]);
  }
  return table;
}

vtkSmartPointer<vtkLookupTable> viridis(double low, double high) {
  auto table = vtkSmartPointer<vtkLookupTable>::New();
  constexpr int kShades = 256, kParts = static_cast<int>(std::size(kViridis)) - 1;
  table->SetNumberOfTableValues(kShades);
  table->SetTableRange(low, high);
  for (int k = 0; k < kShades; ++k) {
    const double at = static_cast<double>(k) / (kShades - 1) * kParts;
    const int part = std::min(static_cast<int>(at), kParts - 1);
    Colour c;
    for (std::size_t a = 0; a < 3; ++a)
      c[a] = kViridis[part][a] + (at - part) * (kViridis[part + 1][a] - kViridis[part][a]);
    table->SetTableValue(k, c[0], c[1], c[2]);
  }
  return table;
}

}  // namespace interstice::render
