#include "engine/results/atomic_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <sstream>
#include <utility>

#include "engine/core/error.h"

namespace interstice {

namespace {

/// A POSIX file descriptor that closes itself.
class Descriptor {
 public:
  Descriptor(const std::filesystem::path& path, int flags) : path_(path), id_(::open(path.c_str(), flags, 0644)) {
    if (id_ < 0) throw_disk_error("open", path, errno);
  }
  ~Descriptor() {
    if (id_ >= 0) ::close(id_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  void write(std::string_view text) const {
    while (!text.empty()) {
      const ssize_t written = ::write(id_, text.data(), text.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) throw_disk_error("write", path_, errno);
      text.remove_prefix(static_cast<std::size_t>(written));
    }
  }
  void flush() const {
    // A directory on some file systems cannot be flushed; that is not the user's problem.
    if (::fsync(id_) != 0 && errno != EINVAL && errno != EROFS) throw_disk_error("flush", path_, errno);
  }
  void close() {
    if (::close(std::exchange(id_, -1)) != 0) throw_disk_error("close", path_, errno);
  }

 private:
  std::filesystem::path path_;
  int id_;
};

}  // namespace

void throw_disk_error(const std::string& what, const std::filesystem::path& path, int error_number) {
  throw DiskError("cannot " + what + " " + path.string() + " (" + std::strerror(error_number) + ")");
}

std::filesystem::path temporary_name(const std::filesystem::path& path) {
  std::filesystem::path name = path;
  name += ".tmp";
  return name;
}

void commit_file(const std::filesystem::path& path) {
  const auto temporary = temporary_name(path);
  Descriptor(temporary, O_RDONLY).flush();
  if (std::rename(temporary.c_str(), path.c_str()) != 0) throw_disk_error("rename to", path, errno);
  const auto directory = path.parent_path();
  Descriptor(directory.empty() ? "." : directory, O_RDONLY | O_DIRECTORY).flush();
}

void write_file_atomically(const std::filesystem::path& path, std::string_view content) {
  const auto temporary = temporary_name(path);
  ::unlink(temporary.c_str());  // left by a kill, or a link to somewhere else
  Descriptor file(temporary, O_WRONLY | O_CREAT | O_EXCL);
  try {
    file.write(content);
    file.close();
    commit_file(path);
  } catch (const DiskError&) {
    ::unlink(temporary.c_str());
    throw;
  }
}

std::string read_text_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw_disk_error("open", path, errno);
  std::ostringstream text;
  text << file.rdbuf();
  if (file.bad()) throw_disk_error("read", path, errno);
  return text.str();
}

}  // namespace interstice
