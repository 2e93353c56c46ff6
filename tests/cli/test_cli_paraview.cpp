/// @file
/// `interstice paraview`: what it starts ParaView with, and what it refuses.
#include <filesystem>

#include "cli/command.h"

namespace interstice::test {
namespace {

class OpenInParaView : public CommandTest {};

TEST_F(OpenInParaView, StartsItWithTheRun) {
  ASSERT_EQ(interstice("run tiny.yaml --quiet -o here").code, 0);
  std::filesystem::create_directory(folder() / "bin");
  write("bin/paraview", "#!/bin/sh\necho \"$1 $INTERSTICE_RUN\"\n");
  std::filesystem::permissions(folder() / "bin/paraview", std::filesystem::perms::owner_all);
  const Said said = interstice("paraview here", "export PATH=$PWD/bin:$PATH;");
  EXPECT_EQ(said.code, 0) << said.err;
  EXPECT_NE(said.out.find("viz/paraview/open_interstice.py " + (folder() / "here").string()), std::string::npos)
      << said.out;
  EXPECT_TRUE(said.out.starts_with("--script=/")) << said.out;
}

TEST_F(OpenInParaView, SaysWhatIsMissing) {
  ASSERT_EQ(interstice("compare tiny.yaml --quiet --replicates 1 --arms vehicle,emcev -o compared").code, 0);
  const Said comparison = interstice("paraview compared");
  EXPECT_EQ(comparison.code, 2);
  EXPECT_NE(comparison.err.find("such as compared/arms/emcev/0"), std::string::npos) << comparison.err;
  EXPECT_NE(interstice("paraview compared/arms").err.find("holds no snapshots"), std::string::npos);
  const Said nowhere = interstice("paraview compared/arms/emcev/0", "export PATH=/nowhere;");
  EXPECT_EQ(nowhere.code, 2);
  EXPECT_NE(nowhere.err.find("ParaView is not installed"), std::string::npos) << nowhere.err;
}

}  // namespace
}  // namespace interstice::test
