"""Pictures look as they should: each preset is drawn without a screen and is as the one beside this file, by structural
similarity (Wang et al. 2004); what cannot be drawn is refused.

Usage: check_render.py INTERSTICE [--renew]    exit code 77 where a library or interstice_render is missing
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

try:
    import numpy
    from matplotlib.image import imread
except ImportError as missing:
    print(missing)
    sys.exit(77)
INTERSTICE = pathlib.Path(sys.argv[1]).resolve()
RENEW = "--renew" in sys.argv
if not (INTERSTICE.parent / "interstice_render").exists():
    print("interstice_render is not built (VTK is missing)")
    sys.exit(1 if os.environ.get("CI") else 77)
HERE = pathlib.Path(__file__).parent

SCENARIO = """schema: 2
title: Well
seed: 1
temperature: 37 degC
domain: {size: [40 um, 40 um, 80 um], spacing: 10 um, boundary: {all: no_flux}}
time: [{until: 2 s, transport: 50 ms, vesicles: 50 ms, cells: 250 ms, series: 500 ms}]
regions:
  gel: {shape: everywhere, medium: fluid, viscosity: 1}
  film: {shape: {box: {from: [0 um, 0 um, 50 um], to: [40 um, 40 um, 80 um]}}, medium: fluid, viscosity: 1}
species:
  AMP: {diffusivity: 500 um^2/s, initial: 10 uM}
  ADP: {diffusivity: 500 um^2/s, initial: 0 uM}
  ATP: {diffusivity: 500 um^2/s, initial: 0 uM}
  adenosine: {diffusivity: 50 um^2/s, initial: 0 uM}
cell_types:
  large: {radius: 8 um, initial_state: idle, states: {idle: {}}}
  small: {radius: 4 um, initial_state: idle, states: {idle: {}}}
cells: {large: {count: 3, in: [gel]}, small: {count: 6, in: [gel]}}
vesicles: {ev: {number: 400 EV, in: [film], diameter: {median: 115 nm, gsd: 1.3}, proteins: {CD73: {mean: 500}}}}
models: {cd73: {}}
compare: {replicates: 1, arms: {vehicle: {vesicles: false}, emcev: {models: [cd73]}}}
output: {every: 1 s}
"""


def similarity(one, two, window=8):
    """Mean structural similarity of two pictures in grey, over windows that do not overlap; 1 = the same."""
    grey = []
    for picture in (one, two):
        plane = picture[..., :3].mean(axis=2)
        rows, columns = (n // window * window for n in plane.shape)
        grey.append(plane[:rows, :columns].reshape(rows // window, window, columns // window, window))
    a, b = grey
    mean_a, mean_b = a.mean(axis=(1, 3), keepdims=True), b.mean(axis=(1, 3), keepdims=True)
    var_a, var_b = a.var(axis=(1, 3), keepdims=True), b.var(axis=(1, 3), keepdims=True)
    both = ((a - mean_a) * (b - mean_b)).mean(axis=(1, 3), keepdims=True)
    c1, c2 = 0.01**2, 0.03**2
    return float(((2 * mean_a * mean_b + c1) * (2 * both + c2) /
                  ((mean_a**2 + mean_b**2 + c1) * (var_a + var_b + c2))).mean())


class Render(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp())
        (cls.folder / "well.yaml").write_text(SCENARIO)
        assert cls.call("compare", "well.yaml", "-o", "c", "--quiet").returncode == 0
        cls.run_directory = "c/arms/emcev/0"

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    @classmethod
    def call(cls, *arguments):
        without_screen = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
        return subprocess.run([INTERSTICE, *arguments], cwd=cls.folder, capture_output=True, text=True, env=without_screen)

    def draw(self, name, *arguments):
        done = self.call("render", *arguments, "-o", name, "--width", "800", "--height", "450")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout, name + "\n")
        return imread(self.folder / name)

    def test_each_preset_looks_as_it_did(self):
        for preset, more in (("overview", []), ("slices", []), ("fates", []), ("cell", []), ("arms", ["--dark"])):
            with self.subTest(preset=preset):
                directory = "c" if preset == "arms" else self.run_directory
                picture = self.draw(f"{preset}.png", directory, "--preset", preset, *more)
                self.assertEqual(picture.shape[:2], (450, 800))
                if RENEW:
                    shutil.copy(self.folder / f"{preset}.png", HERE / f"{preset}.png")
                self.assertGreater(similarity(picture, imread(HERE / f"{preset}.png")), 0.95)

    def test_pictures_of_other_moments_and_arms_are_others(self):
        begin, end = (self.draw(f"{t}.png", self.run_directory, "--time", t) for t in ("0s", "2s"))
        self.assertLess(similarity(begin, end), 0.99)
        self.assertEqual(similarity(end, self.draw("last.png", self.run_directory)), 1)  # the last unless told
        arm = similarity(end, self.draw("arm.png", "c", "--arm", "emcev"))  # which has its name in the title
        self.assertGreater(arm, 0.98)
        self.assertLess(similarity(end, self.draw("vehicle.png", "c", "--arm", "vehicle")), arm - 0.01)

    def test_what_is_missing_is_passed_over(self):
        shutil.copytree(self.folder / self.run_directory, self.folder / "part")
        for file in (self.folder / "part").glob("cells_*1.hdf"):
            file.unlink()
        self.draw("part.png", "part")

    def test_what_cannot_be_drawn_is_refused(self):
        (self.folder / "there.png").write_text("mine")
        (self.folder / "empty" / "arms").mkdir(parents=True)
        for said, *arguments in (
                ("there is none (expected one of emcev, vehicle)", "c", "--arm", "contact"),
                ("one picture shows one arm", "c", "--arm", "emcev", "--arm", "vehicle"),
                ("holds no arm yet", "empty"),
                ("--time 10: ", self.run_directory, "--time", "10"),
                ("is a single run", self.run_directory, "--arm", "emcev"),
                ("--signal glucose: no snapshot has it (expected one of", self.run_directory, "--signal", "glucose"),
                ("there.png is there already", self.run_directory, "-o", "there.png"),
                ("ends with .png", self.run_directory, "-o", "picture.jpeg"),
                ("ends with .gif or .mp4", self.run_directory, "--movie", "-o", "film.png"),
                ("--cell 0: no cell has this id", self.run_directory, "--preset", "cell", "--cell", "0"),
                ("holds no snapshots", "."),
                ("--preset", self.run_directory, "--preset", "beautiful")):
            done = self.call("render", *arguments)
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertIn(said, done.stderr)
        self.assertEqual((self.folder / "there.png").read_text(), "mine")
        self.assertEqual(self.call("render", self.run_directory, "-o", "there.png", "--force").returncode, 0)

    def test_the_last_whole_moment_is_drawn(self):
        """A run that was killed has some kinds of a moment alone; a file may be damaged."""
        before = self.draw("before.png", self.run_directory, "--time", "1s")
        for name, harm in (("killed", lambda file: file.unlink()),
                           ("damaged", lambda file: file.write_bytes(file.read_bytes()[:3000]))):
            shutil.copytree(self.folder / self.run_directory, self.folder / name)
            last = sorted((self.folder / name).glob("cells_*.hdf"))[-1]
            harm(last)
            done = self.call("render", name, "-o", name + ".png", "--width", "800", "--height", "450")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(last.name in done.stderr, name == "damaged", done.stderr)
            self.assertEqual(similarity(before, imread(self.folder / (name + ".png"))), 1)

    def test_a_time_without_a_snapshot_is_said(self):
        for time in ("-5min", "10h"):
            done = self.call("render", self.run_directory, "--time=" + time, "-o", "beyond.png", "--force")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn(f"--time {time}: snapshots are from 0 s to 2.0 s; the nearest is drawn", done.stderr)

    def test_a_picture_of_a_comparison_is_of_an_arm_with_vesicles(self):
        shown = self.draw("one.png", "c")
        self.assertEqual(similarity(shown, self.draw("emcev.png", "c", "--arm", "emcev")), 1)

    def test_names_follow_directories_however_they_are_written(self):
        for directory, name in (("c/", "c_overview.png"), (self.run_directory + "/.", "0_overview.png")):
            self.assertEqual(self.call("render", directory).stdout, name + "\n")
            (self.folder / name).unlink()

    def test_a_film_without_ffmpeg_is_refused_before_anything_is_drawn(self):
        tools = self.folder / "tools"
        tools.mkdir()
        for tool in ("sh", "timeout"):
            (tools / tool).symlink_to(shutil.which(tool))
        done = subprocess.run([INTERSTICE, "render", self.run_directory, "--movie", "-o", "none.gif"], cwd=self.folder,
                              capture_output=True, text=True, env={"PATH": str(tools)})
        self.assertEqual(done.returncode, 2)
        self.assertIn("ffmpeg", done.stderr)

    @unittest.skipUnless(shutil.which("ffmpeg"), "ffmpeg is missing")
    def test_films(self):
        for name, begins in (("film.gif", b"GIF89a"), ("film.mp4", b"\0\0\0")):
            done = self.call("render", self.run_directory, "--movie", "-o", name, "--width", "400", "--height", "300")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertTrue((self.folder / name).read_bytes().startswith(begins))

    def test_a_report_holds_a_picture(self):
        self.assertIn('src="data:image/jpeg;base64,', (self.folder / "c" / "report.html").read_text())


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
