"""A comparison of arms: its runs, and what its report says in numbers."""

import json
from pathlib import Path

import pandas

from .run import Run
from .tables import read_table


class Comparison:
    """The directory of `interstice compare`, finished or not. `effects`, `metrics`, `verdicts` and `curve` need its
    report (`interstice report DIR` makes one of what is there)."""

    def __init__(self, directory: str | Path):
        """Raises FileNotFoundError where the directory holds no comparison."""
        self.directory = Path(directory)
        if not (self.directory / "arms").is_dir():
            raise FileNotFoundError(f"{self.directory} holds no comparison (expected the directory of `compare`)")

    @property
    def arms(self) -> list[str]:
        """In the order of the report; those that it does not hold (yet) follow by name."""
        reported = [arm["name"] for arm in self.report["arms"]] if (self.directory / "compare.json").exists() else []
        there = sorted(path.name for path in (self.directory / "arms").iterdir() if path.is_dir())
        return reported + [arm for arm in there if arm not in reported]

    def replicates(self, arm: str) -> list[int]:
        """Those that have begun."""
        runs = (self.directory / "arms" / arm).glob("*/run.json")
        return sorted(int(path.parent.name) for path in runs if path.parent.name.isdigit())

    def run(self, arm: str, replicate: int = 0) -> Run:
        return Run(self.directory / "arms" / arm / str(replicate))

    def series(self, names: list[str]) -> pandas.DataFrame:
        """Columns of the time series of all runs, by arm, replicate and time [s]."""
        parts = {}
        for arm in self.arms:
            for replicate in self.replicates(arm):
                table = self.run(arm, replicate).series
                if len(table):
                    parts[arm, replicate] = table[[name for name in names if name in table]]
        return pandas.concat(parts, names=["arm", "replicate"]) if parts else pandas.DataFrame(columns=names)

    @property
    def report(self) -> dict:
        """compare.json; viz/README.md says what is in it."""
        return json.loads((self.directory / "compare.json").read_text())

    @property
    def per_run(self) -> pandas.DataFrame:
        """summary.csv: every metric of every run (arm, replicate, metric, unit, value, status, note)."""
        return read_table(self.directory / "summary.csv", dtype={"replicate": "Int64", "note": str})

    @property
    def metrics(self) -> pandas.DataFrame:
        """What each metric is, by its name: label, unit, description."""
        return pandas.DataFrame(self.report["metrics"]).set_index("name")

    @property
    def effects(self) -> pandas.DataFrame:
        """By arm and metric: mean over replicates, 95 % interval (low, high), n, status. Where the status is not
        "measured" it says why there is no number."""
        return pandas.DataFrame(self.report["values"]).set_index(["arm", "metric"]).sort_index()

    @property
    def verdicts(self) -> pandas.DataFrame:
        """One row per horizon and set of edges; empty where the scenario declares no phenotype."""
        table = pandas.json_normalize(self.report["verdicts"])
        return table.drop(columns=["remarks"], errors="ignore")

    def curve(self, name: str) -> pandas.DataFrame:
        """A curve of the report by arm and time [s]: mean and the range of 5 to 95 % of the replicates (low, high)."""
        curves = {curve["name"]: curve for curve in self.report["curves"]}
        if name not in curves:
            raise LookupError(f"there is no curve {name} (there are {', '.join(curves)})")
        curve = curves[name]
        time = pandas.Index(curve["time"], name="time")
        table = pandas.concat({arm: pandas.DataFrame(of, index=time) for arm, of in curve["arms"].items()}, names=["arm"])
        table.attrs.update(unit=curve["unit"], label=curve["label"])
        return table
