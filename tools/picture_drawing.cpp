#include "tools/picture_drawing.h"

#include <fmt/format.h>
#include <unistd.h>

#include "engine/core/error.h"
#include "engine/results/atomic_file.h"
#include "tools/shell_command.h"

namespace interstice::cli {
namespace {

namespace fs = std::filesystem;

/// Far more than a picture takes, which is a second [s].
constexpr std::size_t kTimeToStart = 120, kTimePerPicture = 120;

fs::path renderer() { return fs::read_symlink("/proc/self/exe").parent_path() / "interstice_render"; }

void write_job(const fs::path& path, const nlohmann::json& job) {
  try {
    write_file_atomically(path, job.dump());
  } catch (const nlohmann::json::type_error&) {
    throw InputError("the name of a directory or a file is not UTF-8 (expected one that is) rename it");
  }
}

std::string reason(int status, const fs::path& said) {
  std::string text = fs::exists(said) ? read_text_file(said) : "";
  while (!text.empty() && text.back() == '\n') text.pop_back();
  constexpr int kSignal = 128;
  if (status > kSignal)
    text = fmt::format("stopped by signal {}{}{}", status - kSignal, text.empty() ? "" : ", ", text);
  return text.empty() ? fmt::format("exit status {}", status) : text;
}

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

bool can_draw() { return fs::exists(renderer()); }

void draw_pictures(const nlohmann::json& job, const Workplace& place) {
  if (!can_draw())
    throw InputError(
        fmt::format("{} is missing (VTK was not there when Interstice was built) install libvtk9-dev, libegl-dev and "
                    "libglew-dev, and build again",
                    renderer().string()));
  const fs::path text = place.path() / "job.json", said = place.path() / "said";
  write_job(text, job);
  const std::size_t limit = kTimeToStart + kTimePerPicture * job.at("pictures").size();
  const auto draw = [&](const char* before, const char* how) {
    return shell_status(fmt::format("{} timeout --foreground {} {} {} < {} > /dev/null 2> {}", before, limit,
                                    in_shell(renderer().string()), how, in_shell(text.string()),
                                    in_shell(said.string())));
  };
  constexpr int kNoWindow = 75, kTooLong = 124;
  int status = draw("", "");
  if (status == kNoWindow) {
    status = draw("xvfb-run -a", "--x");
    if (status == kNoSuchCommand)
      throw InputError("there is neither EGL nor an X server to draw with (on Debian: apt-get install xvfb xauth)");
  }
  if (status == kTooLong)
    throw DiskError(fmt::format("no picture after {} s (expected one in seconds) try fewer pixels", limit));
  if (status != 0) throw DiskError(fmt::format("no picture could be drawn ({})", reason(status, said)));
}

}  // namespace interstice::cli
