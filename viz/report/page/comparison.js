// What a comparison holds.
{
  // Lines that arms share, and the names of what values consist of, stand in the page once.
  const names = ["arm", "metric", "n", "mean", "low", "high", "status"];
  data.values = data.values.map((row) => Object.fromEntries(row.map((cell, k) => [names[k], cell])));
  for (const curve of data.curves) {
    curve.time = data.lines[curve.time];
    for (const arm of Object.values(curve.arms)) for (const key in arm) arm[key] = data.lines[arm[key]];
  }
}

const horizon = data.horizon;
const inFamily = (family) => data.metrics.filter((metric) => metric.family === family);
/** Whether any arm has a value other than zero. */
const speaks = (metric) =>
  data.arms.some((arm) => {
    const v = value(arm.name, metric.name);
    return v && (v.mean !== 0 || v.low !== 0 || v.high !== 0);
  });
