/// @file
/// Specs of the scenario as a whole, of space and of what is done with a run.

#include "engine/scenario/spec/scenario_spec.h"

#include <fmt/format.h>

namespace interstice {

using namespace spec;

namespace {

SpecPointer point(std::string doc) {
  return list(std::move(doc), quantity("coordinate; the lower corner of the domain is the origin", {.unit = "um"}), 3,
              3);
}

SpecPointer to_reservoir() {
  return record("opens into a well-mixed reservoir", {need("reservoir", reference("its name", {"reservoir"}))});
}

/// x_min ... z_max, x, y, z, all; a face beats its axis, an axis beats `all`.
SpecPointer faces(std::string doc, const SpecPointer& condition, const std::string& fallback) {
  std::vector<Field> fields{may("all", condition, fallback)};
  for (const char* name : {"x", "y", "z", "x_min", "x_max", "y_min", "y_max", "z_min", "z_max"})
    fields.push_back(may(name, condition));
  return record(std::move(doc), std::move(fields));
}

SpecPointer phase() {
  return record("a phase of the run with its steps",
                {need("until", positive("end of the phase", "s")),
                 need("transport", positive("step of reactions and diffusion", "s")),
                 may("vesicles", positive("step of vesicle motion and turnover, and of how cells move; needed where "
                                          "there are vesicles",
                                          "s")),
                 may("cells", positive("step of cell decisions; needed where there are cell types", "s")),
                 need("series", positive("between rows of timeseries.csv", "s"))});
}

SpecPointer shape() {
  const auto corners =
      record("opposite corners", {need("from", point("lower corner")), need("to", point("upper corner"))});
  const auto box = record("a box", {need("box", corners)});
  const auto boxes = record("boxes", {need("boxes", list("all of them together", corners, 1))});
  const auto disc = list("centre, of the other two axes", quantity("coordinate", {.unit = "um"}), 2, 2);
  const auto cylinder = record(
      "a cylinder", {need("cylinder", record("a cylinder along an axis",
                                             {need("axis", choice("its axis", {"x", "y", "z"})), need("centre", disc),
                                              need("radius", positive("radius", "um")),
                                              need("from", quantity("where it starts along the axis", {.unit = "um"})),
                                              need("to", quantity("where it ends", {.unit = "um"}))}))});
  const auto sphere =
      record("a sphere", {need("sphere", record("a sphere", {need("centre", point("centre")),
                                                             need("radius", positive("radius", "um"))}))});
  return one_of("shape; a voxel belongs to it when its centre does",
                {choice("the whole domain", {"everywhere"}), box, boxes, cylinder, sphere});
}

SpecPointer output() {
  const auto sample = record("a sample", {need("sample", integer("at most this many agents per snapshot", 1, 1e12))});
  const auto fields = one_of("which species snapshots hold", {choice("all or none", {"all", "none"}),
                                                              list("some", reference("a species", {"species"}))});
  return record(
      "what is written",
      {may("every",
           quantity("between snapshots; `end` = only the first and the last",
                    {.unit = "s", .minimum = 0, .above_minimum = true, .words = {{"end", 0}}}),
           "end"),
       may("fields", fields, "all"), may("cells", choice("whether snapshots hold cells", {"all", "none"}), "all"),
       may("vesicles", one_of("which vesicles snapshots hold", {choice("all or none", {"all", "none"}), sample}),
           "{sample: 1e5}")});
}

SpecPointer models(const ModelRegistry& registry) {
  std::vector<Field> fields;
  for (const RegisteredModel& m : registry.all())
    fields.push_back(may(std::string(m.descriptor.name), model_spec(m.descriptor)));
  return record("interaction models and their parameters; those listed can be switched on by an arm", std::move(fields),
                "model");
}

SpecPointer media() {
  const auto medium =
      record("a medium", {may("viscosity",
                              quantity("seen by vesicles, relative to water",
                                       {.minimum = 0.01, .maximum = 1e6, .mark = "A", .source = "as water"}),
                              "1")});
  return record("what regions take from their medium where they say nothing themselves",
                {may("fluid", medium, "{}"), may("tissue", medium, "{}")});
}

/// Names such as `contact@published` are known too: see collect in scenario_names.
SpecPointer arm_of_run() {
  Spec spec = *reference(
      "the arm that `run` runs, perhaps with published edges alone (NAME@published); without it all listed models are "
      "on "
      "and vesicles are dosed",
      {"arm"});
  spec.tolerates = "arm with published edges";
  return std::make_shared<Spec>(std::move(spec));
}

SpecPointer cell_parts() {
  return named(
      "keys that cell types share, such as the columns of one mechanism; taken over by `like`, and only checked "
      "there",
      "cell part", anything("keys of a cell type"));
}

SpecPointer cells_at_start() {
  const auto placements =
      one_of("where cells of this type stand at the start; of `table`, the cells of a file",
             {agent_spec_placement(), list("several places", agent_spec_placement()), agent_spec_table()});
  return map_of("cells at the start; under `table` those of a file", {"cell type"}, placements, {"table"});
}

}  // namespace

std::vector<std::string> formula_words() { return {"and", "or", "not"}; }

SpecPointer regions_spec(std::string doc, std::size_t at_least) {
  const auto region = reference("a region", {"region"}, {"all"});
  return one_of(std::move(doc), {region, list("regions", region, at_least)});
}

SpecPointer space_spec_domain() {
  const auto reactive = record(
      "takes up vesicles that touch it, such as a layer of cells",
      {need("reactive",
            positive("kappa of D dc/dz = kappa c for vesicles; closed to species that say nothing else", "um/s"))});
  const auto side =
      one_of("what happens at a face, to fields and vesicles alike",
             {choice("closed, periodic or absorbing", {"no_flux", "periodic", "absorbing"}), to_reservoir(), reactive});
  return record(
      "the simulated patch",
      {need("size", list("edge lengths x, y, z", positive("edge length, a multiple of the spacing", "um"), 3, 3)),
       need("spacing", one_of("voxel edge, the same along all axes or one for each",
                              {positive("voxel edge", "um"),
                               list("voxel edges along x, y, z", positive("voxel edge", "um"), 3, 3)})),
       may("boundary", faces("faces of the domain", side, "no_flux"), "{}")});
}

SpecPointer space_spec_region() {
  return record(
      "a kind of tissue",
      {may("shape", shape()), may("image", text("label image that fills the domain (.vti, or HDF5 integers z, y, x)")),
       may("dataset", text("array in the image, when it holds several")),
       may("label", integer("label of this region in the image", -2147483648.0, 2147483647)),
       may("medium", choice("which diffusivities hold", {"fluid", "tissue"}), "fluid"),
       may("viscosity", quantity("seen by vesicles, relative to water (default: that of its medium)",
                                 {.minimum = 0.01, .maximum = 1e6})),
       may("volume_fraction",
           quantity(
               "share of the volume that is extracellular fluid",
               {.minimum = 0, .maximum = 1, .above_minimum = true, .mark = "A", .source = "no room is taken away"}),
           "1"),
       may("vesicle_partition",
           quantity("vesicle density relative to free fluid at equilibrium; 0 keeps "
                    "them out",
                    {.minimum = 0, .maximum = 1000, .mark = "A", .source = "free access"}),
           "1"),
       may("vesicle_half_life", half_life("non-cellular loss of free vesicles", "A", "no loss beyond cells"),
           "never")});
}

SpecPointer space_spec_reservoir() {
  return record(
      "a well-mixed volume: fluid behind a face, or a compartment such as plasma",
      {need("volume", positive("volume", "um^3")),
       may("represents", quantity("identical patches that share it", {.minimum = 1, .maximum = 1e15}), "1"),
       may("vesicle_half_life", half_life("non-cellular loss of vesicles", "A", "no loss beyond cells"), "never"),
       may("vesicle_transfer",
           map_of("rates at which its vesicles go into another reservoir, or evenly into the fluid of a region",
                  {"reservoir", "region"}, not_negative("rate", "1/s")),
           "{}"),
       may("enzymes",
           map_of("host enzyme copies in the volume", {"protein"},
                  quantity("copies", {.minimum = 0, .other_units = {"molecule"}})),
           "{}"),
       may("content", choice("what its vesicles are in; used by labels only", {"fluid", "cells", "degraded"}),
           "fluid")});
}

SpecPointer model_spec(const ModelDescriptor& model) {
  std::vector<Field> fields{may("library", text("shared object that holds the model"))};
  for (const ParameterSpec& p : model.parameters) {
    const auto written = [&](double number) {
      return p.unit == "1" ? fmt::format("{}", number) : fmt::format("{} {}", number, p.unit);
    };
    fields.push_back(may(std::string(p.name),
                         quantity(std::string(p.description), {.unit = std::string(p.unit),
                                                               .minimum = p.minimum,
                                                               .maximum = p.maximum,
                                                               .mark = std::string(p.mark),
                                                               .source = std::string(p.source),
                                                               .range = {written(p.minimum), written(p.maximum)}}),
                         written(p.default_value)));
  }
  for (const ChoiceSpec& c : model.choices) {
    const std::string about(c.description);
    fields.push_back(may(std::string(c.name),
                         c.names_species ? text(about) : choice(about, {c.options.begin(), c.options.end()}),
                         std::string(c.options.front())));
  }
  return record(std::string(model.summary), std::move(fields));
}

SpecPointer scenario_spec(const ModelRegistry& registry) {
  const auto regions =
      std::make_shared<Spec>(*named("kinds of tissue, painted in this order; the first must be everywhere", "region",
                                    space_spec_region(), {"all", "default"}));
  regions->minimum_items = 1;
  regions->maximum_items = 255;
  return record(
      "a scenario",
      {need("schema", integer("version of this format", 2, 2)),
       may("title", text("title, one line"), "untitled"),
       may("description", text("free text about the scenario"), "\"\""),
       may("twin_of", text("the scenario that this one is a reduced twin of, as seen from this file")),
       may("seed", integer("seed of all random numbers", 0, spec::kMostSeed), "1"),
       may("temperature",
           quantity("sets the viscosity of water", {.unit = "K",
                                                    .minimum = 274,
                                                    .maximum = 373,
                                                    .mark = "A",
                                                    .source = "body temperature",
                                                    .range = {"20 degC", "42 degC"}}),
           "37 degC"),
       need("domain", space_spec_domain()),
       may("reservoirs",
           named("well-mixed volumes, behind faces or elsewhere; they react as the first region does", "reservoir",
                 space_spec_reservoir(), {"default"}),
           "{}"),
       need("time", list("phases, one after the other", phase(), 1, 1000)),
       may("regions", regions, "{everywhere: {shape: everywhere}}"),
       may("media", media(), "{}"),
       may("species", named("diffusing substances", "species", chemistry_spec_species(), formula_words()), "{}"),
       may("reactions", named("reactions", "reaction", chemistry_spec_reaction()), "{}"),
       may("cell_types", named("kinds of cell", "cell type", agent_spec_cell_type(), {"table"}), "{}"),
       may("cell_parts", cell_parts()),
       may("cells", cells_at_start(), "{}"),
       may("injury",
           list("what harms cells; at the start an entry passes over cells that one before it has injured, hazards are "
                "rivals",
                agent_spec_injury()),
           "[]"),
       may("vesicles", named("vesicle classes and their doses", "vesicle class", agent_spec_vesicles()), "{}"),
       may("labels",
           named("labels of vesicles and what they show; an observation that changes nothing else", "label",
                 label_spec()),
           "{}"),
       may("profiles",
           named("how much of a species lies how far from a region; an observation that changes nothing else",
                 "profile", profile_spec()),
           "{}"),
       may("models", models(registry), "{}"),
       may("arm", arm_of_run()),
       may("parameter_sets",
           named("values to set together, by key path", "parameter set",
                 named("key path -> value", "key path", anything("a value"))),
           "{}"),
       may("parameters",
           reference("the parameter set to apply; without it the values of the file hold", {"parameter set"})),
       may("compare", compare_spec(), "{}"),
       may("output", output(), "{}")});
}

}  // namespace interstice
