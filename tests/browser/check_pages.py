"""Reports in a browser, as people use them: nothing is loaded, everything is drawn, what is clicked happens, numbers are
those of the files, and axe-core finds no serious fault of accessibility.

Usage: check_pages.py INTERSTICE    exit code 77 where a library or the browser is missing, 1 where CI is set
"""
import base64
import csv
import io
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from xml.etree import ElementTree

try:
    from selenium import webdriver
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys
    from selenium.webdriver.support.ui import Select, WebDriverWait
except ImportError as missing:
    print(missing)
    sys.exit(1 if os.environ.get("CI") else 77)
if not shutil.which("chromedriver"):
    print("chromedriver is missing (tools/install_packages browser)")
    sys.exit(1 if os.environ.get("CI") else 77)

INTERSTICE = str(pathlib.Path(sys.argv[1]).resolve())
AXE = (pathlib.Path(__file__).parent / "axe" / "axe.min.js").read_text()
HOSTILE = "<!--<script>alert(1)</script> & \\\"it's\\\" </section>"

SCENARIO = f"""schema: 2
title: "Well {HOSTILE}"
description: "{HOSTILE}"
seed: 1
temperature: 37 degC
domain: {{size: [40 um, 40 um, 40 um], spacing: 10 um, boundary: {{all: no_flux}}}}
time: [{{until: 4 s, transport: 50 ms, vesicles: 50 ms, cells: 250 ms, series: 100 ms}}]
regions: {{film: {{shape: everywhere, medium: fluid, viscosity: 1}}}}
species:
  ATP: {{diffusivity: 500 um^2/s, initial: 0 uM}}
  ADP: {{diffusivity: 500 um^2/s, initial: 0 uM}}
  AMP: {{diffusivity: 500 um^2/s, initial: 10 uM}}
  adenosine: {{diffusivity: 500 um^2/s, initial: 0 uM}}
cell_types:
  sentinel:
    radius: 4 um
    columns: {{felt: {{unit: "1", initial: 0, gain: "H(adenosine, 0.1 [uM]) / 0.1 [s]", loss: "1 / 0.1 [s]"}}}}
    initial_state: alive
    states: {{alive: {{}}}}
    reporters: {{felt: {{value: felt, range: 1, delay: 0 s, kind: phenotype}}}}
  absent:
    radius: 4 um
    columns: {{felt: {{unit: "1", initial: 0, gain: "1 / 1 [s]"}}}}
    initial_state: alive
    states: {{alive: {{}}}}
    reporters: {{felt: {{value: felt, range: 1, delay: 0 s, kind: phenotype}}}}
  passing:
    radius: 4 um
    columns: {{felt: {{unit: "1", initial: 0, gain: "1 / 1 [s]"}}}}
    initial_state: alive
    states: {{alive: {{transitions: [{{to: gone, hazard: "5 [1/s]"}}]}}, gone: {{removed: true}}}}
    reporters: {{felt: {{value: felt, range: 1, delay: 0 s, kind: phenotype}}}}
cells: {{sentinel: {{count: 5, in: [film]}}, passing: {{count: 2, in: [film]}}}}
vesicles: {{ev: {{number: 500 EV, in: [film], diameter: {{median: 115 nm, gsd: 1.3}}, proteins: {{CD73: {{mean: 50}}}}}}}}
models: {{cd73: {{}}, cargo_delivery: {{}}}}
compare:
  replicates: 3
  arms:
    vehicle: {{vesicles: false}}
    sham: {{vesicles: false, sham: true}}
    inert: {{models: []}}
    uptake: {{models: [cargo_delivery]}}
    emcev: {{models: [cd73]}}
    all: {{models: [cd73, cargo_delivery]}}
  primary: {{field: adenosine, in: film, thresholds: [0.1 uM]}}
  outcomes: {{made: {{of: mean.film.adenosine, reduce: max, label: "made {HOSTILE}"}}}}
  phenotype:
    label: "felt {HOSTILE}"
    terms: {{felt: {{label: "what {HOSTILE}", of: column.sentinel.felt, good: less, range: 1}}}}
    horizons: [1 s, 3 s, 1 h]
output: {{every: end}}
"""
STUDY = f"""study: 1
title: "Doses {HOSTILE}"
scenario: well.yaml
replicates: 2
arms: [vehicle, uptake, emcev]
axes:
  dose: {{key: vesicles.ev.number, from: 100 EV, to: 3000 EV, points: 4}}
  amp: {{key: species.AMP.initial, values: [1 uM, 3 uM, 10 uM, 30 uM]}}
"""


class Browser:
    def __init__(self):
        options = webdriver.ChromeOptions()
        for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                         "--hide-scrollbars", "--force-color-profile=srgb"):
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self.driver = webdriver.Chrome(options=options)

    def open(self, page, width=1400, height=1000):
        # The window of the page itself, which may be narrower than a window of the browser.
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                                    {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False})
        self.driver.get(page.as_uri())
        WebDriverWait(self.driver, 20).until(lambda d: d.find_elements(By.CSS_SELECTOR, ".plot svg"))
        return self.driver

    def set_dark(self, dark):
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {
            "features": [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]})


class Pages(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp())
        (cls.folder / "well.yaml").write_text(SCENARIO)
        (cls.folder / "doses.yaml").write_text(STUDY)
        for command in (["compare", "well.yaml", "-o", "c", "--quiet"], ["study", "run", "doses.yaml", "-o", "s", "--quiet"],
                        ["run", "well.yaml", "--arm", "emcev", "-o", "r", "--quiet"], ["report", "r", "--quiet"]):
            done = subprocess.run([INTERSTICE, *command], cwd=cls.folder, capture_output=True, text=True)
            assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
        cls.browser = Browser()
        cls.pages = {name: cls.folder / name / "report.html" for name in ("c", "s", "r")}

    @classmethod
    def tearDownClass(cls):
        cls.browser.driver.quit()
        shutil.rmtree(cls.folder)

    def each_page(self):
        return self.pages.items()

    def test_says_nothing_on_the_console_and_asks_for_nothing(self):
        for name, page in self.each_page():
            driver = self.browser.open(page)
            said = [entry for entry in driver.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")]
            self.assertEqual(said[:3], [], name)
            self.assertEqual(driver.execute_script("return performance.getEntriesByType('resource').length"), 0)

    def test_every_figure_is_drawn_with_numbers(self):
        for name, page in self.each_page():
            driver = self.browser.open(page)
            plots = driver.find_elements(By.CSS_SELECTOR, "figure .plot")
            self.assertGreater(len(plots), 3)
            for plot in plots:
                frame = plot.find_element(By.XPATH, "./ancestor::figure")
                if "empty" in frame.get_attribute("class").split():
                    continue
                self.assertTrue(plot.find_elements(By.TAG_NAME, "svg"), plot.get_attribute("id"))
                self.assertNotIn("NaN", plot.get_attribute("innerHTML"), plot.get_attribute("id"))
                self.assertTrue(plot.find_element(By.TAG_NAME, "svg").get_attribute("aria-label"))
            drawn = [plot.get_attribute("id") for plot in plots if plot.find_elements(By.TAG_NAME, "svg")]
            wanted = {"c": {"primary-plot", "effects-plot", "small-plot", "outcome-plot", "fate-plot", "budget-plot"},
                      "s": {"verdict-plot", "effects-plot", "dose-plot", "map-plot", "elastic-plot"},
                      "r": {"primary-plot", "fate-plot"}}[name]
            self.assertLessEqual(wanted, set(drawn))

    def test_hostile_texts_stay_texts(self):
        for name, page in self.each_page():
            driver = self.browser.open(page)
            self.assertIn("<!--<script>alert(1)</script>", driver.find_element(By.TAG_NAME, "h1").text)
            self.assertEqual(len(driver.find_elements(By.TAG_NAME, "main")), 1)
            self.assertEqual(len(driver.find_elements(By.TAG_NAME, "script")), 3)

    def saved(self, driver, plot, which):
        """What a button of a figure would have saved."""
        driver.execute_script("""
            window.saved = null;
            URL.createObjectURL = (blob) => { blob.text().then((text) => { window.saved = text; }); return '#'; };""")
        frame = driver.find_element(By.ID, plot).find_element(By.XPATH, "./ancestor::figure")
        next(b for b in frame.find_elements(By.CSS_SELECTOR, ".tools button") if b.text == which).click()
        return WebDriverWait(driver, 10).until(lambda d: d.execute_script("return window.saved"))

    def test_numbers_are_those_of_the_files(self):
        driver = self.browser.open(self.pages["c"])
        document = json.loads((self.folder / "c" / "compare.json").read_text())
        means = {(v["arm"], v["metric"]): v for v in document["values"]}
        names = {h["text"]: h["subject"] for h in document["phenotype"]["horizons"]}
        rows = list(csv.DictReader(io.StringIO(self.saved(driver, "effects-plot", "CSV"))))
        self.assertEqual({row["arm"] for row in rows}, {"uptake", "emcev", "all"})
        for row in rows:
            value = means[row["arm"], "phenotype_effect." + names[row["quantity"]]]
            for mine, its in (("mean", "mean"), ("low", "low"), ("high", "high")):
                self.assertAlmostEqual(float(row[mine]), value[its], delta=1e-3 * abs(value[its]))
        curves = {c["label"]: c for c in document["curves"]}
        rows = list(csv.DictReader(io.StringIO(self.saved(driver, "primary-plot", "CSV"))))
        self.assertEqual({row["arm"] for row in rows}, {"vehicle", "uptake", "emcev", "all"})
        for row in rows:
            curve = curves[row["quantity"]]
            k = min(range(len(curve["time"])), key=lambda i: abs(curve["time"][i] - float(row["time_s"])))
            self.assertAlmostEqual(float(row["mean"]), curve["arms"][row["arm"]]["mean"][k], delta=1e-3)
        self.assertIn("xmlns=", self.saved(driver, "primary-plot", "SVG"))
        self.assertNotIn("var(--", self.saved(driver, "primary-plot", "SVG"))

    def test_a_saved_picture_holds_the_whole_figure(self):
        for name, plot, texts in (("c", "small-plot", ".mini h4"), ("c", "fate-plot", ".key li"), ("s", "map-plot", ".note")):
            driver = self.browser.open(self.pages[name])
            picture = ElementTree.fromstring(self.saved(driver, plot, "SVG"))
            svg = "{http://www.w3.org/2000/svg}"
            box = driver.find_element(By.ID, plot)
            self.assertEqual(len(picture.findall(svg + "svg")), len(box.find_elements(By.TAG_NAME, "svg")), plot)
            written = "".join(text.text for text in picture.findall(svg + "text"))
            for text in box.find_elements(By.CSS_SELECTOR, texts):
                self.assertIn(text.text.replace(" ", ""), written.replace(" ", ""), plot)
            places = {(part.get("x"), part.get("y")) for part in picture.findall(svg + "svg")}
            self.assertEqual(len(places), len(picture.findall(svg + "svg")), "none lies on another")

    def test_a_figure_that_fails_leaves_the_others(self):
        broken = self.folder / "broken.html"
        page = self.pages["s"].read_text()
        broken.write_text(page.replace("const picture = plot(width, {", "const picture = null.plot(width, {"))
        driver = self.browser.open(broken)
        self.assertIn("could not be drawn", driver.find_element(By.ID, "verdict-plot").text)
        self.assertTrue(driver.find_elements(By.CSS_SELECTOR, "#dose-plot svg"))
        driver.get_log("browser")  # which says so, too

    def test_places_beside_an_axis_can_be_chosen(self):
        driver = self.browser.open(self.pages["s"])
        place = Select(driver.find_element(By.ID, "dose-place"))
        self.assertEqual([option.text for option in place.options], ["amp 1", "amp 3", "amp 10", "amp 30"])
        before = driver.find_element(By.ID, "dose-plot").get_attribute("innerHTML")
        place.select_by_visible_text("amp 30")
        self.assertNotEqual(driver.find_element(By.ID, "dose-plot").get_attribute("innerHTML"), before)
        Select(driver.find_element(By.ID, "dose-axis")).select_by_visible_text("amp")
        self.assertTrue(all(option.text.startswith("dose ") for option in place.options))
        self.assertEqual(len(place.options), 4)

    def test_what_is_clicked_happens(self):
        driver = self.browser.open(self.pages["c"])
        lines = lambda: len(driver.find_elements(By.CSS_SELECTOR, "#primary-plot path[stroke-width='2.6']")) + len(
            driver.find_elements(By.CSS_SELECTOR, "#primary-plot g[stroke-width='2.6']"))
        before = lines()
        for button in driver.find_elements(By.CSS_SELECTOR, "#arm-toggles button"):
            if button.text in ("emcev", "all"):
                driver.execute_script("arguments[0].click()", button)
                self.assertEqual(button.get_attribute("aria-pressed"), "false")
        self.assertEqual(lines(), before - 1)  # they share a line
        picture = driver.find_element(By.ID, "primary-plot").get_attribute("innerHTML")
        driver.execute_script("arguments[0].click()", driver.find_element(By.ID, "log-time"))
        self.assertNotEqual(driver.find_element(By.ID, "primary-plot").get_attribute("innerHTML"), picture)
        details = driver.find_element(By.ID, "replicate-plot").find_element(By.XPATH, "./ancestor::details")
        driver.execute_script("arguments[0].open = true", details)
        points = WebDriverWait(driver, 10).until(
            lambda d: d.find_elements(By.CSS_SELECTOR, "#replicate-plot g[stroke-width='1.5'] path"))
        self.assertEqual(len(points), 3 * 3)  # arms and replicates
        texts = [text.get_attribute("textContent") for text in driver.find_elements(By.CSS_SELECTOR, "#primary-plot text")]
        self.assertTrue({"0.1 s", "1 s", "2 s"} <= set(texts), texts)  # each tick of time has its label
        kind = Select(driver.find_element(By.ID, "curve-kind"))
        panels = driver.find_element(By.ID, "small-plot").get_attribute("innerHTML")
        kind.select_by_visible_text("substances")
        self.assertNotEqual(driver.find_element(By.ID, "small-plot").get_attribute("innerHTML"), panels)
        numbers = driver.find_element(By.CSS_SELECTOR, "#effects details.numbers")
        driver.execute_script("arguments[0].open = true", numbers)
        WebDriverWait(driver, 10).until(lambda d: numbers.find_elements(By.CSS_SELECTOR, "tbody tr"))
        parameters = driver.find_element(By.ID, "parameters")
        driver.execute_script("arguments[0].open = true", parameters)
        driver.find_element(By.ID, "parameter-marked").click()
        driver.find_element(By.ID, "parameter-filter").send_keys("kcat")
        shown = [row for row in parameters.find_elements(By.CSS_SELECTOR, "tbody tr") if row.is_displayed()]
        self.assertTrue(shown and all("kcat" in row.text for row in shown))
        self.assertTrue(driver.find_element(By.ID, "parameter-count").text.startswith(f"{len(shown)} of "))

    def test_a_point_tells_its_number_when_hovered(self):
        driver = self.browser.open(self.pages["c"])
        point = driver.find_element(By.CSS_SELECTOR, "#effects-plot g[stroke-width='2'] path")
        driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", point)
        before = driver.find_element(By.ID, "effects-plot").text
        ActionChains(driver).move_to_element(point).pause(0.3).perform()
        WebDriverWait(driver, 10).until(lambda d: d.find_element(By.ID, "effects-plot").text != before)
        self.assertRegex(driver.find_element(By.ID, "effects-plot").text, r"(uptake|emcev|all): [13] s")

    def test_the_keyboard_does(self):
        driver = self.browser.open(self.pages["c"])
        driver.find_element(By.TAG_NAME, "body").send_keys(Keys.TAB)
        self.assertEqual(driver.switch_to.active_element.text, "Skip to the answer")
        theme = driver.find_element(By.ID, "theme")
        colour = lambda: driver.execute_script("return getComputedStyle(document.body).backgroundColor")
        light = colour()
        theme.send_keys(Keys.ENTER)
        theme.send_keys(Keys.ENTER)
        self.assertEqual(theme.text, "Theme: dark")
        self.assertNotEqual(colour(), light)
        theme.send_keys(Keys.ENTER)
        self.assertEqual(colour(), light)

    def test_a_phone_needs_no_sideways_scrolling(self):
        for width in (360, 400, 768):
            for name, page in self.each_page():
                driver = self.browser.open(page, width, 800)
                widest = driver.execute_script("return document.documentElement.scrollWidth")
                self.assertLessEqual(widest, width, name)

    def test_axe_finds_no_serious_fault(self):
        for dark in (False, True):
            self.browser.set_dark(dark)
            for name, page in self.each_page():
                driver = self.browser.open(page)
                driver.execute_script("for (const d of document.querySelectorAll('details')) d.open = true;")
                driver.execute_script(AXE)
                found = driver.execute_async_script("axe.run().then(arguments[arguments.length - 1])")
                faults = [(v["id"], v["impact"], [node["html"][:160] for node in v["nodes"][:3]])
                          for v in found["violations"] if v["impact"] in ("serious", "critical")]
                self.assertEqual(faults, [], f"{name}, dark: {dark}")
        self.browser.set_dark(False)

    def test_paper_takes_few_pages(self):
        for name, page in self.each_page():
            driver = self.browser.open(page)
            pdf = driver.execute_cdp_cmd("Page.printToPDF", {"printBackground": True})["data"]
            pages = len(re.findall(rb"/Type\s*/Page\b", base64.b64decode(pdf)))
            self.assertTrue(1 <= pages <= 8, f"{name}: {pages}")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
