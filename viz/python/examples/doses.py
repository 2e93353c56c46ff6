"""An outcome of a study against what varies, one line per arm: mean and range of the replicates, and of what else varies.

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
    for k, (arm, of_arm) in enumerate(runs.dropna(subset=[outcome]).groupby("arm", sort=False)):
        at = of_arm.groupby(factor)[outcome]
        mean = at.mean()
        ends = [mean - at.min(), at.max() - mean]
        axes.errorbar(mean.index, mean, yerr=ends, fmt="o-", color=COLOURS[k % len(COLOURS)], capsize=3, label=arm)
    if (runs[factor] > 0).all():
        axes.set_xscale("log")
    axes.set_xlabel(f"{factor} [{units[factor]}]")
    axes.set_ylabel(f"{outcome} [{units[outcome]}]")
    axes.legend(fontsize="small")
    figure.savefig(picture, dpi=150)


if __name__ == "__main__":
    draw(*sys.argv[1:])
