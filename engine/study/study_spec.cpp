#include "engine/study/study_spec.h"

namespace interstice {

using namespace spec;

namespace {

SpecPointer axis() {
  return record(
      "what varies along this axis",
      {need("key", one_of("key path of the scenario, such as vesicles.msc_sev.dose; or several that vary together",
                          {text("a key path"), list("key paths", text("a key path"), 1, 64)})),
       may("values", list("its values with their units; where `key` is a list, each is one value for all of them, or a "
                          "list with one for each",
                          anything("a value"), 1)),
       may("from", any_quantity("the first of `points` values in even steps")),
       may("to", any_quantity("the last of them")), may("points", integer("how many", 2, 100000)),
       may("scale",
           choice("of the steps; log where nothing is said and `to` is more than ten times `from`", {"linear", "log"})),
       may("arms", list("arms that it changes; the others run once, at its first value", text("an arm"), 1))});
}

SpecPointer factor() {
  return record(
      "a parameter that is sampled",
      {need("key", one_of("key path of the scenario, or several that take the same value",
                          {text("a key path"), list("key paths", text("a key path"), 1, 64)})),
       may("from", any_quantity("the lower end of its range; that of the parameter table where nothing is said")),
       may("to", any_quantity("the upper end")),
       may("scale",
           choice("evenly in what; log where nothing is said and the range is more than tenfold", {"linear", "log"}))});
}

SpecPointer samples() {
  return record(
      "points drawn over ranges, beside the axes",
      {need("method", choice("how points are chosen: at random; one in each of as many strata (fixed by their number, "
                             "the others may be added to); a scrambled Sobol' sequence; trajectories of Morris; rows "
                             "of Saltelli for Sobol' indices",
                             {"random", "latin_hypercube", "sobol", "morris", "saltelli"})),
       need("number", integer("points; of `morris` trajectories of factors + 1 points, of `saltelli` rows of factors + "
                              "2 points",
                              1, 1000000)),
       may("levels", integer("of the grid of `morris`, even", 2, 100), "4"),
       may("factors", named("what is sampled", "factor", factor()), "{}"),
       may("marks", list("every parameter with one of these marks and a range is a factor too",
                         choice("a mark", {"V", "L", "A", "calc"}), 1)),
       may("among", list("of these only whose key path begins with one of", text("a key path"), 1)),
       may("limits",
           list("what points must keep: a sum of factors, each times a number, is at most so much",
                record("a limit", {need("sum", named("factor: times", "factor", quantity("times", {}))),
                                   need("at_most", quantity("in the units of the factors", {}))})),
           "[]")});
}

SpecPointer fit() {
  return record(
      "parameters that are fitted to what was measured, by `study fit`",
      {need("data",
            text("CSV as seen from this file, a row per number, with the columns time, value, unit, arm, sd and "
                 "of")),
       may("of", text("what was measured where the table has no column `of`: a column of timeseries.csv, outcome.NAME "
                      "(its rows, without its reduction) or phenotype")),
       need("parameters",
            named("what is fitted", "parameter",
                  record("a parameter that is fitted",
                         {need("key", one_of("key path of the scenario, or several that take the same value",
                                             {text("a key path"), list("key paths", text("a key path"), 1, 64)})),
                          may("from", any_quantity("the lower end of where it is looked for; that of the parameter "
                                                   "table where nothing is said")),
                          may("to", any_quantity("the upper end")),
                          may("start", any_quantity("where the first search starts; the scenario's value where nothing "
                                                    "is said")),
                          may("scale", choice("steps are even in what; log where nothing is said and the range is more "
                                              "than tenfold",
                                              {"linear", "log"}))}))),
       may("starts", integer("searches, the first from `start`, the others from points of a Sobol' sequence", 1, 1000),
           "4"),
       may("sd",
           choice("of the data: known, or known but for one common factor, which the fit estimates",
                  {"known", "relative"}),
           "known"),
       may("run_noise",
           choice("whether the standard error of the mean of replicates, at the best fit, adds to the sd "
                  "of the data (the root of the sum of squares)",
                  {"added", "left_out"}),
           "added")});
}

}  // namespace

SpecPointer study_spec() {
  return record(
      "many runs of one scenario",
      {need("study", integer("version of this format", 1, 1)), need("title", text("one line")),
       need("scenario", text("the scenario, as seen from this file")),
       may("parameters", text("parameter set of the scenario")),
       may("set", named("values that differ from the scenario's at all points", "key path", anything("a value")), "{}"),
       may("arms", one_of("arms that run, NAME@published too; all of the scenario where nothing is said",
                          {list("arms", text("an arm"), 1),
                           record("all subsets of mechanisms, and the arm without vesicles",
                                  {need("subsets_of", list("mechanisms that are on or off: arms of the scenario, which "
                                                           "stand for their models, or models",
                                                           text("an arm or model"), 2, 8))})})),
       may("edges", choice("which effect edges of EVs act, as in `compare`", {"both", "all", "published"})),
       may("replicates", integer("runs per arm and point; as `compare` says where nothing is said", 1, 100000)),
       may("seed", integer("of the noise; the scenario's where nothing is said", 0, kMostSeed)),
       may("noise",
           choice("points have noise of their own, or one noise in common, which makes differences between "
                  "points smaller than they are",
                  {"per_point", "common"}),
           "per_point"),
       may("axes", named("what varies; the study runs every combination", "axis", axis()), "{}"),
       may("samples", samples()), may("fit", fit()),
       may("check", record("of a reduced twin against the scenario that it stands for (`study run --check`)",
                           {may("points", integer("of the samples, the first ones", 1, 100000), "20"),
                            may("replicates", integer("runs per arm and point; as the study has where nothing is said",
                                                      1, 100000))})),
       may("outcomes", list("what the table of results holds: names of metrics, or of their families; all where "
                            "nothing is said",
                            text("a metric or family"), 1))});
}

}  // namespace interstice
