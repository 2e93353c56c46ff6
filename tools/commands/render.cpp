/// @file
/// `interstice render`: pictures and films of a run or of the arms of a comparison, drawn by interstice_render.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "engine/core/error.h"
#include "engine/core/units.h"
#include "engine/results/atomic_file.h"
#include "tools/command.h"
#include "tools/picture_drawing.h"
#include "tools/progress.h"
#include "tools/scenario_options.h"
#include "tools/shell_command.h"
#include "tools/snapshot_series.h"
#include "tools/standard_streams.h"

namespace interstice::cli {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

/// Of a film, unless told.
constexpr int kLeastSeconds = 4, kMostRate = 8;

struct RenderOptions {
  std::string directory, output, preset = "overview", time, signal;
  std::vector<std::string> arms;
  std::uint64_t replicate = 0;
  std::optional<std::int64_t> cell;
  int width = 1600, height = 900;
  std::optional<int> rate;
  bool movie = false, dark = false, force = false, quiet = false;
};

/// What is to be seen: a run, with the name that it has in pictures.
struct Subject {
  SnapshotSeries series;
  std::string name;
};

fs::path run_of(const RenderOptions& options, const std::string& arm) {
  return fs::path(options.directory) / "arms" / arm / std::to_string(options.replicate);
}

/// Of an arm; none where its snapshots are not there.
std::optional<Subject> subject_of(const RenderOptions& options, const std::string& arm) {
  try {
    return Subject{SnapshotSeries(run_of(options, arm)), arm};
  } catch (const InputError&) {
    return std::nullopt;
  }
}

/// The first of these arms with vesicles, as there is more to see, else the first.
std::vector<Subject> first_with_vesicles(const RenderOptions& options, const std::vector<std::string>& arms) {
  std::optional<Subject> first;
  for (const std::string& arm : arms)
    if (auto subject = subject_of(options, arm)) {
      const bool has = subject->series.has_vesicles();
      if (has || !first) first = std::move(subject);
      if (has) break;
    }
  if (!first) throw InputError(fmt::format("{} holds no snapshots of any arm yet", options.directory));
  return {std::move(*first)};
}

/// The arms that `options` names, or all that are no second runs; of a run itself that alone.
std::vector<Subject> subjects_of(const RenderOptions& options) {
  const fs::path directory = options.directory;
  if (!fs::is_directory(directory / "arms")) {
    if (!options.arms.empty())
      throw InputError(
          fmt::format("--arm: {} is a single run (expected a comparison) leave it out", options.directory));
    return {{SnapshotSeries(directory), ""}};
  }
  std::vector<std::string> there;
  for (const auto& entry : fs::directory_iterator(directory / "arms"))
    if (entry.is_directory()) there.push_back(entry.path().filename());
  std::ranges::sort(there);
  std::vector<std::string> wanted = options.arms;
  for (const std::string& arm : wanted)
    if (std::ranges::find(there, arm) == there.end())
      throw InputError(fmt::format("--arm {}: there is none (expected one of {})", arm, fmt::join(there, ", ")));
  if (options.preset != "arms" && wanted.size() > 1)
    throw InputError(fmt::format("--arm {}: one picture shows one arm (expected --preset arms for several)",
                                 fmt::join(wanted, " --arm ")));
  if (wanted.empty()) wanted = arms_in_order(directory, there);
  if (wanted.empty())
    throw InputError(fmt::format("{} holds no arm yet (expected a comparison that has begun)", options.directory));
  if (options.arms.empty() && options.preset != "arms") return first_with_vesicles(options, wanted);
  std::vector<Subject> subjects;
  for (const std::string& arm : wanted) {
    if (!options.arms.empty())
      subjects.push_back({SnapshotSeries(run_of(options, arm)), arm});
    else if (auto subject = subject_of(options, arm))
      subjects.push_back(std::move(*subject));
  }
  if (subjects.empty()) throw InputError(fmt::format("{} holds no snapshots of any arm yet", options.directory));
  return subjects;
}

/// The array of a signal: that with this name, else adenosine, else the first.
std::string signal_array(const RenderOptions& options, const SnapshotSeries& series) {
  const auto arrays = series.signals();
  const std::string wanted = options.signal.empty() ? "adenosine" : options.signal;
  for (const std::string& array : arrays)
    if (array == wanted || array.starts_with(wanted + " [")) return array;
  if (options.signal.empty()) return arrays.empty() ? "" : arrays.front();
  throw InputError(
      fmt::format("--signal {}: no snapshot has it (expected one of {}; `output.fields` says what is kept)",
                  options.signal, fmt::join(arrays, ", ")));
}

class Pictures {
 public:
  explicit Pictures(const RenderOptions& options) : options_(options), subjects_(subjects_of(options)) {
    const SnapshotSeries& first = subjects_.front().series;
    job_ = {{"width", options.width},
            {"height", options.height},
            {"dark", options.dark},
            {"signal", signal_array(options, first)},
            {"regions", first.names("regions")},
            {"cell_types", first.names("cell_types")},
            {"vesicle_states", first.names("vesicle_states")},
            {"pictures", Json::array()}};
  }

  void add(const fs::path& out, double time) {
    Json picture = {{"out", out.string()}, {"panels", Json::array()}};
    if (options_.preset == "slices") {
      constexpr std::size_t kPanels = 6;
      const auto times = subjects_.front().series.times();
      const std::size_t count = std::min(kPanels, times.size());
      for (std::size_t k = 0; k < count; ++k)
        picture["panels"].push_back(
            panel(subjects_.front(), times[count == 1 ? 0 : k * (times.size() - 1) / (count - 1)]));
    } else {
      for (const Subject& subject : subjects_) picture["panels"].push_back(panel(subject, time));
    }
    job_["pictures"].push_back(std::move(picture));
  }
  [[nodiscard]] const Json& job() const { return job_; }
  [[nodiscard]] const SnapshotSeries& series() const { return subjects_.front().series; }

 private:
  [[nodiscard]] Json panel(const Subject& subject, double time) const {
    const auto shown = subject.series.at(time);
    Json panel = {{"title", subject.name.empty() ? duration_text(shown.time)
                                                 : fmt::format("{}, {}", subject.name, duration_text(shown.time))}};
    for (const auto& [kind, file] : shown.files) panel[kind] = fs::absolute(file).string();
    if (options_.preset == "slices") panel["walls"] = "middle";
    if (options_.preset == "fates") panel.update({{"walls", "none"}, {"cells_are_faint", true}, {"point_size", 4}});
    if (options_.preset == "cell") {
      const std::int64_t cell = cell_of(shown);
      panel["around"] = cell;
      panel["title"] = fmt::format("{}, cell {}", panel["title"].get<std::string>(), cell);
      panel["point_size"] = 6;
    }
    return panel;
  }

  [[nodiscard]] std::int64_t cell_of(const Snapshot& shown) const {
    if (!options_.cell) return SnapshotSeries::cell_with_most_vesicles(shown);
    const auto ids = SnapshotSeries::cells_in(shown);
    if (std::ranges::find(ids, *options_.cell) == ids.end())
      throw InputError(fmt::format("--cell {}: no cell has this id after {} (expected one such as {})", *options_.cell,
                                   duration_text(shown.time), ids.front()));
    return *options_.cell;
  }

  const RenderOptions& options_;
  std::vector<Subject> subjects_;
  Json job_;
};

void need_ffmpeg() {
  if (shell_status("command -v ffmpeg > /dev/null") != 0)
    throw InputError("films need ffmpeg, which is not installed (on Debian: apt-get install ffmpeg)");
}

/// The frames of a place as a film there.
fs::path make_film(const Workplace& place, const std::string& ending, int rate) {
  const fs::path made = place.path() / ("film" + ending);
  const std::string how = ending == ".gif"
                              ? "-vf 'split[a][b];[a]palettegen=max_colors=128[p];[b][p]paletteuse=dither=none'"
                              : "-vf 'pad=ceil(iw/2)*2:ceil(ih/2)*2' -c:v libx264 -pix_fmt yuv420p";
  const Heard said =
      hear(fmt::format("ffmpeg -nostdin -y -loglevel error -framerate {} -i {} {} {}", rate,
                       in_shell((place.path() / "frame_%05d.png").string()), how, in_shell(made.string())));
  if (said.code != 0) throw DiskError("no film could be made: " + said.text);
  return made;
}

/// The last part of a path that may end with a slash.
std::string name_of(const std::string& directory) {
  const fs::path path = fs::canonical(directory);
  return path.has_filename() ? path.filename().string() : "root";
}

fs::path output_of(const RenderOptions& options) {
  const fs::path out =
      options.output.empty()
          ? fs::path(name_of(options.directory) + "_" + options.preset + (options.movie ? ".gif" : ".png"))
          : fs::path(options.output);
  const std::string ending = out.extension();
  if (options.movie ? ending != ".gif" && ending != ".mp4" : ending != ".png")
    throw InputError(
        fmt::format("-o {}: expected a name that ends with {}", out.string(), options.movie ? ".gif or .mp4" : ".png"));
  if (fs::exists(out) && !options.force)
    throw InputError(
        fmt::format("{} is there already (it would be replaced) give another name with -o, or --force", out.string()));
  if (out.has_parent_path()) fs::create_directories(out.parent_path());
  return out;
}

/// When [s]. What lies outside of the snapshots is said: the first or the last is drawn then.
double time_of(const RenderOptions& options, const std::vector<double>& times) {
  if (options.time.empty()) return times.back();
  double time = 0;
  try {
    time = parse_quantity(options.time).in("s");
  } catch (const InputError& error) {
    throw InputError(fmt::format("--time {}: {} (expected a time such as 10min)", options.time, error.what()));
  }
  if (time < times.front() || time > times.back())
    print_warnings({fmt::format("--time {}: snapshots are from {} to {}; the nearest is drawn", options.time,
                                duration_text(times.front()), duration_text(times.back()))});
  return time;
}

void render(const RenderOptions& options) {
  const fs::path out = output_of(options);
  if (options.movie) need_ffmpeg();
  Pictures pictures(options);
  const Workplace place;
  const auto times = pictures.series().times();
  const double time = time_of(options, times);
  fs::path made = place.path() / "picture.png";
  if (options.movie) {
    if (options.preset == "slices")
      throw InputError("--movie: slices show all times already (expected another --preset)");
    for (std::size_t k = 0; k < times.size(); ++k)
      pictures.add(place.path() / fmt::format("frame_{:05}.png", k), times[k]);
    draw_pictures(pictures.job(), place);
    const int fits = std::clamp(static_cast<int>(times.size()) / kLeastSeconds, 1, kMostRate);
    made = make_film(place, out.extension(), options.rate.value_or(fits));
  } else {
    pictures.add(made, time);
    draw_pictures(pictures.job(), place);
  }
  write_file_atomically(out, read_text_file(made));
  if (!options.quiet) say("{}\n", out.string());
}

void add_render_options(CLI::App& command) {
  auto options = std::make_shared<RenderOptions>();
  command.add_option("directory", options->directory, "Directory of a run or a comparison, finished or not")
      ->required()
      ->type_name("DIR")
      ->check(CLI::ExistingDirectory);
  command.add_option("-o,--output", options->output, "Picture (default: NAME_PRESET.png here)")->type_name("FILE");
  command.add_option("--preset", options->preset, "What is shown (below)")
      ->check(CLI::IsMember({"overview", "slices", "arms", "fates", "cell"}))
      ->capture_default_str();
  command
      .add_option("--time", options->time, "Simulated time, such as 10min: the snapshot then or before (default last)")
      ->type_name("TIME");
  command.add_option("--signal", options->signal, "Which substance (default adenosine)")->type_name("NAME");
  command.add_option("--arm", options->arms, "Of a comparison: this arm (repeatable)")->type_name("NAME");
  command.add_option("--replicate", options->replicate, "And this replicate")->capture_default_str()->type_name("N");
  command.add_option("--cell", options->cell, "Id of the cell that `cell` looks at (default: that with most EVs)")
      ->type_name("ID");
  command.add_flag("--movie", options->movie, "A film over all snapshots, .gif or .mp4 (needs ffmpeg)");
  command.add_option("--rate", options->rate, "Its pictures per second (default: 8, or fewer so that it takes 4 s)")
      ->check(CLI::Range(1, 60))
      ->type_name("N");
  command.add_option("--width", options->width, "Pixels")->capture_default_str()->check(CLI::Range(400, 8000));
  command.add_option("--height", options->height, "Pixels")->capture_default_str()->check(CLI::Range(300, 8000));
  command.add_flag("--dark", options->dark, "On a dark ground");
  command.add_flag("--force", options->force, "Replace the picture that is there");
  command.add_flag("--quiet", options->quiet, "No name of the picture");
  command.footer(
      "Presets:\n"
      "  overview  cells as spheres, EVs as points, the signal on the walls behind\n"
      "  slices    the same from the side at six times, the signal in the middle plane\n"
      "  arms      the arms of a comparison side by side, in the same colours\n"
      "  fates     where EVs are: cells faint, no signal\n"
      "  cell      the neighbourhood of one cell\n\n"
      "Neither a screen nor a graphics card is needed. Times are those of the snapshots (`output.every`).\n\n"
      "Examples:\n  interstice render out/knee --time 10min -o knee.png\n"
      "  interstice render out/knee_compare --preset arms --arm vehicle --arm emcev\n"
      "  interstice render out/knee --movie -o knee.gif");
  command.callback([options] { render(*options); });
}

const RegisteredCommand render_command{{.position = 31,
                                        .name = "render",
                                        .arguments = "DIR",
                                        .summary = "pictures and films of a run, without a screen",
                                        .title = "Draws a run or the arms of a comparison, without a screen.",
                                        .add_options = add_render_options}};

}  // namespace
}  // namespace interstice::cli
