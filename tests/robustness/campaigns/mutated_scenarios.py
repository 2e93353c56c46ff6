"""Changes one thing in a shipped scenario or an included file: refused with its line, or run as any scenario is.

Keys are misspelt, deleted, doubled or exchanged; values become huge, negative, zero, nan or of another kind; units are
dropped or garbled; texts are cut or spoilt. `validate` refuses with exit code 2 and FILE:LINE, or accepts what makes
sense. What was accepted of the quick scenarios is run too: exit code 0 or 3, and no nan in a finished time series.
"""
import os
import re
import shutil

from campaigns import mutations, promises

MUTANTS, MUTANTS_SMALL = 2000, 80
HEAVY = {"whole_dose.yaml"}  # never validated: its problem alone takes seconds
QUICK = {"minimal.yaml", "rat_knee_short.yaml"}  # run in a moment
LINE = re.compile(r"\.yaml:\d+")
# Keys below these are names that the author of a scenario chose: another spelling may be right.
OWN_NAMES = {"arms", "outcomes", "regions", "reactions", "species", "cell_types", "parameters", "columns", "states",
             "labels", "reporters", "read_outs", "parameter_sets", "vesicles", "reservoirs", "profiles", "proteins", "cells",
             "enzymes", "injury"}


class Shipped:
    """The scenarios and the files that they include."""

    def __init__(self, root):
        scenarios = sorted((root / "scenarios").glob("*.yaml"))
        self.scenarios = [path for path in scenarios if path.name not in HEAVY]
        self.parts = sorted((root / "models").glob("c*/*.yaml"))

    def users(self, part):
        name = f"{part.parent.name}/{part.name}"
        return [path for path in self.scenarios if name in path.read_text()]

    def choose(self, random):
        """A scenario, and the file of it that is changed: itself, or, of three, one that it includes."""
        if random.random() < 0.35:
            part = random.choice(self.parts)
            if self.users(part):
                return random.choice(self.users(part)), part
        quick = [path for path in self.scenarios if path.name in QUICK]
        scenario = random.choice(quick if random.random() < 0.4 else self.scenarios)
        return scenario, scenario


def lay_out(hunt, scenario, changed, text):
    """A folder with the scenarios in which one file is changed; an included file beside a scenario is found first."""
    folder = hunt.work / "scenarios"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(scenario.parent, folder)
    mutant = folder / scenario.name if changed == scenario else folder / changed.relative_to(hunt.root / "models")
    mutant.parent.mkdir(exist_ok=True)
    mutant.write_text(text, errors="surrogatepass")
    return folder / scenario.name, mutant


def check_run(hunt, path):
    output = hunt.work / "out"
    shutil.rmtree(output, ignore_errors=True)
    code, message = hunt.call("run", path, "-o", output, "--threads", 1, "--quiet", limit=60)
    hunt.count(f"run ends with {code}")
    wrong = hunt.broken_promise(code, message, allowed={0, 3})
    if not wrong and code == 0:
        wrong = "; ".join(f"{name} is not finite" for name in promises.not_finite(output / "timeseries.csv"))
    return wrong, message


def check(hunt, path, mutation):
    """What is wrong with how the program takes this scenario, and what it said."""
    code, message = hunt.call("validate", "--quiet", path)
    hunt.count(f"{mutation.kind}: " + {0: "accepted", 2: "refused"}.get(code, str(code)))
    wrong = hunt.broken_promise(code, message, allowed={0, 2})
    if not wrong and code == 2 and not LINE.search(message):
        wrong = "refused without a line"
    if not wrong and code == 0 and mutation.misspelt_key and not OWN_NAMES & set(mutation.path[-2:-1]):
        wrong = "misspelt key accepted"
    if not wrong and code == 0 and path.name in QUICK:
        wrong, message = check_run(hunt, path)
    return wrong, message


def campaign(hunt):
    shipped = Shipped(hunt.root)
    code, message = hunt.call("validate", "--quiet", *shipped.scenarios, limit=120)
    if code != 0:  # else every mutant would be refused for the wrong reason
        return hunt.found("cannot begin", f"validate of what ships ends with {code}", message)
    for _ in range(MUTANTS_SMALL if hunt.small else MUTANTS):
        scenario, changed = shipped.choose(hunt.random)
        mutation = mutations.mutate(changed.read_text(), hunt.random)
        path, mutant = lay_out(hunt, scenario, changed, mutation.text)
        wrong, message = check(hunt, path, mutation)
        if wrong:
            note = f"{mutation.kind} in {os.path.relpath(mutant, hunt.work)}: {mutation.what}"
            hunt.found(wrong, note, message, [mutant])
