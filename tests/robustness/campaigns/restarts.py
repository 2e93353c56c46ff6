"""What the campaigns on interrupted runs share: commands on a tissue that has everything, and what must come out."""
import hashlib
import os
import signal
import subprocess
import time

TISSUE = "tests/determinism/tissue.yaml"
SETS = ["output.every=20 s", "compare.replicates=2"]


def command(hunt, verb, folder, more=()):
    """`run` or `compare` of the tissue, saving every few steps."""
    words = [str(hunt.program), verb, str(hunt.root / TISSUE), "--quiet", "--save-every", "30ms", "--threads", "2"]
    for setting in SETS:
        words += ["--set", setting]
    return [*words, *more, "-o", str(folder)]


def start(words, environment=None):
    return subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                            env={**os.environ, **(environment or {})})


def end(process, limit=60):
    """Exit code, negative for a signal, and what was said."""
    try:
        message = process.communicate(timeout=limit)[1]
    except subprocess.TimeoutExpired:
        process.kill()
        return "hangs", process.communicate()[1].decode(errors="replace")
    return process.returncode, message.decode(errors="replace")


def call(words, environment=None, limit=60):
    return end(start(words, environment), limit)


def disturb(words, send, moment):
    """Exit code, message, and how long the program worked on after the signal [s]."""
    process = start(words)
    time.sleep(moment)
    sent = time.time()
    if process.poll() is None:
        process.send_signal(getattr(signal, "SIG" + send))
    code, message = end(process)
    return code, message, time.time() - sent


def results(hunt, folder):
    """What must be the same whatever happened: names and bytes of all files but for clocks, and states by their hash."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.name == ".interstice.lock":  # no result: where it could not be removed the next command takes it over
            continue
        name = str(path.relative_to(folder))
        if path.name in ("timeseries.csv", "observations.hdf", "summary.csv", "scenario.yaml") or name.endswith(".series"):
            found[name] = hashlib.sha256(path.read_bytes()).hexdigest()
        elif path.is_file():
            found[name] = "is there"
    for index in sorted(folder.rglob("fields.hdf.series")):
        done = subprocess.run([hunt.program, "info", index.parent, "--hash"], capture_output=True, timeout=60)
        found[f"state of {index.parent.relative_to(folder)}"] = done.stdout.decode()
    return found


def difference(found, wanted):
    """The first few names that differ."""
    names = [name for name in sorted({*found, *wanted}) if found.get(name) != wanted.get(name)]
    return ", ".join(names[:5])


class Undisturbed:
    """What a command gives when nothing happens to it, and how long that takes [s]."""

    def __init__(self, hunt, verb):
        folder = hunt.work / f"whole_{verb}"
        begin = time.time()
        code, message = call(command(hunt, verb, folder))
        self.seconds = time.time() - begin
        if code != 0:
            raise RuntimeError(f"{verb} ends with {code} though nobody disturbs it: {message}")
        self.results = results(hunt, folder)


def operations(hunt, verb):
    """How many operations on files the command does, counted by the shim."""
    count = hunt.work / f"count_{verb}"
    folder = hunt.work / f"counted_{verb}"
    call(command(hunt, verb, folder), hunt.failing(folder, FAIL_COUNT_FILE=count))
    return int(count.read_text())
