"""Snapshots: fields as labelled arrays, cells and vesicles as tables."""

import json
from pathlib import Path

import h5py
import numpy
import pandas
import xarray

from .tables import split_unit

ARRAYS = "VTKHDF/PointData"


class Snapshots:
    """The snapshots of one kind ("fields", "cells" or "vesicles") in a directory, in the order of their times."""

    def __init__(self, directory: Path, kind: str):
        self.directory, self.kind = directory, kind

    def files(self) -> list[tuple[float, Path]]:
        """Times [s] and files. One that is listed, but was moved away, is left out."""
        index = self.directory / f"{self.kind}.hdf.series"
        if not index.exists():
            return []
        listed = [(entry["time"], self.directory / entry["name"]) for entry in json.loads(index.read_text())["files"]]
        return [(time, path) for time, path in listed if path.exists()]

    def file(self, index: int, time: float | None) -> Path:
        """By number, or that whose time [s] is nearest. Raises LookupError where there is none."""
        files = self.files()
        if not files:
            raise LookupError(f"{self.directory} holds no snapshots of {self.kind} (the scenario says which: `output`)")
        if time is not None:
            return min(files, key=lambda entry: abs(entry[0] - time))[1]
        if not -len(files) <= index < len(files):
            raise LookupError(f"there is no snapshot {index} of {self.kind}: {len(files)} are in {self.directory}")
        return files[index][1]


def _text(file: h5py.File, name: str):
    return json.loads(file["meta/" + name][()])


def _unit(array: h5py.Dataset) -> str:
    unit = array.attrs.get("units", b"")
    return unit.decode() if isinstance(unit, bytes) else unit


def _opened(path: Path) -> h5py.File:
    """Raises OSError with the name of the file where it is damaged."""
    try:
        return h5py.File(path)
    except OSError as error:
        raise OSError(f"{path} cannot be read: it is damaged or not a snapshot ({error})") from error


def read_fields(path: Path, names: list[str] | None = None) -> xarray.Dataset:
    """Concentrations (z, y, x) [uM] and densities of counted vesicles [EV/ml] at voxel centres [um], at one `time` [s];
    `region` holds numbers into the attribute `regions`. `names`: only these."""
    with _opened(path) as file:
        available = {split_unit(name)[0]: array for name, array in file[ARRAYS].items()}
        chosen = sorted(available) if names is None else names
        missing = [name for name in chosen if name not in available]
        if missing:
            raise LookupError(f"{path.name} holds no {missing[0]} (it holds {', '.join(sorted(available))})")
        axes = {axis: ([axis], file[axis][()], {"units": "um"}) for axis in "xyz"}
        units = {name: {"units": _unit(available[name])} if _unit(available[name]) else {} for name in chosen}
        fields = {name: (("z", "y", "x"), available[name][()], units[name]) for name in chosen}
        time = file["time"][()]
        data = xarray.Dataset(fields, coords={**axes, "time": ((), time, {"units": "s"})})
        data.attrs["regions"] = _text(file, "regions")
    return data


def read_agents(path: Path, names: list[str] | None = None) -> pandas.DataFrame:
    """One row per agent: `x`, `y`, `z` [um], then every column by its bare name; vectors as `velocity_x` and so on.
    `type`, `class` and `state` are words. Units are in `attrs["units"]`, the time [s] in `attrs["time"]`. `names`: only
    these, beside the place."""
    with _opened(path) as file:
        points = file["VTKHDF/Points"][()]
        nobody = len(points) == 1 and numpy.isnan(points).all()  # one point stands for an empty population
        rows = slice(0, 0) if nobody else slice(None)
        points = points[rows]
        columns = {axis: points[:, k] for k, axis in enumerate("xyz")}
        units = dict.fromkeys("xyz", "um")
        arrays = {split_unit(name)[0]: array for name, array in file[ARRAYS].items()}
        missing = [name for name in names or [] if name not in arrays]
        if missing:
            raise LookupError(f"{path.name} holds no {missing[0]} (it holds {', '.join(sorted(arrays))})")
        for name in arrays if names is None else names:
            values, unit = arrays[name][rows], _unit(arrays[name])
            parts = {name: values} if values.ndim == 1 else {f"{name}_{a}": values[:, k] for k, a in enumerate("xyz")}
            columns.update(parts)
            units.update(dict.fromkeys(parts, unit))
        _name_kinds(file, arrays["type"][rows] if "type" in arrays else None, columns)
        table = pandas.DataFrame(columns)
        table.attrs.update(units=units, time=float(file["time"][()]))
    return table


def _name_kinds(file: h5py.File, types_of_rows: numpy.ndarray | None, columns: dict) -> None:
    """Numbers of types, classes and states, as words."""

    def words(numbers, names):
        return pandas.Categorical.from_codes(numbers, names)

    if "cell_types" in file["meta"]:
        types, states = _text(file, "cell_types"), _text(file, "cell_states")
        if "state" in columns:
            all_states = sorted({state for names in states.values() for state in names})
            code = numpy.zeros((max(1, len(types)), 256), numpy.int16)
            for t, name in enumerate(types):
                code[t, : len(states[name])] = [all_states.index(state) for state in states[name]]
            columns["state"] = words(code[types_of_rows, columns["state"]], all_states)
        if "type" in columns:
            columns["type"] = words(columns["type"], types)
    else:
        if "class" in columns:
            columns["class"] = words(columns["class"], _text(file, "vesicle_classes"))
        if "state" in columns:
            columns["state"] = words(columns["state"], _text(file, "vesicle_states"))
