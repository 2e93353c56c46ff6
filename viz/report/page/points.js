// Points with intervals: effects on the phenotype, outcomes, cells influenced, times to effect.

const kRow = 24; // height of an arm [px]

/** Marks for a span of values that is called none. */
const negligible = (limit) =>
  limit === undefined ? [] : [Plot.rectX([0], { x1: -limit, x2: limit, fill: "var(--line)", fillOpacity: 0.55 })];

/**
 * One row for each arm, and in it one point for each quantity.
 * @param quantities {metric, label, unit}: the first is filled, the last hollow where there are two
 * @param options {title, log, limit}: of the axis; `log` is for times; effects within +-limit are none
 */
function pointPlot(width, arms, quantities, { title, log = false, limit }) {
  const points = arms
    .flatMap((arm, a) =>
      quantities.map((quantity, q) => {
        const v = value(arm.name, quantity.metric);
        return v && (!log || v.mean > 0)
          ? { ...v, arm, quantity, q, hidden: v.status === "not_observable", row: a }
          : null;
      }),
    )
    .filter(Boolean);
  const seen = points.filter((point) => !point.hidden);
  if (!seen.length && limit === undefined) return null;
  const rows = arms.filter((arm) => points.some((point) => point.arm === arm));
  if (!rows.length) return null;
  const narrow = width < 560,
    many = quantities.length,
    lane = many > 2 ? 13 : many === 2 ? 15 : kRow,
    tall = Math.max(kRow, lane * many) + 4;
  const y = (point) => rows.indexOf(point.arm) * tall + tall / 2 + (point.q - (many - 1) / 2) * lane;
  const ends = [
    ...seen.flatMap((point) => [point.low, point.high]),
    ...(limit === undefined ? [] : [-1.6 * limit, 1.6 * limit]),
  ];
  const low = log ? Math.min(...ends.filter((x) => x > 0)) / 1.5 : Math.min(0, ...ends);
  const high = log ? Math.max(...ends) * 1.5 : Math.max(0, ...ends),
    pad = log ? 0 : 0.06 * (high - low || 1);
  const domain = log ? [low, high] : [low < 0 ? low - pad : low, high + pad];
  const name = (arm) => (arm.of ? `${arm.of}, published edges` : arm.name);
  const marginLeft = Math.min(0.36 * width, 14 + 7 * Math.max(...rows.map((arm) => name(arm).length)));
  const values = !narrow && many <= 2,
    marginRight = values ? 190 : 16,
    height = rows.length * tall + 56;
  const unobservable = rows.filter((arm) => points.filter((point) => point.arm === arm).every((point) => point.hidden));
  const write = (point) => (limit !== undefined ? share : point.quantity.unit === "s" ? duration : tidy);
  const text = (point) =>
    point.hidden
      ? "not observable"
      : (limit !== undefined ? share(point.mean) : inUnit(point.mean, point.quantity.unit)) +
        interval(point, write(point));
  const symbol = (point) => (many > 2 ? kManySymbols[point.q % kManySymbols.length] : look[point.arm.name].symbol);
  return plot(width, {
    height,
    marginLeft,
    marginRight,
    marginTop: 22,
    marginBottom: 34,
    x: {
      domain,
      type: log ? "log" : "linear",
      label: title,
      labelAnchor: "center",
      ticks: log ? roundTimes(low, high, narrow ? 4 : 9) : narrow ? 4 : 8,
      tickFormat: log ? duration : tidy,
    },
    y: { domain: [0, rows.length * tall], reverse: true, axis: null },
    marks: [
      ...negligible(limit),
      ...(log ? [] : [Plot.ruleX([0], { stroke: "var(--line-strong)" })]),
      Plot.rect(unobservable, {
        x1: domain[0],
        x2: domain[1],
        y1: (arm) => rows.indexOf(arm) * tall + 3,
        y2: (arm) => (rows.indexOf(arm) + 1) * tall - 3,
        fill: "url(#hatch)",
        stroke: "var(--line-strong)",
        strokeDasharray: "4 3",
      }),
      Plot.text(unobservable, {
        x: (domain[0] + domain[1]) / 2,
        y: (arm) => rows.indexOf(arm) * tall + tall / 2,
        fontWeight: 600,
        text: (arm) =>
          arm.delay > data.horizon
            ? `not observable: own delay ${duration(arm.delay)}`
            : "not observable: takes longer than the run",
        stroke: "var(--bg)",
        strokeWidth: 6,
        fill: "var(--ink)",
      }),
      Plot.text(rows, {
        x: domain[0],
        y: (arm) => rows.indexOf(arm) * tall + tall / 2,
        text: name,
        dx: -10,
        textAnchor: "end",
        fontWeight: (arm) => (arm.of ? 400 : 600),
        fill: (arm) => look[arm.name].ink,
      }),
      Plot.link(seen, {
        x1: "low",
        x2: "high",
        y1: y,
        y2: y,
        stroke: (point) => look[point.arm.name].stroke,
        strokeWidth: 3,
      }),
      Plot.dot(seen, {
        x: "mean",
        y,
        symbol,
        r: 5,
        stroke: (point) => look[point.arm.name].stroke,
        strokeWidth: 2,
        fill: (point) => (many === 2 && point.q === 1 ? "var(--bg)" : look[point.arm.name].stroke),
        tip: true,
        title: (point) => `${point.arm.name}: ${point.quantity.label}\n${text(point)}`,
      }),
      ...(values
        ? [
            Plot.text(points, {
              x: domain[1],
              y,
              dx: 12,
              textAnchor: "start",
              fontVariant: "tabular-nums",
              text,
              fill: "var(--ink)",
            }),
          ]
        : []),
      ...(many === 2
        ? [
            Plot.text([0], {
              frameAnchor: "top",
              dy: -16,
              text: () => `filled: ${quantities[0].label}, hollow: ${quantities[1].label}`,
              fill: "var(--soft)",
              fontSize: 11,
            }),
          ]
        : []),
    ],
  });
}
const kManySymbols = ["circle", "square", "triangle", "diamond2", "star", "wye", "cross", "hexagon"];

/** With more quantities than two, what each symbol stands for. */
function withKey(picture, quantities) {
  if (!picture || quantities.length <= 2) return picture;
  const key = Plot.legend({
    symbol: {
      type: "ordinal",
      domain: quantities.map((q) => q.label),
      range: kManySymbols.slice(0, quantities.length),
    },
    style: { fontSize: "12px", color: "var(--ink)" },
  });
  return element("div", {}, key, picture);
}
const pointRows = (arms, quantities) => [
  ["arm", "quantity", "unit", "n", "mean", "low", "high", "status"],
  ...arms
    .flatMap((arm) => quantities.map((quantity) => [arm, quantity, value(arm.name, quantity.metric)]))
    .filter(([, , v]) => v)
    .map(([arm, quantity, v]) => [arm.name, quantity.label, quantity.unit, v.n, v.mean, v.low, v.high, v.status]),
];
