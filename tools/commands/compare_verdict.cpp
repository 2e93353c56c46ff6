#include "tools/commands/compare_verdict.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "engine/analysis/phenotype.h"
#include "tools/text_table.h"

namespace interstice::cli {
namespace {

bool is_cellular(const Engagement& by) { return (by.cargo || by.contact) && !by.enzymes && !by.binding; }
bool is_extracellular(const Engagement& by) { return (by.enzymes || by.binding) && !by.cargo && !by.contact; }

/// Arms that differ from the others by their mechanisms alone, with all edges or with the published ones. An arm on
/// which no assumed edge acts is the same with both.
template <class Belongs>
Side side_of(const std::vector<ArmFacts>& arms, const char* name, bool published, const Belongs& belongs) {
  Side side{name, {}};
  for (const ArmFacts& arm : arms) {
    if (!arm.vesicles || !arm.changes.empty() || !belongs(arm.engagement)) continue;
    const bool has_twin = std::ranges::find(arms, arm.name, &ArmFacts::of) != arms.end();
    if (published ? !has_twin : arm.of.empty()) side.arms.push_back(arm.name);
  }
  return side;
}

const Metric* effect_in(const ComparisonRuns& runs, const ComparisonSummary& summary, const std::string& arm,
                        std::uint64_t replicate, const std::string& horizon) {
  const auto a = static_cast<std::size_t>(std::ranges::find(runs.arms, arm, &ArmFacts::name) - runs.arms.begin());
  const auto& metrics = summary.runs[a * runs.replicates + replicate];
  const auto found = std::ranges::find_if(metrics, [&](const Metric& metric) {
    return metric.family == Family::phenotype_effect && metric.subject == horizon;
  });
  return found == metrics.end() || !found->value ? nullptr : &*found;
}

/// Judges one contest; replicates in which any of its arms has no value are left out.
class Contest {
 public:
  Contest(const ComparisonRuns& runs, const ComparisonSummary& summary, Verdict& verdict)
      : runs_(runs), summary_(summary), verdict_(verdict) {}

  void judge(std::uint64_t seed) {
    if (verdict_.horizon > runs_.end()) {
      verdict_.note = fmt::format("not observable in this run, which ends at {}", horizon_text(runs_.end()));
      return;
    }
    for (const Side* side : {&verdict_.first, &verdict_.second})
      if (side->arms.empty()) {
        verdict_.note = fmt::format("no arm with {} alone", side->name);
        return;
      }
    std::vector<ArmEffects> first(verdict_.first.arms.size()), second(verdict_.second.arms.size());
    for (std::uint64_t replicate = 0; replicate < runs_.replicates; ++replicate)
      if (is_complete(replicate)) {
        add(verdict_.first, replicate, first);
        add(verdict_.second, replicate, second);
      }
    if (first.front().empty()) {
      verdict_.note = "no replicate has a value of every arm";
      return;
    }
    verdict_.judgement = interstice::judge(first, second, seed, verdict_.name());
    verdict_.remarks = remarks();
  }

 private:
  bool is_complete(std::uint64_t replicate) const {
    for (const Side* side : {&verdict_.first, &verdict_.second})
      for (const std::string& arm : side->arms)
        if (effect_in(runs_, summary_, arm, replicate, horizon_name(verdict_.horizon)) == nullptr) return false;
    return true;
  }

  void add(const Side& side, std::uint64_t replicate, std::vector<ArmEffects>& effects) const {
    for (std::size_t k = 0; k < side.arms.size(); ++k)
      effects[k].push_back(*effect_in(runs_, summary_, side.arms[k], replicate, horizon_name(verdict_.horizon))->value);
  }

  [[nodiscard]] bool cannot_show(const std::string& arm) const {
    for (std::uint64_t replicate = 0; replicate < runs_.replicates; ++replicate)
      if (const Metric* effect = effect_in(runs_, summary_, arm, replicate, horizon_name(verdict_.horizon)))
        return effect->status == Status::not_observable;
    return false;
  }

  [[nodiscard]] std::vector<std::string> remarks() const {
    std::vector<std::string> all;
    if (verdict_.judgement->replicates < 2) all.emplace_back("a single replicate decides nothing");
    for (const Side* side : {&verdict_.first, &verdict_.second})
      for (const std::string& name : side->arms) {
        const ArmFacts& arm = *std::ranges::find(runs_.arms, name, &ArmFacts::name);
        if (cannot_show(name))
          all.push_back(
              fmt::format("{} cannot show yet: own delay {}", arm.of.empty() ? name : arm.of, horizon_text(arm.delay)));
      }
    return all;
  }

  const ComparisonRuns& runs_;
  const ComparisonSummary& summary_;
  Verdict& verdict_;
};

std::string of_size(const Judgement& judgement) {
  return fmt::format("{:.0f} % of samples, effects {:+.2g} and {:+.2g}", 100 * judgement.share, judgement.first,
                     judgement.second);
}

}  // namespace

std::vector<std::pair<Side, Side>> contests(const std::vector<ArmFacts>& arms, bool published) {
  const auto side = [&](const char* name, const auto& belongs) { return side_of(arms, name, published, belongs); };
  const Side outside = side("extracellular", is_extracellular);
  const Side cargo = side("uptake", [](const Engagement& by) { return is_cellular(by) && by.cargo && !by.contact; });
  const Side contact = side("contact", [](const Engagement& by) { return is_cellular(by) && by.contact && !by.cargo; });
  std::vector<std::pair<Side, Side>> all{{side("uptake or contact", is_cellular), outside}};
  if (!cargo.arms.empty() && !contact.arms.empty()) {
    all.emplace_back(cargo, outside);
    all.emplace_back(contact, outside);
  }
  return all;
}

std::string Verdict::text() const {
  if (!judgement) return "not judged";
  const auto over = [](const Side& winner, const Side& loser, double effect) {
    return fmt::format("{} over {}{}", winner.name, loser.name, effect < 0 ? ", to the worse" : "");
  };
  switch (judgement->preference) {
    case Preference::first:
      return over(first, second, judgement->first);
    case Preference::second:
      return over(second, first, judgement->second);
    case Preference::equivalent: {
      const bool one = std::abs(judgement->first) >= kNegligible, other = std::abs(judgement->second) >= kNegligible;
      if (one != other) return fmt::format("no clear preference: {} alone counts", (one ? first : second).name);
      return one && judgement->first * judgement->second < 0 ? "equivalent in size, opposite in sign" : "equivalent";
    }
    default:
      return std::string(name_of(judgement->preference));
  }
}

std::string Verdict::name() const {
  std::string who = first.name;
  std::ranges::replace(who, ' ', '_');
  return fmt::format("verdict.{}.{}.{}", horizon_name(horizon), published ? "published" : "all", who);
}

std::vector<Verdict> verdicts(const ComparisonRuns& runs, const ComparisonSummary& summary, std::uint64_t seed) {
  std::vector<Verdict> all;
  if (!runs.phenotype || std::ranges::none_of(runs.arms, [](const ArmFacts& arm) {
        return arm.vesicles && (is_cellular(arm.engagement) || is_extracellular(arm.engagement));
      }))
    return all;
  for (const double horizon : runs.phenotype->horizons)
    for (const bool published : {false, true}) {
      if (runs.edges == (published ? Edges::all : Edges::published)) continue;
      auto pairs = contests(runs.arms, published);
      if (horizon > runs.end()) pairs.resize(1);  // nothing is known of any
      for (auto& [first, second] : pairs) {
        Verdict verdict{horizon, published, std::move(first), std::move(second), std::nullopt, ""};
        Contest(runs, summary, verdict).judge(seed);
        all.push_back(std::move(verdict));
      }
    }
  return all;
}

std::string verdict_text(const ComparisonRuns& runs, const std::vector<Verdict>& verdicts) {
  if (!runs.phenotype) return "No shared phenotype is declared (compare.phenotype): nothing is judged.\n";
  if (verdicts.empty()) return "";
  std::string out = wrapped(fmt::format("Verdict on {}:", runs.phenotype->label), 2);
  std::string before;
  for (const Verdict& verdict : verdicts) {
    const bool late = verdict.horizon > runs.end();
    const std::string edges = late ? "" : verdict.published ? ", published edges" : ", all edges";
    const std::string when = "  " + horizon_text(verdict.horizon) + edges + ":";
    if (late) {
      if (when != before) out += wrapped(when + " " + verdict.note, 4);
    } else {
      if (when != before) out += when + "\n";
      out += wrapped(fmt::format("    {} against {}: {} ({})", verdict.first.name, verdict.second.name, verdict.text(),
                                 verdict.judgement ? of_size(*verdict.judgement) : verdict.note),
                     6);
      if (!verdict.remarks.empty()) out += wrapped(fmt::format("      {}", fmt::join(verdict.remarks, "; ")), 6);
    }
    before = when;
  }
  return out;
}

}  // namespace interstice::cli
