#include "engine/io/snapshot.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "engine/core/error.h"
#include "engine/io/atomic_file.h"
#include "engine/io/snapshot_files.h"
#include "engine/io/state_hash.h"

namespace interstice {

namespace {

/// Positions of `names` in `all`, or all positions when nothing was selected.
template <class Named>
std::vector<std::size_t> select(const std::optional<std::vector<std::string>>& names, const std::vector<Named>& all,
                                const char* what) {
  std::vector<std::size_t> chosen;
  if (!names) {
    chosen.resize(all.size());
    std::iota(chosen.begin(), chosen.end(), std::size_t{0});
    return chosen;
  }
  for (const auto& name : *names) {
    const auto found = std::find_if(all.begin(), all.end(), [&](const Named& n) { return n.name == name; });
    if (found == all.end())
      throw InputError(fmt::format("output.{}: there is no '{}' (name one that the scenario has, or all)", what, name));
    chosen.push_back(static_cast<std::size_t>(found - all.begin()));
  }
  return chosen;
}

SeriesIndex::Start start_of(std::uint64_t first_number) {
  return first_number == 0 ? SeriesIndex::Start::fresh : SeriesIndex::Start::continued;
}

}  // namespace

SnapshotWriter::SnapshotWriter(std::filesystem::path directory, const Problem& problem, RunRecord record,
                               SnapshotSelection selection, std::uint64_t first_number)
    : directory_(std::move(directory)),
      record_(std::move(record)),
      writes_fields_(!selection.fields || !selection.fields->empty()),
      writes_cells_(!selection.cells || !selection.cells->empty()),
      shows_type_(problem.cell_types.size(), 0),
      vesicle_sample_(problem.vesicle_classes.empty() ? 0 : selection.vesicle_sample),
      number_(first_number),
      first_number_(first_number),
      fields_index_(directory_, "fields", start_of(first_number)),
      cells_index_(directory_, "cells", start_of(first_number)),
      vesicles_index_(directory_, "vesicles", start_of(first_number)) {
  for (const auto s : select(selection.fields, problem.species, "fields")) fields_.push_back(static_cast<SpeciesId>(s));
  for (const auto t : select(selection.cells, problem.cell_types, "cells")) shows_type_[t] = 1;
}

void SnapshotWriter::record(const State& state, const Problem& problem) {
  if (last_time_ == state.clock.now) return;  // the final state may also be a due one
  const SnapshotMeta meta{record_, state.clock.step, seconds(state.clock.now), state_hash(state, problem)};
  if (writes_fields_) {
    publish(fields_index_, "fields", meta.time,
            [&](auto& path) { write_fields_file(path, state, problem, fields_, meta); });
  }
  if (writes_cells_) {
    std::vector<std::uint32_t> shown;
    for (std::uint32_t c = 0; c < state.cells.size(); ++c)
      if (shows_type_[index(state.cells.type[c])]) shown.push_back(c);
    publish(cells_index_, "cells", meta.time, [&](auto& path) { write_cells_file(path, state, problem, shown, meta); });
  }
  if (vesicle_sample_ > 0) {
    const auto shown = sample_vesicles(state.vesicles.id, vesicle_sample_);
    publish(vesicles_index_, "vesicles", meta.time,
            [&](auto& path) { write_vesicles_file(path, state, problem, shown, meta); });
  }
  last_time_ = state.clock.now;
  ++number_;
}

void SnapshotWriter::publish(SeriesIndex& index, const char* kind, double time,
                             const std::function<void(const std::filesystem::path&)>& write) {
  const std::string name = fmt::format("{}_{:06}.hdf", kind, number_);
  write(temporary_name(directory_ / name));
  commit_file(directory_ / name);
  index.add({name, time});
}

std::vector<std::uint32_t> sample_vesicles(std::span<const AgentId> ids, std::uint64_t count) {
  std::vector<std::uint32_t> chosen(ids.size());
  std::iota(chosen.begin(), chosen.end(), 0U);
  if (count >= ids.size()) return chosen;
  const auto key = [&](std::uint32_t v) { return mix64(ids[v] ^ 0x5a17ed5eedULL); };
  std::nth_element(chosen.begin(), chosen.begin() + static_cast<std::ptrdiff_t>(count), chosen.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return key(a) < key(b); });
  chosen.resize(count);
  std::sort(chosen.begin(), chosen.end());
  return chosen;
}

}  // namespace interstice
