"""One run: its time series and its snapshots."""

import fcntl
import json
from pathlib import Path

import pandas
import xarray

from .snapshots import Snapshots, read_agents, read_fields
from .tables import empty_table, read_table


def _is_at_work(directory: Path) -> bool:
    """Whether a program holds the lock of a run, or of the comparison that the run is a part of; where that cannot be
    known, as on file systems without locks, it may be."""
    whole = directory.absolute()
    for place in (whole, whole.parent.parent.parent):
        try:
            with open(place / ".interstice.lock", "rb") as lock:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except FileNotFoundError:
            continue
        except OSError:
            return True
    return False


class Run:
    """The directory of one run, finished or not. Nothing is kept in memory: what is asked for is read anew."""

    def __init__(self, directory: str | Path):
        """Raises FileNotFoundError where the directory holds no run."""
        self.directory = Path(directory)
        if not (self.directory / "run.json").exists():
            raise FileNotFoundError(f"{self.directory} holds no run (expected the directory of `interstice run`)")

    @property
    def record(self) -> dict:
        """run.json: program, seed, arm, status, warnings, files."""
        return json.loads((self.directory / "run.json").read_text())

    @property
    def status(self) -> str:
        """running, interrupted (the program was killed), finished, stopped or failed."""
        status = self.record["status"]
        return "interrupted" if status == "running" and not _is_at_work(self.directory) else status

    @property
    def scenario(self) -> str:
        """The resolved scenario, as YAML."""
        return (self.directory / "scenario.yaml").read_text()

    @property
    def series(self) -> pandas.DataFrame:
        """The time series by time [s], such as `mean.film.ATP`; `attrs["units"]` holds the units of all columns."""
        path = self.directory / "timeseries.csv"
        table = read_table(path) if path.exists() else empty_table()  # a run that has only begun
        return table.set_index("time") if "time" in table else table

    def times(self, kind: str = "fields") -> list[float]:
        """Of the snapshots of "fields", "cells" or "vesicles" [s]."""
        return [time for time, _ in Snapshots(self.directory, kind).files()]

    def fields(self, index: int = -1, *, time: float | None = None, names: list[str] | None = None) -> xarray.Dataset:
        """A snapshot of the fields, by number (the last one) or nearest to a time [s]; see `read_fields`."""
        return read_fields(Snapshots(self.directory, "fields").file(index, time), names)

    def fields_over_time(self, names: list[str] | None = None) -> xarray.Dataset:
        """All snapshots of the fields along `time`; all of them in memory, so name what you need."""
        files = Snapshots(self.directory, "fields").files()
        if not files:
            raise LookupError(f"{self.directory} holds no snapshots of fields (the scenario says which: `output`)")
        return xarray.concat([read_fields(path, names) for _, path in files], "time", combine_attrs="override")

    def cells(self, index: int = -1, *, time: float | None = None, names: list[str] | None = None) -> pandas.DataFrame:
        """A snapshot of the cells, one row each; see `read_agents`."""
        return read_agents(Snapshots(self.directory, "cells").file(index, time), names)

    def vesicles(
        self, index: int = -1, *, time: float | None = None, names: list[str] | None = None
    ) -> pandas.DataFrame:
        """A snapshot of the vesicle agents, or of the sample of them that the scenario keeps; see `read_agents`."""
        return read_agents(Snapshots(self.directory, "vesicles").file(index, time), names)
