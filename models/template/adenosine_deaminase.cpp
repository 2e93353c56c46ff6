/// @file
/// A model to copy: adenosine deaminase (ADA) on the surface of EVs removes adenosine.
///
///     v = kcat N c / (Km + c), linear below Km:  clearance = kcat N / Km  [volume per time]
///
/// Reference: Agarwal 1975 (human erythrocyte enzyme, Km 25 uM). Assumption: adenosine stays well below Km.
/// N counts the active copies on EVs outside cells; those in an endosome meet no adenosine.
#include <array>

#include "engine/model/plugin.h"

using namespace interstice;

namespace {

// 1. Parameters: name, unit, default, range, meaning, source, mark (V verified, L literature, A assumption).
constexpr std::array kParameters = {
    ParameterSpec{"kcat", "1/s", 200, 20, 500, "turnovers per copy", "human ADA1", "L"},
    ParameterSpec{"Km", "uM", 25, 10, 100, "half-saturation", "Agarwal 1975", "V"},
};

// 2. What it reads and writes. The order here is the order of the indices below.
constexpr std::array<std::string_view, 1> kFields = {"adenosine"};
constexpr std::array<std::string_view, 1> kProteins = {"ADA"};  // copies per EV come from the scenario

// 3. The kernel: a pure function of numbers, tested in test_adenosine_deaminase.cpp.
double clearance_of(double copies, double kcat, double Km) {
  constexpr double molecules_per_um3_and_uM = 602.214076;
  return copies * kcat / (Km * molecules_per_um3_and_uM);  // [um^3/s]
}

// 4. The loop: called once per step; it may depend on its arguments only.
class AdenosineDeaminase final : public InteractionModel {
 public:
  explicit AdenosineDeaminase(const ModelSettings& settings)
      : kcat_(settings.parameters[0]), Km_(settings.parameters[1]) {}

  void evaluate(const ModelView& view, Effects& effects) const override {
    const auto copies = view.exposed_copies(0);
    const auto clearance = effects.clearance(0);
    for (std::size_t voxel = 0; voxel < clearance.size(); ++voxel)
      clearance[voxel] += clearance_of(copies[voxel], kcat_, Km_);
  }

 private:
  double kcat_, Km_;
};

// 5. The descriptor: how the program lists, checks and makes it.
const ModelDescriptor kDescriptor = {
    .name = "adenosine_deaminase",
    .version = "1",
    .summary = "extracellular: adenosine deaminase on EVs removes adenosine, clearance = kcat N / Km",
    .citation = "Agarwal 1975",
    .mechanism = Mechanism::enzyme,
    .parameters = kParameters,
    .choices = {},
    .columns = {},
    .fields = kFields,
    .proteins = kProteins,
    .reactions = {},
    .delay = 0,
    .make = [](const ModelSettings& settings) -> std::unique_ptr<InteractionModel> {
      return std::make_unique<AdenosineDeaminase>(settings);
    }};

}  // namespace

INTERSTICE_EXPORT_MODEL(kDescriptor);
