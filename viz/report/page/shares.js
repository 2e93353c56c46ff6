// What became of the vesicles, and of the molecules of the purine chain: bars of parts.

/** Arms whose parts are the same, within a thousandth of the whole, share a bar. */
function barGroups(arms, metrics) {
  const parts = (arm) => metrics.map((metric) => value(arm.name, metric.name)?.mean ?? 0);
  const groups = [];
  for (const arm of arms) {
    const mine = parts(arm),
      whole = mine.reduce((sum, x) => sum + x, 0);
    if (whole === 0) continue;
    const same = groups.find((group) => mine.every((x, k) => Math.abs(x - group.parts[k]) <= 1e-3 * whole));
    if (same) same.arms.push(arm.name);
    else groups.push({ arms: [arm.name], parts: mine });
  }
  return groups;
}

/** Stacked bars, a bar for each group of arms; parts are named in a key above and, where there is room, within. */
function partPlot(width, arms, metrics, { title, factor = 1, unit }) {
  const groups = barGroups(arms, metrics);
  if (!groups.length) return null;
  const used = metrics.filter((_, k) => groups.some((group) => group.parts[k] > 0));
  const label = (group) => groupText(group.arms, Math.floor(width / 26));
  const bars = groups.flatMap((group) => {
    let from = 0;
    return metrics
      .map((metric, k) => {
        const bar = { group, metric, from: factor * from, to: factor * (from + group.parts[k]) };
        from += group.parts[k];
        return bar;
      })
      .filter((bar) => bar.to > bar.from);
  });
  const longest = Math.max(...bars.map((bar) => bar.to)),
    marginLeft = Math.min(0.4 * width, 14 + 7 * Math.max(...groups.map((g) => label(g).length)));
  const inside = (bar) => ((bar.to - bar.from) / longest) * (width - marginLeft) > 34;
  const colourOf = (metric) => metric.colour ?? `var(--f${1 + (used.indexOf(metric) % 7)})`;
  const text = (bar) => tidy(bar.to - bar.from) + (unit === "%" ? " %" : "");
  const key = element(
    "ul",
    { class: "key" },
    ...used.map((metric) => {
      const item = element("li", { text: metric.label });
      item.style.setProperty("--c", colourOf(metric));
      return item;
    }),
  );
  const picture = plot(width, {
    height: groups.length * 34 + 48,
    marginLeft,
    marginRight: 16,
    marginTop: 4,
    marginBottom: 38,
    x: { domain: [0, longest], label: title, labelAnchor: "center", ticks: width < 560 ? 4 : 8, tickFormat: tidy },
    y: { type: "band", domain: groups, axis: null, padding: 0.18 },
    marks: [
      Plot.barX(bars, {
        x1: "from",
        x2: "to",
        y: "group",
        fill: (bar) => colourOf(bar.metric),
        stroke: "var(--bg)",
        tip: true,
        title: (bar) =>
          `${bar.group.arms.join(" = ")}\n${bar.metric.label}: ${text(bar)}${unit === "%" ? "" : " " + unit}`,
      }),
      Plot.text(bars.filter(inside), {
        x: (bar) => (bar.from + bar.to) / 2,
        y: "group",
        text,
        fontSize: 11,
        fontWeight: 600,
        fill: "var(--ink)",
        stroke: "var(--bg)",
        strokeWidth: 4,
        pointerEvents: "none",
      }),
      Plot.text(groups, {
        x: 0,
        y: (group) => group,
        text: label,
        dx: -8,
        textAnchor: "end",
        fontWeight: 600,
        fill: (group) => look[group.arms[0]].ink,
      }),
    ],
  });
  return element("div", {}, key, picture);
}
const partRows = (arms, metrics, unit) => [
  ["arm", "part", "unit", "mean", "low", "high"],
  ...arms
    .flatMap((arm) => metrics.map((metric) => [arm, metric, value(arm.name, metric.name)]))
    .filter(([, , v]) => v)
    .map(([arm, metric, v]) => [arm.name, metric.label, unit, v.mean, v.low, v.high]),
];

const dosed = data.arms.filter((arm) => arm.vesicles && arm.side && !arm.of);
const fates = inFamily("fate").map((metric, k) => ({
  ...metric,
  colour: `var(--f${1 + (k % 7)})`, // the same in both figures
  label: metric.subject
    .split(".")
    .slice(data.vesicles.length > 1 ? 0 : 1)
    .join(" ")
    .replaceAll("_", " "),
}));
const isOutside = (metric) => /\.(free|in_reservoir|left)$/.test(metric.subject);
figure(
  "fate-plot",
  (width) => partPlot(width, dosed, fates, { title: "share of the dose, %", factor: 100, unit: "%" }),
  () => partRows(dosed, fates, "1"),
);
figure(
  "fate-cells-plot",
  (width) =>
    partPlot(
      width,
      dosed,
      fates.filter((metric) => !isOutside(metric)),
      { title: "share of the dose, %", factor: 100, unit: "%" },
    ),
  () =>
    partRows(
      dosed,
      fates.filter((metric) => !isOutside(metric)),
      "1",
    ),
);

const budgetArms = data.arms.filter((arm) => !isControl(arm) && !arm.of);
const sinks = inFamily("budget")
  .filter((metric) => /^(left|taken_up|decayed|reacted|through_boundary)\./.test(metric.subject))
  .map((metric) => ({ ...metric, label: subjectText(metric.subject) }));
figure(
  "budget-plot",
  (width) =>
    partPlot(width, budgetArms, sinks, {
      title: `amount, ${shown(sinks[0]?.unit ?? "")}`,
      unit: shown(sinks[0]?.unit ?? ""),
    }),
  () => partRows(budgetArms, sinks, sinks[0]?.unit),
);
const makers = inFamily("flux")
  .filter((metric) => metric.subject.startsWith("made_by_"))
  .map((metric) => ({
    ...metric,
    label: "by " + subjectText(metric.subject.slice("made_by_".length)),
    colour: metric.subject.endsWith("EVs") ? "var(--extracellular)" : "var(--f2)",
  }));
figure(
  "flux-plot",
  (width) =>
    partPlot(width, budgetArms, makers, {
      title: `made, ${shown(makers[0]?.unit ?? "")}`,
      unit: shown(makers[0]?.unit ?? ""),
    }),
  () => partRows(budgetArms, makers, makers[0]?.unit),
);
