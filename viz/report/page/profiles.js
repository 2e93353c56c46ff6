// Beside the means: effects of single replicates, and profiles at the end of the runs.

// ---- replicates
const seenHorizons = (data.phenotype?.horizons ?? []).filter((h) => h.time <= horizon).reverse();
const replicateTime = offer("replicate-time", seenHorizons, (h) => h.text);
/** A row for each arm and replicate. */
const replicateRows = () =>
  data.replicate_values
    .filter(([, metric]) => metric === `phenotype_effect.${replicateTime()?.subject}`)
    .flatMap(([arm, , values]) => values.map((effect, replicate) => ({ arm, replicate, effect })))
    .filter((row) => row.effect !== null && compared.some((arm) => arm.name === row.arm));
const replicateDrawing = figure(
  "replicate-plot",
  (width) => {
    const rows = replicateRows(),
      arms = unique(rows.map((row) => row.arm));
    if (!rows.length) return null;
    const marginLeft = Math.min(0.36 * width, 14 + 7 * Math.max(...arms.map((arm) => arm.length)));
    return plot(width, {
      height: arms.length * kRow + 56,
      marginLeft,
      marginRight: 16,
      marginTop: 22,
      marginBottom: 34,
      x: {
        label: "effect on the phenotype of single replicates",
        labelAnchor: "center",
        ticks: width < 560 ? 4 : 8,
        tickFormat: tidy,
        nice: true,
      },
      y: { type: "band", domain: arms, axis: null, padding: 0.2 },
      marks: [
        ...negligible(data.phenotype.limit),
        Plot.ruleX([0], { stroke: "var(--line-strong)" }),
        Plot.tickX(arms, {
          x: (arm) => value(arm, `phenotype_effect.${replicateTime().subject}`)?.mean,
          y: (arm) => arm,
          stroke: (arm) => look[arm].stroke,
          strokeWidth: 2.5,
        }),
        Plot.dot(rows, {
          x: "effect",
          y: "arm",
          symbol: (row) => look[row.arm].symbol,
          stroke: (row) => look[row.arm].stroke,
          strokeWidth: 1.5,
          r: 4,
          tip: true,
          title: (row) => `${row.arm}, replicate ${row.replicate}: ${share(row.effect)}`,
        }),
        Plot.text(arms, {
          frameAnchor: "left",
          y: (arm) => arm,
          text: (arm) => arm,
          dx: -10,
          textAnchor: "end",
          fontWeight: 600,
          fill: (arm) => look[arm].ink,
        }),
      ],
    });
  },
  () => [
    ["arm", "replicate", "after", "effect"],
    ...replicateRows().map((row) => [row.arm, row.replicate, replicateTime().text, row.effect]),
  ],
);
redrawn(replicateDrawing, "replicate-time");

// ---- profiles
const profileOf = offer("profile-of", data.profiles, (profile) => profile.name.replaceAll("_", " "));
const profileRows = (profile, arm) =>
  profile.edges.map((edge, k) => ({
    arm,
    edge,
    mean: profile.arms[arm].mean[k],
    low: profile.arms[arm].low[k],
    high: profile.arms[arm].high[k],
  }));
const profileDrawing = figure(
  "profile-plot",
  (width) => {
    const profile = profileOf(),
      arms = drawnArms().filter((arm) => profile?.arms[arm.name]?.mean?.length === profile?.edges.length);
    if (!arms.length || profile.edges.length < 2) return null;
    const groups = coinciding(arms, (name) => profile.arms[name].mean),
      texts = groups.map((group) => groupText(group, Math.floor(width / 26)));
    const lines = groups.map((group) => profileRows(profile, group[0]));
    const height = 250,
      top = Math.max(...lines.flat().map((row) => row.high)) || 1;
    const moved = apart(
      lines.map((rows) => height - 40 - (rows.at(-1).mean / top) * (height - 60)),
      15,
      height - 40,
    );
    return plot(width, {
      height,
      marginLeft: 56,
      marginRight: Math.min(0.4 * width, 12 + 7.5 * Math.max(...texts.map((text) => text.length))),
      marginTop: 20,
      marginBottom: 40,
      x: { label: "shell up to, µm →", labelAnchor: "center", ticks: width < 560 ? 4 : 8, tickFormat: tidy },
      y: { domain: [0, top], label: `↑ in the shell, ${profile.unit}`, ticks: 5, tickFormat: tidy },
      marks: groups.flatMap((group, g) => [
        Plot.areaY(lines[g], { x: "edge", y1: "low", y2: "high", fill: look[group[0]].stroke, fillOpacity: 0.2 }),
        Plot.line(lines[g], {
          x: "edge",
          y: "mean",
          stroke: look[group[0]].stroke,
          strokeWidth: 2.2,
          strokeDasharray: look[group[0]].dash,
        }),
        Plot.dot(lines[g], {
          x: "edge",
          y: "mean",
          symbol: look[group[0]].symbol,
          fill: look[group[0]].stroke,
          r: 3.5,
          tip: true,
          title: (row) =>
            `${group.join(" = ")}, up to ${tidy(row.edge)} µm\n${tidy(row.mean)} ${profile.unit} (5 to 95 %: ${tidy(row.low)} to ${tidy(row.high)})`,
        }),
        Plot.text([lines[g].at(-1)], {
          x: "edge",
          y: "mean",
          dx: 9,
          dy: moved[g],
          text: () => texts[g],
          textAnchor: "start",
          fontWeight: 600,
          fill: look[group[0]].ink,
        }),
      ]),
    });
  },
  () => [
    ["profile", "unit", "arm", "up_to_um", "mean", "low_5pct", "high_95pct"],
    ...drawnArms()
      .filter((arm) => profileOf()?.arms[arm.name]?.mean)
      .flatMap((arm) =>
        profileRows(profileOf(), arm.name).map((row) => [
          profileOf().name,
          profileOf().unit,
          row.arm,
          row.edge,
          row.mean,
          row.low,
          row.high,
        ]),
      ),
  ],
);
redrawn(profileDrawing, "profile-of");
