/// @file
/// Specs of the chemistry: species and reactions.

#include "engine/scenario/spec/scenario_spec.h"

namespace interstice {

using namespace spec;

namespace {

/// A formula of the place.
SpecPointer by_place() { return record("by a formula", {need("formula", formula("of x, y and z", "uM"))}); }

SpecPointer species_dose() {
  return record("a dose of this species",
                {may("amount", quantity("all of it, into the fluid of the regions or into reservoirs; each time",
                                        {.unit = "molecule", .minimum = 0})),
                 may("concentration", not_negative("or what it adds where it is given", "uM")),
                 may("at",
                     list("times at which it is given, or begins",
                          quantity("time", {.unit = "s", .minimum = 0, .mark = "A", .source = "at the start"}), 1),
                     "[0 s]"),
                 may("over", positive("an infusion lasts so long; without it all is given at once", "s")),
                 may("in", regions_spec("regions whose fluid is dosed; [] for reservoirs alone", 0), "all"),
                 may("reservoirs", list("reservoirs that are dosed", reference("a reservoir", {"reservoir"})), "[]")});
}

}  // namespace

SpecPointer chemistry_spec_species() {
  const auto diffusivity = quantity("diffusivity", {.unit = "um^2/s", .minimum = 0, .maximum = 1e5});
  const auto level = not_negative("concentration in extracellular fluid", "uM", "A", "none is there");
  const auto fixed = record("held at a value", {need("fixed", level)});
  const auto permeable =
      record("flux = permeability (outside - c)",
             {need("permeability", not_negative("permeability", "um/s")), may("outside", level, "0 uM")});
  const auto reservoir = record(
      "opens into a well-mixed reservoir",
      {need("reservoir", reference("its name", {"reservoir"})),
       may("permeability", not_negative("of the face, as of an endothelium; without it nothing is between", "um/s"))});
  const auto side = one_of("what happens at a face, instead of what the domain says",
                           {choice("closed", {"no_flux", "periodic"}), fixed, permeable, reservoir});
  std::vector<Field> sides;
  for (const char* name : {"all", "x", "y", "z", "x_min", "x_max", "y_min", "y_max", "z_min", "z_max"})
    sides.push_back(may(name, side));
  return record(
      "a diffusing substance",
      {need("diffusivity", one_of("diffusivity, everywhere or per medium or region",
                                  {diffusivity, map_of("per medium (fluid, tissue) or region, which beats the medium",
                                                       {"region"}, diffusivity, {"fluid", "tissue", "default"})})),
       may("decay",
           not_negative("first-order decay beyond enzymes and cells", "1/s", "A", "none beyond enzymes and cells"),
           "0 1/s"),
       may("initial",
           one_of("concentration at the start, everywhere or per region or reservoir",
                  {level, by_place(),
                   map_of("per region or reservoir; `default` elsewhere", {"region", "reservoir"},
                          one_of("concentration", {level, by_place()}), {"default"})}),
           "0 uM"),
       may("fixed",
           map_of("regions in which it is held at a value, as a vessel holds what blood brings; counts as inflow",
                  {"region"}, not_negative("concentration", "uM")),
           "{}"),
       may("doses", one_of("given from outside", {species_dose(), list("several doses", species_dose())}), "[]"),
       may("uptake_Km",
           quantity("half-saturation of uptake by cells; `linear` = never saturates",
                    {.unit = "uM",
                     .minimum = 0,
                     .above_minimum = true,
                     .words = {{"linear", 0}},
                     .mark = "A",
                     .source = "far from saturation"}),
           "linear"),
       may("boundary", record("faces at which this species differs", std::move(sides)), "{}"),
       may("transfer",
           map_of("rates at which it goes from a reservoir, or from the fluid of a region, to others",
                  {"reservoir", "region"},
                  map_of("where to, and how fast", {"reservoir", "region"}, not_negative("rate", "1/s"))),
           "{}")});
}

SpecPointer chemistry_spec_reaction() {
  return record(
      "a reaction: mass action (k), Michaelis-Menten (Km) or Hill (K)",
      {need("equation", text("for example '2 A + B -> C'")),
       may("k", any_quantity("mass action: rate constant, uM^(1-order)/s")),
       may("Km", positive("Michaelis-Menten: half-saturation", "uM")),
       may("kcat", not_negative("turnovers per enzyme copy", "1/s")),
       may("enzyme", name_of("surface protein whose copies on cells and in reservoirs catalyse it", "protein")),
       may("vmax", not_negative("lumped rate, besides the enzyme", "uM/s")),
       may("inhibitors", map_of("competitive inhibitors and their Ki", {"species"}, positive("Ki", "uM"))),
       may("K", positive("Hill: half-saturation", "uM")),
       may("n", quantity("Hill exponent", {.minimum = 0.1, .maximum = 20})),
       may("in", regions_spec("where it takes place; in reservoirs too if that includes the first region"), "all"),
       may("from", not_negative("when it starts", "s", "A", "runs from the start"), "0 s"),
       may("until",
           quantity("when it stops", {.unit = "s",
                                      .minimum = 0,
                                      .above_minimum = true,
                                      .words = {{"end", kNever}},
                                      .mark = "A",
                                      .source = "runs to the end"}),
           "end"),
       may("half_life", half_life("half-life of its strength after it has started", "A", "does not fade"), "never")});
}

}  // namespace interstice
