// Shares of mechanisms, and elasticities along axes.

const shares = rowsOf("shapley");
const percent = (share) => (typeof share === "number" ? `${Math.round(100 * share)} %` : "–");
const shareOf = (row) => `${duration(row.horizon_s)}, ${row.edges} edges${row.where ? ` (${row.where})` : ""}`;
const shareChoice = offer("share-contest", unique(shares.map(shareOf)).reverse());
const shareDrawing = figure(
  "share-plot",
  (width) => {
    const rows = shares.filter((row) => shareOf(row) === shareChoice());
    if (!rows.length) return null;
    const marginLeft = Math.min(0.4 * width, 14 + 7 * Math.max(...rows.map((row) => row.mechanism.length))),
      narrow = width < 640;
    return plot(width, {
      height: rows.length * 30 + 62,
      marginLeft,
      marginRight: narrow ? 16 : 250,
      marginTop: 22,
      marginBottom: 38,
      x: {
        label: "Shapley value: share of the effect on the phenotype",
        labelAnchor: "center",
        ticks: narrow ? 4 : 8,
        tickFormat: tidy,
        nice: true,
      },
      y: { type: "band", domain: rows.map((row) => row.mechanism), axis: null, padding: 0.3 },
      marks: [
        Plot.barX(rows, {
          x1: 0,
          x2: "shapley",
          y: "mechanism",
          fill: "var(--f4)",
          tip: true,
          title: (row) =>
            `${row.mechanism}: ${signed(row.shapley)} [${signed(row.shapley_low)}, ${signed(row.shapley_high)}]`,
        }),
        Plot.link(rows, {
          x1: "shapley_low",
          x2: "shapley_high",
          y1: "mechanism",
          y2: "mechanism",
          stroke: "var(--ink)",
          strokeWidth: 1.5,
        }),
        Plot.ruleX([0], { stroke: "var(--line-strong)" }),
        Plot.text(rows, {
          x: Math.min(0, ...rows.map((row) => row.shapley_low)),
          y: "mechanism",
          text: "mechanism",
          dx: -8,
          textAnchor: "end",
          fontWeight: 600,
        }),
        ...(narrow
          ? []
          : [
              Plot.text(rows, {
                x: Math.max(...rows.map((row) => row.shapley_high)),
                y: "mechanism",
                dx: 12,
                textAnchor: "start",
                text: (row) =>
                  `alone ${percent(row.alone_over_all)} of all, without it ${percent(row.kept_without)} left`,
              }),
            ]),
      ],
    });
  },
  () => [data.tables.shapley.head, ...data.tables.shapley.rows],
);
redrawn(shareDrawing, "share-contest");

const elasticities = rowsOf("elasticity").filter((row) => String(row.outcome).startsWith("phenotype."));
const elasticAxis = offer("elastic-axis", unique(elasticities.map((row) => row.axis)));
const elasticTime = offer(
  "elastic-time",
  unique(elasticities.map((row) => row.outcome)).sort((a, b) => horizonOf(b) - horizonOf(a)),
  (o) => duration(horizonOf(o)),
);
/** Of the other axes, where several values of them were run. */
const firstPlace = (axis) => Math.min(...elasticities.filter((row) => row.axis === axis).map((row) => row.at_point));
const elasticRows = () =>
  elasticities.filter(
    (row) =>
      row.axis === elasticAxis() &&
      row.at_point === firstPlace(elasticAxis()) &&
      row.outcome === elasticTime() &&
      Math.abs(row.effect ?? 1) >= data.limit,
  );
const elasticDrawing = figure(
  "elastic-plot",
  (width) => {
    const rows = elasticRows();
    if (!rows.length) return null;
    const bound = Math.min(20, 1.3 * Math.max(1, ...rows.map((row) => Math.abs(row.elasticity)))),
      clip = (x) => Math.max(-bound, Math.min(bound, x));
    const arms = unique(rows.map((row) => row.arm)),
      unit = shown(rows[0].unit ?? "");
    const ends = arms.map((arm) => rows.filter((row) => row.arm === arm).reduce((a, b) => (b.at > a.at ? b : a)));
    const moved = apart(
      ends.map((row) => 220 - ((row.elasticity + bound) / (2 * bound)) * 202),
      14,
      220,
    );
    return plot(width, {
      height: 260,
      marginLeft: 46,
      marginRight: 110,
      marginTop: 18,
      marginBottom: 40,
      x: {
        type: "log",
        label: `${elasticAxis()}${unit ? `, ${unit}` : ""} →`,
        ticks: width < 560 ? 4 : 8,
        tickFormat: tidy,
      },
      y: { domain: [-bound, bound], label: "↑ elasticity", tickFormat: tidy },
      marks: [
        Plot.ruleY([0], { stroke: "var(--line-strong)" }),
        Plot.ruleY([1], { stroke: "var(--line-strong)", strokeDasharray: "1 3" }),
        Plot.link(
          rows.filter((row) => row.low !== null && row.high !== null),
          {
            x1: "at",
            x2: "at",
            y1: (row) => clip(row.low),
            y2: (row) => clip(row.high),
            stroke: (row) => colourOf(row.arm),
          },
        ),
        ...arms.map((arm) =>
          Plot.line(
            rows.filter((row) => row.arm === arm),
            {
              x: "at",
              y: "elasticity",
              sort: "at",
              stroke: colourOf(arm),
              strokeDasharray: look[arm]?.dash,
              strokeWidth: 2,
            },
          ),
        ),
        Plot.dot(rows, {
          x: "at",
          y: "elasticity",
          symbol: (row) => look[row.arm]?.symbol ?? "circle",
          fill: (row) => colourOf(row.arm),
          r: 4.5,
          tip: true,
          title: (row) => `${row.arm} at ${tidy(row.at)} ${unit}: ${tidy(row.elasticity)} (${row.interval ?? ""})`,
        }),
        ...arms.map((arm, k) =>
          Plot.text([ends[k]], {
            x: "at",
            y: "elasticity",
            text: () => arm,
            dx: 8,
            dy: moved[k],
            textAnchor: "start",
            fontWeight: 600,
            fill: inkOf(arm),
          }),
        ),
      ],
    });
  },
  () => [data.tables.elasticity.head, ...data.tables.elasticity.rows],
);
redrawn(elasticDrawing, "elastic-axis", "elastic-time");
