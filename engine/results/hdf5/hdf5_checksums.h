/// @file
/// The last of a file that we write: a checksum of each array and one of their list. A file that lacks it is not
/// complete.
#pragma once

#include <map>
#include <string>

#include "engine/results/hdf5/hdf5_file.h"

namespace interstice {

/// Writes the checksums of all arrays so far; nothing may follow but close().
void write_checksums(Hdf5File& file);

/// path -> checksum, as listed in the file. Throws DiskError when there is no list, or it does not match its own sum.
std::map<std::string, std::string> listed_checksums(const Hdf5File& file);

/// Reads every array. Throws DiskError naming the first that does not match its checksum.
void verify_checksums(const Hdf5File& file);

}  // namespace interstice
