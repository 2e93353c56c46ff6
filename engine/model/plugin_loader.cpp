/// @file
/// dlopen, the contract number first, then the descriptor.
#include "engine/model/plugin_loader.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "engine/core/error.h"
#include "engine/core/sha256.h"
#include "engine/model/abi.h"
#include "engine/model/plugin_guard.h"

namespace interstice {

namespace {

std::string sha256_of_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file)
    throw InputError(
        fmt::format("cannot read the plug-in {} (no such file, or no permission); build it, or mend the path", path));
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  Sha256 hash;
  hash.add_bytes(bytes.data(), bytes.size());
  return hash.hex_digest();
}

void* open_library(const std::string& path) {
  // An exception must not unwind through the dynamic linker, which would stay locked: it ends in std::terminate, whose
  // handler names the plug-in.
  void* library = [&path]() noexcept { return dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL); }();
  if (library == nullptr) {
    const char* reason = dlerror();
    throw InputError(
        fmt::format("cannot load the plug-in {} ({}); build it as a shared library as models/template does", path,
                    reason == nullptr ? "unknown reason" : reason));
  }
  return library;
}

void* find_symbol(void* library, const char* symbol, const std::string& path) {
  void* address = dlsym(library, symbol);
  if (address == nullptr) {
    throw InputError(
        fmt::format("{} is not an Interstice plug-in (it has no symbol {}); export the model with "
                    "INTERSTICE_EXPORT_MODEL(descriptor)",
                    path, symbol));
  }
  return address;
}

}  // namespace

LoadedPlugin load_plugin(const std::string& path) {
  const std::string absolute = std::filesystem::absolute(path).lexically_normal().string();
  const ModelCall call{.entry = ModelEntry::load, .model = {}, .origin = absolute};
  std::string digest = sha256_of_file(absolute);
  watch_plugins();
  void* library = nullptr;
  {
    const OpenCall open(call);
    library = open_library(absolute);
  }

  // Nothing else of the file may be read before its number is known to be ours.
  const auto number = *static_cast<const std::uint64_t*>(find_symbol(library, "interstice_model_abi", absolute));
  if (number != model_abi_number()) {
    throw InputError(
        fmt::format("the plug-in {} has contract number {:016x}, this program has {:016x} (it was built "
                    "against other headers or by another compiler); rebuild it against this version",
                    absolute, number, model_abi_number()));
  }
  using Describe = const ModelDescriptor* (*)();
  const auto describe = reinterpret_cast<Describe>(find_symbol(library, "interstice_model", absolute));
  const ModelDescriptor* descriptor = call_model(call, describe);
  if (descriptor == nullptr) {
    throw InputError(fmt::format("the plug-in {} returns no descriptor (interstice_model() is null)", absolute));
  }
  return {descriptor, absolute, std::move(digest)};
}

}  // namespace interstice
