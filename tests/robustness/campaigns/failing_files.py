"""Lets operations on files fail, one at a time or all from there on: no silent damage, and the same command goes on.

open, write, fsync, rename, close, unlink, mkdir and truncate below the output directory fail as a broken or full disk,
a quota, an interrupted call or a short write makes them fail. Exit code 0 only with the results of a run that nobody
disturbed; else 4 and a message with the path and the reason; what is finished is whole.
"""
import shutil

from campaigns import promises, restarts

POINTS, POINTS_SMALL = 600, 25
HOW = ["EIO", "ENOSPC+", "EDQUOT+", "EINTR", "short", "EIO+"]  # +: and all that follow
REASONS = {"EIO": "Input/output error", "ENOSPC": "No space left", "EDQUOT": "quota", "EINTR": "Interrupted"}


def try_one(hunt, verb, whole, at, how):
    folder = hunt.work / "failing"
    shutil.rmtree(folder, ignore_errors=True)
    name = how.rstrip("+")
    lasting = {"FAIL_LASTING": 1} if how.endswith("+") else {}
    code, message = restarts.call(restarts.command(hunt, verb, folder),
                                  hunt.failing(folder, FAIL_AT=at, FAIL_HOW=name, **lasting))
    hunt.count(f"{how}: exit code {code}")
    wrong = list(promises.problems(hunt, folder, complete=code == 0)) if folder.exists() else []
    if code == 0:
        if differing := restarts.difference(restarts.results(hunt, folder), whole.results):
            wrong.append(f"exit code 0 with other results: {differing}")
    elif code != 4 or str(folder) not in message or REASONS.get(name, "") not in message:
        wrong.append(f"exit code {code}, or a message without path and reason: {message.strip()[-300:]}")
    again, message = restarts.call(restarts.command(hunt, verb, folder))
    if again != 0:
        wrong.append(f"the same command again ends with {again}: {message.strip()[-300:]}")
    elif differing := restarts.difference(restarts.results(hunt, folder), whole.results):
        wrong.append(f"the same command again gives other results: {differing}")
    if wrong:
        hunt.found("a failing file", f"{verb}, {how} at operation {at}", "\n".join(wrong))


def campaign(hunt):
    points = POINTS_SMALL if hunt.small else POINTS
    for verb, share in (("run", 0.6), ("compare", 0.4)):
        whole = restarts.Undisturbed(hunt, verb)
        operations = restarts.operations(hunt, verb)
        count = max(1, round(points * share))
        for k in range(count):  # spread over the whole of it
            at = 1 + int((k + hunt.random.random()) * operations / count)
            try_one(hunt, verb, whole, at, HOW[k % len(HOW)])
