/// @file
/// The report of a study from made-up files: what is there has a section, what is not has none, and nothing escapes.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "viz/report/csv.h"
#include "viz/report/study_report.h"

namespace interstice::viz {
namespace {

TEST(Csv, ReadsQuotesCommasAndLineEndsWithinCells) {
  const CsvTable table("a,b,c\n1,\"x, \"\"y\"\"\nz\",\r\n2.5e-3,,last");
  EXPECT_EQ(table.head, (std::vector<std::string>{"a", "b", "c"}));
  ASSERT_EQ(table.rows.size(), 2U);
  EXPECT_EQ(table.rows[0], (std::vector<std::string>{"1", "x, \"y\"\nz", ""}));
  EXPECT_EQ(table.rows[1][table.column("c")], "last");
  EXPECT_THROW((void)table.column("d"), std::runtime_error);
  EXPECT_EQ(table.json()["rows"][1], nlohmann::json({0.0025, nullptr, "last"}));
  EXPECT_EQ(number_in("12 uM"), std::nullopt);
  EXPECT_TRUE(CsvTable("").rows.empty());
}

class StudyReport : public testing::Test {
 protected:
  void SetUp() override {
    directory_ =
        std::filesystem::path(testing::TempDir()) /
        ("interstice_study_report_" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    std::filesystem::remove_all(directory_);
    std::filesystem::create_directories(directory_);
    write("study.json", R"({"interstice_study": 1, "title": "Doses <b>", "program": "interstice 0.1.0"})");
    write("answer.txt", "Neither does anything that counts in 90 % of 10 points.\n\n  24 h, all edges: neither\n");
    write("axes.csv", "axis,unit,values,first,last,own,arms\ndose,ug,2,1,100,10,\n");
    write("results.csv",
          "task,point,arm,replicate,status\nt1,0,vehicle,0,finished\nt2,0,uptake,0,finished\nt3,1,uptake,0,killed\n");
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }
  void write(const char* name, const std::string& text) const { std::ofstream(directory_ / name) << text; }
  [[nodiscard]] std::string page() const { return study_report_html(directory_); }
  [[nodiscard]] static nlohmann::json data_of(const std::string& page) {
    const std::size_t begin = page.find("id=\"data\">") + 10;
    return nlohmann::json::parse(page.substr(begin, page.find("</script>", begin) - begin));
  }

  std::filesystem::path directory_;
};

TEST_F(StudyReport, BeginsWithTheFirstSentenceOfTheAnswer) {
  const std::string text = page();
  EXPECT_NE(text.find("<h1>Doses &lt;b&gt;</h1>"), std::string::npos);
  EXPECT_NE(text.find("<p class=\"answer\">Neither does anything that counts in 90 % of 10 points.</p>"),
            std::string::npos);
  EXPECT_NE(text.find("<b>2</b> points</li><li>dose: 2 values, 1 to 100 µg</li><li><b>2</b> arms</li><li><b>1</b> "
                      "replicate</li><li><b>2</b> runs finished</li><li><b>1</b> runs killed"),
            std::string::npos);
  EXPECT_EQ(text.find("no answer about the scenario"), std::string::npos);
}

TEST_F(StudyReport, HasASectionForEachTableThatIsThere) {
  EXPECT_EQ(page().find("id=\"verdict-plot\""), std::string::npos);
  write(
      "verdict.csv",
      "horizon_s,edges,first,second,where,verdict,points,share_first\n600,all,uptake,extracellular,,neither,10,0.1\n");
  write("radius.csv",
        "horizon_s,edges,first,second,where,foretold,worst_arm,own_answer,parameters_at_most,fold,becomes,changes,why_"
        "not\n"
        "600,all,uptake,extracellular,,1,,neither,1,,,,\n600,all,uptake,extracellular,,1,,neither,2,3.5,first,kcat 1 "
        "-> 3,\n"
        "600,all,uptake,extracellular,,1,,neither,3,3.1,first,more,\n");
  const std::string text = page();
  EXPECT_NE(text.find("id=\"verdict-plot\""), std::string::npos);
  EXPECT_EQ(text.find("id=\"map-plot\""), std::string::npos);
  EXPECT_EQ(data_of(text)["tables"]["verdict"]["rows"][0][0], 600);
  EXPECT_NE(text.find("<b>3.5</b>"), std::string::npos);
  EXPECT_EQ(text.find("none in the ranges"), std::string::npos);
}

TEST_F(StudyReport, SaysWhereATwinMayNotSpeakForItsScenario) {
  write("answer.txt",
        "No verdict: twin.yaml is a reduced twin that was not checked.\n\n  3 of 9 runs have no result: so\n");
  const std::string text = page();
  EXPECT_NE(text.find("no answer about the scenario that the twin stands for"), std::string::npos);
  EXPECT_NE(text.find("<p class=\"caveat\">  3 of 9 runs have no result: so</p>"), std::string::npos);
}

TEST_F(StudyReport, EffectsAlongAxesStandInItWhereThereAreFewPoints) {
  write("dose_response.csv", "axis,dose_unit,at_point,arm,outcome\ndose,ug,0,uptake,phenotype.600s\n");
  std::string rows = "point,dose,arm,outcome,unit,n,mean,low,high,effect_n,effect\n";
  for (const char* dose : {"1", "10", "100"})
    rows += std::string("0,") + dose + ",uptake,phenotype.600s,1,2,0.1,,,2,0.1\n0," + dose +
            ",uptake,primary.peak,uM,2,1,,,2,1\n";
  write("effects.csv", rows);
  const nlohmann::json data = data_of(page());
  EXPECT_EQ(data["tables"]["effects"]["rows"].size(), 3U);  // of the phenotype alone
  EXPECT_EQ(data["axes"], nlohmann::json::parse(R"([{"name": "dose", "unit": "ug", "own": 10.0, "arms": ""}])"));
}

TEST_F(StudyReport, BytesThatAreNoTextDoNotHinderIt) {
  write("verdict.csv", "horizon_s,edges,first,second,where,verdict,points\n600,all,upt\xff,outside,,neither,10\n");
  EXPECT_NE(page().find("id=\"verdict-plot\""), std::string::npos);
}

TEST_F(StudyReport, WhatIsNoStudyIsRefused) {
  write("study.json", "{}");
  EXPECT_THROW(page(), std::runtime_error);
}

}  // namespace
}  // namespace interstice::viz
