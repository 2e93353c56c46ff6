"""Kills `run` and `compare` at any moment and file operation, and gives the same command again: the same results.

The tissue has agents, counts, labels, doses, columns of models, a growing population and profiles. Every second kill
comes at a random operation on a file, the others at a random moment; then whatever is finished must be whole, and the
same command must end with the bytes and states of a run that nobody disturbed. Signals that ask for a stop must end
with exit code 75 (or 0, when they come too late).
"""
import shutil

from campaigns import promises, restarts

KILLS, KILLS_SMALL = 200, 20
STOPS, STOPS_SMALL = 25, 2
SIGNALS = ["TERM", "INT", "HUP", "USR1"]


def check_again(hunt, verb, folder, whole, what):
    """Promises of what a killed command left, then the same command once more."""
    wrong = list(promises.problems(hunt, folder, complete=False)) if folder.exists() else []
    code, message = restarts.call(restarts.command(hunt, verb, folder))
    if code != 0:
        wrong.append(f"the same command again ends with {code}: {message.strip()[-300:]}")
    else:
        wrong += promises.problems(hunt, folder, complete=True)
        if differing := restarts.difference(restarts.results(hunt, folder), whole.results):
            wrong.append(f"the same command again gives other results: {differing}")
    if wrong:
        hunt.found("not as if nothing had happened", what, "\n".join(wrong))
    shutil.rmtree(folder, ignore_errors=True)


def campaign(hunt):
    whole = {verb: restarts.Undisturbed(hunt, verb) for verb in ("run", "compare")}
    operations = {verb: restarts.operations(hunt, verb) for verb in whole}
    for k in range(KILLS_SMALL if hunt.small else KILLS):
        verb = ("run", "compare")[k // 2 % 2]
        folder = hunt.work / f"killed_{k}"
        if k % 2:
            at = hunt.random.randrange(1, operations[verb] + 1)
            code, _ = restarts.call(restarts.command(hunt, verb, folder),
                                    hunt.failing(folder, FAIL_AT=at, FAIL_HOW="kill"))
            what = f"{verb} killed at file operation {at} of {operations[verb]}"
        else:
            moment = hunt.random.uniform(0, whole[verb].seconds)
            code, _, _ = restarts.disturb(restarts.command(hunt, verb, folder), "KILL", moment)
            what = f"{verb} killed after {moment:.3f} of {whole[verb].seconds:.3f} s"
        hunt.count(f"{verb} killed, ended with {code}")
        check_again(hunt, verb, folder, whole[verb], what)
    for k in range(len(SIGNALS) * (STOPS_SMALL if hunt.small else STOPS)):
        verb, send = ("run", "compare")[k // len(SIGNALS) % 2], SIGNALS[k % len(SIGNALS)]
        folder = hunt.work / f"stopped_{k}"
        moment = hunt.random.uniform(0.05, 1) * whole[verb].seconds
        code, message, latency = restarts.disturb(restarts.command(hunt, verb, folder), send, moment)
        hunt.count(f"{verb} stopped by {send}, ended with {code}")
        too_early = code < 0 and not folder.exists()  # while the program was still being loaded
        if latency > 5 or not (code in (0, 75) or too_early):
            hunt.found("not stopped in time", f"{send} after {moment:.3f} s: {code} after {latency:.2f} s", message)
        check_again(hunt, verb, folder, whole[verb], f"{verb} stopped by {send} after {moment:.3f} s")
