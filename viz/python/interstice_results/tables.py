"""Tables whose columns know their units."""

import io
from pathlib import Path

import pandas


def split_unit(name: str) -> tuple[str, str]:
    """ "mean.film.ATP [uM]" -> ("mean.film.ATP", "uM"); no unit: ""."""
    bare, bracket, rest = name.partition(" [")
    return (bare, rest.rstrip("]")) if bracket else (name, "")


def whole_lines(path: Path) -> bytes:
    """A file that grows may end in half a line, which is left out."""
    text = path.read_bytes()
    return text[: text.rfind(b"\n") + 1]


def with_units(table: pandas.DataFrame) -> pandas.DataFrame:
    """Takes the units out of the names of columns, into `attrs["units"]`."""
    names = [split_unit(name) for name in table.columns]
    table.columns = [name for name, _ in names]
    table.attrs["units"] = dict(names)
    return table


def empty_table() -> pandas.DataFrame:
    table = pandas.DataFrame()
    table.attrs["units"] = {}
    return table


def read_table(path: Path, **options) -> pandas.DataFrame:
    """A CSV file of ours. Raises FileNotFoundError where it is not there (yet)."""
    text = whole_lines(path)
    return with_units(pandas.read_csv(io.BytesIO(text), float_precision="round_trip", **options)) if text else empty_table()
