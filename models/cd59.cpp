/// @file
/// CD59 (protectin) on EVs against the membrane attack complex, in three sub-modes that can be switched by themselves.
///
/// decoy          Fluid C5b-7 inserts into EVs instead of cells: c' = ... - capture n c, n intact EVs per volume. Each
///                complex caught is stopped by the EV's own CD59 with P = kinh s/(kinh s + k9a), s = copies/area, which
///                takes one copy; otherwise it becomes a pore, and after `rupture_after` pores the EV is ruptured.
/// transfer       CD59 is held by a lipid anchor: a share f_transfer of it moves to the cell that the EV adheres to
///                (GPI proteins move to erythrocytes in hours, Blood 1998;92:4439). The cell type spends it
///                (column cd59_transfer, molecules per second).
/// trans_contact  CD59 of adhering EVs stops complexes of the cell under the contact: as a share contact_area/area of
///                an EV's copies faces the cell, it counts as cd59_contact copies more on the cell. What the cell's
///                column blocked_contact says they stopped is taken from the EVs.
///
/// Assumptions. Free and adhering EVs are decoys alike, those in endosomes are not. A ruptured EV stays where it is, is
/// taken up as before and keeps its ecto-enzymes (they resist detergent), but does nothing more by CD59 and catches
/// nothing. An agent that stands for many EVs is one of them: all meet its fate. An antibody to CD59 binds all copies
/// of the EVs, or those of the cells too, before the run begins. EVs in reservoirs do nothing here.
/// The rules of attack and protection are the same as on cells (Meri 1990, Parsons 2019); that EV CD59 protects other
/// membranes is shown (Loh 2022), by which of the three ways is open.
#include "models/cd59.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <vector>

#include "engine/core/constants.h"
#include "engine/core/pinned_math.h"

namespace interstice::models {

namespace {

enum Parameter : std::size_t {
  capture,
  membrane_area,
  kinh,
  k9a,
  rupture_after,
  f_transfer,
  transfer_half_time,
  contact_area,
};
constexpr std::array kParameters = {
    ParameterSpec{"capture", "um^3/s", 25.8, 1, 60, "C5b-7 that one intact EV catches, per concentration",
                  "4 pi (D7 + D_EV) R_EV with 30 and 5.7 um^2/s, 57.5 nm; insertion is taken as certain", "calc"},
    ParameterSpec{"membrane_area", "um^2", 0.0477, 0.008, 0.13, "membrane of an EV", "mean of 115 nm, gsd 1.3", "calc"},
    ParameterSpec{"kinh", "um^2/molecule/s", 9e-4, 9e-5, 9e-3, "CD59 stops C5b-8 at this rate per density",
                  "100 per um^2 stop 9 of 10; C9:C8 falls from 3.5 to 1.5 with CD59 (Meri 1990)", "A"},
    ParameterSpec{"k9a", "1/s", 0.01, 0.003, 0.1, "first C9 binds to C5b-8 at this rate",
                  "the slow step (Parsons 2019 Nat Commun 10:2066); rate at plasma C9 assumed", "A"},
    ParameterSpec{"rupture_after", "1", 1, 1, 10, "pores that rupture an EV", "assumed", "A"},
    ParameterSpec{"f_transfer", "1", 0.1, 0.01, 1, "share of an EV's CD59 that can move to a cell",
                  "shown for microvesicles and HDL (Blood 1998;92:4439), share assumed", "A"},
    ParameterSpec{"transfer_half_time", "h", 2, 0.5, 8, "in which half of that has moved while it adheres",
                  "2-4 h incubations (Blood 1998;92:4439)", "A"},
    ParameterSpec{"contact_area", "um^2", 0.01, 0.001, 0.02, "contact of an adhering EV and its cell",
                  "within 10-20 nm of a sphere of 115 nm", "A"},
};

enum Choice : std::size_t { decoy, transfer, trans_contact, antibody };
constexpr std::array<std::string_view, 2> kOnOff = {"on", "off"};
constexpr std::array<std::string_view, 3> kTargets = {"none", "EV", "EV_and_cell"};
constexpr std::array kChoices = {
    ChoiceSpec{"decoy", kOnOff, "EVs catch C5b-7 that would attack cells"},
    ChoiceSpec{"transfer", kOnOff, "CD59 of EVs moves to cells that they adhere to"},
    ChoiceSpec{"trans_contact", kOnOff, "CD59 of adhering EVs works on the cell's membrane"},
    ChoiceSpec{"antibody", kTargets, "whose CD59 an antibody blocks"},
};

enum Column : std::size_t { cd59_transfer, cd59_contact, cd59_antibody, cd59_contact_seen, cd59_transfer_seen };
constexpr std::array kColumns = {
    ModelColumnSpec{"cd59_transfer", "molecule/s", 0, "CD59 that moves from EVs to the cell"},
    ModelColumnSpec{"cd59_contact", "molecule", 0, "CD59 of adhering EVs that faces the cell, as copies on it"},
    ModelColumnSpec{"cd59_antibody", "1", 0, "1 where an antibody blocks the cell's own CD59"},
    ModelColumnSpec{"cd59_contact_seen", "molecule", 0, "complexes stopped in contacts that have been counted"},
    ModelColumnSpec{"cd59_transfer_seen", "molecule", 0,
                    "complexes stopped by transferred copies that have been counted"},
};

enum VesicleColumn : std::size_t { spent, moved, pores };
constexpr std::array kVesicleColumns = {
    ModelVesicleColumnSpec{"cd59_spent", "molecule", "CD59 that has stopped a complex"},
    ModelVesicleColumnSpec{"cd59_moved", "molecule", "CD59 that has moved to cells"},
    ModelVesicleColumnSpec{"cd59_pores", "1", "pores in its membrane"},
};

enum Tally : std::size_t { captured, blocked, ruptured, transferred, transfer_blocked, contact_blocked };
constexpr std::array kTallies = {
    ModelTallySpec{"captured", "molecule", "C5b-7 caught by EVs (decoy)"},
    ModelTallySpec{"blocked", "molecule", "of these, stopped by CD59 of the EV"},
    ModelTallySpec{"ruptured", "1", "EVs ruptured"},
    ModelTallySpec{"transferred", "molecule", "CD59 moved from EVs to cells (transfer)"},
    ModelTallySpec{"transfer_blocked", "molecule", "complexes of cells stopped by copies that have moved"},
    ModelTallySpec{"contact_blocked", "molecule", "complexes of cells stopped by CD59 of adhering EVs (trans_contact)"},
};

constexpr std::array<std::string_view, 1> kFields = {"C5b7"};
constexpr std::array<std::string_view, 1> kProteins = {"CD59"};
constexpr std::array<std::string_view, 2> kReads = {"blocked_contact", "blocked_EV"};

/// Streams of noise.
enum Draws : std::uint16_t { caught, stopped, moving, paying };

/// Below this mean number of events per EV and step nothing is drawn: 1e7 EVs would see one in a million steps.
constexpr double kNever = 1e-13;

class Cd59 final : public InteractionModel {
 public:
  explicit Cd59(const ModelSettings& settings) {
    const auto p = settings.parameters;
    k_ = {.capture = p[capture],
          .membrane_area = p[membrane_area],
          .kinh = p[kinh],
          .k9a = p[k9a],
          .rupture_after = p[rupture_after],
          .transferable = p[f_transfer],
          .transfer_rate = pinned::log(2.0) / (p[transfer_half_time] * 3600),
          .contact_area = p[contact_area]};
    decoys_ = settings.choices[decoy] == 0;
    transfers_ = settings.choices[transfer] == 0;
    touches_ = settings.choices[trans_contact] == 0;
    blocks_vesicles_ = settings.choices[antibody] != 0;
    blocks_cells_ = settings.choices[antibody] == 2;
  }

  void evaluate(const ModelView& view, Effects& effects) const override {
    if (decoys_) catch_complexes(view, effects);
    if (view.cells_due && !blocks_vesicles_) serve_hosts(view, effects);
    const double blocked_cells = blocks_cells_ ? 1 : 0;
    const auto antibody_now = view.column(cd59_antibody);
    const auto change = effects.change(cd59_antibody);
    for (std::size_t c = 0; c < change.size(); ++c) change[c] = blocked_cells - antibody_now[c];
  }

 private:
  /// CD59 that is left on vesicle v, after what this step has taken.
  double copies_left(const ModelView& view, Effects& effects, std::size_t v) const {
    if (blocks_vesicles_) return 0;
    const VesicleView& ev = view.vesicles;
    const double used = static_cast<double>(ev.column(spent)[v]) + ev.column(moved)[v] +
                        effects.vesicle_change(spent)[v] + effects.vesicle_change(moved)[v];
    return std::max(0.0, ev.copies(0)[v] - used);
  }
  [[nodiscard]] bool intact(const VesicleView& ev, std::size_t v) const {
    return ev.column(pores)[v] < static_cast<float>(k_.rupture_after);
  }

  void catch_complexes(const ModelView& view, Effects& effects) const;
  void attack(const ModelView& view, Effects& effects, std::size_t v, int hits) const;
  void serve_hosts(const ModelView& view, Effects& effects) const;
  static std::vector<double> newly_stopped(const ModelView& view, Effects& effects, std::size_t other, Column seen,
                                           Tally tally);
  double take(const ModelView& view, Effects& effects, std::size_t v, VesicleColumn column, double mean,
              Draws stream) const;

  Cd59Constants k_;
  bool decoys_ = true, transfers_ = true, touches_ = true;
  bool blocks_vesicles_ = false, blocks_cells_ = false;
};

/// Decoy: what the intact EVs of every voxel take from the field, and which of them caught something.
void Cd59::catch_complexes(const ModelView& view, Effects& effects) const {
  const VesicleView& ev = view.vesicles;
  const auto field = view.field(0);
  const std::span<double> clearance = effects.clearance(0);
  const auto hits = ev.column(pores);
  const auto limit = static_cast<float>(k_.rupture_after);
  for (std::size_t v = 0; v < ev.id.size(); ++v) {  // whole numbers: any order gives the same sum
    const bool catches = ev.state[v] != VesicleState::endosomal && hits[v] < limit;
    clearance[ev.voxel[v]] += catches ? ev.weight[index(ev.klass[v])] : 0.0;
  }
  double most = 0;
  std::vector<double> none(field.size());  // probability that an EV there catches nothing
  for (std::size_t x = 0; x < field.size(); ++x) {
    clearance[x] *= k_.capture;
    const double mean = k_.capture * kMoleculesPerUmCubedPerMicromolar * std::max(0.0, field[x]) * view.dt;
    none[x] = pinned::exp(-mean);
    most = std::max(most, mean);
  }
  if (most < kNever) return;
  constexpr std::size_t kSome = 256;
  std::array<double, kSome> u;
  for (std::size_t begin = 0; begin < ev.id.size(); begin += kSome) {
    const std::size_t count = std::min(kSome, ev.id.size() - begin);
    view.noise.uniforms(caught, view.step, ev.id.subspan(begin, count), {u.data(), count});
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t v = begin + i, x = ev.voxel[v];
      if (u[i] < none[x] || ev.state[v] == VesicleState::endosomal || !intact(ev, v)) continue;
      const double mean = k_.capture * kMoleculesPerUmCubedPerMicromolar * field[x] * view.dt;
      attack(view, effects, v, poisson_of(mean, none[x], u[i]));
    }
  }
}

/// Complexes in the membrane of EV v, one after the other: stopped, or a pore.
void Cd59::attack(const ModelView& view, Effects& effects, std::size_t v, int hits) const {
  const VesicleView& ev = view.vesicles;
  const double weight = ev.weight[index(ev.klass[v])];
  for (int hit = 0; hit < hits; ++hit) {
    effects.count(captured, weight);
    const double stops = block_probability(copies_left(view, effects, v), k_.membrane_area, k_);
    if (view.noise.uniform(Draws::stopped, ev.id[v], view.step, static_cast<std::uint32_t>(hit)) < stops) {
      effects.vesicle_change(spent)[v] += 1;
      effects.count(blocked, weight);
      continue;
    }
    effects.vesicle_change(pores)[v] += 1;
    if (ev.column(pores)[v] + effects.vesicle_change(pores)[v] < static_cast<float>(k_.rupture_after)) continue;
    effects.count(ruptured, weight);
    return;
  }
}

/// Takes a Poisson number of copies, at most those that are left; returns it.
double Cd59::take(const ModelView& view, Effects& effects, std::size_t v, VesicleColumn column, double mean,
                  Draws stream) const {
  if (!(mean > 0)) return 0;
  const auto wanted = static_cast<double>(view.noise.poisson(mean, stream, view.vesicles.id[v], view.step));
  const double taken = std::min(wanted, std::floor(copies_left(view, effects, v)));
  effects.vesicle_change(column)[v] += static_cast<float>(taken);
  return taken;
}

/// What the cells' column says was stopped since it was last looked at, per cell.
std::vector<double> Cd59::newly_stopped(const ModelView& view, Effects& effects, std::size_t other, Column seen,
                                        Tally tally) {
  std::vector<double> stopped(view.cell_id.size());
  const auto now = view.other_column(other), before = view.column(seen);
  for (std::size_t c = 0; c < now.size(); ++c) {
    stopped[c] = std::max(0.0, now[c] - before[c]);
    effects.change(seen)[c] = stopped[c];
    effects.count(tally, stopped[c]);
  }
  return stopped;
}

/// Transfer and trans-contact: what adhering EVs give to their hosts over a step of the cells.
void Cd59::serve_hosts(const ModelView& view, Effects& effects) const {
  const VesicleView& ev = view.vesicles;
  const std::size_t cells = view.cell_id.size();
  const auto weight_of = [&](std::size_t v) { return ev.weight[index(ev.klass[v])]; };
  std::vector<std::size_t> adhering;
  for (std::size_t v = 0; v < ev.id.size(); ++v)
    if (ev.state[v] == VesicleState::adsorbed && intact(ev, v)) adhering.push_back(v);
  std::vector<double> facing(cells), received(cells);
  for (const std::size_t v : adhering) facing[ev.host[v]] += weight_of(v) * copies_left(view, effects, v);
  newly_stopped(view, effects, 1, cd59_transfer_seen, transfer_blocked);
  const auto stopped = newly_stopped(view, effects, 0, cd59_contact_seen, contact_blocked);

  const double moves = -pinned::expm1(-k_.transfer_rate * view.cells_dt);
  for (const std::size_t v : adhering) {
    const std::uint32_t host = ev.host[v];
    if (stopped[host] > 0 && facing[host] > 0)
      take(view, effects, v, spent, stopped[host] * copies_left(view, effects, v) / facing[host], paying);
    if (!transfers_) continue;
    const double can_move = k_.transferable * ev.copies(0)[v] - ev.column(moved)[v];
    const double taken = weight_of(v) * take(view, effects, v, moved, can_move * moves, moving);
    received[host] += taken;
    effects.count(transferred, taken);
  }
  std::ranges::fill(facing, 0.0);
  for (const std::size_t v : adhering) facing[ev.host[v]] += weight_of(v) * copies_left(view, effects, v);
  const double share = touches_ ? k_.contact_area / k_.membrane_area : 0;
  for (std::size_t c = 0; c < cells; ++c) {
    effects.change(cd59_transfer)[c] = received[c] / view.cells_dt - view.column(cd59_transfer)[c];
    effects.change(cd59_contact)[c] = share * facing[c] - view.column(cd59_contact)[c];
  }
}

}  // namespace

int poisson_of(double mean, double none, double u) {
  constexpr int kMost = 1000;
  double term = none, below = none;
  int k = 0;
  while (u >= below && k < kMost) {
    ++k;
    term *= mean / k;
    below += term;
  }
  return k;
}

const ModelDescriptor& cd59() {
  static const ModelDescriptor descriptor = {
      .name = "cd59",
      .version = "1",
      .summary =
          "extracellular and contact: CD59 on EVs against C5b-7, as decoy, by transfer, in contact; "
          "P = kinh s/(kinh s + k9a)",
      .citation = "Loh 2022 Cytotherapy 24:711; Meri 1990 (CD59); Parsons 2019 Nat Commun 10:2066 (first C9)",
      .mechanism = Mechanism::binding,  // as a decoy it needs no cell
      .parameters = kParameters,
      .choices = kChoices,
      .columns = kColumns,
      .fields = kFields,
      .proteins = kProteins,
      .reactions = {},
      .vesicle_columns = kVesicleColumns,
      .reads = kReads,
      .tallies = kTallies,
      .delay = 0,
      .make = [](const ModelSettings& settings) -> std::unique_ptr<InteractionModel> {
        return std::make_unique<Cd59>(settings);
      }};
  return descriptor;
}

}  // namespace interstice::models
