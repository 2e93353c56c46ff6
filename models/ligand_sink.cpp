/// @file
/// EVs as a sink for a danger signal: binding sites on their surface take a ligand out of the fluid ("neutralise" it)
/// and give it back.
///
/// b' = kon c (S - b) - koff b for the ligand b on an EV with S sites. Within a step the voxel is a closed beaker: free
/// and bound ligand there follow the exact solution of B' = kon (L - B)(T - B) - koff B (L ligand, T sites), whatever
/// the step is, and every EV of the voxel its share of it. The ligand that an EV holds is the mean over the EVs that
/// its agent stands for, a fraction of a molecule where ligand is scarce, so that the weight of agents does not matter.
///
/// Assumptions. Bound ligand is not felt by cells. Free and adhering EVs bind alike, those in endosomes neither take
/// nor give; what they hold goes with them, into lysosome or cytosol as well as out of the patch. EVs in reservoirs do
/// nothing here. No EV is known to have such sites: numbers are those of a usual protein pair, and no scenario has the
/// model on unless it says so.
#include "models/ligand_sink.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <memory>
#include <vector>

#include "engine/core/constants.h"
#include "engine/core/pinned_math.h"

namespace interstice::models {

Binding bind(double free, double bound, double sites, double kon, double koff, double dt) {
  // B' = kon (B - low)(B - high); u = B - low grows as u' = kon u (u - root), root = high - low.
  const double ligand = free + bound, q = ligand + sites + koff / kon;
  const double root = std::sqrt(std::max(0.0, q * q - 4 * ligand * sites));
  const double low = ligand * sites / (0.5 * (q + root));
  const double u = bound - low, spread = kon * root * dt;
  const double s = root > 0 ? -pinned::expm1(-spread) / root : kon * dt;
  const double left = 1 / (1 - u * s), after = low + u * pinned::exp(-spread) * left;
  const double keep = pinned::exp(-(kon * (ligand - low) + koff) * dt) * left;
  return {keep, std::max(0.0, (after - bound * keep) / sites)};
}

namespace {

enum Parameter : std::size_t { sites, kon, koff };
constexpr std::array kParameters = {
    ParameterSpec{"sites", "molecule/EV", 10, 1, 1000, "binding sites per EV", "assumed; not measured on any EV", "A"},
    ParameterSpec{"kon", "1/uM/s", 1, 0.01, 10, "binding to a site", "assumed: 1e6 /M/s, as an antibody", "A"},
    ParameterSpec{"koff", "1/s", 1e-3, 1e-5, 0.1, "coming off", "assumed: dissociation constant 1 nM", "A"},
};
constexpr std::array<std::string_view, 1> kLigand = {"HMGB1"};
constexpr std::array kChoices = {ChoiceSpec{"ligand", kLigand, "the species that is bound", true}};
constexpr std::array<std::string_view, 1> kFields = {"ligand"};

/// The second holds what the first, in single precision, cannot: slow changes would be rounded away.
enum VesicleColumn : std::size_t { bound, remainder };
constexpr std::array kVesicleColumns = {
    ModelVesicleColumnSpec{"ligand_bound", "molecule", "ligand on the EV"},
    ModelVesicleColumnSpec{"ligand_bound_remainder", "molecule", "what is lacking in ligand_bound by rounding"},
};
enum Tally : std::size_t { taken };
constexpr std::array kTallies = {
    ModelTallySpec{"taken", "molecule", "ligand that EVs took from the fluid less what they gave back"}};

/// Molecules in whole numbers of 2^-32, so that sums do not depend on the order of the vesicles; 128 bits hold any sum.
__extension__ using Grains = __int128;
constexpr double kGrain = 4294967296.0;
Grains grains(double molecules) { return static_cast<Grains>(std::round(molecules * kGrain)); }

class LigandSink final : public InteractionModel {
 public:
  explicit LigandSink(const ModelSettings& settings)
      : sites_(settings.parameters[sites]), kon_(settings.parameters[kon]), koff_(settings.parameters[koff]) {}

  void evaluate(const ModelView& view, Effects& effects) const override {
    const std::vector<Binding> of_voxel = bind_in_voxels(view);
    std::vector<Grains> gone(of_voxel.size());
    const VesicleView& ev = view.vesicles;
    for (std::size_t v = 0; v < ev.id.size(); ++v) {
      if (ev.state[v] == VesicleState::endosomal) continue;
      const Binding& step = of_voxel[ev.voxel[v]];
      const double before = on(ev, v), after = before * step.keep + step.gain * sites_;
      gone[ev.voxel[v]] += grains(ev.weight[index(ev.klass[v])] * (put(view, effects, v, after) - before));
    }
    const std::span<double> amounts = effects.amounts(0);
    Grains all = 0;
    for (std::size_t x = 0; x < gone.size(); ++x) {
      amounts[x] = -static_cast<double>(gone[x]) / kGrain;
      all += gone[x];
    }
    effects.count(taken, static_cast<double>(all) / kGrain);
  }

 private:
  /// Ligand on vesicle v.
  static double on(const VesicleView& ev, std::size_t v) {
    return static_cast<double>(ev.column(bound)[v]) + ev.column(remainder)[v];
  }

  /// Changes it to `wanted`, as nearly as two floats can; returns what it then is.
  static double put(const ModelView& view, Effects& effects, std::size_t v, double wanted) {
    const float large = view.vesicles.column(bound)[v], small = view.vesicles.column(remainder)[v];
    float& change = effects.vesicle_change(bound)[v];
    change = static_cast<float>(wanted) - large;
    const float new_large = large + change;
    float& rest = effects.vesicle_change(remainder)[v];
    rest = static_cast<float>(wanted - new_large) - small;
    return static_cast<double>(new_large) + static_cast<double>(small + rest);
  }

  [[nodiscard]] std::vector<Binding> bind_in_voxels(const ModelView& view) const {
    struct Content {
      std::int64_t vesicles = 0;
      Grains ligand = 0;
    };
    const auto field = view.field(0);
    const VesicleView& ev = view.vesicles;
    std::vector<Content> content(field.size());
    for (std::size_t v = 0; v < ev.id.size(); ++v) {
      if (ev.state[v] == VesicleState::endosomal) continue;
      const double weight = ev.weight[index(ev.klass[v])];
      content[ev.voxel[v]].vesicles += static_cast<std::int64_t>(weight);
      content[ev.voxel[v]].ligand += grains(weight * on(ev, v));
    }
    std::vector<Binding> of_voxel(field.size());
    for (std::size_t x = 0; x < field.size(); ++x) {
      if (content[x].vesicles == 0) continue;
      const double per_uM = view.fluid_volume(x) * kMoleculesPerUmCubedPerMicromolar;
      const double all = sites_ * static_cast<double>(content[x].vesicles);
      const double ligand = std::clamp(static_cast<double>(content[x].ligand) / kGrain, 0.0, all);
      of_voxel[x] = bind(field[x] * per_uM, ligand, all, kon_ / per_uM, koff_, view.dt);
    }
    return of_voxel;
  }

  double sites_, kon_, koff_;
};

}  // namespace

const ModelDescriptor& ligand_sink() {
  static const ModelDescriptor descriptor = {
      .name = "ligand_sink",
      .version = "1",
      .summary = "extracellular: sites on EVs bind a danger signal and give it back, b' = kon c (S - b) - koff b",
      .citation = "Giebel & Lim 2025 Cytotherapy 10.1016/j.jcyt.2025.03.505 (EVs may neutralise danger signals)",
      .mechanism = Mechanism::binding,
      .parameters = kParameters,
      .choices = kChoices,
      .columns = {},
      .fields = kFields,
      .proteins = {},
      .reactions = {},
      .vesicle_columns = kVesicleColumns,
      .tallies = kTallies,
      .delay = 0,
      .make = [](const ModelSettings& settings) -> std::unique_ptr<InteractionModel> {
        return std::make_unique<LigandSink>(settings);
      }};
  return descriptor;
}

}  // namespace interstice::models
