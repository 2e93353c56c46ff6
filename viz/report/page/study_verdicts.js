// Verdicts as shares of the points, effects by arm, what decides.

const kAnswers = [
  { key: "share_first", label: "uptake or contact (blue), one of them (U blue, C green)" },
  { key: "share_second", label: "outside cells (E)", colour: "var(--extracellular)", letter: "E" },
  { key: "share_equivalent", label: "none is three times the other (=)", colour: "var(--f1)", letter: "=" },
  { key: "share_neither", label: "neither counts (–)", colour: "url(#hatch)", letter: "–" },
];
const kFirstSides = { uptake: ["U", "var(--uptake)"], contact: ["C", "var(--contact)"] };
const letterOf = (bar) => bar.answer.letter ?? kFirstSides[bar.row.first]?.[0] ?? "U, C";
const fillOf = (bar) => bar.answer.colour ?? kFirstSides[bar.row.first]?.[1] ?? "var(--uptake)";
const verdicts = rowsOf("verdict").filter((row) => row.points > 0);
const placeChoice = offer(
  "verdict-place",
  unique(verdicts.map((row) => row.where ?? "")),
  (where) => where || "all points",
);

const verdictDrawing = figure(
  "verdict-plot",
  (width) => {
    const rows = verdicts.filter((row) => (row.where ?? "") === placeChoice());
    if (!rows.length) return null;
    const narrow = width < 640 || printing;
    const contest = (row) => `${duration(row.horizon_s)}, ${row.edges} edges: ${row.first} against ${row.second}`;
    const name = (row) => contest(row) + (narrow ? `: ${row.verdict}` : "");
    const bars = rows.flatMap((row, r) => {
      let from = 0;
      return kAnswers
        .map((answer) => {
          const bar = { row, r, answer, from, to: from + 100 * (row[answer.key] ?? 0) };
          from = bar.to;
          return bar;
        })
        .filter((bar) => bar.to > bar.from);
    });
    const key = element(
      "ul",
      { class: "key" },
      ...kAnswers.map((answer) => {
        const item = element("li", { text: answer.label });
        item.style.setProperty("--c", answer.letter === "–" ? "transparent" : (answer.colour ?? "var(--uptake)"));
        return item;
      }),
    );
    const tall = narrow ? 46 : 28,
      y = (bar) => bar.r * tall + (narrow ? 30 : tall / 2),
      half = narrow ? 9 : 10;
    const picture = plot(width, {
      height: rows.length * tall + 44,
      marginLeft: narrow ? 8 : 360,
      marginRight: narrow ? 8 : 240,
      marginTop: 4,
      marginBottom: 38,
      x: { domain: [0, 100], label: "share of the points, %", labelAnchor: "center", ticks: 5 },
      y: { domain: [0, rows.length * tall], reverse: true, axis: null },
      marks: [
        Plot.rect(bars, {
          x1: "from",
          x2: "to",
          y1: (bar) => y(bar) - half,
          y2: (bar) => y(bar) + half,
          fill: fillOf,
          stroke: "var(--line-strong)",
          tip: true,
          title: (bar) =>
            `${name(bar.row)}\n${bar.answer.label}: ${tidy(bar.to - bar.from)} % of ${bar.row.points} points`,
        }),
        Plot.text(
          bars.filter((bar) => bar.to - bar.from > 7),
          {
            x: (bar) => (bar.from + bar.to) / 2,
            y,
            fontSize: 11,
            fontWeight: 700,
            text: (bar) => `${letterOf(bar)} ${Math.round(bar.to - bar.from)}`,
            fill: "var(--ink)",
            stroke: "var(--bg)",
            strokeWidth: 4,
          },
        ),
        Plot.text(rows, {
          x: 0,
          y: (_, r) => r * tall + (narrow ? 10 : tall / 2),
          text: name,
          dx: narrow ? 0 : -10,
          textAnchor: narrow ? "start" : "end",
        }),
        ...(narrow
          ? []
          : [
              Plot.text(rows, {
                x: 100,
                y: (_, r) => r * tall + tall / 2,
                dx: 10,
                textAnchor: "start",
                fontWeight: data.judged ? 600 : 400,
                fill: data.judged ? "var(--ink)" : "var(--soft)",
                text: (row) => (data.judged ? row.verdict : `(${row.verdict})`),
              }),
            ]),
      ],
    });
    return element("div", {}, key, picture);
  },
  () => [
    ["after_s", "edges", "first", "second", "where", "verdict", "points", ...kAnswers.map((answer) => answer.key)],
    ...verdicts.map((row) => [
      row.horizon_s,
      row.edges,
      row.first,
      row.second,
      row.where ?? "",
      row.verdict,
      row.points,
      ...kAnswers.map((answer) => row[answer.key]),
    ]),
  ],
);
redrawn(verdictDrawing, "verdict-place");

// ---- effects by arm
const effectTimes = unique(armEffects.map((row) => row.horizon_s)).map((s) => ({
  metric: effectAt(s),
  label: duration(s),
  unit: "1",
}));
const shownArms = data.arms.filter((arm) => arm.side);
figure(
  "effects-plot",
  (width) =>
    withKey(
      pointPlot(width, shownArms, effectTimes, {
        title: "← worse · share of the dynamic range · better →",
        limit: data.limit,
      }),
      effectTimes,
    ),
  () => pointRows(shownArms, effectTimes),
);

// ---- what decides
const deciders = rowsOf("deciders");
const contestOf = (row) =>
  `${duration(row.horizon_s)}, ${row.edges} edges: ${row.first}${row.where ? ` (${row.where})` : ""}`;
const contestChoice = offer("decider-contest", unique(deciders.map(contestOf)).reverse());
const deciderDrawing = figure(
  "decider-plot",
  (width) => {
    const rows = deciders.filter((row) => contestOf(row) === contestChoice());
    if (!rows.length) return null;
    const marginLeft = Math.min(0.4 * width, 14 + 7 * Math.max(...rows.map((row) => row.factor.length)));
    return plot(width, {
      height: rows.length * 26 + 60,
      marginLeft,
      marginRight: 16,
      marginTop: 22,
      marginBottom: 38,
      x: {
        domain: [-1, 1],
        label: "partial rank correlation with the ratio of the first side to the second",
        labelAnchor: "center",
        ticks: width < 560 ? 4 : 8,
        tickFormat: tidy,
      },
      y: { type: "band", domain: rows.map((row) => row.factor), axis: null, padding: 0.3 },
      marks: [
        Plot.barX(rows, {
          x1: 0,
          x2: "correlation",
          y: "factor",
          fill: (row) => (row.correlation > 0 ? "var(--uptake)" : "var(--extracellular)"),
          tip: true,
          title: (row) => `${row.factor}: ${signed(row.correlation)} [${signed(row.low)}, ${signed(row.high)}]`,
        }),
        Plot.link(rows, { x1: "low", x2: "high", y1: "factor", y2: "factor", stroke: "var(--ink)", strokeWidth: 1.5 }),
        Plot.ruleX([0], { stroke: "var(--line-strong)" }),
        Plot.text(rows, {
          x: -1,
          y: "factor",
          text: "factor",
          dx: -8,
          textAnchor: "end",
          fontWeight: 600,
          fill: "var(--ink)",
        }),
        Plot.text(["← for the second side", "for the first side →"], {
          x: (_, k) => (k ? 1 : -1),
          frameAnchor: "top",
          dy: -14,
          text: (t) => t,
          fontSize: 11,
          fill: "var(--soft)",
        }),
      ],
    });
  },
  () => [
    ["contest", "factor", "correlation", "low", "high"],
    ...deciders.map((row) => [contestOf(row), row.factor, row.correlation, row.low, row.high]),
  ],
);
redrawn(deciderDrawing, "decider-contest");
