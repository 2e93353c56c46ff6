// A figure is drawn at the width that it has, again when that changes, when arms are chosen, and for print; its numbers
// can be read as a table and saved, its picture saved.
const figures = [];
let printing = false;
const kPrintWidth = 690; // of an A4 page within its margins [px]

/**
 * Draws into the element `id`, if the page has it.
 * @param draw (width) => a node, or null where there is nothing to draw
 * @param table () => rows of the numbers behind it, the first one their names
 */
function figure(id, draw, table) {
  const box = byId(id);
  if (!box) return undefined;
  const one = { box, draw, table, width: 0 };
  figures.push(one);
  addTools(one);
  return one;
}

function drawFigure(one, force) {
  const narrow = one.box.closest(".pair") ? (kPrintWidth - 14) / 2 : kPrintWidth;
  const width = printing ? narrow : Math.floor(one.box.clientWidth);
  if (!width || (!force && width === one.width)) return;
  one.width = width;
  const picture = one.draw(width);
  one.box.closest("figure").classList.toggle("empty", !picture);
  one.box.replaceChildren(...(picture ? [picture] : []));
  const label = one.box.closest("figure").querySelector("figcaption")?.textContent ?? "";
  for (const part of one.box.querySelectorAll("svg g[aria-label]")) part.removeAttribute("aria-label"); // "dot"
  for (const svg of one.box.querySelectorAll("svg:not([aria-hidden])")) {
    svg.setAttribute("role", "img");
    if (!svg.getAttribute("aria-label")) svg.setAttribute("aria-label", label);
  }
}
function drawAll(force = true) {
  for (const one of figures) drawFigure(one, force);
}

/** A plot in the colours and type of the page. */
const plot = (width, options) => Plot.plot({ width, style: { fontSize: "12px", color: "var(--ink)" }, ...options });

// ---- its numbers and its picture, to read and to take away
const csvCell = (cell) => {
  const text = cell === null || cell === undefined ? "" : String(cell);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};
function save(name, type, text) {
  const link = element("a", { href: URL.createObjectURL(new Blob([text], { type })), download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 2000);
}
/** A drawing that stands alone: the colours of the page as they are now. */
function standingAlone(svg) {
  const copy = svg.cloneNode(true),
    style = getComputedStyle(document.documentElement);
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.prepend(document.querySelector("#patterns defs").cloneNode(true));
  return copy.outerHTML.replace(
    /var\((--[\w-]+)\)/g,
    (_, name) => style.getPropertyValue(name).trim() || "currentColor",
  );
}
function addTools(one) {
  const frame = one.box.closest("figure"),
    bar = frame.querySelector(".tools");
  const title = frame.querySelector("figcaption")?.textContent ?? one.box.id;
  const button = (text, what, act) => {
    const made = element("button", { type: "button", "aria-label": `${what}: ${title}`, text });
    made.addEventListener("click", act);
    return made;
  };
  bar.append(
    button("CSV", "Save the numbers", () =>
      save(
        `${one.box.id}.csv`,
        "text/csv",
        one
          .table()
          .map((row) => row.map(csvCell).join(","))
          .join("\n") + "\n",
      ),
    ),
    button("SVG", "Save the picture", () => {
      const svg = one.box.querySelector("svg");
      if (svg) save(`${one.box.id}.svg`, "image/svg+xml", standingAlone(svg));
    }),
  );
  const numbers = element(
    "details",
    { class: "numbers" },
    element("summary", { text: "The numbers behind this figure" }),
  );
  numbers.addEventListener("toggle", () => {
    if (numbers.open) numbers.replaceChildren(numbers.firstElementChild, numberTable(one.table()));
  });
  frame.append(numbers);
}
function numberTable([head, ...rows]) {
  const kMost = 400;
  const body = element("tbody");
  for (const row of rows.slice(0, kMost)) {
    const cells = row.map((cell) => element("td", { text: typeof cell === "number" ? tidy(cell) : (cell ?? "") }));
    body.append(element("tr", {}, ...cells));
  }
  const table = element(
    "table",
    {},
    element("thead", {}, element("tr", {}, ...head.map((text) => element("th", { text })))),
    body,
  );
  const box = element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Numbers" }, table);
  if (rows.length > kMost)
    box.append(element("p", { class: "note", text: `${rows.length - kMost} more rows are in the CSV.` }));
  return box;
}

// ---- labels that stand at the ends of lines
/** How far labels at these heights [px] must move so that none lies on another, nor below `lowest`. */
function apart(heights, gap, lowest) {
  const order = heights.map((_, k) => k).sort((a, b) => heights[a] - heights[b]);
  const at = [];
  let last = -Infinity;
  for (const k of order) last = at[k] = Math.max(heights[k], last + gap);
  last = lowest + gap;
  for (const k of order.reverse()) last = at[k] = Math.min(at[k], last - gap);
  return at.map((y, k) => y - heights[k]);
}
