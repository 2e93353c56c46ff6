#include "engine/scenario/build/label_image.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>
#include <string>

#include "engine/core/error.h"
#include "engine/results/hdf5/hdf5_file.h"
#include "engine/scenario/build/label_image_vti.h"

namespace interstice {

namespace {

LabelPixels read_hdf5(const std::filesystem::path& path, const std::string& wanted) {
  const Hdf5File file = Hdf5File::open(path);
  std::string dataset = wanted;
  if (dataset.empty()) {
    const auto all = file.datasets();
    if (all.size() != 1)
      throw InputError(fmt::format("{}: which of {} data sets holds the labels? (give `dataset: /name`)", path.string(),
                                   all.size()));
    dataset = all.front();
  }
  if (dataset.front() != '/') dataset = fmt::format("/{}", dataset);
  if (!file.exists(dataset)) {
    std::string known;
    for (const auto& name : file.datasets()) known.append(known.empty() ? "" : ", ").append(name);
    throw InputError(fmt::format("{}: there is no {} (data sets: {})", path.string(), dataset, known));
  }
  const auto shape = file.shape(dataset);
  if (shape.size() != 3 || !file.is_integer(dataset))
    throw InputError(
        fmt::format("{}: {} is no label image (it has {} dimensions and {} elements) store integers as "
                    "(z, y, x)",
                    path.string(), dataset, shape.size(), file.is_integer(dataset) ? "integer" : "other"));
  LabelPixels pixels;
  pixels.size = {shape[2], shape[1], shape[0]};
  pixels.labels = file.read_as<std::int32_t>(dataset);
  const auto zyx = file.numbers_attribute(dataset, "element_size_um");  // as Fiji writes it
  if (zyx.size() == 3) pixels.pixel = {zyx[2], zyx[1], zyx[0]};
  pixels.in_um = true;
  return pixels;
}

LabelPixels read_pixels(const std::filesystem::path& path, const std::string& dataset) {
  try {
    return path.extension() == ".vti" ? read_vti(path, dataset) : read_hdf5(path, dataset);
  } catch (const DiskError& error) {  // a wrong file in a scenario is the user's to mend, not the machine's
    throw InputError(fmt::format("{} give an HDF5 file or a .vti image", error.what()));
  }
}

/// Pixels along one axis that a voxel covers: [first, last).
struct Cover {
  std::uint64_t first = 0, last = 1;
};

Cover cover(std::uint64_t voxel, std::uint64_t voxels, std::uint64_t pixels) {
  if (pixels >= voxels) return {voxel * (pixels / voxels), (voxel + 1) * (pixels / voxels)};
  const std::uint64_t pixel = voxel / (voxels / pixels);
  return {pixel, pixel + 1};
}

std::int32_t commonest(const LabelPixels& image, Cover x, Cover y, Cover z) {
  std::map<std::int32_t, std::uint64_t> votes;
  for (std::uint64_t k = z.first; k < z.last; ++k)
    for (std::uint64_t j = y.first; j < y.last; ++j)
      for (std::uint64_t i = x.first; i < x.last; ++i)
        ++votes[image.labels[i + image.size[0] * (j + image.size[1] * k)]];
  return std::max_element(votes.begin(), votes.end(), [](auto& a, auto& b) { return a.second < b.second; })->first;
}

using Sizes = std::array<std::uint64_t, 3>;

bool divides(std::uint64_t pixels, std::uint64_t voxels) { return pixels % voxels == 0 || voxels % pixels == 0; }

std::string axis_name(std::size_t axis) { return std::string("xyz").substr(axis, 1); }

/// An axis along which pixels are finer than voxels and one along which they are coarser: that is no scale, but most
/// likely a mix-up of axes. A single pixel stands for any number of voxels.
std::optional<std::array<std::size_t, 2>> opposite_scales(const Sizes& pixels, const Sizes& voxels) {
  std::optional<std::size_t> finer, coarser;
  for (std::size_t a = 0; a < 3; ++a) {
    if (pixels[a] > voxels[a]) finer = a;
    if (pixels[a] < voxels[a] && pixels[a] > 1) coarser = a;
  }
  return finer && coarser ? std::optional(std::array{*finer, *coarser}) : std::nullopt;
}

/// Which order of the image's axes would fit the grid; best one that needs no scaling.
std::string likely_transposition(const Sizes& pixels, const Sizes& voxels) {
  std::array<std::size_t, 3> order{0, 1, 2};
  std::string found;
  while (std::ranges::next_permutation(order).found) {
    const Sizes turned{pixels[order[0]], pixels[order[1]], pixels[order[2]]};
    bool fits = !opposite_scales(turned, voxels);
    for (std::size_t a = 0; a < 3; ++a) fits = fits && divides(turned[a], voxels[a]);
    if (!fits || (!found.empty() && turned != voxels)) continue;
    found = fmt::format("its axes {}, {}, {} would fit as x, y, z: transpose it (HDF5 arrays are stored as (z, y, x))",
                        axis_name(order[0]), axis_name(order[1]), axis_name(order[2]));
    if (turned == voxels) break;
  }
  return found;
}

/// Where the edges of voxels differ, pixels may well be finer along one axis and coarser along another.
void check_size(const std::filesystem::path& path, const LabelPixels& image, const Sizes& grid, bool cubic) {
  const Sizes pixels{image.size[0], image.size[1], image.size[2]};
  const bool empty = std::ranges::find(pixels, 0U) != pixels.end();
  const std::string turned = empty ? "" : likely_transposition(pixels, grid);
  for (std::size_t a = 0; a < 3; ++a)
    if (pixels[a] == 0 || !divides(pixels[a], grid[a]))
      throw InputError(fmt::format("{}: {} pixels along {} do not fit {} voxels (neither divides the other) {}",
                                   path.string(), pixels[a], axis_name(a), grid[a],
                                   turned.empty() ? "resample the image or choose another spacing" : turned));
  if (const auto axes = opposite_scales(pixels, grid); cubic && axes)
    throw InputError(fmt::format(
        "{}: {} x {} x {} pixels are finer than {} x {} x {} voxels along {} and coarser along {} (an image "
        "shows one scale) {}",
        path.string(), pixels[0], pixels[1], pixels[2], grid[0], grid[1], grid[2], axis_name((*axes)[0]),
        axis_name((*axes)[1]), turned.empty() ? "resample the image to the grid" : turned));
}

/// The image fills the domain, so their edges must agree where the file states its own. A .vti names no unit: any of
/// the usual ones will do.
void check_extent(const std::filesystem::path& path, const LabelPixels& image, Vec3 domain) {
  constexpr double kClose = 0.01;
  if (!image.pixel) return;
  const std::array<double, 3> edges{domain.x, domain.y, domain.z};
  std::array<double, 3> extent{};
  for (std::size_t a = 0; a < 3; ++a) extent[a] = (*image.pixel)[a] * static_cast<double>(image.size[a]);
  const auto fits = [&](double um) {
    for (std::size_t a = 0; a < 3; ++a)
      if (!(std::abs(extent[a] * um / edges[a] - 1) <= kClose)) return false;
    return true;
  };
  if (fits(1) || (!image.in_um && std::ranges::any_of(std::array{1e-3, 1e3, 1e4, 1e6}, fits))) return;
  throw InputError(fmt::format(
      "{}: the image spans {:.4g} x {:.4g} x {:.4g}{} by the size of its pixels, and the domain {:.4g} x {:.4g} x "
      "{:.4g} um (an image fills the domain) set domain.size to the image's, or mend {} in the file",
      path.string(), extent[0], extent[1], extent[2], image.in_um ? " um" : "", edges[0], edges[1], edges[2],
      image.in_um ? "element_size_um" : "Spacing"));
}

}  // namespace

std::vector<std::int32_t> read_label_image(const std::filesystem::path& path, const std::string& dataset,
                                           const Grid& grid) {
  if (!std::filesystem::exists(path))
    throw InputError(fmt::format("{}: there is no such label image (look for a misspelt path)", path.string()));
  const LabelPixels image = read_pixels(path, dataset);
  const std::array<std::uint64_t, 3> voxels{static_cast<std::uint64_t>(grid.nx), static_cast<std::uint64_t>(grid.ny),
                                            static_cast<std::uint64_t>(grid.nz)};
  check_size(path, image, voxels, grid.cubic());
  check_extent(path, image, grid.size());
  std::vector<std::int32_t> labels;
  labels.reserve(grid.voxel_count());
  for (std::uint64_t k = 0; k < voxels[2]; ++k)
    for (std::uint64_t j = 0; j < voxels[1]; ++j)
      for (std::uint64_t i = 0; i < voxels[0]; ++i)
        labels.push_back(commonest(image, cover(i, voxels[0], image.size[0]), cover(j, voxels[1], image.size[1]),
                                   cover(k, voxels[2], image.size[2])));
  return labels;
}

}  // namespace interstice
