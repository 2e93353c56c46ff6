"""A study: a row per run, and what is said of all."""

from pathlib import Path

import pandas

from .tables import read_table

FIRST_OF_RUNS = "arm"  # columns between `point` and this one are what varies


class Study:
    """The directory of `interstice study`. Where runs are under way, `interstice study collect` puts together what is
    there."""

    def __init__(self, directory: str | Path):
        """Raises FileNotFoundError where the directory holds no study."""
        self.directory = Path(directory)
        if not (self.directory / "study.json").exists():
            raise FileNotFoundError(f"{self.directory} holds no study (expected the directory of `interstice study`)")

    @property
    def columns(self) -> pandas.DataFrame:
        """Unit and meaning of each column of `runs`."""
        return read_table(self.directory / "results_columns.csv", keep_default_na=False).set_index("column")

    @property
    def runs(self) -> pandas.DataFrame:
        """results.csv: a row per run, with what varies, its status and its outcomes. Units are in `attrs["units"]`."""
        table = read_table(self.directory / "results.csv", dtype={"task": str, "seed": "uint64", "reason": str})
        table.attrs["units"] = self.columns["unit"].to_dict()
        return table

    @property
    def factors(self) -> list[str]:
        """The columns of `runs` that hold what varies."""
        names = list(self.runs.columns)
        return names[names.index("point") + 1 : names.index(FIRST_OF_RUNS)]

    @property
    def tables(self) -> list[str]:
        """Names of the tables that are there, for `table`."""
        return sorted(path.stem for path in self.directory.glob("*.csv"))

    def table(self, name: str) -> pandas.DataFrame:
        """A table of the study, such as "effects", "dose_response", "verdict" or "sensitivity"; the README of the
        studies says what is in each."""
        path = self.directory / f"{name}.csv"
        if not path.exists():
            raise LookupError(f"{self.directory} has no table {name} (it has {', '.join(self.tables)})")
        return read_table(path)
