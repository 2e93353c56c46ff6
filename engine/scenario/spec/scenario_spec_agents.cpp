/// @file
/// Specs of cells and vesicles.

#include "engine/scenario/spec/scenario_spec.h"

namespace interstice {

using namespace spec;

namespace {

constexpr double kUnlimited = std::numeric_limits<double>::infinity();

/// Keys are species, also those that the cell type can do without.
SpecPointer of_species(std::string doc, SpecPointer item) {
  Spec map = *map_of(std::move(doc), {"species"}, std::move(item));
  map.tolerates = "optional species";
  return std::make_shared<Spec>(std::move(map));
}

SpecPointer share(std::string doc, std::string mark, std::string source,
                  std::pair<std::string, std::string> range = {}) {
  return quantity(
      std::move(doc),
      {.minimum = 0, .maximum = 1, .mark = std::move(mark), .source = std::move(source), .range = std::move(range)});
}

/// A value that differs from cell to cell.
std::vector<SpecPointer> distributions(const SpecPointer& number) {
  const auto spread = quantity("geometric standard deviation", {.minimum = 1, .maximum = 20});
  const auto mean_and_sd = record("mean and sd", {need("mean", number), need("sd", number)});
  const auto lognormal = record("median and geometric sd", {need("median", number), need("gsd", spread)});
  return {number,
          record("uniform", {need("uniform", list("lowest and highest", number, 2, 2))}),
          record("whole number, each as likely", {need("integers", list("lowest and highest", number, 2, 2))}),
          record("log-normal", {need("lognormal", lognormal)}),
          record("exponential", {need("exponential", record("mean", {need("mean", number)}))}),
          record("normal", {need("normal", mean_and_sd)}),
          record("normal, drawn again until it is above 0", {need("truncated_normal", mean_and_sd)}),
          record("gamma", {need("gamma", mean_and_sd)})};
}

SpecPointer column() {
  auto at_start = std::make_shared<Spec>(*any_quantity("a value in the column's unit"));
  at_start->mark = "A";
  at_start->source = "nothing has happened yet";
  return record(
      "a number that each cell of the type carries: x' = gain - loss x",
      {may("unit", text("its unit"), "\"1\""), may("initial", one_of("at the start", distributions(at_start)), "0"),
       may("gain", formula("column unit per second", "")), may("loss", formula("rate of loss", "1/s")),
       may("at_division",
           choice("what both daughters get: the parent's number, half of it, one more, one less (a cycle that ends at "
                  "1 keeps what it overshot), or 0",
                  {"copy", "halve", "increment", "decrement", "clear"}),
           "copy")});
}

/// Snapshots give these names to what every cell has.
std::vector<std::string> column_reserved() {
  auto words = formula_words();
  for (const char* name :
       {"id", "ancestor", "type", "state", "radius", "velocity", "bound", "internal", "adsorptions", "releases"})
    words.emplace_back(name);
  return words;
}

SpecPointer transition() {
  return record("a way out of the state",
                {need("to", text("state")), may("hazard", formula("rate, held over the cell step", "1/s")),
                 may("when", formula("fires at the end of a cell step in which it is above 0.5", "1")),
                 may("divides", boolean("the cell divides on the way"), "false")});
}

SpecPointer recruitment() {
  return one_of(
      "a rate alone, or more",
      {formula("rate", "cell/s"), record("a rate, and what newcomers bring along",
                                         {need("rate", formula("rate", "cell/s")),
                                          may("with",
                                              map_of("columns of the newcomers that start at a formula of this cell",
                                                     {}, formula("value in the column's unit", "")),
                                              "{}")})});
}

SpecPointer state() {
  const auto amount = quantity("amount", {.unit = "molecule", .minimum = 0});
  return record(
      "a state of the statechart",
      {may("duration", one_of("how long it lasts", distributions(positive("duration", "s")))),
       may("then", text("state that follows after the duration")),
       may("divides", boolean("the cell divides as the duration ends"), "false"),
       may("removed", boolean("entering it removes the cell"), "false"),
       may("becomes", reference("entering it makes a cell of this type of it", {"cell type"})),
       may("secretes", of_species("what it secretes", formula("rate", "molecule/s")), "{}"),
       may("spills", of_species("contents spilled evenly over the duration", amount), "{}"),
       may("spill_rest",
           choice("what a cell that leaves early still holds is spilled at once, or lost", {"at_once", "lost"}),
           "at_once"),
       may("injurable", boolean("injuries with a hazard strike in this state too (default: unless it spills, or "
                                "follows by itself a state that does)")),
       may("recruits", map_of("cells that come in beside it, as from a vessel", {"cell type"}, recruitment()), "{}"),
       may("transitions",
           list("ways out; of conditions that hold the first wins; of hazards, injuries and the duration "
                "whatever comes first",
                transition()),
           "[]")});
}

SpecPointer motility() {
  const auto signal =
      record("a chemotactic signal",
             {need("Kd", positive("half-occupancy", "uM")),
              may("weight", quantity("relative weight; negative repels", {.mark = "A", .source = "assumed"}), "1")});
  return record("biased persistent random walk",
                {may("speed", formula("walking speed", "um/s")),
                 may("persistence",
                     positive("mean time between turns", "s", "A", "assumed; leukocytes 2 min, fibroblasts 30 min",
                              {"0.5 min", "30 min"}),
                     "1 min"),
                 may("max_bias", share("largest bias of the direction", "A", "walks at random"), "0"),
                 may("gain", formula("factor on the chemotactic drive", "1")),
                 may("settling",
                     quantity("speed towards z = 0, as of cells that settle in a well; also for cells that do not walk",
                              {.unit = "um/s", .minimum = 0, .mark = "A", .source = "held by matrix or adhesion"}),
                     "0 um/s"),
                 may("toward", of_species("signals that attract", signal), "{}")});
}

SpecPointer reporter() {
  return record("a value that shows whether a cell was influenced",
                {need("value", formula("what is compared between paired arms", "1")),
                 may("range", positive("dynamic range", "1", "A", "a share, 0 to 1"), "1"),
                 may("delay",
                     quantity("delay before the mechanism can show",
                              {.unit = "s", .minimum = 0, .mark = "A", .source = "answers at once"}),
                     "0 s"),
                 may("kind", choice("receptor signal or phenotype", {"receptor", "phenotype"}), "phenotype")});
}

SpecPointer contact() {
  return record("how vesicles stick to the cell; the same in every arm",
                {may("adsorption",
                     quantity("reactivity kappa of the surface",
                              {.unit = "um/s",
                               .minimum = 0,
                               .mark = "A",
                               .source = "twice the net uptake reactivity of a non-phagocyte, 0.01 um/s",
                               .range = {"2e-4 um/s", "0.6 um/s"}}),
                     "0.02 um/s"),
                 may("sites",
                     quantity("adsorption sites per area", {.unit = "1/um^2",
                                                            .minimum = 0,
                                                            .above_minimum = true,
                                                            .other_units = {"EV/um^2"},
                                                            .words = {{"unlimited", kUnlimited}},
                                                            .mark = "A",
                                                            .source = "saturation of the cell surface, assumed",
                                                            .range = {"0.5 /um^2", "40 /um^2"}}),
                     "5 /um^2")});
}

}  // namespace

SpecPointer agent_spec_edge() {
  return record(
      "of a strength: it is that of an effect edge, by which vesicles act on cells of this type; 0 removes it",
      {need("mechanism", choice("what vesicles do there; enzyme and binding act through substances of the host, which "
                                "`edges: published` leaves alone",
                                {"cargo", "contact", "enzyme", "binding"})),
       need("mark",
            choice("evidence that the edge exists, not of its size: verified, literature, assumption, calculated",
                   {"V", "L", "A", "calc"})),
       need("source", text("where it is shown, or why it is assumed"))});
}

SpecPointer agent_spec_cell_type() {
  auto states = std::make_shared<Spec>(*named("states of the statechart", "state", state()));
  states->minimum_items = 1;
  states->maximum_items = 255;
  return record(
      "a kind of cell",
      {may("like", one_of("takes over all that these cell types and cell parts say, later ones over earlier ones; keys "
                          "beside it go over that",
                          {text("a cell type or cell part"), list("several", text("a cell type or cell part"))})),
       may("radius", positive("radius", "um", "A", "assumed; most cells are 4 to 10 um", {"3 um", "12 um"}), "5 um"),
       may("mobile", boolean("pushed by neighbours"), "true"),
       may("responds_to_evs",
           boolean("interaction models change it; false: vesicles stick to it and enter it without any effect on it"),
           "true"),
       may("contact", contact(), "{}"),
       may("uptake",
           of_species("clearance of species per cell", quantity("clearance", {.unit = "um^3/s", .minimum = 0})), "{}"),
       may("optional",
           list("species that a scenario may lack: formulas then read 0, and the cell does not secrete, spill, take up "
                "or follow them",
                name_of("its name", "optional species")),
           "[]"),
       may("enzymes",
           map_of("ecto-enzyme copies per cell", {"protein"},
                  one_of("the same on every cell, or a formula",
                         {quantity("copies", {.minimum = 0, .other_units = {"molecule"}}), formula("copies", "1")})),
           "{}"),
       may("parameters",
           named("named numbers for this type's formulas; {value: ..., edge: {...}} where it is the strength of an "
                 "effect "
                 "edge",
                 "parameter", any_quantity("a value", agent_spec_edge()), formula_words()),
           "{}"),
       may("columns",
           named("numbers that each cell carries; left out are those that stay 0 in every arm, and those that nothing "
                 "changes and only such columns read",
                 "column", column(), column_reserved()),
           "{}"),
       need("initial_state", text("state at the start")), need("states", states), may("motility", motility(), "{}"),
       may("reporters", named("values that show whether a cell was influenced", "reporter", reporter()), "{}")});
}

SpecPointer agent_spec_placement() {
  return record("cells placed at random",
                {may("count", integer("how many", 0, 1e9)),
                 may("density", quantity("per volume of the regions",
                                         {.unit = "cell/um^3", .minimum = 0, .other_units = {"1/um^3"}})),
                 may("in", regions_spec("regions"), "all")});
}

SpecPointer agent_spec_table() {
  Spec types = *map_of("what the entries of the column `type` mean, where they are no names of cell types", {},
                       reference("a cell type", {"cell type"}));
  types.noun = "entry";
  return record(
      "cells whose places a file gives, such as those of a segmented image, one row each",
      {need("file",
            text("CSV with commas and a header, or HDF5 (.h5, .hdf5, .hdf) with one array per column: x, y, z, and as "
                 "wanted radius, type and columns of the cell types; units as in `x [um]`, or the attribute `unit`")),
       may("group", text("of an HDF5 file: where the arrays are"), "/"),
       may("length_unit",
           positive("of x, y, z and radius where the file gives none, such as the size of a pixel", "um")),
       may("type", reference("what all of them are, where the file has no column `type`", {"cell type"})),
       may("types", std::make_shared<Spec>(std::move(types)), "{}"),
       may("ignore", list("columns of the file that are left out", text("a column")), "[]")});
}

SpecPointer agent_spec_injury() {
  const auto at_start =
      record("injured at t = 0", {need("count", integer("how many cells", 0, 1e9)),
                                  may("nearest", reference("those nearest to this region", {"region"}))});
  return record(
      "an injury",
      {need("cell", reference("which cells", {"cell type"})), need("to", text("state that they enter")),
       may("at_start", at_start),
       may("hazard", quantity("afterwards", {.unit = "1/s", .minimum = 0, .mark = "A", .source = "none"}), "0 1/s"),
       may("until", quantity("when the hazard ends; without it never", {.unit = "s", .minimum = 0})),
       may("in", regions_spec("where the hazard holds"), "all")});
}

namespace {

SpecPointer surface_protein() {
  return record(
      "copies of a surface protein",
      {need("mean",
            quantity("mean over all vesicles", {.minimum = 0, .maximum = 10000, .other_units = {"molecule/EV"}})),
       may("positive_fraction",
           quantity("share of vesicles that carry any", {.minimum = 0,
                                                         .maximum = 1,
                                                         .above_minimum = true,
                                                         .mark = "A",
                                                         .source = "assumed: all alike",
                                                         .range = {"0.1", "1"}}),
           "1"),
       may("sigma",
           quantity("log-normal sigma among those",
                    {.minimum = 0, .maximum = 5, .mark = "A", .source = "assumed: all alike", .range = {"0", "1.5"}}),
           "0"),
       may("mass", quantity("of one copy; without it as models/proteins.yaml says",
                            {.unit = "kDa", .minimum = 0, .above_minimum = true}))});
}

SpecPointer endosome() {
  return record("what becomes of internalised vesicles",
                {may("lysosome_half_life",
                     quantity("half-life of degradation", {.unit = "s",
                                                           .minimum = 0,
                                                           .above_minimum = true,
                                                           .mark = "A",
                                                           .source = "assumed",
                                                           .range = {"1 h", "24 h"}}),
                     "4 h"),
                 may("released_fraction",
                     share("of exits: cargo reaches the cytosol", "L",
                           "Bonsergent 2021 Nat Commun 12:1864: "
                           "up to 0.3; EVs without a fusogen far less",
                           {"0", "0.3"}),
                     "0.05"),
                 may("recycled_fraction",
                     share("of exits: back outside, without cargo", "A",
                           "re-release is reported (O'Brien 2022), its size is not verified", {"0", "0.6"}),
                     "0.3")});
}

SpecPointer fusogen() {
  return record("an engineered fusogen",
                {may("uptake",
                     quantity("factor on adsorption", {.minimum = 0,
                                                       .maximum = 1e6,
                                                       .mark = "A",
                                                       .source = "native EVs; VSV-G about 5",
                                                       .range = {"1", "30"}}),
                     "1"),
                 may("release",
                     quantity("factor on the released fraction",
                              {.minimum = 0,
                               .maximum = 1e6,
                               .mark = "A",
                               .source = "native EVs; VSV-G about 10, at most 1/released_fraction",
                               .range = {"1", "20"}}),
                     "1")});
}

SpecPointer diameter() {
  return record("log-normal diameter", {may("median",
                                            quantity("median", {.unit = "nm",
                                                                .minimum = 20,
                                                                .maximum = 2000,
                                                                .mark = "V",
                                                                .source = "Giebel & Lim 2025",
                                                                .range = {"100 nm", "130 nm"}}),
                                            "115 nm"),
                                        may("gsd",
                                            quantity("geometric sd", {.minimum = 1,
                                                                      .maximum = 3,
                                                                      .mark = "A",
                                                                      .source = "98 % between 50 and 200 nm",
                                                                      .range = {"1.2", "1.5"}}),
                                            "1.3")});
}

}  // namespace

SpecPointer agent_spec_vesicles() {
  return record(
      "a class of vesicles and its dose",
      {may("dose", quantity("protein mass", {.unit = "ug", .minimum = 0})),
       may("number",
           quantity("vesicles given, in `volume` or else in the patch; those that would lie inside cells are left out",
                    {.unit = "EV", .minimum = 0})),
       may("density", quantity("vesicles per volume of fluid", {.unit = "EV/um^3", .minimum = 0})),
       may("particles_per_ug",
           quantity("vesicles per protein mass", {.unit = "EV/ug",
                                                  .minimum = 0,
                                                  .above_minimum = true,
                                                  .mark = "L",
                                                  .source = "2e9 (low purity) to 3e10 (pure), Webber & Clayton 2013",
                                                  .range = {"1e9 EV/ug", "2e11 EV/ug"}}),
           "1e10 EV/ug"),
       may("volume", positive("fluid that the dose is given into", "um^3")),
       may("at",
           list("times at which the dose is given, the whole dose each time",
                quantity("time", {.unit = "s", .minimum = 0, .mark = "A", .source = "at the start"}), 1),
           "[0 s]"),
       may("in", regions_spec("regions whose fluid is dosed; [] for reservoirs alone", 0), "all"),
       may("reservoirs", list("reservoirs that are dosed", reference("a reservoir", {"reservoir"})), "[]"),
       may("diameter", diameter(), "{}"),
       may("proteins", map_of("surface proteins", {"protein"}, surface_protein()), "{}"),
       may("representation",
           choice(
               "agents: followed one by one, or `weight` at a time; counts: whole numbers per voxel and per cell, for "
               "doses with several vesicles per voxel",
               {"agents", "counts"}),
           "agents"),
       may("weight", integer("real vesicles per agent", 1, 1e9)),
       may("agents",
           quantity("instead of a weight: about this many agents in the patch", {.minimum = 1, .maximum = 1e9})),
       may("enzyme_half_life",
           quantity("of enzyme activity", {.unit = "s",
                                           .minimum = 0,
                                           .above_minimum = true,
                                           .words = {{"never", kNever}},
                                           .mark = "A",
                                           .source = "activity resists detergent; value assumed",
                                           .range = {"6 h", "1000 h"}}),
           "48 h"),
       may("desorption",
           quantity("rate of desorption",
                    {.unit = "1/s", .minimum = 0, .mark = "A", .source = "assumed", .range = {"1e-4 1/s", "1e-2 1/s"}}),
           "1e-3 1/s"),
       may("internalisation",
           quantity("adsorbed -> endosome",
                    {.unit = "1/s", .minimum = 0, .mark = "A", .source = "assumed", .range = {"1e-4 1/s", "5e-3 1/s"}}),
           "1e-3 1/s"),
       may("endosome", endosome(), "{}"), may("fusogen", fusogen(), "{}")});
}

}  // namespace interstice
