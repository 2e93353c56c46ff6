/// @file
/// A small study, and its tables as rows.
#pragma once

#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "cli/command.h"

namespace interstice::test {

class Study : public CommandTest {
 protected:
  using Row = std::map<std::string, std::string>;  // a column's name, its cell

  void SetUp() override {
    CommandTest::SetUp();
    write("doses.yaml", R"(study: 1
title: Doses
scenario: tiny.yaml
replicates: 2
axes:
  dose: {key: vesicles.ev.number, values: [500 EV, 2000 EV]}
)");
  }

  [[nodiscard]] std::vector<Row> rows(const std::string& directory, const std::string& file = "results.csv") const {
    std::istringstream in(read(directory + "/" + file));
    std::vector<std::string> names;
    std::vector<Row> all;
    for (std::string line; std::getline(in, line);) {
      std::vector<std::string> cells(1);
      bool quoted = false;
      for (const char c : line) {
        if (c == '"') quoted = !quoted;
        if (c == ',' && !quoted)
          cells.emplace_back();
        else if (c != '"')
          cells.back() += c;
      }
      if (names.empty()) {
        names = cells;
        continue;
      }
      Row& row = all.emplace_back();
      EXPECT_EQ(cells.size(), names.size()) << line;
      for (std::size_t c = 0; c < cells.size(); ++c) row[names[c]] = cells[c];
    }
    return all;
  }
  /// Without the columns of when, where and how fast, and the number of the point; by task.
  [[nodiscard]] std::map<std::string, Row> results(const std::string& directory) const {
    std::map<std::string, Row> by_task;
    for (Row row : rows(directory)) {
      for (const char* name : {"point", "wall_time", "processor_time", "memory", "host", "ended"}) row.erase(name);
      by_task[row["task"]] = row;
    }
    return by_task;
  }
  /// Runs of a second each.
  void make_runs_longer() const { edit("doses.yaml", "replicates: 2", "set: {time.0.until: 300 s}\nreplicates: 2"); }
};

}  // namespace interstice::test
