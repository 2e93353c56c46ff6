// What a study holds: its tables as rows with names, and its arms.

/** Rows of a table of the study, as objects; none where the study has no such table. */
function rowsOf(name) {
  const { head, rows } = data.tables[name] ?? { head: [], rows: [] };
  return rows.map((row) => Object.fromEntries(row.map((cell, k) => [head[k], cell])));
}
const kSideOf = { uptake: "uptake", contact: "contact", "outside cells": "extracellular" };
const armEffects = rowsOf("arm_effects");
data.arms = unique(armEffects.map((row) => row.arm)).map((name) => {
  const by = armEffects.find((row) => row.arm === name).acts_by;
  return {
    name,
    side: by === "nothing" ? "" : (kSideOf[by] ?? "several"),
    of: name.split("@")[1] ? name.split("@")[0] : "",
  };
});
const effectAt = (horizon) => `effect.${horizon}`;
data.values = armEffects.map((row) => ({
  arm: row.arm,
  metric: effectAt(row.horizon_s),
  n: row.n,
  mean: row.effect,
  low: row.low ?? row.effect,
  high: row.high ?? row.effect,
  status: "measured",
}));
const horizonOf = (outcome) => Number(/^phenotype\.([0-9.e+]+)s$/.exec(outcome)?.[1]);
const colourOf = (arm) => look[arm]?.stroke ?? "var(--control)";
const inkOf = (arm) => look[arm]?.ink ?? "var(--control-ink)";
