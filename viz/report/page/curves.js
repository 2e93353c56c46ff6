// Quantities over time: the primary one large, all others small.

const [horizonUnit, horizonSeconds] = timeUnit(horizon);
const logTime = byId("log-time");
const isLog = () => Boolean(logTime?.checked);

/** The axis of time, and how a time [s] stands on it. */
function timeAxis(times, few) {
  if (!isLog()) {
    const domain = [0, horizon / horizonSeconds];
    const label = few ? null : `time, ${horizonUnit} →`;
    const tickFormat = (t) => tidy(t) + (few && t > 0 ? ` ${horizonUnit}` : "");
    return { at: (t) => t / horizonSeconds, options: { domain, ticks: few ? 3 : 8, tickFormat, label } };
  }
  const first = times.find((t) => t > 0) ?? 1;
  const ticks = roundTimes(first, horizon, few ? 3 : 12);
  return { at: (t) => t, options: { type: "log", domain: [first, horizon], ticks, tickFormat: duration, label: null } };
}

/** Lines with bands, one for arms that coincide, labelled at their ends. */
function curvePlot(curve, width, { height, few, thresholds = [], label }) {
  const arms = drawnArms().filter((arm) => curve.arms[arm.name]);
  if (!arms.length) return null;
  const groups = coinciding(arms, (name) => curve.arms[name].mean);
  const axis = timeAxis(curve.time, few);
  const usable = curve.time.map((t, k) => k).filter((k) => !isLog() || curve.time[k] > 0);
  const rows = groups.flatMap((group) =>
    usable.map((k) => ({
      group,
      t: axis.at(curve.time[k]),
      time: curve.time[k],
      mean: curve.arms[group[0]].mean[k],
      low: curve.arms[group[0]].low[k],
      high: curve.arms[group[0]].high[k],
    })),
  );
  const values = rows.flatMap((row) => [row.low, row.high]).filter((y) => y !== null);
  if (!values.length) return null; // such as of cells that are not there yet
  const reach = Math.max(...values);
  const levels = thresholds.filter((level) => level <= 2.5 * reach); // a far one would flatten the curves
  let bottom = Math.min(...values),
    top = Math.max(reach, ...levels);
  if (bottom > 0 && bottom < 0.5 * top) bottom = 0;
  const pad = 0.06 * (top - bottom) || 0.05 * Math.abs(top) || 1;
  const domain = [bottom === 0 ? 0 : bottom - pad, top + pad];
  const room = few ? 12 : Math.max(12, Math.floor(width / 26)),
    texts = groups.map((group) => groupText(group, room));
  const type = few ? 11 : 13;
  const marginRight = Math.min(0.4 * width, 10 + 0.58 * type * Math.max(...texts.map((text) => text.length)));
  const marginBottom = few ? 26 : 36,
    marginTop = few ? 8 : 20;
  const heightOf = (y) =>
    height - marginBottom - ((y - domain[0]) / (domain[1] - domain[0])) * (height - marginBottom - marginTop);
  const lastOf = (group) => rows.findLast((row) => row.group === group && row.mean !== null);
  const ends = groups.map((group) => lastOf(group)?.mean ?? domain[0]);
  const moved = apart(ends.map(heightOf), type + 2, height - marginBottom - 2);
  const lineOf = (group) => rows.filter((row) => row.group === group);
  const end = axis.options.domain[1];
  return plot(width, {
    height,
    marginLeft: few ? 40 : 46,
    marginRight,
    marginTop,
    marginBottom,
    x: axis.options,
    y: { domain, ticks: few ? 3 : 5, tickFormat: ticksOf(domain), label },
    marks: [
      Plot.ruleY(levels, { stroke: "var(--line-strong)", strokeDasharray: "1 3" }),
      Plot.text(levels, {
        x: axis.options.domain[1],
        y: (y) => y,
        text: (y) => `threshold ${inUnit(y, curve.unit)}`,
        dx: -4,
        dy: -7,
        textAnchor: "end",
        fill: "var(--soft)",
        fontSize: 11,
      }),
      ...groups.map((group) =>
        Plot.areaY(lineOf(group), {
          x: "t",
          y1: "low",
          y2: "high",
          fill: look[group[0]].stroke,
          fillOpacity: 0.22,
          clip: true,
        }),
      ),
      ...groups.map((group) =>
        Plot.lineY(lineOf(group), {
          x: "t",
          y: "mean",
          stroke: look[group[0]].stroke,
          clip: true,
          strokeWidth: few ? 2 : 2.6,
          strokeDasharray: look[group[0]].dash,
        }),
      ),
      ...groups.map((group, k) =>
        Plot.text([0], {
          x: () => end,
          y: () => ends[k],
          text: () => texts[k],
          dx: 5,
          dy: moved[k],
          textAnchor: "start",
          fontWeight: 600,
          fontSize: type,
          fill: look[group[0]].ink,
        }),
      ),
      Plot.tip(
        rows.filter((row) => row.mean !== null),
        Plot.pointer({
          x: "t",
          y: "mean",
          title: (row) =>
            `${row.group.join(" = ")}\n${duration(row.time)}: ${inUnit(row.mean, curve.unit)}` +
            (row.low < row.high ? ` (5 to 95 %: ${tidy(row.low)} to ${tidy(row.high)})` : ""),
        }),
      ),
    ],
  });
}
const curveRows = (curves) => [
  ["quantity", "unit", "arm", "time_s", "mean", "low_5pct", "high_95pct"],
  ...curves.flatMap((curve) =>
    drawnArms()
      .filter((arm) => curve.arms[arm.name])
      .flatMap((arm) =>
        curve.time.map((t, k) => [
          curve.label,
          curve.unit,
          arm.name,
          t,
          ...["mean", "low", "high"].map((key) => curve.arms[arm.name][key][k]),
        ]),
      ),
  ),
];

// ---- the primary quantity, or the phenotype where a scenario names none
const primary =
  data.curves.find((curve) => curve.name === data.primary?.series) ??
  data.curves.find((curve) => curve.name === "phenotype") ??
  data.curves[0];
if (primary)
  figure(
    "primary-plot",
    (width) =>
      curvePlot(primary, width, {
        height: width < 560 ? 250 : 270,
        few: width < 560,
        label: `${primary.label}${shown(primary.unit) ? ", " + shown(primary.unit) : ""}`,
        thresholds: primary.name === data.primary?.series ? data.primary.thresholds : [],
      }),
    () => curveRows([primary]),
  );

// ---- all others
const kinds = [
  {
    name: "what cells do",
    has: (curve) => curve.name === "phenotype" || (curve.name.startsWith("reporter.") && !curve.receptor),
  },
  { name: "outcomes", has: (curve) => curve.name.startsWith("outcome.") },
  { name: "substances", has: (curve) => curve.name.startsWith("mean.") },
  { name: "receptor read-outs", has: (curve) => curve.receptor },
].filter((kind) => data.curves.some(kind.has));
const kindChoice = byId("curve-kind");
kinds.forEach((kind, k) => kindChoice?.add(new Option(kind.name, k)));
const isStill = (curve) => {
  const all = Object.values(curve.arms)
    .flatMap((arm) => [...arm.low, ...arm.high])
    .filter((y) => y !== null);
  return Math.max(...all) - Math.min(...all) <= 1e-12 * Math.max(...all.map(Math.abs));
};
const panels = () => data.curves.filter((curve) => kinds[kindChoice?.value || 0]?.has(curve));
const columnsFor = (width) => Math.max(1, Math.min(4, Math.floor(width / 270)));
const smallFigure = figure(
  "small-plot",
  (width) => {
    const moving = panels().filter((curve) => !isStill(curve)),
      still = panels().filter(isStill);
    const columns = printing ? 3 : columnsFor(width),
      gap = 20;
    const each = Math.floor((width - gap * (columns - 1)) / columns);
    const grid = element("div", { class: "small", style: `grid-template-columns:repeat(${columns},minmax(0,1fr))` });
    for (const curve of moving) {
      const slow = curve.delay > horizon ? `not observable: takes ${duration(curve.delay)}` : shown(curve.unit);
      const picture = curvePlot(curve, each, { height: printing ? 96 : 128, few: true, label: null });
      if (picture)
        grid.append(
          element(
            "div",
            { class: curve.delay > horizon ? "mini slow" : "mini" },
            element("h4", { text: curve.label }),
            element("p", { text: slow }),
            picture,
          ),
        );
    }
    if (still.length)
      grid.append(
        element("p", {
          class: "note",
          text: `Constant in every arm: ${still.map((curve) => curve.label).join(", ")}.`,
        }),
      );
    return grid.children.length ? grid : null;
  },
  () => curveRows(panels()),
);

// ---- which arms, and which axis of time
const toggles = byId("arm-toggles");
for (const arm of toggles ? data.arms : []) {
  const button = element("button", {
    type: "button",
    class: "arm",
    "aria-pressed": String(drawn.has(arm.name)),
    text: arm.name,
  });
  button.style.setProperty("--c", look[arm.name].stroke);
  button.addEventListener("click", () => {
    if (drawn.has(arm.name)) drawn.delete(arm.name);
    else drawn.add(arm.name);
    button.setAttribute("aria-pressed", String(drawn.has(arm.name)));
    drawAll();
  });
  toggles.append(button);
}
if (logTime) logTime.checked = horizon > 7200;
logTime?.addEventListener("change", () => drawAll());
kindChoice?.addEventListener("change", () => drawFigure(smallFigure, true));
