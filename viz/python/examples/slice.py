"""A slice through a field of the last snapshot of a run, with the cells that it meets in their true size.

    python3 slice.py out/rat_knee adenosine slice.png
"""

import sys

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy

from interstice_results import Run

COLOURS = ["#E69F00", "#56B4E9", "#009E73", "#CC79A7", "#D55E00", "#000000"]  # Okabe & Ito (2008)


def draw(directory: str, field: str, picture: str) -> None:
    run = Run(directory)
    fields = run.fields(names=[field])
    middle = float(fields.y.mean())
    figure, axes = plt.subplots(figsize=(7, 7), layout="constrained")
    fields[field].sel(y=middle, method="nearest").plot(ax=axes, cmap="cividis", cbar_kwargs={"shrink": 0.6})
    cells = run.cells()
    across = cells["radius"] ** 2 - (cells["y"] - middle) ** 2
    for k, (kind, met) in enumerate(cells[across > 0].groupby("type", observed=True)):
        for x, z, square in zip(met["x"], met["z"], across[met.index]):
            axes.add_patch(plt.Circle((x, z), numpy.sqrt(square), fill=False, color=COLOURS[k % len(COLOURS)]))
        axes.plot([], [], "o", fillstyle="none", color=COLOURS[k % len(COLOURS)], label=kind)
    if axes.get_legend_handles_labels()[0]:
        axes.legend(fontsize="small")
    axes.set_aspect("equal")
    axes.set_title(f"y = {middle:.4g} um, {float(fields.time):.6g} s")
    figure.savefig(picture, dpi=150)


if __name__ == "__main__":
    draw(*sys.argv[1:])
