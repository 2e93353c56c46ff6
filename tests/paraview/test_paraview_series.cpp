/// @file
/// ParaView opens the series of fields, cells and vesicles: times in seconds, names with units, and every number that
/// the engine holds, rounded to float32. The reference comes from the state in memory, not from the files.
// labels: paraview
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>

#include "engine/core/constants.h"
#include "engine/results/snapshots/snapshot.h"
#include "unit/results/sample_state.h"

namespace interstice {
namespace {

using Json = nlohmann::ordered_json;

Json as_float(double value) {
  const auto rounded = static_cast<float>(value);
  return std::isnan(rounded) ? Json(nullptr) : Json(static_cast<double>(rounded));
}

/// The arrays of one step as ParaView must see them.
class Reference {
 public:
  explicit Reference(double time) : step_{{"time", time}, {"points", Json::array()}, {"arrays", Json::object()}} {}

  void point(double x, double y, double z) { step_["points"].push_back({as_float(x), as_float(y), as_float(z)}); }
  void exact_point(Vec3 p) { step_["points"].push_back({p.x, p.y, p.z}); }
  template <class Value>
  void reals(const std::string& name, std::size_t count, Value value) {
    Json values = Json::array();
    for (std::size_t i = 0; i < count; ++i) values.push_back(as_float(value(i)));
    step_["arrays"][name] = {{"components", 1}, {"values", values}};
  }
  template <class Value>
  void integers(const std::string& name, std::size_t count, Value value) {
    Json values = Json::array();
    for (std::size_t i = 0; i < count; ++i) values.push_back(static_cast<std::int64_t>(value(i)));
    step_["arrays"][name] = {{"components", 1}, {"values", values}};
  }
  void vectors(const std::string& name, const std::vector<double>& x, const std::vector<double>& y,
               const std::vector<double>& z) {
    Json values = Json::array();
    for (std::size_t i = 0; i < x.size(); ++i)
      for (const auto* component : {&x, &y, &z}) values.push_back(as_float((*component)[i]));
    step_["arrays"][name] = {{"components", 3}, {"values", values}};
  }
  [[nodiscard]] const Json& json() const { return step_; }

 private:
  Json step_;
};

/// Voxel centres as points; a single layer in z appears twice, at its two faces.
Json fields_reference(const State& s, const Problem& p) {
  Reference reference(seconds(s.clock.now));
  const std::size_t voxels = p.grid.voxel_count(), shown = p.grid.nz == 1 ? 2 * voxels : voxels;
  for (std::size_t v = 0; v < shown; ++v) {
    Vec3 point = p.grid.centre(v % voxels);
    if (p.grid.nz == 1) point.z = v < voxels ? 0 : p.grid.spacing.z;
    reference.exact_point(point);
  }
  reference.reals("ATP [uM]", shown, [&](auto v) { return s.fields[SpeciesId{0}][v % voxels]; });
  reference.reals("adenosine [uM]", shown, [&](auto v) { return s.fields[SpeciesId{1}][v % voxels]; });
  reference.integers("region", shown, [&](auto v) { return p.regions.of_voxel[v % voxels]; });
  return reference.json();
}

Json cells_reference(const State& s) {
  const Cells& c = s.cells;
  const std::size_t n = c.size();
  Reference reference(seconds(s.clock.now));
  for (std::size_t i = 0; i < n; ++i) reference.point(c.x[i], c.y[i], c.z[i]);
  reference.integers("id", n, [&](auto i) { return c.id[i]; });
  reference.integers("ancestor", n, [&](auto i) { return c.ancestor[i]; });
  reference.integers("type", n, [&](auto i) { return c.type[i]; });
  reference.integers("state", n, [&](auto i) { return c.state[i]; });
  reference.reals("radius [um]", n, [&](auto i) { return c.radius[i]; });
  reference.vectors("velocity [um s-1]", c.vx, c.vy, c.vz);
  reference.integers("bound [EV]", n, [&](auto i) { return c.bound[i]; });
  reference.integers("internal [EV]", n, [&](auto i) { return c.internal[i]; });
  reference.integers("adsorptions [EV]", n, [&](auto i) { return c.adsorptions[i]; });
  reference.integers("releases [EV]", n, [&](auto i) { return c.releases[i]; });
  reference.reals("akt [1]", n, [&](auto i) { return c.columns[0][i]; });
  reference.reals("drift [um2 s-1]", n, [&](auto i) { return c.columns[1][i]; });
  reference.reals("R_cargo [1]", n, [&](auto i) { return c.columns[2][i]; });
  return reference.json();
}

/// Stokes-Einstein, as documented for the array `diameter`.
double diameter_nm(const VesicleClass& k, double diffusivity) {
  return kBoltzmann * k.temperature / (3 * kPi * k.water_viscosity * diffusivity * 1e-12) * 1e9;
}

Json vesicles_reference(const State& s, const Problem& p) {
  const Vesicles& v = s.vesicles;
  const std::size_t n = v.size(), shown = std::max<std::size_t>(n, 1);
  Reference reference(seconds(s.clock.now));
  for (std::size_t i = 0; i < n; ++i) reference.point(v.x[i], v.y[i], v.z[i]);
  if (n == 0) reference.point(std::nan(""), std::nan(""), std::nan(""));  // the placeholder
  const auto or_else = [n](auto nobody, auto value) {
    return [n, nobody, value](std::size_t i) { return i < n ? value(i) : nobody; };
  };
  using I = std::int64_t;
  reference.integers("id", shown, or_else(I{-1}, [&](auto i) { return static_cast<I>(v.id[i]); }));
  reference.integers("state", shown, or_else(I{0}, [&](auto i) { return static_cast<I>(v.state[i]); }));
  reference.integers("class", shown, or_else(I{0}, [&](auto i) { return static_cast<I>(v.klass[i]); }));
  reference.integers("host", shown, or_else(I{-1}, [&](auto i) {
                       return v.host[i] == kNoHost ? I{-1} : static_cast<I>(s.cells.id[v.host[i]]);
                     }));
  reference.integers("cargo", shown, or_else(I{0}, [&](auto i) { return static_cast<I>(v.cargo[i]); }));
  const VesicleClass& klass = p.vesicle_classes.front();
  reference.reals("D [um2 s-1]", shown, or_else(0.0, [&](auto i) { return static_cast<double>(v.diffusivity[i]); }));
  reference.reals("diameter [nm]", shown, or_else(0.0, [&](auto i) { return diameter_nm(klass, v.diffusivity[i]); }));
  reference.reals("weight [EV]", shown, or_else(0.0, [&](auto) { return klass.weight; }));
  for (std::size_t k = 0; k < p.proteins.size(); ++k)
    reference.integers(p.proteins[k] + " [molecule]", shown,
                       or_else(I{0}, [&](auto i) { return static_cast<I>(v.proteins[k][i]); }));
  return reference.json();
}

/// Three states at uneven times; the last one has no vesicles left.
Json write_run(const std::filesystem::path& directory, const Problem& problem) {
  SnapshotWriter writer(directory, problem, make_run_record(problem, "schema: 2\n", "interstice run", "all", 1));
  Json reference;
  int round = 0;
  for (const Nanoseconds now : {Nanoseconds{0}, Nanoseconds{500000000}, Nanoseconds{10000000000}}) {
    State state = testing::sample_state(problem, 12 + 3 * round, round == 2 ? 0 : 60 - 20 * round);
    state.clock.now = now;
    for (double& c : state.fields[SpeciesId{0}]) c *= 1 + round;
    writer.record(state, problem);
    reference["fields"].push_back(fields_reference(state, problem));
    reference["cells"].push_back(cells_reference(state));
    reference["vesicles"].push_back(vesicles_reference(state, problem));
    ++round;
  }
  return reference;
}

/// Runs the check in ParaView; 77 when it is not installed.
int check_in_paraview(const std::filesystem::path& directory, const Json& reference) {
  std::ofstream(directory / "reference.json") << reference.dump();
  const std::string command = std::string(INTERSTICE_PVBATCH) +
                              " " INTERSTICE_SOURCE_DIR "/tests/paraview/check_series.py " + directory.string() + " " +
                              (directory / "reference.json").string();
  const int status = std::system(command.c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/// Writes a run, lets `spoil` change the reference, and says how the check ended; nothing where ParaView may be
/// missing.
std::optional<int> check_run(Grid grid, const std::function<void(Json&)>& spoil = {}) {
  const testing::TemporaryDirectory directory;
  Json reference = write_run(directory.path(), testing::sample_problem(grid));
  if (spoil) spoil(reference);
  const int exit_status = check_in_paraview(directory.path(), reference);
  if (exit_status == 77 && std::getenv("CI") == nullptr) return std::nullopt;
  return exit_status;
}

constexpr const char* kMissing = "ParaView is not installed: tools/install_packages paraview";

TEST(ParaView, ReadsWhatTheEngineHolds) {
  const auto exit_status = check_run({7, 5, 6, 10.0});
  if (!exit_status) GTEST_SKIP() << kMissing;
  EXPECT_EQ(*exit_status, 0);
}

TEST(ParaView, ReadsASingleLayer) {
  const auto exit_status = check_run({7, 5, 1, 10.0});
  if (!exit_status) GTEST_SKIP() << kMissing;
  EXPECT_EQ(*exit_status, 0);
}

TEST(ParaView, TheCheckCanFail) {
  const auto exit_status = check_run({7, 5, 6, 10.0}, [](Json& reference) {
    Json& value = reference["fields"][1]["arrays"]["ATP [uM]"]["values"][17];
    value = std::nextafter(value.get<float>(), 2.0F);
  });
  if (!exit_status) GTEST_SKIP() << kMissing;
  EXPECT_EQ(*exit_status, 1);
}

}  // namespace
}  // namespace interstice
