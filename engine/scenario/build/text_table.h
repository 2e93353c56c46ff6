/// @file
/// Tables of files: named columns with a unit each, and one entry per row. CSV with a header, or HDF5 with an array per
/// column.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace interstice {

struct TextTable {
  struct Column {
    std::string name, unit;            ///< unit as the file gives it, "" = none
    std::vector<std::string> entries;  ///< per row; "" = nothing stands there
  };
  std::vector<Column> columns;
  int header_line = 0;     ///< where the file names its columns; 0 where it has no lines
  std::vector<int> lines;  ///< of each row in the file; empty where it has no lines

  [[nodiscard]] std::size_t rows() const { return columns.empty() ? 0 : columns.front().entries.size(); }
  [[nodiscard]] const Column* find(std::string_view name) const;
};

/// Which rows are wanted; `none`: the columns alone.
enum class TableRows : std::uint8_t { all, none };

/// Reads `path`: HDF5 by its extension (.h5, .hdf5, .hdf), else CSV with commas, whose first line names the columns as
/// `x [um]` or `x`. Blank lines and lines that begin with # are passed over. `group` holds the arrays of an HDF5 file;
/// their attribute `unit` or `units` gives the unit. Throws InputError.
TextTable read_table(const std::filesystem::path& path, const std::string& group, TableRows rows = TableRows::all);

}  // namespace interstice
