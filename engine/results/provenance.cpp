#include "engine/results/provenance.h"

#include <H5public.h>
#include <elf.h>
#include <fmt/format.h>
#include <isa-l.h>
#include <link.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/core/sha256.h"
#include "engine/core/version.h"
#include "engine/results/atomic_file.h"
#include "engine/vesicles/agents/vesicle_kernel.h"

namespace interstice {

namespace {

using Json = nlohmann::ordered_json;

std::string host_name() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "unknown";
}

Json build_json() {
  const BuildInfo& build = build_info();
  return {{"version", build.version},
          {"commit", build.commit},
          {"modified", build.modified},
          {"compiler", build.compiler},
          {"flags", build.flags},
          {"build_type", build.build_type},
          {"id", build.id}};
}

Json libraries_json() {
  static const std::string hdf5 = [] {  // asked for once, while nobody else uses the library
    unsigned major = 0, minor = 0, release = 0;
    H5get_libversion(&major, &minor, &release);
    return std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(release);
  }();
  return {{"HDF5", hdf5},
          {"ISA-L", std::to_string(ISAL_MAJOR_VERSION) + "." + std::to_string(ISAL_MINOR_VERSION) + "." +
                        std::to_string(ISAL_PATCH_VERSION)}};
}

Json models_json(const std::vector<RunRecord::Model>& models) {
  Json list = Json::array();
  for (const auto& m : models)
    list.push_back({{"name", m.name}, {"version", m.version}, {"origin", m.origin}, {"sha256", m.sha256}});
  return list;
}

/// The note NT_GNU_BUILD_ID of a loaded object, as hexadecimal digits.
void append_build_id(const dl_phdr_info& object, std::string& out) {
  for (int p = 0; p < object.dlpi_phnum; ++p) {
    const ElfW(Phdr)& part = object.dlpi_phdr[p];
    if (part.p_type != PT_NOTE) continue;
    // The loader gives addresses as numbers. NOLINTNEXTLINE(performance-no-int-to-ptr)
    const auto* at = reinterpret_cast<const unsigned char*>(object.dlpi_addr + part.p_vaddr);
    const auto* const end = at + part.p_memsz;
    while (at + sizeof(ElfW(Nhdr)) <= end) {
      ElfW(Nhdr) note;
      std::memcpy(&note, at, sizeof note);
      const auto* name = at + sizeof note;
      const auto* bytes = name + (note.n_namesz + 3) / 4 * 4;
      if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 && std::memcmp(name, "GNU", 4) == 0)
        for (std::size_t k = 0; k < note.n_descsz; ++k) out += fmt::format("{:02x}", bytes[k]);
      at = bytes + (note.n_descsz + 3) / 4 * 4;
    }
  }
}

Json files_json(const std::vector<RunRecord::File>& files) {
  Json list = Json::array();
  for (const auto& file : files) list.push_back({{"name", file.name}, {"bytes", file.bytes}, {"sha256", file.sha256}});
  return list;
}

/// Build identifiers of the program and of our own libraries in it (ld --build-id): other code, another text.
std::string linked_id() {
  std::string id;
  dl_iterate_phdr(
      [](dl_phdr_info* object, std::size_t, void* out) {
        const std::string_view name = object->dlpi_name;
        if (!name.empty() && name.find("libinterstice") == std::string_view::npos) return 0;
        append_build_id(*object, *static_cast<std::string*>(out));
        return 0;
      },
      &id);
  return id;
}

}  // namespace

const BuildInfo& build_info() {
  static const BuildInfo info{std::string(kVersion),
                              std::string(kGitCommit),
                              kGitDirty,
                              kGitDirty || kGitCommit == "unknown" ? linked_id() : "",
                              std::string(kCompiler),
                              std::string(kFlags),
                              std::string(kBuildType)};
  return info;
}

std::string now_text() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text.data();
}

std::string version_line() {
  const BuildInfo& build = build_info();
  return "interstice " + build.version + " (" + build.commit.substr(0, 12) + (build.modified ? ", modified)" : ")");
}

std::string sha256_of(std::string_view text) {
  Sha256 sum;
  sum.add_bytes(text.data(), text.size());
  return sum.hex_digest();
}

std::string sha256_of_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw_disk_error("open", path, errno);
  Sha256 sum;
  std::vector<char> part(1 << 20);
  while (file.read(part.data(), static_cast<std::streamsize>(part.size())) || file.gcount() > 0)
    sum.add_bytes(part.data(), static_cast<std::size_t>(file.gcount()));
  if (file.bad()) throw_disk_error("read", path, errno);
  return sum.hex_digest();
}

RunRecord make_run_record(const Problem& problem, std::string scenario, std::string command_line, std::string arm,
                          int threads) {
  RunRecord record;
  record.title = problem.title;
  record.arm = std::move(arm);
  record.seed = problem.noise.seed();
  record.threads = threads;
  record.simd_target = simd_target();
  record.command_line = std::move(command_line);
  record.scenario = std::move(scenario);
  for (const auto& model : problem.models)
    record.models.push_back({model.name, model.version, model.origin, model.sha256});
  record.started = now_text();
  return record;
}

std::string provenance_json(const RunRecord& record, bool identity_only) {
  Json json{{"program", "interstice"},
            {"build", build_json()},
            {"libraries", libraries_json()},
            {"simd_target", record.simd_target},
            {"title", record.title},
            {"changes", record.changes},
            {"arm", record.arm},
            {"replicate", record.replicate},
            {"seed", record.seed},
            {"identity", record.identity},
            {"threads", record.threads},
            {"command_line", record.command_line},
            {"host", host_name()},
            {"process", static_cast<std::int64_t>(getpid())},
            {"scenario_sha256", sha256_of(record.scenario)},
            {"models", models_json(record.models)},
            {"units", {{"length", "um"}, {"time", "s"}, {"concentration", "uM"}, {"amount", "molecule"}}},
            {"started", record.started}};
  if (!identity_only) {
    json["ended"] = record.ended.empty() ? Json(nullptr) : Json(record.ended);
    json["status"] = record.status;
    json["exit_status"] = record.ended.empty() ? Json(nullptr) : Json(record.exit_status);
    if (!record.reason.empty()) json["reason"] = record.reason;
    json["wall_time_s"] = record.wall_time;
    json["warnings"] = record.warnings;
    if (record.status == "finished") json["files"] = files_json(record.files);
  }
  return json.dump(1, ' ', false, Json::error_handler_t::replace);  // a command line may hold any bytes
}

void write_run_record(const std::filesystem::path& directory, const RunRecord& record) {
  write_file_atomically(directory / "run.json", provenance_json(record) + "\n");
}

void finish_run_record(const std::filesystem::path& directory, RunRecord& record, std::string status, int exit_status) {
  record.status = std::move(status);
  record.exit_status = exit_status;
  record.ended = now_text();
  write_run_record(directory, record);
}

}  // namespace interstice
