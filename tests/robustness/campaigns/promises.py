"""What an output directory promises, checked; and what two runs must have in common."""
import csv
import hashlib
import json
import subprocess

import h5py


def problems(hunt, folder, complete):
    """Every broken promise; `complete`: the command ended with 0, so nothing may be missing or left over."""
    yield from snapshot_problems(hunt, folder)
    yield from index_problems(folder, complete)
    for path in folder.rglob("*.json"):
        try:
            status = json.loads(path.read_text()).get("status")
            if complete and path.name == "run.json" and status != "finished":
                yield f"{path}: exit code 0 but status {status}"
        except ValueError as error:
            yield f"{path} is not JSON: {error}"
    for path in folder.rglob("*.csv"):
        yield from table_problems(path, complete)
    if complete:
        for path in folder.rglob("*.tmp"):
            yield f"left over: {path}"


def snapshot_problems(hunt, folder):
    """A snapshot whose name does not end with .tmp is complete."""
    for path in sorted(folder.rglob("*.hdf")):
        try:
            read_all(path)
        except (OSError, RuntimeError, KeyError) as error:
            yield f"h5py cannot read {path}: {error}"
            continue
        code, message = hunt.call("info", path, "--hash")
        if code != 0:
            yield f"info --hash {path}: exit code {code}: {message.strip()[:200]}"


def index_problems(folder, complete):
    for index in folder.rglob("*.hdf.series"):
        try:
            listed = [entry["name"] for entry in json.loads(index.read_text())["files"]]
        except (ValueError, KeyError) as error:
            yield f"{index} is no index: {error}"
            continue
        for name in listed:
            if not (index.parent / name).exists():
                yield f"{index} lists {name}, which is not there"
        here = sorted(path.name for path in index.parent.glob(index.name.split(".")[0] + "_*.hdf"))
        if complete and here != sorted(listed):
            yield f"{index} lists {len(listed)} files, {len(here)} are there"


def table_problems(path, complete):
    text = path.read_text()
    if not text and not complete:
        return
    if complete and not text.endswith("\n"):
        yield f"{path} ends inside a line"
    rows = list(csv.reader(text.splitlines()))
    whole = rows if text.endswith("\n") else rows[:-1]  # a run that ends early may end inside a line
    if any(len(row) != len(whole[0]) for row in whole):
        yield f"{path} has rows of different length"
    for name in not_finite(path):
        yield f"{path}: {name} is not finite"


def not_finite(path):
    """Columns of a time series with nan or inf; means over the cells of a type are nan while there are none."""
    if path.name != "timeseries.csv":
        return
    with open(path, newline="") as file:
        rows = list(csv.reader(file))
    for column, name in enumerate(rows[0] if rows else []):
        values = [row[column].lstrip("-") for row in rows[1:] if len(row) > column]
        if not name.startswith("column.") and ("nan" in values or "inf" in values):
            yield name


def read_all(path):
    """Name, type, shape and bytes of every array of a snapshot."""
    content = {}
    with h5py.File(path, "r") as file:
        def take(name, item):
            if isinstance(item, h5py.Dataset):
                content[name] = (item.dtype.str, item.shape, item[()].tobytes() if item.shape else str(item[()]))
        file.visititems(take)
    return content


def fingerprint(hunt, folder):
    """What must be the same in two runs of one scenario: the time series, and the hash of the last state."""
    state = subprocess.run([hunt.program, "info", folder, "--hash"], capture_output=True, timeout=60)
    return hashlib.sha256((folder / "timeseries.csv").read_bytes()).hexdigest(), state.stdout
