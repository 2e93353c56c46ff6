"""An outcome of a study against what varies, one line per arm, with 95 % intervals over replicates.

    python3 doses.py out/dose_response_knee_study dose phenotype_effect.600s doses.png
"""

import sys

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

from interstice_results import Study

COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000"]  # Okabe & Ito (2008)


def draw(directory: str, factor: str, outcome: str, picture: str) -> None:
    runs = Study(directory).runs
    units = runs.attrs["units"]
    figure, axes = plt.subplots(figsize=(7, 4), layout="constrained")
    for colour, (arm, of_arm) in zip(COLOURS, runs.dropna(subset=[outcome]).groupby("arm", sort=False)):
        at = of_arm.groupby(factor)[outcome]
        half = (1.96 * at.sem()).fillna(0)  # of one replicate nothing is known
        axes.errorbar(at.mean().index, at.mean(), yerr=half, fmt="o-", color=colour, capsize=3, label=arm)
    if (runs[factor] > 0).all():
        axes.set_xscale("log")
    axes.set_xlabel(f"{factor} [{units[factor]}]")
    axes.set_ylabel(f"{outcome} [{units[outcome]}]")
    axes.legend(fontsize="small")
    figure.savefig(picture, dpi=150)


if __name__ == "__main__":
    draw(*sys.argv[1:])
