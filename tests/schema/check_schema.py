"""`interstice schema` is a JSON schema by its own meta-schema, accepts every scenario and study shipped and refuses
spoilt ones.

Usage: check_schema.py INTERSTICE SOURCE_FOLDER
"""
import copy
import json
import os
import pathlib
import subprocess
import sys

try:
    import jsonschema
    import yaml
except ImportError as missing:
    print(missing)
    sys.exit(1 if os.environ.get("CI") else 77)  # 77: skipped


def spoil(document, path, value):
    """A copy of the document with the entry at path replaced; '*' is the first key of a map."""
    spoilt = copy.deepcopy(document)
    entry = spoilt
    for key in path[:-1]:
        entry = entry[next(iter(entry)) if key == "*" else key]
    assert isinstance(entry, (dict, list)), path
    entry[path[-1]] = value
    return spoilt


SPOILT = [  # where, what, and where the complaint must be
    (["schema"], "one", ["schema"]),
    (["schema"], 1, ["schema"]),
    (["cell_typos"], {}, []),
    (["title"], {}, ["title"]),
    (["time"], "5 min", ["time"]),
    (["time", 0, "transprot"], "1 s", ["time", 0]),
    (["domain", "spacing"], ["10 um"], ["domain", "spacing"]),
    (["domain", "boundary", "z_max"], 3, ["domain", "boundary", "z_max"]),
    (["compare", "edges"], "some", ["compare", "edges"]),
    (["compare", "phenotype", "horizons"], ["soon"], ["compare", "phenotype", "horizons", 0]),
    (["compare", "phenotype", "terms", "akt", "good"], "up", ["compare", "phenotype", "terms", "akt"]),
    (["vesicles", "msc_sev", "desorbtion"], "1e-3 1/s", ["vesicles", "msc_sev"]),
    (["output", "every"], {"seconds": 1}, ["output", "every"]),
]


def wrong_defaults(checker, schema, part, where=""):
    """Defaults that their own part of the schema refuses: what an editor inserts must be valid."""
    wrong = []
    if isinstance(part, dict):
        if "default" in part and not checker({**schema, **part}).is_valid(part["default"]):
            wrong.append(f"{where}: default {part['default']!r} is refused")
    if isinstance(part, (dict, list)):
        for key, value in part.items() if isinstance(part, dict) else enumerate(part):
            wrong += wrong_defaults(checker, schema, value, f"{where}/{key}")
    return wrong


def main(program, source):
    schema = json.loads(subprocess.run([program, "schema"], check=True, capture_output=True, text=True).stdout)
    checker = jsonschema.validators.validator_for(schema)
    assert checker is jsonschema.Draft202012Validator, checker  # and not the fallback for an unknown $schema
    checker.check_schema(schema)
    validator = checker(schema)

    folder = pathlib.Path(source)
    beside_studies = sorted(folder.glob("scenarios/studies/*_twin.yaml"))  # reduced twins are scenarios
    paths = sorted(folder.glob("scenarios/*.yaml")) + beside_studies + sorted(folder.glob("models/template/*.yaml"))
    assert len(paths) >= 5, paths
    failed = 0
    for path in paths:
        for error in validator.iter_errors(yaml.safe_load(path.read_text())):
            failed += 1
            print(f"{path.name}: {list(error.absolute_path)}: {error.message[:300]}")

    whole = yaml.safe_load((folder / "scenarios/rat_knee_early.yaml").read_text())
    for path, value, where in SPOILT:
        places = [list(error.absolute_path) for error in validator.iter_errors(spoil(whole, path, value))]
        if where not in places:
            failed += 1
            print(f"rat_knee_early.yaml with {path} = {value!r}: no complaint at {where}, but {places}")
    text = subprocess.run([program, "schema", "--study"], check=True, capture_output=True, text=True).stdout
    study = checker(json.loads(text))
    for each in (schema, json.loads(text)):
        roots = {key: value for key, value in each.items() if key.startswith("$")}
        for problem in wrong_defaults(checker, roots, each["properties"]):
            failed += 1
            print(problem)
    studies = sorted(set(folder.glob("scenarios/studies/*.yaml")) - set(beside_studies))
    assert studies
    for path in studies:
        text = yaml.safe_load(path.read_text())
        for error in study.iter_errors(text):
            failed += 1
            print(f"{path.name}: {list(error.absolute_path)}: {error.message[:300]}")
        for key, value in (("study", "one"), ("axes", [1]), ("replicats", 3)):
            if study.is_valid({**text, key: value}):
                failed += 1
                print(f"{path.name} with {key} = {value!r}: no complaint")

    print(f"{len(paths)} scenarios, {len(studies)} studies, {len(SPOILT)} spoilt ones, {failed} failures")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
