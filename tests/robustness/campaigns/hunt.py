"""What campaigns share: calling the program within limits, counting attempts, keeping findings."""
import collections
import os
import random
import resource
import shutil
import subprocess

MEMORY = 4 << 30
DOCUMENTED = {0, 2, 3, 4, 5, 6, 7, 75, 130}  # exit codes of the README
HANGS = "hangs"
SHOWN = 12


class Hunt:
    """One campaign: the program, a folder to work in, and what was found."""

    def __init__(self, root, program, folder, small, seed):
        self.root, self.program, self.folder, self.small = root, program, folder, small
        self.random = random.Random(seed)
        self.tally = collections.Counter()
        self.findings = []
        shutil.rmtree(folder, ignore_errors=True)
        self.work = folder / "work"
        self.work.mkdir(parents=True)

    def call(self, *arguments, limit=20, environment=None):
        """Exit code (or HANGS) and standard error of `interstice <arguments>`, with little memory and time."""
        def limits():
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        command = [self.program, *map(str, arguments)]
        try:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=limit,
                                  preexec_fn=limits, env={**os.environ, **(environment or {})})
        except subprocess.TimeoutExpired:
            return HANGS, ""
        return done.returncode, done.stderr.decode(errors="replace")

    def failing(self, folder, **how):
        """The environment in which files below `folder` fail as said (tests/robustness/failing_io.c)."""
        shim = self.program.parent / "failing_io.so"
        if not shim.exists():
            raise RuntimeError(f"{shim} is not there: build the target failing_io")
        return {"LD_PRELOAD": str(shim), "FAIL_UNDER": str(folder), **{name: str(value) for name, value in how.items()}}

    def broken_promise(self, code, message, allowed=DOCUMENTED):
        """What is wrong with the way a command ended, whatever it was given; None when nothing is."""
        if code == HANGS:
            return "hangs"
        if code < 0:
            return f"ended by signal {-code}"
        if "this is a bug" in message:
            return "says that it is a bug"
        if code not in allowed:
            return f"exit code {code}"
        return None

    def count(self, what):
        self.tally[what] += 1

    def found(self, kind, note, message="", files=()):
        """Keeps a finding: a folder with a note and copies of the files that show it."""
        folder = self.folder / f"finding_{len(self.findings):03}"
        folder.mkdir()
        (folder / "note.txt").write_text(f"{kind}\n{note}\n\n{message[-3000:]}\n", errors="replace")
        for file in files:
            shutil.copy(file, folder)
        self.findings.append(f"{kind}: {note} [{folder}]")

    def summary(self):
        shutil.rmtree(self.work, ignore_errors=True)
        lines = [f"  {number:6} {what}" for what, number in sorted(self.tally.items())]
        lines += [f"  FOUND {finding}" for finding in self.findings[:SHOWN]]
        return "\n".join(lines + [f"{len(self.findings)} findings"])
