#include "engine/results/hdf5/hdf5_deflate.h"

#include <isa-l/igzip_lib.h>

#include <algorithm>
#include <cstring>

namespace interstice {

namespace {

using Bytes = std::vector<unsigned char>;

std::size_t product(std::span<const hsize_t> extents) {
  std::size_t n = 1;
  for (const auto e : extents) n *= e;
  return n;
}

/// Copies the chunk at `origin` out of the array, row by row; what lies outside the array stays zero.
void gather_chunk(const unsigned char* data, std::span<const std::uint64_t> shape, std::span<const hsize_t> chunk,
                  std::span<const hsize_t> origin, std::size_t element_size, Bytes& out) {
  std::fill(out.begin(), out.end(), static_cast<unsigned char>(0));
  const std::size_t rank = shape.size(), last = rank - 1;
  const std::size_t row = std::min<std::size_t>(chunk[last], shape[last] - origin[last]) * element_size;
  std::vector<std::size_t> at(rank, 0);  // row within the chunk
  while (true) {
    std::size_t from = 0, to = 0;
    bool inside = true;
    for (std::size_t d = 0; d < rank; ++d) {
      inside = inside && origin[d] + at[d] < shape[d];
      from = from * shape[d] + origin[d] + at[d];
      to = to * chunk[d] + at[d];
    }
    if (inside) std::memcpy(out.data() + to * element_size, data + from * element_size, row);
    std::size_t d = last;
    while (d > 0 && ++at[d - 1] == chunk[d - 1]) at[--d] = 0;
    if (d == 0) return;
  }
}

/// The built-in shuffle filter of HDF5: first bytes of all elements, then second bytes, and so on.
void shuffle(const Bytes& in, std::size_t element_size, Bytes& out) {
  const std::size_t n = in.size() / element_size;
  for (std::size_t byte = 0; byte < element_size; ++byte)
    for (std::size_t i = 0; i < n; ++i) out[byte * n + i] = in[i * element_size + byte];
}

/// Deflates to zlib format. Returns the length, 0 when it failed.
std::size_t deflate(Bytes& in, Bytes& level_buffer, Bytes& out) {
  isal_zstream stream;
  isal_deflate_stateless_init(&stream);
  stream.level = 1;
  stream.level_buf = level_buffer.data();
  stream.level_buf_size = static_cast<std::uint32_t>(level_buffer.size());
  stream.gzip_flag = IGZIP_ZLIB;
  stream.end_of_stream = 1;
  stream.flush = NO_FLUSH;
  stream.next_in = in.data();
  stream.avail_in = static_cast<std::uint32_t>(in.size());
  stream.next_out = out.data();
  stream.avail_out = static_cast<std::uint32_t>(out.size());
  return isal_deflate_stateless(&stream) == COMP_OK && stream.avail_in == 0 ? stream.total_out : 0;
}

}  // namespace

std::vector<hsize_t> chunk_shape(std::span<const std::uint64_t> shape) {
  constexpr std::uint64_t kLine = 262144, kTable = 65536, kSide = 64;
  const std::uint64_t target = shape.size() == 1 ? kLine : shape.size() == 2 ? kTable : kSide;
  std::vector<hsize_t> chunk;
  for (const std::uint64_t length : shape) {
    const std::uint64_t extent = std::max<std::uint64_t>(length, 1);
    std::uint64_t pieces = (extent + target - 1) / target;
    for (std::uint64_t more = pieces; more <= 2 * pieces; ++more)
      if (extent % more == 0) {
        pieces = more;
        break;
      }
    chunk.push_back((extent + pieces - 1) / pieces);
  }
  return chunk;
}

bool write_deflated(hid_t dataset, const void* data, std::span<const std::uint64_t> shape,
                    std::span<const hsize_t> chunk, std::size_t element_size) {
  const std::size_t rank = shape.size();
  Bytes plain(product(chunk) * element_size), shuffled(plain.size()), level_buffer(ISAL_DEF_LVL1_DEFAULT);
  Bytes deflated(plain.size() + plain.size() / 256 + 1024);  // room for what does not compress
  std::vector<hsize_t> origin(rank, 0);
  while (true) {
    gather_chunk(static_cast<const unsigned char*>(data), shape, chunk, origin, element_size, plain);
    if (element_size > 1) shuffle(plain, element_size, shuffled);
    const std::size_t length = deflate(element_size > 1 ? shuffled : plain, level_buffer, deflated);
    if (length == 0 || H5Dwrite_chunk(dataset, H5P_DEFAULT, 0, origin.data(), length, deflated.data()) < 0)
      return false;
    std::size_t d = rank;
    while (d > 0 && (origin[d - 1] += chunk[d - 1]) >= shape[d - 1]) origin[--d] = 0;
    if (d == 0) return true;
  }
}

}  // namespace interstice
