/// @file
/// Specs of observations. Labels: what is put on vesicles to see them, and what else is seen with it. Profiles.

#include "engine/scenario/spec/scenario_spec.h"

namespace interstice {

using namespace spec;

namespace {

struct Known {
  std::string mark, source;
  std::pair<std::string, std::string> range{};
};

/// A half-life that may be endless; `instant`: or nothing at all.
SpecPointer fading(std::string doc, Known known, bool instant = false) {
  return quantity(std::move(doc), {.unit = "s",
                                   .minimum = 0,
                                   .above_minimum = !instant,
                                   .words = {{"never", kNever}},
                                   .mark = std::move(known.mark),
                                   .source = std::move(known.source),
                                   .range = std::move(known.range)});
}

SpecPointer portion(std::string doc, Known known, bool above = false) {
  return quantity(std::move(doc), {.minimum = 0,
                                   .maximum = 1,
                                   .above_minimum = above,
                                   .mark = std::move(known.mark),
                                   .source = std::move(known.source),
                                   .range = std::move(known.range)});
}

/// How dye that is not on vesicles gets about; `more` comes first.
SpecPointer dye(std::string doc, std::vector<Field> more, const std::string& uptake, Known uptake_known) {
  const auto rate = quantity("rate", {.unit = "1/s", .minimum = 0});
  const auto to = map_of("where to, and how fast", {"reservoir"}, rate, {"fluid"});
  more.push_back(may(
      "uptake",
      quantity("clearance from the fluid of the patch by each of its cells", {.unit = "um^3/s",
                                                                              .minimum = 0,
                                                                              .mark = std::move(uptake_known.mark),
                                                                              .source = std::move(uptake_known.source),
                                                                              .range = std::move(uptake_known.range)}),
      uptake));
  more.push_back(may("half_life", fading("loss from fluids, as by excretion", {"A", "no loss beyond cells"}), "never"));
  more.push_back(
      may("transfer",
          map_of("rates from a reservoir, or from the `fluid` of the patch, to others", {"reservoir"}, to, {"fluid"}),
          "{}"));
  return record(std::move(doc), std::move(more));
}

SpecPointer micelles() {
  std::vector<Field> fields{
      may("per_EV",
          quantity("micelles dosed per vesicle; arms without vesicles get them too (the no-EV control)",
                   {.minimum = 0,
                    .maximum = 1e6,
                    .mark = "A",
                    .source = "lipophilic dyes form particles of their own that outnumber EVs; value assumed",
                    .range = {"1", "100"}}),
          "10"),
      may("signal",
          quantity("signal of one micelle, relative to a labelled vesicle",
                   {.minimum = 0,
                    .maximum = 1e6,
                    .mark = "A",
                    .source = "as bright as a labelled EV, of its size",
                    .range = {"0.1", "10"}}),
          "1")};
  return dye("micelles of the dye alone", std::move(fields), "3.1 um^3/s",
             {"A", "as an EV: reactivity 0.01 um/s on a radius of 5 um", {"0.3 um^3/s", "360 um^3/s"}});
}

}  // namespace

SpecPointer label_spec() {
  return record(
      "a label",
      {need("vesicles", reference("class that carries it; the class must be dosed once", {"vesicle class"})),
       may("labelled", portion("share of vesicles that carry it", {"A", "assumed: all", {"0.3", "1"}}, true), "1"),
       may("half_life", fading("half-life of all of its signal", {"A", "does not fade"}), "never"),
       may("carrier",
           choice("part of the vesicle that carries it; cargo: seen only while the vesicle has its cargo",
                  {"membrane", "cargo"}),
           "membrane"),
       may("loose", portion("share of the signal on vesicles that comes off", {"A", "bound for good", {"0", "1"}}),
           "0"),
       may("loose_half_life",
           quantity("time after the dose in which half of that comes off",
                    {.unit = "s",
                     .minimum = 0,
                     .above_minimum = true,
                     .mark = "V",
                     .source = "half of loosely bound 64Cu in plasma within 10 min",
                     .range = {"1 min", "24 h"}}),
           "10 min"),
       may("after_degradation", fading("half-life of what a vesicle leaves in the cell that degraded it, and of dye "
                                       "that came off in cells (default: never for membrane, 0 s for cargo)",
                                       {"A", "a dye stays where its vesicle ended"}, true)),
       may("after_release",
           fading("half-life of what a vesicle leaves in the cell that received its cargo",
                  {"A", "as after degradation"}, true),
           "never"),
       may("micelles", micelles()),
       may("free_dye",
           dye("dye that came off", {}, "100 um^3/s",
               {"A",
                "between an EV (3) and diffusion to a sphere of 5 um at 100 um^2/s (6300)",
                {"3 um^3/s", "6300 um^3/s"}}),
           "{}")});
}

SpecPointer profile_spec() {
  return record(
      "molecules of a species, or vesicles of a class, in shells around a region or by depth below a face",
      {may("species", reference("what is looked at", {"species"})),
       may("vesicles", reference("or vesicles of this class", {"vesicle class"})),
       may("states", list("of vesicles: those in these states, added up",
                          choice("free, on cells, or in endosomes of cells", {"free", "adsorbed", "endosomal"}), 1)),
       may("around", regions_spec("region, or regions, from whose surface distances count")),
       may("below", choice("or the face of the domain from which depth counts",
                           {"x_min", "x_max", "y_min", "y_max", "z_min", "z_max"})),
       need("width", quantity("of a shell", {.unit = "um", .minimum = 0, .above_minimum = true}))});
}

}  // namespace interstice
