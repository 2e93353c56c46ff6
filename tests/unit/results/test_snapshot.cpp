/// @file
/// Snapshots hold what the engine holds, rounded to float32; they are complete or absent, and damage is found.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cmath>
#include <csignal>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include "engine/core/error.h"
#include "engine/results/atomic_file.h"
#include "engine/results/hdf5/hdf5_file.h"
#include "engine/results/info.h"
#include "engine/results/snapshots/snapshot.h"
#include "engine/results/snapshots/snapshot_names.h"
#include "engine/results/state_hash.h"
#include "unit/results/sample_state.h"

/// HDF5 1.10 leaks memory of its own where it meets damaged headers, as it does here; test_hdf5 looks for ours.
extern "C" const char* __lsan_default_suppressions() { return "leak:libhdf5"; }

namespace interstice {
namespace {

namespace fs = std::filesystem;
using testing::sample_problem;
using testing::sample_state;
using testing::TemporaryDirectory;

RunRecord sample_record(const Problem& problem) {
  return make_run_record(problem, "schema: 2\ntitle: Sample\n", "interstice run sample.yaml", "all", 2);
}

void write_snapshot(const fs::path& directory, const Problem& problem, const State& state,
                    const SnapshotSelection& selection = {}) {
  SnapshotWriter(directory, problem, sample_record(problem), selection).record(state, problem);
}

const std::string kData = "/VTKHDF/PointData/";

TEST(SnapshotNames, UnitsHaveExponentsInsteadOfSlashes) {
  EXPECT_EQ(file_unit("uM"), "uM");
  EXPECT_EQ(file_unit("um/s"), "um s-1");
  EXPECT_EQ(file_unit("um^2/s"), "um2 s-1");
  EXPECT_EQ(file_unit("1/h"), "h-1");
  EXPECT_EQ(file_unit("1/um2"), "um-2");
  EXPECT_EQ(file_unit("molecule/(um2 s-1)"), "molecule um-2 s1");
  EXPECT_EQ(file_unit("/mm^3"), "mm-3");
  EXPECT_EQ(file_unit("molecule/(um^2 s)"), "molecule um-2 s-1");
  EXPECT_EQ(file_unit("um s^-2"), "um s-2");
  EXPECT_EQ(file_unit("1"), "1");
  EXPECT_EQ(file_name_with_unit("a.b/c", "uM/s"), "a_b_c [uM s-1]");
}

TEST(Snapshot, FieldsAreTheEnginesRoundedToFloat) {
  const TemporaryDirectory directory;
  const Problem problem = sample_problem({70, 65, 6, 10.0});  // several chunks
  const State state = sample_state(problem);
  write_snapshot(directory.path(), problem, state);
  const auto file = Hdf5File::open(directory.path() / "fields_000000.hdf");
  EXPECT_EQ(file.text_attribute("/VTKHDF", "Type"), "ImageData");
  EXPECT_EQ(file.shape(kData + "ATP [uM]"), (std::vector<std::uint64_t>{6, 65, 70}));
  EXPECT_EQ(file.text_attribute(kData + "ATP [uM]", "units"), "uM");
  const auto atp = file.read_as<float>(kData + "ATP [uM]"), alias = file.read_as<float>("/ATP");
  const auto region = file.read_as<std::uint8_t>(kData + "region");
  for (std::size_t v = 0; v < problem.grid.voxel_count(); ++v) {
    ASSERT_EQ(atp[v], static_cast<float>(state.fields[SpeciesId{0}][v]));
    ASSERT_EQ(alias[v], atp[v]);
    ASSERT_EQ(region[v], problem.regions.of_voxel[v]);
  }
  EXPECT_EQ(file.read_as<double>("/x")[69], 695.0);
  EXPECT_EQ(file.read_as<double>("/time").front(), 1.5);
}

TEST(Snapshot, CountedClassesAreShownAsDensities) {
  const TemporaryDirectory directory;
  Problem problem = sample_problem({3, 2, 2, 10.0});
  State state = sample_state(problem);
  problem.vesicle_classes[0].counted = true;
  state.vesicles.counts.resize(1);
  state.vesicles.counts[0].free = {std::vector<std::uint64_t>(12, 1), std::vector<std::uint64_t>(12, 0)};
  state.vesicles.counts[0].free[1][5] = 3;
  const std::string before = state_hash(state, problem);
  write_snapshot(directory.path(), problem, state);
  const auto file = Hdf5File::open(directory.path() / "fields_000000.hdf");
  const std::string name = kData + "vesicles_" + problem.vesicle_classes[0].name + " [EV ml-1]";
  const auto density = file.read_as<float>(name);
  EXPECT_EQ(density[0], 1e9F);  // one in 1000 um^3
  EXPECT_EQ(density[5], 4e9F);
  EXPECT_EQ(file.text_attribute(name, "units"), "EV ml-1");
  ++state.vesicles.counts[0].free[1][6];
  EXPECT_NE(state_hash(state, problem), before);
}

TEST(Snapshot, CellsAndVesiclesAreTheEngines) {
  const TemporaryDirectory directory;
  const Problem problem = sample_problem();
  const State state = sample_state(problem);
  write_snapshot(directory.path(), problem, state);
  const auto cells = Hdf5File::open(directory.path() / "cells_000000.hdf");
  const auto points = cells.read_as<float>("/VTKHDF/Points"),
             velocity = cells.read_as<float>(kData + "velocity [um s-1]");
  const auto drift = cells.read_as<float>(kData + "drift [um2 s-1]");
  const auto id = cells.read_as<std::int64_t>(kData + "id"), bound = cells.read_as<std::int64_t>(kData + "bound [EV]");
  ASSERT_EQ(id.size(), state.cells.size());
  for (std::size_t c = 0; c < id.size(); ++c) {
    EXPECT_EQ(static_cast<AgentId>(id[c]), state.cells.id[c]);
    EXPECT_EQ(points[3 * c + 2], static_cast<float>(state.cells.z[c]));
    EXPECT_EQ(velocity[3 * c + 1], static_cast<float>(state.cells.vy[c]));
    EXPECT_EQ(drift[c], static_cast<float>(state.cells.columns[1][c]));
    EXPECT_EQ(static_cast<std::uint64_t>(bound[c]), state.cells.bound[c]);
  }
  EXPECT_EQ(cells.read_text("/meta/cell_types"), R"(["chondrocyte","macrophage"])");
  const auto vesicles = Hdf5File::open(directory.path() / "vesicles_000000.hdf");
  const auto host = vesicles.read_as<std::int64_t>(kData + "host");
  const auto cd73 = vesicles.read_as<std::uint16_t>(kData + "CD73 [molecule]");
  ASSERT_EQ(host.size(), state.vesicles.size());
  for (std::size_t v = 0; v < host.size(); ++v) {
    const auto expected = state.vesicles.host[v] == kNoHost ? ~AgentId{0} : state.cells.id[state.vesicles.host[v]];
    EXPECT_EQ(static_cast<AgentId>(host[v]), expected);
    EXPECT_EQ(cd73[v], state.vesicles.proteins[0][v]);
  }
}

TEST(Snapshot, DiameterFollowsFromTheDiffusivity) {
  const TemporaryDirectory directory;
  const Problem problem = sample_problem();
  State state = sample_state(problem);
  state.vesicles.diffusivity[0] = 5.7127F;  // 115 nm in water at 37 degC: kT/(3 pi eta d)
  write_snapshot(directory.path(), problem, state);
  const auto file = Hdf5File::open(directory.path() / "vesicles_000000.hdf");
  EXPECT_NEAR(file.read_as<float>(kData + "diameter [nm]").front(), 115, 0.1);
}

TEST(Snapshot, NobodyIsOnePlaceholderAndALayerIsDoubled) {
  const TemporaryDirectory directory;
  const Problem problem = sample_problem({7, 5, 1, 10.0});
  const State state = sample_state(problem, 0, 0);
  write_snapshot(directory.path(), problem, state);
  for (const char* name : {"cells_000000.hdf", "vesicles_000000.hdf"}) {
    const auto file = Hdf5File::open(directory.path() / name);
    EXPECT_EQ(file.read_as<std::int64_t>("/VTKHDF/NumberOfPoints"), std::vector<std::int64_t>{1});
    EXPECT_EQ(file.read_as<std::int64_t>(kData + "id"), std::vector<std::int64_t>{-1});
    EXPECT_TRUE(std::isnan(file.read_as<float>("/VTKHDF/Points").front()));
    EXPECT_EQ(file.read_as<std::uint64_t>("/meta/agents_shown").front(), 0U);
  }
  const auto fields = Hdf5File::open(directory.path() / "fields_000000.hdf");
  const auto atp = fields.read_as<float>(kData + "ATP [uM]");
  ASSERT_EQ(fields.shape(kData + "ATP [uM]"), (std::vector<std::uint64_t>{2, 5, 7}));
  for (std::size_t v = 0; v < 35; ++v) EXPECT_EQ(atp[v], atp[v + 35]);
}

TEST(Snapshot, MetaHoldsProvenanceScenarioAndStateHash) {
  const TemporaryDirectory directory;
  const Problem problem = sample_problem();
  const State state = sample_state(problem);
  write_snapshot(directory.path(), problem, state);
  for (const char* name : {"fields_000000.hdf", "cells_000000.hdf", "vesicles_000000.hdf"}) {
    const auto file = Hdf5File::open(directory.path() / name);
    EXPECT_EQ(file.read_text("/meta/state_sha256"), state_hash(state, problem));
    EXPECT_EQ(file.read_text("/meta/scenario"), "schema: 2\ntitle: Sample\n");
    EXPECT_EQ(file.read_as<std::uint64_t>("/meta/step").front(), 20U);
    const auto provenance = nlohmann::json::parse(file.read_text("/meta/provenance"));
    EXPECT_EQ(provenance.at("seed"), 42);
    EXPECT_NE(provenance.at("simd_target"), "");
    EXPECT_NE(provenance.at("build").at("commit"), "");
    EXPECT_EQ(provenance.at("command_line"), "interstice run sample.yaml");
    EXPECT_EQ(provenance.at("scenario_sha256"), sha256_of("schema: 2\ntitle: Sample\n"));
    EXPECT_EQ(provenance.at("models").at(0).at("name"), "cargo_delivery");
    EXPECT_FALSE(provenance.contains("status"));
  }
  EXPECT_EQ(verified_state_hash(directory.path()), state_hash(state, problem));
}

TEST(Snapshot, SelectionLeavesOut) {
  const TemporaryDirectory directory;
  const Problem problem = sample_problem();
  const State state = sample_state(problem);
  write_snapshot(directory.path(), problem, state, {{{"adenosine"}}, {{"macrophage"}}, 0});
  EXPECT_FALSE(Hdf5File::open(directory.path() / "fields_000000.hdf").exists("/ATP"));
  const auto type = Hdf5File::open(directory.path() / "cells_000000.hdf").read_as<std::uint8_t>(kData + "type");
  EXPECT_EQ(type, std::vector<std::uint8_t>(6, 1));
  EXPECT_FALSE(fs::exists(directory.path() / "vesicles_000000.hdf"));
  EXPECT_THROW(write_snapshot(directory.path(), problem, state, {{{"ADP"}}, {}, 0}), InputError);
}

TEST(Snapshot, SampleKeepsShowingTheSameVesicles) {
  const Problem problem = sample_problem();
  State state = sample_state(problem, 0, 5000);
  auto& ids = state.vesicles.id;
  const auto shown_ids = [&] {
    std::set<AgentId> shown;
    for (const auto v : sample_vesicles(ids, 400)) shown.insert(ids[v]);
    return shown;
  };
  const auto before = shown_ids();
  EXPECT_EQ(before.size(), 400U);
  std::reverse(ids.begin(), ids.end());
  EXPECT_EQ(shown_ids(), before);
  std::set<AgentId> survivors(before);
  for (std::size_t k = 0; k < 1000; ++k) survivors.erase(ids[k]);
  ids.erase(ids.begin(), ids.begin() + 1000);
  const auto after = shown_ids();
  EXPECT_TRUE(std::includes(after.begin(), after.end(), survivors.begin(), survivors.end()));
  EXPECT_NEAR(static_cast<double>(survivors.size()), 320, 40);  // an unbiased fifth is gone: 4.5 sigma
  EXPECT_EQ(sample_vesicles(ids, 4000).size(), 4000U);
}

TEST(Snapshot, SeriesListsTimesOfExistingFilesOnce) {
  const TemporaryDirectory directory;
  const Problem problem = sample_problem();
  State state = sample_state(problem);
  SnapshotWriter writer(directory.path(), problem, sample_record(problem));
  writer.record(state, problem);
  writer.record(state, problem);  // the last state is often a due one, too
  EXPECT_EQ(writer.written(), 1U);
  state.clock.now = 2000000000;
  writer.record(state, problem);
  fs::remove(directory.path() / "cells_000000.hdf");
  state.clock.now = 3000000000;
  writer.record(state, problem);
  const auto cells = read_series_index(directory.path() / "cells.hdf.series");
  ASSERT_EQ(cells.size(), 2U);
  EXPECT_EQ(cells[0].name, "cells_000001.hdf");
  EXPECT_EQ(cells[0].time, 2.0);
  EXPECT_EQ(cells[1].time, 3.0);
  EXPECT_EQ(read_series_index(directory.path() / "fields.hdf.series").size(), 3U);
  SnapshotWriter(directory.path(), problem, sample_record(problem)).record(state, problem);  // a new run begins anew
  EXPECT_EQ(read_series_index(directory.path() / "fields.hdf.series").size(), 1U);
}

std::string damage_report(const fs::path& path) {
  try {
    verify_file(path);
  } catch (const DiskError& error) {
    return error.what();
  }
  return "sound";
}

TEST(Snapshot, DamageIsFoundAndNamed) {
  const TemporaryDirectory directory;
  const Problem problem = sample_problem();
  write_snapshot(directory.path(), problem, sample_state(problem));
  const auto path = directory.path() / "cells_000000.hdf";
  EXPECT_EQ(damage_report(path), "sound");
  {  // one bit of a stored array
    const Hdf5Handle file(H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT), H5Fclose);
    const Hdf5Handle dataset(H5Dopen2(file.get(), (kData + "akt [1]").c_str(), H5P_DEFAULT), H5Dclose);
    std::vector<std::uint32_t> bits(12);
    H5Dread(dataset.get(), H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, bits.data());
    bits[7] ^= 1;
    H5Dwrite(dataset.get(), H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, bits.data());
  }
  EXPECT_NE(damage_report(path).find("akt [1]"), std::string::npos) << damage_report(path);
  EXPECT_NE(damage_report(path).find(path.string()), std::string::npos);
  EXPECT_THROW(verified_state_hash(directory.path()), DiskError);
  const auto fields = directory.path() / "fields_000000.hdf";
  fs::resize_file(fields, fs::file_size(fields) / 2);
  EXPECT_NE(damage_report(fields), "sound");
}

TEST(Snapshot, NoFlippedByteYieldsWrongNumbersUnnoticed) {
  const TemporaryDirectory directory;
  const Problem problem = sample_problem();
  write_snapshot(directory.path(), problem, sample_state(problem));
  const auto path = directory.path() / "vesicles_000000.hdf";
  const std::string content = read_text_file(path);
  const auto sound = Hdf5File::open(path).read_as<float>(kData + "diameter [nm]");
  std::mt19937_64 random(3);
  int found = 0;
  for (int k = 0; k < 300; ++k) {
    std::string damaged = content;
    damaged[random() % damaged.size()] ^= static_cast<char>(1 + random() % 255);
    std::ofstream(path, std::ios::binary) << damaged;
    if (damage_report(path) != "sound")
      ++found;
    else
      EXPECT_EQ(Hdf5File::open(path).read_as<float>(kData + "diameter [nm]"), sound);
  }
  EXPECT_GT(found, 100);  // the rest fell on unused bytes
}

/// Writes snapshots until it is killed.
[[noreturn]] void write_for_ever(const fs::path& directory) {
  const Problem problem = sample_problem();
  State state = sample_state(problem);
  SnapshotWriter writer(directory, problem, sample_record(problem));
  while (true) {
    state.clock.now += 1000000000;
    writer.record(state, problem);
  }
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr unsigned kPatience = 4;  // sanitized programs are slow
#else
constexpr unsigned kPatience = 1;
#endif

TEST(Snapshot, FilesOfAKilledRunAreComplete) {
  std::size_t files = 0;
  for (unsigned trial = 0; trial < 20; ++trial) {
    const TemporaryDirectory directory;
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) write_for_ever(directory.path());
    usleep(kPatience * (20000 + 4321 * trial));
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    for (const auto& entry : fs::directory_iterator(directory.path())) {
      if (entry.path().extension() != ".hdf") continue;
      EXPECT_EQ(damage_report(entry.path()), "sound");
      ++files;
    }
    for (const char* kind : {"fields", "cells", "vesicles"})
      for (const auto& e : read_series_index(directory.path() / (std::string(kind) + ".hdf.series")))
        EXPECT_TRUE(fs::exists(directory.path() / e.name)) << e.name;
  }
  EXPECT_GT(files, 20U);
}

TEST(Snapshot, RunsInSeveralThreadsDoNotMeet) {
  const Problem problem = sample_problem();
  const State state = sample_state(problem);
  std::vector<std::unique_ptr<TemporaryDirectory>> directories;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    directories.push_back(std::make_unique<TemporaryDirectory>());
    threads.emplace_back([&, directory = directories.back()->path()] {
      State own = state;
      SnapshotWriter writer(directory, problem, sample_record(problem));
      for (int k = 0; k < 5; ++k) {
        ++own.clock.step;
        own.clock.now += 1000000000;
        writer.record(own, problem);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  std::set<std::string> hashes;
  for (const auto& directory : directories) hashes.insert(verified_state_hash(directory->path()));
  EXPECT_EQ(hashes.size(), 1U);
}

TEST(RunInfo, SummarisesADirectoryAndAFile) {
  const TemporaryDirectory directory;
  const Problem problem = sample_problem();
  State state = sample_state(problem);
  RunRecord record = sample_record(problem);
  write_run_record(directory.path(), record);
  EXPECT_EQ(read_run_info(directory.path()).status, "running");
  SnapshotWriter writer(directory.path(), problem, record);
  writer.record(state, problem);
  state.clock.now = 4000000000;
  writer.record(state, problem);
  finish_run_record(directory.path(), record, "finished", 0);
  const RunInfo info = read_run_info(directory.path());
  EXPECT_EQ(info.title, "Sample");
  EXPECT_EQ(info.arm, "all");
  EXPECT_EQ(info.seed, 42U);
  EXPECT_EQ(info.status, "finished");
  EXPECT_FALSE(info.ended.empty());
  EXPECT_EQ(info.snapshots, 2U);
  EXPECT_EQ(info.first_time, 1.5);
  EXPECT_EQ(info.last_time, 4.0);
  ASSERT_EQ(info.files.size(), 3U);
  EXPECT_EQ(info.files[2].agents, 60U);
  const std::string text = info_text(info);
  for (const char* part : {"Sample", "seed 42", "finished", "adenosine [uM]", "12 of 12 agents", "CD73 [molecule]"})
    EXPECT_NE(text.find(part), std::string::npos) << text;
  EXPECT_EQ(read_run_info(directory.path() / "cells_000001.hdf").last_time, 4.0);
  EXPECT_THROW(read_run_info(directory.path() / "nothing"), InputError);
}

TEST(RunInfo, FilesOfDifferentRunsAreToldApart) {
  const TemporaryDirectory directory, other;
  const Problem problem = sample_problem();
  State state = sample_state(problem);
  write_snapshot(directory.path(), problem, state);
  state.cells.x[0] += 1;
  write_snapshot(other.path(), problem, state);
  EXPECT_EQ(verified_state_hash(other.path()), state_hash(state, problem));
  fs::copy(other.path() / "cells_000000.hdf", directory.path(), fs::copy_options::overwrite_existing);
  EXPECT_THROW(verified_state_hash(directory.path()), DiskError);
}

TEST(RunInfo, RefusesADirectoryWithoutARun) {
  const TemporaryDirectory directory;
  EXPECT_THROW(read_run_info(directory.path()), InputError);
  EXPECT_THROW(verified_state_hash(directory.path()), InputError);
}

}  // namespace
}  // namespace interstice
