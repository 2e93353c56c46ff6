/// @file
/// A small wrapper of the HDF5 C library: handles that close themselves, errors as DiskError with path and reason,
/// arrays that are shuffled and deflated by ISA-L but read by any HDF5.
#pragma once

#include <hdf5.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace interstice {

/// Owns one HDF5 identifier.
class Hdf5Handle {
 public:
  using Closer = herr_t (*)(hid_t);
  Hdf5Handle() = default;
  Hdf5Handle(hid_t id, Closer closer) : id_(id), closer_(closer) {}
  ~Hdf5Handle() { reset(); }
  Hdf5Handle(Hdf5Handle&& other) noexcept : id_(std::exchange(other.id_, -1)), closer_(other.closer_) {}
  Hdf5Handle& operator=(Hdf5Handle&& other) noexcept {
    std::swap(id_, other.id_);
    std::swap(closer_, other.closer_);
    return *this;
  }
  [[nodiscard]] hid_t get() const { return id_; }
  [[nodiscard]] explicit operator bool() const { return id_ >= 0; }
  /// Closes now; the result is negative when that failed.
  herr_t reset() { return id_ < 0 ? 0 : closer_(std::exchange(id_, -1)); }

 private:
  hid_t id_ = -1;
  Closer closer_ = nullptr;
};

/// Element types that files hold.
enum class Hdf5Type { f32, f64, i32, i64, u8, u16, u32, u64 };
template <class T>
constexpr Hdf5Type hdf5_type();

/// An array as it lies in a file.
struct Hdf5Array {
  Hdf5Type type = Hdf5Type::f64;
  bool is_text = false;
  std::vector<std::uint64_t> shape;  ///< empty = scalar
  std::vector<unsigned char> bytes;  ///< native order; text without padding
};

class Hdf5File {
 public:
  static Hdf5File create(const std::filesystem::path& path);  ///< replaces what is there
  static Hdf5File open(const std::filesystem::path& path);    ///< to read

  /// Closes and reports errors; nothing may follow.
  void close();
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  void create_group(const std::string& path);
  /// Writes an array (shape empty = scalar); arrays of 4 KiB and more are chunked, shuffled and deflated.
  template <class T>
  void write(const std::string& path, std::span<const T> values, std::span<const std::uint64_t> shape) {
    write_bytes(path, values.data(), values.size(), hdf5_type<T>(), shape);
  }
  template <class T>
  void write_scalar(const std::string& path, T value) {
    write_bytes(path, &value, 1, hdf5_type<T>(), {});
  }
  /// Writes a row of numbers as it lies in memory, not deflated.
  template <class T>
  void write_plain(const std::string& path, std::span<const T> values) {
    write_plain_bytes(path, values.data(), values.size(), hdf5_type<T>());
  }
  /// Reads it back; as many as there must be. Throws DiskError.
  template <class T>
  void read_into(const std::string& path, std::span<T> values) const {
    if (element_count(path) != values.size()) fail_with("read " + path + " from", "it has another length");
    read_converted(path, values.data(), hdf5_type<T>());
  }
  [[nodiscard]] std::size_t element_count(const std::string& path) const;
  void write_text(const std::string& path, std::string_view text);  ///< scalar fixed-length UTF-8 string
  /// A row of such strings, all as long as the longest.
  void write_texts(const std::string& path, std::span<const std::string> texts);

  void set_attribute(const std::string& object, const std::string& name, std::string_view ascii);
  void set_attribute(const std::string& object, const std::string& name, std::span<const double> values);
  void set_attribute(const std::string& object, const std::string& name, std::span<const std::int64_t> values);
  void link(const std::string& existing, const std::string& alias);  ///< hard link
  /// Makes `scale` the dimension scale of axis `axis` of `array`.
  void attach_scale(const std::string& array, unsigned axis, const std::string& scale);

  [[nodiscard]] bool exists(const std::string& path) const;
  [[nodiscard]] Hdf5Array read(const std::string& path) const;
  template <class T>
  [[nodiscard]] std::vector<T> read_as(const std::string& path) const {  ///< converted by HDF5
    std::vector<T> values(element_count(path));
    read_converted(path, values.data(), hdf5_type<T>());
    return values;
  }
  [[nodiscard]] std::string read_text(const std::string& path) const;
  [[nodiscard]] std::vector<std::uint64_t> shape(const std::string& path) const;
  [[nodiscard]] bool is_integer(const std::string& path) const;
  [[nodiscard]] std::string text_attribute(const std::string& object, const std::string& name) const;
  /// The numbers of an attribute; none where there is no such attribute of numbers.
  [[nodiscard]] std::vector<double> numbers_attribute(const std::string& object, const std::string& name) const;
  /// Paths of all datasets, sorted; a dataset with several names is listed under each.
  [[nodiscard]] std::vector<std::string> datasets() const;

  /// SHA-256 of each array written so far, by the path it was written under.
  [[nodiscard]] const std::map<std::string, std::string>& checksums() const { return checksums_; }

 private:
  Hdf5File(std::filesystem::path path, Hdf5Handle file) : path_(std::move(path)), file_(std::move(file)) {}
  void write_bytes(const std::string& path, const void* data, std::size_t count, Hdf5Type type,
                   std::span<const std::uint64_t> shape);
  void write_attribute(const std::string& object, const std::string& name, hid_t type,
                       std::span<const std::uint64_t> shape, const void* data);
  void read_converted(const std::string& path, void* data, Hdf5Type type) const;
  /// Strings of one length, one after the other.
  void write_characters(const std::string& path, const std::string& all, std::span<const std::uint64_t> shape);
  void write_plain_bytes(const std::string& path, const void* data, std::size_t count, Hdf5Type type);
  [[nodiscard]] Hdf5Handle open_dataset(const std::string& path) const;
  [[noreturn]] void fail(const std::string& what) const;
  [[noreturn]] void fail_with(const std::string& what, const std::string& reason) const;
  Hdf5Handle check(hid_t id, Hdf5Handle::Closer closer, const std::string& what) const;
  void check(herr_t status, const std::string& what) const;

  std::filesystem::path path_;
  Hdf5Handle file_;
  std::map<std::string, std::string> checksums_;
};

/// SHA-256 of path, element type, shape and bytes of an array: what a file's checksums are made of.
std::string array_checksum(const std::string& path, const Hdf5Array& array);
template <class T>
std::string array_checksum(const std::string& path, std::span<const T> values);  ///< of a row of numbers

// clang-format off
template <> constexpr Hdf5Type hdf5_type<float>() { return Hdf5Type::f32; }
template <> constexpr Hdf5Type hdf5_type<double>() { return Hdf5Type::f64; }
template <> constexpr Hdf5Type hdf5_type<std::int32_t>() { return Hdf5Type::i32; }
template <> constexpr Hdf5Type hdf5_type<std::int64_t>() { return Hdf5Type::i64; }
template <> constexpr Hdf5Type hdf5_type<std::uint8_t>() { return Hdf5Type::u8; }
template <> constexpr Hdf5Type hdf5_type<std::uint16_t>() { return Hdf5Type::u16; }
template <> constexpr Hdf5Type hdf5_type<std::uint32_t>() { return Hdf5Type::u32; }
template <> constexpr Hdf5Type hdf5_type<std::uint64_t>() { return Hdf5Type::u64; }
// clang-format on

std::string row_checksum(const std::string& path, Hdf5Type type, std::span<const std::byte> bytes, std::uint64_t count);
template <class T>
std::string array_checksum(const std::string& path, std::span<const T> values) {
  return row_checksum(path, hdf5_type<T>(), std::as_bytes(values), values.size());
}

}  // namespace interstice
