// Effects on the phenotype, outcomes, cells influenced, times to effect, each by arm.

// Neither the run without vesicles nor what is chance is drawn as if it were measured.
const compared = data.arms.filter((arm) => !arm.reference && !isControl(arm));
const acting = data.arms.filter((arm) => arm.side);

if (data.phenotype) {
  const quantities = data.phenotype.horizons
    .filter((h) => h.time <= horizon)
    .map((h) => ({ metric: "phenotype_effect." + h.subject, label: h.text, unit: "1" }));
  const shownEffects = () => compared.filter((arm) => quantities.some((quantity) => value(arm.name, quantity.metric)));
  figure(
    "effects-plot",
    (width) =>
      withKey(
        pointPlot(width, shownEffects(), quantities, {
          title: "← worse · share of the dynamic range · better →",
          limit: data.phenotype.limit,
        }),
        quantities,
      ),
    () => pointRows(shownEffects(), quantities),
  );
}

/** A figure of one quantity out of several, chosen in the element `choice`; `metrics()` may change with `others`. */
function chosenFigure(id, choice, others, arms, metrics, options) {
  const select = byId(choice);
  if (!select) return;
  const fill = () => {
    const before = select.value;
    select.replaceChildren(...metrics().map((quantity) => new Option(quantity.label, quantity.subject)));
    if (metrics().some((quantity) => quantity.subject === before)) select.value = before;
  };
  const what = () => metrics().filter((quantity) => quantity.subject === select.value);
  const draw = (width) => (what().length === 0 ? null : pointPlot(width, arms(), what(), options(what()[0])));
  fill();
  const drawing = figure(id, draw, () => pointRows(arms(), metrics()));
  for (const control of [select, ...others.map(byId)])
    control.addEventListener("change", () => {
      fill();
      drawFigure(drawing, true);
    });
}
const largest = (metric) => Math.max(...armNames.map((arm) => Math.abs(value(arm, metric.name)?.mean ?? 0)));
const asQuantity = (metric, label) => ({
  metric: metric.name,
  subject: metric.subject,
  label: shown(label),
  unit: metric.unit,
});
const titled = (text, unit) => ({ title: text + (shown(unit) ? `, ${shown(unit)}` : "") });

const outcomeKind = byId("outcome-kind");
chosenFigure(
  "outcome-plot",
  "outcome",
  ["outcome-kind"],
  () => (outcomeKind.value === "outcome" ? data.arms.filter((arm) => !isControl(arm)) : compared),
  () =>
    inFamily(outcomeKind.value)
      .filter(speaks)
      .map((metric) => asQuantity(metric, metric.label)),
  (quantity) => titled(quantity.label, quantity.unit),
);

const influenceKind = byId("influence-kind");
chosenFigure(
  "influence-plot",
  "influence-of",
  ["influence-kind"],
  () => acting,
  () =>
    inFamily(influenceKind.value)
      .filter((metric) => speaks(metric) && !metric.receptor)
      .sort((a, b) => largest(b) - largest(a))
      .map((metric) => asQuantity(metric, subjectText(metric.subject))),
  (quantity) => titled(influenceKind.selectedOptions[0].text, quantity.unit),
);

chosenFigure(
  "time-plot",
  "time-of",
  [],
  () => data.arms.filter((arm) => !isControl(arm)),
  () =>
    [
      ...inFamily("primary.time_to").map((m) => asQuantity(m, `${data.primary.field} ${m.subject}`)),
      ...inFamily("time_to_50pct").map((m) => asQuantity(m, `50 % of ${subjectText(m.subject)}`)),
    ].filter((quantity) => armNames.some((arm) => value(arm, quantity.metric))),
  () => ({ title: "time", log: true }),
);
