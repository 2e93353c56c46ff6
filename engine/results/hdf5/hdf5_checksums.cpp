#include "engine/results/hdf5/hdf5_checksums.h"

#include <sstream>

#include "engine/core/error.h"
#include "engine/core/sha256.h"

namespace interstice {
namespace {

constexpr const char* kList = "/meta/checksums";
constexpr const char* kSum = "/meta/file_sha256";

std::string sum_of(const std::string& list) {
  Sha256 sum;
  sum.add_bytes(list.data(), list.size());
  return sum.hex_digest();
}

}  // namespace

void write_checksums(Hdf5File& file) {
  std::string list;
  for (const auto& [path, checksum] : file.checksums()) list += checksum + "  " + path + "\n";
  file.write_text(kList, list);
  file.write_text(kSum, sum_of(list));
}

std::map<std::string, std::string> listed_checksums(const Hdf5File& file) {
  if (!file.exists(kSum))
    throw DiskError(file.path().string() + " is damaged or not one of our files (there is no " + kSum + ")");
  const std::string list = file.read_text(kList);
  if (sum_of(list) != file.read_text(kSum))
    throw DiskError(file.path().string() + " is damaged (its list of checksums does not match " + kSum + ")");
  std::map<std::string, std::string> checksums;
  std::istringstream lines(list);
  for (std::string line; std::getline(lines, line);)
    if (const auto gap = line.find("  "); gap != std::string::npos)
      checksums[line.substr(gap + 2)] = line.substr(0, gap);
  return checksums;
}

void verify_checksums(const Hdf5File& file) {
  for (const auto& [array, checksum] : listed_checksums(file))
    if (array_checksum(array, file.read(array)) != checksum)
      throw DiskError(file.path().string() + " is damaged (" + array +
                      " does not match its checksum) run again or restore a copy");
}

}  // namespace interstice
