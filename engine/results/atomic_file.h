/// @file
/// Files that are there completely or not at all: written under a temporary name beside the final one, flushed to the
/// disk, then renamed. A file without `.tmp` is complete, whatever killed the program.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace interstice {

/// The name under which `path` is written until it is complete: same directory, `.tmp` appended.
std::filesystem::path temporary_name(const std::filesystem::path& path);

/// Flushes the temporary file of `path`, renames it and flushes the directory. Throws DiskError.
void commit_file(const std::filesystem::path& path);

/// Replaces `path` by `content`. Readers see the old file or the new one. Throws DiskError.
void write_file_atomically(const std::filesystem::path& path, std::string_view content);

/// The whole file as text. Throws DiskError.
std::string read_text_file(const std::filesystem::path& path);

/// "cannot <what> <path> (<reason of errno>)" as a DiskError.
[[noreturn]] void throw_disk_error(const std::string& what, const std::filesystem::path& path, int error_number);

}  // namespace interstice
