"""Sensitivities that the engine wrote are those that OpenTURNS computes from the same points and values.

Usage: check_openturns.py DIRECTORY    with the tables of test_openturns.cpp; exit code 77 without OpenTURNS
"""
import csv
import pathlib
import sys

try:
    import openturns as ot
except ImportError as missing:
    print(missing)
    sys.exit(77)

TOLERANCE = 1e-10


def table(path):
    with open(path) as file:
        return [[float(entry) for entry in row] for row in csv.reader(file)]


def variance(values):
    mean = sum(values) / len(values)
    return sum((value - mean) ** 2 for value in values) / (len(values) - 1)


def compare(what, ours, theirs):
    """Prints every pair that differs; whether none does."""
    pairs = list(zip(ours, theirs, strict=True))
    wrong = [pair for pair in pairs if not abs(pair[0] - pair[1]) < TOLERANCE]
    print(f"{what}: largest difference {max(abs(a - b) for a, b in pairs):.2g}", *wrong)
    return not wrong


def check_indices(directory):
    """OpenTURNS wants all A, all B, then all A with one column of B; and divides by the variance of f(A) alone, by
    n - 1 (Mauntz and Kucherenko, which is the first-order estimator of Saltelli 2010) or n - 1/2 (Jansen)."""
    table_of_points = table(directory / "saltelli.csv")
    factors = len(table_of_points[0]) - 1
    rows = len(table_of_points) // (factors + 2)
    ordered = [table_of_points[row * (factors + 2) + block] for block in range(factors + 2) for row in range(rows)]
    points = ot.Sample([row[:-1] for row in ordered])
    values = ot.Sample([row[-1:] for row in ordered])
    a, b = ([row[-1] for row in ordered[k * rows:(k + 1) * rows]] for k in (0, 1))
    saltelli, jansen = (table(directory / f"{name}_indices.csv") for name in ("saltelli", "jansen"))
    pooled = variance(a + b)
    share = variance(a) / pooled
    half = (2 * rows - 1) / (2 * rows)
    theirs = ot.JansenSensitivityAlgorithm(points, values, rows)
    kucherenko = ot.MauntzKucherenkoSensitivityAlgorithm(points, values, rows)
    # theirs = 1 - numerator / ((n - 1/2) variance of A), ours = 1 - numerator / (n pooled variance)
    first = [1 - (1 - index) * half * share for index in theirs.getFirstOrderIndices()]
    total = [index * half * share for index in theirs.getTotalOrderIndices()]
    by_product = [index * share * (rows - 1) / rows for index in kucherenko.getFirstOrderIndices()]
    return [compare("variance", saltelli[0][:1], [pooled]),
            compare("first order, Saltelli", [row[0] for row in saltelli[1:]], by_product),
            compare("first order, Jansen", [row[0] for row in jansen[1:]], first),
            compare("total, Jansen", [row[1] for row in jansen[1:]], total)]


def check_ranks(directory):
    table_of_points = table(directory / "ranked.csv")
    analysis = ot.CorrelationAnalysis(ot.Sample([row[:-1] for row in table_of_points]),
                                      ot.Sample([row[-1:] for row in table_of_points]))
    ours = table(directory / "ranked_correlations.csv")
    return [compare("Spearman", [row[0] for row in ours], analysis.computeSpearmanCorrelation()),
            compare("partial rank", [row[1] for row in ours], analysis.computePRCC())]


def main():
    directory = pathlib.Path(sys.argv[1])
    return 0 if all([*check_indices(directory), *check_ranks(directory)]) else 1


if __name__ == "__main__":
    sys.exit(main())
