// Along axes: effects by dose, break-even, elasticities; and the map of who wins where.

// ---- effects along an axis
const effectRows = rowsOf("effects").filter((row) => row.effect !== null && row.effect !== undefined);
const halfRows = rowsOf("dose_response").filter((row) => String(row.outcome).startsWith("phenotype."));
const doseAxis = offer("dose-axis", unique(halfRows.map((row) => row.axis)));
const doseTime = offer(
  "dose-time",
  unique(halfRows.map((row) => row.outcome)).sort((a, b) => horizonOf(b) - horizonOf(a)),
  (o) => duration(horizonOf(o)),
);
/** Where a row of effects.csv lies on all axes but one. */
const placeBeside = (row, axis) =>
  data.axes
    .filter((other) => other.name !== axis && row[other.name] !== null)
    .map((other) => `${other.name} ${tidy(row[other.name])}`)
    .join(", ");
/** How far a row lies from the scenario's own values on the axes but one, in decades. */
const distanceBeside = (row, axis) =>
  data.axes
    .filter((other) => other.name !== axis && other.own > 0 && row[other.name] > 0)
    .reduce((sum, other) => sum + Math.abs(Math.log10(row[other.name] / other.own)), 0);
/** The places beside an axis, and which of them is nearest to the scenario itself. */
function placesBeside(axis) {
  const places = unique(effectRows.map((row) => placeBeside(row, axis)));
  const nearest = effectRows.reduce(
    (a, b) => (distanceBeside(b, axis) < distanceBeside(a, axis) ? b : a),
    effectRows[0],
  );
  return [places, nearest ? placeBeside(nearest, axis) : ""];
}
const dosePlace = byId("dose-place");
function fillPlaces() {
  const [places, nearest] = placesBeside(doseAxis());
  dosePlace?.replaceChildren(...places.map((place) => new Option(place, place, place === nearest, place === nearest)));
  if (dosePlace) dosePlace.closest("label").hidden = places.length < 2;
}
fillPlaces();
byId("dose-axis")?.addEventListener("change", fillPlaces);
/** An axis of single arms leaves the others alone: they have one row for all its values. */
const isVaried = (axis, arm) => !axis.arms || axis.arms.split(";").includes(arm);
const isThere = (row) => {
  const place = effectRows.find((other) => placeBeside(other, doseAxis()) === dosePlace.value);
  return data.axes.every(
    (axis) => axis.name === doseAxis() || !isVaried(axis, row.arm) || row[axis.name] === place[axis.name],
  );
};
const dosePoints = () =>
  effectRows.filter((row) => row.outcome === doseTime() && isThere(row)).map((row) => ({ ...row, x: row[doseAxis()] }));
const halfText = (row) =>
  row.half_dose_is === "within"
    ? `half at ${tidy(row.half_dose)} ${shown(row.dose_unit)} [${tidy(row.half_dose_low ?? "<")}, ${tidy(row.half_dose_high ?? ">")}]`
    : row.shape === "flat"
      ? "no effect of dose"
      : "half not reached";
const doseDrawing = figure(
  "dose-plot",
  (width) => {
    const points = dosePoints();
    if (!points.length) return null;
    const arms = unique(points.map((point) => point.arm)),
      narrow = width < 560;
    const halves = halfRows.filter(
      (row) =>
        row.axis === doseAxis() &&
        row.outcome === doseTime() &&
        effectRows.some((effect) => effect.point === row.at_point && isThere(effect)),
    );
    const isLog = points.every((point) => point.x > 0),
      unit = shown(halves[0]?.dose_unit ?? "");
    const reach = Math.max(...points.map((point) => point.x)),
      low = Math.min(...points.map((p) => p.effect_low ?? p.effect)),
      high = Math.max(...points.map((p) => p.effect_high ?? p.effect));
    const height = 300,
      marginBottom = 40,
      marginTop = 18,
      pad = 0.06 * (high - low || 1),
      domain = [Math.min(low, -data.limit) - pad, Math.max(high, data.limit) + pad];
    const heightOf = (y) =>
      height - marginBottom - ((y - domain[0]) / (domain[1] - domain[0])) * (height - marginBottom - marginTop);
    const ends = arms.map(
      (arm) => points.filter((point) => point.arm === arm).reduce((a, b) => (b.x > a.x ? b : a)).effect,
    );
    const moved = apart(ends.map(heightOf), 15, height - marginBottom);
    const label = (arm) => {
      const half = halves.find((row) => row.arm === arm);
      return narrow || !half ? arm : `${arm}: ${halfText(half)}`;
    };
    const marginRight = Math.min(0.42 * width, 12 + 6.6 * Math.max(...arms.map((arm) => label(arm).length)));
    return plot(width, {
      height,
      marginLeft: 46,
      marginRight,
      marginTop,
      marginBottom,
      x: {
        type: isLog ? "log" : "linear",
        label: `${doseAxis()}${unit ? `, ${unit}` : ""} →`,
        ticks: narrow ? 4 : 8,
        tickFormat: tidy,
      },
      y: { domain, label: "↑ effect on the phenotype", tickFormat: tidy, ticks: 6 },
      marks: [
        Plot.rectY([0], { y1: -data.limit, y2: data.limit, fill: "var(--line)", fillOpacity: 0.55 }),
        Plot.ruleY([0], { stroke: "var(--line-strong)" }),
        ...arms.map((arm) =>
          Plot.line(
            points.filter((point) => point.arm === arm),
            {
              x: "x",
              y: "effect",
              sort: "x",
              stroke: colourOf(arm),
              strokeWidth: 2.2,
              strokeDasharray: look[arm]?.dash,
            },
          ),
        ),
        Plot.link(
          points.filter((point) => point.effect_low !== null),
          { x1: "x", x2: "x", y1: "effect_low", y2: "effect_high", stroke: (point) => colourOf(point.arm) },
        ),
        Plot.dot(points, {
          x: "x",
          y: "effect",
          symbol: (point) => look[point.arm]?.symbol ?? "circle",
          fill: (point) => colourOf(point.arm),
          r: 4,
          tip: true,
          title: (point) =>
            `${point.arm}, ${tidy(point.x)} ${unit}\n${signed(point.effect)}${point.effect_low === null ? "" : ` [${signed(point.effect_low)}, ${signed(point.effect_high)}]`}`,
        }),
        ...arms.map((arm, k) =>
          Plot.text([0], {
            x: () => reach,
            y: () => ends[k],
            dx: 8,
            dy: moved[k],
            text: () => label(arm),
            textAnchor: "start",
            fontWeight: 600,
            fill: inkOf(arm),
          }),
        ),
      ],
    });
  },
  () => [
    ["axis", "value", "at", "arm", "outcome", "n", "effect", "low", "high"],
    ...dosePoints().map((p) => [
      doseAxis(),
      p.x,
      placeBeside(p, doseAxis()),
      p.arm,
      p.outcome,
      p.effect_n,
      p.effect,
      p.effect_low,
      p.effect_high,
    ]),
  ],
);
redrawn(doseDrawing, "dose-axis", "dose-time", "dose-place");

// ---- break-even
const evens = rowsOf("break_even");
const evenAxis = offer("even-axis", unique(evens.map((row) => row.axis)));
const placeText = (row) => row.at_place ?? "";
/** How far a place such as "fluid 324" lies from the scenario's own values, in decades. */
const distanceOf = (place) =>
  data.axes.reduce((sum, axis) => {
    const at = Number(
      place
        .split(", ")
        .find((part) => part.startsWith(axis.name + " "))
        ?.slice(axis.name.length)
        .trim()
        .split(" ")[0],
    );
    return sum + (axis.own > 0 && at > 0 ? Math.abs(Math.log10(at / axis.own)) : 0);
  }, 0);
const evenPlaceBox = byId("even-place");
function fillEvenPlaces() {
  const places = unique(evens.filter((row) => row.axis === evenAxis()).map(placeText));
  places.sort((a, b) => distanceOf(a) - distanceOf(b));
  evenPlaceBox?.replaceChildren(...places.map((place) => new Option(place)));
  if (evenPlaceBox) evenPlaceBox.closest("label").hidden = places.length < 2;
}
fillEvenPlaces();
byId("even-axis")?.addEventListener("change", fillEvenPlaces);
const evenPlace = () => evenPlaceBox?.value ?? "";
const isFactor = (row) => row.factor_is !== null && row.factor_is !== undefined && row.factor_is !== "";
const evenOf = (row, asFactor) =>
  asFactor
    ? { is: row.factor_is, at: row.factor, low: row.factor_low, high: row.factor_high, cap: row.cap }
    : { is: row.is, at: row.value, low: row.low, high: row.high, cap: null };
const evenDrawing = figure(
  "even-plot",
  (width) => {
    const chosen = evens.filter((row) => row.axis === evenAxis() && placeText(row) === evenPlace());
    if (!chosen.length) return null;
    const narrow = width < 640;
    const { axis_from: from, axis_to: to } = chosen[0];
    const own = chosen.find((row) => row.own)?.own,
      factors = Boolean(own) && chosen.every(isFactor),
      scale = factors ? own : 1;
    // An end of an interval that is not on the axis is drawn as an arrow to the end of the axis.
    const rows = chosen.map((row) => {
      const even = evenOf(row, factors);
      return {
        ...row,
        ...even,
        left: even.low ?? (even.is === "above" ? null : from / scale),
        right: even.high ?? (even.is === "below" ? null : to / scale),
        ends: { left: even.low === null, right: even.high === null },
      };
    });
    const numbers = rows.flatMap((row) => [row.at, row.low, row.high, row.cap]).filter((x) => x > 0);
    const domain = [Math.min(from / scale, ...numbers) / 1.6, Math.max(to / scale, ...numbers) * 1.6];
    const name = (row) => `${row.arm} as ${row.against}, ${duration(row.horizon_s)}`;
    const tall = narrow ? 44 : 28,
      y = (_, k) => k * tall + (narrow ? 30 : tall / 2);
    const at = rows.map((row, k) => ({ ...row, k })),
      marginLeft = narrow ? 8 : Math.min(0.45 * width, 16 + 6.6 * Math.max(...rows.map((row) => name(row).length)));
    const yOf = (row) => row.k * tall + (narrow ? 30 : tall / 2);
    const past = (row) =>
      row.is === "above" ? `> ${tidy(to / scale)}, not on the axis` : `< ${tidy(from / scale)}, from its start on`;
    return plot(width, {
      height: rows.length * tall + 66,
      marginLeft,
      marginRight: 24,
      marginTop: 24,
      marginBottom: 38,
      x: {
        type: "log",
        domain,
        label: factors ? "F*: times the scenario's own →" : `${evenAxis()} →`,
        labelAnchor: "center",
        ticks: narrow ? 4 : 8,
        tickFormat: tidy,
      },
      y: { domain: [0, rows.length * tall], reverse: true, axis: null },
      marks: [
        Plot.rectX([0], { x1: domain[0], x2: from / scale, fill: "var(--line)", fillOpacity: 0.4 }),
        Plot.rectX([0], { x1: to / scale, x2: domain[1], fill: "var(--line)", fillOpacity: 0.4 }),
        ...(factors
          ? [
              Plot.ruleX([1], { stroke: "var(--line-strong)" }),
              Plot.text([1], {
                x: (d) => d,
                frameAnchor: "top",
                dy: -14,
                text: () => "as it is",
                fill: "var(--soft)",
                fontSize: 11,
              }),
            ]
          : []),
        Plot.ruleX(unique(at.map((row) => row.cap).filter((cap) => cap > 0)), { stroke: "var(--ink)", strokeWidth: 2 }),
        Plot.text(unique(at.map((row) => row.cap).filter((cap) => cap > 0)), {
          x: (cap) => cap,
          frameAnchor: "top",
          dy: -14,
          text: (cap) => `cap ${tidy(cap)}`,
          fontSize: 11,
          fontWeight: 600,
        }),
        Plot.link(
          at.filter((row) => row.left > 0 && row.right > 0),
          { x1: "left", x2: "right", y1: yOf, y2: yOf, stroke: (row) => colourOf(row.arm), strokeWidth: 3.5 },
        ),
        ...["left", "right"].map((side) =>
          Plot.text(
            at.filter((row) => row.left > 0 && row.right > 0 && row.ends[side] && row.is === "within"),
            {
              x: side,
              y: yOf,
              text: () => (side === "left" ? "◀" : "▶"),
              dx: side === "left" ? -3 : 3,
              fontSize: 13,
              fill: (row) => colourOf(row.arm),
            },
          ),
        ),
        Plot.dot(
          at.filter((row) => row.is === "within"),
          {
            x: "at",
            y: yOf,
            symbol: (row) => look[row.arm]?.symbol ?? "circle",
            fill: (row) => colourOf(row.arm),
            r: 6,
            tip: true,
            title: (row) =>
              `${name(row)}\n${tidy(row.at)} [${row.ends.left ? "below the axis" : tidy(row.low)}, ${row.ends.right ? "beyond the axis" : tidy(row.high)}]`,
          },
        ),
        Plot.text(
          at.filter((row) => row.is === "above"),
          {
            x: (row) => (row.left > 0 ? row.left : to / scale),
            y: yOf,
            dx: -6,
            textAnchor: "end",
            text: (row) => past(row) + " →",
            fontWeight: 600,
            fill: (row) => inkOf(row.arm),
          },
        ),
        Plot.text(
          at.filter((row) => row.is === "below"),
          {
            x: (row) => (row.right > 0 ? row.right : from / scale),
            y: yOf,
            dx: 6,
            textAnchor: "start",
            text: (row) => "← " + past(row),
            fontWeight: 600,
            fill: (row) => inkOf(row.arm),
          },
        ),
        Plot.text(at, {
          x: domain[0],
          y: (row) => row.k * tall + (narrow ? 10 : tall / 2),
          text: name,
          dx: narrow ? 0 : -8,
          textAnchor: narrow ? "start" : "end",
          fontWeight: 600,
          fill: (row) => inkOf(row.arm),
        }),
      ],
    });
  },
  () => [
    [
      "arm",
      "against",
      "after_s",
      "axis",
      "at_place",
      "is",
      "value",
      "low",
      "high",
      "factor",
      "factor_low",
      "factor_high",
      "cap",
    ],
    ...evens.map((row) => [
      row.arm,
      row.against,
      row.horizon_s,
      row.axis,
      placeText(row),
      row.is,
      row.value,
      row.low,
      row.high,
      row.factor,
      row.factor_low,
      row.factor_high,
      row.cap,
    ]),
  ],
);
redrawn(evenDrawing, "even-axis", "even-place");

// ---- the map
const regimes = rowsOf("regime");
const kLetters = {
  U: ["uptake", "var(--uptake)"],
  C: ["contact", "var(--contact)"],
  B: ["an arm with both", "var(--several)"],
  E: ["outside cells", "var(--extracellular)"],
  "=": ["none is three times the other", "var(--f1)"],
  ".": ["neither counts", "transparent"],
  "?": ["undetermined", "url(#hatch)"],
};
const regimeAxes = (data.tables.regime?.head ?? []).slice(3, (data.tables.regime?.head ?? []).indexOf("answer"));
const [mapX, mapY] = [regimeAxes.at(-1), regimeAxes.at(-2)];
const restOf = (row) =>
  regimeAxes
    .slice(0, -2)
    .map((axis) => `${axis} ${tidy(row[axis])}`)
    .join(", ");
const mapEdges = offer("map-edges", unique(regimes.map((row) => row.edges)), (edges) => `${edges} edges`);
const mapRest = offer("map-rest", unique(regimes.map(restOf)));
const mapDrawing = figure(
  "map-plot",
  (width) => {
    const rows = regimes.filter((row) => row.edges === mapEdges() && restOf(row) === mapRest()),
      times = unique(rows.map((row) => row.horizon_s)).sort((a, b) => a - b);
    if (!rows.length) return null;
    const sorted = (axis) => unique(rows.map((row) => row[axis])).sort((a, b) => a - b),
      each = width < 700 ? width : Math.floor((width - 24) / Math.min(2, times.length));
    const box = element("div", { class: "maps" });
    for (const time of times)
      box.append(
        plot(each, {
          height: 60 + 34 * sorted(mapY).length,
          marginLeft: 70,

          marginRight: 8,
          marginTop: 26,
          marginBottom: 38,
          caption: null,
          x: { type: "band", domain: sorted(mapX), label: `${mapX} →`, labelAnchor: "center", tickFormat: tidy },
          y: {
            type: "band",
            domain: sorted(mapY).reverse(),
            label: `↑ ${mapY}; after ${duration(time)}`,
            tickFormat: tidy,
          },
          marks: [
            Plot.cell(
              rows.filter((row) => row.horizon_s === time),
              {
                x: mapX,
                y: mapY,
                inset: 1,
                fill: (row) => kLetters[row.letter]?.[1] ?? "transparent",
                fillOpacity: (row) => (row.letter === "?" ? 1 : 0.3 + 0.6 * Math.max(0, (row.share ?? 0) - 0.2)),
                stroke: "var(--line-strong)",
                tip: true,
                title: (row) =>
                  `${row.answer}${row.winner ? ` (${row.winner})` : ""}\n${Math.round(100 * (row.share ?? 0))} % of ${row.samples}\neffects ${signed(row.first_effect ?? 0)} and ${signed(row.second_effect ?? 0)}`,
              },
            ),
            Plot.text(
              rows.filter((row) => row.horizon_s === time),
              {
                x: mapX,
                y: mapY,
                text: "letter",
                fontWeight: 700,
                fontSize: 13,
                fill: "var(--ink)",
                stroke: "var(--bg)",
                strokeWidth: 3,
              },
            ),
          ],
        }),
      );
    const key = element("p", {
      class: "note",
      text: Object.entries(kLetters)
        .filter(([letter]) => regimes.some((row) => row.letter === letter))
        .map(([letter, [what]]) => `${letter} ${what}`)
        .join(" · "),
    });
    return element("div", {}, box, key);
  },
  () => [data.tables.regime.head, ...data.tables.regime.rows],
);
redrawn(mapDrawing, "map-edges", "map-rest");
