"""Opens a run of Interstice in ParaView 5.11 or newer as one would look at it: cells as spheres of their true radius
coloured by type, EVs as points coloured by where they are, a slice and a faint volume of one signal, outlines of the
regions, time in a sensible unit.

    interstice paraview out/rat_knee                                  in the program
    Macros > Import new macro... > this file                          a button: opens the run of the selected file
    tools/pvbatch viz/paraview/open_interstice.py DIR [PICTURE.png] [--signal NAME] [--time SECONDS]

Where `arms` are below the directory the run is that of an arm: give `DIR/arms/emcev/0`.
"""
import argparse
import json
import os
import pathlib
import sys
import tempfile

from paraview import simple as pv

try:
    import h5py
except ImportError:  # then types and states keep their numbers
    h5py = None

# Okabe & Ito (2008), told apart by the colour-blind too; EVs are grey while they are free.
CELLS = ["#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#999999", "#000000"]
VESICLES = ["#7F8A95", "#000000", "#CC79A7"]
UNITS_OF_TIME = [("h", 3600, 10 * 3600), ("min", 60, 600), ("s", 1, 0)]  # name, seconds, from which length on
SIGNAL = "adenosine"
NEARLY_CONSTANT = 0.1  # of the largest value


def rgb(colour):
    return [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]


def listed(directory, kind):
    """Times and files that are there; an index may list more where a file was moved away or is damaged."""
    index = directory / f"{kind}.hdf.series"
    if not index.exists():
        return []
    files = [(entry["time"], directory / entry["name"]) for entry in json.loads(index.read_text())["files"]]
    return [(time, path) for time, path in files if is_readable(path)]


told = set()  # damaged files that were named


def is_readable(path):
    """Whether a file is there and whole, as far as can be told."""
    if not path.exists() or h5py is None:
        return path.exists()
    try:
        with h5py.File(path):
            return True
    except OSError:
        if path not in told:
            print(f"{path} cannot be read; it is passed over", file=sys.stderr)
        told.add(path)
        return False


def open_series(directory, kind):
    """The reader of what is there of a kind; None where nothing is."""
    files = listed(directory, kind)
    if not files:
        return None
    index = directory / f"{kind}.hdf.series"
    if len(files) < len(json.loads(index.read_text())["files"]):  # ParaView would stop at a file that is not there
        entries = [{"name": str(path.resolve()), "time": time} for time, path in files]
        index = pathlib.Path(tempfile.mkdtemp(prefix="interstice_")) / index.name
        index.write_text(json.dumps({"file-series-version": "1.0", "files": entries}))
    reader = pv.OpenDataFile(str(index.resolve()))
    pv.RenameSource(kind, reader)
    reader.UpdatePipeline(files[-1][0])
    return reader


def meta(directory, kind, name):
    """A list of names from the last file of a kind; empty where it cannot be read."""
    files = listed(directory, kind)
    if h5py is None or not files:
        return []
    with h5py.File(files[-1][1]) as file:
        return json.loads(file["meta/" + name][()]) if name in file["meta"] else []


def arrays_of(source):
    data = source.PointData
    return [data.GetArray(k).Name for k in range(data.GetNumberOfArrays())]


def colour_by_names(display, array, names, colours, title, view):
    """A legend for numbers that stand for names."""
    pv.ColorBy(display, ("POINTS", array))
    table = pv.GetColorTransferFunction(array, display, separate=True)
    display.LookupTable = table
    table.InterpretValuesAsCategories = 1
    table.AnnotationsInitialized = 1
    names = names or [str(k) for k in range(len(colours))]
    table.Annotations = [text for k, name in enumerate(names) for text in (str(k), name)]
    table.IndexedColors = [part for k in range(len(names)) for part in rgb(colours[k % len(colours)])]
    table.IndexedOpacities = [1.0] * len(names)
    bar = pv.GetScalarBar(table, view)
    bar.Title, bar.ComponentTitle = title, ""
    display.SetScalarBarVisibility(view, True)
    return bar


def place(bar, x, y, length):
    bar.WindowLocation = "Any Location"
    bar.Position, bar.ScalarBarLength = [x, y], length
    bar.TitleFontSize = bar.LabelFontSize = 14
    bar.TitleColor = bar.LabelColor = [0, 0, 0]
    bar.TextPosition = "Ticks right/top, annotations left/bottom"
    bar.HorizontalTitle = 1
    bar.ScalarBarThickness = 14


def show_cells(directory, view):
    cells = open_series(directory, "cells")
    if cells is None:
        return
    there = pv.Threshold(registrationName="cells there", Input=cells)  # one with id -1 stands for none
    there.Scalars = ["POINTS", "radius [um]"]
    there.LowerThreshold, there.UpperThreshold = 0, 1e9
    spheres = pv.Glyph(registrationName="cells as spheres", Input=there, GlyphType="Sphere")
    spheres.GlyphMode = "All Points"
    spheres.OrientationArray = ["POINTS", "No orientation array"]
    spheres.ScaleArray = ["POINTS", "radius [um]"]
    spheres.ScaleFactor = 2  # the sphere of the filter has a radius of one half
    spheres.GlyphType.ThetaResolution = spheres.GlyphType.PhiResolution = 24
    display = pv.Show(spheres, view)
    names = meta(directory, "cells", "cell_types")
    place(colour_by_names(display, "type", names, CELLS, "cells", view), 0.9, 0.62, 0.28)
    pv.Hide(cells, view)


def show_vesicles(directory, view):
    vesicles = open_series(directory, "vesicles")
    if vesicles is None:
        return
    display = pv.Show(vesicles, view)
    display.SetRepresentationType("Points")
    display.PointSize = 2
    names = meta(directory, "vesicles", "vesicle_states")
    place(colour_by_names(display, "state", names, VESICLES, "EVs", view), 0.9, 0.42, 0.12)


def show_fields(directory, view, signal):
    fields = open_series(directory, "fields")
    if fields is None:
        return
    names = [name for name in arrays_of(fields) if name != "region"]
    chosen = next((name for name in names if name.split(" [")[0] == signal), names[0] if names else None)
    if signal != SIGNAL and chosen and chosen.split(" [")[0] != signal:
        print(f"no snapshot has {signal} (expected one of {', '.join(names)}); {chosen} is shown", file=sys.stderr)
    frame = pv.Show(fields, view)
    frame.SetRepresentationType("Outline")
    frame.AmbientColor = frame.DiffuseColor = [0.5, 0.5, 0.5]
    show_regions(directory, fields, view)
    if chosen is None:
        return
    pv.ColorBy(frame, ("POINTS", chosen))  # Representation > Volume shows it
    cut = pv.Slice(registrationName=f"slice of {chosen}", Input=fields)
    bounds = fields.GetDataInformation().GetBounds()
    cut.SliceType.Normal = [0, 1, 0]
    cut.SliceType.Origin = [(bounds[2 * a] + bounds[2 * a + 1]) / 2 for a in range(3)]
    display = pv.Show(cut, view)
    pv.ColorBy(display, ("POINTS", chosen))
    display.Opacity = 0.8
    low, high = range_over_time(directory, fields, chosen)
    table = pv.GetColorTransferFunction(chosen)
    table.ApplyPreset("Viridis (matplotlib)", True)
    table.RescaleTransferFunction(low, high)
    pv.GetOpacityTransferFunction(chosen).Points = [low, 0, 0.5, 0, high, 0.25, 0.5, 0]
    table.AutomaticRescaleRangeMode = "Never"
    bar = pv.GetScalarBar(table, view)
    bar.Title, bar.ComponentTitle = chosen, ""
    display.SetScalarBarVisibility(view, True)
    place(bar, 0.9, 0.06, 0.26)


def range_over_time(directory, reader, array):
    """The same colours mean the same at all times; of long series every so many files are looked at."""
    ranges = [reader.PointData.GetArray(array).GetRange()]
    files = [path for _, path in listed(directory, "fields")]
    for path in files[:: max(1, len(files) // 20)] if h5py else []:
        with h5py.File(path) as file:
            values = file["VTKHDF/PointData/" + array][()]
            ranges.append((float(values.min()), float(values.max())))
    low, high = min(low for low, _ in ranges), max(high for _, high in ranges)
    if high - low < NEARLY_CONSTANT * high:  # what hardly differs shall not look as if it did
        low = 0
    return (low, high) if high > low else (low, low + 1)


def show_regions(directory, fields, view):
    for number, name in enumerate(meta(directory, "fields", "regions")):
        part = pv.Threshold(registrationName=f"region {name}", Input=fields)
        part.Scalars = ["POINTS", "region"]
        part.LowerThreshold = part.UpperThreshold = number
        edges = pv.FeatureEdges(
            registrationName=f"outline of {name}", Input=pv.ExtractSurface(registrationName=f"surface of {name}", Input=part)
        )
        edges.NonManifoldEdges = 0
        display = pv.Show(edges, view)
        display.ColorArrayName = [None, ""]
        display.AmbientColor = display.DiffuseColor = [0.25, 0.25, 0.25]
        display.LineWidth = 1.5


def show_time(view):
    times = pv.GetTimeKeeper().TimestepValues
    times = list(times) if hasattr(times, "__len__") else [times]
    if not times:
        return
    source = next(filter(None, map(pv.FindSource, ("fields", "cells", "vesicles"))))
    unit, seconds, _ = next(entry for entry in UNITS_OF_TIME if times[-1] >= entry[2])
    note = pv.AnnotateTimeFilter(registrationName="time", Input=source)
    note.Format, note.Scale = f"{{time:.6g}} {unit}", 1 / seconds
    display = pv.Show(note, view)
    display.FontSize, display.Color = 18, [0, 0, 0]
    display.WindowLocation = "Upper Left Corner"


def open_run(directory, signal=SIGNAL, time=None):
    """Shows the run in the active view. Raises SystemExit with a message where the directory holds no snapshots."""
    directory = pathlib.Path(directory)
    if not any(listed(directory, kind) for kind in ("fields", "cells", "vesicles")):
        raise SystemExit(f"{directory} holds no snapshots (expected the directory of a run with `output`)")
    view = pv.GetActiveViewOrCreate("RenderView")
    view.UseColorPaletteForBackground = 0
    view.Background = [1, 1, 1]
    view.OrientationAxesLabelColor = [0, 0, 0]
    show_fields(directory, view, signal)
    show_cells(directory, view)
    show_vesicles(directory, view)
    show_time(view)
    scene = pv.GetAnimationScene()
    scene.UpdateAnimationUsingDataTimeSteps()
    # The last moment of which every kind is there: a run that is at work may have written a part of the next one.
    last = [files[-1][0] for files in (listed(directory, kind) for kind in ("fields", "cells", "vesicles")) if files]
    scene.AnimationTime = min(last) if time is None else time
    view.CameraPosition, view.CameraFocalPoint, view.CameraViewUp = [0.5, -1, 0.45], [0, 0, 0], [0, 0, 1]
    pv.ResetCamera(view)
    pv.Render(view)
    return view


def run_of_selected_file():
    """The directory of the file that is selected in the pipeline browser, where there is one."""
    source = pv.GetActiveSource()
    names = getattr(source, "FileName", None) or getattr(source, "FileNames", None)
    name = names if isinstance(names, str) else names[0] if names else None
    return pathlib.Path(name).parent if name else None


def main(arguments):
    parser = argparse.ArgumentParser(prog="open_interstice.py")
    parser.add_argument("directory", type=pathlib.Path)
    parser.add_argument("picture", nargs="?")
    parser.add_argument("--signal", default=SIGNAL)
    parser.add_argument("--time", type=float)
    options = parser.parse_args(arguments)
    if options.picture:
        pv.GetActiveViewOrCreate("RenderView").ViewSize = [1600, 1200]
    view = open_run(options.directory, options.signal, options.time)
    if options.picture:
        pv.SaveScreenshot(options.picture, view, ImageResolution=[1600, 1200])


if __name__ == "__main__" and len(sys.argv) > 1:
    main(sys.argv[1:])
elif os.environ.get("INTERSTICE_RUN"):
    open_run(os.environ.pop("INTERSTICE_RUN"))  # once: a click on the macro opens what is selected
elif __name__ != "open_interstice":  # as a macro
    selected = run_of_selected_file()
    if selected is None:
        print("Open fields.hdf.series, cells.hdf.series or vesicles.hdf.series of a run, select it, and click again")
    else:
        open_run(selected)
