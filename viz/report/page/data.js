// The numbers of the page, and how numbers and arms are written and drawn. Colours are Okabe & Ito (2008), safe for
// colour-blind readers; shape, dash and label always say the same as the colour.
const data = JSON.parse(document.getElementById("data").textContent);
{
  // Lines that arms share, and the names of what values consist of, stand in the page once.
  const names = ["arm", "metric", "n", "mean", "low", "high", "status"];
  data.values = data.values.map((row) => Object.fromEntries(row.map((cell, k) => [names[k], cell])));
  for (const curve of data.curves) {
    curve.time = data.lines[curve.time];
    for (const arm of Object.values(curve.arms)) for (const key in arm) arm[key] = data.lines[arm[key]];
  }
}

const byId = (id) => document.getElementById(id);

/** An element with attributes and children; `text` is its text. */
function element(tag, { text, ...attributes } = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  if (text !== undefined) made.textContent = text;
  made.append(...children);
  return made;
}

// ---- numbers
const shown = (unit) => (unit === "1" ? "" : unit.replace(/u(?=[MmlgL])/g, "µ"));
const tidy = (x) => {
  if (x === 0) return "0";
  const size = Math.abs(x);
  return (size < 1e-3 || size >= 1e5 ? x.toExponential(1) : String(+x.toPrecision(3))).replace("-", "−");
};
const signed = (x) => (x > 0 ? "+" : "") + tidy(x);
const inUnit = (x, unit) => tidy(x) + (shown(unit) ? " " + shown(unit) : "");
const interval = (v) => (v.low < v.high ? ` [${tidy(v.low)}, ${tidy(v.high)}]` : "");

const kTimes = [
  ["s", 1],
  ["min", 60],
  ["h", 3600],
  ["d", 86400],
];
/** The unit in which a time is a number above one: its name, and its seconds. */
const timeUnit = (t) => kTimes.filter(([, seconds]) => t >= 1.5 * seconds).pop() ?? kTimes[0];
const duration = (t) => {
  const [name, seconds] = timeUnit(t);
  return `${tidy(t / seconds)} ${name}`;
};
/** Round times [s] between two, at most so many. */
function roundTimes(first, last, most) {
  const kCoarse = [0.01, 0.1, 1, 10, 60, 600, 3600, 6 * 3600, 86400, 7 * 86400, 28 * 86400];
  const kFine = [2, 5, 20, 30, 120, 300, 1200, 1800, 7200, 3 * 3600, 12 * 3600, 2 * 86400, 4 * 86400, 14 * 86400];
  const within = (t) => t >= 0.999 * first && t <= 1.001 * last;
  const coarse = kCoarse.filter(within);
  const all = [...coarse, ...kFine.filter(within)].sort((a, b) => a - b);
  const round = coarse.length > 2 || all.length > most ? coarse : all;
  const every = Math.ceil(round.length / most);
  return round.filter((_, k) => (round.length - 1 - k) % every === 0);
}

// ---- what is there
const byArm = new Map(data.values.map((v) => [`${v.arm}\n${v.metric}`, v]));
const value = (arm, metric) => {
  const found = byArm.get(`${arm}\n${metric}`);
  return found && found.mean !== null ? found : undefined;
};
const inFamily = (family) => data.metrics.filter((metric) => metric.family === family);
const armNames = data.arms.map((arm) => arm.name);
/** Whether any arm has a value other than zero. */
const speaks = (metric) =>
  armNames.some((arm) => {
    const v = value(arm, metric.name);
    return v && (v.mean !== 0 || v.low !== 0 || v.high !== 0);
  });
const subjectText = (subject) => subject.replaceAll(".", " ").replaceAll("_", " ");

// ---- how arms look
const kSides = {
  uptake: { colour: "uptake", dash: "2 4", symbol: "square" },
  contact: { colour: "contact", dash: "10 5", symbol: "triangle" },
  extracellular: { colour: "extracellular", dash: null, symbol: "circle" },
  several: { colour: "several", dash: "10 3 2 3", symbol: "diamond2" },
};
const kOthers = [
  { colour: "other1", dash: "6 3", symbol: "star" },
  { colour: "other2", dash: "1 3", symbol: "wye" },
  { colour: "other3", dash: "12 4", symbol: "hexagon" },
  { colour: "other4", dash: "3 3", symbol: "cross" },
];
const kControlDashes = ["5 4", "2 3", "1 4", "8 3", "3 6"];
const look = {};
{
  const taken = new Set();
  let others = 0,
    controls = 0;
  for (const arm of data.arms) {
    let style;
    if (look[arm.of]) style = { ...look[arm.of], dash: "1 4", hollow: true };
    else if (!arm.side) style = { colour: "control", dash: kControlDashes[controls++ % 5], symbol: "times" };
    else if (kSides[arm.side] && !taken.has(arm.side)) style = kSides[arm.side];
    else style = kOthers[others++ % kOthers.length];
    if (!arm.of) taken.add(arm.side);
    look[arm.name] = { ...style, stroke: `var(--${style.colour})`, ink: `var(--${style.colour}-ink)` };
  }
}
const isControl = (arm) => !arm.side && !arm.reference;
/** Arms that act, and the run without vesicles: what is drawn unless a reader asks for more. */
const drawn = new Set(
  data.arms.filter((arm) => arm.reference || (arm.side && !arm.of && !arm.changed)).map((a) => a.name),
);
const drawnArms = () => data.arms.filter((arm) => drawn.has(arm.name));
