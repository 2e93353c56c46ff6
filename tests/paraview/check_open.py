"""The script that opens a run shows what is there: tools/pvbatch check_open.py INTERSTICE SCRIPT SCENARIO

Runs the scenario for a minute, opens it, as it is and with files moved away, and looks at what is shown.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import h5py
from paraview import servermanager
from paraview import simple as pv

interstice, script, scenario = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3]
sys.path.insert(0, str(script.parent))
import open_interstice  # noqa: E402


def fetched(name):
    source = pv.FindSource(name)
    assert source is not None, f"no {name} in the pipeline"
    source.UpdatePipeline(pv.GetAnimationScene().AnimationTime)
    return servermanager.Fetch(source)


def count(path):
    with h5py.File(path) as file:
        return len(file["position"])


def shown_cells():
    """How many, once the lowest of them ends where its radius says."""
    cells, spheres = fetched("cells there"), fetched("cells as spheres")
    radius = cells.GetPointData().GetArray("radius [um]")
    places = [cells.GetPoint(k) for k in range(cells.GetNumberOfPoints())]
    bounds = spheres.GetBounds()
    lowest = min(place[2] - radius.GetValue(k) for k, place in enumerate(places))
    assert abs(bounds[4] - lowest) < 0.1, f"spheres begin at {bounds[4]}, not {lowest}"  # of true radius
    return len(places)


def legend_of(name):
    table = pv.GetDisplayProperties(pv.FindSource(name)).LookupTable
    return list(table.Annotations)[1::2]


def check(directory, picture):
    pv.ResetSession()
    pv.GetActiveViewOrCreate("RenderView").ViewSize = [400, 300]
    view = open_interstice.open_run(directory)
    pv.SaveScreenshot(str(picture), view)
    assert picture.stat().st_size > 5000, "an empty picture"
    return view


with tempfile.TemporaryDirectory() as folder:
    run = pathlib.Path(folder) / "run"
    sets = ["time.1.until=60 s", "output.every=30 s"]
    subprocess.run(
        [interstice, "run", scenario, "--arm", "all", "--quiet", "-o", str(run)] + [f"--set={each}" for each in sets],
        check=True, stderr=subprocess.DEVNULL,
    )
    check(run, run / "whole.png")
    assert shown_cells() == count(run / "cells_000002.hdf") < 68  # some have burst
    assert legend_of("cells as spheres") == ["chondrocyte", "macrophage"], legend_of("cells as spheres")
    assert legend_of("vesicles") == ["free", "adsorbed", "endosomal"], legend_of("vesicles")
    assert fetched("vesicles").GetNumberOfPoints() == count(run / "vesicles_000002.hdf") > 4000
    assert pv.FindSource("time").Format == "{time:.6g} s"
    assert pv.FindSource("slice of adenosine [uM]") is not None
    assert pv.FindSource("outline of tissue") is not None
    time = pv.GetAnimationScene().AnimationTime
    assert time == 60, f"shown at {time} s"

    os.remove(run / "cells_000002.hdf")  # a listed file that is not there
    os.remove(run / "fields_000001.hdf")
    os.remove(run / "vesicles.hdf.series")  # a kind that nobody wrote
    record = json.loads((run / "run.json").read_text())
    (run / "run.json").write_text(json.dumps(dict(record, status="running")))  # as a killed run leaves it
    check(run, run / "partly.png")
    assert shown_cells() == count(run / "cells_000001.hdf")

    damaged = run / "fields_000002.hdf"
    damaged.write_bytes(damaged.read_bytes()[:3000])
    check(run, run / "damaged.png")
    assert pv.GetAnimationScene().AnimationTime == 0, "the last moment of which every kind is whole"

    for path in run.glob("*.series"):
        path.unlink()
    try:
        open_interstice.open_run(run)
    except SystemExit as refused:
        assert "holds no snapshots" in str(refused)
    else:
        raise AssertionError("a directory without snapshots was opened")
print("shown as it is")
