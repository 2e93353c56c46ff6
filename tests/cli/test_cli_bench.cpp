/// @file
/// `interstice bench` on workloads of the smallest size: what it prints and writes, and what it refuses.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "cli/command.h"

namespace interstice {
namespace {

using Bench = test::CommandTest;
using Json = nlohmann::json;

constexpr const char* kTiny = "bench --quick --size 0.0005 --quiet ";

TEST_F(Bench, MeasuresEveryLine) {
  const auto said = interstice(std::string(kTiny) + "--json bench.json");
  ASSERT_EQ(said.code, 0) << said.err;
  for (const char* text : {"cores", "threads not bound", "SIMD", "ceilings: copy", "memory: about", "budgets met"})
    EXPECT_NE(said.out.find(text), std::string::npos) << text << " is not in\n" << said.out;
  const Json json = Json::parse(read("bench.json"));
  EXPECT_GT(json["machine"]["copy_bytes_per_second"]["one_thread"], 1e8);
  EXPECT_GT(json["machine"]["fused_multiply_adds_per_second"], 1e8);
  EXPECT_GT(json["memory_estimate_bytes"], 1e6);
  EXPECT_FALSE(json["thread_binding"]["bound"]);
  EXPECT_FALSE(json["thread_binding"]["allowed_cores"].empty());
  std::set<std::string> names;
  for (const Json& row : json["rows"]) {
    names.insert(row["name"]);
    EXPECT_TRUE(row["value"].is_number()) << row;
    EXPECT_NE(said.out.find(std::string(row["name"])), std::string::npos) << row["name"] << " is not in the table";
    for (const char* key : {"unit", "budget", "ratio_to_copy", "threads", "met"}) EXPECT_TRUE(row.contains(key)) << key;
    EXPECT_EQ(row["budget"].is_null() && row["budget_ratio_to_copy"].is_null(), row["met"].is_null()) << row;
  }
  for (const char* name :
       {"diffusion", "diffusion, two regions", "EV free", "EV full", "reactions", "cells", "memory voxel", "memory EV",
        "memory cell", "whole step", "whole step, speed-up", "snapshots", "growth, 1e5 to 1e7 EVs"})
    EXPECT_TRUE(names.contains(name)) << name;
}

TEST_F(Bench, FilterAndJsonAlone) {
  const auto said = interstice(std::string(kTiny) + "--filter 'EV free' --threads 2 --json -");
  ASSERT_EQ(said.code, 0) << said.err;
  const Json rows = Json::parse(said.out)["rows"];
  ASSERT_EQ(rows.size(), 3U);  // one thread, two threads, speed-up
  EXPECT_EQ(rows[0]["name"], "EV free");
  EXPECT_EQ(rows[0]["unit"], "ns per EV step");
  EXPECT_TRUE(rows[0]["budget"].is_null());
  EXPECT_EQ(rows[0]["budget_ratio_to_copy"], 2.5);
  EXPECT_EQ(rows[0]["met"], rows[0]["ratio_to_copy"] <= 2.5);
  EXPECT_EQ(rows[1]["threads"], 2);
  EXPECT_EQ(rows[2]["name"], "EV free, speed-up");
  EXPECT_EQ(rows[2]["budget_kind"], "at least");
}

TEST_F(Bench, AloneItHasNoSpeedUp) {
  const auto said = interstice(std::string(kTiny) + "--filter 'EV free' --threads 1 --json -");
  ASSERT_EQ(said.code, 0) << said.err;
  EXPECT_EQ(Json::parse(said.out)["rows"].size(), 1U);
}

TEST_F(Bench, RefusesWhatItCannotDo) {
  const auto unknown = interstice("bench --filter nonsense");
  EXPECT_EQ(unknown.code, 2);
  EXPECT_NE(unknown.err.find("no line of the table contains 'nonsense'"), std::string::npos) << unknown.err;
  EXPECT_NE(unknown.err.find("EV free"), std::string::npos) << "the message does not list the lines";
  EXPECT_EQ(interstice("bench --threads 0").code, 2);
  EXPECT_EQ(interstice("bench --size 2").code, 2);
  EXPECT_EQ(interstice("bench scenario.yaml").code, 2);
  const auto nowhere = interstice(std::string(kTiny) + "--filter 'EV free' --json none/bench.json");
  EXPECT_EQ(nowhere.code, 4) << nowhere.err;
}

TEST_F(Bench, Help) {
  const auto said = interstice("bench --help");
  EXPECT_EQ(said.code, 0);
  for (const char* text : {"--filter", "--threads", "--quick", "--json", "Examples:", "Exit code 0"})
    EXPECT_NE(said.out.find(text), std::string::npos) << text;
}

}  // namespace
}  // namespace interstice
