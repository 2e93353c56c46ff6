/// @file
/// What a study file says wrongly is refused before anything runs, with its place.
#include <ostream>

#include "cli/study_test.h"

namespace interstice::test {
namespace {

struct Mistake {
  const char *part, *by;  ///< in doses.yaml
  const char *where, *what;
};

void PrintTo(const Mistake& mistake, std::ostream* out) { *out << mistake.by; }

class StudyMistake : public Study, public testing::WithParamInterface<Mistake> {};

TEST_P(StudyMistake, IsRefusedWithItsLine) {
  edit("doses.yaml", GetParam().part, GetParam().by);
  const Said said = interstice("study run doses.yaml -o s");
  EXPECT_EQ(said.code, 2) << said.err;
  EXPECT_NE(said.err.find(GetParam().where), std::string::npos) << said.err;
  EXPECT_NE(said.err.find(GetParam().what), std::string::npos) << said.err;
  EXPECT_FALSE(exists("s"));
}

const Mistake kMistakes[] = {
    {"vesicles.ev.number", "vesicles.ev.numbr", "doses.yaml:6:9", "did you mean 'number'?"},
    {"2000 EV", "2000 cell", "doses.yaml:6:52", "EV"},
    {"title: Doses\n", "", "doses.yaml", "title: missing"},
    {"title: Doses\nscenario: tiny.yaml\nreplicates: 2", "set: {vesicles.ev.numbr: 3 EV}\nscenario: tiny.yaml",
     "doses.yaml:2:7: vesicles.ev.numbr", "title"},  // both at once
    {"[500 EV, 2000 EV]", "[]", "doses.yaml:6:43", "at least 1"},
    {"[500 EV, 2000 EV]", "[500 EV, 500 EV]", "doses.yaml:6:9", "twice"},
    {"values: [500 EV, 2000 EV]", "from: 500 EV, to: 2000 um, points: 4", "doses.yaml:6:53", "another unit"},
    {"values: [500 EV, 2000 EV]", "from: 500 EV, to: 2000 EV", "doses.yaml:6:9", "points"},
    {"values: [500 EV, 2000 EV]", "from: 500 EV, to: 500 EV, points: 4", "doses.yaml:6:53", "the same"},
    {"values: [500 EV, 2000 EV]", "points: 4, values: [1 EV]", "doses.yaml:6:9", "either"},
    {"key: vesicles.ev.number", "key: seed", "doses.yaml:6:15", "cannot vary"},
    {"replicates: 2", "replicates: 2\narms: [emcv]", "doses.yaml:5:8", "did you mean 'emcev'?"},
    {"replicates: 2", "replicates: 2\narms: [emcev, emcev]", "doses.yaml:5:15", "twice"},
    {"replicates: 2", "replicats: 2", "doses.yaml:4:1", "did you mean 'replicates'?"},
    {"replicates: 2\naxes:\n  dose: {key: vesicles.ev.number, values: [500 EV, 2000 EV]}",
     "replicates: 100000\naxes:\n  dose: {key: vesicles.ev.number, from: 1 EV, to: 2000 EV, points: 1000}",
     "doses.yaml:6:3", "make 4e+08 runs"},
    {"tiny.yaml", "tinny.yaml", "doses.yaml:3:11", "there is no"},
    {"  dose:", "  memory:", "doses.yaml:6:3", "memory is the name of another column"},
    {"values: [500 EV, 2000 EV]}", "values: [500 EV, 2000 EV]}\n  again: {key: vesicles.ev.number, values: [1 EV]}",
     "doses.yaml:7:16", "varies twice"},
    {"study: 1", "study: 2", "doses.yaml:1:8", "1"},
    {"values: [500 EV, 2000 EV]}", "values: [500 EV, 2000 EV]}\n  part: {key: vesicles.ev, values: [{}]}",
     "doses.yaml:", "is a part of"},
    {"replicates: 2", "outcomes: [outcome.mde]", "doses.yaml:4:12", "did you mean 'outcome.made'?"},
    {"replicates: 2", "outcomes: [phenotpye]", "doses.yaml:4:12", "did you mean 'phenotype'?"},
    {"[500 EV, 2000 EV]", "[500 EV, 5e2 EV]", "doses.yaml:6:9", "twice"},
    {"dose: {", "seed: {", "doses.yaml:", "name of another column"},
    {"replicates: 2", "samples: {method: latin, number: 3, marks: [A]}", "doses.yaml:4:19", "latin_hypercube"},
    {"replicates: 2", "samples: {method: sobol, number: 3}", "doses.yaml:4:10", "samples nothing"},
    {"replicates: 2", "samples: {method: sobol, number: 3, factors: {a: {key: vesicles.ev.number}}}", "doses.yaml:4:56",
     "has no range"},
    {"replicates: 2", "samples: {method: sobol, number: 3, factors: {a: {key: temperature, from: 2 K, to: 1 K}}}",
     "doses.yaml:4:50", "cannot vary from 2 K to 1 K"},
    {"replicates: 2",
     "samples: {method: sobol, number: 3, factors: {a: {key: temperature, from: 300 K, to: 301 K}}, limits: [{sum: {b: "
     "1}, at_most: 1}]}",
     "doses.yaml:4:", "unknown factor 'b'"},
    {"replicates: 2",
     "samples: {method: saltelli, number: 3, factors: {a: {key: temperature, from: 300 K, to: 301 K}}, limits: [{sum: "
     "{a: 1}, at_most: 300.5}]}",
     "doses.yaml:4:10", "cannot keep constraints"},
    {"replicates: 2", "set: {vesicles.ev.numbr: 3 EV}", "doses.yaml:4:7: vesicles.ev.numbr", "did you mean 'number'"},
    {"replicates: 2", "parameters: sceptic", "doses.yaml:4:13", "unknown parameter set 'sceptic'"},
    {"values: [500 EV, 2000 EV]}",  // each is fine alone
     "values: [500 EV, 2000 EV]}\n  transport: {key: time.0.transport, values: [50 ms, 250 ms]}\n"
     "  cells: {key: [time.0.vesicles, time.0.cells], values: [[50 ms, 250 ms], [250 ms, 250 ms]]}",
     "doses.yaml:6:3", "with transport 250 ms, cells 250 ms: time.0.series: 100 ms is not a multiple"},
};
INSTANTIATE_TEST_SUITE_P(Study, StudyMistake, testing::ValuesIn(kMistakes));

}  // namespace
}  // namespace interstice::test
