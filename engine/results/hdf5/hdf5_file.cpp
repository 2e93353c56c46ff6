#include "engine/results/hdf5/hdf5_file.h"

#include <fmt/format.h>
#include <hdf5_hl.h>

#include <algorithm>
#include <cassert>

#include "engine/core/error.h"
#include "engine/core/sha256.h"
#include "engine/results/hdf5/hdf5_deflate.h"

namespace interstice {

namespace {

/// Before the library's first call: at exit it would flush once more a file that a full disk has refused, and crash.
/// Our files are closed by then.
[[maybe_unused]] const bool no_exit_handler = H5dont_atexit() >= 0;

constexpr std::size_t kTextChunk = 1 << 16;  // [bytes]
constexpr std::size_t kSmall = 4096;         // [bytes] below this an array is stored as it is

hid_t native_type(Hdf5Type type) {
  switch (type) {
    case Hdf5Type::f32:
      return H5T_NATIVE_FLOAT;
    case Hdf5Type::f64:
      return H5T_NATIVE_DOUBLE;
    case Hdf5Type::i32:
      return H5T_NATIVE_INT32;
    case Hdf5Type::i64:
      return H5T_NATIVE_INT64;
    case Hdf5Type::u8:
      return H5T_NATIVE_UINT8;
    case Hdf5Type::u16:
      return H5T_NATIVE_UINT16;
    case Hdf5Type::u32:
      return H5T_NATIVE_UINT32;
    case Hdf5Type::u64:
      return H5T_NATIVE_UINT64;
  }
  return H5I_INVALID_HID;
}

std::size_t element_size(Hdf5Type type) { return H5Tget_size(native_type(type)); }

/// The library's messages go into our exceptions, not to the terminal. Its error stacks are per thread.
void silence_library() {
  static thread_local bool done = false;
  if (!done) H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  done = true;
}

herr_t keep_first(unsigned, const H5E_error2_t* error, void* text) {
  auto& reason = *static_cast<std::string*>(text);
  if (reason.empty() && error->desc != nullptr) reason = error->desc;
  return 0;
}

/// The innermost message on the library's error stack; the system's own words where they are in it.
std::string library_reason() {
  std::string reason;
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep_first, &reason);
  const std::string mark = "error message = '";
  if (const auto begin = reason.find(mark); begin != std::string::npos) {
    const auto start = begin + mark.size();
    reason = reason.substr(start, reason.find('\'', start) - start);
  }
  return reason.empty() ? "HDF5 gives no reason" : reason;
}

Hdf5Handle text_type(std::size_t length, H5T_cset_t characters) {
  Hdf5Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
  H5Tset_size(type.get(), std::max<std::size_t>(length, 1));
  H5Tset_strpad(type.get(), H5T_STR_NULLPAD);
  H5Tset_cset(type.get(), characters);
  return type;
}

Hdf5Handle dataspace(std::span<const std::uint64_t> shape) {
  const std::vector<hsize_t> extents(shape.begin(), shape.end());
  return {shape.empty() ? H5Screate(H5S_SCALAR)
                        : H5Screate_simple(static_cast<int>(extents.size()), extents.data(), nullptr),
          H5Sclose};
}

/// The creation time is left out, so that equal content gives equal files.
Hdf5Handle creation_properties(hid_t kind) {
  Hdf5Handle properties(H5Pcreate(kind), H5Pclose);
  H5Pset_obj_track_times(properties.get(), false);
  return properties;
}

std::string digest(const std::string& path, std::uint64_t kind, std::span<const std::uint64_t> shape, const void* data,
                   std::size_t size) {
  Sha256 sum;
  sum.add(path);
  sum.add(kind);
  sum.add(static_cast<std::uint64_t>(shape.size()));
  for (const auto extent : shape) sum.add(extent);
  sum.add_bytes(data, size);
  return sum.hex_digest();
}

constexpr std::uint64_t kTextKind = 255;

herr_t collect_dataset(hid_t group, const char* name, const H5L_info_t* link, void* list) {
  H5O_info_t object;
  if (link->type == H5L_TYPE_HARD && H5Oget_info_by_name2(group, name, &object, H5O_INFO_BASIC, H5P_DEFAULT) >= 0 &&
      object.type == H5O_TYPE_DATASET)
    static_cast<std::vector<std::string>*>(list)->push_back(fmt::format("/{}", name));
  return 0;
}

}  // namespace

std::string array_checksum(const std::string& path, const Hdf5Array& array) {
  const auto kind = array.is_text ? kTextKind : static_cast<std::uint64_t>(array.type);
  return digest(path, kind, array.shape, array.bytes.data(), array.bytes.size());
}

std::string row_checksum(const std::string& path, Hdf5Type type, std::span<const std::byte> bytes,
                         std::uint64_t count) {
  return digest(path, static_cast<std::uint64_t>(type), {&count, 1}, bytes.data(), bytes.size());
}

Hdf5File Hdf5File::create(const std::filesystem::path& path) {
  silence_library();
  const Hdf5Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  // Never "latest": such files do not open after the writer was killed, nor in older readers.
  H5Pset_libver_bounds(access.get(), H5F_LIBVER_V18, H5F_LIBVER_V18);
  H5Pset_fclose_degree(access.get(), H5F_CLOSE_STRONG);
  H5Pset_file_locking(access.get(), false, true);  // network file systems may have no locks; the name is ours alone
  const Hdf5Handle creation = creation_properties(H5P_FILE_CREATE);
  Hdf5File file(path, Hdf5Handle(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, creation.get(), access.get()), H5Fclose));
  if (!file.file_) file.fail("write");
  return file;
}

Hdf5File Hdf5File::open(const std::filesystem::path& path) {
  silence_library();
  const Hdf5Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  H5Pset_fclose_degree(access.get(), H5F_CLOSE_STRONG);
  H5Pset_file_locking(access.get(), false, true);
  Hdf5File file(path, Hdf5Handle(H5Fopen(path.c_str(), H5F_ACC_RDONLY, access.get()), H5Fclose));
  if (!file.file_) file.fail("read");
  return file;
}

void Hdf5File::close() { check(file_.reset(), "finish"); }

void Hdf5File::fail(const std::string& what) const { fail_with(what, library_reason()); }

void Hdf5File::fail_with(const std::string& what, const std::string& reason) const {
  throw DiskError("cannot " + what + " " + path_.string() + " (" + reason + ")");
}

Hdf5Handle Hdf5File::check(hid_t id, Hdf5Handle::Closer closer, const std::string& what) const {
  if (id < 0) fail(what);
  return {id, closer};
}

void Hdf5File::check(herr_t status, const std::string& what) const {
  if (status < 0) fail(what);
}

void Hdf5File::create_group(const std::string& path) {
  const Hdf5Handle creation = creation_properties(H5P_GROUP_CREATE);
  const std::string what = "create " + path + " in";
  Hdf5Handle group =
      check(H5Gcreate2(file_.get(), path.c_str(), H5P_DEFAULT, creation.get(), H5P_DEFAULT), H5Gclose, what);
  check(group.reset(), what);
}

void Hdf5File::write_bytes(const std::string& path, const void* data, std::size_t count, Hdf5Type type,
                           std::span<const std::uint64_t> shape) {
  std::size_t expected = 1;
  for (const auto extent : shape) expected *= extent;
  assert(count == expected && "shape does not match the number of values");
  const std::string what = "write " + path + " to";
  const std::size_t size = element_size(type);
  const Hdf5Handle creation = creation_properties(H5P_DATASET_CREATE);
  const bool deflated = !shape.empty() && count * size >= kSmall;
  std::vector<hsize_t> chunk;
  if (deflated) {
    chunk = chunk_shape(shape);
    check(H5Pset_chunk(creation.get(), static_cast<int>(chunk.size()), chunk.data()), what);
    if (size > 1) check(H5Pset_shuffle(creation.get()), what);
    check(H5Pset_deflate(creation.get(), 1), what);
  }
  const Hdf5Handle space = dataspace(shape);
  Hdf5Handle dataset = check(
      H5Dcreate2(file_.get(), path.c_str(), native_type(type), space.get(), H5P_DEFAULT, creation.get(), H5P_DEFAULT),
      H5Dclose, what);
  if (!deflated || !write_deflated(dataset.get(), data, shape, chunk, size))
    check(H5Dwrite(dataset.get(), native_type(type), H5S_ALL, H5S_ALL, H5P_DEFAULT, data), what);
  check(dataset.reset(), what);  // the library writes small arrays only now
  checksums_[path] = digest(path, static_cast<std::uint64_t>(type), shape, data, count * size);
}

void Hdf5File::write_plain_bytes(const std::string& path, const void* data, std::size_t count, Hdf5Type type) {
  const std::string what = "write " + path + " to";
  const std::uint64_t length = count;
  const Hdf5Handle creation = creation_properties(H5P_DATASET_CREATE), space = dataspace({&length, 1});
  Hdf5Handle dataset = check(
      H5Dcreate2(file_.get(), path.c_str(), native_type(type), space.get(), H5P_DEFAULT, creation.get(), H5P_DEFAULT),
      H5Dclose, what);
  check(H5Dwrite(dataset.get(), native_type(type), H5S_ALL, H5S_ALL, H5P_DEFAULT, data), what);
  check(dataset.reset(), what);
  checksums_[path] = row_checksum(path, type, {static_cast<const std::byte*>(data), count * element_size(type)}, count);
}

void Hdf5File::write_text(const std::string& path, std::string_view text) {
  write_characters(path, text.empty() ? std::string(1, '\0') : std::string(text), {});
}

void Hdf5File::write_texts(const std::string& path, std::span<const std::string> texts) {
  std::size_t longest = 1;
  for (const std::string& text : texts) longest = std::max(longest, text.size());
  std::string all;
  for (const std::string& text : texts) all.append(text).append(longest - text.size(), '\0');
  const std::uint64_t count = texts.size();
  write_characters(path, all, {&count, 1});
}

void Hdf5File::write_characters(const std::string& path, const std::string& all, std::span<const std::uint64_t> shape) {
  const std::string what = "write " + path + " to";
  const std::size_t count = shape.empty() ? 1 : shape[0], length = count == 0 ? 1 : all.size() / count;
  const Hdf5Handle type = text_type(length, H5T_CSET_UTF8), space = dataspace(shape);
  const Hdf5Handle creation = creation_properties(H5P_DATASET_CREATE);
  if (!shape.empty() && all.size() >= kSmall) {
    const hsize_t chunk = std::clamp<hsize_t>(kTextChunk / length, 1, count);
    check(H5Pset_chunk(creation.get(), 1, &chunk), what);
    check(H5Pset_deflate(creation.get(), 1), what);
  }
  Hdf5Handle dataset =
      check(H5Dcreate2(file_.get(), path.c_str(), type.get(), space.get(), H5P_DEFAULT, creation.get(), H5P_DEFAULT),
            H5Dclose, what);
  check(H5Dwrite(dataset.get(), type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, all.data()), what);
  check(dataset.reset(), what);
  checksums_[path] = digest(path, kTextKind, shape, all.data(), all.size());
}

void Hdf5File::write_attribute(const std::string& object, const std::string& name, hid_t type,
                               std::span<const std::uint64_t> shape, const void* data) {
  const std::string what = "write attribute " + name + " of " + object + " to";
  const Hdf5Handle space = dataspace(shape);
  Hdf5Handle attribute = check(H5Acreate_by_name(file_.get(), object.c_str(), name.c_str(), type, space.get(),
                                                 H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
                               H5Aclose, what);
  check(H5Awrite(attribute.get(), type, data), what);
  check(attribute.reset(), what);
}

void Hdf5File::set_attribute(const std::string& object, const std::string& name, std::string_view ascii) {
  const std::string content(ascii.empty() ? " " : ascii);
  const Hdf5Handle type = text_type(content.size(), H5T_CSET_ASCII);
  write_attribute(object, name, type.get(), {}, content.data());
}

void Hdf5File::set_attribute(const std::string& object, const std::string& name, std::span<const double> values) {
  const std::uint64_t count = values.size();
  write_attribute(object, name, H5T_NATIVE_DOUBLE, {&count, 1}, values.data());
}

void Hdf5File::set_attribute(const std::string& object, const std::string& name, std::span<const std::int64_t> values) {
  const std::uint64_t count = values.size();
  write_attribute(object, name, H5T_NATIVE_INT64, {&count, 1}, values.data());
}

void Hdf5File::link(const std::string& existing, const std::string& alias) {
  check(H5Lcreate_hard(file_.get(), existing.c_str(), file_.get(), alias.c_str(), H5P_DEFAULT, H5P_DEFAULT),
        "link " + alias + " in");
}

void Hdf5File::attach_scale(const std::string& array, unsigned axis, const std::string& scale) {
  const std::string what = "attach scale " + scale + " in";
  Hdf5Handle scale_id = open_dataset(scale), array_id = open_dataset(array);
  if (H5DSis_scale(scale_id.get()) <= 0)
    check(H5DSset_scale(scale_id.get(), scale.substr(scale.rfind('/') + 1).c_str()), what);
  check(H5DSattach_scale(array_id.get(), scale_id.get(), axis), what);
  check(scale_id.reset(), what);
  check(array_id.reset(), what);
}

Hdf5Handle Hdf5File::open_dataset(const std::string& path) const {
  return check(H5Dopen2(file_.get(), path.c_str(), H5P_DEFAULT), H5Dclose, "read " + path + " from");
}

bool Hdf5File::exists(const std::string& path) const {
  for (std::size_t end = path.find('/', 1);; end = path.find('/', end + 1)) {
    if (H5Lexists(file_.get(), path.substr(0, end).c_str(), H5P_DEFAULT) <= 0) return false;
    if (end == std::string::npos) return true;
  }
}

std::vector<std::uint64_t> Hdf5File::shape(const std::string& path) const {
  const Hdf5Handle dataset = open_dataset(path);
  const Hdf5Handle space = check(H5Dget_space(dataset.get()), H5Sclose, "read " + path + " from");
  std::vector<hsize_t> extents(static_cast<std::size_t>(std::max(0, H5Sget_simple_extent_ndims(space.get()))));
  check(H5Sget_simple_extent_dims(space.get(), extents.data(), nullptr), "read " + path + " from");
  return {extents.begin(), extents.end()};
}

std::size_t Hdf5File::element_count(const std::string& path) const {
  std::size_t count = 1;
  for (const auto extent : shape(path)) count *= extent;
  return count;
}

void Hdf5File::read_converted(const std::string& path, void* data, Hdf5Type type) const {
  const Hdf5Handle dataset = open_dataset(path);
  check(H5Dread(dataset.get(), native_type(type), H5S_ALL, H5S_ALL, H5P_DEFAULT, data), "read " + path + " from");
}

Hdf5Array Hdf5File::read(const std::string& path) const {
  const std::string what = "read " + path + " from";
  const Hdf5Handle dataset = open_dataset(path);
  const Hdf5Handle stored = check(H5Dget_type(dataset.get()), H5Tclose, what);
  Hdf5Array array;
  array.shape = shape(path);
  std::size_t count = 1;
  for (const auto extent : array.shape) count *= extent;
  array.bytes.resize(count * H5Tget_size(stored.get()));
  if (H5Tget_class(stored.get()) == H5T_STRING && H5Tis_variable_str(stored.get()) == 0) {
    array.is_text = true;
    check(H5Dread(dataset.get(), stored.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, array.bytes.data()), what);
    return array;
  }
  for (const auto type : {Hdf5Type::f32, Hdf5Type::f64, Hdf5Type::i32, Hdf5Type::i64, Hdf5Type::u8, Hdf5Type::u16,
                          Hdf5Type::u32, Hdf5Type::u64}) {
    if (H5Tequal(stored.get(), native_type(type)) <= 0) continue;
    array.type = type;
    check(H5Dread(dataset.get(), native_type(type), H5S_ALL, H5S_ALL, H5P_DEFAULT, array.bytes.data()), what);
    return array;
  }
  throw DiskError("cannot read " + path + " from " + path_.string() + " (its element type is not one that we write)");
}

std::string Hdf5File::read_text(const std::string& path) const {
  const Hdf5Array array = read(path);
  if (!array.is_text) throw DiskError("cannot read " + path + " from " + path_.string() + " (it is not a text)");
  std::string text(array.bytes.begin(), array.bytes.end());
  text.resize(text.find_last_not_of('\0') + 1);
  return text;
}

bool Hdf5File::is_integer(const std::string& path) const {
  const Hdf5Handle dataset = open_dataset(path);
  const Hdf5Handle type = check(H5Dget_type(dataset.get()), H5Tclose, "read " + path + " from");
  return H5Tget_class(type.get()) == H5T_INTEGER;
}

std::string Hdf5File::text_attribute(const std::string& object, const std::string& name) const {
  const std::string what = "read attribute " + name + " of " + object + " from";
  const Hdf5Handle attribute =
      check(H5Aopen_by_name(file_.get(), object.c_str(), name.c_str(), H5P_DEFAULT, H5P_DEFAULT), H5Aclose, what);
  const Hdf5Handle type = check(H5Aget_type(attribute.get()), H5Tclose, what);
  if (H5Tget_class(type.get()) != H5T_STRING || H5Tis_variable_str(type.get()) != 0)
    throw DiskError("cannot " + what + " " + path_.string() + " (it is not a fixed-length text)");
  std::string text(H5Tget_size(type.get()), '\0');
  check(H5Aread(attribute.get(), type.get(), text.data()), what);
  text.resize(text.find_last_not_of('\0') + 1);
  return text;
}

std::vector<double> Hdf5File::numbers_attribute(const std::string& object, const std::string& name) const {
  const std::string what = "read attribute " + name + " of " + object + " from";
  if (H5Aexists_by_name(file_.get(), object.c_str(), name.c_str(), H5P_DEFAULT) <= 0) return {};
  const Hdf5Handle attribute =
      check(H5Aopen_by_name(file_.get(), object.c_str(), name.c_str(), H5P_DEFAULT, H5P_DEFAULT), H5Aclose, what);
  const Hdf5Handle type = check(H5Aget_type(attribute.get()), H5Tclose, what);
  const H5T_class_t kind = H5Tget_class(type.get());
  if (kind != H5T_FLOAT && kind != H5T_INTEGER) return {};
  const Hdf5Handle space = check(H5Aget_space(attribute.get()), H5Sclose, what);
  std::vector<double> numbers(
      static_cast<std::size_t>(std::max<hssize_t>(0, H5Sget_simple_extent_npoints(space.get()))));
  if (!numbers.empty()) check(H5Aread(attribute.get(), H5T_NATIVE_DOUBLE, numbers.data()), what);
  return numbers;
}

std::vector<std::string> Hdf5File::datasets() const {
  std::vector<std::string> paths;
  check(H5Lvisit(file_.get(), H5_INDEX_NAME, H5_ITER_INC, collect_dataset, &paths), "list");
  std::sort(paths.begin(), paths.end());
  return paths;
}

}  // namespace interstice
