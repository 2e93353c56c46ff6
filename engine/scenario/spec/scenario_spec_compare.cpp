/// @file
/// Specs of a comparison: its arms, and what they are judged by.

#include "engine/scenario/spec/scenario_spec.h"

namespace interstice {

using namespace spec;

namespace {

SpecPointer arm() {
  return record(
      "what is switched on in this arm",
      {may("vesicles", boolean("false = no vesicles are dosed"), "true"),
       may("classes", list("vesicle classes that are dosed; all of them where nothing is said",
                           reference("a vesicle class", {"vesicle class"}), 1)),
       may("sham", boolean("other random numbers for chemotaxis, to show what chance alone does"), "false"),
       may("models", list("active interaction models", reference("a model", {"listed model"})), "[]"),
       may("set",
           named("values that differ in this arm, by key path, applied after the parameter set and --set", "key path",
                 anything("a value")),
           "{}"),
       may("direct",
           reference("arm with the same mechanisms but without relay; the report gives the difference", {"arm"})),
       may("control", reference("arm without vesicles that it is compared with; by default the first one", {"arm"}))});
}

SpecPointer primary() {
  return record(
      "the species whose mean is shown first",
      {need("field", reference("a species", {"species"})), need("in", reference("a region", {"region"}, {"all"})),
       may("thresholds", list("levels whose first crossing is timed", positive("level", "uM")), "[]")});
}

/// How columns become rows, for outcomes and for the terms of a phenotype alike.
std::vector<Field> rows() {
  return {may("label", text("what it is called in reports; its name if none is given")),
          need("of", one_of("columns whose sum it is", {text("a column"), list("columns", text("a column"), 1)})),
          may("rate", boolean("the change per second since the row before, in place of the sum itself"), "false"),
          may("normalise", one_of("columns whose sum it is divided by, or `initial`: the sum in the first row",
                                  {text("a column"), list("columns", text("a column"), 1)}))};
}

SpecPointer outcome() {
  const auto moment = not_negative("time", "s");
  std::vector<Field> fields = rows();
  for (Field& field : std::vector<Field>{
           may("reduce",
               choice(
                   "how the rows become one number (change: last less first; half_life: of the line through the "
                   "logarithms; fraction_of_initial: last over first; reach: distance within which 90 % of the excess "
                   "over the paired run lies, of profile.NAME.*; quantile: distance within which `share` of "
                   "profile.NAME.* itself lies; decay_length: of the exponential with its mean depth; time_above and "
                   "time_below: when they first are at or beyond `level`)",
                   {"last", "mean", "min", "max", "area", "change", "half_life", "fraction_of_initial", "reach",
                    "quantile", "decay_length", "at", "time_above", "time_below", "time_of_max"}),
               "last"),
           may("at", not_negative("the time of `reduce: at`", "s")),
           may("level", any_quantity("the level of `reduce: time_above` or `time_below`, in a unit of the rows")),
           may("share", quantity("the share of `reduce: quantile`", {.minimum = 0, .maximum = 1})),
           may("beyond", not_negative("what lies nearer is left out of `reduce: quantile` and `decay_length`", "um")),
           may("from", moment, "0 s"), may("until", moment)})
    fields.push_back(std::move(field));
  return record("a number that a run ends in, from columns of timeseries.csv (`*` at the end stands for anything)",
                std::move(fields));
}

SpecPointer phenotype() {
  std::vector<Field> fields = rows();
  for (Field& field : std::vector<Field>{
           need("good", choice("whether more of it is better, or less", {"more", "less"})),
           need("range", any_quantity("its dynamic range, in a unit of the rows: a term is the share of it")),
           may("weight",
               quantity("of the term in the mean",
                        {.minimum = 0, .above_minimum = true, .mark = "A", .source = "all terms weigh the same"}),
               "1")})
    fields.push_back(std::move(field));
  auto terms = std::make_shared<Spec>(*named("what it is made of", "term", record("a term", std::move(fields))));
  terms->minimum_items = 1;
  return record(
      "the one signed number that decides between mechanisms, the same for every arm: sum of weight * (+1 or -1) * "
      "value/range over the sum of weights; an effect is the difference from the paired run at a horizon",
      {may("label", text("what it is called in reports"), "shared phenotype"), need("terms", terms),
       may("horizons",
           list("times at which arms are judged; one beyond the end of the run is not observable",
                positive("time", "s"), 1, 8),
           "[10 min, 24 h]")});
}

SpecPointer influenced() {
  return record(
      "when a cell counts as influenced, compared with the paired run without vesicles",
      {may("difference",
           quantity("of its reporter, as a share of the dynamic range",
                    {.minimum = 0, .maximum = 1, .mark = "A", .source = "assumed", .range = {"0.03", "0.3"}}),
           "0.1"),
       may("hold",
           quantity("how long the difference must last without a break ...",
                    {.unit = "s", .minimum = 0, .mark = "A", .source = "assumed", .range = {"1 min", "60 min"}}),
           "10 min"),
       may("hold_share",
           quantity("... or this share of the run, whichever is shorter",
                    {.minimum = 0, .maximum = 1, .mark = "A", .source = "assumed", .range = {"0.05", "0.5"}}),
           "0.2")});
}

}  // namespace

SpecPointer compare_spec() {
  return record(
      "the paired comparison of arms",
      {may("replicates", integer("paired runs per arm", 1, 100000), "8"),
       may("edges",
           choice("which effect edges of EVs act: all; only those that are published (mark V or L); or both, "
                  "where arms on which it makes a difference run a second time, as NAME@published",
                  {"both", "all", "published"}),
           "both"),
       may("arms", named("arms by name", "arm", arm()), "{}"), may("primary", primary()), may("phenotype", phenotype()),
       may("outcomes", named("what else arms are described by, in this order", "outcome", outcome()), "{}"),
       may("influenced", influenced(), "{}")});
}

}  // namespace interstice
