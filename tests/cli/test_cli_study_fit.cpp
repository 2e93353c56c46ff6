// labels: slow
/// @file
/// Fits of parameters to data: planted ones are found again, those that data cannot tell are called so, mistakes are
/// refused with their lines.
#include <algorithm>
#include <cmath>
#include <map>

#include "cli/study_test.h"
#include "engine/core/noise.h"

namespace interstice::test {
namespace {

/// Purines in eight voxels, so well mixed: ATP is split in the medium, AMP by CD73 on EVs that are counted.
class StudyFit : public Study {
 protected:
  void SetUp() override {
    Study::SetUp();
    write("well.yaml", kTinyScenario);
    edit("well.yaml", "spacing: 10 um", "spacing: 20 um");
    edit("well.yaml", "until: 1 s, transport: 50 ms, vesicles: 50 ms, cells: 250 ms, series: 100 ms",
         "until: 40 s, transport: 1 s, vesicles: 10 s, cells: 10 s, series: 2 s");
    edit("well.yaml", "fluid: 500 um^2/s, tissue: 200 um^2/s}, initial: 0 uM}\n  ADP",
         "fluid: 500 um^2/s, tissue: 200 um^2/s}, initial: 8 uM}\n  ADP");
    edit("well.yaml", "initial: 10 uM", "initial: 0 uM");
    edit("well.yaml", "cell_types:",
         "reactions:\n  ATPase: {equation: ATP -> AMP, k: 0.08 1/s}\n  loss: {equation: adenosine ->, k: 0.03 1/s}\n"
         "cell_types:");
    edit("well.yaml", "every: 500 ms", "every: 40 s");
    edit("well.yaml", "count: 5", "count: 0");
    edit("well.yaml", "number: 2000 EV", "number: 2000 EV\n    agents: 40");
    write("fit.yaml", R"(study: 1
title: Purines
scenario: well.yaml
arms: [vehicle, emcev]
replicates: 1
fit:
  data: measured.csv
  starts: 2
  parameters:
    k_ATP: {key: reactions.ATPase.k, from: 0.01 1/s, to: 1 1/s, start: 0.3 1/s}
    kcat: {key: models.cd73.kcat, from: 10 1/s, to: 500 1/s, start: 40 1/s}
)");
  }

  /// What runs of the scenario say, with normal noise of 3 % or 0.02 uM.
  void measure() const {
    std::string data = "time,value,unit,arm,sd,of\n";
    std::uint32_t k = 0;
    for (const char* arm : {"vehicle", "emcev"}) {
      ASSERT_EQ(interstice(std::string("run well.yaml --quiet --arm ") + arm + " -o " + arm).code, 0);
      std::istringstream in(read(std::string(arm) + "/timeseries.csv"));
      std::vector<std::string> names;
      for (std::string line; std::getline(in, line);) {
        std::vector<std::string> cells;
        std::istringstream parts(line);
        for (std::string cell; std::getline(parts, cell, ',');) cells.push_back(cell.substr(0, cell.find(" [")));
        if (names.empty()) {
          names = cells;
          continue;
        }
        const double time = std::stod(cells[0]);
        if (time < 3 || std::fmod(std::round(time), 6) != 0) continue;
        for (const char* of : {"mean.film.ATP", "mean.film.AMP", "mean.film.adenosine"}) {
          const auto c = static_cast<std::size_t>(std::ranges::find(names, of) - names.begin());
          const double value = std::stod(cells.at(c)), sd = std::max(0.03 * value, 0.02);
          const double noise = sd * Noise(11).normals(Stream::cell_seeding, 0, k++)[0];
          data += std::to_string(time) + " s," + std::to_string(1000 * (value + noise)) + ",nM," + arm + "," +
                  std::to_string(1000 * sd) + "," + of + "\n";
        }
      }
    }
    write("measured.csv", data);
  }

  [[nodiscard]] std::map<std::string, Row> fitted(const std::string& directory) const {
    std::map<std::string, Row> by_name;
    for (const Row& row : rows(directory, "fit.csv")) by_name[row.at("name")] = row;
    return by_name;
  }
};

void expect_holds(const std::map<std::string, std::string>& row, double truth) {
  EXPECT_EQ(row.at("identifiable"), "identifiable") << row.at("why");
  EXPECT_LE(std::stod(row.at("low")), truth);
  EXPECT_GE(std::stod(row.at("high")), truth);
  EXPECT_LT(std::stod(row.at("high")) / std::stod(row.at("low")), 1.3);
}

TEST_F(StudyFit, FindsPlantedParametersAndGoesOnFromWhatIsThere) {
  measure();
  const Said said = interstice("study fit fit.yaml -o f --jobs 1");
  ASSERT_EQ(said.code, 0) << said.err;
  expect_holds(fitted("f")["k_ATP"], 0.08);
  expect_holds(fitted("f")["kcat"], 100);
  EXPECT_TRUE(has(said.out, "2 of 2 parameters identifiable")) << said.out;
  EXPECT_TRUE(has(said.out, "as chance gives")) << said.out;
  EXPECT_EQ(rows("f", "fit_residuals.csv").size(), 36U);
  const std::string before = read("f/fit.csv");
  std::string log = read("f/log/fit.jsonl");
  write("f/log/fit.jsonl", log.substr(0, log.size() / 2));  // as a kill leaves it
  const Said again = interstice("study fit fit.yaml -o f --jobs 2");
  ASSERT_EQ(again.code, 0) << again.err;
  EXPECT_EQ(read("f/fit.csv"), before);
  EXPECT_FALSE(has(again.out, " 0 known before")) << again.out;
}

TEST_F(StudyFit, SaysWhatDataCannotTell) {
  measure();
  edit("fit.yaml", "    k_ATP: {key: reactions.ATPase.k, from: 0.01 1/s, to: 1 1/s, start: 0.3 1/s}\n",
       "    copies: {key: vesicles.ev.proteins.CD73.mean, from: 100, to: 800, start: 300, scale: log}\n");
  edit("fit.yaml", "from: 10 1/s, to: 500 1/s", "from: 62.5 1/s, to: 500 1/s, scale: log");
  edit("fit.yaml", "start: 40 1/s", "start: 80 1/s");
  const Said said = interstice("study fit fit.yaml -o f --jobs 1 --quiet");
  ASSERT_EQ(said.code, 0) << said.err;
  auto found = fitted("f");
  for (const char* name : {"copies", "kcat"}) {
    EXPECT_EQ(found[name].at("identifiable"), "not identifiable") << found[name].at("why");
    EXPECT_EQ(found[name].at("low"), "");
    EXPECT_TRUE(has(found[name].at("why"), "counts")) << found[name].at("why");
  }
  EXPECT_NEAR(std::stod(found["copies"].at("estimate")) * std::stod(found["kcat"].at("estimate")), 5e4, 2.5e3);
}

TEST_F(StudyFit, RefusesMistakesWithTheirLines) {
  const std::string good = "3 s,1,uM,vehicle,0.1,mean.film.ATP\n4 s,1,uM,emcev,0.1,outcome.made\n";
  const auto says = [&](const std::string& data, const std::string& what) {
    write("measured.csv", data);
    const Said said = interstice("study fit fit.yaml -o f");
    EXPECT_EQ(said.code, 2) << data;
    EXPECT_TRUE(has(said.err, what)) << said.err;
    EXPECT_FALSE(exists("f/log/fit.jsonl"));
  };
  const std::string head = "time,value,unit,arm,sd,of\n" + good;
  says(head + "3 s,1,uM,vehcle,0.1,mean.film.ATP\n", "measured.csv:4:1: arm: unknown arm 'vehcle'");
  says(head + "3 s,1,uM,vehcle,0.1,mean.film.ATP\n", "did you mean 'vehicle'");
  says(head + "3 s,1,uM,vehicle,0.1,mean.film.ATPP\n", "did you mean 'mean.film.ATP'");
  says(head + "3 s,1,cell,vehicle,0.1,mean.film.ATP\n", "'cell' is no unit of mean.film.ATP");
  says(head + "3 h,1,uM,vehicle,0.1,mean.film.ATP\n", "lies beyond the run, which ends at 40 s");
  says(head + "3,1,uM,vehicle,0.1,mean.film.ATP\n", "'3' is no time");
  says(head + "3 s,1,uM,vehicle,0,mean.film.ATP\n", "measured.csv:4:1: sd: 0 tells nothing");
  says(head + "3 s,x,uM,vehicle,0.1,mean.film.ATP\n", "'x' is no number");
  says("time,value,unit,arm,sd,of\n", "has no data");
  says("time,value,unit,arm,sd,of\n" + good, "2 data do not determine 2 parameters");
  says("time,vale,unit,arm,sd,of\n" + good, "did you mean 'value'");
  edit("fit.yaml", "    kcat: {key: models.cd73.kcat,", "    kcat: {key: reactions.ATPase.k,");
  says(head + good, "reactions.ATPase.k is fitted twice");
  edit("fit.yaml", "    kcat: {key: reactions.ATPase.k,", "    kcat: {key: models.cd73.kact,");
  says(head + good, "fit.parameters.kcat");
  edit("fit.yaml", "arms: [", "noise: per_point\narms: [");
  says(head + good, "cannot be per_point in a fit");
  EXPECT_TRUE(has(interstice("study fit doses.yaml -o f").err, "says nothing of a fit"));
}

TEST_F(StudyFit, IsRefusedWhereAStudyIsAskedFor) {
  measure();
  for (const char* what : {"run", "submit"}) {
    const Said said = interstice(std::string("study ") + what + " fit.yaml -o s");
    EXPECT_EQ(said.code, 2);
    EXPECT_NE(said.err.find("fit.yaml is a fit (there is nothing else to run) use `interstice study fit`"),
              std::string::npos)
        << said.err;
    EXPECT_FALSE(exists("s"));
  }
}

}  // namespace
}  // namespace interstice::test
