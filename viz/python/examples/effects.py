"""Forest plot of a comparison: what each arm does to one metric, with 95 % intervals.

    python3 effects.py out/rat_knee_compare phenotype_effect.600s effects.png
"""

import sys

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

from interstice_results import Comparison


def draw(directory: str, metric: str, picture: str) -> None:
    comparison = Comparison(directory)
    effects = comparison.effects.xs(metric, level="metric").reindex(comparison.arms).dropna(subset=["mean"])
    what = comparison.metrics.loc[metric]
    figure, axes = plt.subplots(figsize=(7, 0.4 * len(effects) + 1), layout="constrained")
    axes.axvline(0, color="0.7", linewidth=1)
    low, high = effects["mean"] - effects["low"], effects["high"] - effects["mean"]
    axes.errorbar(effects["mean"], range(len(effects)), xerr=[low, high], fmt="o", color="#0072B2", capsize=3)
    axes.set_yticks(range(len(effects)), effects.index)
    axes.invert_yaxis()
    axes.set_xlabel(what["label"] if what["unit"] == "1" else f"{what['label']} [{what['unit']}]")
    figure.savefig(picture, dpi=150)


if __name__ == "__main__":
    draw(*sys.argv[1:])
