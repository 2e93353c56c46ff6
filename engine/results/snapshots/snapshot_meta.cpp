#include <array>

#include "engine/results/hdf5/hdf5_checksums.h"
#include "engine/results/snapshots/snapshot_files.h"

namespace interstice {

void write_meta(Hdf5File& file, const std::string& kind, std::uint64_t agents_shown, std::uint64_t agents_total,
                const SnapshotFrame& frame, const RunRecord& record) {
  file.write_text("/meta/kind", kind);
  file.write_text("/meta/provenance", provenance_json(record, true));
  file.write_text("/meta/scenario", record.scenario);
  file.write_scalar("/meta/step", frame.step);
  file.write_scalar("/meta/time", frame.time);
  file.set_attribute("/meta/time", "units", "s");
  file.write_scalar("/meta/seed", record.seed);
  file.write_scalar("/meta/agents_shown", agents_shown);
  file.write_scalar("/meta/agents_total", agents_total);
  file.write_text("/meta/state_sha256", frame.state_sha256);
  file.write_scalar("/time", frame.time);
  file.set_attribute("/time", "units", "s");
  write_checksums(file);
}

}  // namespace interstice
