/// @file
/// Cargo delivery: one EV acts on the one cell that takes it up and lets its cargo into the cytosol.
///
///     C' = n_cargo * (releases per second) - ln2/half_life C,      R_cargo = C^2 / (threshold^2 + C^2)
///
/// The engine counts the releases: adsorption, internalisation and escape from the endosome run the same in every arm,
/// with or without this model. The model turns releases into copies and copies into a response between 0 and 1; how
/// strongly a response acts is written in the formulas of the cell types, with the ceiling w_cargo (default 0.7) that
/// every hypothesis has, so that hypotheses differ by reach only.
///
/// Sources: stoichiometry of microRNA per vesicle, Chevillet 2014 (PNAS 111:14888); uptake and escape,
/// Bonsergent 2021 (Nat Commun 12:1864). Assumptions: release is all-or-none per vesicle; a rare cargo (microRNA) is
/// Poisson-distributed over vesicles; copies are lost at first order; the response is a Hill function of order 2.
#include "models/cargo_delivery.h"

#include <array>
#include <cmath>

#include "models/hill.h"

namespace interstice::models {

namespace {

enum Parameter : std::size_t {
  copies_signalling_protein,
  threshold_signalling_protein,
  copies_mirna,
  threshold_mirna,
  copies_enzyme,
  threshold_enzyme,
  half_life,
  hill_exponent,
};

constexpr std::array kParameters = {
    ParameterSpec{"copies_signalling_protein", "molecule/EV", 10, 0.1, 100, "copies of the signalling protein per EV",
                  "assumed; 0.1 fg protein per EV hold about 1200 proteins of all kinds", "A"},
    ParameterSpec{"threshold_signalling_protein", "molecule/cell", 1000, 100, 1e4,
                  "cytosolic copies of the signalling protein for half of the full response", "assumed", "A"},
    ParameterSpec{"copies_mirna", "molecule/EV", 0.00825, 1e-4, 1,
                  "mean copies of one abundant microRNA per EV (Poisson over EVs)",
                  "Chevillet 2014 PNAS 111:14888: 0.00825 +/- 0.02, more than 100 EVs per copy", "V"},
    ParameterSpec{"threshold_mirna", "molecule/cell", 1000, 100, 1e4,
                  "cytosolic copies of the microRNA for half of the full response",
                  "target repression needs 100 to 1000 copies or more per cell", "L"},
    ParameterSpec{"copies_enzyme", "molecule/EV", 10, 0.1, 100, "copies of the enzyme per EV",
                  "assumed equal to the signalling protein", "A"},
    ParameterSpec{"threshold_enzyme", "molecule/cell", 10, 4, 100,
                  "cytosolic copies of the enzyme for half of the full response",
                  "assumed; a recombinase such as Cre works as a tetramer", "A"},
    ParameterSpec{"half_life", "h", 24, 1, 168, "half-life of the cargo in the cytosol", "assumed", "A"},
    ParameterSpec{"hill_exponent", "1", 2, 1, 4, "steepness of the response", "assumed", "A"},
};

constexpr std::array<std::string_view, 3> kCargoes = {"signalling_protein", "mirna", "enzyme"};
constexpr std::array kChoices = {
    ChoiceSpec{"cargo", kCargoes, "what the EV carries; decides copies per EV and threshold"},
};

constexpr std::uint16_t kCargo = 0;  ///< stream of noise: copies of a rare cargo

constexpr std::array kColumns = {
    ModelColumnSpec{"cargo_copies", "molecule", 0, "cargo in the cytosol", true},
    ModelColumnSpec{"cargo_counted", "1", 0, "releases that have been turned into copies so far"},
    ModelColumnSpec{"R_cargo", "1", 0, "response to the cargo, 0 to 1"},
};

class CargoDelivery final : public InteractionModel {
 public:
  explicit CargoDelivery(const ModelSettings& settings) {
    const std::size_t cargo = settings.choices[0];
    copies_per_vesicle_ = settings.parameters[2 * cargo];
    threshold_ = settings.parameters[2 * cargo + 1];
    rare_ = kCargoes[cargo] == "mirna";
    loss_ = 0.6931471805599453 / (settings.parameters[half_life] * 3600);
    exponent_ = settings.parameters[hill_exponent];
  }

  void evaluate(const ModelView& view, Effects& effects) const override {
    if (!view.cells_due) return;
    const auto copies = view.column(0), counted = view.column(1), response = view.column(2);
    const auto copies_change = effects.change(0), counted_change = effects.change(1),
               response_change = effects.change(2);
    for (std::size_t c = 0; c < view.cell_id.size(); ++c) {
      const auto released = static_cast<double>(view.releases[c]);
      const double fresh = std::fmax(released - counted[c], 0);
      const double now = cargo_after(copies[c], delivered(fresh, view, c), loss_, view.cells_dt);
      copies_change[c] = now - copies[c];
      counted_change[c] = released - counted[c];
      response_change[c] = cargo_response(now, threshold_, exponent_) - response[c];
    }
  }

 private:
  double copies_per_vesicle_, threshold_, loss_, exponent_;
  bool rare_;

  [[nodiscard]] double delivered(double vesicles, const ModelView& view, std::size_t c) const {
    const double mean = vesicles * copies_per_vesicle_;
    if (!rare_ || mean == 0) return mean;
    return static_cast<double>(view.noise.poisson(mean, kCargo, view.cell_id[c], view.step));
  }
};

}  // namespace

double cargo_after(double copies, double delivered, double rate, double dt) {
  const double kept = pinned::exp(-rate * dt);
  const double average = rate * dt > 0 ? -pinned::expm1(-rate * dt) / (rate * dt) : 1;  // of what arrived meanwhile
  return copies * kept + delivered * average;
}

double cargo_response(double copies, double threshold, double exponent) { return hill(copies, threshold, exponent); }

const ModelDescriptor& cargo_delivery() {
  static const ModelDescriptor descriptor = {
      .name = "cargo_delivery",
      .version = "1",
      .summary = "uptake: cargo released in the cytosol, C' = n releases - k C, response H(C, threshold, 2)",
      .citation = "Chevillet 2014 PNAS 111:14888; Bonsergent 2021 Nat Commun 12:1864",
      .mechanism = Mechanism::cargo,
      .parameters = kParameters,
      .choices = kChoices,
      .columns = kColumns,
      .fields = {},
      .proteins = {},
      .reactions = {},
      .delay = 4 * 3600.0,
      .make = [](const ModelSettings& settings) -> std::unique_ptr<InteractionModel> {
        return std::make_unique<CargoDelivery>(settings);
      }};
  return descriptor;
}

}  // namespace interstice::models
