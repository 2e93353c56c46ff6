#include "engine/results/snapshots/snapshot.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <numeric>

#include "engine/core/error.h"
#include "engine/results/atomic_file.h"
#include "engine/results/snapshots/snapshot_files.h"
#include "engine/results/state_hash.h"

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

Start start_of(std::uint64_t first_number) { return first_number == 0 ? Start::fresh : Start::continued; }

}  // namespace

SnapshotWriter::SnapshotWriter(std::filesystem::path directory, const Problem& problem, RunRecord record,
                               SnapshotSelection selection, BackgroundWriter* background, std::uint64_t first_number)
    : directory_(std::move(directory)),
      problem_(problem),
      record_(std::move(record)),
      background_(background),
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

SnapshotWriter::~SnapshotWriter() {
  if (background_ != nullptr) background_->settle();  // its jobs use this
}

void SnapshotWriter::record(const State& state, const Problem& problem) {
  assert(&problem == &problem_);
  if (last_time_ == state.clock.now) return;  // the final state may also be a due one
  Slot& slot = slots_[number_ % slots_.size()];
  if (background_ != nullptr) background_->wait_for(slot.ticket);
  slot.frame.number = number_;
  slot.frame.state_sha256 = state_hash(state, problem);
  copy(state, slot.frame);
  slot.ticket = write_in_order(background_, [this, &slot] { write(slot.frame); });
  last_time_ = state.clock.now;
  ++number_;
}

SinkMemory SnapshotWriter::memory() {
  if (background_ != nullptr) background_->finish();
  return {.numbers = {}, .integers = {{"number", {number_}}, {"time", {static_cast<std::uint64_t>(*last_time_)}}}};
}

void SnapshotWriter::check(const SinkMemory& memory) const {
  const std::uint64_t number = memory.integers.at("number").at(0);
  const auto check_kind = [&](bool written, const SeriesIndex& index, const char* kind) {
    if (!written) return;
    const auto entries = read_series_index(index.path());
    for (std::uint64_t k = first_number_; k < number; ++k) {
      const std::string name = fmt::format("{}_{:06}.hdf", kind, k);
      if (std::ranges::find(entries, name, &SeriesEntry::name) == entries.end() ||
          !std::filesystem::exists(directory_ / name))
        throw DiskError(
            fmt::format("cannot go on in {} ({} or its entry in the index is gone)", directory_.string(), name));
      (void)Hdf5File::open(directory_ / name);  // which fails where it was cut short
    }
  };
  check_kind(writes_fields_, fields_index_, "fields");
  check_kind(writes_cells_, cells_index_, "cells");
  check_kind(vesicle_sample_ > 0, vesicles_index_, "vesicles");
}

void SnapshotWriter::recall(const SinkMemory& memory) {
  number_ = memory.integers.at("number").at(0);
  last_time_ = static_cast<Nanoseconds>(memory.integers.at("time").at(0));
  for (SeriesIndex* index : {&fields_index_, &cells_index_, &vesicles_index_}) index->go_on(seconds(*last_time_));
}

void SnapshotWriter::copy(const State& state, SnapshotFrame& frame) const {
  frame.step = state.clock.step;
  frame.time = seconds(state.clock.now);
  if (writes_fields_) {
    copy_fields(state, fields_, frame.fields);
    copy_densities(state, problem_, frame.densities);
  }
  if (writes_cells_) {
    std::vector<std::uint32_t> shown;
    for (std::uint32_t c = 0; c < state.cells.size(); ++c)
      if (shows_type_[index(state.cells.type[c])]) shown.push_back(c);
    copy_cells(state, problem_, shown, frame.cells);
  }
  if (vesicle_sample_ > 0)
    copy_vesicles(state, problem_, sample_vesicles(state.vesicles.id, vesicle_sample_), frame.vesicles);
}

void SnapshotWriter::write(const SnapshotFrame& frame) {
  if (writes_fields_)
    publish(fields_index_, "fields", frame,
            [&](const auto& path) { write_fields_file(path, frame, problem_, fields_, record_); });
  if (writes_cells_)
    publish(cells_index_, "cells", frame, [&](const auto& path) { write_cells_file(path, frame, problem_, record_); });
  if (vesicle_sample_ > 0)
    publish(vesicles_index_, "vesicles", frame,
            [&](const auto& path) { write_vesicles_file(path, frame, problem_, record_); });
}

template <class Write>
void SnapshotWriter::publish(SeriesIndex& index, const char* kind, const SnapshotFrame& frame, Write write_file) {
  const std::string name = fmt::format("{}_{:06}.hdf", kind, frame.number);
  write_file(temporary_name(directory_ / name));
  commit_file(directory_ / name);
  index.add({name, frame.time});
}

}  // namespace interstice
