#include "tools/picture_drawing.h"

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "engine/core/error.h"
#include "engine/results/atomic_file.h"
#include "tools/study/slurm.h"

namespace interstice::cli {
namespace {

namespace fs = std::filesystem;

constexpr int kMostTime = 600;  ///< of a job [s]

fs::path renderer() { return fs::read_symlink("/proc/self/exe").parent_path() / "interstice_render"; }

}  // namespace

Workplace::Workplace() {
  std::string name = (fs::temp_directory_path() / "interstice_render_XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr)
    throw DiskError("no directory for pictures can be made in " + fs::temp_directory_path().string());
  path_ = name;
}

Workplace::~Workplace() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

int shell_status(const std::string& command) {
  constexpr int kKilled = 128;
  const int status = std::system(command.c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : kKilled;
}

bool can_draw() { return fs::exists(renderer()); }

void draw_pictures(const nlohmann::json& job, const Workplace& place) {
  if (!can_draw())
    throw InputError(
        fmt::format("{} is missing (VTK was not there when Interstice was built) install libvtk9-dev, libegl-dev and "
                    "libglew-dev, and build again",
                    renderer().string()));
  const fs::path text = place.path() / "job.json", said = place.path() / "said";
  std::ofstream(text) << job;
  const auto draw = [&](const char* before, const char* how) {
    return shell_status(fmt::format("{} timeout {} {} {} < {} > /dev/null 2> {}", before, kMostTime,
                                    in_shell(renderer().string()), how, in_shell(text.string()),
                                    in_shell(said.string())));
  };
  constexpr int kNoWindow = 75, kNoCommand = 127;
  int status = draw("", "");
  if (status == kNoWindow) status = draw("xvfb-run -a", "--x");
  if (status == kNoCommand)
    throw InputError("there is neither EGL nor an X server to draw with (on Debian: apt-get install xvfb xauth)");
  if (status != 0) throw DiskError(fmt::format("no picture could be drawn ({})", read_text_file(said)));
}

}  // namespace interstice::cli
