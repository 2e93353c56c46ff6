// Draws the figures of report.html from the JSON in the page. Colours are Okabe & Ito (2008), safe for colour-blind
// readers; arms without a mechanism are grey and told apart by dashes.
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const palette = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#000000", "#b8a900"];
  const greys = [["#777777", []], ["#999999", [6, 4]], ["#aaaaaa", [2, 3]]];
  const style = {};
  let coloured = 0, grey = 0;
  for (const arm of data.arms)  // every second line is dashed, so that two equal curves are both seen
    style[arm.name] = style[arm.of]
      ? { ...style[arm.of], dash: [2, 4] }  // the same arm with published edges alone
      : arm.models.length
      ? { colour: palette[coloured % palette.length], dash: coloured++ % 2 ? [9, 7] : [], width: 2.4 }
      : { colour: greys[grey % 3][0], dash: greys[grey++ % 3][1], width: 1.6 };
  const parts = ["#0072b2", "#56b4e9", "#009e73", "#e69f00", "#d55e00", "#cc79a7", "#b8a900", "#777777", "#000000", "#cccccc"];
  const armNames = data.arms.map((arm) => arm.name);
  const speaks = (metric) => data.values.some((v) => v.metric === metric.name && v.mean !== null && (v.mean !== 0 || v.low !== 0 || v.high !== 0));
  const value = (arm, metric) => data.values.find((v) => v.arm === arm && v.metric === metric && v.mean !== null);
  const inFamily = (family) => data.metrics.filter((m) => m.family === family);
  const shown = (unit) => unit.replace(/u(?=[MmlgL])/g, "µ");
  const fade = (colour, alpha) => colour + Math.round(alpha * 255).toString(16).padStart(2, "0");
  const tidy = (x) => (x === 0 ? "0" : Math.abs(x) < 1e-3 || Math.abs(x) >= 1e5 ? x.toExponential(1) : String(+x.toPrecision(3)));
  const logTick = (tick) => ([1, 2, 5].includes(+(tick / 10 ** Math.floor(Math.log10(tick) + 1e-9)).toPrecision(3)) ? tidy(tick) : "");

  Chart.defaults.animation = false;
  Chart.defaults.maintainAspectRatio = false;
  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  Chart.defaults.font.size = 13;
  Chart.defaults.color = "#1b1f24";
  Chart.defaults.plugins.legend.labels.boxHeight = 2;
  Chart.defaults.plugins.legend.labels.boxWidth = 28;

  // Whiskers: a dataset with `whiskers` = [[low, high], ...] gets a line from low to high through each of its points.
  const whiskers = {
    id: "whiskers",
    afterDatasetsDraw(chart) {
      const horizontal = chart.options.indexAxis === "y";
      chart.data.datasets.forEach((set, s) => {
        if (!set.whiskers || !chart.isDatasetVisible(s)) return;
        const scale = chart.scales[horizontal ? "x" : "y"];
        const ctx = chart.ctx;
        ctx.save();
        ctx.strokeStyle = "#1b1f24";
        ctx.lineWidth = 1.3;
        chart.getDatasetMeta(s).data.forEach((point, k) => {
          const range = set.whiskers[k];
          if (!range || !(range[1] > range[0])) return;
          const bounds = range.map((v) => scale.getPixelForValue(Math.min(Math.max(v, scale.min), scale.max)));
          ctx.beginPath();
          for (const at of bounds)
            if (horizontal) { ctx.moveTo(at, point.y - 4); ctx.lineTo(at, point.y + 4); }
            else { ctx.moveTo(point.x - 4, at); ctx.lineTo(point.x + 4, at); }
          if (horizontal) { ctx.moveTo(bounds[0], point.y); ctx.lineTo(bounds[1], point.y); }
          else { ctx.moveTo(point.x, bounds[0]); ctx.lineTo(point.x, bounds[1]); }
          ctx.stroke();
        });
        ctx.restore();
      });
    },
  };
  Chart.register(whiskers);

  const axis = (title, logarithmic, extra = {}) => ({
    type: logarithmic ? "logarithmic" : "linear",
    title: { display: true, text: title },
    grid: { color: "#e8ecef" },
    ticks: logarithmic ? { callback: logTick, autoSkip: true, maxRotation: 0 } : { callback: tidy, maxRotation: 0 },
    ...extra,
  });

  // ---- curves over time
  const select = document.getElementById("curve");
  data.curves.forEach((curve, k) => select.add(new Option(`${curve.label} [${shown(curve.unit)}]`, k)));
  let curveChart;
  function drawCurves() {
    const curve = data.curves[select.value || 0];
    if (!curve) return;
    const logTime = document.getElementById("log-time").checked;
    const logValue = document.getElementById("log-value").checked;
    const sets = [];
    const last = curve.time[curve.time.length - 1];
    const first = curve.time.find((t) => t > 0) ?? 0;
    const highest = Math.max(...Object.values(curve.arms).flatMap((values) => values.high));
    const usable = (t, v) => (!logTime || t > 0) && v !== null && (!logValue || v > 0);
    const line = (values) => curve.time.map((t, k) => ({ x: t, y: values[k] })).filter((p) => usable(p.x, p.y));
    // Arms with mechanisms are drawn first by Chart.js order rules (last drawn = first in list).
    for (const arm of [...data.arms].reverse()) {
      const values = curve.arms[arm.name];
      if (!values) continue;
      const { colour, dash, width } = style[arm.name];
      const band = { borderWidth: 0, pointRadius: 0, tension: 0, band: true };
      sets.push({ ...band, label: arm.name, data: line(values.low), fill: false });
      sets.push({ ...band, label: arm.name, data: line(values.high), fill: "-1", backgroundColor: fade(colour, 0.15) });
      sets.push({ label: arm.name, data: line(values.mean), borderColor: colour, backgroundColor: colour, borderDash: dash,
                  borderWidth: width, pointRadius: 0, pointHitRadius: 8, tension: 0 });
    }
    if (data.primary && curve.name === data.primary.series)
      for (const level of data.primary.thresholds.filter((v) => v <= 3 * highest))  // a far one would flatten the curves
        sets.push({ label: "", data: [{ x: logTime ? first : 0, y: level }, { x: last, y: level }], borderColor: "#1b1f24",
                    borderDash: [3, 4], borderWidth: 1, pointRadius: 0, band: true });
    curveChart?.destroy();
    curveChart = new Chart("curve-plot", {
      type: "line",
      data: { datasets: sets },
      options: {
        interaction: { mode: "nearest", axis: "x", intersect: false },
        scales: {
          x: axis("time [s]", logTime, logTime ? { min: first, max: last } : { min: 0, max: last }),
          y: axis(`${curve.label} [${shown(curve.unit)}]`, logValue, logValue ? {} : { beginAtZero: true }),
        },
        plugins: {
          legend: {
            labels: { filter: (item, d) => !d.datasets[item.datasetIndex].band,
                      sort: (a, b) => armNames.indexOf(a.text) - armNames.indexOf(b.text) },
            onClick: (_, item, legend) => {
              const chart = legend.chart, show = !chart.isDatasetVisible(item.datasetIndex);
              chart.data.datasets.forEach((set, k) => set.label === item.text && chart.setDatasetVisibility(k, show));
              chart.update();
            },
          },
          tooltip: { filter: (item) => !item.dataset.band,
                     callbacks: { title: (items) => (items.length ? `${tidy(items[0].parsed.x)} s` : ""),
                                  label: (item) => `${item.dataset.label}: ${tidy(item.parsed.y)} ${shown(curve.unit)}` } },
        },
      },
    });
  }
  for (const id of ["curve", "log-time", "log-value"]) document.getElementById(id).addEventListener("change", drawCurves);
  drawCurves();

  // Chart.js widens an axis whose values are all equal to +-1: say the span ourselves, zero included.
  function span(sets) {
    const ends = sets.flatMap((set) => set.whiskers.filter(Boolean).flat());
    const low = Math.min(0, ...ends), high = Math.max(0, ...ends), margin = 0.05 * (high - low || 1);
    return { min: low < 0 ? low - margin : 0, max: high + margin };
  }

  // ---- points with whiskers: one row per arm, one dataset per quantity
  const markers = ["circle", "rect", "triangle", "rectRot", "star", "crossRot"];
  function points(canvas, arms, quantities, title, logarithmic, unit) {
    const sets = quantities.map((quantity, q) => {
      const found = arms.map((arm) => value(arm, quantity.metric));
      // What shows in spite of a delay longer than the run is drawn, as in the tables.
      const keep = found.map((v) => v && v.status !== "not_observable" && (!logarithmic || v.mean > 0));
      return {
        label: quantity.label, type: "line", showLine: false,
        data: found.map((v, k) => (keep[k] ? v.mean : null)),
        whiskers: found.map((v, k) => (keep[k] ? [v.low, v.high] : null)),
        pointStyle: markers[q % markers.length], radius: 6, hoverRadius: 8,
        borderColor: parts[q % parts.length], backgroundColor: fade(parts[q % parts.length], 0.75),
      };
    });
    const empty = !sets.some((set) => set.data.some((v) => v !== null));
    document.getElementById(canvas).closest("figure").classList.toggle("empty", empty);
    if (empty) return undefined;
    return new Chart(canvas, {
      type: "line",
      data: { labels: arms, datasets: sets },
      options: {
        indexAxis: "y",
        scales: { x: axis(title, logarithmic, logarithmic ? {} : span(sets)),
                  y: { type: "category", offset: true, grid: { color: "#e8ecef" }, ticks: { autoSkip: false } } },
        plugins: { legend: { labels: { usePointStyle: true, boxHeight: 8, boxWidth: 8 } },
                   tooltip: { callbacks: { label: (item) => {
                     const w = item.dataset.whiskers[item.dataIndex];
                     return `${item.dataset.label}: ${tidy(item.parsed.x)} [${tidy(w[0])}, ${tidy(w[1])}] ${shown(unit)}`;
                   } } } },
      },
    });
  }

  if (data.phenotype) {
    const compared = armNames.filter((arm) => data.phenotype.horizons.some((h) => value(arm, "phenotype_effect." + h.subject)));
    points("effects-plot", compared, data.phenotype.horizons.filter((h) => h.time <= data.horizon).map((h) => ({ metric: "phenotype_effect." + h.subject, label: h.text })),
           "effect on the phenotype (above 0: better)", false, "1");
  }

  const outcome = document.getElementById("outcome"), outcomeKind = document.getElementById("outcome-kind");
  if (outcome) {
    inFamily("outcome").forEach((m) => outcome.add(new Option(shown(m.label), m.subject)));
    let outcomeChart;
    const drawOutcome = () => {
      const metric = `${outcomeKind.value}.${outcome.value}`, about = data.metrics.find((m) => m.name === metric);
      outcomeChart?.destroy();
      outcomeChart = points("outcome-plot", armNames, [{ metric, label: outcomeKind.selectedOptions[0].text }],
                            about ? shown(`${about.label} [${about.unit}]`) : "", false, about?.unit ?? "");  // a reach has no difference
    };
    for (const control of [outcome, outcomeKind]) control.addEventListener("change", drawOutcome);
    drawOutcome();
  }

  const acting = data.arms.filter((arm) => arm.models.length).map((arm) => arm.name);
  const influence = document.getElementById("influence-kind");
  let influenceChart;
  function drawInfluence() {
    const metrics = inFamily(influence.value);
    const quantities = metrics.filter(speaks).map((m) => ({ metric: m.name, label: m.subject.replace(".", " ") }));
    const unit = metrics[0]?.unit ?? "";
    influenceChart?.destroy();
    influenceChart = points("influence-plot", acting, quantities, influence.selectedOptions[0].text + ` [${shown(unit)}]`, false, unit);
  }
  influence.addEventListener("change", drawInfluence);
  drawInfluence();

  const times = [
    ...inFamily("primary.time_to").map((m) => ({ metric: m.name, label: shown(`${data.primary.field} ${m.subject}`) })),
    ...inFamily("time_to_50pct").filter(speaks).map((m) => ({ metric: m.name, label: "50 % of " + m.subject.replace(".", " ") })),
  ];
  points("time-plot", armNames, times, "time [s]", true, "s");

  // ---- stacked bars
  function stacked(canvas, arms, metrics, title, percent) {
    const sets = metrics.map((metric, k) => ({
      label: metric.label,
      data: arms.map((arm) => (value(arm, metric.name)?.mean ?? 0) * (percent ? 100 : 1)),
      backgroundColor: metric.colour ?? parts[k % parts.length],
      borderColor: "#ffffff", borderWidth: 1,
    }));
    new Chart(canvas, {
      type: "bar",
      data: { labels: arms, datasets: sets },
      options: {
        indexAxis: "y",
        scales: { x: axis(title, false, { stacked: true, beginAtZero: true, ...(percent ? { max: 100 } : {}) }), y: { stacked: true, grid: { display: false } } },
        plugins: { legend: { labels: { boxHeight: 10, boxWidth: 14 } },
                   tooltip: { callbacks: { label: (item) => `${item.dataset.label}: ${tidy(item.parsed.x)}` } } },
      },
    });
  }
  const dosed = data.arms.filter((arm) => arm.vesicles).map((arm) => arm.name);
  const several = data.vesicles.length > 1;
  const fates = inFamily("fate").map((m) => ({ ...m, label: m.subject.split(".").slice(several ? 0 : 1).join(" ").replaceAll("_", " ") }));
  stacked("fate-plot", dosed, fates, "share of the dose [%]", true);
  const sinks = inFamily("budget").filter((m) => /^(left|taken_up|decayed|through_boundary)\./.test(m.subject));
  stacked("budget-plot", armNames, sinks.map((m) => ({ ...m, label: m.subject.replaceAll(".", " ").replaceAll("_", " ") })), `amount [${shown(sinks[0]?.unit ?? "")}]`, false);
  const flux = inFamily("flux").filter((m) => m.subject.startsWith("made_by_"));
  stacked("flux-plot", armNames, flux.map((m, k) => ({ ...m, label: m.subject.slice("made_by_".length), colour: ["#0072b2", "#bbbbbb"][k] })), `made [${shown(flux[0]?.unit ?? "")}]`, false);

  // ---- parameter filter
  const rows = [...document.querySelectorAll("#parameter-table tbody tr")];
  const filter = document.getElementById("parameter-filter"), marked = document.getElementById("parameter-marked");
  function filterParameters() {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    let visible = 0;
    for (const row of rows) {
      const mark = row.cells[3].textContent.trim();
      const text = row.textContent.toLowerCase();
      const fits = (!marked.checked || mark !== "") && words.every((word) => (/^(v|l|a|calc)$/.test(word) ? mark.toLowerCase() === word : text.includes(word)));
      row.hidden = !fits;
      visible += fits ? 1 : 0;
    }
    document.getElementById("parameter-count").textContent = `${visible} of ${rows.length}`;
  }
  filter.addEventListener("input", filterParameters);
  marked.addEventListener("change", filterParameters);
  if (!rows.some((row) => row.cells[3].textContent.trim())) marked.checked = false;
  filterParameters();
})();
