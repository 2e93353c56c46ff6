/// @file
/// `interstice new`: what it writes is sound, runs, and overwrites nothing.
#include "cli/command.h"

namespace interstice::test {
namespace {

class New : public CommandTest {};

TEST_F(New, WritesAScenarioThatRunsAsItIs) {
  const Said said = interstice("new mine");
  ASSERT_EQ(said.code, 0) << said.err;
  EXPECT_NE(said.out.find("interstice validate mine.yaml"), std::string::npos) << said.out;
  const Said valid = interstice("validate mine.yaml --quiet");
  EXPECT_EQ(valid.code, 0) << valid.err;
  EXPECT_EQ(valid.err, "");  // nothing to doubt
  EXPECT_EQ(interstice("compare mine.yaml --replicates 1 --quiet --set time.1.until=12min -o out").code, 0);
  EXPECT_TRUE(exists("out/report.html"));
}

TEST_F(New, TakesOverWhatShips) {
  ASSERT_EQ(interstice("new my_knee.yaml --from rat_knee").code, 0);
  const Said valid = interstice("validate my_knee.yaml --quiet");
  EXPECT_EQ(valid.code, 0) << valid.err;
  edit("my_knee.yaml", "# vesicles: {msc_sev: {dose: 1 ug}}", "vesicles: {msc_sev: {dose: 1 ug}}");
  edit("my_knee.yaml", "# compare: {replicates: 4}", "compare: {replicates: 4}");
  EXPECT_EQ(interstice("validate my_knee.yaml --quiet").code, 0);
}

TEST_F(New, RefusesWhatIsThereAndWhatIsNot) {
  write("mine.yaml", "years of work");
  const Said said = interstice("new mine");
  EXPECT_EQ(said.code, 2);
  EXPECT_NE(said.err.find("mine.yaml is there already"), std::string::npos) << said.err;
  EXPECT_EQ(read("mine.yaml"), "years of work");
  EXPECT_NE(interstice("new rat_knee --from rat_knee").err.find("rat_knee.yaml would include itself"),
            std::string::npos);
  ASSERT_EQ(interstice("new \"it's: low\" --from rat_knee").code, 0);
  EXPECT_EQ(interstice("validate \"it's: low.yaml\" --quiet").code, 0);
  const Said unknown = interstice("new other --from rat_kne");
  EXPECT_EQ(unknown.code, 2);
  EXPECT_NE(unknown.err.find("did you mean 'rat_knee'"), std::string::npos) << unknown.err;
  EXPECT_NE(interstice("new nowhere/mine").code, 0);
  EXPECT_FALSE(exists("other.yaml"));
}

}  // namespace
}  // namespace interstice::test
