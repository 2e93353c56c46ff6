/// @file
/// Rates of planes, some rows at a time, and of small grids as a whole.
#include "engine/fields/diffusion/plane_rates.h"

#include <algorithm>
#include <array>

#include "engine/fields/diffusion/residual.h"

namespace interstice {
namespace {

constexpr std::size_t kBlockVoxels = 2048, kLine = kAlignment / sizeof(double);

double* block_scratch(std::size_t size) {
  thread_local AlignedNumbers scratch;
  if (scratch.size() < size) scratch.resize(size);
  return scratch.data();
}

}  // namespace

PlaneRates::PlaneRates(const Grid& grid, const Plan& plan, const LocalTerms& terms, const LocalChange& change,
                       WallExchange& walls)
    : nx_(static_cast<std::size_t>(grid.nx)),
      ny_(static_cast<std::size_t>(grid.ny)),
      nz_(static_cast<std::size_t>(grid.nz)),
      plan_(plan),
      terms_(terms),
      change_(change),
      walls_(walls) {}

/// gain <- what rows of a plane gain in h [s] at the mean concentration, besides sources and losses.
void PlaneRates::find_gain(const RowsOf& mean, double h, std::size_t first_row, std::size_t end_row,
                           double* gain) const {
  const std::size_t at = mean.k * nx_ * ny_;
  const bool reacts = change_.after != nullptr;
  const auto beyond = [&](int face, const double* any) { return plan_.walls[face].open ? walls_.beyond(face) : any; };
  residual_rows({.c = mean.here,
                 .before = reacts ? change_.before + at : nullptr,
                 .after = reacts ? change_.after + at : nullptr,
                 .share = change_.share,
                 .z_below = mean.below != nullptr ? mean.below : beyond(4, mean.here),
                 .z_above = mean.above != nullptr ? mean.above : beyond(5, mean.here),
                 .y_below = mean.y_below != nullptr ? mean.y_below : beyond(2, mean.here),
                 .y_above = mean.y_above != nullptr ? mean.y_above : beyond(3, mean.here + (ny_ - 1) * nx_),
                 .dt = h,
                 .nx = nx_,
                 .ny = ny_},
                plan_.diffusion->faces<double>(mean.k), first_row, end_row, gain);
  walls_.add_across_x(plan_, h, mean.k, mean.here, first_row, end_row, gain);
}

/// The same of all rows of a small grid: its first and last planes have no others beyond, those between are alike.
void PlaneRates::find_all_gain(const double* mean, double h, double* gain) const {
  const PlaneFaces<double>& faces = plan_.diffusion->whole<double>().faces;
  const std::size_t plane = nx_ * ny_;
  const bool reacts = change_.after != nullptr;
  const std::array<std::size_t, 4> planes{0, 1, std::max<std::size_t>(1, nz_ - 1), nz_};
  for (std::size_t part = 0; part < 3; ++part) {
    const std::size_t at = planes[part] * plane, rows = (planes[part + 1] - planes[part]) * ny_;
    if (rows == 0) continue;
    const double* here = mean + at;
    residual_rows({.c = here,
                   .before = reacts ? change_.before + at : nullptr,
                   .after = reacts ? change_.after + at : nullptr,
                   .share = change_.share,
                   .z_below = at > 0 ? here - plane : here,
                   .z_above = planes[part + 1] < nz_ ? here + plane : here,
                   .y_below = here,
                   .y_above = here,
                   .dt = h,
                   .nx = nx_,
                   .ny = rows},
                  {.x = faces.x + at,
                   .x_above = faces.x_above + at,
                   .y = faces.y + at,
                   .y_above = faces.y_above + at,
                   .z_below = faces.z_below + at,
                   .z_above = faces.z_above + at,
                   .inverse_mass = faces.inverse_mass == nullptr ? nullptr : faces.inverse_mass + at},
                  0, rows, gain + at);
  }
  walls_.add_all(plan_, h, mean, gain);
}

Lost PlaneRates::change(const RowsOf& mean, LocalTerms::Substep plane) const {
  const std::size_t at = mean.k * nx_ * ny_, end_of_all = mean.whole ? ny_ * nz_ : mean.end_row,
                    grain = mean.whole ? end_of_all : std::max<std::size_t>(1, kBlockVoxels / nx_);
  double* scratch = block_scratch(grain * nx_ + kLine);
  Lost lost;
  for (std::size_t row = mean.first_row, end; row < end_of_all; row = end) {
    end = std::min(row + grain, end_of_all);
    double* gain = scratch + row * nx_ % kLine;  // as far from a whole cache line as the rows are
    if (mean.whole) {
      find_all_gain(mean.here, plane.h, gain);
    } else {
      find_gain(mean, plane.h, row, end, gain);
    }
    LocalTerms::Substep rows = plane;
    rows.first = at + row * nx_, rows.end = at + end * nx_;
    rows.mean = mean.here + row * nx_, rows.gain = gain;
    if (rows.change != nullptr) rows.change += row * nx_;
    if (rows.to != nullptr) rows.to += row * nx_;
    const Lost here = terms_.take(rows, plan_.diffusion->conductance());
    lost.taken += here.taken;
    lost.negative |= here.negative;
  }
  return lost;
}

}  // namespace interstice
