// The parameters of a comparison, to search.

const parameterRows = [...document.querySelectorAll("#parameter-table tbody tr")];
const parameterFilter = byId("parameter-filter"),
  parameterMarked = byId("parameter-marked");
function filterParameters() {
  const words = parameterFilter.value.toLowerCase().split(/\s+/).filter(Boolean);
  let visible = 0;
  for (const row of parameterRows) {
    const mark = row.cells[3].textContent.trim(),
      text = row.textContent.toLowerCase();
    const fits =
      (!parameterMarked.checked || mark !== "") &&
      words.every((word) => (/^(v|l|a|calc)$/.test(word) ? mark.toLowerCase() === word : text.includes(word)));
    row.hidden = !fits;
    visible += fits ? 1 : 0;
  }
  byId("parameter-count").textContent = `${visible} of ${parameterRows.length}`;
}
if (parameterFilter) {
  parameterFilter.addEventListener("input", filterParameters);
  parameterMarked.addEventListener("change", filterParameters);
  if (!parameterRows.some((row) => row.cells[3].textContent.trim())) parameterMarked.checked = false;
  filterParameters();
}
