"""A column of the time series in every arm of a comparison: mean over replicates, and their range. Works while the
comparison goes on.

    python3 curves.py out/rat_knee_compare mean.film.adenosine curves.png
"""

import sys

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

from interstice_results import Comparison

COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000"]  # Okabe & Ito (2008)
DASHES = ["-", "--", "-.", ":"]


def draw(directory: str, column: str, picture: str) -> None:
    comparison = Comparison(directory)
    series = comparison.series([column])[column]
    unit = comparison.run(series.index[0][0], series.index[0][1]).series.attrs["units"][column]
    figure, axes = plt.subplots(figsize=(7, 4), layout="constrained")
    for k, (arm, values) in enumerate(series.groupby(level="arm", sort=False)):
        over = values.groupby(level="time")
        style = {"color": COLOURS[k % len(COLOURS)], "linestyle": DASHES[k // len(COLOURS) % len(DASHES)]}
        axes.plot(over.mean(), label=arm, **style)
        axes.fill_between(over.min().index, over.min(), over.max(), color=style["color"], alpha=0.2, linewidth=0)
    axes.set_xlabel("time [s]")
    axes.set_ylabel(f"{column} [{unit}]")
    axes.legend(fontsize="small", ncols=2)
    figure.savefig(picture, dpi=150)


if __name__ == "__main__":
    draw(*sys.argv[1:])
