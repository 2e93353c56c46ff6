/// @file
/// Surface contact: an EV that sits on a cell engages its receptors (TLR4/MyD88 and others) without entering it.
///
///     n' = bound/t_bound - n/signal_time                   S = n / (K_EV + n)
///     f' = (MyD88 S - f)/fast_time                         s' = (S - s)/slow_time
///     L' = f (1 - L)/licence_gain_time - L/licence_loss_time
///
/// f and s are the fast MyD88-dependent and the slow independent component: MSC exosomes raise cytokine transcripts of
/// monocytes at 3 h, which needs MyD88, and at 72 h, which does not (Zhang B 2014, Stem Cells Dev 23:1233). L says how
/// far the cell has become one that acts on others. The equations are evaluated for every cell; a cell type chooses
/// in its formulas whether it listens.
///
/// Receptors feel occupancy: `bound` is how many EVs sit on the cell now. An EV that stays for t_bound counts as one.
/// One that lets go and binds again counts for the time that it sat there, not twice; a longer stay counts more. With
/// the defaults an EV stays 500 s on average (desorption and uptake, 1e-3 /s each), which is t_bound: in balance n is
/// then the adsorptions of one signal_time. The signal is exact for what was bound, looked at in every step.
/// Assumption: receptors do not desensitise.
#include "models/surface_contact.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "models/hill.h"

namespace interstice::models {

namespace {

enum Parameter : std::size_t {
  K_EV,
  MyD88,
  t_bound,
  signal_time,
  fast_time,
  slow_time,
  licence_gain_time,
  licence_loss_time,
};

constexpr std::string_view kZhang = "time course of Zhang B 2014 (3 h and 72 h); value assumed";
constexpr std::array kParameters = {
    ParameterSpec{"K_EV", "EV", 50, 5, 500, "EVs felt for half of the full signal", "assumed", "A"},
    ParameterSpec{"MyD88", "1", 1, 0, 1, "1 wild type, 0 knock-out: the fast component needs it",
                  "Zhang B 2014 Stem Cells Dev 23:1233", "V"},
    ParameterSpec{"t_bound", "s", 500, 50, 5000, "stay on the cell that counts as one EV",
                  "1/(1e-3 /s + 1e-3 /s), the mean stay with the default desorption and uptake", "calc"},
    ParameterSpec{"signal_time", "h", 2, 0.3, 24, "how long a bound EV is felt", "assumed", "A"},
    ParameterSpec{"fast_time", "h", 1, 0.25, 4, "time constant of the MyD88-dependent component", kZhang, "A"},
    ParameterSpec{"slow_time", "h", 24, 6, 72, "time constant of the MyD88-independent component", kZhang, "A"},
    ParameterSpec{"licence_gain_time", "h", 3, 1, 12, "time constant of gaining the licence", kZhang, "A"},
    ParameterSpec{"licence_loss_time", "h", 72, 24, 240, "time constant of losing the licence", kZhang, "A"},
};

constexpr std::array kColumns = {
    ModelColumnSpec{"ev_signal", "EV", 0, "EVs felt, with fading memory", true},
    ModelColumnSpec{"ev_fast", "1", 0, "MyD88-dependent response, 0 to 1"},
    ModelColumnSpec{"ev_slow", "1", 0, "MyD88-independent response, 0 to 1"},
    ModelColumnSpec{"ev_monocyte", "1", 0, "licence to act on other cells, 0 to 1"},
    ModelColumnSpec{"ev_occupied", "EV s", 0, "bound EVs times time since cells were last updated", true},
};

class SurfaceContact final : public InteractionModel {
 public:
  explicit SurfaceContact(const ModelSettings& settings) {
    const auto hours = [&settings](Parameter p) { return settings.parameters[p] * 3600; };
    constants_ = {.half_signal = settings.parameters[K_EV],
                  .myd88 = settings.parameters[MyD88],
                  .bound_time = settings.parameters[t_bound],
                  .signal_time = hours(signal_time),
                  .fast_time = hours(fast_time),
                  .slow_time = hours(slow_time),
                  .licence_gain_time = hours(licence_gain_time),
                  .licence_loss_time = hours(licence_loss_time)};
  }

  void evaluate(const ModelView& view, Effects& effects) const override {
    const auto occupied = view.column(4);
    for (std::size_t c = 0; c < view.cell_id.size(); ++c) {
      const double now = static_cast<double>(view.bound[c]) * view.dt;
      if (!view.cells_due) {
        effects.change(4)[c] = now;
        continue;
      }
      const ContactState before = {view.column(0)[c], view.column(1)[c], view.column(2)[c], view.column(3)[c]};
      const ContactState after = contact_after(before, (occupied[c] + now) / view.cells_dt, view.cells_dt, constants_);
      effects.change(0)[c] = after.signal - before.signal;
      effects.change(1)[c] = after.fast - before.fast;
      effects.change(2)[c] = after.slow - before.slow;
      effects.change(3)[c] = after.monocyte - before.monocyte;
      effects.change(4)[c] = -occupied[c];
    }
  }

 private:
  ContactConstants constants_{};
};

/// x' = gain - rate x over dt, exact for constant gain and rate.
double relax(double x, double gain, double rate, double dt) {
  const double filled = -pinned::expm1(-rate * dt);
  return x + (gain / rate - x) * filled;
}

ContactState contact_step(const ContactState& before, double bound, double dt, const ContactConstants& k) {
  ContactState after;
  after.signal = relax(before.signal, bound / k.bound_time, 1 / k.signal_time, dt);
  // What drives the next equation is taken at the middle of the step, which makes the chain second order in dt.
  const double S = hill(relax(before.signal, bound / k.bound_time, 1 / k.signal_time, 0.5 * dt), k.half_signal);
  after.fast = relax(before.fast, k.myd88 * S / k.fast_time, 1 / k.fast_time, dt);
  after.slow = relax(before.slow, S / k.slow_time, 1 / k.slow_time, dt);
  const double gain = 0.5 * (before.fast + after.fast) / k.licence_gain_time;
  after.monocyte = relax(before.monocyte, gain, gain + 1 / k.licence_loss_time, dt);
  return after;
}

}  // namespace

ContactState contact_after(const ContactState& before, double bound, double dt, const ContactConstants& k) {
  constexpr double kLongest = 0.05;  // of the fastest time constant; longer steps are divided
  const double fastest = std::min({k.signal_time, k.fast_time, k.slow_time, k.licence_gain_time, k.licence_loss_time});
  const double parts = std::fmax(1, std::ceil(dt / (kLongest * fastest)));
  ContactState after = before;
  for (double i = 0; i < parts; ++i) after = contact_step(after, bound, dt / parts, k);
  return after;
}

const ModelDescriptor& surface_contact() {
  static const ModelDescriptor descriptor = {
      .name = "surface_contact",
      .version = "2",
      .summary = "contact: bound EVs engage receptors without entry, n' = bound/500 s - n/2 h, S = n/(K_EV + n)",
      .citation = "Zhang B 2014 Stem Cells Dev 23:1233",
      .mechanism = Mechanism::contact,
      .parameters = kParameters,
      .choices = {},
      .columns = kColumns,
      .fields = {},
      .proteins = {},
      .reactions = {},
      .delay = 3600.0,
      .make = [](const ModelSettings& settings) -> std::unique_ptr<InteractionModel> {
        return std::make_unique<SurfaceContact>(settings);
      }};
  return descriptor;
}

}  // namespace interstice::models
