"""What viz/python reads is what the program wrote, also while it writes; its examples draw.

Usage: check_interstice_results.py INTERSTICE VIZ_PYTHON    exit code 77 where a library is missing
"""
import csv
import fcntl
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest
import warnings

try:
    import h5py
    import matplotlib  # noqa: F401
    import numpy
    import pandas
    import xarray  # noqa: F401
except ImportError as missing:
    print(missing)
    sys.exit(77)

INTERSTICE, PACKAGE = sys.argv[1], pathlib.Path(sys.argv[2])
sys.path.insert(0, str(PACKAGE))
from interstice_results import Comparison, Run, Study  # noqa: E402
from interstice_results.tables import split_unit  # noqa: E402

SCENARIO = """schema: 2
title: Well
seed: 1
temperature: 37 degC
domain: {size: [40 um, 40 um, 40 um], spacing: 10 um, boundary: {all: no_flux}}
time: [{until: 1 s, transport: 50 ms, vesicles: 50 ms, cells: 250 ms, series: 100 ms}]
regions: {film: {shape: everywhere, medium: fluid, viscosity: 1}}
species:
  ATP: {diffusivity: 500 um^2/s, initial: 0 uM}
  ADP: {diffusivity: 500 um^2/s, initial: 0 uM}
  AMP: {diffusivity: 500 um^2/s, initial: 10 uM}
  adenosine: {diffusivity: 500 um^2/s, initial: 0 uM}
cell_types:
  sentinel:
    radius: 4 um
    columns: {felt: {unit: "1", initial: 0, gain: "H(adenosine, 0.1 [uM]) / 0.1 [s]", loss: "1 / 0.1 [s]"}}
    initial_state: alive
    states: {alive: {}}
    reporters: {felt: {value: felt, range: 1, delay: 0 s, kind: receptor}}
  other: {radius: 3 um, initial_state: idle, states: {idle: {}, busy: {}}}
cells: {sentinel: {count: 5, in: [film]}, other: {count: 3, in: [film]}}
vesicles: {ev: {number: 500 EV, in: [film], diameter: {median: 115 nm, gsd: 1.3}, proteins: {CD73: {mean: 50}}}}
models: {cd73: {}}
compare:
  replicates: 2
  arms: {vehicle: {vesicles: false}, emcev: {models: [cd73]}}
  primary: {field: adenosine, in: film, thresholds: [0.1 uM]}
  outcomes: {made: {of: mean.film.adenosine, reduce: max}}
  phenotype:
    label: less felt
    terms: {felt: {label: what sentinels feel, of: column.sentinel.felt, good: less, range: 1}}
    horizons: [0.5 s]
output: {every: 500 ms}
"""
STUDY = """study: 1
title: Doses
scenario: well.yaml
replicates: 2
axes: {dose: {key: vesicles.ev.number, values: [500 EV, 2000 EV]}}
"""


class Results(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.holder = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.holder.name)
        (cls.folder / "well.yaml").write_text(SCENARIO)
        (cls.folder / "doses.yaml").write_text(STUDY)
        for words in ("run well.yaml -o run", "compare well.yaml -o compare", "study run doses.yaml -o study"):
            subprocess.run([INTERSTICE, *words.split(), "--quiet"], cwd=cls.folder, check=True)

    @classmethod
    def tearDownClass(cls):
        cls.holder.cleanup()

    def rows(self, file):
        with open(self.folder / file) as text:
            return list(csv.DictReader(text))

    def test_series_are_those_of_the_file(self):
        run = Run(self.folder / "run")
        self.assertEqual(run.status, "finished")
        killed = self.folder / "killed"
        killed.mkdir()
        record = json.loads((self.folder / "run" / "run.json").read_text())
        (killed / "run.json").write_text(json.dumps(dict(record, status="running")))
        self.assertEqual(Run(killed).status, "interrupted")  # nothing holds its lock
        with open(killed / ".interstice.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.assertEqual(Run(killed).status, "running")
        (killed / "fields_000000.hdf").write_bytes(b"damaged")
        (killed / "fields.hdf.series").write_text(
            json.dumps({"file-series-version": "1.0", "files": [{"name": "fields_000000.hdf", "time": 0}]}))
        with self.assertRaisesRegex(OSError, "fields_000000.hdf cannot be read"):
            Run(killed).fields(0)
        rows = self.rows("run/timeseries.csv")
        self.assertEqual(len(run.series), len(rows))
        for name in rows[0]:
            bare, unit = split_unit(name)
            self.assertEqual(run.series.attrs["units"][bare], unit)
            if bare != "time":
                numpy.testing.assert_array_equal(run.series[bare], [float(row[name]) for row in rows])

    def test_fields_are_labelled(self):
        run = Run(self.folder / "run")
        self.assertEqual(run.times(), [0.0, 0.5, 1.0])
        fields = run.fields(time=0.6)
        self.assertEqual((float(fields.time), fields.AMP.dims, fields.AMP.attrs["units"]), (0.5, ("z", "y", "x"), "uM"))
        self.assertEqual(fields.attrs["regions"], ["film"])
        mean = run.series.loc[0.5, "mean.film.adenosine"]
        self.assertAlmostEqual(float(fields.adenosine.mean()) / mean, 1, places=5)
        over_time = run.fields_over_time(["adenosine"])
        self.assertEqual(over_time.adenosine.dims, ("time", "z", "y", "x"))
        self.assertEqual(list(over_time.data_vars), ["adenosine"])
        with self.assertRaisesRegex(LookupError, "holds no AMPP .it holds ADP"):
            run.fields(names=["AMPP"])

    def test_agents_are_rows_with_words(self):
        cells = Run(self.folder / "run").cells()
        self.assertEqual(cells["type"].value_counts().to_dict(), {"sentinel": 5, "other": 3})
        self.assertEqual(set(cells.loc[cells["type"] == "other", "state"]), {"idle"})
        self.assertEqual(set(cells.loc[cells["type"] == "sentinel", "state"]), {"alive"})
        self.assertEqual((cells.attrs["units"]["radius"], cells.attrs["time"]), ("um", 1.0))
        self.assertEqual(list(cells.filter(like="velocity").columns), ["velocity_x", "velocity_y", "velocity_z"])
        vesicles = Run(self.folder / "run").vesicles(0, names=["state", "CD73"])
        self.assertEqual(list(vesicles.columns), ["x", "y", "z", "state", "CD73"])
        self.assertEqual(set(vesicles["state"]), {"free"})
        self.assertEqual(len(Run(self.folder / "compare/arms/vehicle/0").vesicles()), 0)

    def test_arrays_have_bare_names_in_the_file(self):
        with h5py.File(self.folder / "run/cells_000002.hdf") as file:
            numpy.testing.assert_array_equal(file["radius"][()], file["VTKHDF/PointData/radius [um]"][()])
            numpy.testing.assert_array_equal(file["position"][()], file["VTKHDF/Points"][()])
        with h5py.File(self.folder / "run/vesicles_000002.hdf") as file:
            self.assertEqual(file["diameter"].attrs["units"], b"nm")

    def test_what_is_not_whole_is_left_out(self):
        growing = self.folder / "growing"
        growing.mkdir()
        for name in ("run.json", "timeseries.csv", "fields.hdf.series", "fields_000000.hdf", "fields_000001.hdf"):
            (growing / name).write_bytes((self.folder / "run" / name).read_bytes())
        with open(growing / "timeseries.csv", "ab") as series:
            series.write(b"1.1,0.3,0.")
        run = Run(growing)
        self.assertEqual(run.series.index[-1], 1.0)
        self.assertEqual(run.times(), [0.0, 0.5])  # the third is listed, but not there
        with self.assertRaisesRegex(LookupError, "no snapshots of cells"):
            run.cells()
        with self.assertRaises(FileNotFoundError):
            Run(self.folder)
        (growing / "timeseries.csv").write_bytes(b"")
        self.assertEqual((len(run.series), run.series.attrs["units"]), (0, {}))
        (growing / "timeseries.csv").unlink()
        self.assertEqual(len(run.series), 0)

    def test_comparisons_that_go_on_are_read_as_far_as_they_came(self):
        begun = self.folder / "begun"
        for name in ("vehicle/0", "emcev/0", "more/0", "more/0.old"):
            (begun / "arms" / name).mkdir(parents=True)
            (begun / "arms" / name / "run.json").write_text("{}")
        whole = self.folder / "compare"
        (begun / "compare.json").write_bytes((whole / "compare.json").read_bytes())
        (begun / "arms/emcev/0/timeseries.csv").write_bytes((whole / "arms/emcev/0/timeseries.csv").read_bytes())
        comparison = Comparison(begun)
        self.assertEqual((comparison.arms, comparison.replicates("more")), (["vehicle", "emcev", "more"], [0]))
        self.assertEqual(set(comparison.series(["mean.film.AMP"]).index.get_level_values("arm")), {"emcev"})

    def test_nobody_is_no_row(self):
        (self.folder / "empty.yaml").write_text(
            "schema: 2\ntitle: Empty\ndomain: {size: [20 um, 20 um, 20 um], spacing: 10 um}\n"
            "time: [{until: 1 s, transport: 1 s, vesicles: 1 s, cells: 1 s, series: 1 s}]\n"
            "species: {ATP: {diffusivity: 500 um^2/s}}\noutput: {every: end}\n"
        )
        words = [INTERSTICE, "run", "empty.yaml", "-o", "empty", "--quiet"]
        subprocess.run(words, cwd=self.folder, check=True, stderr=subprocess.DEVNULL)
        self.assertEqual(len(Run(self.folder / "empty").cells()), 0)

    def test_comparisons_say_what_their_report_says(self):
        comparison = Comparison(self.folder / "compare")
        self.assertEqual(comparison.arms, ["vehicle", "emcev"])
        self.assertEqual(comparison.replicates("emcev"), [0, 1])
        made = [row for row in self.rows("compare/summary.csv") if row["metric"] == "outcome.made"]
        of_emcev = [float(row["value"]) for row in made if row["arm"] == "emcev"]
        effect = comparison.effects.loc[("emcev", "outcome.made")]
        self.assertEqual((effect["n"], effect["status"]), (2, "measured"))
        self.assertAlmostEqual(effect["mean"], sum(of_emcev) / 2, places=12)
        self.assertEqual(comparison.metrics.loc["outcome.made", "unit"], "uM")
        series = comparison.series(["mean.film.AMP"])
        self.assertEqual(series.index.names, ["arm", "replicate", "time"])
        self.assertEqual(series.loc[("vehicle", 1, 1.0), "mean.film.AMP"], 10)
        self.assertEqual(len(comparison.curve("outcome.made").loc["emcev"]), 11)
        self.assertEqual((len(comparison.verdicts), len(comparison.per_run)), (2, len(self.rows("compare/summary.csv"))))
        replicates = comparison.per_run["replicate"].dropna()
        self.assertEqual((replicates.dtype, set(replicates)), ("Int64", {0, 1}))

    def test_studies_have_a_row_per_run(self):
        study = Study(self.folder / "study")
        self.assertEqual(study.factors, ["dose"])
        self.assertEqual(len(study.runs), 8)
        self.assertEqual(study.runs.attrs["units"]["dose"], "EV")
        seeds = [int(row["seed"]) for row in self.rows("study/results.csv")]
        self.assertEqual(study.runs["seed"].tolist(), seeds)  # 64 bits, all of them
        self.assertIn("effects", study.tables)
        self.assertEqual(len(study.table("effects")), len(self.rows("study/effects.csv")))
        with self.assertRaisesRegex(LookupError, "has no table verdikt"):
            study.table("verdikt")

    def test_examples_draw(self):
        for words in (
            "effects.py compare effect.made",
            "curves.py compare mean.film.adenosine",
            "slice.py run adenosine",
            "doses.py study dose outcome.made",
        ):
            script, *rest = words.split()
            picture = self.folder / (script + ".png")
            subprocess.run(
                [sys.executable, "-W", "error::FutureWarning", PACKAGE / "examples" / script, *rest, picture],
                cwd=self.folder, check=True, env={"PYTHONPATH": str(PACKAGE), "PATH": "/usr/bin:/bin", "HOME": "/tmp"},
            )
            self.assertGreater(picture.stat().st_size, 5000, words)


if __name__ == "__main__":
    warnings.simplefilter("error", pandas.errors.PerformanceWarning)
    unittest.main(argv=sys.argv[:1])
