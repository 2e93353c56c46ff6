/// @file
/// Care with file descriptors 0 to 2.
#include "tools/standard_streams.h"

#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>

namespace interstice::cli {
namespace {

/// After a failure the stream leads nowhere, so that it does not fail again.
void put(const std::string& text, std::FILE* stream) {
  if (std::fwrite(text.data(), 1, text.size(), stream) == text.size() && std::fflush(stream) == 0) return;
  if (std::freopen("/dev/null", "w", stream) == nullptr) std::clearerr(stream);
}

}  // namespace

void prepare_streams() {
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (fcntl(descriptor, F_GETFD) < 0) (void)!open("/dev/null", O_RDWR);  // takes the lowest free number
  for (const int signal : {SIGPIPE, SIGXFSZ}) std::signal(signal, SIG_IGN);
}

void print_aside(const std::string& text) { put(text, stdout); }
void complain(const std::string& text) { put(text, stderr); }

}  // namespace interstice::cli
