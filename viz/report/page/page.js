// Texts to copy, light or dark, what a link leads to; and the first drawing.

// ---- texts to take away
for (const button of document.querySelectorAll("[data-copy]"))
  button.addEventListener("click", async () => {
    const text = byId(button.dataset.copy).cloneNode(true);
    for (const power of text.querySelectorAll("sup")) power.prepend("^"); // 10^6, not 106
    try {
      await navigator.clipboard.writeText(text.textContent);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(byId(button.dataset.copy)); // to be copied by hand
    }
  });

// ---- light, dark, or as the system has it
const kThemes = ["auto", "light", "dark"];
const themeButton = byId("theme");
function setTheme(theme) {
  if (theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  themeButton.textContent = `Theme: ${theme}`;
  themeButton.dataset.theme = theme;
  try {
    localStorage.setItem("interstice-theme", theme);
  } catch {
    /* a page from a file may keep nothing */
  }
}
let kept = "auto";
try {
  kept = localStorage.getItem("interstice-theme") ?? "auto";
} catch {
  /* as above */
}
setTheme(kThemes.includes(kept) ? kept : "auto");
themeButton.addEventListener("click", () => setTheme(kThemes[(kThemes.indexOf(themeButton.dataset.theme) + 1) % 3]));

// ---- a link opens what it leads to
function openTarget() {
  const target = location.hash.length > 1 ? byId(location.hash.slice(1)) : null;
  const folded = target?.closest("details");
  if (folded) folded.open = true;
}
addEventListener("hashchange", openTarget);
openTarget();

// ---- draw, and draw again
drawAll();
let waiting;
new ResizeObserver(() => {
  clearTimeout(waiting);
  waiting = setTimeout(() => printing || drawAll(false), 80);
}).observe(document.querySelector("main"));
for (const details of document.querySelectorAll("details"))
  // what is folded has no width to be drawn at
  details.addEventListener("toggle", () => details.open && drawAll(false));
const printed = [...document.querySelectorAll("details[data-print]")];
addEventListener("beforeprint", () => {
  printing = true;
  for (const details of printed) {
    details.dataset.was = details.open ? "open" : "";
    details.open = true;
  }
  drawAll();
});
addEventListener("afterprint", () => {
  printing = false;
  for (const details of printed) details.open = details.dataset.was === "open";
  drawAll();
});
