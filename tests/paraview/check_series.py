"""Opens a run's series in ParaView and compares everything with a reference dump: tools/pvbatch check_series.py DIR REF

REF is JSON: kind -> list of steps, each {time, points, arrays: {name: {components, values}}}; null stands for NaN.
Numbers must be equal: the reference is rounded to float32 already. Prints what differs and exits 1.
"""
import json
import math
import os
import sys

from paraview import servermanager
from paraview.simple import Delete, OpenDataFile

problems = []


def expect(condition, text):
    if not condition:
        problems.append(text)


def same(value, reference):
    return math.isnan(value) if reference is None else value == reference


def check_values(where, array, reference):
    components = reference["components"]
    values = reference["values"]
    expect(array.GetNumberOfComponents() == components, f"{where}: {array.GetNumberOfComponents()} components")
    expect(array.GetNumberOfTuples() * components == len(values), f"{where}: {array.GetNumberOfTuples()} tuples")
    if problems:
        return
    # GetValue, not GetComponent: 64-bit ids do not fit a double.
    wrong = [i for i, value in enumerate(values) if not same(array.GetValue(i), value)]
    expect(not wrong, f"{where}: {len(wrong)} of {len(values)} values differ, the first is number {wrong[:1]}")


def check_step(where, data, step):
    points = step["points"]
    expect(data.GetNumberOfPoints() == len(points), f"{where}: {data.GetNumberOfPoints()} points, not {len(points)}")
    if problems:
        return
    for i, point in enumerate(points):
        if not all(same(a, b) for a, b in zip(data.GetPoint(i), point)):
            expect(False, f"{where}: point {i} is at {data.GetPoint(i)}, not {point}")
            break
    attributes = data.GetPointData()
    names = {attributes.GetArrayName(i) for i in range(attributes.GetNumberOfArrays())}
    expect(names == set(step["arrays"]), f"{where}: arrays {sorted(names)}, not {sorted(step['arrays'])}")
    if problems:
        return
    for name, reference in step["arrays"].items():
        check_values(f"{where}, {name}", attributes.GetArray(name), reference)


def check_series(directory, kind, steps):
    reader = OpenDataFile(os.path.join(directory, kind + ".hdf.series"))
    expect(reader is not None, f"{kind}: ParaView finds no reader")
    if reader is None:
        return
    times = list(reader.TimestepValues)
    expect(times == [step["time"] for step in steps], f"{kind}: times are {times}")
    for step in steps:
        reader.UpdatePipeline(step["time"])
        check_step(f"{kind} at {step['time']} s", servermanager.Fetch(reader), step)
    Delete(reader)


directory, reference = sys.argv[1:3]
with open(reference) as file:
    for kind, steps in json.load(file).items():
        check_series(directory, kind, steps)
print("\n".join(problems) if problems else "ParaView reads what the engine holds")
sys.exit(1 if problems else 0)
