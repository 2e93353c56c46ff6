/// @file
/// Runs the `interstice` program as a user would, in a folder of its own, and collects what it says.
#pragma once

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "support/file_text.h"

namespace interstice::test {

struct Said {
  int code = -1;
  std::string out, err;
};

/// A scenario that runs in a moment: 1 s, 64 voxels, two arms' worth of chemistry, one mobile cell type, some EVs.
inline constexpr const char* kTinyScenario = R"(schema: 2
title: Tiny
seed: 1
temperature: 37 degC
domain: {size: [40 um, 40 um, 40 um], spacing: 10 um, boundary: {all: no_flux}}
time:
  - {until: 1 s, transport: 50 ms, vesicles: 50 ms, cells: 250 ms, series: 100 ms}
regions:
  film: {shape: everywhere, medium: fluid, viscosity: 1}
species:
  ATP: {diffusivity: {fluid: 500 um^2/s, tissue: 200 um^2/s}, initial: 0 uM}
  ADP: {diffusivity: {fluid: 500 um^2/s, tissue: 200 um^2/s}, initial: 0 uM}
  AMP: {diffusivity: {fluid: 500 um^2/s, tissue: 200 um^2/s}, initial: 10 uM}
  adenosine: {diffusivity: {fluid: 500 um^2/s, tissue: 200 um^2/s}, initial: 0 uM}
cell_types:
  sentinel:
    radius: 4 um
    mobile: false
    columns:
      felt: {unit: "1", initial: 0, gain: "H(adenosine, 0.1 [uM]) / 0.1 [s]", loss: "1 / 0.1 [s]"}
    initial_state: alive
    states: {alive: {}}
    reporters:
      felt: {value: felt, range: 1, delay: 0 s, kind: receptor}
      late: {value: felt, range: 1, delay: 1 h, kind: phenotype}
cells: {sentinel: {count: 5, in: [film]}}
vesicles:
  ev:
    number: 2000 EV
    in: [film]
    diameter: {median: 115 nm, gsd: 1.3}
    proteins: {CD73: {mean: 500}}
models: {cd73: {}, cargo_delivery: {}}
compare:
  replicates: 2
  arms:
    vehicle: {vesicles: false}
    sham: {vesicles: false, sham: true}
    uptake: {models: [cargo_delivery]}
    emcev: {models: [cd73]}
  primary: {field: adenosine, in: film, thresholds: [0.3 uM, 1000 uM]}
  outcomes: {made: {of: mean.film.adenosine, reduce: max}}
output: {every: 500 ms}
)";

/// Shell commands that make the disk full for the program after them: a limit on the size of a file stands for it, the
/// library of the snapshots fails in the same place [16 blocks of 512 or 1024 bytes]. HDF5 cannot close a file that it
/// cannot write to and leaves its own strings behind, so leaks are not counted there.
inline constexpr const char* kFullDisk =
    "trap '' XFSZ; ulimit -f 16; export ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0;";

/// A fresh folder per test; commands run inside it.
class CommandTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::path(testing::TempDir()) /
              (std::string("interstice_cli_") + info->test_suite_name() + "_" + info->name());
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    write("tiny.yaml", kTinyScenario);
  }
  void TearDown() override {
    if (!HasFailure()) std::filesystem::remove_all(folder_);
  }

  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
  void write(const std::string& name, const std::string& text) const { std::ofstream(folder_ / name) << text; }
  [[nodiscard]] std::string read(const std::string& name) const { return file_text(folder_ / name); }
  [[nodiscard]] bool exists(const std::string& name) const { return std::filesystem::exists(folder_ / name); }

  /// Replaces `part` in a file.
  void edit(const std::string& name, const std::string& part, const std::string& by) const {
    std::string text = read(name);
    ASSERT_NE(text.find(part), std::string::npos) << part << " is not in " << name;
    write(name, text.replace(text.find(part), part.size(), by));
  }

  /// Runs `interstice <arguments>`; `before` may set variables or limits.
  [[nodiscard]] Said interstice(const std::string& arguments, const std::string& before = "") const {
    const std::string command = "cd '" + folder_.string() + "' && " + before + " '" INTERSTICE_EXE "' " + arguments +
                                " >'.out' 2>'.err' </dev/null";
    const int status = std::system(command.c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), read(".out"), read(".err")};
  }

 private:
  std::filesystem::path folder_;
};

}  // namespace interstice::test
