// The arms and their values, and how arms are drawn: `data.arms`, `data.values`. Colours are Okabe & Ito (2008), safe for
// colour-blind readers; shape, dash and label always say the same as the colour.
// ---- what is there
const byArm = new Map(data.values.map((v) => [`${v.arm}\n${v.metric}`, v]));
const value = (arm, metric) => {
  const found = byArm.get(`${arm}\n${metric}`);
  return found && found.mean !== null ? found : undefined;
};
const armNames = data.arms.map((arm) => arm.name);
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

/** Two values that differ by no more than that; what is missing in both is the same. */
const isNear = (a, b, near) => (a === null || b === null ? a === b : Math.abs(a - b) <= near);

/** Arms whose lines are the same to within a share of the span of all of them. */
function coinciding(arms, lineOf, share = 0.005) {
  const lines = arms.map((arm) => lineOf(arm.name));
  const all = lines.flat().filter((y) => y !== null);
  const near = share * (Math.max(...all) - Math.min(...all)) || Number.MIN_VALUE;
  const groups = [];
  arms.forEach((arm, k) => {
    const same = groups.find((group) => lines[k].every((y, i) => isNear(y, group.line[i], near)));
    if (same) same.arms.push(arm.name);
    else groups.push({ arms: [arm.name], line: lines[k] });
  });
  // The run without vesicles names its group; the others follow it in the order of the arms.
  for (const group of groups) {
    const reference = data.arms.find((arm) => arm.reference && group.arms.includes(arm.name))?.name;
    if (reference) group.arms = [reference, ...group.arms.filter((name) => name !== reference)];
  }
  return groups.map((group) => group.arms);
}
const groupText = (group, room) => {
  const whole = group.join(" = ");
  return whole.length <= room || group.length === 1 ? whole : `${group[0]} + ${group.length - 1}`;
};
