/// @file
/// How the boxes in which cells meet the fluid lie on the voxels, and how much two of them have of each offset.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace interstice {

constexpr double kHalfEdgeOfRadius = 1.25, kHalfEdgeOfVoxel = 0.75;
constexpr double kMostHalfEdge = 30;  ///< voxels: as many as Footprint has room for

/// Half edge along an axis, for a radius in voxels of it.
inline double half_edge(double radius_in_voxels) {
  return std::min(std::max(kHalfEdgeOfRadius * radius_in_voxels, kHalfEdgeOfVoxel), kMostHalfEdge);
}

/// The largest whole number that is not above x; floor() is a call where SSE 4.1 cannot be taken for granted.
inline int floor_of(double x) {
  const int whole = static_cast<int>(x);
  return whole - (whole > x ? 1 : 0);
}

/// visit(i, share) for the voxels along an axis that the box around x (in voxels) meets, ascending.
template <class Visit>
void visit_shares(double x, double half, const Visit& visit) {
  const double low = x - half, high = x + half, scale = 1 / (2 * half);
  for (int i = floor_of(low); i < high; ++i) visit(i, (std::min(high, i + 1.0) - std::max(low, double(i))) * scale);
}

/// The same as a list, first, first + 1, ...
template <std::size_t kMost>
struct Shares {
  Shares(double x, double half) : first(floor_of(x - half)) {
    visit_shares(x, half, [this](int, double part) { share[count++] = part; });
  }
  /// Those below a plane between voxels, or those above it.
  [[nodiscard]] Shares below(int plane, bool wanted) const {
    Shares part = *this;
    for (int k = 0; k < count; ++k)
      if ((first + k < plane) != wanted) part.share[k] = 0;
    return part;
  }
  [[nodiscard]] Shares mirrored(int plane) const {
    Shares image = *this;
    image.first = 2 * plane - first - count;
    std::reverse(image.share.begin(), image.share.begin() + count);
    return image;
  }
  int first, count = 0;
  std::array<double, kMost> share;
};

/// How much two sets of shares have of each distance: value[k] of first + k.
template <std::size_t kMost>
struct Correlation {
  Correlation(const Shares<kMost>& a, const Shares<kMost>& b)
      : first(b.first - a.first - a.count + 1), count(a.count + b.count - 1) {
    for (int i = 0; i < a.count; ++i)
      for (int j = 0; j < b.count; ++j) value[a.count - 1 - i + j] += a.share[i] * b.share[j];
  }
  /// Of one set with itself: distances of both signs together.
  explicit Correlation(const Shares<kMost>& a) : first(0), count(a.count) {
    for (int k = 0; k < count; ++k) {
      double sum = 0;
      for (int i = 0; i + k < count; ++i) sum += a.share[i] * a.share[i + k];
      value[k] = (k == 0 ? 1 : 2) * sum;
    }
  }
  int first, count;
  std::array<double, 2 * kMost - 1> value{};
};

/// sum_ij w_i w'_j G(i - j).
template <std::size_t kMost, class Green>
double lattice_sum(const Correlation<kMost>& x, const Correlation<kMost>& y, const Correlation<kMost>& z,
                   const Green& green) {
  double sum = 0;
  for (int c = 0; c < z.count; ++c)
    for (int b = 0; b < y.count; ++b) {
      double row = 0;
      for (int a = 0; a < x.count; ++a) row += x.value[a] * green(x.first + a, y.first + b, z.first + c);
      sum += z.value[c] * y.value[b] * row;
    }
  return sum;
}

}  // namespace interstice
