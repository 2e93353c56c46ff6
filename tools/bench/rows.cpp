#include "tools/bench/rows.h"

#include <fmt/format.h>

#include <algorithm>

namespace interstice::bench {
namespace {

std::string budget_text(const Budget& budget) {
  std::string text;
  if (budget.value) text = fmt::format("{} {:g}", budget.kind == Budget::Kind::at_most ? "<=" : ">=", *budget.value);
  if (!budget.ratio_to_copy) return text;
  return text + fmt::format("{}{:g}x copy",
                            !budget.value   ? "<= "
                            : budget.either ? " or "
                                            : ", ",
                            *budget.ratio_to_copy);
}

const char* met_text(const Row& row) {
  const auto met = row.met();
  return !met ? "" : *met ? "met" : "MISSED";
}

}  // namespace

std::optional<bool> Row::met() const {
  if (!budget) return std::nullopt;
  const auto& [kind, value_budget, ratio_budget, either] = *budget;
  const bool by_value =
      value_budget && (kind == Budget::Kind::at_most ? value <= *value_budget : value >= *value_budget);
  const bool by_ratio = ratio_budget && ratio_to_copy && *ratio_to_copy <= *ratio_budget;
  if (either) return by_value || by_ratio;
  return (by_value || !value_budget) && (by_ratio || !ratio_budget);
}

std::string table_text(std::span<const Row> rows) {
  std::size_t widest = 4;
  for (const Row& row : rows) widest = std::max(widest, row.name.size());
  const auto line = [&](const auto& name, const auto& value, const auto& unit, const auto& threads, const auto& ratio,
                        const auto& budget, const auto& met) {
    std::string text = fmt::format("{:<{}}  {:>9}  {:<25}  {:>7}  {:>7}  {:<20}  {}", name, widest, value, unit,
                                   threads, ratio, budget, met);
    text.erase(text.find_last_not_of(' ') + 1);
    return text + "\n";
  };
  std::string text = line("what", "value", "unit", "threads", "x copy", "budget", "");
  for (const Row& row : rows)
    text += line(row.name, fmt::format("{:.4g}", row.value), row.unit, fmt::format("{}", row.threads),
                 row.ratio_to_copy ? fmt::format("{:.2f}", *row.ratio_to_copy) : "",
                 row.budget ? budget_text(*row.budget) : "", met_text(row));
  return text;
}

std::string verdict(std::span<const Row> rows) {
  std::size_t budgets = 0, met = 0;
  std::string missed;
  for (const Row& row : rows) {
    if (!row.budget) continue;
    ++budgets;
    if (*row.met())
      ++met;
    else
      missed += (missed.empty() ? "; missed: " : "; ") + row.name;
  }
  return fmt::format("{} of {} budgets met{}", met, budgets, missed);
}

}  // namespace interstice::bench
