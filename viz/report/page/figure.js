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
  const picture = drawingOf(one, width);
  one.box.closest("figure").classList.toggle("empty", !picture);
  one.box.replaceChildren(...(picture ? [picture] : []));
  const label = one.box.closest("figure").querySelector("figcaption")?.textContent ?? "";
  for (const part of one.box.querySelectorAll("svg g[aria-label]")) part.removeAttribute("aria-label"); // "dot"
  for (const svg of one.box.querySelectorAll("svg:not([aria-hidden])")) {
    svg.setAttribute("role", "img");
    if (!svg.getAttribute("aria-label")) svg.setAttribute("aria-label", label);
  }
}
/** What a figure draws, or why it could not: the others are drawn all the same. */
function drawingOf(one, width) {
  try {
    return one.draw(width);
  } catch (error) {
    console.error(error);
    return element("p", { class: "note", text: `This figure could not be drawn (${error.message}). Its numbers:` });
  }
}
function drawAll(force = true) {
  for (const one of figures) drawFigure(one, force);
}

/** A plot in the colours and type of the page. */
function plot(width, options) {
  const { ticks, tickFormat, label, labelAnchor, ...x } = options.x ?? {};
  if (x.type === "log" && Array.isArray(ticks))
    // Plot would leave out labels other than powers of ten
    options = {
      ...options,
      x: { ...x, axis: null },
      marks: [Plot.axisX(ticks, { text: (t) => tickFormat(t), label, labelAnchor }), ...options.marks],
    };
  return Plot.plot({ width, style: { fontSize: "12px", color: "var(--ink)" }, ...options });
}

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
const svgElement = (tag, attributes, ...children) => {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
};
/** The lines of a text as the page breaks it, each with its place. */
function linesOf(node) {
  const range = document.createRange(),
    lines = [];
  for (const word of node.textContent.matchAll(/\S+\s*/g)) {
    range.setStart(node, word.index);
    range.setEnd(node, word.index + word[0].trimEnd().length);
    const at = range.getBoundingClientRect();
    if (lines.at(-1)?.bottom === at.bottom) lines.at(-1).text += word[0];
    else lines.push({ text: word[0], left: at.left, bottom: at.bottom, height: at.height });
  }
  return lines;
}
/** All that a figure shows as one drawing that stands alone: its plots, titles and keys, in the colours of now. */
function standingAlone(box) {
  const frame = box.getBoundingClientRect(),
    page = getComputedStyle(document.documentElement),
    all = svgElement("svg", {
      viewBox: `0 0 ${frame.width} ${frame.height}`,
      width: frame.width,
      height: frame.height,
    });
  all.append(document.querySelector("#patterns defs").cloneNode(true));
  all.append(svgElement("rect", { width: "100%", height: "100%", fill: "var(--bg)" }));
  for (const drawing of box.querySelectorAll("svg")) {
    const copy = drawing.cloneNode(true),
      at = drawing.getBoundingClientRect();
    for (const [name, value] of Object.entries({ x: at.left - frame.left, y: at.top - frame.top }))
      copy.setAttribute(name, value);
    copy.setAttribute("style", `color:var(--ink);font-size:${getComputedStyle(drawing).fontSize}`);
    all.append(copy);
  }
  const texts = document.createTreeWalker(box, NodeFilter.SHOW_TEXT, (node) =>
    node.parentElement.closest("svg, style") ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT,
  );
  while (texts.nextNode()) {
    const style = getComputedStyle(texts.currentNode.parentElement),
      swatch = style.getPropertyValue("--c"),
      lines = linesOf(texts.currentNode);
    for (const line of lines)
      all.append(
        svgElement(
          "text",
          {
            x: line.left - frame.left,
            y: line.bottom - frame.top - 0.22 * line.height,
            fill: style.color,
            "font-size": style.fontSize,
            "font-weight": style.fontWeight,
          },
          line.text.trimEnd(),
        ),
      );
    if (swatch && lines.length)
      all.append(
        svgElement("rect", {
          x: lines[0].left - frame.left - 17,
          y: lines[0].bottom - frame.top - 14,
          width: 12,
          height: 12,
          fill: swatch,
          stroke: "var(--line-strong)",
        }),
      );
  }
  all.setAttribute("font-family", getComputedStyle(document.body).fontFamily);
  return new XMLSerializer()
    .serializeToString(all)
    .replace(/var\((--[\w-]+)\)/g, (_, name) => page.getPropertyValue(name).trim() || "currentColor");
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
      if (one.box.querySelector("svg")) save(`${one.box.id}.svg`, "image/svg+xml", standingAlone(one.box));
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

/** Draws again when one of these choices changes. */
const redrawn = (drawing, ...ids) => {
  for (const id of ids) byId(id)?.addEventListener("change", () => drawFigure(drawing, true));
};

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
