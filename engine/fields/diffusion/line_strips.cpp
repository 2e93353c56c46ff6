#include "engine/fields/diffusion/line_strips.h"

namespace interstice {
namespace {

constexpr std::size_t kWidestVector = 8;      // numbers, so that every set begins aligned
constexpr std::ptrdiff_t kSetsCompared = 64;  // without repeats the search must not take for ever

/// Compares lines by the kinds of their voxels.
class StripKinds {
 public:
  StripKinds(const Conductance& conductance, const LineStrips& strips) : g_(conductance), s_(strips) {}

  [[nodiscard]] bool level(std::size_t strip) const {
    for (std::size_t lane = 1; lane < s_.lanes(strip); ++lane) {
      if (!same_line(s_.first(strip), s_.first(strip, lane))) return false;
    }
    return true;
  }

  [[nodiscard]] bool same(std::size_t a, bool a_level, std::size_t b, bool b_level) const {
    if (a_level != b_level) return false;
    if (a_level) return same_line(s_.first(a), s_.first(b));
    if (s_.lanes(a) != s_.lanes(b)) return false;
    for (std::size_t lane = 0; lane < s_.lanes(a); ++lane) {
      if (!same_line(s_.first(a, lane), s_.first(b, lane))) return false;
    }
    return true;
  }

 private:
  [[nodiscard]] bool same_line(std::size_t a, std::size_t b) const {
    if (g_.uniform() || a == b) return true;
    for (std::size_t p = 0; p < s_.n; ++p) {
      if (g_.kind(a + p * s_.stride) != g_.kind(b + p * s_.stride)) return false;
    }
    return true;
  }

  const Conductance& g_;
  const LineStrips& s_;
};

}  // namespace

LineStrips::LineStrips(const Grid& grid, int axis) {
  const std::size_t nx = grid.nx, ny = grid.ny, nz = grid.nz;
  most_lanes = axis == 0 ? kRowsTogether : kStripLines;
  if (axis == 0) {
    n = nx, stride = 1, lane_stride = nx;
    layer_lines = ny * nz;
  } else if (axis == 1) {
    n = ny, stride = nx;
    layer_lines = nx, layers = nz, layer_stride = nx * ny;
  } else {
    n = nz, stride = nx * ny;
    layer_lines = nx * ny;
  }
  per_layer = (layer_lines + most_lanes - 1) / most_lanes;
}

StripSets::StripSets(const Conductance& conductance, const LineStrips& strips) {
  const StripKinds kinds(conductance, strips);
  of.reserve(strips.count());
  for (std::size_t strip = 0; strip < strips.count(); ++strip) {
    const bool level = kinds.level(strip);
    const auto from = sets.end() - std::min(kSetsCompared, std::ssize(sets));
    const auto like = std::find_if(from, sets.end(),
                                   [&](const Set& set) { return kinds.same(set.strip, set.width == 1, strip, level); });
    of.push_back(static_cast<std::uint32_t>(like - sets.begin()));
    if (like != sets.end()) continue;
    sets.push_back({strip, level ? 1 : strips.most_lanes, total_width});
    total_width += std::max(sets.back().width, kWidestVector);
  }
}

}  // namespace interstice
