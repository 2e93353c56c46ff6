/// @file
/// What decides comes first, and receptor read-outs are shown without deciding.
#include <gtest/gtest.h>

#include "tests/unit/viz/made_up.h"
#include "viz/report/report.h"
#include "viz/report/report_front.h"
#include "viz/report/report_sections.h"
#include "viz/report/report_text.h"

namespace interstice::viz {
namespace {

json verdict(double horizon, const char* text, const char* edges, const json& preference, const char* who,
             const char* note = "") {
  json entry = {{"horizon", horizon},
                {"horizon_text", text},
                {"edges", edges},
                {"first", {{"name", who}, {"arms", {"uptake"}}}},
                {"second", {{"name", "extracellular"}, {"arms", {"emcev"}}}},
                {"text", preference == "second" ? std::string("extracellular over ") + who : preference.dump()},
                {"note", preference.is_null() ? note : ""},
                {"remarks", preference.is_null() || *note == '\0' ? json::array() : json::array({note})},
                {"preference", preference}};
  if (preference.is_null()) return entry;
  entry["share"] = 0.96;
  entry["replicates"] = 8;
  entry["first"]["effect"] = -0.01;
  entry["second"]["effect"] = 0.21;
  return entry;
}

/// The made-up comparison with a phenotype, seen at 10 minutes and not at a day.
MadeUp judged() {
  MadeUp made_up;
  json& document = made_up.document();
  document["phenotype"] = {{"label", "repair <all>"},
                           {"limit", 0.05},
                           {"horizons",
                            {{{"time", 600.0}, {"text", "10 min"}, {"subject", "600s"}},
                             {{"time", 86400.0}, {"text", "24 h"}, {"subject", "86400s"}}}},
                           {"terms",
                            {{{"name", "akt"},
                              {"label", "AKT"},
                              {"what", "value of akt"},
                              {"good", "more"},
                              {"range", 0.7},
                              {"unit", "1"},
                              {"weight", 1.0}}}}};
  document["verdicts"] = {verdict(600, "10 min", "all", "second", "uptake or contact", "uptake cannot show yet"),
                          verdict(600, "10 min", "published", "neither", "uptake or contact"),
                          verdict(86400, "24 h", "all", nullptr, "uptake or contact", "the run ends at 30 min"),
                          verdict(86400, "24 h", "published", nullptr, "uptake or contact", "the run ends at 30 min")};
  document["arms"].push_back({{"name", "uptake@published"},
                              {"of", "uptake"},
                              {"edges_left_out", {"cargo on chondrocyte"}},
                              {"vesicles", true},
                              {"sham", false},
                              {"models", {"cargo_delivery"}},
                              {"delay", 14400.0},
                              {"relays", json::array()}});
  document["metrics"].push_back(metric_entry("phenotype_effect.600s", "effect", "1"));
  for (const char* arm : {"uptake", "emcev", "uptake@published"})
    document["values"].push_back(value_entry(arm, "phenotype_effect.600s", 0.21, 0.18, 0.24));
  document["edges"] = {{{"cell_type", "chondrocyte"},
                        {"mechanism", "cargo"},
                        {"parameter", "w_cargo"},
                        {"value", "0.7"},
                        {"mark", "A"},
                        {"source", "not shown"},
                        {"left_out_of_published", true}}};
  return made_up;
}

TEST(ReportVerdict, StandsBeforeEverythingElseForBothHorizonsAndBothSetsOfEdges) {
  const std::string page = report_html(Comparison(judged().document()));
  const auto at = [&page](const char* text) { return page.find(text, page.find("<main")); };
  ASSERT_NE(at("class=\"answer\""), std::string::npos);
  EXPECT_LT(at("class=\"answer\""), at("id=\"hypotheses\""));
  EXPECT_LT(at("id=\"hypotheses\""), at("id=\"verdict-table\""));
  EXPECT_LT(at("id=\"verdict-table\""), at("id=\"effects-table\""));
  EXPECT_LT(at("id=\"effects-table\""), at("id=\"receptors\""));
  EXPECT_NE(at("repair &lt;all&gt;"), std::string::npos);
  const std::string text = verdict_table(Comparison(judged().document()));
  EXPECT_NE(text.find("<th>all edges</th><th>published edges</th>"), std::string::npos) << text;
  EXPECT_NE(text.find("<b>extracellular over uptake or contact</b><br><span class=\"note\">96 % of samples; effects "
                      "−0.01 and +0.21</span>"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("<i>not judged</i> <span class=\"note\">the run ends at 30 min</span>"), std::string::npos)
      << text;
  EXPECT_NE(text.find("<li>10 min: uptake cannot show yet</li>"), std::string::npos) << text;
}

TEST(ReportVerdict, EffectsBeyondTheEndAreNotObservableAndSecondRunsAreThere) {
  const std::string text = effects_section(Comparison(judged().document()));
  EXPECT_NE(text.find("not observable: the run ends at 30 min"), std::string::npos) << text;
  EXPECT_NE(text.find("<b>uptake@published</b>"), std::string::npos);
  EXPECT_NE(text.find("0.21 <span class=\"ci\">[0.18, 0.24]</span>"), std::string::npos) << text;
  EXPECT_EQ(effects_section(Comparison(MadeUp().document())), "");
}

TEST(ReportVerdict, ReceptorReadOutsAreShownAndNotJudged) {
  const Comparison comparison(judged().document());
  const std::string receptors = receptors_section(comparison);
  EXPECT_NE(receptors.find("Receptor read-outs <small>shown, not judged"), std::string::npos);
  EXPECT_NE(receptors.find("chondrocyte A2A"), std::string::npos) << receptors;
  EXPECT_EQ(receptors.find("chondrocyte AKT"), std::string::npos) << receptors;
  const std::string text = influence_text(comparison);
  EXPECT_EQ(text.find("A2A"), std::string::npos) << text;
  EXPECT_NE(text.find("<b>emcev</b> in 1 and <b>all</b> in 1 of 1 reporter of what cells do"), std::string::npos)
      << text;
  EXPECT_EQ(influence_section(comparison).find("A2A"), std::string::npos);
}

TEST(ReportVerdict, SaysWhatIsLeftOutAndOnWhichEvidence) {
  const Comparison comparison(judged().document());
  EXPECT_NE(edges_section(comparison).find("<td>off</td><td>not shown</td>"), std::string::npos);
  EXPECT_NE(arms_section(comparison).find("uptake without its assumed edges: cargo on chondrocyte"), std::string::npos);
  EXPECT_EQ(edges_section(Comparison(MadeUp().document())), "");
}

TEST(ReportVerdict, WithoutAPhenotypeNothingIsJudged) {
  const Comparison comparison(MadeUp().document());
  EXPECT_NE(headline(comparison).find("declares no phenotype"), std::string::npos);
  EXPECT_EQ(cards(comparison), "");
}

TEST(ReportVerdict, OneSentenceAnswersForEveryHorizonThatWasSeen) {
  const std::string text = headline(Comparison(judged().document()));
  EXPECT_EQ(text.find("<b>Outside the cells at 10 min.</b> At 10 min what EVs do outside cells does more than three "
                      "times what uptake or contact does (outside cells +0.210, uptake or contact −0.010; 96 % of "
                      "bootstrap samples over 8 replicates)."),
            0U)
      << text;
  EXPECT_EQ(text.find("24 h"), std::string::npos) << text;
  const std::string all = front(Comparison(judged().document()));
  EXPECT_NE(all.find("24 h: the run ends at 30 min."), std::string::npos) << all;
  EXPECT_NE(all.find("With published edges alone it is another: at 10 min"), std::string::npos) << all;
}

TEST(ReportVerdict, HorizonsOfOnePreferenceAreToldTogether) {
  json document = judged().document();
  const auto answer_of = [&](const char* first, const char* second) {
    document["verdicts"] = {verdict(600, "10 min", "all", first, "uptake or contact"),
                            verdict(3600, "1 h", "all", second, "uptake or contact")};
    return headline(Comparison(document));
  };
  const std::string same = answer_of("neither", "neither");
  EXPECT_EQ(same.find("<b>Neither at 10 min and 1 h.</b>"), 0U);
  EXPECT_NE(same.find("(at 1 h outside cells +0.210"), std::string::npos) << same;  // whose numbers these are
  EXPECT_EQ(answer_of("second", "first")
                .find("<b>Outside the cells at 10 min; by uptake or contact, to the worse at 1 h.</b>"),
            0U);  // whose effect is -0.01
  EXPECT_EQ(answer_of("undetermined", "equivalent")
                .find("<b>Undetermined at 10 min; outside the cells, but not clearly, at 1 h.</b>"),
            0U);
}

TEST(ReportVerdict, SidesOfWhichNoneIsThreeTimesTheOtherNeedNotBeAlike) {
  json document = judged().document();
  const auto answer_of = [&](double uptake, double outside) {
    document["verdicts"] = {verdict(600, "10 min", "all", "equivalent", "uptake or contact")};
    document["verdicts"][0]["first"]["effect"] = uptake;
    document["verdicts"][0]["second"]["effect"] = outside;
    return headline(Comparison(document));
  };
  EXPECT_EQ(answer_of(0.1, 0.12).find("<b>Both alike at 10 min.</b>"), 0U);
  EXPECT_EQ(answer_of(0.1, -0.12).find("<b>Alike in size, opposite in sign at 10 min.</b>"), 0U);
  const std::string one = answer_of(0.0, 0.116), other = answer_of(0.116, 0.0);
  EXPECT_EQ(
      one.find(
          "<b>Outside the cells, but not clearly, at 10 min.</b> At 10 min only what EVs do outside cells reaches"),
      0U)
      << one;
  EXPECT_NE(other.find("only uptake or contact reaches the 0.05 that count"), std::string::npos) << other;
}

/// The card of an arm whose effect after ten minutes has this interval.
std::string card_of(const std::string& arm, double low, double high, int replicates = 8) {
  json document = judged().document();
  for (auto& value : document["values"])
    if (value["arm"] == arm && value["metric"] == "phenotype_effect.600s")
      value.update({{"low", low}, {"high", high}, {"mean", (low + high) / 2}, {"n", replicates}});
  const std::string text = cards(Comparison(document));
  const std::size_t begin = text.find("<h3>" + arm + "</h3>");
  return text.substr(begin, text.find("</article>", begin) - begin);
}

TEST(ReportVerdict, AnEffectCountsOnlyWhereItsWholeIntervalLiesBeyondTheLimit) {
  const auto chip = [](double low, double high) {
    const std::string text = card_of("emcev", low, high);
    const std::size_t begin = text.find("chip ") + 5;
    return text.substr(begin, text.find('"', begin) - begin);
  };
  EXPECT_EQ(chip(0.06, 0.2), "yes");
  EXPECT_EQ(chip(-0.2, -0.06), "worse");
  EXPECT_EQ(chip(0.001, 0.049), "no");  // however narrow, and however far from zero
  EXPECT_EQ(chip(0.04, 0.06), "und");
  EXPECT_EQ(chip(-0.06, 0.04), "und");
}

TEST(ReportVerdict, OneReplicateHasNoIntervalAndDecidesNothing) {
  const std::string one = card_of("emcev", 0.2, 0.2, 1), several = card_of("emcev", 0.2, 0.2);
  EXPECT_NE(one.find("? one replicate"), std::string::npos) << one;
  EXPECT_NE(one.find("+0.200"), std::string::npos) << one;
  EXPECT_EQ(one.find('['), std::string::npos) << one;
  EXPECT_EQ(one.find("class=\"ci\""), std::string::npos) << one;
  EXPECT_NE(several.find("[+0.200, +0.200]"), std::string::npos) << several;
}

TEST(ReportVerdict, NothingSeenBeforeAnArmCanActIsNotAnEffectThatIsMissing) {
  const std::string nothing = card_of("uptake", -0.01, 0.01), relayed = card_of("uptake", 0.1, 0.2);  // acts after 4 h
  EXPECT_NE(nothing.find("too early: acts after 4 h"), std::string::npos) << nothing;
  EXPECT_EQ(nothing.find("no relevant effect"), std::string::npos) << nothing;
  EXPECT_NE(relayed.find("supported"), std::string::npos) << relayed;
}

TEST(ReportVerdict, ChanceIsToldAndNotDrawn) {
  MadeUp made_up = judged();
  made_up.document()["values"].push_back(value_entry("sham", "phenotype_effect.600s", -0.002, -0.003, -0.001));
  const std::string text = effects_section(Comparison(made_up.document()));
  EXPECT_NE(text.find("<b>sham</b> (chance alone) by at most 0.002"), std::string::npos) << text;
}

}  // namespace
}  // namespace interstice::viz
