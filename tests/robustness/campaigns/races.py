"""Lets several commands begin in one directory at once: one wins, the others name it and touch nothing.

Every second race is on a file system without locks, where a file is the lock.
"""
import shutil

from campaigns import restarts

RACES, RACES_SMALL = 100, 8
IN_USE = 7


def campaign(hunt):
    whole = {verb: restarts.Undisturbed(hunt, verb) for verb in ("run", "compare")}
    for k in range(RACES_SMALL if hunt.small else RACES):
        verb, runners = ("run", "compare")[k % 2], (2, 6)[k // 2 % 2]
        folder = hunt.work / "raced"
        shutil.rmtree(folder, ignore_errors=True)
        environment = hunt.failing(folder, FAIL_LOCKS="1") if k // 4 % 2 else None
        processes = [restarts.start(restarts.command(hunt, verb, folder), environment) for _ in range(runners)]
        ends = [restarts.end(process) for process in processes]
        codes = sorted(str(code) for code, _ in ends)
        hunt.count(f"{runners} at once" + (", without locks" if environment else ""))
        wrong = []
        if any(code not in (0, IN_USE) for code, _ in ends) or all(code != 0 for code, _ in ends):
            wrong.append(f"exit codes {' '.join(codes)}: {[message for _, message in ends]}")
        if any(code == IN_USE and "process " not in message for code, message in ends):
            wrong.append(f"the owner is not named: {[message for _, message in ends]}")
        if differing := restarts.difference(restarts.results(hunt, folder), whole[verb].results):
            wrong.append(f"other results: {differing}")
        if wrong:
            hunt.found("a race", f"{runners} times {verb}", "\n".join(wrong))
