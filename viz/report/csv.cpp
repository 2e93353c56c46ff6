#include "viz/report/csv.h"

#include <algorithm>
#include <charconv>
#include <stdexcept>

namespace interstice::viz {

std::optional<double> number_in(std::string_view cell) {
  double value = 0;
  const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  if (error != std::errc() || end != cell.data() + cell.size()) return std::nullopt;
  return value;
}

CsvTable::CsvTable(std::string_view text) {
  std::vector<std::string> row(1);
  bool quoted = false;
  const auto end_row = [&] {
    if (row.size() == 1 && row.front().empty()) return;
    if (head.empty()) {
      head = std::move(row);
    } else {
      row.resize(head.size());
      rows.push_back(std::move(row));
    }
    row.assign(1, {});
  };
  for (std::size_t k = 0; k < text.size(); ++k) {
    const char c = text[k];
    if (quoted && c == '"' && k + 1 < text.size() && text[k + 1] == '"')
      row.back() += text[++k];
    else if (c == '"')
      quoted = !quoted;
    else if (!quoted && c == ',')
      row.emplace_back();
    else if (!quoted && c == '\n')
      end_row();
    else if (quoted || c != '\r')
      row.back() += c;
  }
  end_row();
}

std::size_t CsvTable::column(std::string_view name) const {
  const auto found = std::ranges::find(head, name);
  if (found == head.end()) throw std::runtime_error("a table has no column " + std::string(name));
  return static_cast<std::size_t>(found - head.begin());
}

nlohmann::json CsvTable::json() const {
  nlohmann::json all = nlohmann::json::array();
  for (const auto& row : rows) {
    nlohmann::json cells = nlohmann::json::array();
    for (const std::string& cell : row) {
      if (cell.empty())
        cells.push_back(nullptr);
      else if (const auto number = number_in(cell))
        cells.push_back(*number);
      else
        cells.push_back(cell);
    }
    all.push_back(std::move(cells));
  }
  return {{"head", head}, {"rows", all}};
}

}  // namespace interstice::viz
