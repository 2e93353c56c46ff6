#include "engine/results/checkpoint.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <sstream>
#include <type_traits>

#include "engine/core/error.h"
#include "engine/results/atomic_file.h"
#include "engine/results/hdf5/hdf5_checksums.h"
#include "engine/sim/initial_state.h"
#include "engine/sim/state_arrays.h"

namespace interstice {
namespace {

constexpr const char* kFormat = "interstice checkpoint 1";

/// Enumerators as the integers that they are.
template <class T>
auto as_numbers(std::span<T> values) {
  if constexpr (std::is_enum_v<T>) {
    using Plain = std::underlying_type_t<std::remove_const_t<T>>;
    using Number = std::conditional_t<std::is_const_v<T>, const Plain, Plain>;
    return std::span<Number>(reinterpret_cast<Number*>(values.data()), values.size());
  } else {
    return values;
  }
}

std::string state_path(std::size_t number) { return fmt::format("/state/{:05}", number); }
std::string name_of(const RowInfo& row) { return fmt::format("{} [{}]", row.name, row.unit); }
std::string sink_group(std::size_t sink, const char* kind) { return fmt::format("/sinks/{}/{}", sink, kind); }

/// Names in paths would have to do without slashes: arrays are numbered, and the names of those that the problem does
/// not order stand in a list, one per line.
template <class T>
void write_sink(Hdf5File& file, const std::string& group, const std::map<std::string, std::vector<T>>& values) {
  file.create_group(group);
  std::string names;
  std::size_t number = 0;
  for (const auto& [name, value] : values) {
    file.write_plain(fmt::format("{}/{:05}", group, number++), std::span<const T>(value));
    names += name + "\n";
  }
  file.write_text(group + "/names", names);
}

/// Reads arrays and checks each against the list of checksums.
class Reader {
 public:
  explicit Reader(const std::filesystem::path& path)
      : file_(Hdf5File::open(path)), checksums_(listed_checksums(file_)) {
    if (text("/meta/format") != kFormat) fail("it is of another version of interstice");
  }

  [[nodiscard]] bool exists(const std::string& path) const { return file_.exists(path); }
  [[nodiscard]] std::string text(const std::string& path) const {
    check(path, array_checksum(path, file_.read(path)));
    return file_.read_text(path);
  }
  [[nodiscard]] std::string name(const std::string& path) const { return file_.text_attribute(path, "name"); }
  template <class T>
  void into(const std::string& path, std::vector<T>& values) const {
    values.resize(file_.element_count(path));
    into(path, std::span<T>(values));
  }
  template <class T>
  void into(const std::string& path, std::span<T> values) const {
    const auto numbers = as_numbers(values);
    using Number = typename decltype(numbers)::value_type;
    file_.read_into(path, numbers);
    check(path, array_checksum(path, std::span<const Number>(numbers)));
  }
  template <class T>
  void sink(const std::string& group, std::map<std::string, std::vector<T>>& values) const {
    std::istringstream names(text(group + "/names"));
    std::size_t number = 0;
    for (std::string name; std::getline(names, name);) into(fmt::format("{}/{:05}", group, number++), values[name]);
  }
  /// Whatever the file lists was read, and is what it was.
  void finish() const {
    if (checked_ != checksums_.size()) fail("it holds more than a run of this scenario has");
  }
  [[noreturn]] void fail(const std::string& reason) const {
    throw DiskError(fmt::format("cannot go on from {} ({})", file_.path().string(), reason));
  }

 private:
  void check(const std::string& path, const std::string& checksum) const {
    const auto listed = checksums_.find(path);
    if (listed == checksums_.end() || listed->second != checksum)
      fail(path + " does not match its checksum: the file is damaged");
    ++checked_;
  }

  Hdf5File file_;
  std::map<std::string, std::string> checksums_;
  mutable std::size_t checked_ = 0;
};

State read_state(const Reader& reader, const Problem& problem) {
  State state = empty_state(problem);
  std::size_t number = 0;
  for_each_stored_array(state, problem, [&](const RowInfo& row, auto&& values) {
    const std::string path = state_path(number++);
    if (!reader.exists(path) || reader.name(path) != name_of(row))
      reader.fail(fmt::format("{} is not in it: another scenario, or another version of interstice", name_of(row)));
    reader.into(path, values);
  });
  return state;
}

}  // namespace

void write_checkpoint(const std::filesystem::path& path, const Problem& problem, const CheckpointView& checkpoint) {
  Hdf5File file = Hdf5File::create(temporary_name(path));
  for (const char* group : {"/meta", "/state", "/sinks"}) file.create_group(group);
  file.write_text("/meta/format", kFormat);
  file.write_text("/meta/run", checkpoint.run);
  const std::array<std::int64_t, 2> agenda{checkpoint.agenda.next_row, checkpoint.agenda.next_snapshot};
  file.write_plain("/meta/agenda", std::span<const std::int64_t>(agenda));
  std::size_t number = 0;
  for_each_array(checkpoint.state, problem, [&](const RowInfo& row, auto values) {
    const auto numbers = as_numbers(values);
    using Number = typename decltype(numbers)::value_type;
    file.write_plain(state_path(number), std::span<const Number>(numbers));
    file.set_attribute(state_path(number++), "name", name_of(row));
  });
  for (std::size_t k = 0; k < checkpoint.sinks.size(); ++k) {
    file.create_group(fmt::format("/sinks/{}", k));
    write_sink(file, sink_group(k, "numbers"), checkpoint.sinks[k].numbers);
    write_sink(file, sink_group(k, "integers"), checkpoint.sinks[k].integers);
  }
  write_checksums(file);
  file.close();
  commit_file(path);
}

std::string checkpoint_run(const std::filesystem::path& path) { return Reader(path).text("/meta/run"); }

Checkpoint read_checkpoint(const std::filesystem::path& path, const Problem& problem) {
  const Reader reader(path);
  Checkpoint checkpoint{
      .run = reader.text("/meta/run"), .state = read_state(reader, problem), .agenda = {}, .sinks = {}};
  std::array<std::int64_t, 2> agenda{};
  reader.into("/meta/agenda", std::span<std::int64_t>(agenda));
  checkpoint.agenda = {.next_row = agenda[0], .next_snapshot = agenda[1]};
  for (std::size_t k = 0; reader.exists(fmt::format("/sinks/{}", k)); ++k) {
    SinkMemory& sink = checkpoint.sinks.emplace_back();
    reader.sink(sink_group(k, "numbers"), sink.numbers);
    reader.sink(sink_group(k, "integers"), sink.integers);
  }
  reader.finish();
  return checkpoint;
}

namespace {

/// Those named checkpoint_, twelve digits and one of these endings, the newest first. (No std::regex: making one in
/// several threads at once is a race on a cache of the locale.)
std::vector<std::filesystem::path> files_ending(const std::filesystem::path& directory,
                                                std::initializer_list<std::string_view> endings) {
  constexpr std::string_view kBegin = "checkpoint_";
  constexpr std::size_t kDigits = 12;
  const auto is_one = [&](std::string_view name) {
    if (!name.starts_with(kBegin) || name.size() < kBegin.size() + kDigits) return false;
    name.remove_prefix(kBegin.size());
    return std::ranges::all_of(name.substr(0, kDigits), [](char c) { return c >= '0' && c <= '9'; }) &&
           std::ranges::find(endings, name.substr(kDigits)) != endings.end();
  };
  std::vector<std::filesystem::path> found;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(directory, ignored))
    if (is_one(entry.path().filename().string())) found.push_back(entry.path());
  std::ranges::sort(found, std::greater{});
  return found;
}

/// One that cannot be removed is no reason to end a run.
void remove_all(const std::vector<std::filesystem::path>& files) {
  std::error_code ignored;
  for (const auto& file : files) std::filesystem::remove(file, ignored);
}

}  // namespace

std::vector<std::filesystem::path> Checkpoints::files() const { return files_ending(directory_, {".hdf"}); }

void Checkpoints::save(const Problem& problem, const CheckpointView& checkpoint) const {
  constexpr std::size_t kKept = 2;
  remove_all(files_ending(directory_, {".hdf.tmp"}));  // of one that a kill interrupted
  const auto path = directory_ / fmt::format("checkpoint_{:012}.hdf", checkpoint.state.clock.step);
  try {
    write_checkpoint(path, problem, checkpoint);
  } catch (...) {  // what a full disk cut short must not keep it full
    std::error_code ignored;
    std::filesystem::resize_file(temporary_name(path), 0, ignored);
    std::filesystem::remove(temporary_name(path), ignored);
    throw;
  }
  auto old = files();
  old.erase(old.begin(), old.begin() + static_cast<std::ptrdiff_t>(std::min(kKept, old.size())));
  remove_all(old);
}

void Checkpoints::remove() const { remove_all(files_ending(directory_, {".hdf", ".hdf.tmp"})); }

void Checkpoints::remove_one(const std::filesystem::path& damaged) { remove_all({damaged}); }

}  // namespace interstice
