/// @file
/// The report from a made-up comparison: what it must say, and that it asks nothing of the network.
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <regex>

#include "tests/unit/viz/made_up.h"
#include "viz/report/html.h"
#include "viz/report/report.h"
#include "viz/report/report_data.h"
#include "viz/report/report_front.h"
#include "viz/report/report_text.h"

namespace interstice::viz {
namespace {

TEST(Report, HasEverySectionAndFigure) {
  const std::string page = report_html(Comparison(MadeUp().document()));
  for (const char* id : {"answer", "primary", "curves", "influence", "time", "fates", "budget", "record"})
    EXPECT_NE(page.find(std::string("<section id=\"") + id + "\""), std::string::npos) << id;
  for (const char* id : {"arms", "assumptions", "parameters", "methods", "provenance", "citation", "files"})
    EXPECT_NE(page.find(std::string("<details class=\"record\" id=\"") + id + "\""), std::string::npos) << id;
  for (const char* id : {"primary-plot", "small-plot", "influence-plot", "time-plot", "fate-plot", "fate-cells-plot",
                         "budget-plot", "flux-plot"})
    EXPECT_NE(page.find(std::string("<div class=\"plot\" id=\"") + id + "\""), std::string::npos) << id;
  const std::filesystem::path file = std::filesystem::path(testing::TempDir()) / "interstice_report.html";
  std::ofstream(file) << page;  // kept for a look: open it in a browser
}

TEST(Report, LoadsNothingFromOutside) {
  const std::string page = report_html(Comparison(MadeUp().document()));
  const std::regex resource(
      R"re((src|href)\s*=\s*["']?\s*(https?:)?//|@import|url\(\s*["']?https?:|<link|<iframe|XMLHttpRequest|fetch\()re",
      std::regex::icase);
  // The library of charts is checked apart: std::regex would overflow the stack on a line of 200 kB.
  const auto script = page.find("<script>"), end = page.find("</script>", script);
  const std::string own = page.substr(0, script) + page.substr(end);
  EXPECT_FALSE(std::regex_search(own, resource));
  const std::string chart = page.substr(script, end - script);
  EXPECT_GT(chart.size(), 100000u);
  for (const char* network : {"XMLHttpRequest", "fetch(", "importScripts", "sendBeacon"})
    EXPECT_EQ(chart.find(network), std::string::npos) << network;
}

TEST(Report, TellsWhoCrossesWhenAndWhatCannotBeSeen) {
  const Comparison comparison(MadeUp().document());
  const std::string text = crossings_text(comparison) + influence_text(comparison) + front(comparison);
  EXPECT_NE(text.find("Mean adenosine in the film reaches 0.3 µM: <b>emcev</b> and <b>all</b> after 0.993 s"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("not within 30 min: <b>vehicle</b>, <b>inert</b>, <b>sham</b>, <b>uptake</b> and <b>contact</b>"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("Not observable in this horizon"), std::string::npos);
  EXPECT_NE(text.find("<b>uptake</b> (own delay 4 h)"), std::string::npos) << text;
  EXPECT_EQ(text.find("no effect"), std::string::npos);
  EXPECT_NE(text.find("<b>8</b> paired replicates (20 wanted)"), std::string::npos);
  EXPECT_NE(text.find("msc_sev, 10 to an agent"), std::string::npos);
}

TEST(Report, TellsCountedVesiclesFromAgents) {
  MadeUp made;
  made.document()["vesicles"][0]["counted"] = true;
  const std::string counted = front(Comparison(made.document()));
  EXPECT_NE(counted.find("msc_sev, counted per voxel"), std::string::npos);
  EXPECT_EQ(counted.find("to an agent"), std::string::npos);
  made.document()["vesicles"][0]["counted"] = false;
  made.document()["vesicles"][0]["weight"] = 1.0;
  EXPECT_NE(front(Comparison(made.document())).find("msc_sev, each by itself"), std::string::npos);
}

TEST(Report, NoTextOfAScenarioEndsOrChangesTheScript) {
  json document = MadeUp().document();
  document["metrics"].push_back(metric_entry("outcome.x", "<!--<script></script>", "1"));
  const std::string page = report_html(Comparison(document));
  const std::size_t begin = page.find("id=\"data\">");
  const std::string data = page.substr(begin + 10, page.find("</script>", begin) - begin - 10);
  EXPECT_EQ(json::parse(data)["metrics"].back()["label"], "<!--<script></script>");
  EXPECT_EQ(data.find('<'), std::string::npos);
}

TEST(Report, UnobservableValuesAreNeverShownAsZero) {
  const Comparison comparison(MadeUp().document());
  EXPECT_EQ(value_text(comparison.value("uptake", "influenced_minus_sham.chondrocyte.AKT"), "cell"),
            "<i>not observable in this horizon</i>");
  EXPECT_EQ(value_text(comparison.value("vehicle", "primary.time_to.3uM"), "s"), "<i>never</i>");
  EXPECT_EQ(value_text(comparison.value("emcev", "influenced_minus_sham.chondrocyte.A2A"), "cell"),
            "148 <span class=\"ci\">[145, 151]</span>");
}

/// Sets the count of cells influenced in one reporter of one arm.
void set_count(json& document, const std::string& arm, const std::string& reporter, double mean, bool observable) {
  document["values"].push_back(value_entry(arm, "influenced_minus_sham." + reporter, mean, mean - 1, mean + 1));
  if (!observable) document["values"].back()["status"] = "not_observable";
}

TEST(Report, ATimeThatTheRunCannotShowIsNotCalledNever) {
  ArmValue value;
  value.note = "not within the run";
  EXPECT_EQ(value_text(value, "s"), "<i>not within the run</i>");
  value.status = Status::not_observable;
  EXPECT_EQ(value_text(value, "s"), "<i>not observable in this horizon</i>");
}

TEST(Report, ReportersSlowerThanTheRunAreNotCalledUnchanged) {
  MadeUp made_up;
  auto& document = made_up.document();
  for (const char* name : {"sGAG", "ERK"}) {
    document["reporters"].push_back(
        {{"cell_type", "chondrocyte"}, {"name", name}, {"receptor", false}, {"range", 1.0}, {"delay", 600.0}});
    for (const char* arm : {"uptake", "contact", "emcev", "all"})
      set_count(document, arm, std::string("chondrocyte.") + name, 0,
                std::string(name) == "ERK" && std::string(arm) == "emcev");
  }
  const std::string text = influence_text(Comparison(document));
  EXPECT_NE(text.find("takes longer than 30 min: chondrocyte sGAG."), std::string::npos) << text;
  EXPECT_NE(text.find("differed detectably from the sham within 30 min: chondrocyte ERK."), std::string::npos) << text;
}

TEST(Report, CountsThatNobodyMadeAreNotANullResult) {
  for (const bool sham : {false, true})
    for (const bool vehicle : {false, true}) {
      if (sham && vehicle) continue;
      MadeUp made_up;
      auto& document = made_up.document();
      json arms = json::array();
      for (const auto& arm : document["arms"])
        if (arm["name"] == "emcev" || (sham && arm["name"] == "sham") || (vehicle && arm["name"] == "vehicle"))
          arms.push_back(arm);
      document["arms"] = arms;
      for (auto& value : document["values"])
        if (std::string(value["metric"]).starts_with("influenced_minus_sham."))
          value["mean"] = value["low"] = value["high"] = nullptr;
      const std::string text = influence_text(Comparison(document));
      EXPECT_EQ(text.find("differed"), std::string::npos) << text;
      const char* reason = vehicle ? "needs an arm sham" : sham ? "needs an arm vehicle" : "needs the arms vehicle and";
      EXPECT_NE(text.find(std::string("Not counted (") + reason), std::string::npos) << text;
    }
}

TEST(Report, AReporterWithANoisyShamIsNotCalledUnchanged) {
  MadeUp made_up;
  for (auto& value : made_up.document()["values"])
    if (value["metric"] == "influenced_minus_sham.chondrocyte.AKT") {
      value["mean"] = value["low"] = value["high"] = nullptr;
      value["note"] = "sham above 20 % of cells";
    }
  const std::string text = influence_text(Comparison(made_up.document()));
  EXPECT_NE(text.find("Not counted (sham above 20 % of cells): chondrocyte AKT."), std::string::npos) << text;
  EXPECT_EQ(text.find("differed"), std::string::npos) << text;
}

TEST(Report, AnArmThatShowsInSpiteOfItsDelayIsNotSaidToShowNothing) {
  MadeUp made_up;
  for (auto& value : made_up.document()["values"])
    if (value["arm"] == "contact" && value["metric"] == "influenced_minus_sham.chondrocyte.AKT") {
      value["mean"] = 6;
      value["low"] = 4.6;
      value["high"] = 7.6;
      value["status"] = "measured";
    }
  auto& document = made_up.document();
  document["reporters"].push_back(
      {{"cell_type", "chondrocyte"}, {"name", "sGAG"}, {"receptor", false}, {"range", 1.0}, {"delay", 600.0}});
  set_count(document, "contact", "chondrocyte.sGAG", 0, false);
  const std::string text = influence_text(Comparison(document));
  EXPECT_NE(text.find("effects of <b>uptake</b> (own delay 4 h) –"), std::string::npos) << text;
  EXPECT_NE(text.find("<b>contact</b> (own delay 1 h) shows in chondrocyte AKT; its other 1 reporter cannot be judged"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("<b>6 <span class=\"ci\">[4.6, 7.6]</span></b>"), std::string::npos) << text;
}

TEST(Report, TablesOfOneKindDoNotRepeatItInEveryRow) {
  MadeUp made_up;
  for (auto& metric : made_up.document()["metrics"])
    if (metric["name"] == "influenced_per_ev_given.chondrocyte.AKT") {
      metric["label"] = "cells per EV given: chondrocyte AKT";
      metric["of"] = "chondrocyte AKT (phenotype)";
    }
  const std::string page = report_html(Comparison(made_up.document()));
  EXPECT_NE(page.find(">chondrocyte AKT (phenotype)</span></td>"), std::string::npos);
  EXPECT_EQ(page.find(">cells per EV given: chondrocyte AKT<"), std::string::npos);
}

TEST(Report, SaysWhetherEffectsCanBeRelayed) {
  MadeUp made_up;
  EXPECT_NE(report_html(Comparison(made_up.document())).find("Direct effects only"), std::string::npos);
  made_up.document()["arms"][4]["relays"] = {"TNF", "IL10"};
  const std::string page = report_html(Comparison(made_up.document()));
  EXPECT_EQ(page.find("Direct effects only"), std::string::npos);
  EXPECT_NE(page.find("cells secrete TNF, IL10 at rates"), std::string::npos);
  EXPECT_EQ(page.find("through other cells"), std::string::npos);
}

TEST(Report, TellsApartWhatWentThroughOtherCells) {
  json document = MadeUp().document();
  document["arms"][6]["relays"] = {"TNF"};
  document["arms"][6]["direct"] = "emcev";
  const char* name = "relayed_effect.chondrocyte.AKT";
  document["metrics"].push_back(metric_entry(name, "x: chondrocyte AKT", "1", "y"));
  document["values"].push_back(value_entry("all", name, 0.237, 0.2, 0.3));
  const std::string page = report_html(Comparison(document));
  EXPECT_NE(page.find("its direct effects alone: emcev"), std::string::npos);
  EXPECT_NE(page.find("For <b>all</b> the tables tell apart what went through other cells: all less emcev"),
            std::string::npos);
  EXPECT_NE(page.find("0.237"), std::string::npos);
}

TEST(Report, ShowsHalfLifeAndFootprintWhereThereAreAny) {
  MadeUp made_up;
  auto& document = made_up.document();
  const std::string without = report_html(Comparison(document));
  EXPECT_EQ(without.find("Apparent half-life"), std::string::npos);
  EXPECT_EQ(without.find("Field footprint"), std::string::npos);
  document["metrics"].push_back(metric_entry("half_life.msc_sev", "half-life", "s", ""));
  document["metrics"].push_back(metric_entry("footprint.extra", "extra", "uM min um^3/EV", ""));
  const auto put = [&](const char* metric, double mean) {
    document["values"].push_back(value_entry("emcev", metric, mean, mean, mean));
  };
  put("half_life.msc_sev", 7200);
  put("footprint.extra", 1.25);
  const std::string with = report_html(Comparison(document));
  EXPECT_NE(with.find("Apparent half-life of msc_sev outside cells: 2 h</b> – extrapolated"), std::string::npos);
  EXPECT_NE(with.find("Field footprint of one EV"), std::string::npos);
}

TEST(Report, OutcomesStandInTheAnswerAndInASectionOfTheirOwn) {
  EXPECT_EQ(report_html(Comparison(MadeUp().document())).find("<section id=\"outcomes\""), std::string::npos);
  json document = MadeUp().document();
  const auto metric = [&](const char* name, const char* unit) {
    document["metrics"].push_back(metric_entry(name, "NETs", unit, "counted"));
  };
  metric("outcome.NETs", "cell");
  metric("effect.NETs", "cell");
  metric("effect_relative.NETs", "1");
  const auto value = [&](const char* arm, const char* name, double mean, double low, double high) {
    document["values"].push_back(value_entry(arm, name, mean, low, high));
  };
  value("vehicle", "outcome.NETs", 50, 48, 52);
  value("emcev", "outcome.NETs", 10, 8, 12);
  value("emcev", "effect.NETs", -40, -42, -38);
  value("emcev", "effect_relative.NETs", -0.8, -0.84, -0.76);
  value("contact", "effect.NETs", 1, -2, 3);
  document["values"].back()["status"] = "not_observable";
  value("all", "effect.NETs", 1, -2, 3);
  const std::string page = report_html(Comparison(document));
  EXPECT_NE(page.find("<section id=\"outcomes\""), std::string::npos);
  EXPECT_NE(page.find("<div class=\"plot\" id=\"outcome-plot\""), std::string::npos);
  EXPECT_NE(page.find("NETs, less the paired run: <b>emcev</b> −40 cell <span class=\"ci\">[−42, −38]</span> (-80 %)"),
            std::string::npos)
      << page.substr(0, 3000);
  EXPECT_NE(page.find("no difference detected: all."), std::string::npos) << "contact is slower than the run";
}

TEST(Report, AssumptionsFollowFromTheNumbers) {
  MadeUp made_up;
  auto& document = made_up.document();
  const std::string before = assumptions(Comparison(document));
  EXPECT_NE(before.find("cells per EV given (<b>emcev</b>, chondrocyte.AKT). Below one"), std::string::npos) << before;
  EXPECT_NE(before.find("3.11 % of the dose was on or in cells"), std::string::npos) << before;
  EXPECT_EQ(before.find("Substrate"), std::string::npos) << before;  // nothing said about what is not known
  document["values"].push_back(value_entry("vehicle", "budget.at_start", 6.0, 6.0, 6.0));
  document["values"].push_back(value_entry("emcev", "flux.ev_share", 0.75, 0.7, 0.8));
  const std::string after = assumptions(Comparison(document));
  EXPECT_NE(after.find("EVs made 75 % in <b>emcev</b>; the host made the rest"), std::string::npos) << after;
  EXPECT_NE(after.find("20 % of the chain's molecules were there at the start, 80 % were released"), std::string::npos)
      << after;
  EXPECT_EQ(after.find("favours extracellular"), std::string::npos) << after;
}

TEST(Report, SaysWhenACellCountsAndWhichValuesLeaveTheirRange) {
  MadeUp made_up;
  const std::string usual = report_html(Comparison(made_up.document()));
  EXPECT_NE(usual.find("by more than 25 % of the dynamic range, for at least 2 min or 40 % of the run"),
            std::string::npos);
  EXPECT_EQ(usual.find("value outside"), std::string::npos);
  made_up.document()["parameters"][0]["outside"] = true;
  EXPECT_NE(report_html(Comparison(made_up.document())).find("value outside"), std::string::npos);
}

TEST(Report, NamesOnlyTheParameterSetsThereAre) {
  MadeUp made_up;
  EXPECT_NE(report_html(Comparison(made_up.document())).find("<code>--parameters sceptic</code>"), std::string::npos);
  made_up.document()["parameter_sets"] = json::array();
  const std::string page = report_html(Comparison(made_up.document()));
  EXPECT_EQ(page.find("--parameters"), std::string::npos);
  EXPECT_NE(page.find("no other sets"), std::string::npos);
}

TEST(Report, EnoughReplicatesAreNotCalledTooFew) {
  MadeUp made_up;
  made_up.document()["replicates"] = 20;
  EXPECT_EQ(front(Comparison(made_up.document())).find("wanted"), std::string::npos);
}

TEST(Report, LinesThatArmsShareStandInThePageOnceAndKeepTheirLastPoint) {
  json document = MadeUp().document();
  document["curves"][0]["arms"]["inert"] = document["curves"][0]["arms"]["vehicle"];
  const json data = figure_data(Comparison(document));
  const json& arms = data.at("curves")[0].at("arms");
  EXPECT_EQ(arms.at("inert"), arms.at("vehicle"));
  EXPECT_NE(arms.at("emcev").at("mean"), arms.at("vehicle").at("mean"));
  const json& time = data.at("lines")[data.at("curves")[0].at("time").get<std::size_t>()];
  const json& mean = data.at("lines")[arms.at("emcev").at("mean").get<std::size_t>()];
  EXPECT_EQ(time.size(), mean.size());
  EXPECT_LE(time.size(), 100U);
  EXPECT_EQ(time.back(), 1800.0);
  EXPECT_NEAR(mean.back(), document["curves"][0]["arms"]["emcev"]["mean"].back(), 1e-3);
}

TEST(Report, ForbidsThePageToLoadOrSendAnything) {
  const std::string page = report_html(Comparison(MadeUp().document()));
  EXPECT_NE(page.find("http-equiv=\"Content-Security-Policy\" content=\"default-src 'none';"), std::string::npos);
}

TEST(Report, EscapesWhatUsersWrote) {
  MadeUp made_up;
  made_up.document()["description"] = "</script><script>alert(1)</script>";
  made_up.document()["curves"][0]["label"] = "</script><b>";
  const std::string page = report_html(Comparison(made_up.document()));
  EXPECT_EQ(page.find("<script>alert"), std::string::npos);
  EXPECT_EQ(page.find("</script><b>"), std::string::npos);
  EXPECT_NE(page.find("Rat knee &lt;10 µg&gt;"), std::string::npos);
}

TEST(Report, FailedRunsAreListed) {
  MadeUp made_up;
  made_up.document()["failures"] = {{{"arm", "emcev"}, {"replicate", 3}, {"message", "ATP is not finite"}}};
  const std::string page = report_html(Comparison(made_up.document()));
  EXPECT_NE(page.find("1 run failed"), std::string::npos);
  EXPECT_NE(page.find("ATP is not finite"), std::string::npos);
}

TEST(Report, RefusesOtherFiles) { EXPECT_THROW(Comparison(json{{"format", "other"}}), std::runtime_error); }

TEST(Report, ProvenanceIsReadable) {
  MadeUp made_up;
  made_up.document()["provenance"]["build"] = {{"compiler", "GNU 12"}, {"version", "0.1.0"}};
  made_up.document()["provenance"]["models"] = {{{"name", "cd73"}, {"origin", "built in"}}};
  const std::string page = report_html(Comparison(made_up.document()));
  EXPECT_NE(page.find("<td>compiler: GNU 12, version: 0.1.0</td>"), std::string::npos);
  EXPECT_NE(page.find("<td>name: cd73, origin: built in</td>"), std::string::npos);
}

TEST(Html, BytesBecomeTextAsInRfc4648) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foo"), "Zm9v");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(base64(std::string("\0\xff\xfe", 3)), "AP/+");
}

TEST(Html, NumbersAreShort) {
  EXPECT_EQ(number(0), "0");
  EXPECT_EQ(number(0.30000001), "0.3");
  EXPECT_EQ(number(1234.4), "1234");
  EXPECT_EQ(number(999.7), "1000");
  EXPECT_EQ(number(1.5e-5), "1.5 × 10<sup>−5</sup>");
  EXPECT_EQ(number(2e6), "2 × 10<sup>6</sup>");
  EXPECT_EQ(time_text(90), "90 s");
  EXPECT_EQ(time_text(1800), "30 min");
  EXPECT_EQ(time_text(3600), "1 h");
  EXPECT_EQ(unit_text("a lumped rate [uM] in 5 ul"), "a lumped rate [µM] in 5 µl");
  EXPECT_EQ(unit_text("an ultra thin umbrella of 3 um"), "an ultra thin umbrella of 3 µm");
  EXPECT_EQ(unit_text("uM um^2/s um^3"), "µM µm²/s µm³");
}

}  // namespace
}  // namespace interstice::viz
