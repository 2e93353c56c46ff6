/// @file
/// Where the program looks for the cell types and chemistries that ship with it: beside its library, wherever an
/// installation was put; and in its source tree when it was built elsewhere.
#include "cli/command.h"

namespace interstice::test {
namespace {

namespace fs = std::filesystem;

class Installed : public CommandTest {
 protected:
  /// Copies program and library to bin/ and lib/ of a prefix, as an installation has them.
  void SetUp() override {
    CommandTest::SetUp();
    prefix_ = folder() / "prefix";
    fs::create_directories(prefix_ / "bin");
    fs::create_directories(prefix_ / "lib" / "x86_64-linux-gnu");
    fs::copy_file(INTERSTICE_EXE, prefix_ / "bin" / "interstice");
    for (const auto& entry : fs::directory_iterator(INTERSTICE_BINARY_DIR "/lib"))
      if (entry.is_regular_file() && entry.path().filename().string().starts_with("libinterstice.so"))
        for (const char* name : {"libinterstice.so.0.1", "libinterstice.so"})
          fs::copy_file(entry.path(), prefix_ / "lib" / "x86_64-linux-gnu" / name,
                        fs::copy_options::overwrite_existing);
    write("scenario.yaml",
          "schema: 2\ninclude: [cells/mast_cell.yaml]\ndomain: {size: [40 um, 40 um, 40 um], spacing: 10 um}\n"
          "time: [{until: 1 s, transport: 1 s, vesicles: 1 s, cells: 1 s, series: 1 s}]\n"
          "cells: {mast_cell: {count: 1}}\n");
  }
  [[nodiscard]] Said installed(const std::string& arguments) const {
    const std::string libraries = (prefix_ / "lib" / "x86_64-linux-gnu").string();
    const std::string command = "cd '" + folder().string() + "' && LD_LIBRARY_PATH='" + libraries + "' '" +
                                (prefix_ / "bin" / "interstice").string() + "' " + arguments + " >.out 2>.err";
    const int status = std::system(command.c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), read(".out"), read(".err")};
  }
  void share(const std::string& name, const std::string& text) const {
    const fs::path path = prefix_ / "share" / "interstice" / "models" / name;
    fs::create_directories(path.parent_path());
    std::ofstream(path) << text;
  }

 private:
  fs::path prefix_;
};

TEST_F(Installed, IncludesComeFromItsShare) {
  share("cells/mast_cell.yaml",
        "cell_types: {mast_cell: {radius: 6.25 um, initial_state: resting, states: {resting: {}}}}\n");
  const Said said = installed("describe scenario.yaml cell_types.mast_cell.radius");
  EXPECT_EQ(said.code, 0) << said.err;
  EXPECT_TRUE(has(said.out, "6.25 um")) << said.out;
  EXPECT_EQ(installed("run scenario.yaml -o here --quiet").code, 0);
  EXPECT_TRUE(has(installed("describe scenario.yaml").out, "prefix/share/interstice/models/cells/mast_cell.yaml"));
}

TEST_F(Installed, ScenariosThatShipAreFoundFromAnywhere) {
  share("cells/mast_cell.yaml",
        "cell_types: {mast_cell: {radius: 6.25 um, initial_state: resting, states: {resting: {}}}}\n");
  share("../scenarios/base.yaml", read("scenario.yaml"));
  write("mine.yaml", "include: [base.yaml]\ncells: {mast_cell: {count: 2}}\n");
  const Said said = installed("validate mine.yaml");
  EXPECT_EQ(said.code, 0) << said.err;
}

TEST_F(Installed, ItSaysWhereItLooked) {
  share("cells/neutrophil.yaml", "cell_types: {}\n");
  const Said said = installed("validate scenario.yaml");
  EXPECT_EQ(said.code, 2);
  EXPECT_TRUE(has(said.err, "scenario.yaml:2:11: include: no file 'cells/mast_cell.yaml'")) << said.err;
  EXPECT_TRUE(has(said.err, "prefix/share/interstice/models")) << said.err;
}

// Neither in a source tree nor in an installation: the source tree it was built from.
TEST_F(Installed, WithoutAShareItKnowsItsSourceTree) {
  EXPECT_TRUE(has(installed("describe chondrocyte").out, "chondrocyte"));
  EXPECT_TRUE(has(installed("validate scenario.yaml").err, INTERSTICE_SOURCE_DIR "/models"));
}

}  // namespace
}  // namespace interstice::test
