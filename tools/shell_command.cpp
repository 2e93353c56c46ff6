#include "tools/shell_command.h"

#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <cstdlib>

namespace interstice::cli {
namespace {

int exit_status(int status) {
  constexpr int kSignal = 128;
  return WIFEXITED(status) ? WEXITSTATUS(status) : kSignal + WTERMSIG(status);
}

}  // namespace

std::string in_shell(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

int shell_status(const std::string& command) { return exit_status(std::system(command.c_str())); }

Heard hear(const std::string& command) {
  Heard heard;
  FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return heard;
  std::array<char, 512> buffer;
  while (const std::size_t got = std::fread(buffer.data(), 1, buffer.size(), pipe))
    heard.text.append(buffer.data(), got);
  heard.code = exit_status(::pclose(pipe));
  while (!heard.text.empty() && heard.text.back() == '\n') heard.text.pop_back();
  return heard;
}

}  // namespace interstice::cli
