"""Every scenario that ships can be drawn without a screen: each runs for a second, then its overview is drawn, which holds
more than the ground.

Usage: check_gallery.py INTERSTICE SCENARIOS    exit code 77 where a library or interstice_render is missing
"""
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

try:
    from matplotlib.image import imread
except ImportError as missing:
    print(missing)
    sys.exit(77)
INTERSTICE, SCENARIOS = (pathlib.Path(path).resolve() for path in sys.argv[1:3])
if not (INTERSTICE.parent / "interstice_render").exists():
    print("interstice_render is not built (VTK is missing)")
    sys.exit(1 if os.environ.get("CI") else 77)
STOPPED = 75
WITHOUT_SCREEN = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}


def call(*arguments):
    return subprocess.run([INTERSTICE, *arguments], capture_output=True, text=True, env=WITHOUT_SCREEN)


class Gallery(unittest.TestCase):
    def test_every_scenario_is_drawn(self):
        scenarios = sorted(SCENARIOS.glob("*.yaml"))
        self.assertGreater(len(scenarios), 25)
        for scenario in scenarios:
            with self.subTest(scenario=scenario.stem), tempfile.TemporaryDirectory() as folder:
                run, picture = f"{folder}/run", f"{folder}/picture.png"
                ran = call("run", scenario, "-o", run, "--max-walltime", "1s", "--quiet")
                self.assertIn(ran.returncode, (0, STOPPED), ran.stderr)
                drawn = call("render", run, "-o", picture, "--width", "640", "--height", "400")
                self.assertEqual(drawn.returncode, 0, drawn.stderr)
                tissue = imread(picture)[:, :400, :3]  # beside the legend
                ground = tissue[-1, -1]
                self.assertGreater((abs(tissue - ground).max(axis=2) > 0.02).mean(), 0.02)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
