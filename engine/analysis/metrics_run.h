/// @file
/// What one run of a comparison says in numbers: the primary field, the fate of the vesicles, the budget of the chain
/// of substances around the primary one, and the cells influenced against the paired run without vesicles.
#pragma once

#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "engine/analysis/metric.h"
#include "engine/analysis/metrics.h"
#include "engine/analysis/metrics_influence.h"
#include "engine/analysis/series_metric.h"
#include "engine/observe/cell_trace.h"
#include "engine/sim/problem.h"

namespace interstice {

/// The field that a comparison is about.
struct PrimaryField {
  std::string field, region;
  std::vector<double> thresholds;  ///< [uM]
  [[nodiscard]] std::string series() const { return "mean." + region + "." + field; }
};

/// By which mechanisms the vesicles of an arm act: through an enzyme in the fluid, by binding what is in it, by
/// touching, by delivering cargo.
struct Engagement {
  bool enzymes = false, binding = false, contact = false, cargo = false;
  [[nodiscard]] bool any() const { return enzymes || binding || contact || cargo; }
};

/// A class of vesicles as an arm uses it.
struct ClassFacts {
  std::string name;
  double carriers = 0;          ///< share with at least one copy of a protein of an enzyme model of the arm
  double exchanged = 0;         ///< share of those dosed into reservoirs that is behind a face of the patch
  std::vector<double> doses{};  ///< when they are given within the run [s]; equal shares
};

/// A reaction that takes molecules out of a chain of substances, or brings some in.
struct ChainEnd {
  std::string reaction;
  double taken = 0;  ///< molecules of the chain for each time it happens; negative: brought in
};

/// What follows from the problem of an arm.
struct ArmFacts {
  std::string name;
  bool vesicles = true, sham = false;
  std::string of;                           ///< of an arm with published edges alone: the arm with all of them
  std::vector<std::string> edges_left_out;  ///< then: "contact on chondrocyte"
  std::string control;                      ///< arm that it is compared with, "" = the first without vesicles
  std::string direct;                       ///< arm in which only direct effects act, "" = none
  std::vector<std::string> unresponsive;    ///< cell types that do not respond to EVs
  std::vector<std::string> changes;         ///< "key.path = value", what differs in the scenario itself
  std::vector<std::string> models;
  double delay = 0;  ///< of the fastest model [s]
  Engagement engagement;
  std::vector<ClassFacts> vesicle_classes;
  std::vector<std::string> relays;        ///< species through which a cell can pass an effect on to others
  double primary_volume = 0;              ///< fluid of the primary field's region [um^3]
  std::vector<std::string> species;       ///< by SpeciesId
  std::vector<std::string> chain;         ///< species connected to the primary field by reactions
  std::vector<ChainEnd> chain_ends;       ///< reactions that change how many molecules the chain holds
  std::vector<std::string> made_by_ev;    ///< reactions that make the primary substance on vesicles
  std::vector<std::string> made_by_host;  ///< and those of the host
  std::vector<std::string> host_works;    ///< per reaction of made_by_host: on cells, or lumped, and where
};
void describe_vesicles(const Problem& problem, ArmFacts& facts);  ///< classes and engagement: part of describe_arm
ArmFacts describe_arm(const Problem& problem, std::string name, const PrimaryField* primary);

/// What a run leaves behind.
struct RunOutcome {
  std::string arm;
  std::uint64_t replicate = 0, seed = 0;
  SeriesTable series;
  std::vector<ReporterTrace> traces;
  std::vector<double> amount_at_start, amount_at_end;  ///< per species, patch and reservoirs [molecule]
};

/// The paired runs of the same replicate; null where the comparison has none.
struct Pairing {
  const RunOutcome* vehicle = nullptr;
  const RunOutcome* sham = nullptr;
};

/// Reporters ("type.name") for which chance alone influences so many cells that counting them says nothing.
std::set<std::string> noisy_reporters(std::span<const Pairing> pairings, const InfluenceRule& rule);

struct Phenotype;

/// What a comparison asks of each run.
struct Questions {
  const PrimaryField* primary = nullptr;   ///< null: none
  const Phenotype* phenotype = nullptr;    ///< null: none
  std::span<const SeriesMetric> outcomes;  ///< of the scenario
  InfluenceRule influenced;
};

/// All metrics of a run. `noisy` reporters get population means only.
std::vector<Metric> measure_run(const RunOutcome& run, const ArmFacts& arm, const Questions& questions,
                                const Pairing& pairing, const std::set<std::string>& noisy);

/// The metrics that are reductions of columns, as they are declared.
std::vector<SeriesMetric> primary_metrics(const PrimaryField& primary, double end);
std::vector<SeriesMetric> flux_metrics(const ArmFacts& arm);
std::vector<SeriesMetric> fate_metrics(const ArmFacts& arm);

/// Appends them; of those with `contrast` also effect.NAME (the difference from the paired run) and
/// effect_relative.NAME (that as a share of the other's). A reach is of the difference itself, with
/// reach.NAME.screening_length and reach.NAME.clearance of the run beside it.
void measure_series(const RunOutcome& run, const ArmFacts& arm, std::span<const SeriesMetric> metrics,
                    const Pairing& pairing, std::vector<Metric>& out);

/// The other parts of measure_run, each appending to `out`.
void measure_vesicles(const RunOutcome& run, const ArmFacts& arm, std::vector<Metric>& out);
void measure_footprint(const RunOutcome& run, const ArmFacts& arm, const PrimaryField& primary, const Pairing& pairing,
                       std::vector<Metric>& out);
void measure_budget(const RunOutcome& run, const ArmFacts& arm, std::vector<Metric>& out);
void measure_cells(const RunOutcome& run, const ArmFacts& arm, const Pairing& pairing, const InfluenceRule& rule,
                   const std::set<std::string>& noisy, std::vector<Metric>& out);

/// Appends relayed_cells.*, relayed_effect.* and relayed_outcome.*: the metrics in `out`, of an arm in which effects
/// are passed on, less those of its arm `direct` in the same replicate. Cell types that do not respond there are left
/// out.
void measure_relay(std::span<const Metric> of_direct, const ArmFacts& direct, std::vector<Metric>& out);

/// Real vesicles that were given so far: all doses, into the patch and into reservoirs. The same for every arm with the
/// same doses, so that numbers per EV of different arms can be compared. Empty without vesicles.
std::optional<double> vesicles_given(const RunOutcome& run, const ArmFacts& arm);

/// Real vesicles that acted by the end. Enzymes: all that carry one (the first turnover comes within seconds), binding:
/// all, in the patch and in reservoirs behind its faces, because what they do there reaches the patch;
/// contact: adsorbed or beyond; cargo: released. With several mechanisms one that acts by any of them counts once:
/// which protein a vesicle carries has no influence on whom it meets. Empty without a mechanism.
std::optional<double> vesicles_engaged(const RunOutcome& run, const ArmFacts& arm);

/// Why an arm has no number of vesicles engaged: nothing in it acts, or what `otherwise` says.
Absence engagement_absence(const ArmFacts& arm, const char* otherwise);

/// Probability that a vesicle carries at least one copy.
double positive_share(const ProteinLoad& load);

}  // namespace interstice
