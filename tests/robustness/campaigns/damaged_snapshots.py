"""Damages snapshots and shows them to `interstice info`: refused, or every array is as before.

Bits flip, blocks are zeroed, overwritten or exchanged, the file is cut or grows. `info --hash` refuses with exit code 2
or 4, or accepts a file in which h5py reads the same numbers.
"""
from campaigns import promises

SCENARIO = "scenarios/minimal.yaml"
MUTANTS, MUTANTS_SMALL = 2000, 60
BLOCK = 512


def flip_bits(data, random):
    for _ in range(random.choice([1, 1, 1, 5, 50])):
        data[random.randrange(len(data))] ^= 1 << random.randrange(8)


def flip_header_bits(data, random):
    for _ in range(random.choice([1, 3])):
        data[random.randrange(min(4096, len(data)))] ^= 1 << random.randrange(8)


def cut(data, random):
    del data[random.randrange(len(data)):]


def zero_block(data, random):
    at = random.randrange(len(data))
    data[at:at + BLOCK] = bytes(len(data[at:at + BLOCK]))


def write_junk(data, random):
    at = random.randrange(len(data))
    data[at:at + 64] = random.randbytes(len(data[at:at + 64]))


def exchange_blocks(data, random):
    a, b = random.randrange(len(data) - BLOCK), random.randrange(len(data) - BLOCK)
    data[a:a + BLOCK], data[b:b + BLOCK] = data[b:b + BLOCK], data[a:a + BLOCK]


def grow(data, random):
    data += bytes(random.choice([1, 1000]))


DAMAGES = [flip_bits, flip_bits, flip_header_bits, cut, zero_block, write_junk, exchange_blocks, grow]


def reads_the_same(path, before):
    try:
        return promises.read_all(path) == before
    except (OSError, RuntimeError, KeyError, ValueError):
        return False


def campaign(hunt):
    output = hunt.work / "run"
    code, message = hunt.call("run", hunt.root / SCENARIO, "-o", output, "--quiet", "--threads", 1, limit=120)
    if code != 0:
        return hunt.found("cannot begin", f"run of {SCENARIO} ends with {code}", message)
    sources = sorted(output.glob("*.hdf"))
    content = {source: promises.read_all(source) for source in sources}
    for _ in range(MUTANTS_SMALL if hunt.small else MUTANTS):
        source, damage = hunt.random.choice(sources), hunt.random.choice(DAMAGES)
        data = bytearray(source.read_bytes())
        damage(data, hunt.random)
        mutant = hunt.work / source.name
        mutant.write_bytes(data)
        for options in (["--hash"], []):
            code, message = hunt.call("info", mutant, *options, limit=10)
            hunt.count(f"info {' '.join(options)} ends with {code}")
            wrong = hunt.broken_promise(code, message, allowed={0, 2, 4})
            if not wrong and options and code == 0 and not reads_the_same(mutant, content[source]):
                wrong = "accepted though an array differs"
            if wrong:
                hunt.found(wrong, f"info {' '.join(options)} after {damage.__name__} of {source.name}", message, [mutant])
