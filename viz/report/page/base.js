// What every page uses: its numbers, its elements, how numbers and times are written.
const data = JSON.parse(document.getElementById("data").textContent);

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
const rounded = (x, digits) => {
  if (x === null || x === undefined) return "–";
  if (typeof x !== "number") return String(x);
  if (x === 0) return "0";
  const size = Math.abs(x);
  return (size < 1e-3 || size >= 1e5 ? x.toExponential(digits - 2) : String(+x.toPrecision(digits))).replace("-", "−");
};
const tidy = (x) => rounded(x, 3);
/** Ticks between two values that differ little need more digits. */
const ticksOf = ([low, high]) => {
  const size = Math.max(Math.abs(low), Math.abs(high)),
    digits = Math.min(9, 3 + Math.max(0, Math.floor(Math.log10(size / (high - low)))));
  return (x) => rounded(x, digits);
};
const signed = (x) => (x > 0 ? "+" : "") + tidy(x);
/** A share of a range, as effects on the phenotype are. */
const share = (x) => (Math.abs(x) < 5e-4 ? "0.000" : (x > 0 ? "+" : "−") + Math.abs(x).toFixed(3));
const inUnit = (x, unit) => (unit === "s" ? duration(x) : tidy(x) + (shown(unit) ? " " + shown(unit) : ""));
const interval = (v, write = tidy) => (v.low < v.high ? ` [${write(v.low)}, ${write(v.high)}]` : "");

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

const unique = (all) => [...new Set(all)];
/** A choice that the page offers only where there is one. */
function offer(id, values, text = String) {
  const select = byId(id);
  if (!select) return () => values[0];
  values.forEach((v, k) => select.add(new Option(text(v), k)));
  select.closest("label").hidden = values.length < 2;
  return () => values[select.value || 0];
}
