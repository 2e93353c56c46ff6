/// @file
/// The layout of one snapshot file: VTKHDF 1.0, which ParaView 5.10 and newer read (5.11 is tested).
///
///   /VTKHDF          ImageData: voxel centres as points; UnstructuredGrid: one vertex per agent
///   /VTKHDF/PointData/<name [unit]>   float32 or integers, attribute `units`
///   /<name>          of an image: hard links to the arrays by their bare names; /x /y /z dimension scales [um]
///   /time            [s]
///   /meta            provenance, resolved scenario, step, time, seed, hash of the state, checksums
/// Old readers shape this: no cell data and no field data on images, no axis with a single point (such a layer is
/// written twice), no file without points (an empty population is one vertex with id -1 at NaN).
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "engine/results/hdf5/hdf5_file.h"
#include "engine/results/provenance.h"
#include "engine/results/snapshots/snapshot_frame.h"

namespace interstice {

void write_fields_file(const std::filesystem::path& path, const SnapshotFrame& frame, const Problem& problem,
                       std::span<const SpeciesId> shown, const RunRecord& record);
void write_cells_file(const std::filesystem::path& path, const SnapshotFrame& frame, const Problem& problem,
                      const RunRecord& record);
void write_vesicles_file(const std::filesystem::path& path, const SnapshotFrame& frame, const Problem& problem,
                         const RunRecord& record);

/// Writes what every file has in /meta; the checksums come last. The file is complete afterwards.
void write_meta(Hdf5File& file, const std::string& kind, std::uint64_t agents_shown, std::uint64_t agents_total,
                const SnapshotFrame& frame, const RunRecord& record);

}  // namespace interstice
